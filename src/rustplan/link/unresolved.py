"""Collects references that lead nowhere in the tree, each once, with its first place and their number."""

from __future__ import annotations

from rustplan.model.code_graph import EdgeKind, Unresolved, UnresolvedKind


class Unresolvables:
    """References by text, edge and kind."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, EdgeKind, UnresolvedKind], tuple[str, int, int]] = {}

    def add(self, reference: str, edge: EdgeKind, kind: UnresolvedKind, path: str, line: int) -> None:
        """Note one more place."""
        key = (reference, edge, kind)
        first_path, first_line, count = self._found.get(key, (path, line, 0))
        first_path, first_line = min((first_path, first_line), (path, line))
        self._found[key] = (first_path, first_line, count + 1)

    def all(self) -> tuple[Unresolved, ...]:
        """Return all of them, sorted."""
        return tuple(
            Unresolved(reference=reference, edge=edge, kind=kind, path=path, line=line, count=count)
            for (reference, edge, kind), (path, line, count) in sorted(self._found.items())
        )
