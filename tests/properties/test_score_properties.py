"""Laws of the scores, whatever the repository."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_world import World, defect, exposure, rule, signal
from rustplan.model.finding import Confidence, Kind, RustEffect, Severity
from rustplan.model.source import Role

PATH, OTHER = "a/x.c", "b/y.c"
QUICK = settings(max_examples=60, deadline=None)

lines = st.integers(1, 900)
findings = st.one_of(
    st.builds(
        defect, st.just(PATH), lines,
        rule=st.sampled_from(["use-after-free", "double-free", "index-out-of-bounds"]),
        severity=st.sampled_from(Severity), confidence=st.sampled_from(Confidence),
    ),
    st.builds(exposure, st.just(PATH), lines, rule=st.sampled_from(["pointer-arithmetic", "c-string"]), weight=st.floats(0, 500)),
    st.builds(signal, st.just(PATH), lines, rule=st.sampled_from(["reads-network", "cryptography", "sandbox-call", "unheard-of"])),
)  # fmt: skip
many = st.lists(findings, max_size=12)
sizes = st.integers(1, 60_000)
counts = st.integers(0, 20_000)


def world(found, *, sloc=1000, raw=100, length=100, other=()):
    return World().file(PATH, findings=found, sloc=sloc, raw=raw, length=length).file(OTHER, findings=other, sloc=500)


@QUICK
@given(many, findings, sizes)
def test_adding_a_finding_never_lowers_risk(found, one_more, sloc):
    before = world(found, sloc=sloc).card("a").risk
    assert world([*found, one_more], sloc=sloc).card("a").risk >= before


@QUICK
@given(many, findings.filter(lambda found: found.kind is not Kind.SIGNAL))
def test_what_rust_does_not_prevent_never_raises_risk(found, unhelped):
    plain = world([f for f in found if f.rule != unhelped.rule])
    more = world([*(f for f in found if f.rule != unhelped.rule), unhelped])
    more.rules = [rule(unhelped.rule, kind=unhelped.kind, effect=RustEffect.NOT_PREVENTED)]
    assert more.card("a").risk == plain.card("a").risk


@QUICK
@given(many, st.sampled_from([Role.TEST, Role.EXAMPLE, Role.VENDORED, Role.GENERATED]))
def test_findings_outside_role_source_never_count(found, role):
    alone = world([]).card("a").risk
    joined = world([]).file("a/other.c", role=role, findings=found)
    assert joined.card("a").risk == alone


@QUICK
@given(many, many, sizes, counts)
def test_another_component_never_moves_a_component(found, others, sloc, raw):
    moved = [defect(OTHER, f.line) if f.kind is Kind.DEFECT else exposure(OTHER, f.line) for f in others]
    alone = world(found, sloc=sloc, raw=raw).card("a")
    beside = world(found, sloc=sloc, raw=raw, other=moved).card("a")
    assert (alone.risk, alone.risk_factors) == (beside.risk, beside.risk_factors)


@QUICK
@given(many, sizes, counts, counts)
def test_risk_is_exactly_the_sum_of_what_is_shown(found, sloc, raw, length):
    card = world(found, sloc=sloc, raw=raw, length=length).card("a")
    contributions = [factor.contribution for factor in card.risk_factors]
    assert card.risk == sum(contributions) == sum(reversed(contributions))
    assert all(factor.contribution == factor.level * factor.weight for factor in card.risk_factors)
    assert sum(factor.weight for factor in card.risk_factors) == 100.0
    assert 0.0 <= card.risk_low <= card.risk <= card.risk_high <= 100.0


@QUICK
@given(many, sizes)
def test_score_is_the_product_of_what_is_shown(found, sloc):
    scorecard = world(found, sloc=sloc).score()
    a, b, c = scorecard.exponents
    for card in scorecard.components:
        assert card.feasibility == pytest.approx(math.prod(f.level for f in card.feasibility_factors))
        assert card.score == pytest.approx(100 * (card.risk / 100) ** a * card.feasibility**b * card.value**c)


@QUICK
@given(many.filter(lambda found: any(f.kind is not Kind.SIGNAL for f in found)), sizes, counts)
def test_unexposed_never_outranks_exposed_at_the_same_size(found, sloc, raw):
    both = World().file("a/x.c", findings=found, sloc=sloc, raw=raw).file("b/y.c", sloc=sloc, raw=raw)
    cards = {card.component: card for card in both.score().components}
    assert cards["a"].risk >= cards["b"].risk
    assert cards["a"].score >= cards["b"].score


@QUICK
@given(many, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert world(found).card("a").risk == world(shuffled).card("a").risk


@QUICK
@given(many, st.integers(0, 30_000))
def test_unread_code_widens_the_interval_and_never_lowers_the_risk(found, unread):
    read = World().file(PATH, findings=found).card("a")
    partly = World().file(PATH, findings=found, unread=unread).card("a")
    assert partly.risk == read.risk
    assert partly.risk_high >= read.risk_high
