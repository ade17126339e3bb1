"""Tables of the component graph that go down to lines: where cuts would be made, cycles of files and packages, suggested splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.model.component import Cut
from rustplan.report.lookup import Lookup

Cell = str | int | float | None
Rows = Iterator[Sequence[Cell]]

CUT_PLACES = (
    "level",
    "within",
    "dependent",
    "dependency",
    "path",
    "line",
    "kind",
    "symbol",
    "target",
    "count",
    "ambiguous",
)
INNER_CYCLES = ("cycle", "level", "component", "member", "members")
SPLITS = ("component", "part", "path", "part_sloc", "modularity", "agreement")


def cut_places(lookup: Lookup) -> Rows:
    """One row for each place of each cut: of components (`within` is the unit), of files and of packages."""
    for number, unit in enumerate(lookup.analysis.graph.units, 1):
        yield from _places("component", str(number), unit.cuts)
    for cycle in lookup.analysis.graph.inner_cycles:
        yield from _places(cycle.level, cycle.component, cycle.cuts)


def _places(level: str, within: str, cuts: Sequence[Cut]) -> Rows:
    for cut in cuts:
        for place in cut.evidence:
            yield (
                level,
                within,
                cut.dependent,
                cut.dependency,
                place.path,
                place.line,
                place.kind.value,
                place.symbol,
                place.target,
                place.count,
                "yes" if place.is_ambiguous else "no",
            )


def inner_cycles(lookup: Lookup) -> Rows:
    """One row for each member of each cycle of files or packages."""
    for number, cycle in enumerate(lookup.analysis.graph.inner_cycles, 1):
        for member in cycle.members:
            yield number, cycle.level, cycle.component, member, len(cycle.members)


def splits(lookup: Lookup) -> Rows:
    """One row for each file of each suggested part."""
    for found in lookup.analysis.graph.suggestions:
        for part in found.parts:
            for path in part.files:
                yield found.component, part.name, path, part.sloc, found.modularity, found.agreement
