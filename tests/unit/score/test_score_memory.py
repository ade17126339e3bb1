"""The memory-safety track: which components stand on it, and what each factor says."""

from __future__ import annotations

import pytest

from plan_world import World, defect, exposure, function, obstacle, risky_findings, signal
from rustplan.catalog import load_anchors
from rustplan.model.code_graph import EdgeKind
from rustplan.model.finding import Confidence, Severity, Track
from rustplan.model.options import PlanOptions
from rustplan.model.source import Language, Role


def factor(card, name):
    return next(f for f in (*card.risk_factors, *card.feasibility_factors, *card.value_factors) if f.name == name)


def test_components_with_c_code_are_on_the_track_and_java_alone_is_not():
    world = World().file("c/a.c").file("j/A.java", language=Language.JAVA).file("t/t.c", role=Role.TEST)
    cards = world.score().components
    assert [(card.component, card.track) for card in cards] == [("c", Track.MEMORY_SAFETY), ("j", Track.LATENCY)]


def test_java_that_reaches_native_memory_is_on_both_tracks():
    world = World().file("j/A.java", language=Language.JAVA, findings=[exposure("j/A.java", rule="unsafe-memory")])
    assert {card.track for card in world.score().components} == set(Track)
    card = world.card("j")
    assert factor(card, "size").value == 1
    assert "The rest of the Java is memory-safe" in factor(card, "size").because
    assert factor(card, "raw-memory-work").contribution == 0
    assert "Not looked for in Java" in factor(card, "untrusted-input").because
    assert "No rule looks for memory defects in Java" in factor(card, "defects").because


def test_java_counts_by_the_functions_that_hold_raw_memory():
    functions = [function(f"p.A.m{n}", line=1 + 30 * n, sloc=10 + n) for n in range(4)]
    found = [exposure("j/A.java", line=32, rule="unsafe-memory", lines=(32, 40)), exposure("j/A.java", line=95)]
    world = World().file("j/A.java", language=Language.JAVA, sloc=900, functions=functions, findings=found)
    size = factor(world.card("j"), "size")
    assert size.value == 11 + 13
    assert "24 lines of Java functions" in size.because
    assert "of 900 lines of Java" in size.because


def test_beside_c_the_java_adds_only_those_functions():
    alone = World().file("c/a.c", sloc=1000)
    mixed = World().file("c/a.c", sloc=1000).file("c/A.java", language=Language.JAVA, sloc=5000)
    assert factor(mixed.card("c"), "size").value == factor(alone.card("c"), "size").value == 1000
    found = [exposure("c/A.java", line=3, rule="native-method")]
    mixed.file("c/A.java", language=Language.JAVA, sloc=5000, functions=[function("p.A.m", sloc=7)], findings=found)
    size = factor(mixed.card("c"), "size")
    assert size.value == 1007
    assert "1,000 lines of C and C++ in 1 file and 7 lines of Java functions" in size.because


def test_one_more_place_in_java_never_lowers_the_risk():
    functions = [function("p.A.small", line=1, sloc=2), function("p.A.large", line=100, sloc=20)]
    found = [exposure("j/A.java", line=1, rule="unsafe-memory", weight=50.0)]

    def risk():
        return World().file("j/A.java", language=Language.JAVA, functions=functions, findings=found).card("j").risk

    before = risk()
    found.append(exposure("j/A.java", line=101, rule="unsafe-memory", weight=1.0))
    assert risk() > before


def test_absent_history_gives_its_weight_to_the_others_and_says_why():
    card = World().file("c/a.c").card("c")
    history = factor(card, "memory-fix-history")
    assert history.is_absent
    assert (history.level, history.weight, history.contribution) == (0.0, 0.0, 0.0)
    assert "shallow clone" in history.because
    nominal = load_anchors().memory_safety.factors["size"].weight
    assert factor(card, "size").weight > nominal


def test_factors_speak_in_words_and_name_places():
    card = World().file("c/a.c", findings=risky_findings("c/a.c")).card("c")
    defects = factor(card, "defects")
    assert "12 likely memory defects" in defects.because
    assert defects.evidence[0].path == "c/a.c"
    assert len(defects.evidence) == 5
    said = factor(card, "untrusted-input").because
    assert "reads from the network (6 places)" in said
    assert "to confirm" in said
    assert "200 places" in factor(card, "exposures").because
    assert all(f.because and f.anchor and f.unit for f in card.risk_factors)


def test_severity_and_confidence_weigh_defects():
    def points(**more):
        return factor(World().file("c/a.c", findings=[defect("c/a.c", **more)]).card("c"), "defects").value

    assert points(severity=Severity.CRITICAL) > points(severity=Severity.HIGH) > points(severity=Severity.LOW)
    assert points(confidence=Confidence.HIGH) > points(confidence=Confidence.MEDIUM) > points(confidence=Confidence.LOW)


