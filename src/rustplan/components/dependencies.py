"""File edges added up between components, with the heaviest places as evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rustplan.components.files import Inventory
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.component import Component, Dependency, DependencyEvidence
from rustplan.model.facts import NativeLinkKind
from rustplan.model.source import Role

_COUNTED = (Role.SOURCE, Role.VENDORED, Role.GENERATED)
_FIRM = (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.IMPLEMENTS, EdgeKind.JNI)
_BY_NAME = (NativeLinkKind.SYMBOL, NativeLinkKind.BOUND)
_SHOWN, _SHOWN_OF_CUT = 8, 40


Ends = tuple[str, str]
"""The names of a dependent and of what it depends on."""


def find_dependencies(
    components: Sequence[Component], graph: CodeGraph, inventory: Inventory
) -> tuple[tuple[Dependency, ...], dict[Ends, float], dict[Ends, list[Edge]]]:
    """One dependency per ordered pair of components that share an edge, the firm weight of each pair that has any, and the edges of all.

    What tests and examples use does not count.
    """
    pairs = _edges_by_ends(components, graph, inventory)
    dependencies = tuple(_dependency(ends, edges, inventory) for ends, edges in sorted(pairs.items()))
    firm = {ends: firm_weight(edges) for ends, edges in sorted(pairs.items())}
    return dependencies, {ends: weight for ends, weight in firm.items() if weight > 0}, pairs


def firm_weight(edges: Sequence[Edge]) -> float:
    """The weight of what a linker or the JVM must find at run time, as far as it is certain.

    Includes, imports and types are vocabulary: after a port they can be generated from the Rust side, so they tie nothing together.
    An ambiguous call is a guess, and a guess must not make a cycle.
    """
    weights = [edge.weight for edge in edges if _is_firm(edge)]
    return round(sum(sorted(weights)), 3)


def _edges_by_ends(components: Sequence[Component], graph: CodeGraph, inventory: Inventory) -> dict[Ends, list[Edge]]:
    owner = {path: component.name for component in components for path in component.files}
    pairs: dict[Ends, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        dependent, dependency = owner.get(edge.dependent), owner.get(edge.dependency)
        if dependent is None or dependency is None or dependent == dependency:
            continue
        if inventory.role(edge.dependent) in _COUNTED and inventory.role(edge.dependency) in _COUNTED:
            pairs[dependent, dependency].append(edge)
    return pairs


def _dependency(ends: Ends, edges: Sequence[Edge], inventory: Inventory) -> Dependency:
    native = [edge for edge in edges if edge.kind is EdgeKind.JNI]
    parts: dict[EdgeKind, float] = {}
    for kind in EdgeKind:
        weights = sorted(edge.weight for edge in edges if edge.kind is kind)
        if weights:
            parts[kind] = round(sum(weights), 3)
    return Dependency(
        dependent=ends[0],
        dependency=ends[1],
        weight=round(sum(parts.values()), 3),
        parts=parts,
        places=len(edges),
        evidence=heaviest(edges, _SHOWN),
        native_functions=len(_functions(native)),
        looked_up=len(_functions(_looked_up(native, inventory))),
    )


def _functions(edges: Sequence[Edge]) -> set[tuple[str, str]]:
    return {(edge.dependency, edge.symbol) for edge in edges}


def _looked_up(edges: Sequence[Edge], inventory: Inventory) -> list[Edge]:
    """The edges to functions that the Java file names itself, so that JNI has no part in them."""
    named: dict[str, set[str] | None] = {}
    for path in sorted({edge.dependent for edge in edges}):
        facts = inventory.facts.get(path)
        links = facts.native_links if facts is not None else ()
        is_direct = any(link.kind is NativeLinkKind.DIRECT for link in links)
        named[path] = None if is_direct else {link.name for link in links if link.kind in _BY_NAME}
    return [edge for edge in edges if (names := named[edge.dependent]) is None or edge.symbol in names]


def cut_evidence(edges: Sequence[Edge]) -> tuple[DependencyEvidence, ...]:
    """What a cut would have to remove: what ties at run time first, then vocabulary; at most 40 places."""
    firm = [edge for edge in edges if _is_firm(edge)]
    rest = [edge for edge in edges if not _is_firm(edge)]
    return (heaviest(firm, _SHOWN_OF_CUT) + heaviest(rest, _SHOWN_OF_CUT))[:_SHOWN_OF_CUT]


def firm_places(edges: Sequence[Edge]) -> int:
    """How many of the edges tie at run time for certain."""
    return sum(1 for edge in edges if _is_firm(edge))


def _is_firm(edge: Edge) -> bool:
    return edge.kind in _FIRM and not edge.is_ambiguous


def heaviest(edges: Sequence[Edge], most: int) -> tuple[DependencyEvidence, ...]:
    """The places that weigh most, heaviest first, at most `most`; ties by path, line and symbol."""
    ranked = sorted(edges, key=lambda edge: (-edge.weight, edge))
    return tuple(
        DependencyEvidence(
            path=edge.dependent,
            line=edge.line,
            symbol=edge.symbol,
            target=edge.dependency,
            kind=edge.kind,
            count=edge.count,
            is_ambiguous=edge.is_ambiguous,
        )
        for edge in ranked[:most]
    )
