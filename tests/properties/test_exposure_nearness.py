"""Distances equal those of a plain search over both states, on any graph; a source more never makes anything farther."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.model.exposure import StepKind
from rustplan.model.facts import FileFacts, Function, Parameter, ParseCoverage
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.score.exposure.call_graph import FunctionGraph
from rustplan.score.exposure.distances import Start, measure_nearness

SIZE = 9
NODES = st.integers(0, SIZE - 1)
EDGES = st.lists(st.tuples(NODES, NODES, st.booleans()), max_size=30, unique_by=lambda edge: edge[:2])
STARTS = st.lists(st.tuples(NODES, st.booleans()), max_size=4)
BACK = 2


def graph_of(edges):
    functions = tuple(
        Function(
            name=f"f{at}", qualified_name=f"f{at}", start_line=10 * at + 1, end_line=10 * at + 9, sloc=5, complexity=1,
            loop_depth=0, parameters=(Parameter("char *"),), return_type="int",
        )
        for at in range(SIZE)
    )  # fmt: skip
    facts = FileFacts(
        language=Language.C, lines=100, sloc=90, functions=functions, coverage=ParseCoverage(total_bytes=1, function_bytes=1, unread_bytes=0)
    )  # fmt: skip
    graph = FunctionGraph([FileScan(path="a.c", role=Role.SOURCE, sha256="", facts=facts)])
    graph.set_edges((one, other, 500, 500, False, may) for one, other, may in sorted(edges) if one != other)
    return graph


def plain_search(edges, starts):
    """Distances by relaxing every edge until nothing changes."""
    far = 99
    on, back = [far] * SIZE, [far] * SIZE
    for node, is_read in starts:
        (back if is_read else on)[node] = 0
    for _ in range(4 * SIZE):
        for one, other, _ in edges:
            if back[other] < BACK:
                back[one] = min(back[one], back[other] + 1)
            on[other] = min(on[other], on[one] + 1, back[one] + 1)
    return [None if min(pair) == far else min(pair) for pair in zip(on, back, strict=True)]


@settings(max_examples=150, deadline=None)
@given(EDGES, STARTS)
def test_distances_are_shortest_and_ways_are_made_of_edges(edges, starts):
    edges = [edge for edge in edges if edge[0] != edge[1]]
    near = measure_nearness(graph_of(edges), [Start(node, is_read, 0) for node, is_read in starts], BACK)
    assert [near.distance(node) for node in range(SIZE)] == plain_search(edges, starts)
    known = {(one, other): may for one, other, may in edges}
    for node in range(SIZE):
        way = near.way(node)
        assert len(way) == (0 if near.distance(node) is None else near.distance(node) + 1)
        for before, after in itertools.pairwise(way):
            ends = (after.node, before.node) if after.kind is StepKind.RETURNS else (before.node, after.node)
            assert known[ends] == after.is_may
        assert near.is_unsure(node) == any(move.is_may for move in way)


@settings(max_examples=80, deadline=None)
@given(EDGES, STARTS, NODES)
def test_one_more_source_takes_nothing_farther(edges, starts, more):
    graph = graph_of(edges)
    before = measure_nearness(graph, [Start(node, is_read, 0) for node, is_read in starts], BACK)
    after = measure_nearness(graph, [Start(node, is_read, 0) for node, is_read in [*starts, (more, False)]], BACK)
    for node in range(SIZE):
        old, new = before.distance(node), after.distance(node)
        assert old is None or (new is not None and new <= old)
