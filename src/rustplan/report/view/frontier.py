"""Section 3: how much of the risk goes for how much of the effort, and where the plan stands."""

from __future__ import annotations

from markupsafe import Markup

from rustplan.model.roadmap import Frontier, FrontierPoint
from rustplan.report.escape import clip, visible
from rustplan.report.svg.frontier import Stop, draw_frontier
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.numbers import counted, effort_range, percent, whole
from rustplan.report.view.shapes import Link, View, component_link

CHART = 19
NAMED = 4
METHOD_WORDS = {
    "branch-and-bound": "exact for its budget",
    "min-cut": "exact for its own cost",
    "filled": "filled up, not proven best",
    "plan": "the plan",
}


class FrontierRow(View, frozen=True, kw_only=True):
    """One set of components."""

    number: str
    risk: str
    effort: str
    effort_band: str
    months: str
    hours: str
    components: tuple[Link, ...]
    more: str
    method: str


class FrontierView(View, frozen=True, kw_only=True):
    """The chart, the table beside it and what both rest on. `headline` is empty when there is nothing to choose."""

    chart: Markup | None
    headline: str
    because: str
    rows: tuple[FrontierRow, ...]


def build_frontier(index: PageIndex) -> FrontierView | None:
    """Return the frontier; None for an analysis that was made without one."""
    frontier = index.analysis.roadmap.frontier
    if frontier is None:
        return None
    if not frontier.points:
        return FrontierView(chart=None, headline="", because=visible(frontier.because), rows=())
    rows = [_row(index, point, str(number)) for number, point in enumerate(frontier.points, 1)]
    if frontier.plan is not None:
        rows.append(_row(index, frontier.plan, "plan"))
    return FrontierView(
        chart=_chart(frontier),
        headline=headline(frontier),
        because=visible(frontier.because),
        rows=tuple(rows),
    )


def headline(frontier: Frontier) -> str:
    """Say it in one sentence: the smallest set that removes half of the risk, and where the plan stands beside the frontier."""
    if not frontier.points:
        return ""
    half = next((point for point in frontier.points if point.risk_share >= 0.5), frontier.points[-1])
    said = f"{_share(half)}: {counted(len(half.components), 'component')}"
    if frontier.plan is None:
        return f"{said}. The plan rewrites or replaces none of them."
    return f"{said}. The plan's own rewrites remove {_share(frontier.plan)}."


def _share(point: FrontierPoint) -> str:
    low, high = percent(point.effort_share_low), percent(point.effort_share_high)
    return f"{percent(point.risk_share)} of the risk for {percent(point.effort_share)} of the effort ({low} to {high})"


def _chart(frontier: Frontier) -> Markup:
    stops = [_stop(point, number) for number, point in enumerate(frontier.points, 1)]
    plan = _stop(frontier.plan, 0) if frontier.plan is not None else None
    return draw_frontier(
        stops,
        plan,
        number=CHART,
        description=f"{headline(frontier)} The table below has the same data.",
    )


def _stop(point: FrontierPoint, number: int) -> Stop:
    return Stop(number=number, risk=point.risk_share, p10=point.p10, p50=point.p50, p90=point.p90)


def _row(index: PageIndex, point: FrontierPoint, number: str) -> FrontierRow:
    more = len(point.components) - NAMED
    return FrontierRow(
        number=number,
        risk=percent(point.risk_share),
        effort=percent(point.effort_share),
        effort_band=f"{percent(point.effort_share_low)} to {percent(point.effort_share_high)}",
        months=effort_range(point.p10, point.p50, point.p90),
        hours=whole(point.boundary_hours),
        components=tuple(component_link(index, name, 40) for name in point.components[:NAMED]),
        more=f"and {whole(more)} more" if more > 0 else "",
        method=METHOD_WORDS.get(point.method, clip(visible(point.method), 40)),
    )
