"""One source of data, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rustplan.catalog.exposure import SourceRow
from rustplan.model.exposure import InputGroup, InputKind, InputSource
from rustplan.score.exposure.call_graph import FunctionGraph
from rustplan.score.exposure.distances import Start


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A source with its function's number; `is_read`: its caller may be handed what it read.

    `arrival` is the line from which on there is data to hand on, 0 for the function's beginning; `in_loop`: it stands in a loop.
    """

    node: int
    source: InputSource
    is_read: bool
    arrival: int = 0
    in_loop: bool = False

    @property
    def is_connection(self) -> bool:
        """True when it has brought in no data yet, only somebody who may send some."""
        return self.arrival > 0 and not self.is_read

    @property
    def start(self) -> Start:
        """Where the search begins."""
        return Start(self.node, self.is_read, self.source.kind.rank, self.arrival, self.source.is_guess, self.in_loop)


class Sources:
    """All sources of the tree by kind; the first of a kind in a function stands for the others, data before a mere connection."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        first: dict[tuple[int, InputKind], Entry] = {}
        order = sorted(
            entries,
            key=lambda one: (one.node, one.source.kind.rank, one.is_connection, one.source.line, one.source.symbol),
        )
        for entry in order:
            first.setdefault((entry.node, entry.source.kind), entry)
        self.entries = tuple(first.values())
        self._best: dict[tuple[int, InputGroup], Entry] = {}
        for entry in self.entries:
            self._best.setdefault((entry.node, entry.source.kind.group), entry)

    def starts(self, group: InputGroup) -> list[Start]:
        """Where the search for ways from data of a group begins: the best source of each function."""
        return [entry.start for (_, of), entry in self._best.items() if of is group]

    def of(self, node: int, group: InputGroup) -> InputSource:
        """The source that a way from a function tells of."""
        return self._best[node, group].source


def make_entry(
    graph: FunctionGraph,
    node: int,
    row: SourceRow,
    line: int,
    symbol: str,
    *,
    is_guess: bool = False,
    is_data: bool = True,
) -> Entry:
    """Return the source that a row of the table makes of a function; `is_data`: False for a mere connection."""
    file, function = graph.place(node)
    name = function.qualified_name
    source = InputSource(kind=row.kind, path=file.path, line=line, function=name, symbol=symbol, is_guess=is_guess)
    arrival = line if row.is_read else 0
    in_loop = arrival > 0 and graph.calls_in_loop(file.path, line)
    return Entry(node=node, source=source, is_read=row.is_read and is_data, arrival=arrival, in_loop=in_loop)
