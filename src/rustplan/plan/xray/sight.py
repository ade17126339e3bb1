"""Which files see a header: includes followed backwards, once for each header that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rustplan.model.code_graph import CodeGraph, EdgeKind

MOST_FILES = 20_000
"""Files followed for one header; in a tree where more include it, everybody sees it."""


class Sight:
    """Who includes what, directly or through other headers."""

    def __init__(self, graph: CodeGraph, owner: Mapping[str, str]) -> None:
        self._owner = owner
        self._includers: dict[str, list[str]] = defaultdict(list)
        for edge in graph.edges:
            if edge.kind is EdgeKind.INCLUDE:
                self._includers[edge.dependency].append(edge.dependent)
        self._seen: dict[str, frozenset[str]] = {}

    def files(self, header: str) -> frozenset[str]:
        """Return every file that sees `header`, itself among them."""
        known = self._seen.get(header)
        if known is None:
            found, waiting = {header}, [header]
            while waiting and len(found) < MOST_FILES:
                for path in self._includers.get(waiting.pop(), ()):
                    if path not in found:
                        found.add(path)
                        waiting.append(path)
            known = self._seen[header] = frozenset(found)
        return known

    def others(self, header: str, component: str) -> frozenset[str]:
        """Return the names of the other components that see a header."""
        return frozenset(
            self._owner[path] for path in self.files(header) if self._owner.get(path, component) != component
        )