def test_bands_discriminate():
    tame = World().file("c/a.c", sloc=400, raw=10, length=10).card("c").risk
    some = [exposure("c/a.c", weight=900.0), defect("c/a.c"), signal("c/a.c", rule="untrusted-input")]
    plain = World().file("c/a.c", sloc=3000, raw=320, length=320, findings=some).card("c").risk
    wild = World().file("c/a.c", sloc=8000, raw=2000, length=2000, findings=risky_findings("c/a.c")).card("c").risk
    low, high, severe = load_anchors().score.bands
    assert tame < low < plain < high
    assert wild > severe


def test_skipped_files_lower_coverage_and_widen_the_interval():
    card = World().file("c/a.c", sloc=1000).skip("c/big.c", component="c", size=30_000).card("c")
    assert card.coverage == pytest.approx(0.5)
    assert card.risk_high == pytest.approx(card.risk + (100 - card.risk) / 2, abs=0.01)
    assert card.confidence is Confidence.LOW


def test_feasibility_knows_tests_harnesses_obstacles_cycles_and_the_boundary():
    world = World().file(
        "c/a.c", findings=[obstacle("c/a.c")], functions=[function(f"f{i}", line=i * 30 + 1) for i in range(4)]
    )
    world.file("d/b.c").unit("c", "d").edge("d/b.c", "c/a.c", "f1").edge("d/b.c", "c/a.c", "f2")
    world.file("fuzz/fuzz.c", component="fuzz", role=Role.TEST, findings=[signal("fuzz/fuzz.c", rule="fuzz-harness")])
    world.edge("fuzz/fuzz.c", "c/a.c", "f1")
    card = world.card("c")
    assert factor(card, "narrow-boundary").value == 0.03
    assert factor(card, "tests").value == 1
    assert factor(card, "fuzzing").value == 1
    assert "nonlocal-jump" in factor(card, "obstacles").because
    assert factor(card, "independence").level < 1
    assert "d" in factor(card, "independence").because


def test_own_test_files_are_told_from_those_that_call_it():
    world = World().file("c/a.c").file("t/x.c", role=Role.TEST).file("t/y.c", role=Role.TEST)
    world.edge("t/x.c", "c/a.c", "f").edge("t/y.c", "c/a.c", "f")
    assert factor(world.card("c"), "tests").because.startswith("No test file of its own; 2 that reach it by calls.")
    world.file("c/own.c", role=Role.TEST)
    assert factor(world.card("c"), "tests").because.startswith("1 test file of its own; 2 more that reach it by calls.")
    world.file("t/z.c", role=Role.TEST).edge("t/z.c", "c/a.c", "a.h", kind=EdgeKind.INCLUDE)
    assert "1 that only names what it declares" in factor(world.card("c"), "tests").because


def test_a_component_cut_out_of_a_larger_cycle_says_so():
    world = World().file("a/a.c").file("b/b.c").file("c/c.c").file("d/d.c").unit("b", "c")
    world.cycle("a", "b", "c", cuts=[("a", "b"), ("c", "a"), ("b", "c")])
    alone = factor(world.card("a"), "independence")
    assert (alone.value, alone.level) == (0, 1.0)
    assert alone.because.startswith("It can move alone. It is part of a cycle of 3 components that was cut at 2 places")
    together = factor(world.card("b"), "independence").because
    assert together.startswith("It is in a cycle with c: they need each other. It is part of a cycle of 3 components")
    assert factor(world.card("d"), "independence").because == "It is in no cycle: it can move alone."


def test_tests_that_reach_it_through_a_caller_count_less():
    world = World().file("c/a.c").file("d/b.c").file("t/t.c", role=Role.TEST)
    world.edge("d/b.c", "c/a.c", "f").edge("t/t.c", "d/b.c", "g")
    direct, indirect = factor(world.card("d"), "tests"), factor(world.card("c"), "tests")
    assert direct.level > indirect.level > factor(World().file("c/a.c").card("c"), "tests").level
    assert "through a component that uses it" in indirect.because


def test_includes_are_no_crossings():
    world = World().file("c/a.h").file("d/b.c").edge("d/b.c", "c/a.h", "a.h", kind=EdgeKind.INCLUDE)
    assert factor(world.card("c"), "narrow-boundary").value == 0


def test_criticality_is_neutral_until_configured():
    world = World().file("c/a.c").file("d/b.c")
    cards = {card.component: card for card in world.score(PlanOptions(criticality={"c": 0.25})).components}
    assert cards["c"].value == 0.25
    assert cards["d"].value == 1.0
    assert cards["c"].score == pytest.approx(cards["d"].score / 2)
    assert "neutral" in factor(cards["d"], "criticality").because


def test_components_come_best_first_and_ties_by_name():
    world = World().file("b/x.c").file("a/x.c").file("z/x.c", findings=risky_findings("z/x.c"))
    assert [card.component for card in world.score().components] == ["z", "a", "b"]


def test_an_empty_repository_has_an_empty_scorecard():
    scorecard = World().score()
    assert scorecard.components == ()
    assert scorecard.files == ()
    assert scorecard.anchors_version == load_anchors().version
