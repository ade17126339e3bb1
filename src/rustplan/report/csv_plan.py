"""The plan's tables: the frontier, the slices, the exit criteria, both plans of the guide, and what effort rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.model.roadmap import FrontierPoint, Option, Step
from rustplan.report.csv_tables import Cell, Rows, Table
from rustplan.report.lookup import Lookup

MTA_POINTS = {"S": 1, "M": 3, "L": 5, "XL": 7}
"""Effort classes as the points of a migration toolkit: 0 nothing to do, 1 trivial, 3 complex, 5 redesign, 7 rearchitecture, 13 unknown."""
MTA_NOTHING, MTA_UNKNOWN = 0, 13


def mta_points(step: Step | None) -> int | None:
    """Return the points of a step; they sort work and are no person-months."""
    if step is None:
        return None
    if step.choice.option is Option.RETAIN:
        return MTA_NOTHING
    return MTA_POINTS.get(step.effort.size, MTA_UNKNOWN)


def _frontier(lookup: Lookup) -> Rows:
    frontier = lookup.analysis.roadmap.frontier
    if frontier is None:
        return
    for number, point in enumerate(frontier.points, 1):
        yield _point(number, point)
    if frontier.plan is not None:
        yield _point(None, frontier.plan)


def _point(number: int | None, point: FrontierPoint) -> Sequence[Cell]:
    return (
        number,
        point.method,
        point.risk_share,
        point.effort_share,
        point.effort_share_low,
        point.effort_share_high,
        point.budget,
        point.months,
        point.p10,
        point.p50,
        point.p90,
        point.boundary_hours,
        "; ".join(point.components),
    )


def _slices(lookup: Lookup) -> Rows:
    for one in lookup.analysis.roadmap.slices:
        for order, part in enumerate(one.parts, 1):
            yield (
                one.component,
                one.number,
                one.lines,
                len(one.entries),
                len(one.needs),
                order,
                part.symbol,
                part.path,
                part.start_line,
                part.end_line,
                part.lines,
                "entry" if part.is_entry else "inside",
                "; ".join(one.tests),
            )


def _criteria(lookup: Lookup) -> Rows:
    for item in lookup.analysis.roadmap.exit_criteria:
        step = lookup.steps.get((item.component, item.track))
        yield (
            item.component,
            item.track.value,
            step.wave if step else None,
            item.phase,
            item.criterion,
            item.blank,
            "; ".join(item.evidence),
        )


def _guide(lookup: Lookup) -> Rows:
    for item in lookup.analysis.roadmap.guide:
        yield item.element, item.topic, item.state, item.text


def _calibration(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    calibration = lookup.analysis.roadmap.calibration
    for actual in calibration.actuals if calibration else ():
        yield (
            actual.component,
            actual.lines,
            actual.difficulty,
            actual.p10,
            actual.p50,
            actual.p90,
            actual.person_months,
            "inside" if actual.is_inside else "outside",
        )


def _overrides(lookup: Lookup) -> Rows:
    for one in lookup.analysis.roadmap.overrides:
        yield one.name, one.shipped, one.used


PLAN_TABLES = {
    "frontier.csv": Table(
        (
            "number", "method", "risk_share", "effort_share", "effort_share_p10", "effort_share_p90", "budget_pm", "months",
            "effort_p10", "effort_p50", "effort_p90", "boundary_hours", "components",
        ),
        _frontier,
    ),
    "slices.csv": Table(
        (
            "component", "slice", "slice_lines", "entries", "needs", "order", "symbol", "path", "start_line", "end_line", "lines",
            "border", "tests",
        ),
        _slices,
    ),
    "exit_criteria.csv": Table(
        ("component", "track", "wave", "phase", "criterion", "owner_to_complete", "evidence"), _criteria
    ),
    "guide_plan.csv": Table(("element", "topic", "state", "text"), _guide),
    "actuals.csv": Table(
        ("component", "lines", "difficulty", "prior_p10", "prior_p50", "prior_p90", "person_months", "in_range"),
        _calibration,
    ),
    "overrides.csv": Table(("constant", "shipped", "used"), _overrides),
}  # fmt: skip
"""Every table of the plan that is no step, wave or parked component."""
