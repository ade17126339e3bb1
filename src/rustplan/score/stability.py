"""Draws other weights and counts how far ranks move; compares the ranking with the ones that need no tool."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Track
from rustplan.model.score import ComponentScore, Factor, Scorecard
from rustplan.model.stability import NaiveComparison, NaiveDifference, RankRange, Stability
from rustplan.score.wording import name_list

DRAWS = 200
SHARE = 0.95
SPREAD = 0.3
"""Standard deviation of the logarithm of a weight: two draws of three lie between three quarters and four thirds of it."""
TOP = 5
MOST_DIFFERENCES = 5
MOST_COMPONENTS = 400
_SEED = 20_260_101


def weigh_stability(scorecard: Scorecard, components: ComponentGraph, evidence: Evidence) -> Stability:
    """Return ranges of both tracks, and comparisons with biggest first, most findings first and most commits first.

    The same scorecard gives the same draws. Beyond `MOST_COMPONENTS` of a track the later ones are left out: they move among themselves.
    """
    ranges: list[RankRange] = []
    for track in Track:
        cards = [card for card in scorecard.components if card.track is track][:MOST_COMPONENTS]
        ranges.extend(_ranges(cards, track, scorecard.exponents))
    cards = [card for card in scorecard.components if card.track is Track.MEMORY_SAFETY]
    return Stability(
        draws=DRAWS,
        share=SHARE,
        spread=SPREAD,
        ranges=tuple(ranges),
        comparisons=_comparisons(cards, scorecard, components, evidence),
    )


def _ranges(cards: Sequence[ComponentScore], track: Track, exponents: tuple[float, float, float]) -> list[RankRange]:
    names = [card.component for card in cards]
    source = random.Random(_SEED)  # noqa: S311 - the same weights for everyone
    ranks: dict[str, list[int]] = {name: [] for name in names}
    for _ in range(DRAWS if cards else 0):
        factors = _drawn(cards, source)
        powers = [exponent * _factor(source) for exponent in exponents]
        scores = {card.component: _score(card, factors, powers) for card in cards}
        for rank, name in enumerate(sorted(names, key=lambda name: (-scores[name], name)), 1):
            ranks[name].append(rank)
    return [_range(name, track, rank, sorted(ranks[name])) for rank, name in enumerate(names, 1)]


def _range(name: str, track: Track, rank: int, drawn: Sequence[int]) -> RankRange:
    cut = int(len(drawn) * (1 - SHARE) / 2)
    in_top = sum(one <= TOP for one in drawn) / len(drawn)
    return RankRange(
        component=name, track=track, rank=rank, best=drawn[cut], worst=drawn[-1 - cut], in_top=round(in_top, 4)
    )


def _drawn(cards: Sequence[ComponentScore], source: random.Random) -> Mapping[str, float]:
    """One factor for each part of risk, drawn in a fixed order."""
    names = sorted({factor.name for card in cards for factor in card.risk_factors})
    return {name: _factor(source) for name in names}


def _factor(source: random.Random) -> float:
    return math.exp(source.gauss(0.0, SPREAD))


def reweighted(card: ComponentScore, drawn: Mapping[str, float]) -> float:
    """Return the risk (0-1) when each part's weight is multiplied by `drawn`; the weights again add up to what the component's own do."""
    weights = {factor.name: factor.weight * drawn[factor.name] for factor in card.risk_factors}
    total = math.fsum(weights.values())
    if not total:
        return 0.0
    return math.fsum(weights[factor.name] * factor.level for factor in card.risk_factors) / total


def _score(card: ComponentScore, drawn: Mapping[str, float], powers: Sequence[float]) -> float:
    """The score under other weights and exponents."""
    risk = reweighted(card, drawn)
    return math.pow(risk, powers[0]) * math.pow(card.feasibility, powers[1]) * math.pow(card.value, powers[2])


def _comparisons(
    cards: Sequence[ComponentScore], scorecard: Scorecard, components: ComponentGraph, evidence: Evidence
) -> tuple[NaiveComparison, ...]:
    """Biggest first, most findings first and, with a history, most commits of the last 24 months first."""
    if len(cards) < 2:
        return ()
    found: dict[str, float] = {}
    commits: dict[str, float] = {}
    recent = {} if evidence.history is None else {file.path: file.recent_commits for file in evidence.history.files}
    for file in scorecard.files:
        found[file.component] = found.get(file.component, 0.0) + file.findings
        commits[file.component] = commits.get(file.component, 0.0) + recent.get(file.path, 0)
    sizes = {component.name: float(component.unsafe_sloc) for component in components.components}
    measures = {"biggest first": sizes, "most findings first": found}
    if recent:
        measures["most commits first"] = commits
    return tuple(_comparison(name, cards, measure) for name, measure in measures.items())


def _comparison(name: str, cards: Sequence[ComponentScore], measure: Mapping[str, float]) -> NaiveComparison:
    ours = [card.component for card in cards]
    naive = sorted(ours, key=lambda one: (-measure.get(one, 0.0), one))
    place = {one: rank for rank, one in enumerate(naive, 1)}
    top = min(TOP, len(ours))
    moved = [
        NaiveDifference(component=card.component, rank=rank, naive_rank=place[card.component], because=_because(card))
        for rank, card in enumerate(cards, 1)
        if rank != place[card.component] and min(rank, place[card.component]) <= top
    ]
    moved.sort(key=lambda one: (-abs(one.rank - one.naive_rank), one.rank))
    return NaiveComparison(
        name=name,
        shared_top=len(set(ours[:top]) & set(naive[:top])),
        top=top,
        agreement=round(_tau([place[one] for one in ours]), 4),
        differences=tuple(moved[:MOST_DIFFERENCES]),
    )


def _because(card: ComponentScore) -> str:
    """What carries its risk most, and what holds its score down most."""
    raised = sorted(card.risk_factors, key=lambda factor: (-factor.contribution, factor.name))
    strong = name_list([_plain(factor) for factor in raised[:2] if factor.contribution])
    weak = min(card.feasibility_factors, key=lambda factor: (factor.level, factor.name), default=None)
    held = f"; held back by {_plain(weak)} ({weak.level:.2f})" if weak is not None and weak.level < 0.8 else ""
    return f"risk {card.risk:.0f}, most of it from {strong}{held}" if strong else f"risk {card.risk:.0f}{held}"


def _plain(factor: Factor) -> str:
    return factor.name.replace("-", " ")


def _tau(ranks: Sequence[int]) -> float:
    """Kendall's tau of a permutation against the order 1, 2, 3, ..., by counting inversions in n log n."""
    pairs = len(ranks) * (len(ranks) - 1) / 2
    return 1.0 - 2.0 * _inversions(list(ranks))[1] / pairs


def _inversions(ranks: list[int]) -> tuple[list[int], int]:
    if len(ranks) < 2:
        return ranks, 0
    middle = len(ranks) // 2
    left, first = _inversions(ranks[:middle])
    right, second = _inversions(ranks[middle:])
    merged: list[int] = []
    count, at = first + second, 0
    for one in left:
        while at < len(right) and right[at] < one:
            merged.append(right[at])
            at += 1
        merged.append(one)
        count += at
    return merged + right[at:], count
