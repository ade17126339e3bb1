"""Dependencies with their evidence, cycles, cuts and the order of units."""

import itertools

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.components.cuts import _greedy_order, _improve, cheapest_cuts
from rustplan.model.code_graph import EdgeKind
from rustplan.model.source import Role

SIZES = {"a/a.c": 200, "b/b.c": 200, "c/c.c": 200, "d/d.c": 1000}


def pairs(graph):
    return {(dependency.dependent, dependency.dependency): dependency for dependency in graph.dependencies}


def test_a_dependency_adds_up_its_edges_and_shows_the_heaviest_places(find, uses):
    edges = [uses("a/a.c", "b/b.c", symbol=f"f{number}", line=number, weight=number) for number in range(1, 11)]
    graph = find(SIZES, edges=[*edges, uses("a/a.c", "b/b.c", kind=EdgeKind.INCLUDE, symbol="b.h", weight=0.2)])
    dependency = pairs(graph)["a", "b"]

    assert dependency.parts == {EdgeKind.CALL: 55.0, EdgeKind.INCLUDE: 0.2}
    assert dependency.weight == 55.2
    assert dependency.places == 11
    assert [place.symbol for place in dependency.evidence] == [f"f{number}" for number in range(10, 2, -1)]
    assert (dependency.evidence[0].path, dependency.evidence[0].target) == ("a/a.c", "b/b.c")


def test_what_tests_use_is_no_dependency(find, uses):
    graph = find(
        {**SIZES, "tests/t.c": 50},
        roles={"tests/t.c": Role.TEST},
        edges=[uses("tests/t.c", "a/a.c", weight=3), uses("tests/t.c", "b/b.c")],
    )

    assert graph.dependencies == ()


def test_needs_come_first_and_ties_go_by_name(find, uses):
    graph = find(SIZES, edges=[uses("a/a.c", "d/d.c"), uses("d/d.c", "c/c.c")])

    assert [unit.name for unit in graph.units] == ["b", "c", "d", "a"]
    assert graph.cycles == ()


def test_mutual_calls_make_a_unit_with_its_cheapest_cut(find, uses):
    edges = [uses("a/a.c", "b/b.c", weight=5), uses("b/b.c", "a/a.c", weight=2, symbol="back", line=7)]
    graph = find(SIZES, edges=edges)
    unit = next(unit for unit in graph.units if unit.is_cycle)

    assert unit.components == ("a", "b")
    assert graph.cycles == (("a", "b"),)
    assert [(cut.dependent, cut.dependency, cut.weight) for cut in unit.cuts] == [("b", "a", 2.0)]
    assert (unit.cuts[0].evidence[0].symbol, unit.cuts[0].evidence[0].line) == ("back", 7)


def test_cuts_of_a_units_own_cycle_come_before_those_of_a_larger_one(find, uses):
    sizes = {f"{name}/{name}.c": 20_000 for name in "abc"}
    pair = [uses("a/a.c", "b/b.c", weight=9), uses("b/b.c", "a/a.c", weight=8)]
    ring = [uses("b/b.c", "c/c.c", weight=9), uses("c/c.c", "a/a.c", weight=2), uses("a/a.c", "c/c.c", weight=1)]
    graph = find({**sizes, "d/d.c": 80_000}, edges=[*pair, *ring])

    assert graph.cycles == (("a", "b", "c"),)
    for unit in graph.units:
        inside = [{cut.dependent, cut.dependency} <= set(unit.components) for cut in unit.cuts]
        assert inside == sorted(inside, reverse=True)
        assert not unit.is_cycle or inside[0]
    assert any(not {cut.dependent, cut.dependency} <= set(unit.components) for unit in graph.units for cut in unit.cuts)


def test_vocabulary_and_guesses_tie_nothing_together(find, uses):
    edges = [
        uses("a/a.c", "b/b.c", weight=5),
        uses("b/b.c", "a/a.c", kind=EdgeKind.INCLUDE, weight=4),
        uses("b/b.c", "a/a.c", kind=EdgeKind.TYPE, weight=4),
        uses("b/b.c", "a/a.c", weight=9, is_ambiguous=True),
    ]
    graph = find(SIZES, edges=edges)

    assert ("b", "a") in pairs(graph)
    assert all(not unit.is_cycle for unit in graph.units)


def test_a_cycle_that_swallows_the_project_is_divided_at_its_weakest_place(find, uses):
    sizes = {"a/a.c": 800, "b/b.c": 800, "c/c.c": 800}
    edges = [
        uses("a/a.c", "b/b.c", weight=20),
        uses("b/b.c", "c/c.c", weight=20),
        uses("c/c.c", "a/a.c", weight=1, symbol="callback", line=42),
    ]
    graph = find(sizes, edges=edges)

    assert graph.cycles == (("a", "b", "c"),)
    assert [unit.components for unit in graph.units] == [("c",), ("b",), ("a",)]
    cuts = [cut for unit in graph.units for cut in unit.cuts]
    assert [(cut.dependent, cut.dependency) for cut in cuts] == [("c", "a")]
    assert cuts[0].evidence[0].symbol == "callback"


def weighted_graphs(nodes: int):
    ends = [(one, other) for one in range(nodes) for other in range(nodes) if one != other]
    return st.dictionaries(st.sampled_from(ends), st.integers(1, 20), max_size=len(ends))


@settings(max_examples=40, deadline=None)
@given(weighted_graphs(5))
def test_cuts_are_minimal_against_every_order(weights):
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from((str(one), str(other), weight) for (one, other), weight in weights.items())
    names = sorted(graph.nodes)
    cost = sum(graph.edges[ends]["weight"] for ends in cheapest_cuts(graph))

    best = min(_cost(order, graph) for order in itertools.permutations(names)) if names else 0
    assert cost == best


@settings(max_examples=40, deadline=None)
@given(weighted_graphs(7))
def test_the_order_for_large_knots_breaks_every_cycle_and_loses_little(weights):
    named = {(str(one), str(other)): float(weight) for (one, other), weight in weights.items()}
    names = sorted({name for ends in named for name in ends})
    order = _improve(_greedy_order(names, named), named)
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in named.items())

    assert sorted(order) == names
    exact = sum(graph.edges[ends]["weight"] for ends in cheapest_cuts(graph)) if names else 0
    assert _cost(order, graph) <= 2 * exact


def _cost(order, graph) -> float:
    place = {name: index for index, name in enumerate(order)}
    return sum(weight for one, other, weight in graph.edges(data="weight") if place[other] > place[one])


def test_many_components_in_one_knot_are_cut_without_an_exact_search():
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from((f"n{i:02}", f"n{(i + 1) % 40:02}", 5) for i in range(40))
    graph.edges["n17", "n18"]["weight"] = 1

    assert cheapest_cuts(graph) == {("n17", "n18")}
