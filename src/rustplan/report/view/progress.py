"""Section 8: are we on plan? One scan is a start, not a trend: the plan line, what was measured before, and no invented curve."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from rustplan.model.progress import ProgressPoint
from rustplan.report.escape import visible
from rustplan.report.svg.burndown import Measured, Milestone, draw_burndown
from rustplan.report.trend import point_of, trend_of
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, percent, whole
from rustplan.report.view.shapes import View
from rustplan.report.view.trend import axis_of

CHART = 6
READ_LANGUAGES = ("C", "C++", "Java")
"""What `Share of source` is a share of: the languages that are read."""


class ScanRow(View, frozen=True, kw_only=True):
    """One scan of the table."""

    commit: str
    date: str
    lines: str
    share: str
    findings: str
    coverage: str


class ProgressView(View, frozen=True, kw_only=True):
    """The burn-down and the table of scans, earliest first; `cautions` say what makes them hard to compare."""

    burndown: Markup | None
    scans: tuple[ScanRow, ...]
    has_past: bool = False
    cautions: tuple[str, ...] = ()


def build_progress(index: PageIndex) -> ProgressView:
    """Return the progress section; without planned waves or memory-unsafe lines there is nothing to draw."""
    now = point_of(index.analysis)
    past, cautions = _past(index, now)
    return ProgressView(
        burndown=_burndown(index, past, now),
        scans=(*(_row(point) for point in past), _this_scan(index)),
        has_past=bool(past),
        cautions=cautions,
    )


def _past(index: PageIndex, now: ProgressPoint) -> tuple[tuple[ProgressPoint, ...], tuple[str, ...]]:
    """The earlier analyses in order, without this one and without those of a later commit."""
    others = [point for point in index.options.previous if point.data_digest != now.data_digest]
    if index.options.redact != "none":
        others = [msgspec.structs.replace(point, project=now.project) for point in others]
    earlier = [point for point in others if not (point.date and now.date and point.date > now.date)]
    if not earlier:
        return (), ()
    left_out = len(others) - len(earlier)
    notes = [f"{counted(left_out, 'analysis', 'analyses')} of a later commit left out."] if left_out else []
    trend = trend_of([*earlier, now])
    points = tuple(point for point in trend.points if point is not now)
    return points, tuple(shown(note, 400) for note in (*trend.notes, *notes))


def _row(point: ProgressPoint) -> ScanRow:
    read = sum(entry.lines for entry in point.languages if entry.name in READ_LANGUAGES)
    return ScanRow(
        commit=visible(point.commit)[:12] if point.commit else "not known",
        date=point.date or "not known",
        lines=whole(point.unsafe_lines),
        share=percent(point.unsafe_lines / read) if read else "–",
        findings=whole(point.findings),
        coverage=percent(point.coverage),
    )


def _this_scan(index: PageIndex) -> ScanRow:
    analysis = index.analysis
    total = sum(entry.sloc for entry in analysis.coverage.languages if entry.role.value == "source")
    return ScanRow(
        commit=visible(analysis.project.commit)[:12] if analysis.project.commit else "not known",
        date=visible(analysis.project.date or "") or "not known",
        lines=whole(index.unsafe_sloc),
        share=percent(index.unsafe_sloc / total) if total else "–",
        findings="withheld" if index.is_redacted else whole(len(analysis.findings)),
        coverage=percent(analysis.coverage.share),
    )


def _burndown(index: PageIndex, past: tuple[ProgressPoint, ...], now: ProgressPoint) -> Markup | None:
    milestones: list[Milestone] = []
    early = middle = late = 0.0
    lines = float(index.unsafe_sloc)
    for wave in index.analysis.roadmap.waves:
        if wave.p10 is None or wave.p50 is None or wave.p90 is None:
            continue
        early, middle, late = early + wave.p10, middle + wave.p50, late + wave.p90
        lines = max(0.0, lines - wave.unsafe_sloc)
        milestones.append(Milestone(early, middle, late, lines))
    if not milestones or not index.unsafe_sloc:
        return None
    words = f"From {whole(index.unsafe_sloc)} memory-unsafe lines today to {whole(lines)} after {len(milestones)} waves. The wave table of section 2 has the same data."
    if past:
        words += f" Before it: {counted(len(past), 'measured point')} from {whole(past[0].unsafe_lines)} lines on, in the table of scans."
    return draw_burndown(
        float(index.unsafe_sloc), milestones, index.team, number=CHART, description=words, past=_measured(past, now)
    )


def _measured(past: tuple[ProgressPoint, ...], now: ProgressPoint) -> list[Measured]:
    """Where the earlier analyses stand; this scan is the right end even when its day is not known."""
    axis = axis_of((*past, now))
    return [
        Measured(place, float(point.unsafe_lines), words)
        for point, place, words in zip(past, axis.places, axis.words, strict=False)
    ]
