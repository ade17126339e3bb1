"""The best sets to port for a cost: a knapsack whose items share costs along edges, solved by min-cut and, when small, exactly."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

SCALE = 1_000_000
"""Person-months in the integers that the flow works with: whole numbers end every search."""
CLOSE = 1e-9
NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Items with a value and a cost, and what it costs in addition when the first end of an edge is chosen and the second is not."""

    values: tuple[float, ...]
    costs: tuple[float, ...]
    edges: tuple[tuple[int, int, float], ...] = ()

    @property
    def everything(self) -> frozenset[int]:
        """Every item."""
        return frozenset(range(len(self.values)))

    def value(self, chosen: frozenset[int]) -> float:
        """Sum of the values of a set."""
        return math.fsum(self.values[item] for item in chosen)

    def cost(self, chosen: frozenset[int]) -> float:
        """Sum of the costs of a set and of the edges that leave it."""
        own = [self.costs[item] for item in chosen]
        return math.fsum(own + [cost for one, other, cost in self.edges if one in chosen and other not in chosen])


def closure(problem: Problem, multiplier: float) -> frozenset[int]:
    """Return the set that maximises multiplier x value - cost, by min-cut: edges that leave a set make this a project selection."""
    size = len(problem.values)
    flow = Flow(size + 2)
    source, sink = size, size + 1
    for item in range(size):
        gain = round((multiplier * problem.values[item] - problem.costs[item]) * SCALE)
        if gain > 0:
            flow.add(source, item, gain)
        elif gain < 0:
            flow.add(item, sink, -gain)
    for one, other, cost in problem.edges:
        flow.add(one, other, round(cost * SCALE))
    return frozenset(item for item in flow.source_side(source, sink) if item < size)


def hull(problem: Problem, most: int) -> list[frozenset[int]]:
    """Return the corners of the concave hull of (cost, value), cheapest first, by a sweep of the multiplier; about `most` when there are more.

    Each corner is the best set for its own cost, and each holds the one before it, so that more money never buys less.
    """
    first, last = NONE, closure(problem, _largest_multiplier(problem))
    corners = {first, last}
    open_pairs = deque([(first, last)])
    while open_pairs and len(corners) < most:
        low, high = open_pairs.popleft()
        gain, price = problem.value(high) - problem.value(low), problem.cost(high) - problem.cost(low)
        if gain <= CLOSE or price <= CLOSE:
            continue
        multiplier = price / gain
        between = closure(problem, multiplier)
        if between in corners or _worth(problem, between, multiplier) <= _worth(problem, low, multiplier) + 2 / SCALE:
            continue
        corners.add(between)
        open_pairs.extend(((low, between), (between, high)))
    return sorted(corners, key=lambda chosen: (problem.cost(chosen), problem.value(chosen)))


def exact(problem: Problem, budget: float, start: frozenset[int], most_nodes: int) -> tuple[frozenset[int], bool]:
    """Return the set of the highest value within a budget, and whether the search came to its end. `start` is a set known to fit.

    Among equal values the cheaper set wins. Branch and bound: edges between undecided items are set aside, which leaves a knapsack
    whose fractional optimum bounds the value from above.
    """
    search = _Search(problem, budget, start, most_nodes)
    search.run()
    return search.best, search.nodes <= most_nodes


def fill(problem: Problem, low: frozenset[int], high: frozenset[int], budget: float) -> frozenset[int]:
    """Return `low` with items of `high` added, each time the one with the most value for what it adds to the cost, within a budget.

    A rule of thumb for the room between two corners: good, not proven best.
    """
    chosen = low
    cost = problem.cost(low)
    waiting = set(high - low)
    after, before = _neighbours(problem)
    while waiting:
        added = {
            item: problem.costs[item]
            + math.fsum(price for other, price in after[item].items() if other not in chosen)
            - math.fsum(price for other, price in before[item].items() if other in chosen)
            for item in waiting
        }
        fitting = [item for item in waiting if cost + added[item] <= budget + CLOSE]
        if not fitting:
            break
        best = max(fitting, key=lambda item: (problem.values[item] / max(added[item], CLOSE), -item))
        chosen = chosen | {best}
        cost += added[best]
        waiting.discard(best)
    return chosen


def brute_force(problem: Problem, budget: float) -> frozenset[int]:
    """Return the same by looking at every set: the yardstick of the tests, for a dozen items."""
    size = len(problem.values)
    best, best_key = NONE, (0.0, 0.0)
    for bits in range(1, 1 << size):
        chosen = frozenset(item for item in range(size) if bits >> item & 1)
        cost = problem.cost(chosen)
        key = (problem.value(chosen), -cost)
        if cost <= budget + CLOSE and key > best_key:
            best, best_key = chosen, key
    return best


def _largest_multiplier(problem: Problem) -> float:
    """A multiplier at which every item with a value pays for itself and for all of its edges."""
    least = min((value for value in problem.values if value > 0), default=1.0)
    whole = math.fsum(problem.costs) + math.fsum(cost for _, _, cost in problem.edges)
    return min((whole + 1.0) / least, 1e12)


def _neighbours(problem: Problem) -> tuple[list[dict[int, float]], list[dict[int, float]]]:
    """What it costs to leave each neighbour out when an item is chosen, and the other way round."""
    after: list[dict[int, float]] = [{} for _ in problem.values]
    before: list[dict[int, float]] = [{} for _ in problem.values]
    for one, other, cost in problem.edges:
        if one != other:
            after[one][other] = after[one].get(other, 0.0) + cost
            before[other][one] = before[other].get(one, 0.0) + cost
    return after, before


