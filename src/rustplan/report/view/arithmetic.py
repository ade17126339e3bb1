"""A score unfolded: every part with its points, what was measured, the anchor it was read against, and the places that fed it."""

from __future__ import annotations

from markupsafe import Markup

from rustplan.model.finding import Track
from rustplan.model.score import ComponentScore, Factor
from rustplan.report.escape import clip, visible
from rustplan.report.svg.bars import draw_score_bar
from rustplan.report.svg.palette import PARTS
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import decimal
from rustplan.report.view.shapes import Link, View
from rustplan.report.view.words import TRACK_WORDS, named, sentence

PLACES = 3
BAR = 100


class PartView(View, frozen=True, kw_only=True):
    """One part of a score or an effort; `slot` is the colour of its piece of the bar, 0 for none."""

    slot: int
    name: str
    points: str
    value: str
    because: str
    anchor: str
    is_absent: bool
    places: tuple[Link, ...]


class ScoreView(View, frozen=True, kw_only=True):
    """The score of a component on one track. `product` are the factors of feasibility and value."""

    track: str
    rank: int
    risk_name: str
    risk: str
    risk_range: str
    band: str
    score: str
    terms: tuple[tuple[str, str, str], ...]
    bar: Markup
    parts: tuple[PartView, ...]
    product: tuple[PartView, ...]


def build_score(index: PageIndex, score: ComponentScore) -> ScoreView:
    """Return a component's score on one track."""
    counted_parts = [(factor.name, factor.contribution) for factor in score.risk_factors if not factor.is_absent]
    risk_name = "Risk" if score.track is Track.MEMORY_SAFETY else "Collector pressure"
    low, high = decimal(score.risk_low, 0), decimal(score.risk_high, 0)
    return ScoreView(
        track=TRACK_WORDS[score.track],
        rank=index.ranks[score.component, score.track],
        risk_name=risk_name,
        risk=decimal(score.risk, 0),
        risk_range="" if low == high else f"{low}–{high} given what was not read",
        band=index.band(score.risk),
        score=decimal(score.score, 0),
        terms=_terms(index, score),
        bar=draw_score_bar(
            counted_parts,
            number=BAR + 2 * index.numbers[score.component] + list(Track).index(score.track),
            title=f"{risk_name} {decimal(score.risk, 0)} of 100, by its parts",
            description=", ".join(f"{named(name)} {decimal(points)}" for name, points in counted_parts),
        ),
        parts=_risk_parts(score.risk_factors),
        product=tuple(
            _part(factor, f"× {decimal(factor.level, 2)}")
            for factor in (*score.feasibility_factors, *score.value_factors)
        ),
    )


def build_effort_parts(factors: tuple[Factor, ...]) -> tuple[PartView, ...]:
    """Return what an estimate is made of; the contributions are those of its own formula."""
    return tuple(_part(factor, decimal(factor.contribution, 2)) for factor in factors)


def _terms(index: PageIndex, score: ComponentScore) -> tuple[tuple[str, str, str], ...]:
    """The terms of the product as it was computed: name, value, exponent ("" for 1)."""
    values = (("risk", score.risk / 100), ("feasibility", score.feasibility), ("value", score.value))
    exponents = index.analysis.scorecard.exponents
    return tuple(
        (name, decimal(value, 2), "" if exponent == 1 else f"{exponent:g}")
        for (name, value), exponent in zip(values, exponents, strict=True)
    )


def _risk_parts(factors: tuple[Factor, ...]) -> tuple[PartView, ...]:
    """Slots follow the pieces of the bar, which leaves absent factors out."""
    parts, piece = [], 0
    for factor in factors:
        if factor.is_absent:
            parts.append(_part(factor, ""))
            continue
        points = f"{decimal(factor.contribution)} of {decimal(factor.weight)}"
        parts.append(_part(factor, points, slot=piece % len(PARTS) + 1))
        piece += 1
    return tuple(parts)


def _part(factor: Factor, points: str, *, slot: int = 0) -> PartView:
    return PartView(
        slot=slot,
        name=sentence(named(factor.name)),
        points="absent" if factor.is_absent else points,
        value=_measure(factor),
        because=clip(visible(factor.because), 300),
        anchor=visible(factor.anchor),
        is_absent=factor.is_absent,
        places=_places(factor),
    )


def _places(factor: Factor) -> tuple[Link, ...]:
    """Where it was seen. Evidence that is at the first line of every file speaks of whole files, so the line is left out."""
    is_whole = all(place.line <= 1 for place in factor.evidence)
    return tuple(
        Link(
            words=shown(place.path, 80) if is_whole else f"{shown(place.path, 80)}:{place.line}",
            full=clip(visible(place.what), 120),
        )
        for place in factor.evidence[:PLACES]
    )


def _measure(factor: Factor) -> str:
    """What was measured, in its unit; a plain share says its range."""
    value = f"{factor.value:,.4g}"
    return f"{value} (0 to 1)" if factor.unit == "0-1" else f"{value} {visible(factor.unit)}".strip()
