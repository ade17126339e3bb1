"""How strongly files hold together, whichever way the need goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from rustplan.model.code_graph import Edge

Key = TypeVar("Key", int, str)
"""What stands for a group: its number or its first path."""


class Coupling:
    """Symmetric weights between files: the sum of the edges in both directions.

    With `within`, only edges between those files count, and each is divided by the number of files that need its target:
    what everybody uses says nothing about who belongs together.
    """

    def __init__(self, edges: Iterable[Edge], *, within: Collection[str] | None = None) -> None:
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        counted = [edge for edge in edges if edge.dependent != edge.dependency]
        if within is not None:
            counted = [edge for edge in counted if edge.dependent in within and edge.dependency in within]
        users = self._users = defaultdict[str, set[str]](set)
        for edge in counted:
            users[edge.dependency].add(edge.dependent)
        for edge in counted:
            weight = edge.weight if within is None else edge.weight / len(users[edge.dependency])
            self._add(edge.dependent, edge.dependency, weight)
            self._add(edge.dependency, edge.dependent, weight)

    def users(self, path: str) -> Collection[str]:
        """The files that need this one."""
        return self._users.get(path, ())

    def neighbours(self, path: str) -> Collection[str]:
        """The files that share an edge with this one."""
        return self._weights.get(path, {}).keys()

    def total(self, files: Collection[str]) -> float:
        """Weight between `files` and everything else."""
        inside = set(files)
        rows = (self._weights.get(path, {}) for path in sorted(inside))
        return round(sum(weight for row in rows for other, weight in row.items() if other not in inside), 6)

    def _add(self, one: str, other: str, weight: float) -> None:
        row = self._weights[one]
        row[other] = row.get(other, 0.0) + weight

    def among(self, files: Collection[str], others: Collection[str]) -> float:
        """Weight between `files` and those of `others` that are not among them."""
        inside = set(files)
        rows = (self._weights.get(path, {}) for path in sorted(inside))
        return round(
            sum(weight for row in rows for other, weight in row.items() if other in others and other not in inside), 6
        )

    def to_groups(self, files: Iterable[str], owner: Mapping[str, Key]) -> dict[Key, float]:
        """Weight from `files` to each group of `owner` (path -> group); rounded, so that sums do not depend on their order."""
        totals: dict[Key, float] = defaultdict(float)
        for path in sorted(files):
            for other, weight in self._weights.get(path, {}).items():
                group = owner.get(other)
                if group is not None:
                    totals[group] += weight
        return {group: round(totals[group], 6) for group in sorted(totals)}