def _worth(problem: Problem, chosen: frozenset[int], multiplier: float) -> float:
    return multiplier * problem.value(chosen) - problem.cost(chosen)


class Flow:
    """Maximum flow by Dinic's algorithm on whole capacities."""

    def __init__(self, size: int) -> None:
        self.heads: list[int] = []
        self.room: list[int] = []
        self.arcs: list[list[int]] = [[] for _ in range(size)]

    def add(self, one: int, other: int, capacity: int) -> None:
        """Add an arc; its reverse has no room yet."""
        for head, tail, room in ((other, one, capacity), (one, other, 0)):
            self.arcs[tail].append(len(self.heads))
            self.heads.append(head)
            self.room.append(room)

    def source_side(self, source: int, sink: int) -> set[int]:
        """Return the nodes on the source's side of the smallest cut that lies nearest to the source."""
        while True:
            levels = self._levels(source)
            if levels[sink] < 0:
                return {node for node, level in enumerate(levels) if level >= 0 and node != source}
            following = [0] * len(self.arcs)
            while self._push(source, sink, levels, following):
                pass

    def _levels(self, source: int) -> list[int]:
        levels = [-1] * len(self.arcs)
        levels[source] = 0
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for arc in self.arcs[node]:
                head = self.heads[arc]
                if self.room[arc] and levels[head] < 0:
                    levels[head] = levels[node] + 1
                    waiting.append(head)
        return levels

    def _push(self, source: int, sink: int, levels: list[int], following: list[int]) -> bool:
        """Send flow along one way through the levels; False when none is left. A stack of its own, because ways may be long."""
        way: list[int] = []
        node = source
        while node != sink:
            if following[node] < len(self.arcs[node]):
                arc = self.arcs[node][following[node]]
                head = self.heads[arc]
                if self.room[arc] and levels[head] == levels[node] + 1:
                    way.append(arc)
                    node = head
                else:
                    following[node] += 1
            elif way:
                levels[node] = -1
                node = self.heads[way.pop() ^ 1]
            else:
                return False
        least = min(self.room[arc] for arc in way)
        for arc in way:
            self.room[arc] -= least
            self.room[arc ^ 1] += least
        return True


class _Search:
    """Depth first over the items, most value for the cost first; a node decides one more item."""

    def __init__(self, problem: Problem, budget: float, start: frozenset[int], most_nodes: int) -> None:
        self.problem = problem
        self.budget = budget + CLOSE
        self.best = start
        self.best_value = problem.value(start)
        self.best_cost = problem.cost(start)
        self.most_nodes = most_nodes
        self.nodes = 0
        self.after, self.before = _neighbours(problem)
        self.order = sorted(
            range(len(problem.values)),
            key=lambda item: (-problem.values[item] / max(problem.costs[item], CLOSE), item),
        )

    def run(self) -> None:
        """Look at every set that could be better than the best one known."""
        waiting: list[tuple[int, frozenset[int], frozenset[int], float, float]] = [(0, NONE, NONE, 0.0, 0.0)]
        while waiting and self.nodes <= self.most_nodes:
            place, chosen, refused, value, cost = waiting.pop()
            self.nodes += 1
            if place == len(self.order):
                self._offer(chosen, value, cost)
                continue
            bound = self._bound(place, chosen, refused, value, cost)
            if bound < self.best_value - CLOSE or bound < 0:
                continue
            item = self.order[place]
            out = cost + sum(self.before[item].get(one, 0.0) for one in chosen)
            taken = cost + self.problem.costs[item] + sum(self.after[item].get(one, 0.0) for one in refused)
            waiting.append((place + 1, chosen, refused | {item}, value, out))
            waiting.append((place + 1, chosen | {item}, refused, value + self.problem.values[item], taken))

    def _offer(self, chosen: frozenset[int], value: float, cost: float) -> None:
        if cost > self.budget:
            return
        is_same = abs(value - self.best_value) <= CLOSE
        if value > self.best_value + CLOSE or (is_same and cost < self.best_cost - CLOSE):
            self.best, self.best_value, self.best_cost = chosen, value, cost

    def _bound(self, place: int, chosen: frozenset[int], refused: frozenset[int], value: float, cost: float) -> float:
        """The most value that this node can reach; -1 when nothing under it fits."""
        room = self.budget - cost
        offers: list[tuple[float, float]] = []
        for item in self.order[place:]:
            pulled = sum(self.before[item].get(one, 0.0) for one in chosen)
            own = self.problem.costs[item] + sum(self.after[item].get(one, 0.0) for one in refused) - pulled
            room -= pulled
            if own <= 0:
                room -= own
                value += self.problem.values[item]
            else:
                offers.append((self.problem.values[item], own))
        if room < 0:
            return -1.0
        return value + _fractional(offers, room)


def _fractional(offers: Sequence[tuple[float, float]], room: float) -> float:
    """The value of a knapsack in which the last item may be broken."""
    total = 0.0
    for value, cost in sorted(offers, key=lambda offer: (-offer[0] / offer[1], offer)):
        if cost > room:
            return total + value * room / cost
        room -= cost
        total += value
    return total
