"""Effort as a range with its factors: lines x difficulty / productivity + boundary, on a log-normal prior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from rustplan.catalog import EffortModel, OptionCost
from rustplan.model.finding import Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Effort, Option
from rustplan.model.score import Factor
from rustplan.plan.draws import HALF, NINE_TENTHS, TENTH, drawn, quantiles, team_draws
from rustplan.plan.drivers import difficulty
from rustplan.plan.java_memory import is_java_memory, no_port
from rustplan.plan.subject import Subject
from rustplan.plan.wording import count

LEAST_SHOWN = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Person-months as `spread` (log-normal, this is its median) plus `fixed`; None when too little was read."""

    spread: float
    fixed: float
    because: str
    factors: tuple[Factor, ...] = ()


def estimate(subject: Subject, option: Option, model: EffortModel) -> Estimate | None:
    """Return the estimate of carrying out an option, None below the least coverage. `retain` is priced as a rewrite, for comparison."""
    if subject.score.coverage < model.productivity.least_coverage:
        return None
    if option in (Option.REWRITE, Option.RETAIN):
        return _rewrite(subject, model)
    return _other_option(subject, option, model)


def effort_of(subject: Subject, option: Option, model: EffortModel) -> Effort:
    """Return the effort of an option as P10, P50 and P90 with its factors in words."""
    if option is Option.RETAIN and is_java_memory(subject.component, subject.score.track):
        return no_port()
    found = estimate(subject, option, model)
    if found is None:
        return Effort(
            p10=None, p50=None, p90=None, size="not estimated",
            because=f"Not estimated: {subject.score.coverage:.0%} of it was read, and below "
            f"{model.productivity.least_coverage:.0%} a range would be a guess about unread code.",
        )  # fmt: skip
    p10, p50, p90 = (_quantile(found, share, model) for share in (TENTH, HALF, NINE_TENTHS))
    return _effort(found, p10, p50, p90, found.because, model)


def batched_effort(subject: Subject, option: Option, model: EffortModel, host: str) -> Effort:
    """Return the effort of what is done in one batch with a neighbour: without the least effort of a step of its own."""
    found = estimate(subject, option, model)
    if found is None:
        return effort_of(subject, option, model)
    p10, p50, p90 = (_quantile(found, share, model, least=LEAST_SHOWN) for share in (TENTH, HALF, NINE_TENTHS))
    because = f"{found.because} Batched with {host}: the least effort of a step counts once, for both."
    return _effort(found, p10, p50, p90, because, model)


def replacement(lines: int, hours: float, model: EffortModel) -> Effort:
    """Return the effort of replacing third-party code of a size, with the hours of the calls into it."""
    cost = model.costs.replace
    found = _priced("replace", cost, lines, hours, model)
    p10, p50, p90 = (_quantile(found, share, model) for share in (TENTH, HALF, NINE_TENTHS))
    return _effort(found, p10, p50, p90, found.because, model)


def _effort(item: Estimate, p10: float, p50: float, p90: float, because: str, model: EffortModel) -> Effort:
    return Effort(
        p10=p10, p50=p50, p90=p90, size=size_class(p50, model), because=because, factors=item.factors,
        spread=item.spread, fixed=item.fixed,
    )  # fmt: skip


