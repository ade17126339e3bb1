"""Cycles below the components: C and C++ files of one component that need each other, and Java packages that do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import networkx

from rustplan.components.cuts import cheapest_cuts
from rustplan.components.dependencies import Ends, cut_evidence, firm_places, firm_weight
from rustplan.components.files import Inventory
from rustplan.model.code_graph import CodeGraph, Edge
from rustplan.model.component import Component, Cut, InnerCycle
from rustplan.model.source import Language, Role

_CUT_UP_TO = 40
_KEPT, _KEPT_OF_ONE = 60, 8
_PLACES = 12

_Edges = dict[Ends, list[Edge]]


def find_inner_cycles(
    components: Sequence[Component], graph: CodeGraph, inventory: Inventory
) -> tuple[tuple[InnerCycle, ...], int]:
    """Return the largest cycles of files and packages, at most 60, and how many there are. Only certain calls and shared data tie."""
    owner = {path: component.name for component in components for path in component.files}
    files: dict[str, _Edges] = defaultdict(lambda: defaultdict(list))
    packages: _Edges = defaultdict(list)
    for edge in graph.edges:
        if edge.dependent == edge.dependency or edge.is_ambiguous or not _counts(edge, inventory):
            continue
        ends = _java_packages(edge, inventory)
        if ends is not None:
            if ends[0] != ends[1]:
                packages[ends].append(edge)
        elif owner.get(edge.dependent) == owner.get(edge.dependency) and edge.dependent in owner:
            files[owner[edge.dependent]][edge.dependent, edge.dependency].append(edge)
    found = [*_cycles("package", "", packages)]
    for component in sorted(files):
        found += _cycles("file", component, files[component])
    return _largest(found), len(found)


def _counts(edge: Edge, inventory: Inventory) -> bool:
    return inventory.role(edge.dependent) is Role.SOURCE and inventory.role(edge.dependency) is Role.SOURCE


def _java_packages(edge: Edge, inventory: Inventory) -> Ends | None:
    """The packages at both ends when both are Java, else None."""
    ends = []
    for path in (edge.dependent, edge.dependency):
        facts = inventory.facts.get(path)
        if facts is None or inventory.files[path].language is not Language.JAVA:
            return None
        ends.append(facts.package or "(no package)")
    return ends[0], ends[1]


def _cycles(level: str, component: str, edges: Mapping[Ends, Sequence[Edge]]) -> Iterator[InnerCycle]:
    weights = {ends: firm_weight(found) for ends, found in sorted(edges.items())}
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for (one, other), weight in weights.items():
        if weight > 0 and not _is_one_unit(level, one, other):
            graph.add_edge(one, other, weight=weight)
    knots = sorted(tuple(sorted(knot)) for knot in networkx.strongly_connected_components(graph) if len(knot) > 1)
    for members in knots:
        cuts: Iterable[Ends] = ()
        if len(members) <= _CUT_UP_TO:
            cuts = sorted(cheapest_cuts(graph.subgraph(members)), key=lambda ends: (weights[ends], ends))
        yield InnerCycle(
            level=level,
            component=component,
            members=members,
            cuts=tuple(_cut(ends, edges[ends]) for ends in cuts),
        )


def _is_one_unit(level: str, one: str, other: str) -> bool:
    """True for `x.c` and `x.h`, which are never told apart."""
    return level == "file" and one.rpartition(".")[0] == other.rpartition(".")[0]


def _cut(ends: Ends, edges: Sequence[Edge]) -> Cut:
    return Cut(
        dependent=ends[0],
        dependency=ends[1],
        weight=round(sum(sorted(edge.weight for edge in edges)), 3),
        places=len(edges),
        evidence=cut_evidence(edges)[:_PLACES],
        firm=firm_places(edges),
    )


def _largest(found: Sequence[InnerCycle]) -> tuple[InnerCycle, ...]:
    kept: dict[str, int] = defaultdict(int)
    result: list[InnerCycle] = []
    for cycle in sorted(found, key=lambda one: (-len(one.members), one.level, one.component, one.members)):
        if len(result) < _KEPT and kept[cycle.component] < _KEPT_OF_ONE:
            kept[cycle.component] += 1
            result.append(cycle)
    return tuple(result)
