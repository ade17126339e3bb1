"""Layered layout: columns are given, the order inside each is found here, long edges run through places of their own between nodes.

Edges to the same node share those places, as tributaries share a river: a hub with twenty dependents stays readable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

NODE_WIDTH, NODE_HEIGHT = 176.0, 46.0
LANE_HEIGHT, SPACE_BETWEEN, COLUMN_GAP = 12.0, 16.0, 96.0
SWEEPS = 12

Place = int
"""A node, or a place that a long edge passes through, as an index into the columns' items."""


class Edge(NamedTuple):
    """`dependent` needs `dependency`; both are indexes of nodes."""

    dependent: int
    dependency: int


class Spot(NamedTuple):
    """Upper left corner of a node."""

    x: float
    y: float


class Layout(NamedTuple):
    """Corners of the nodes, a route (points) for each edge from dependent to dependency, and the size of it all."""

    spots: tuple[Spot, ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def lay_out(columns: Sequence[int], edges: Sequence[Edge]) -> Layout:
    """Place nodes (`columns[i]` is the column of node i) and route the edges between them."""
    grid = _Grid(columns, edges)
    grid.untangle()
    return grid.measure()


class _Grid:
    """Columns of items while their order is sought: nodes first, then the passing places of long edges."""

    def __init__(self, columns: Sequence[int], edges: Sequence[Edge]) -> None:
        used = {column: index for index, column in enumerate(sorted(set(columns)))}
        self.count = len(columns)
        self.column = [used[column] for column in columns]
        self.edges = tuple(edges)
        self.shared: dict[tuple[int, int], Place] = {}
        self.chains: list[list[Place]] = [self._chain(edge) for edge in edges]
        self.order: list[list[Place]] = [[] for _ in used]
        for item, column in enumerate(self.column):
            self.order[column].append(item)
        self.left, self.right = self._neighbours()

    def _chain(self, edge: Edge) -> list[Place]:
        """The items an edge passes, from its left end to its right end."""
        first, last = sorted(edge, key=lambda node: (self.column[node], node))
        chain = [first]
        for column in range(self.column[first] + 1, self.column[last]):
            if (edge.dependency, column) not in self.shared:
                self.column.append(column)
                self.shared[edge.dependency, column] = len(self.column) - 1
            chain.append(self.shared[edge.dependency, column])
        return [*chain, last]

    def _neighbours(self) -> tuple[dict[Place, list[Place]], dict[Place, list[Place]]]:
        left: dict[Place, list[Place]] = defaultdict(list)
        right: dict[Place, list[Place]] = defaultdict(list)
        for one, other in sorted({pair for chain in self.chains for pair in pairwise(chain)}):
            if self.column[one] != self.column[other]:
                right[one].append(other)
                left[other].append(one)
        return left, right

    def untangle(self) -> None:
        """Reduce crossings: barycentre sweeps in both directions, then swaps of neighbours; the best order seen stays."""
        best, best_order = self._crossings(), [list(column) for column in self.order]
        for sweep in range(SWEEPS):
            to_the_right = sweep % 2 == 0
            sides = self.left if to_the_right else self.right
            for index in range(len(self.order)) if to_the_right else reversed(range(len(self.order))):
                self._sort_column(index, sides)
            self._swap_neighbours()
            crossings = self._crossings()
            if crossings < best:
                best, best_order = crossings, [list(column) for column in self.order]
        self.order = best_order

    def _sort_column(self, index: int, sides: dict[Place, list[Place]]) -> None:
        position = self._positions()

        def centre(item: Place) -> tuple[float, int]:
            around = sides.get(item)
            own = position[item]
            return (sum(position[other] for other in around) / len(around) if around else own, own)

        self.order[index].sort(key=centre)

    def _swap_neighbours(self) -> None:
        for index, column in enumerate(self.order):
            for place in range(len(column) - 1):
                before = self._crossings_around(index)
                column[place], column[place + 1] = column[place + 1], column[place]
                if self._crossings_around(index) >= before:
                    column[place], column[place + 1] = column[place + 1], column[place]

    def _positions(self) -> dict[Place, int]:
        return {item: place for column in self.order for place, item in enumerate(column)}

    def _crossings(self) -> int:
        return sum(self._crossings_after(index) for index in range(len(self.order) - 1))

    def _crossings_around(self, index: int) -> int:
        return sum(self._crossings_after(place) for place in (index - 1, index) if 0 <= place < len(self.order) - 1)

    def _crossings_after(self, index: int) -> int:
        """Crossings between a column and the next."""
        place_of = {item: place for place, item in enumerate(self.order[index + 1])}
        ends = [
            sorted(place_of[other] for other in self.right[item]) for item in self.order[index] if item in self.right
        ]
        flat = [end for group in ends for end in group]
        return sum(1 for one in range(len(flat)) for other in flat[one + 1 :] if flat[one] > other)

    def measure(self) -> Layout:
        """Turn the order into pixels: columns are stacked and centred, edges leave and enter at points of their own."""
        heights = [
            sum(self._height(item) for item in column) + SPACE_BETWEEN * (len(column) - 1) for column in self.order
        ]
        tallest = max(heights, default=0.0)
        corners: dict[Place, Spot] = {}
        for index, column in enumerate(self.order):
            y = (tallest - heights[index]) / 2
            for item in column:
                corners[item] = Spot(index * (NODE_WIDTH + COLUMN_GAP), y)
                y += self._height(item) + SPACE_BETWEEN
        width = len(self.order) * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP
        return Layout(tuple(corners[node] for node in range(self.count)), self._routes(corners), width, tallest)

    def _height(self, item: Place) -> float:
        return NODE_HEIGHT if item < self.count else LANE_HEIGHT

    def _routes(self, corners: dict[Place, Spot]) -> tuple[tuple[tuple[float, float], ...], ...]:
        ports = self._ports(corners)
        routes = []
        for edge, chain in zip(self.edges, self.chains, strict=True):
            first, last = chain[0], chain[-1]
            points = [(corners[first].x + NODE_WIDTH, ports[first, True, chain[1]])]
            for item in chain[1:-1]:
                middle = corners[item].y + LANE_HEIGHT / 2
                points += [(corners[item].x, middle), (corners[item].x + NODE_WIDTH, middle)]
            is_beside = self.column[first] == self.column[last]
            points.append((corners[last].x + (NODE_WIDTH if is_beside else 0.0), ports[last, is_beside, chain[-2]]))
            routes.append(tuple(points if edge.dependent == first else reversed(points)))
        return tuple(routes)

    def _ports(self, corners: dict[Place, Spot]) -> dict[tuple[Place, bool, int], float]:
        """The height at which a node is met by what comes next on each side, ordered so that lines do not cross at the node."""
        sides: dict[tuple[Place, bool], set[Place]] = defaultdict(set)
        for chain in self.chains:
            is_beside = self.column[chain[0]] == self.column[chain[-1]]
            sides[chain[0], True].add(chain[1])
            sides[chain[-1], is_beside].add(chain[-2])
        ports = {}
        for (item, is_right), met in sides.items():
            step = (NODE_HEIGHT - 12) / (len(met) + 1)
            for place, other in enumerate(sorted(met, key=lambda other: (corners[other].y, other)), 1):
                ports[item, is_right, other] = corners[item].y + 6 + place * step
        return ports