def sum_quantiles(
    batches: Sequence[Sequence[tuple[str, Estimate]]], model: EffortModel
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return P10, P50, P90 of the sum: the team's part of the spread is shared by all, the rest is each component's own.

    Seeded draws; a component's draws depend on its name only, so adding one does not shake the others. The least effort of a step
    holds for each batch.
    """
    if not batches:
        return None, None, None
    prior = model.productivity
    team = team_draws(model)
    totals = [0.0] * prior.draws
    for batch in sorted(batches, key=lambda members: min(name for name, _ in members)):
        months = [0.0] * prior.draws
        for name, item in sorted(batch, key=lambda pair: pair[0]):
            own = drawn(name, item.spread, item.fixed, team, model)
            months = [before + more for before, more in zip(months, own, strict=True)]
        totals = [
            total + max(prior.least_months, months_drawn) for total, months_drawn in zip(totals, months, strict=True)
        ]
    p10, p50, p90 = (round(value, 2) for value in quantiles(totals))
    return p10, p50, p90


def size_class(months: float, model: EffortModel) -> str:
    """Return S, M, L or XL from the median."""
    for size, below in sorted(model.productivity.sizes.items(), key=lambda item: item[1]):
        if months < below:
            return size
    return "XL"


def ramp_up(model: EffortModel, options: PlanOptions) -> Effort:
    """Return the cost of learning Rust, once for the team and not for each component."""
    if options.rust_experience:
        return Effort(
            p10=0.0, p50=0.0, p90=0.0, size="S", because="The team has Rust experience (as configured): no ramp-up."
        )
    people = options.engineers or 1
    low, high = model.ramp_up.low * people, model.ramp_up.high * people
    middle = round((low + high) / 2, 2)
    who = (
        f"{people} people"
        if people > 1
        else "one person"
        if options.engineers
        else "each person (engineers is not configured)"
    )
    return Effort(
        p10=low, p50=middle, p90=high, size=size_class(middle, model),
        because=f"{model.ramp_up.low:g}-{model.ramp_up.high:g} person-months for {who} until productive in Rust: an assumption "
        "from published reports; once per team, not in the waves.",
    )  # fmt: skip


def _rewrite(subject: Subject, model: EffortModel) -> Estimate:
    prior = model.productivity
    hard, drivers = difficulty(subject, model)
    lines = subject.lines
    volume = lines / prior.lines_per_month
    boundary = subject.boundary.hours / prior.hours_per_month
    factors = (
        _months("code-volume", lines, "code lines", volume, f"{count(lines, 'line')} at {prior.lines_per_month:,.0f} lines a person-month."),
        *drivers,
        _months(
            "boundary", subject.boundary.hours, "hours", boundary,
            f"{count(len(subject.boundary.crossings), 'crossing')}, {subject.boundary.hours:,.1f} hours to design, write and test.",
        ),
    )  # fmt: skip
    because = (
        f"{count(lines, 'line')} x difficulty {hard:.2f} / {prior.lines_per_month:,.0f} lines a person-month "
        f"+ {boundary:.1f} for {count(len(subject.boundary.crossings), 'crossing')}; {prior.label}."
    )
    if lines > prior.split_above_lines:
        because += f" Above {prior.split_above_lines:,} lines: split it before planning it."
    return Estimate(spread=volume * hard, fixed=boundary, because=because, factors=factors)


def _other_option(subject: Subject, option: Option, model: EffortModel) -> Estimate:
    inbound = math.fsum(c.hours for c in subject.boundary.crossings if c.direction.value == "inbound")
    return _priced(option.value, _cost(subject, option, model), subject.lines, inbound, model)


def _priced(name: str, cost: OptionCost, lines: int, hours: float, model: EffortModel) -> Estimate:
    size = cost.per_kloc * lines / 1000
    boundary = cost.hours_share * hours / model.productivity.hours_per_month
    factors = (
        _months("base", cost.base, "person-months", cost.base, f"What {name} costs at any size."),
        _months("code-volume", lines, "code lines", size, f"{cost.per_kloc:g} person-months for 1,000 lines."),
        _months("boundary", hours, "hours", boundary, f"{cost.hours_share:g} times the hours of the calls into it."),
    )
    because = f"{name}: {cost.base:g} + {size:.1f} for {count(lines, 'line')}"
    if boundary:
        because += f" + {boundary:.1f} for the calls into it"
    return Estimate(
        spread=cost.base + size, fixed=boundary, because=f"{because}; {model.productivity.label}.", factors=factors
    )


def _cost(subject: Subject, option: Option, model: EffortModel) -> OptionCost:
    if option is Option.HARDEN and subject.score.track is Track.LATENCY:
        return model.costs.measure_first
    if is_java_memory(subject.component, subject.score.track):
        return model.costs.safe_java
    return {Option.WRAP: model.costs.wrap, Option.HARDEN: model.costs.harden}.get(option, model.costs.replace)


def _quantile(item: Estimate, share: float, model: EffortModel, *, least: float | None = None) -> float:
    """Closed form: the fixed part moves the log-normal, it does not widen it. `least` is the smallest result, else that of a step."""
    prior = model.productivity
    sigma = math.hypot(prior.sigma_team, prior.sigma_component)
    months = item.spread * math.exp(sigma * NormalDist().inv_cdf(share)) + item.fixed
    return round(max(prior.least_months if least is None else least, months), 2)


def _months(name: str, value: float, unit: str, months: float, because: str) -> Factor:
    return Factor(
        name=name, value=round(value, 4), unit=unit, anchor="person-months at the median", level=1.0,
        weight=round(months, 4), contribution=round(months, 4), because=because,
    )  # fmt: skip
