"""The way from an entry point to a method, as steps that a reader can check."""

from __future__ import annotations

from rustplan.model.facts import JavaContext
from rustplan.model.score import RouteStep
from rustplan.score.heat import Heat
from rustplan.score.java.calls import Site
from rustplan.score.wording import count

MOST_STEPS = 12
"""Steps of a way that are kept: the first, and the last ones."""


def route_to(heat: Heat, node: int) -> tuple[RouteStep, ...]:
    """Return the most likely way to an overload, the entry point first; empty when no way was found."""
    if node not in heat.ways.likelihood:
        return ()
    steps = []
    while node in heat.ways.before:
        caller, site = heat.ways.before[node]
        steps.append(_step(heat, node, _how(heat, caller, site)))
        node = caller
    root = heat.roots.get(node)
    steps.append(_step(heat, node, (root.words if root is not None else "") or _start(heat, node)))
    steps.reverse()
    return tuple(steps if len(steps) <= MOST_STEPS else (steps[0], *steps[1 - MOST_STEPS :]))


def hottest_caller(heat: Heat, node: int) -> tuple[str, str] | None:
    """Return the caller on the best way, and in words how it calls; None for an overload that nothing reached calls."""
    if node not in heat.ways.before:
        return None
    caller, site = heat.ways.before[node]
    loops = heat.context(heat.graph.hierarchy.nodes[caller].file, site).loops
    how = f"called inside {count(loops, 'loop')} of" if loops else "called by"
    return heat.graph.hierarchy.nodes[caller].name, how


def _step(heat: Heat, node: int, how: str) -> RouteStep:
    one = heat.graph.hierarchy.nodes[node]
    method = heat.methods[one.name]
    return RouteStep(method=one.name, path=method.path, line=one.line or method.line, how=how)


def _start(heat: Heat, node: int) -> str:
    plain = heat.graph.hierarchy.nodes[node].plain_name
    return "static initialiser" if plain == "<clinit>" else "public method"


def _how(heat: Heat, caller: int, site: Site) -> str:
    around = heat.context(heat.graph.hierarchy.nodes[caller].file, site)
    return f"called at line {site.line}{_surroundings(around)}"


def _surroundings(around: JavaContext) -> str:
    words = []
    if around.loops:
        words.append(f"inside {count(around.loops, 'loop')}")
    conditions = around.branches + around.arms + around.rare
    if conditions:
        words.append(f"behind {count(conditions, 'condition')}")
    if around.is_cold:
        words.append("on an error path")
    return f", {', '.join(words)}" if words else ""
