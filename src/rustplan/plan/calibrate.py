"""Moves the effort prior by a team's own finished ports: a normal-normal update on the logarithm of code lines a person-month."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import msgspec

from rustplan.catalog import EffortModel
from rustplan.model.roadmap import Actual, Calibration, CheckedActual
from rustplan.plan.wording import count

TENTH, HALF, NINE_TENTHS = 0.1, 0.5, 0.9
NOT_KNOWN = "1, because neither the file nor this scan gives one"


def calibrate(
    model: EffortModel, actuals: Sequence[Actual], difficulties: Mapping[str, float]
) -> tuple[EffortModel, Calibration]:
    """Return the model in effect and what the actuals did to it. `difficulties` are those of this scan, by component.

    Too few actuals leave the prior as it is. The person-months of an actual hold the work at the boundary, too, so productivity comes out a
    little low rather than high.
    """
    rows = tuple(_checked(actual, model, difficulties) for actual in actuals)
    needed = model.calibration.least_actuals
    before = pace(model)
    if len(rows) < needed:
        return model, Calibration(
            is_applied=False, because=_too_few(len(rows), needed), label=model.productivity.label,
            before=before, after=before, actuals=rows,
        )  # fmt: skip
    updated = _updated(model, rows)
    inside = sum(row.is_inside for row in rows)
    return updated, Calibration(
        is_applied=True,
        because=f"{count(len(rows), 'finished port')} of the team moved the prior. {inside} of them lie between the P10 and the P90 that "
        "the prior gives; eight of ten would be expected.",
        label=updated.productivity.label,
        before=before,
        after=pace(updated),
        actuals=rows,
        sigma_team=updated.productivity.sigma_team,
    )  # fmt: skip


def pace(model: EffortModel) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of code lines a person-month for one component."""
    prior = model.productivity
    sigma = math.hypot(prior.sigma_team, prior.sigma_component)
    low, middle, high = (
        prior.lines_per_month * math.exp(sigma * NormalDist().inv_cdf(share)) for share in (TENTH, HALF, NINE_TENTHS)
    )
    return round(low, 1), round(middle, 1), round(high, 1)


def _updated(model: EffortModel, rows: Sequence[CheckedActual]) -> EffortModel:
    """The mean of the team's log pace is normal with the team's spread; each port tells it with the spread of components."""
    prior = model.productivity
    known, told = prior.sigma_team**-2, prior.sigma_component**-2
    logs = [math.log(row.lines * row.difficulty / row.person_months) for row in rows]
    precision = known + len(logs) * told
    mean = (known * math.log(prior.lines_per_month) + told * math.fsum(logs)) / precision
    productivity = msgspec.structs.replace(
        prior,
        lines_per_month=round(math.exp(mean), 1),
        sigma_team=round(precision**-0.5, 4),
        label=f"calibrated with {count(len(rows), 'finished port')} of this team",
    )
    return msgspec.structs.replace(model, productivity=productivity)


def _checked(actual: Actual, model: EffortModel, difficulties: Mapping[str, float]) -> CheckedActual:
    """Put an actual beside what the prior would have said of it, without the boundary."""
    difficulty, because = _difficulty(actual, difficulties)
    low, middle, high = pace(model)
    work = actual.lines * difficulty
    return CheckedActual(
        component=actual.component,
        lines=actual.lines,
        person_months=actual.person_months,
        difficulty=round(difficulty, 4),
        difficulty_because=because,
        p10=round(work / high, 2),
        p50=round(work / middle, 2),
        p90=round(work / low, 2),
        is_inside=work / high <= actual.person_months <= work / low,
    )


def _difficulty(actual: Actual, difficulties: Mapping[str, float]) -> tuple[float, str]:
    if actual.difficulty is not None:
        return actual.difficulty, "as the file says"
    if actual.component in difficulties:
        return difficulties[actual.component], "of the component in this scan"
    return 1.0, NOT_KNOWN


def _too_few(given: int, needed: int) -> str:
    if not given:
        return (
            f"No actuals were given, so every range is the prior. From {needed} finished ports on, --actuals FILE replaces it "
            "with the pace of your team."
        )
    return (
        f"{count(given, 'finished port')} given, {needed} are needed: the prior stays as it is, because so few cannot tell the pace "
        "of a team from the luck of a component."
    )
