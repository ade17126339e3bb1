"""From what was measured to a level, and from levels to contributions that add up exactly.

Levels are multiples of 1/1024 and weights of 1/64, so products and sums are exact in binary floating point: the shown factors add up
to the risk to the last bit, in any order, on any Python.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from rustplan.catalog import Scale
from rustplan.model.score import Factor, FactorEvidence

LEVEL_STEPS = 1024
WEIGHT_STEPS = 64
FULL = 100.0
PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A factor before its weight is known. `is_absent` drafts carry the reason in `because`."""

    name: str
    value: float
    because: str
    evidence: tuple[FactorEvidence, ...] = ()
    is_absent: bool = False


def weigh(drafts: Sequence[Draft], scales: dict[str, Scale]) -> tuple[Factor, ...]:
    """Return the factors of a 0-100 sum: the weight of absent drafts goes to the others in proportion.

    Factors `from_neutral` take their weight from all others and begin at the level of those together, so that they never lower the sum.
    """
    weights = _weights(drafts, scales)
    factors = tuple(_factor(draft, scales[draft.name], weights[draft.name]) for draft in drafts)
    neutral = {factor.name for factor in factors if scales[factor.name].from_neutral and not factor.is_absent}
    if not neutral:
        return factors
    before = total(weigh([draft for draft in drafts if draft.name not in neutral], scales))
    start = _neutral_level(before, [factor for factor in factors if factor.name not in neutral])
    return tuple(_raised(factor, start) if factor.name in neutral else factor for factor in factors)


def total(factors: Sequence[Factor]) -> float:
    """Return the sum of the contributions."""
    return math.fsum(factor.contribution for factor in factors)


def level_of(value: float, scale: Scale) -> float:
    """Return the 0-1 level of a value on a scale; it never falls when the value grows."""
    if scale.shape == "share":
        raw = (value - scale.low) / (scale.high - scale.low)
    elif scale.shape == "damped":
        raw = math.log1p(max(0.0, value) / scale.low) / math.log1p(scale.high / scale.low)
    else:
        raw = math.log(value / scale.low) / math.log(scale.high / scale.low) if value > 0 else 0.0
    return quantized(raw)


def quantized(raw: float) -> float:
    """Return a level between 0 and 1 in steps of 1/1024."""
    return round(min(1.0, max(0.0, raw)) * LEVEL_STEPS) / LEVEL_STEPS


def anchor_words(scale: Scale) -> str:
    """Say which fixed values a level is read against."""
    if scale.shape == "share":
        return f"straight line from {scale.low:g} to {scale.high:g}"
    if scale.shape == "damped":
        return f"logarithm: 0 at none, 1 at {scale.high:g}, steep until {scale.low:g}"
    return f"logarithm: 0 at {scale.low:g}, 1 at {scale.high:g} (1 = median of the reference corpus)"


def _neutral_level(before: float, others: Sequence[Factor]) -> float:
    """The level at which the weight that was taken from the others adds what they lost (`before` is their sum without that)."""
    after = total(others)
    taken = FULL - math.fsum(factor.weight for factor in others)
    return (before - after) / taken if taken else 0.0


def _raised(factor: Factor, start: float) -> Factor:
    """The factor with its level counted from `start` upward, rounded up so that nothing is lost."""
    level = min(1.0, math.ceil((start + (1.0 - start) * factor.level) * LEVEL_STEPS) / LEVEL_STEPS)
    return msgspec.structs.replace(
        factor,
        level=level,
        contribution=level * factor.weight,
        anchor=f"{factor.anchor}; begins at the level of the other parts, {start:.2f}",
    )


def level_factor(
    *,
    name: str,
    value: float,
    unit: str,
    anchor: str,
    level: float,
    because: str,
    evidence: tuple[FactorEvidence, ...] = (),
) -> Factor:
    """Return a factor of a product: its contribution is its level."""
    exact = quantized(level)
    return Factor(
        name=name,
        value=value,
        unit=unit,
        anchor=anchor,
        level=exact,
        weight=1.0,
        contribution=exact,
        because=because,
        evidence=evidence[:PLACES_SHOWN],
    )


def _weights(drafts: Sequence[Draft], scales: dict[str, Scale]) -> dict[str, float]:
    """Share 100 among the present drafts by nominal weight, in steps; the heaviest takes what rounding left.

    A factor `from_neutral` has its nominal weight, and the others share the rest.
    """
    known = [draft.name for draft in drafts if not draft.is_absent]
    present = [name for name in known if not scales[name].from_neutral]
    nominal = sum(scales[name].weight for name in present)
    weights = {draft.name: 0.0 for draft in drafts}
    weights |= {name: scales[name].weight for name in known if scales[name].from_neutral and present}
    rest = FULL - math.fsum(weights.values())
    for name in present:
        weights[name] = math.floor(scales[name].weight / nominal * rest * WEIGHT_STEPS) / WEIGHT_STEPS
    if present:
        heaviest = max(present, key=lambda name: scales[name].weight)
        weights[heaviest] += FULL - math.fsum(weights.values())
    return weights


def _factor(draft: Draft, scale: Scale, weight: float) -> Factor:
    level = 0.0 if draft.is_absent else level_of(draft.value, scale)
    return Factor(
        name=draft.name,
        value=round(draft.value, 4),
        unit=scale.unit,
        anchor=anchor_words(scale),
        level=level,
        weight=weight,
        contribution=level * weight,
        because=draft.because,
        is_absent=draft.is_absent,
        evidence=draft.evidence[:PLACES_SHOWN],
    )
