"""How near to sampled methods the others lie: what ran together allocates together, and a recording misses the rare ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rustplan.score.heat import Heat
from rustplan.score.java.names import class_of, outermost

SIGNS = 2
"""The most signs of nearness that a method can have."""


def signs_of_nearness(heat: Heat, sampled: Collection[str]) -> dict[str, int]:
    """Return 0, 1 or 2 for each method: it shares the outermost class of a sampled one, it calls one or is called by one."""
    classes = {outermost(class_of(name)) for name in sampled}
    linked = _linked(heat, sampled)
    return {name: (outermost(method.class_name) in classes) + (name in linked) for name, method in heat.methods.items()}


def _linked(heat: Heat, sampled: Collection[str]) -> set[str]:
    """Callers and callees of the sampled methods."""
    nodes = heat.graph.hierarchy.nodes
    inside = {index for name in sampled if name in heat.methods for index in heat.methods[name].nodes}
    found: set[str] = set()
    for caller, targets in heat.edges.items():
        if caller in inside:
            found.update(nodes[target].name for target in targets)
        elif not inside.isdisjoint(targets):
            found.add(nodes[caller].name)
    return found


def nearest_first(estimates: Mapping[str, float], signs: Mapping[str, int]) -> dict[str, float]:
    """Return 0-1 for each method: signs decide, the estimate orders methods of equal signs."""
    most = max(estimates.values(), default=0.0) or 1.0
    return {name: (signs.get(name, 0) + score / most) / (SIGNS + 1) for name, score in estimates.items()}
