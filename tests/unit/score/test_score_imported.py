"""Findings of other tools as a factor of risk: absent, neutral, and never lowering anything."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_world import NO_HISTORY, World, defect, exposure
from rustplan.catalog import load_anchors
from rustplan.catalog.imported import is_prevented, load_imported, weakness_class, weakness_of_rule
from rustplan.evidence.sarif_same import settle
from rustplan.model.finding import Severity
from rustplan.model.imported import ImportedFinding, ImportedRun
from rustplan.model.source import Language, Role

NAME = "imported-findings"
RUN = ImportedRun(file="a.sarif", sha256="", tool="CodeQL")


def said(line=10, *, path="c/a.c", tool="CodeQL", points=5.0, **more):
    values = {"weakness": "lifetime", "is_prevented": True, "rule": "uaf", "message": "m"} | more
    return ImportedFinding(
        run=0, tool=tool, path=path, line=line, level="error", severity=Severity.HIGH, points=points, **values
    )


def evidence(*findings):
    return msgspec.structs.replace(NO_HISTORY, imported=(RUN,), imported_findings=tuple(settle(findings)))


def card_of(*findings, world=None, component="c"):
    made = world or World().file("c/a.c").file("d/b.c")
    (card,) = (one for one in made.score(evidence=evidence(*findings)).components if one.component == component)
    return card


def factor(card):
    (found,) = (one for one in card.risk_factors if one.name == NAME)
    return found


def test_without_a_file_the_factor_is_absent_and_its_weight_is_with_the_others():
    card = World().file("c/a.c").card("c")
    assert factor(card).is_absent
    assert factor(card).weight == 0
    assert "no findings of other tools were given" in factor(card).because
    assert sum(one.weight for one in card.risk_factors) == 100


@pytest.mark.parametrize(
    "silent",
    [
        (),
        (said(path="d/b.c"),),
        (said(is_prevented=False),),
        (said(points=0.0, own="use-after-free"),),
    ],
)
def test_silence_and_what_does_not_count_change_nothing(silent):
    before, after = World().file("c/a.c").file("d/b.c").card("c"), card_of(*silent)
    assert after.risk == before.risk
    assert factor(after).is_absent


def test_a_finding_raises_the_risk_and_credits_its_tools():
    plain, card = (
        card_of(),
        card_of(said(), said(12, tool="Cppcheck"), said(60, tool="Cppcheck"), said(90, points=0.0, own="x")),
    )
    found = factor(card)
    assert card.risk > plain.risk
    assert found.weight == load_anchors().memory_safety.factors[NAME].weight == 8
    assert "2 places that safe Rust would guard, found by Cppcheck (2) and CodeQL (1)" in found.because
    assert "1 finding that rustplan has as well (counted there)" in found.because
    assert "1 finding that another tool has as well (counted once)" in found.because
    assert found.evidence[0].what == "uaf (CodeQL, Cppcheck)"
    assert "begins at the level of the other parts" in found.anchor
    assert card.risk == sum(one.contribution for one in card.risk_factors)
    assert sum(one.weight for one in card.risk_factors) == 100


def test_tests_and_java_never_count():
    world = World().file("c/a.c").file("c/t.c", role=Role.TEST).file("c/J.java", language=Language.JAVA)
    found = evidence(said(path="c/t.c"), said(path="c/J.java"))
    cards = world.score(evidence=found).components
    assert [one.risk for one in cards] == [one.risk for one in world.score().components]


FOUND = st.lists(
    st.builds(
        said,
        st.integers(0, 40),
        path=st.sampled_from(["c/a.c", "d/b.c"]),
        tool=st.sampled_from(["CodeQL", "Cppcheck", "clang"]),
        points=st.sampled_from([0.125, 0.5, 2.0, 5.0, 10.0]),
        is_prevented=st.booleans(),
        weakness=st.sampled_from(["lifetime", "out of bounds", ""]),
    ),
    max_size=8,
)
OWN = st.lists(
    st.one_of(st.builds(defect, st.just("c/a.c")), st.builds(exposure, st.just("c/a.c"), weight=st.floats(0, 900))),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(FOUND, FOUND.filter(bool), OWN, st.integers(1, 50_000), st.integers(0, 9_000))
def test_one_more_imported_finding_never_lowers_risk(found, more, own, sloc, raw):
    def risk(findings):
        return card_of(*findings, world=World().file("c/a.c", findings=own, sloc=sloc, raw=raw).file("d/b.c")).risk

    without = World().file("c/a.c", findings=own, sloc=sloc, raw=raw).file("d/b.c").card("c").risk
    assert without <= risk(found) <= risk([*found, more[0]]) <= 100


@settings(max_examples=60, deadline=None)
@given(FOUND, OWN, st.builds(defect, st.just("c/a.c")))
def test_one_more_defect_never_lowers_risk_beside_imported_findings(found, own, more):
    def risk(findings):
        return card_of(*found, world=World().file("c/a.c", findings=findings).file("d/b.c")).risk

    assert risk([*own, more]) >= risk(own)


@settings(max_examples=40, deadline=None)
@given(FOUND, FOUND)
def test_findings_in_another_component_never_move_this_one(found, others):
    here = [one for one in found if one.path == "c/a.c"]
    there = [msgspec.structs.replace(one, path="d/b.c") for one in others]
    assert card_of(*here, *there).risk == card_of(*here).risk


def test_a_weakness_stands_in_one_class_and_rules_lead_to_known_ones():
    numbers = [cwe for group in load_imported().classes.groups for cwe in group.cwes]
    assert len(numbers) == len(set(numbers))
    assert weakness_class(121) == weakness_class(787) != weakness_class(416)
    assert weakness_class(89) == "CWE-89"
    assert is_prevented(787)
    assert not is_prevented(401)
    assert not is_prevented(99999)
    assert weakness_of_rule("unix.Malloc", "Potential LEAK of memory") == 401
    assert weakness_of_rule("unix.Malloc", "odd") is None
    for entry in load_imported().rules.entries:
        assert entry.says == entry.says.lower()
        assert entry.ids
