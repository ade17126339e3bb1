"""Frequency, ways, sites and the ranking with and without profiles."""

from __future__ import annotations

import msgspec
import pytest
from java_world import allocation, candidates_of, heat_of, java_file

from rustplan.model.evidence import Evidence
from rustplan.model.profile import MeasuredMethod, Profile, ProfileKind
from rustplan.model.score import EvidenceLevel
from rustplan.model.source import Role

HANDLER = """package p;
class H extends ChannelInboundHandlerAdapter {
  public void channelRead(Object c, Object m) {
    %s
  }
  void helper() { new Foo(); }
  void other() { new Foo(); }
  void reportBad() { new Foo(); }
}
class Foo {}
"""


def calls(body):
    return heat_of(HANDLER % body).calls


def profile(kind, values, events=1000, name="run.jfr"):
    total = float(sum(values.values()))
    methods = tuple(MeasuredMethod(name=key, path="src/A.java", line=1, value=value) for key, value in values.items())
    one = Profile(
        name=name,
        format="jfr",
        kind=kind,
        unit="bytes",
        sha256="0",
        events=events,
        total=total,
        mapped=total,
        methods=methods,
    )
    return Evidence(profiles=(one,))


def names(found):
    return [f"{one.class_name}.{one.method}" for one in found]


def test_a_loop_multiplies_and_conditions_divide():
    plain = calls("helper();")["p.H.helper"]
    assert calls("if (m == c) helper();")["p.H.helper"] < plain
    assert calls("if (m == null) helper();")["p.H.helper"] < calls("if (m == c) helper();")["p.H.helper"]
    assert calls("for (int i = 0; i < 9; i++) helper();")["p.H.helper"] > 4 * plain
    assert calls("switch (1) { case 1: helper(); }")["p.H.helper"] < plain


@pytest.mark.parametrize(
    "body",
    [
        "try { m.wait(); } catch (Exception e) { helper(); }",
        "if (m == c) { helper(); throw new IllegalStateException(); }",
        "throw new IllegalStateException(helper());",
        "if (DEBUG) helper();",
        "if (log.isDebugEnabled()) helper();",
    ],
)
def test_cold_code_runs_hardly_ever(body):
    assert calls(body)["p.H.helper"] < 0.01 * calls("helper();")["p.H.helper"]


def test_methods_named_after_errors_are_cold():
    found = calls("helper(); reportBad();")
    assert found["p.H.reportBad"] < 0.1 * found["p.H.helper"]


def test_recursion_ends_below_the_cap():
    source = "package p; class T { public static void main(String[] a) { even(); } static void even() { while (x()) odd(); } static void odd() { while (x()) even(); } static boolean x() { return true; } }"
    found = heat_of(source).calls
    assert 0 < found["p.T.odd"] < found["p.T.main"] * 10**3


def test_the_way_leads_from_the_entry_point_to_the_method():
    file = java_file(HANDLER % "for (int i = 0; i < 9; i++) helper();")
    first = candidates_of([file]).methods[0]
    assert f"{first.class_name}.{first.method}" == "p.H.helper"
    assert [step.method for step in first.route] == ["p.H.channelRead", "p.H.helper"]
    assert first.route[0].how == "Netty message handler"
    assert "inside 1 loop" in first.route[1].how
    assert first.level is EvidenceLevel.STATIC
    assert first.share is None
    assert "hot" not in first.evidence


def test_sites_count_bytes_loops_and_field_initialisers():
    source = "package p;\nclass A {\n  byte[] b = new byte[9];\n  void run() {\n    for (;;) {\n      x = new A();\n    }\n  }\n}\n"
    findings = (allocation("", 3, rule="array-allocation"), allocation("p.A.run", 6))
    found = {one.method: one for one in candidates_of([java_file(source, findings=findings)]).methods}
    assert found["<init>"].bytes_per_call == 32
    assert found["run"].bytes_per_call == 32 * 8
    assert [(site.rule, site.line) for site in found["run"].sites] == [("object-allocation", 6)]


