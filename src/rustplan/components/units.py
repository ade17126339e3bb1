"""Which components can only move together, where such a knot is cut most cheaply, and in which order units come."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import networkx

from rustplan.components.cuts import cheapest_cuts
from rustplan.components.dependencies import Ends, cut_evidence, firm_places
from rustplan.model.code_graph import Edge
from rustplan.model.component import Component, Cut, Dependency, Unit

_FIRM_ENOUGH = 1.0
_RECONSIDERED = 200

if TYPE_CHECKING:
    _Graph = networkx.DiGraph[str]


def find_units(
    components: Sequence[Component],
    dependencies: Sequence[Dependency],
    firm: Mapping[Ends, float],
    edges: Mapping[Ends, Sequence[Edge]],
    *,
    largest: int,
) -> tuple[tuple[Unit, ...], tuple[tuple[str, ...], ...]]:
    """Return the units in dependency order, and the cycles they were found in.

    A dependency ties when its firm weight is at least that of one certain call. A cycle that no step can carry (more than
    `largest` code lines, or three and more components with over half of the project) is divided along its cheapest cuts:
    Rust and the old code can call each other over such a cut, so it is a cost and not a wall.
    """
    sloc = {component.name: component.sloc + component.vendored_sloc for component in components}
    graph = _graph(sloc, {ends: weight for ends, weight in firm.items() if weight >= _FIRM_ENOUGH})
    cycles = [members for members in _knots(graph) if len(members) > 1]
    divided: set[Ends] = set()
    for members in cycles:
        divided |= _divide(graph.subgraph(members), sloc, largest)
    graph.remove_edges_from(divided)
    by_ends = {(dependency.dependent, dependency.dependency): dependency for dependency in dependencies}
    units = [_unit(members, graph, divided, by_ends, edges) for members in _knots(graph)]
    ordered = _in_order(units, graph, by_ends)
    return ordered, tuple(sorted(cycles, key=lambda members: (-len(members), members)))


def _graph(names: Iterable[str], weights: Mapping[Ends, float]) -> _Graph:
    graph: _Graph = networkx.DiGraph()
    graph.add_nodes_from(sorted(names))
    for (dependent, dependency), weight in sorted(weights.items()):
        graph.add_edge(dependent, dependency, weight=weight)
    return graph


def _knots(graph: _Graph) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(members)) for members in networkx.strongly_connected_components(graph))


def _divide(knot: _Graph, sloc: Mapping[str, int], largest: int) -> set[Ends]:
    """The fewest of the cheapest cuts that leave no part too large: as many as needed, then the dearest of them taken back."""
    total = sum(sloc.values())
    edges = list(knot.edges)

    def fits(cuts: Iterable[Ends]) -> bool:
        left_out = set(cuts)
        rest: _Graph = networkx.DiGraph()
        rest.add_nodes_from(knot.nodes)
        rest.add_edges_from(ends for ends in edges if ends not in left_out)
        return not any(_is_too_large(members, sloc, total, largest) for members in _knots(rest))

    if fits(()):
        return set()
    ranked = sorted(cheapest_cuts(knot), key=lambda ends: (knot.edges[ends]["weight"], ends))
    needed = bisect_left(range(len(ranked)), True, key=lambda last: fits(ranked[: last + 1])) + 1
    cuts = set(ranked[:needed])
    for ends in ranked[:needed][-_RECONSIDERED:][::-1]:
        if fits(cuts - {ends}):
            cuts.discard(ends)
    return cuts


def _is_too_large(members: Sequence[str], sloc: Mapping[str, int], total: int, largest: int) -> bool:
    lines = sum(sloc[name] for name in members)
    return len(members) > 1 and (lines > largest or (len(members) > 2 and 2 * lines > total))


def _unit(
    members: tuple[str, ...],
    graph: _Graph,
    divided: set[Ends],
    by_ends: Mapping[Ends, Dependency],
    edges: Mapping[Ends, Sequence[Edge]],
) -> Unit:
    """A unit with the cuts that break its own cycle first, then those that divided a larger one. Either kind comes cheapest first."""
    inside = cheapest_cuts(graph.subgraph(members)) if len(members) > 1 else set()
    leaving = {ends for ends in divided if ends[0] in members} - inside
    cuts = [*_cheapest_first(inside, by_ends), *_cheapest_first(leaving, by_ends)]
    return Unit(components=members, cuts=tuple(_cut(by_ends[ends], edges[ends]) for ends in cuts))


def _cheapest_first(cuts: Iterable[Ends], by_ends: Mapping[Ends, Dependency]) -> list[Ends]:
    return sorted(cuts, key=lambda ends: (by_ends[ends].weight, ends))


def _cut(dependency: Dependency, edges: Sequence[Edge]) -> Cut:
    return Cut(
        dependent=dependency.dependent,
        dependency=dependency.dependency,
        weight=dependency.weight,
        places=dependency.places,
        evidence=cut_evidence(edges),
        firm=firm_places(edges),
    )


def _in_order(units: Sequence[Unit], graph: _Graph, by_ends: Mapping[Ends, Dependency]) -> tuple[Unit, ...]:
    """Kahn's order: what a unit firmly needs comes first; then the unit with the least unmet vocabulary; then by name."""
    unit_of = {name: unit.name for unit in units for name in unit.components}
    firm, soft = _needs(graph.edges, unit_of), _needs(by_ends, unit_of)
    waiting = {unit.name: unit for unit in units}
    ordered = []
    while waiting:
        ready = [name for name in waiting if not firm[name] & waiting.keys()]
        name = min(ready, key=lambda name: (len(soft[name] & waiting.keys()), name))
        ordered.append(waiting.pop(name))
    return tuple(ordered)


def _needs(ends: Iterable[Ends], unit_of: Mapping[str, str]) -> dict[str, set[str]]:
    needs: dict[str, set[str]] = defaultdict(set)
    for dependent, dependency in ends:
        if unit_of[dependent] != unit_of[dependency]:
            needs[unit_of[dependent]].add(unit_of[dependency])
    return needs
