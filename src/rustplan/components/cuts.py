"""The cheapest dependencies to remove so that no cycle is left: a weighted minimum feedback arc set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import networkx

_EXACT_UP_TO = 12
_STRETCH = 8

_Ends = tuple[str, str]
_Weights = dict[_Ends, float]
_Leaving = dict[str, list[tuple[int, _Ends, float]]]
"""By dependent: the place among all weights, both ends, the weight."""


def cheapest_cuts(graph: networkx.DiGraph[str]) -> set[_Ends]:
    """Edges (dependent, dependency) whose removal leaves `graph` without cycles, at the least total weight.

    Exact up to 12 nodes; above that the order of Eades, Lin and Smyth (1993), improved by moving single nodes and by
    putting stretches of eight neighbours into their best order.
    """
    names = sorted(graph.nodes)
    weights = {(one, other): float(graph.edges[one, other]["weight"]) for one, other in graph.edges if one != other}
    order = (
        _exact_order(names, weights) if len(names) <= _EXACT_UP_TO else _improve(_greedy_order(names, weights), weights)
    )
    place = {name: index for index, name in enumerate(order)}
    return {(dependent, dependency) for dependent, dependency in weights if place[dependency] > place[dependent]}


def _exact_order(names: Sequence[str], weights: _Weights) -> list[str]:
    """Dependencies first: over all subsets, the cheapest way to place them, choosing which member comes last."""
    number = {name: index for index, name in enumerate(names)}
    needing: list[list[tuple[int, float]]] = [[] for _ in names]
    for (dependent, dependency), weight in sorted(weights.items()):
        needing[number[dependency]].append((1 << number[dependent], weight))
    best = [0.0] * (1 << len(names))
    last = [0] * (1 << len(names))
    for subset in range(1, 1 << len(names)):
        costs = []
        for index in range(len(names)):
            if subset >> index & 1:
                before = subset ^ (1 << index)
                cost = best[before] + sum(weight for bit, weight in needing[index] if before & bit)
                costs.append((round(cost, 6), index))
        best[subset], last[subset] = min(costs)
    order = []
    subset = (1 << len(names)) - 1
    while subset:
        order.append(names[last[subset]])
        subset ^= 1 << last[subset]
    return order[::-1]


def _greedy_order(names: Sequence[str], weights: _Weights) -> list[str]:
    """Place what needs nothing first and what nothing needs last; between them, what is most needed and needs least."""
    left = dict.fromkeys(names)
    first: list[str] = []
    last: list[str] = []
    while left:
        needs = dict.fromkeys(left, 0.0)
        needed = dict.fromkeys(left, 0.0)
        for (dependent, dependency), weight in weights.items():
            if dependent in left and dependency in left:
                needs[dependent] += weight
                needed[dependency] += weight
        free = [name for name in left if not needs[name]]
        unneeded = [name for name in left if not needed[name]]
        if free:
            chosen = free[0]
            first.append(chosen)
        elif unneeded:
            chosen = unneeded[0]
            last.append(chosen)
        else:
            chosen = max(left, key=lambda name: (round(needed[name] - needs[name], 6), name))
            first.append(chosen)
        del left[chosen]
    return first + last[::-1]


def _improve(order: list[str], weights: _Weights) -> list[str]:
    """Move single nodes to their best place and reorder short stretches exactly, until neither saves anything.

    Every step lowers the cost, so this ends.
    """
    has_improved = True
    while has_improved:
        has_improved = False
        for name in sorted(order):
            saving, index = _best_place(name, order, weights)
            if saving > 1e-6:
                order.remove(name)
                order.insert(index, name)
                has_improved = True
        if not has_improved:
            has_improved = _reorder_stretches(order, weights)
    return order


def _reorder_stretches(order: list[str], weights: _Weights) -> bool:
    """Put each stretch of neighbours into its best order; True when one became cheaper."""
    has_improved = False
    leaving: _Leaving = defaultdict(list)
    for place, (ends, weight) in enumerate(weights.items()):
        leaving[ends[0]].append((place, ends, weight))
    for start in range(0, max(1, len(order) - _STRETCH // 2), _STRETCH // 2):
        stretch = order[start : start + _STRETCH]
        inside = _between(stretch, leaving)
        best = _exact_order(stretch, inside)
        if _cost(best, inside) < _cost(stretch, inside) - 1e-6:
            order[start : start + _STRETCH] = best
            has_improved = True
    return has_improved


def _between(stretch: Sequence[str], leaving: _Leaving) -> _Weights:
    """The weights between the components of a stretch, in the order of all weights: sums of floats depend on it."""
    members = frozenset(stretch)
    found = sorted(one for name in members for one in leaving.get(name, ()) if one[1][1] in members)
    return {ends: weight for _, ends, weight in found}


def _cost(order: Sequence[str], weights: _Weights) -> float:
    place = {name: index for index, name in enumerate(order)}
    return sum(weight for (one, other), weight in weights.items() if place[other] > place[one])


def _best_place(name: str, order: Sequence[str], weights: _Weights) -> tuple[float, int]:
    """The largest saving and the index (in the order without `name`) that brings it."""
    others = [other for other in order if other != name]
    costs = [sum(weights.get((name, other), 0.0) for other in others)]
    for other in others:
        costs.append(costs[-1] - weights.get((name, other), 0.0) + weights.get((other, name), 0.0))
    index = min(range(len(costs)), key=lambda position: (round(costs[position], 6), position))
    return costs[order.index(name)] - costs[index], index
