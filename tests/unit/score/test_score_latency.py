"""The latency track: candidates and pressure from static heat, never called hot."""

from __future__ import annotations

import itertools

from java_world import allocation as java_allocation
from java_world import candidates_of, facts_of, heat_of, java_file

from plan_world import World, exposure, function, signal
from rustplan.model.finding import Track
from rustplan.model.source import Language, Role
from rustplan.score.circles import callers_first

JAVA = {"language": Language.JAVA, "package": "p"}
LATENCY = (Track.LATENCY,)


def allocation(path, where, line=20, weight=2.0):
    return exposure(path, line, rule="string-concatenation", function=where, weight=weight, tracks=LATENCY)


HANDLER = """package p;
public class H extends ChannelInboundHandlerAdapter {
  public void channelRead(Object c, Object m) {
    helper();
  }
  void helper() { build(); }
  void unused() { build(); }
}
"""


def handler_world():
    """p.H.channelRead calls p.H.helper; p.H.unused is called by nobody; both allocate the same."""
    path = "j/H.java"
    findings = (allocation(path, "p.H.helper", 6), allocation(path, "p.H.unused", 7))
    facts = facts_of(HANDLER)
    return World().file(path, functions=facts.functions, findings=findings, calls=facts.calls, java=facts.java, **JAVA)


def scores(world):
    return {f"{c.class_name}.{c.method}": c.score for c in world.score().candidates}


def test_a_method_called_from_a_handler_is_a_better_candidate():
    found = scores(handler_world())
    assert found["p.H.helper"] > 2 * found["p.H.unused"]


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


def test_supertypes_parameters_and_annotations_make_entry_points():
    heat = heat_of(
        "package p; class D extends ByteToMessageDecoder { public void decode(Object c) {} }",
        'package p; class L { @KafkaListener(topics = "a") void listen(String s) {} void save(Req r, StreamObserver<Res> o) {} }',
        "package p; class R implements Runnable { public void run() { while (!stopped) poll(); } }",
        "package p; class S implements Runnable { public void run() { poll(); } }",
    )
    entries = {name: method.entry for name, method in heat.methods.items() if method.entry}
    assert entries == {
        "p.D.decode": "Netty codec",
        "p.L.listen": "message listener",
        "p.L.save": "gRPC method",
        "p.R.run": "loop of a thread",
    }


def test_interfaces_of_the_platform_count_only_where_nothing_else_is_called_often():
    rows = "package p; class Rows implements ResultSet { public boolean next() { return true; } }"
    assert heat_of(rows).methods["p.Rows.next"].entry == "database interface"
    served = "package p; class S extends HttpServlet { public void doGet(Object q, Object a) {} }"
    assert heat_of(rows, served).methods["p.Rows.next"].entry == ""


def test_a_library_without_entry_points_starts_from_its_public_methods():
    assert heat_of("package p; public class L { public void read() {} }").calls["p.L.read"] == 100


def test_an_object_on_a_findings_line_counts_once():
    source = "package p; public class H {\n public void a() { new Foo(); }\n public void b() { new Foo(); }\n}"
    file = java_file(source, findings=[java_allocation("p.H.a", 2, size=24.0)])
    found = {one.method: one.score for one in candidates_of([file]).methods}
    assert found["a"] == found["b"]


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
