"""Which boundary is chosen, by goal, work, trust, packaging and JDK."""

from dataclasses import replace

import pytest
from seam_cases import COSTS

from rustplan.plan.latency.choice import Case, choose
from rustplan.plan.latency.situation import Situation

CASE = Case(
    component="c", ret=1.0, cb=1.0, grain=1.0, gain=0.2, body_ns=10_000.0, crossing_ns=20.0, upcalls_ns=0.0,
    result_words="Let the caller pass the buffer to fill.", gain_words="20 % of the bytes.", route="Netty handler, per message",
)  # fmt: skip


def chosen(situation=None, **more):
    return choose(replace(CASE, **more), situation or Situation(), COSTS)


@pytest.mark.parametrize(
    ("jdk", "first", "second"),
    [(None, "jni", "ffm"), (8, "jni", "ffm"), (21, "jni", "ffm"), (22, "ffm", "jni"), (25, "ffm", "jni")],
)
def test_the_jdk_decides_between_jni_and_ffm(jdk, first, second):
    found = chosen(Situation(jdk=jdk))
    assert (found.boundary, found.runner_up) == (first, second)
    assert str(jdk) in found.because + found.runner_up_because if jdk else "unknown" in found.because


def test_no_seam_when_java_objects_come_back_and_it_calls_back_in_a_loop():
    found = chosen(ret=0.2, cb=0.1)
    assert found.boundary == "none"
    assert "consumed as Java objects and it calls back" in found.because


def test_objects_as_a_result_close_the_seam_alone():
    found = chosen(ret=0.2)
    assert (found.boundary, found.closed_by, found.runner_up) == ("none", "ret", "jni")
    assert "let the caller pass the buffer" in found.because.lower()


def test_a_goal_without_pauses_asks_for_a_resident_loop():
    found = chosen(Situation(jdk=25, pause_verdict="code", relevance_because="3 of 3 stops"))
    assert (found.boundary, found.runner_up) == ("resident-loop", "ffm")
    assert "not pauses" in found.runner_up_because
    assert "32-33" in found.runner_up_because


def test_a_stage_with_a_thread_of_its_own_does_too():
    assert chosen(own_thread="A stage with a loop of its own (p.A.run)").boundary == "resident-loop"
    assert chosen(Situation(messaging={"c": "c/A.java:3"})).boundary == "resident-loop"
    assert chosen(Situation(messaging={"other": "o/A.java:3"})).boundary == "jni"


def test_a_flag_that_removes_the_pauses_leaves_a_plain_call():
    assert chosen(Situation(pause_verdict="flag")).boundary == "jni"


def test_code_of_strangers_asks_for_a_sandbox_if_the_work_is_large():
    strange = Situation(foreign_code={"c": "defineClass in c/A.java:4"})
    found = chosen(strange, body_ns=200_000.0)
    assert (found.boundary, found.runner_up) == ("wasm", "jni")
    assert chosen(strange, body_ns=50_000.0).boundary == "jni"


def test_pauses_come_before_strangers():
    both = Situation(foreign_code={"c": "defineClass in c/A.java:4"}, pause_verdict="code")
    assert chosen(both, body_ns=200_000.0).boundary == "resident-loop"


def test_a_long_request_may_be_a_process():
    assert chosen(route="servlet, per request", body_ns=2_000_000.0).boundary == "process"
    assert chosen(route="servlet, per request", body_ns=20_000.0).boundary == "jni"


def test_work_below_the_break_even_has_no_boundary():
    assert chosen(body_ns=199.0).closed_by == "grain"
    assert chosen(body_ns=200.0).boundary == "jni"
    assert chosen(body_ns=2_000.0, upcalls_ns=200.0).closed_by == "cb"


def test_nothing_to_win_is_said():
    found = chosen(gain=0.0)
    assert (found.boundary, found.closed_by) == ("none", "gain")
    assert "20 % of the bytes" in found.because


def test_native_packaging_is_named():
    assert (
        "uses a library with native code"
        in chosen(Situation(native_because="a/B.java:3 uses a library with native code")).because
    )
    assert "nothing in the tree does that yet" in chosen().because
