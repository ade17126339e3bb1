"""What a wave costs and removes, in figures: sums as quantiles, projected quarters, and the whole before and after calibration."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from rustplan.catalog import EffortModel
from rustplan.model.component import ComponentGraph
from rustplan.model.finding import Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Calibration, Pilot, Wave
from rustplan.model.score import Scorecard
from rustplan.plan.capacity import projected_quarters
from rustplan.plan.effort import Estimate, effort_of, estimate, sum_quantiles
from rustplan.plan.waves import REMOVES, Move, Schedule, outcome_of, starts_when, temporary_hours


def describe_waves(
    moves: Sequence[Move],
    plan_of_waves: Schedule,
    components: ComponentGraph,
    scorecard: Scorecard,
    effort: EffortModel,
    options: PlanOptions,
    ramp_up_months: float,
) -> tuple[Wave, ...]:
    """Describe each wave; projected quarters follow each other, after the ramp-up."""
    risks = file_risks(scorecard)
    everything = math.fsum(risks.values()) or 1.0
    shares = {name: risk / everything for name, risk in risks.items()}
    before = ramp_up_months
    cut_over: list[str] = []
    result = []
    for number in sorted(set(plan_of_waves.waves.values())):
        chosen = [move for move in moves if plan_of_waves.waves.get(move.key) == number]
        p10, p50, p90 = sum_of(chosen, plan_of_waves, effort)
        gone = [move for move in chosen if move.option in REMOVES and move.subject.score.track is Track.MEMORY_SAFETY]
        result.append(
            Wave(
                number=number,
                components=tuple(dict.fromkeys(move.subject.name for move in chosen)),
                starts_when=starts_when(chosen, cut_over, components.dependencies, number),
                outcome=outcome_of(chosen, shares),
                p10=p10,
                p50=p50,
                p90=p90,
                unsafe_sloc=sum(move.subject.component.unsafe_sloc for move in gone),
                risk_share=round(math.fsum(shares.get(move.subject.name, 0.0) for move in gone), 6),
                temporary_hours=temporary_hours(chosen, plan_of_waves.waves, number),
                projected=projected_quarters(options, before, p50 or 0.0, p90 or 0.0),
            )
        )
        before += p50 or 0.0
        cut_over += [move.subject.name for move in gone]
    return tuple(result)


def after_the_pilot(waves: tuple[Wave, ...], pilot: Pilot) -> tuple[Wave, ...]:
    """The pilot goes first, and what it took is known before the second wave: the prior is the weakest part of the plan."""
    if not pilot.component or not waves:
        return waves
    first, *others = waves
    if len(first.components) > 1:
        words = f" The pilot ({pilot.component}) goes first: the other ports begin when it runs in CI."
        first = structs.replace(first, starts_when=first.starts_when + words)
    if others:
        words = f" What the pilot ({pilot.component}) took stands in the file of actuals by then, and the plan was made again with it."
        others[0] = structs.replace(others[0], starts_when=others[0].starts_when + words)
    return (first, *others)


def with_totals(
    calibration: Calibration, moves: Sequence[Move], waves: Schedule, prior: EffortModel, effort: EffortModel
) -> Calibration:
    """Say what the plan costs by the prior and by the model in effect."""
    chosen = [move for move in moves if move.key in waves.waves]
    after = sum_of(chosen, waves, effort)
    again = [replace(move, effort=effort_of(move.subject, move.option, prior)) for move in chosen]
    before = sum_of(again, waves, prior) if calibration.is_applied else after
    return structs.replace(calibration, plan_before=_whole(before), plan_after=_whole(after))


def sum_of(
    moves: Sequence[Move], waves: Schedule, effort: EffortModel
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return P10, P50 and P90 of the sum of moves; of a single one its own, in closed form."""
    if len(moves) == 1:
        only = moves[0].effort
        return (
            (only.p10, only.p50, only.p90)
            if only.p10 is not None and only.p50 is not None and only.p90 is not None
            else (None, None, None)
        )
    batches: dict[str, list[tuple[str, Estimate]]] = defaultdict(list)
    for move in moves:
        found = estimate(move.subject, move.option, effort)
        track = move.subject.score.track.value
        if found is not None:
            host = waves.batches.get(move.key, move.subject.name)
            batches[f"{host}:{track}"].append((f"{move.subject.name}:{track}", found))
    return sum_quantiles([batches[name] for name in sorted(batches)], effort)


def file_risks(scorecard: Scorecard) -> dict[str, float]:
    """Sum of the files' absolute risk by component: where memory-safety fixes are expected."""
    parts: dict[str, list[float]] = defaultdict(list)
    for file in scorecard.files:
        if file.risk is not None and file.component:
            parts[file.component].append(file.risk)
    return {name: math.fsum(values) for name, values in sorted(parts.items())}


def _whole(
    found: tuple[float, float, float] | tuple[None, None, None],
) -> tuple[float, float, float] | None:
    low, middle, high = found
    return None if low is None or middle is None or high is None else (low, middle, high)
