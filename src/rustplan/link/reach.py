"""Which files a file sees through its includes, directly or through others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rustplan.model.code_graph import Edge, EdgeKind


class Reach:
    """Include edges, and their transitive closure for one file at a time: callers ask file by file, and closures are large."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._includes: dict[str, list[str]] = defaultdict(list)
        for edge in edges:
            if edge.kind is EdgeKind.INCLUDE:
                self._includes[edge.dependent].append(edge.dependency)
        self._latest: tuple[str, frozenset[str]] = ("", frozenset())

    def __call__(self, path: str) -> frozenset[str]:
        """Return all files that `path` includes, directly or through others."""
        if self._latest[0] != path:
            seen: set[str] = set()
            pending = list(self.direct(path))
            while pending:
                current = pending.pop()
                if current not in seen:
                    seen.add(current)
                    pending += self.direct(current)
            self._latest = (path, frozenset(seen))
        return self._latest[1]

    def direct(self, path: str) -> Sequence[str]:
        """Return the files that `path` itself names."""
        return self._includes.get(path, ())
