"""Which overload of a method allocates: a hot overload that allocates nothing does not heat the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rustplan.score.heat import Heat
from rustplan.score.java.sites import Sites


@dataclass(frozen=True, slots=True)
class Charged:
    """What a method may allocate and how often it runs: runs of its overloads weighted by their bytes, and the overload with most."""

    amount: float
    """Bytes of one run times runs, over all overloads."""
    runs: float
    likelihood: float
    node: int


def charge(heat: Heat, sites: Mapping[str, Sites], name: str) -> Charged:
    """Charge the places of a method to its overloads by line; a place in none of them is charged to all runs."""
    nodes = heat.methods[name].nodes
    known = sites.get(name)
    by_node = _bytes_by_node(heat, nodes, known) if known is not None and len(nodes) > 1 else {}
    if not by_node:
        first = max(nodes, key=lambda node: (heat.ways.likelihood.get(node, -1.0), -node))
        return Charged(
            heat.calls[name] * (known.bytes if known else 0.0), heat.calls[name], heat.likelihood[name], first
        )
    amounts = {node: size * heat.runs.get(node, 0.0) for node, size in by_node.items()}
    first = max(amounts, key=lambda node: (amounts[node], heat.ways.likelihood.get(node, -1.0), -node))
    amount = sum(amounts.values())
    return Charged(
        amount,
        amount / sum(by_node.values()),
        max(heat.ways.likelihood.get(node, 0.0) for node in by_node),
        first,
    )


def _bytes_by_node(heat: Heat, nodes: tuple[int, ...], known: Sites) -> dict[int, float]:
    """Bytes of one run of each overload that allocates; empty when a place lies in none of them."""
    found: dict[int, float] = {}
    for place in known.places:
        node = _around(heat, nodes, place.path, place.line)
        if node is None:
            return {}
        found[node] = found.get(node, 0.0) + place.bytes
    return found


def _around(heat: Heat, nodes: tuple[int, ...], path: str, line: int) -> int | None:
    """The overload whose text holds a line."""
    hierarchy = heat.graph.hierarchy
    for node in nodes:
        one = hierarchy.nodes[node]
        declared = one.declared
        if (
            declared is not None
            and declared.start_line <= line <= declared.end_line
            and hierarchy.files[one.file].path == path
        ):
            return node
    return None
