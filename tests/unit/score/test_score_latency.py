"""The latency track: candidates and pressure from static heat, never called hot."""

from __future__ import annotations

import itertools

from plan_world import World, exposure, function, signal
from rustplan.catalog import load_anchors
from rustplan.model.facts import Call, TypeDeclaration
from rustplan.model.finding import Track
from rustplan.model.source import Language, Role
from rustplan.score.circles import callers_first
from rustplan.score.heat import estimate_heat

JAVA = {"language": Language.JAVA, "package": "p"}
LATENCY = (Track.LATENCY,)


def allocation(path, where, line=20, weight=2.0):
    return exposure(path, line, rule="string-concatenation", function=where, weight=weight, tracks=LATENCY)


def handler_world(*, loop_depth=0, entry="onEvent"):
    """p.H.<entry> calls p.H.helper; p.H.unused calls nobody; both allocate the same."""
    path = "j/H.java"
    functions = (function(f"p.H.{entry}"), function("p.H.helper", line=30), function("p.H.unused", line=60))
    findings = (allocation(path, "p.H.helper", 35), allocation(path, "p.H.unused", 65))
    calls = (Call("helper", 5, 0, 0, "", loop_depth),)
    return World().file(path, functions=functions, findings=findings, calls=calls, **JAVA)


def scores(world):
    return {f"{c.class_name}.{c.method}": c.score for c in world.score().candidates}


def test_a_method_called_from_a_handler_is_a_better_candidate():
    found = scores(handler_world())
    assert found["p.H.helper"] > 100 * found["p.H.unused"]


def test_a_call_inside_a_loop_counts_more():
    assert (
        scores(handler_world(loop_depth=1))["p.H.helper"]
        == 8 * round(scores(handler_world())["p.H.helper"] - 2.0) + 2.0
    )


def test_candidates_say_that_nothing_was_measured_and_carry_binary_names():
    path = "j/H.java"
    world = World().file(
        path,
        functions=(function("p.H$Inner.<init>"), function("p.H.<clinit>", line=40)),
        findings=(allocation(path, "p.H$Inner.<init>"), allocation(path, "p.H.<clinit>", 41)),
        **JAVA,
    )
    candidates = world.score().candidates
    assert [(c.class_name, c.method) for c in candidates] == [("p.H$Inner", "<init>"), ("p.H", "<clinit>")]
    assert all("candidate: no profile given" in c.evidence for c in candidates)
    assert all("hot" not in c.evidence for c in candidates)
    assert {c.component for c in candidates} == {"j"}


def test_error_paths_and_growth_are_cold():
    path = "j/H.java"
    functions = (function("p.H.onEvent"), function("p.H.reportError", line=30), function("p.H.parse", line=60))
    findings = (allocation(path, "p.H.reportError", 35), allocation(path, "p.H.parse", 65))
    calls = (Call("reportError", 5, 0), Call("parse", 6, 0))
    found = scores(World().file(path, functions=functions, findings=findings, calls=calls, **JAVA))
    assert found["p.H.parse"] > 100 * found["p.H.reportError"]


def test_recursion_ends_and_does_not_feed_itself():
    path = "j/H.java"
    functions = (function("p.H.onEvent"), function("p.H.even", line=30), function("p.H.odd", line=60))
    calls = (Call("even", 5, 0), Call("odd", 31, 1, 0, "", 3), Call("even", 61, 2, 0, "", 3))
    world = World().file(path, functions=functions, calls=calls, **JAVA)
    heat = estimate_heat(world.scan.files, load_anchors().entry_points)
    assert 0 < heat.calls["p.H.odd"] < heat.calls["p.H.even"] < heat.calls["p.H.onEvent"] == 10**4


def test_supertypes_and_annotations_make_entry_points():
    path = "j/D.java"
    functions = (function("p.D.decode"), function("p.D.listen", line=40, annotations=("@KafkaListener(topics=a)",)))
    types = (TypeDeclaration(name="D", kind="class", line=1, supertypes=("ByteToMessageDecoder",)),)
    heat = estimate_heat(
        World().file(path, functions=functions, types=types, **JAVA).scan.files, load_anchors().entry_points
    )
    assert heat.methods["p.D.decode"].entry == "Netty codec"
    assert heat.methods["p.D.listen"].entry == "message listener"


def test_a_library_without_entry_points_starts_from_its_public_methods():
    heat = estimate_heat(
        World().file("j/L.java", functions=(function("p.L.read"),), **JAVA).scan.files, load_anchors().entry_points
    )
    assert heat.calls["p.L.read"] == 100


def test_object_creations_on_a_findings_line_count_once():
    path = "j/H.java"
    functions = (function("p.H.a"), function("p.H.b", line=40))
    findings = (allocation(path, "p.H.a", 5, weight=1.0),)
    calls = (Call("Foo", 5, 0, 0, "new"), Call("Foo", 41, 1, 0, "new"), Call("BadException", 42, 1, 1, "new"))
    found = scores(World().file(path, functions=functions, findings=findings, calls=calls, **JAVA))
    assert found["p.H.a"] == found["p.H.b"]


def test_pressure_is_a_sum_of_factors_and_needs_no_profile():
    world = handler_world()
    card = world.card("j", Track.LATENCY)
    assert card.risk == sum(f.contribution for f in card.risk_factors) > 0
    measured = next(f for f in card.risk_factors if f.name == "measured-allocation")
    assert measured.is_absent
    assert "no profile given" in measured.because


def test_signals_raise_the_pressure_and_tests_do_not():
    plain = handler_world().card("j", Track.LATENCY).risk
    found = [signal("j/S.java", rule="low-latency-messaging", tracks=LATENCY)]
    assert handler_world().file("j/S.java", sloc=1, findings=found, **JAVA).card("j", Track.LATENCY).risk > plain
    tested = handler_world().file("j/S.java", role=Role.TEST, findings=found, **JAVA)
    assert tested.card("j", Track.LATENCY).risk == plain


def test_callers_come_before_callees_and_circles_stay_together():
    order = callers_first(["a", "b", "c", "d"], {"a": ["b"], "b": ["c"], "c": ["b", "d"]})
    assert order == [("a",), ("b", "c"), ("d",)]


def test_long_call_chains_do_not_exhaust_the_stack():
    names = [f"n{i:05}" for i in range(20_000)]
    order = callers_first(names, {a: [b] for a, b in itertools.pairwise(names)})
    assert order[0] == ("n00000",)
    assert len(order) == len(names)