def test_measured_allocation_comes_first_and_may_be_called_hot():
    file = java_file(HANDLER % "helper(); if (m == c) other();")
    static = candidates_of([file])
    assert names(static.methods)[0] == "p.H.helper"
    found = candidates_of([file], profile(ProfileKind.ALLOCATION, {"p.H.other": 90.0, "p.H.channelRead": 10.0}))
    assert names(found.methods)[:2] == ["p.H.other", "p.H.channelRead"]
    best = found.methods[0]
    assert (best.level, best.share) == (EvidenceLevel.MEASURED_ALLOCATION, 0.9)
    assert "hot: 90.0% of the bytes" in best.evidence
    assert found.classes[0].class_name == "p.H"
    assert found.classes[0].share == pytest.approx(1.0)


def test_methods_that_no_sample_names_keep_the_static_order():
    file = java_file(HANDLER % "helper(); if (m == null) other();")
    found = candidates_of([file], profile(ProfileKind.ALLOCATION, {"p.H.channelRead": 1.0}))
    order = names(found.methods)
    assert order[0] == "p.H.channelRead"
    assert order.index("p.H.helper") < order.index("p.H.other")
    assert "no profile names it" in found.methods[order.index("p.H.helper")].evidence


def test_compiled_methods_come_before_the_others_and_are_no_measurement():
    file = java_file(HANDLER % "helper(); if (m == null) other();")
    best = candidates_of([file], profile(ProfileKind.COMPILED, {"p.H.other": 4.0})).methods[0]
    assert (best.method, best.level, best.share) == ("other", EvidenceLevel.COMPILED, None)
    assert "hot" not in best.evidence


def test_processor_samples_count_for_methods_that_have_a_site():
    file = java_file(HANDLER % "helper(); if (m == null) other();")
    found = candidates_of([file], profile(ProfileKind.CPU, {"p.H.other": 60.0, "p.H.channelRead": 40.0})).methods
    assert names(found)[0] == "p.H.other"
    assert "p.H.channelRead" not in names(found)


BENCHMARK = (
    "package p; class B { @Benchmark public void measure() { new B(); new Codec().encode(); new Codec().close(); } }"
)
CODEC = "package p; class Codec { Object encode() { return frame(); } Object frame() { return new Codec(); } }"


def test_what_a_benchmark_calls_is_declared_and_the_benchmark_is_no_candidate():
    codec = CODEC.replace("return frame()", "return new Object[] {new Codec(), frame()}")
    found = {
        one.method: one.level
        for one in candidates_of([java_file(BENCHMARK), java_file(codec, "src/Codec.java")]).methods
    }
    assert found == {"encode": EvidenceLevel.DECLARED, "frame": EvidenceLevel.STATIC}


def test_benchmarks_beside_the_product_say_what_is_hot_and_are_no_candidates():
    bench = msgspec.structs.replace(java_file(BENCHMARK), role=Role.EXAMPLE)
    found = candidates_of([bench, java_file(CODEC, "src/Codec.java")]).methods
    assert [one.method for one in found] == ["frame"]
    assert found[0].route[0].method == "p.B.measure"


TWO = """package p;
class H extends ChannelInboundHandlerAdapter {
  public void channelRead(Object c, Object m) { for (int i = 0; i < 9; i++) trim(i); }
  int trim(int i) { return i; }
  Object trim() { return new H(); }
}
"""


def test_a_hot_overload_that_allocates_nothing_does_not_heat_the_others():
    one = next(one for one in candidates_of([java_file(TWO)]).methods if one.method == "trim")
    called = next(
        one for one in candidates_of([java_file(TWO.replace("trim(i);", "trim();"))]).methods if one.method == "trim"
    )
    assert one.score < called.score / 10
    assert one.line == called.line == 5
    assert (one.route, one.heat) == ((), 0.0)
    assert called.route[0].method == "p.H.channelRead"


def test_a_type_of_the_table_that_names_its_outer_class_is_no_other_of_that_name():
    java = "class P implements java.util.function.Consumer<Object> { public void accept(Object o) { new P(); } }"
    queue = "import org.jctools.queues.MessagePassingQueue; class Q implements MessagePassingQueue.Consumer<Object> { public void accept(Object o) { new Q(); } }"
    found = {one.class_name: one for one in candidates_of([java_file(java), java_file(queue, "src/Q.java")]).methods}
    assert "queue consumer" in found["Q"].evidence
    assert "queue consumer" not in found["P"].evidence
