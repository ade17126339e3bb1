"""How often a Java method may run, from the calls that lead to it: a static estimate that ranks and measures nothing.

Rates start at the entry points of the catalogue and flow along calls; a call inside a loop multiplies, a call with several possible
targets is shared among them. Overloads of one name in one class are one method to whoever reads a profile, which cannot tell them apart
either; what each of them may run is kept in `runs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rustplan.catalog import EntryPoints
from rustplan.model.facts import JavaContext
from rustplan.model.scan import FileScan
from rustplan.score.java.calls import CallGraph, Site
from rustplan.score.java.entries import Root, find_roots, public_roots, rates_of
from rustplan.score.java.frequency import Edges, Ways, best_ways, edges_of, runs_of
from rustplan.score.java.hierarchy import Hierarchy
from rustplan.score.java.names import outermost


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """All overloads of one name in one class, where the first of them stands, and which entry point it is.

    `is_declared`: a benchmark of the repository calls it, so its authors say that it is hot. `is_benchmark`: it is part of one itself.
    """

    class_name: str
    path: str
    line: int
    entry: str
    base: float
    is_declared: bool
    is_benchmark: bool
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Estimated calls of each method by qualified name, how likely it is that it runs at all (0-1), and what it calls.

    `runs` are the estimated calls of each overload, by node.
    """

    methods: Mapping[str, Method]
    calls: Mapping[str, float]
    likelihood: Mapping[str, float]
    callees: Mapping[str, frozenset[str]]
    graph: CallGraph
    ways: Ways
    roots: Mapping[int, Root]
    runs: Mapping[int, float] = field(repr=False)
    edges: Edges = field(repr=False)

    def context(self, file: int, site: Site) -> JavaContext:
        """What stands around a call of a file."""
        return self.graph.hierarchy.files[file].facts.java.contexts[site.context]


def estimate_heat(files: Sequence[FileScan], table: EntryPoints) -> Heat:
    """Return the heat of all methods of these Java files."""
    hierarchy = Hierarchy(files)
    roots = find_roots(hierarchy, table)
    graph = CallGraph(hierarchy, sorted(roots), table)
    functions = sum(1 for node in hierarchy.nodes if node.function >= 0)
    if sum(hierarchy.nodes[index].function >= 0 for index in graph.sites) < table.least_reached * functions:
        roots = {**public_roots(hierarchy, table.unreached_rate), **roots}
        graph = CallGraph(hierarchy, sorted(roots), table)
    rates = rates_of(roots)
    edges = edges_of(graph, table)
    started = {hierarchy.static_starts[name]: 10.0**table.static_rate for name in graph.begun}
    runs = runs_of(edges, {**started, **rates}, table)
    ways = best_ways(edges, {**started, **rates})
    methods = _methods(hierarchy, roots, rates, edges)
    return Heat(
        methods=methods,
        calls={name: sum(runs.get(node, 0.0) for node in method.nodes) for name, method in methods.items()},
        likelihood={
            name: max(ways.likelihood.get(node, 0.0) for node in method.nodes) for name, method in methods.items()
        },
        callees={
            name: frozenset(hierarchy.nodes[target].name for node in method.nodes for target in edges.get(node, ()))
            for name, method in methods.items()
            if method.base
        },
        graph=graph,
        ways=ways,
        roots=roots,
        runs=runs,
        edges=edges,
    )


def _methods(
    hierarchy: Hierarchy, roots: Mapping[int, Root], rates: Mapping[int, float], edges: Edges
) -> dict[str, Method]:
    """Collect nodes by qualified name."""
    measured = {index for index, root in roots.items() if root.is_declared}
    benchmarks = {outermost(hierarchy.nodes[index].class_name) for index in measured}
    declared = {target for index in measured for target in edges.get(index, ())}
    by_name: dict[str, list[int]] = {}
    for index, node in enumerate(hierarchy.nodes):
        by_name.setdefault(node.name, []).append(index)
    found = {}
    for name, indexes in by_name.items():
        first = min(indexes, key=lambda index: (hierarchy.nodes[index].function < 0, hierarchy.nodes[index].line))
        node = hierarchy.nodes[first]
        own = [roots[index] for index in indexes if index in roots]
        found[name] = Method(
            class_name=node.class_name,
            path=hierarchy.files[node.file].path,
            line=node.line,
            entry=next((root.words for root in own if root.words), ""),
            base=max((rates[index] for index in indexes if index in rates), default=0.0),
            is_declared=not declared.isdisjoint(indexes),
            is_benchmark=outermost(node.class_name) in benchmarks,
            nodes=tuple(indexes),
        )
    return found
