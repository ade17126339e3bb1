"""The factors and the part of the file ranking that come from the history."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from past_world import HALF_LIVES, card, factor, fix, history, past, raised, told
from plan_world import NO_HISTORY, World
from rustplan.catalog import load_anchors
from rustplan.model.evidence import Evidence
from rustplan.model.history import FixedIn, FixLevel, Vulnerabilities, Vulnerability
from rustplan.model.source import Language, Role

PATH, OTHER = "c/a.c", "d/b.c"
QUICK = settings(max_examples=60, deadline=None)
sums = st.floats(0, 200, allow_nan=False)


def world():
    return World().file(PATH, sloc=1900).file(OTHER, sloc=500)


def row(evidence, path=PATH, the_world=None):
    return next(file for file in (the_world or world()).score(evidence=evidence).files if file.path == path)


def test_fixes_are_a_rate_of_lines_and_years_and_name_their_commits():
    mended = past(
        PATH, security=2.0, memory=1.0, examples=(fix("a"), fix("b", level=FixLevel.SECURITY, kinds=(), age=900))
    )
    found = factor(card(world(), "c", told(mended)), "memory-fix-history")
    share = load_anchors().files.history.memory_share_of_security
    years = HALF_LIVES["memory"] / math.log(2) / 365.25 * (1 - 2 ** (-3650 / HALF_LIVES["memory"]))
    assert found.value == pytest.approx((1.0 + share) / 2.0 / years, abs=1e-4)
    assert "1 memory-safety fix and 1 other security fix" in found.because
    assert [place.what for place in found.evidence] == [
        "aaaaaaaaaaaa memory fix (bounds), 30 days old: parser: fix heap overflow",
        "bbbbbbbbbbbb security fix, 2 years old: parser: fix heap overflow",
    ]


def test_a_young_history_is_held_against_the_years_that_it_has():
    mended = past(PATH, memory=1.0)
    young = factor(card(world(), "c", told(mended, reaches=400)), "memory-fix-history").value
    old = factor(card(world(), "c", told(mended, reaches=6000)), "memory-fix-history").value
    newborn = factor(card(world(), "c", told(mended, reaches=5)), "memory-fix-history").value
    assert newborn > young > old
    assert newborn < 4 * old


def test_churn_is_commits_per_file_and_month():
    found = factor(card(world(), "c", told(past(PATH, commits=24.0))), "churn")
    years = HALF_LIVES["commits"] / math.log(2) / 365.25 * (1 - 2 ** (-3650 / HALF_LIVES["commits"]))
    assert found.value == pytest.approx(24.0 / years / 12, abs=1e-3)
    assert found.because.startswith("24 changes to 1 file")
    assert found.evidence[0].what == "24 commits in 24 months, 25 in all, 3 authors"


def test_no_history_is_absent_never_zero():
    for evidence in (NO_HISTORY, told(past(OTHER)), told(past(OTHER), unknown=[PATH])):
        for name in ("memory-fix-history", "churn"):
            found = factor(card(world(), "c", evidence), name)
            assert found.is_absent
            assert found.weight == 0
            assert "Unknown, not zero" in found.because
        assert row(evidence).temporal is None
        assert row(evidence).risk_per_line == row(evidence).spatial
    quiet = factor(card(world(), "c", told(past(PATH, commits=0.0))), "memory-fix-history")
    assert not quiet.is_absent
    assert quiet.level == 0


def test_what_a_line_buys_is_the_product_of_text_and_past():
    found = row(told(past(PATH, commits=40, fixes=9, security=5, memory=3)))
    anchors = load_anchors().files
    expected = 1.0
    for name, count in (("commits", 40), ("fixes", 9), ("security_fixes", 5), ("memory_fixes", 3)):
        anchor, prior = anchors.history.measures[name], anchors.history.prior_lines
        expected *= ((count + prior * anchor.mean) / (1900 + prior) / anchor.mean) ** anchor.weight
    assert found.temporal == pytest.approx(expected, abs=1e-6)
    assert found.risk_per_line == pytest.approx(found.spatial * found.temporal, abs=1e-5)
    assert found.risk == pytest.approx(1900 * found.risk_per_line**anchors.risk_exponent, rel=1e-5)


def test_generated_code_has_a_risk_and_none_per_line():
    found = row(Evidence(), "c/y.tab.c", World().file("c/y.tab.c", role=Role.GENERATED))
    assert found.risk is not None
    assert found.risk_per_line is None


def test_known_vulnerabilities_are_named():
    records = (
        Vulnerability(id="CVE-2024-1", origin="a", is_memory_safety=True, fixes=(FixedIn(commit="f"),), paths=(PATH,)),
        Vulnerability(id="CVE-2024-2", origin="b", is_memory_safety=False, paths=(PATH,)),
    )
    evidence = Evidence(history=history(past(PATH)), vulnerabilities=Vulnerabilities(records=records))
    assert (
        "known vulnerabilities lead here: CVE-2024-1."
        in factor(card(world(), "c", evidence), "memory-fix-history").because
    )


def test_java_without_c_uses_its_own_files():
    java = World().file("j/A.java", language=Language.JAVA, findings=[])
    assert row(told(past("j/A.java")), "j/A.java", java).risk is None


@QUICK
@given(sums, sums, sums, sums, st.sampled_from([0, 1, 2]), st.integers(1, 5000))
def test_a_fix_added_never_lowers_a_risk(commits, fixes, security, memory, level, sloc):
    before = past(PATH, commits=commits + fixes, fixes=fixes + security, security=security + memory, memory=memory)
    more = {"commits": 1, "recent_commits": 1, "commits_decayed": 1.0, "fixes": 1, "fixes_decayed": 1.0}
    if level >= 1:
        more |= {"security_fixes": 1, "security_decayed": 1.0}
    if level == 2:
        more |= {"memory_fixes": 1, "memory_decayed": 1.0}
    one = World().file(PATH, sloc=sloc)
    after = raised(before, **more)
    assert row(told(after), the_world=one).risk >= row(told(before), the_world=one).risk
    assert row(told(after), the_world=one).risk_per_line >= row(told(before), the_world=one).risk_per_line
    assert card(one, "c", told(after)).risk >= card(one, "c", told(before)).risk


@QUICK
@given(sums, sums, sums)
def test_another_component_s_history_moves_nothing(commits, fixes, memory):
    mine = past(PATH, commits=12, fixes=3, security=2, memory=1)
    quiet = told(mine, past(OTHER, commits=0))
    busy = told(mine, past(OTHER, commits=commits, fixes=fixes, security=memory, memory=memory))
    assert card(world(), "c", quiet) == card(world(), "c", busy)
    assert row(quiet) == row(busy)


def test_shuffled_input_changes_nothing():
    files = [past("c/a.c", memory=1, examples=(fix("a"),)), past("c/b.c", memory=2, examples=(fix("a"), fix("b")))]
    scores = [
        World().file(one, sloc=100).file(other, sloc=100).score(evidence=told(*order))
        for one, other, order in (("c/a.c", "c/b.c", files), ("c/b.c", "c/a.c", files[::-1]))
    ]
    assert scores[0] == scores[1]
