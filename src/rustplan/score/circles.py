"""Strongly connected sets of a call graph in the order in which heat flows: callers before what they call."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


def callers_first(names: Sequence[Name], targets: Mapping[Name, Sequence[Name]]) -> list[tuple[Name, ...]]:
    """Return every name in exactly one circle (most are single), callers before callees.

    Tarjan's algorithm with its own stack, because call chains are longer than Python's.
    """
    search = _Search(targets)
    for name in names:
        if name not in search.index:
            search.visit(name)
    search.circles.reverse()
    return search.circles


class _Search(Generic[Name]):
    """State of one search: discovery index, lowest index reachable, and the path still open."""

    def __init__(self, targets: Mapping[Name, Sequence[Name]]) -> None:
        self.targets = targets
        self.index: dict[Name, int] = {}
        self.lowest: dict[Name, int] = {}
        self.open: list[Name] = []
        self.is_open: set[Name] = set()
        self.circles: list[tuple[Name, ...]] = []

    def visit(self, start: Name) -> None:
        """Search from `start` and close every circle found on the way, callees first."""
        work = [(start, iter(self.targets.get(start, ())))]
        self._enter(start)
        while work:
            name, rest = work[-1]
            for target in rest:
                if target not in self.index:
                    self._enter(target)
                    work.append((target, iter(self.targets.get(target, ()))))
                    break
                if target in self.is_open:
                    self.lowest[name] = min(self.lowest[name], self.index[target])
            else:
                work.pop()
                if work:
                    caller = work[-1][0]
                    self.lowest[caller] = min(self.lowest[caller], self.lowest[name])
                if self.lowest[name] == self.index[name]:
                    self._close(name)

    def _enter(self, name: Name) -> None:
        self.index[name] = self.lowest[name] = len(self.index)
        self.open.append(name)
        self.is_open.add(name)

    def _close(self, name: Name) -> None:
        members: list[Name] = []
        while not members or members[-1] != name:
            members.append(self.open.pop())
            self.is_open.discard(members[-1])
        self.circles.append(tuple(sorted(members, key=_order)))


def _order(name: Any) -> Any:
    """Names of one search are of one type, and have an order."""
    return name
