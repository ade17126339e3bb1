"""Collects edges one reference at a time and hands them out merged and sorted."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.model.code_graph import Edge, EdgeKind, LinkCounts

MOST_CANDIDATES = 5
"""A name with more possible targets than this makes no edges: they would say nothing."""

WEIGHTS = {
    EdgeKind.CALL: 1.0,
    EdgeKind.JNI: 1.0,
    EdgeKind.TYPE: 0.5,
    EdgeKind.GLOBAL: 0.5,
    EdgeKind.IMPLEMENTS: 0.5,
    EdgeKind.INCLUDE: 0.2,
    EdgeKind.IMPORT: 0.2,
}
"""What one place of a kind weighs: priors. A call binds two files more than seeing a header does."""

ADDRESS_SHARE = 0.5
"""What taking a function's address weighs against calling it: it may be called from anywhere, or never."""


class Edges:
    """Edges by ends, kind and symbol. A file never depends on itself."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, EdgeKind, str], tuple[int, int, float, bool]] = {}

    def add(
        self,
        *,
        dependent: str,
        dependencies: Sequence[str],
        kind: EdgeKind,
        symbol: str,
        line: int,
        count: int = 1,
        share: float = 1.0,
        is_ambiguous: bool = False,
    ) -> None:
        """Add `count` places; with several dependencies each gets its share of the weight and is marked ambiguous."""
        if not dependencies or len(dependencies) > MOST_CANDIDATES:
            return
        weight = WEIGHTS[kind] * count * share / len(dependencies)
        doubt = is_ambiguous or len(dependencies) > 1
        for dependency in dependencies:
            if dependency != dependent:
                self._merge((dependent, dependency, kind, symbol), line, count, weight, doubt)

    def _merge(self, key: tuple[str, str, EdgeKind, str], line: int, count: int, weight: float, doubt: bool) -> None:
        known = self._edges.get(key)
        if known is not None:
            line, count = min(line, known[0]), count + known[1]
            weight, doubt = weight + known[2], doubt and known[3]
        self._edges[key] = (line, count, weight, doubt)

    def all(self) -> tuple[Edge, ...]:
        """Return every edge, sorted by ends, kind and symbol."""
        return tuple(
            Edge(
                dependent=dependent,
                dependency=dependency,
                kind=kind,
                symbol=symbol,
                line=line,
                count=count,
                weight=round(weight, 6),
                is_ambiguous=doubt,
            )
            for (dependent, dependency, kind, symbol), (line, count, weight, doubt) in sorted(self._edges.items())
        )


class Tally:
    """Counts how references were resolved."""

    def __init__(self) -> None:
        self.resolved = self.ambiguous = self.external = self.unknown = 0

    def candidates(self, number: int, count: int = 1) -> None:
        """Count `count` places with `number` (at least 1) targets in the tree."""
        if number == 1:
            self.resolved += count
        else:
            self.ambiguous += count

    def counts(self) -> LinkCounts:
        """Return the sums."""
        return LinkCounts(
            resolved=self.resolved, ambiguous=self.ambiguous, external=self.external, unknown=self.unknown
        )
