"""How far ranks move under other weights, and where the ranking parts from naive ones."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from past_world import past, told
from plan_world import World, risky_findings
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Track
from rustplan.score.stability import DRAWS, _tau, weigh_stability


def world() -> World:
    """A small component full of hazards, a huge quiet one, and two alike in between."""
    one = World().file("hot/a.c", sloc=1500, raw=600, length=600, findings=risky_findings("hot/a.c"))
    one.file("huge/b.c", sloc=30_000, raw=100, length=100)
    return one.file("twin1/c.c", sloc=900).file("twin2/d.c", sloc=900)


def stability(one: World, evidence: Evidence | None = None):
    evidence = evidence or Evidence()
    return weigh_stability(one.score(evidence=evidence), one.components, evidence)


def test_a_clear_first_stays_first_and_twins_change_places_with_nobody_else():
    ranges = {one.component: one for one in stability(world()).ranges}
    assert (ranges["hot"].best, ranges["hot"].worst, ranges["hot"].in_top) == (1, 1, 1.0)
    assert ranges["twin1"].rank + 1 == ranges["twin2"].rank
    assert all(one.best <= one.rank <= one.worst for one in ranges.values())
    assert all(one.track is Track.MEMORY_SAFETY for one in ranges.values())


def test_the_same_card_gives_the_same_draws():
    assert stability(world()) == stability(world())
    assert stability(world()).draws == DRAWS


def test_biggest_first_differs_where_it_should():
    biggest, findings = stability(world()).comparisons
    assert (biggest.name, findings.name) == ("biggest first", "most findings first")
    moved = {one.component: one for one in biggest.differences}
    assert moved["huge"].naive_rank == 1
    assert moved["hot"].rank == 1
    assert "risk" in moved["huge"].because
    assert -1 <= biggest.agreement < 1
    assert biggest.shared_top == biggest.top == 4


def test_commits_are_compared_when_there_is_a_history():
    names = [one.name for one in stability(world(), told(past("hot/a.c"))).comparisons]
    assert names == ["biggest first", "most findings first", "most commits first"]


def test_one_component_or_none_compares_nothing():
    assert stability(World().file("c/a.c")).comparisons == ()
    assert stability(World()).ranges == ()


@pytest.mark.parametrize("ranks", list(itertools.permutations(range(1, 5))))
def test_tau_is_the_share_of_pairs_in_order(ranks: tuple[int, ...]) -> None:
    pairs = list(itertools.combinations(ranks, 2))
    assert _tau(ranks) == pytest.approx(sum(1 if a < b else -1 for a, b in pairs) / len(pairs))


def test_another_exponent_alone_never_reorders_components_that_differ_in_risk_only():
    one = world()
    card = one.score()
    flat = msgspec.structs.replace(
        card,
        components=tuple(
            msgspec.structs.replace(
                score, risk_factors=score.risk_factors[:1], feasibility=1.0, value=1.0, feasibility_factors=()
            )
            for score in card.components
        ),
    )
    ordered = sorted(flat.components, key=lambda score: (-score.risk_factors[0].level, score.component))
    flat = msgspec.structs.replace(flat, components=tuple(ordered))
    ranges = weigh_stability(flat, one.components, Evidence()).ranges
    assert all(found.best == found.rank == found.worst for found in ranges)
