"""Section 9: what the effort rests on, before and after a team's own actuals, and which constants the configuration replaced."""

from __future__ import annotations

from rustplan.catalog.effort import load_effort
from rustplan.model.roadmap import Calibration, CheckedActual, Override
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import decimal, effort_range, whole
from rustplan.report.view.shapes import View

ROWS = 40
SOURCES = ("productivity", "drivers", "crossings", "ramp_up", "costs", "calibration", "pilot", "frontier", "slices")


class CalibrationView(View, frozen=True, kw_only=True):
    """The state of the effort model. `rows` are before and after; `actuals` the team's ports beside the prior."""

    label: str
    because: str
    is_applied: bool
    rows: tuple[tuple[str, str, str], ...]
    actuals: tuple[tuple[str, str, str, str, str, str], ...]
    more: str
    overrides: tuple[tuple[str, str, str], ...]
    sources: tuple[tuple[str, str], ...]


def build_calibration(index: PageIndex) -> CalibrationView | None:
    """Return what section 9 says of effort; None for an analysis that was made without it."""
    calibration = index.analysis.roadmap.calibration
    if calibration is None:
        return None
    more = len(calibration.actuals) - ROWS
    model = load_effort()
    return CalibrationView(
        label=visible(calibration.label),
        because=clip(visible(calibration.because), 600),
        is_applied=calibration.is_applied,
        rows=_rows(calibration),
        actuals=tuple(_actual(actual) for actual in calibration.actuals[:ROWS]),
        more=f"{whole(more)} more in rustplan.json." if more > 0 else "",
        overrides=tuple(_override(one) for one in index.analysis.roadmap.overrides),
        sources=tuple(
            (name.replace("_", " "), f"{getattr(model, name).source} Checked {getattr(model, name).checked}.")
            for name in SOURCES
        ),
    )


def _rows(calibration: Calibration) -> tuple[tuple[str, str, str], ...]:
    rows = [("Code lines a person-month", _range(calibration.before), _range(calibration.after))]
    if calibration.plan_before is not None and calibration.plan_after is not None:
        rows.append(
            (
                "Person-months of all waves",
                effort_range(*calibration.plan_before),
                effort_range(*calibration.plan_after),
            )
        )
    return tuple(rows)


def _range(found: tuple[float, float, float]) -> str:
    low, middle, high = found
    return f"{whole(low)}–{whole(high)} ({whole(middle)})"


def _actual(actual: CheckedActual) -> tuple[str, str, str, str, str, str]:
    return (
        shown(actual.component, 60),
        whole(actual.lines),
        f"{actual.difficulty:g} ({visible(actual.difficulty_because)})",
        effort_range(actual.p10, actual.p50, actual.p90),
        decimal(actual.person_months),
        "inside" if actual.is_inside else "outside",
    )


def _override(one: Override) -> tuple[str, str, str]:
    return visible(one.name), f"{one.shipped:g}", f"{one.used:g}"
