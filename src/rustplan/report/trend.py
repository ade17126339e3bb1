"""Several analyses in the order of their commits, and what grew between them. Nothing here reads a clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity
from rustplan.model.progress import LanguageLines, ProgressPoint
from rustplan.model.source import Role
from rustplan.report.diff import crossings_of, highest_risk
from rustplan.report.lookup import Lookup

COVERAGE_STEP = 0.02
"""Share of the source: when more or less than this was read, a step in the lines may be a step in the reading."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Lines that languages gained between two analyses, each language by itself, losses left out. `share` (0-1) is the memory-safe part."""

    unsafe: int
    safe: int

    @property
    def share(self) -> float | None:
        """None when no language gained a line."""
        total = self.unsafe + self.safe
        return self.safe / total if total else None


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """Points in order; `growths[i]` leads to point i, None for the first and where lines were not counted on both sides."""

    points: tuple[ProgressPoint, ...]
    growths: tuple[Growth | None, ...]
    notes: tuple[str, ...]


def point_of(analysis: Analysis) -> ProgressPoint:
    """The numbers of one analysis."""
    lookup = Lookup(analysis)
    others = analysis.coverage.other_languages
    return ProgressPoint(
        project=analysis.project.name,
        commit=analysis.project.commit,
        date=_day(analysis.project.date),
        tool=f"{analysis.tool.name} {analysis.tool.version}",
        rules_digest=analysis.tool.rules_digest,
        catalog_digest=analysis.tool.catalog_digest,
        settings_digest=analysis.settings_digest,
        data_digest=analysis.data_digest,
        languages=_languages(analysis),
        has_all_languages=others is not None,
        findings=len(analysis.findings),
        crossings=crossings_of(analysis),
        baseline_size=sum(max(1, len(finding.marks)) for finding in lookup.alerts()),
        highest_risk=highest_risk(analysis),
        critical=lookup.defects[Severity.CRITICAL],
        high=lookup.defects[Severity.HIGH],
        coverage=analysis.coverage.share,
        files_not_read=len(analysis.coverage.skipped),
    )


def _languages(analysis: Analysis) -> tuple[LanguageLines, ...]:
    read = [
        LanguageLines(name=entry.language.label, lines=entry.sloc, is_memory_safe=not entry.language.is_memory_unsafe)
        for entry in analysis.coverage.languages
        if entry.role is Role.SOURCE
    ]
    counted = [
        LanguageLines(name=entry.name, lines=entry.sloc, is_memory_safe=True)
        for entry in analysis.coverage.other_languages or ()
    ]
    return tuple(sorted([*read, *counted]))


def _day(date: str | None) -> str | None:
    """The day of a date as it is written, None when that is no day."""
    try:
        return datetime.date.fromisoformat((date or "")[:10]).isoformat()
    except ValueError:
        return None


def trend_of(points: Iterable[ProgressPoint]) -> Trend:
    """Order points by commit date; those without one come last, in the order given. The same analysis twice counts once."""
    given = list(points)
    unique = list(
        {(point.data_digest, point.commit) if point.data_digest else id(point): point for point in given}.values()
    )
    dated = sorted((point for point in unique if point.date), key=lambda point: (point.date or "", point.commit or ""))
    ordered = (*dated, *(point for point in unique if not point.date))
    growths = (None, *(growth_between(one, other) for one, other in pairwise(ordered)))
    return Trend(points=ordered, growths=growths[: len(ordered)], notes=tuple(_notes(ordered, len(given))))


def growth_between(one: ProgressPoint, other: ProgressPoint) -> Growth | None:
    """What grew from one point to the next; None when the memory-safe languages were not counted in both."""
    if not (one.has_all_languages and other.has_all_languages):
        return None
    before = {entry.name: entry.lines for entry in one.languages}
    gained = [(entry, max(0, entry.lines - before.get(entry.name, 0))) for entry in other.languages]
    return Growth(
        unsafe=sum(lines for entry, lines in gained if not entry.is_memory_safe),
        safe=sum(lines for entry, lines in gained if entry.is_memory_safe),
    )


def _notes(points: Sequence[ProgressPoint], given: int) -> Iterable[str]:
    """What makes the points hard to compare, said aloud."""
    if len(points) < given:
        yield f"The same analysis was given more than once: {given - len(points)} of {given} files are left out."
    names = sorted({point.project for point in points})
    if len(names) > 1:
        yield f"The analyses name different projects ({', '.join(names[:5])}): a trend is meant for one."
    undated = sum(1 for point in points if not point.date)
    if undated:
        yield (
            f"{undated} of {len(points)} analyses without a commit date: they stand last, in the order given, and the charts "
            "space all analyses evenly."
        )
    if len({point.rules_digest for point in points}) > 1:
        yield (
            "The rules differ between the analyses: findings and baseline sizes may step because a rule did. A dashed line "
            "marks where."
        )
    if len({(point.catalog_digest, point.tool) for point in points}) > 1:
        yield "The version of rustplan or its catalogue differs between the analyses: risks may step because of that."
    if len({point.settings_digest for point in points}) > 1:
        yield "The settings differ between the analyses: numbers may step because of what was left out or weighed otherwise."
    if not all(point.has_all_languages for point in points):
        yield "Some analyses were made by a version that counted no lines outside C, C++ and Java: the share of growth has gaps there."
    shares = [point.coverage for point in points]
    if shares and max(shares) - min(shares) > COVERAGE_STEP:
        yield "Not the same share of the source was read each time: a step in the lines may be a step in what was read."


def rule_changes(points: Sequence[ProgressPoint]) -> tuple[int, ...]:
    """Positions of points whose rules differ from those of the point before."""
    return tuple(
        place for place, (one, other) in enumerate(pairwise(points), 1) if one.rules_digest != other.rules_digest
    )
