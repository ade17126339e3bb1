"""How often each reached method may run, from the roots' rates along the calls: an estimate that ranks and measures nothing."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import EntryPoints
from rustplan.model.facts import JavaContext
from rustplan.score.circles import callers_first
from rustplan.score.java.calls import ANY, CallGraph, Site
from rustplan.score.java.nodes import OUTSIDE, Node

Edges = Mapping[int, Mapping[int, tuple[float, Site]]]
"""Caller -> target -> (runs of the target for each run of the caller, the site that brings most of them)."""

_LEAST_STEP = 0.01
"""What a certain call costs on the best way, so that of two the shorter wins."""


def context_factor(context: JavaContext, table: EntryPoints) -> float:
    """How often what stands in a context runs for each run of its function."""
    factor = table.loop_factor ** min(context.loops, table.most_loops)
    factor *= table.branch_factor**context.branches * table.arm_factor**context.arms * table.rare_factor**context.rare
    return float(factor * (table.cold_factor if context.is_cold else 1.0))


def is_cold_name(plain: str, table: EntryPoints) -> bool:
    """True for methods whose names say that they report errors or grow a buffer: called rarely, whatever calls them."""
    return plain.lower().lstrip("_").startswith(table.cold_words)


def edges_of(graph: CallGraph, table: EntryPoints) -> dict[int, dict[int, tuple[float, Site]]]:
    """Return the calls of all reached nodes, those of a node together divided by a power of their sum."""
    nodes = graph.hierarchy.nodes
    factors = [
        [context_factor(one, table) for one in file.facts.java.contexts] or [1.0] for file in graph.hierarchy.files
    ]
    cold = {index for index in graph.sites if _is_cold(nodes[index], table)}
    edges: dict[int, dict[int, tuple[float, Site]]] = {}
    for caller in sorted(graph.sites):
        found = _calls_of(graph, caller, factors[nodes[caller].file], cold, table)
        total = math.fsum(rate for rate, _ in found.values())
        slower = total**table.fan_out if total > 1.0 else 1.0
        edges[caller] = {target: (rate / slower, site) for target, (rate, site) in found.items()}
    return edges


def _is_cold(node: Node, table: EntryPoints) -> bool:
    return node.always_throws or is_cold_name(node.plain_name, table)


def _calls_of(
    graph: CallGraph, caller: int, factors: Sequence[float], cold: set[int], table: EntryPoints
) -> dict[int, tuple[float, Site]]:
    sums: dict[int, float] = defaultdict(float)
    best: dict[int, tuple[float, Site]] = {}
    for site in graph.sites[caller]:
        targets = graph.targets(site)
        if not targets:
            continue
        share = site.factor * factors[site.context] / len(targets) * _share_here(site, len(targets), table)
        for target in targets:
            if target == caller:
                continue
            rate = share * (table.cold_method_factor if target in cold else 1.0)
            sums[target] += rate
            if target not in best or rate > best[target][0]:
                best[target] = (rate, site)
    return {target: (rate, best[target][1]) for target, rate in sums.items()}


def _share_here(site: Site, targets: int, table: EntryPoints) -> float:
    """Which share of a call reaches the repository at all."""
    if site.key is None:
        return 1.0
    name = site.key[0]
    if name == ANY and targets > table.most_targets:
        return 0.0
    return table.platform_share if name.startswith(OUTSIDE) and name[1:] in table.platform_types else 1.0


def runs_of(edges: Edges, rates: Mapping[int, float], table: EntryPoints) -> dict[int, float]:
    """Return how often each node runs: rates flow from callers to callees, a few times around where methods call each other."""
    most = 10.0**table.cap
    runs = {index: min(most, rates.get(index, 0.0)) for index in edges}
    for circle in callers_first(sorted(edges), {caller: sorted(targets) for caller, targets in edges.items()}):
        members = set(circle)
        if len(circle) > 1:
            _around(circle, members, edges, runs, table)
        for caller in circle:
            for target, (factor, _) in edges[caller].items():
                if target not in members:
                    runs[target] = min(most, runs[target] + runs[caller] * factor)
    return runs


def _around(circle: Sequence[int], members: set[int], edges: Edges, runs: dict[int, float], table: EntryPoints) -> None:
    """Pass rates on among methods that call each other, without their loops: each circle counts once."""
    most = 10.0**table.cap
    inner = [
        (caller, [(t, min(table.circle_most, rate)) for t, (rate, _) in edges[caller].items() if t in members])
        for caller in circle
    ]
    fresh = {index: runs[index] for index in circle}
    for _ in range(table.circle_passes):
        arriving: dict[int, float] = defaultdict(float)
        for caller, targets in inner:
            rate = fresh[caller]
            if rate:
                for target, factor in targets:
                    arriving[target] += rate * factor
        for index, rate in arriving.items():
            runs[index] = min(most, runs[index] + rate)
        fresh = {index: min(most, arriving.get(index, 0.0)) for index in circle}


@dataclass(frozen=True, slots=True)
class Ways:
    """The best way to each node from a root: how likely its calls are without their loops (0-1), the caller before it, and the site."""

    likelihood: Mapping[int, float]
    before: Mapping[int, tuple[int, Site]]


def best_ways(edges: Edges, rates: Mapping[int, float]) -> Ways:
    """Return the most likely way to each node that a root reaches; roots that run more often come first."""
    highest = max(rates.values(), default=1.0)
    cost: dict[int, float] = {}
    before: dict[int, tuple[int, Site]] = {}
    queue: list[tuple[float, int, int, Site | None]] = [
        (math.log(highest / rate) if rate > 0 else math.inf, root, -1, None) for root, rate in sorted(rates.items())
    ]
    heapq.heapify(queue)
    while queue:
        spent, index, caller, site = heapq.heappop(queue)
        if index in cost or index not in edges:
            continue
        cost[index] = spent
        if site is not None:
            before[index] = (caller, site)
        for target, (factor, through) in edges[index].items():
            if target not in cost and factor > 0.0:
                step = max(_LEAST_STEP, -math.log(min(1.0, factor)))
                heapq.heappush(queue, (spent + step, target, index, through))
    return Ways({index: math.exp(-spent) for index, spent in cost.items()}, before)
