"""Section 8: are we on plan? One scan is a start, not a trend: the plan line, and no invented curve."""

from __future__ import annotations

from markupsafe import Markup

from rustplan.report.escape import visible
from rustplan.report.svg.burndown import Milestone, draw_burndown
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.numbers import percent, whole
from rustplan.report.view.shapes import View

CHART = 6


class ScanRow(View, frozen=True, kw_only=True):
    """One scan of the table."""

    commit: str
    date: str
    lines: str
    share: str
    findings: str
    coverage: str


class ProgressView(View, frozen=True, kw_only=True):
    """The burn-down and the table of scans."""

    burndown: Markup | None
    scans: tuple[ScanRow, ...]


def build_progress(index: PageIndex) -> ProgressView:
    """Return the progress section; without planned waves or memory-unsafe lines there is nothing to draw."""
    analysis = index.analysis
    total = sum(entry.sloc for entry in analysis.coverage.languages if entry.role.value == "source")
    scan = ScanRow(
        commit=visible(analysis.project.commit)[:12] if analysis.project.commit else "not known",
        date=visible(analysis.project.date or "") or "not known",
        lines=whole(index.unsafe_sloc),
        share=percent(index.unsafe_sloc / total) if total else "–",
        findings=whole(len(analysis.findings)),
        coverage=percent(analysis.coverage.share),
    )
    return ProgressView(burndown=_burndown(index), scans=(scan,))


def _burndown(index: PageIndex) -> Markup | None:
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
    return draw_burndown(float(index.unsafe_sloc), milestones, index.team, number=CHART, description=words)
