"""Proposals from source: arithmetic, order, words, and what they must never say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seam_cases import COSTS, candidate, level, proposals, words

from rustplan.model.score import AllocationSite, EvidenceLevel, RouteStep
from rustplan.plan.latency.factors import SHAPE, factor, grain_factor, seam_of
from rustplan.plan.latency.situation import Situation

KERNEL = """
package p;
class Kernel {
    static int encode(java.nio.ByteBuffer in, long[] out, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) { for (int j = 0; j < 8; j++) { sum += i * j; out[i] = sum; sum ^= j; sum += 3; } }
        return sum;
    }
    java.util.List<String> split(String text) {
        java.util.List<String> parts = new java.util.ArrayList<>();
        for (int i = 0; i < text.length(); i++) { parts.add(text.substring(i)); }
        return parts;
    }
    Kernel() { }
}
"""
CODEC = candidate("p.Kernel.encode")


def only(*sources, **more):
    (found,) = proposals(*sources, **more)
    return found


def test_a_kernel_over_buffers_is_a_good_seam():
    found = only(KERNEL, candidates=[CODEC])
    assert found.boundary == "jni"
    assert found.seam > COSTS.score.least_seam
    assert found.body_ns > found.break_even_ns == 10 * found.crossing_ns
    assert [level(found, name) for name in ("ret", "cb", "state", "batch")] == [1.0, 1.0, 1.0, 1.0]


def test_a_method_that_makes_objects_is_none():
    found = only(KERNEL, candidates=[candidate("p.Kernel.split")])
    assert (found.boundary, found.crossing_ns, found.break_even_ns) == ("none", None, None)
    assert "let the caller pass the buffer to fill" in words(found, "ret")


def test_the_factors_reproduce_the_seam():
    for one in proposals(KERNEL, candidates=[CODEC, candidate("p.Kernel.split")]):
        product = math.prod(part.level**part.weight for part in one.factors)
        assert one.seam == pytest.approx(100 * product, abs=0.006)
        assert [part.name for part in one.factors] == [*SHAPE, "grain", "gain"]
        assert sum(part.weight for part in one.factors) == pytest.approx(0.6 + 0.6 + 0.4)
        assert "each factor's level to the power of its weight" in one.because


def test_it_is_the_formula_of_the_method():
    found = only(KERNEL, candidates=[CODEC])
    shape = math.prod(level(found, name) for name in SHAPE) ** (1 / 5)
    expected = 100 * level(found, "gain") ** 0.4 * (shape * level(found, "grain")) ** 0.6
    assert found.seam == pytest.approx(expected, abs=0.01)


def test_a_static_candidate_is_never_called_hot():
    found = only(KERNEL, candidates=[candidate("p.Kernel.encode", level=EvidenceLevel.STATIC, share=None)])
    text = " ".join([found.because, found.body_because, *found.advice, *(one.because for one in found.factors)])
    assert "hot" not in text.lower().split()
    assert "not measured" in found.because
    assert found.because.startswith("If a profile confirms it")
    assert found.advice[0].startswith("Measure first")
    assert "jcmd <pid> JFR.start" in found.advice[0]
    assert level(found, "gain") == pytest.approx(0.3)


def test_a_measured_one_is_not_told_to_measure_first():
    found = only(KERNEL, candidates=[CODEC])
    assert not found.advice[0].startswith("Measure first")
    assert found.level is EvidenceLevel.MEASURED_ALLOCATION


def test_advice_goes_from_flag_to_java_to_cut():
    site = AllocationSite(rule="array-allocation", path="s/F0.java", line=5, bytes=64.0)
    flag = Situation(jdk=17, pause_verdict="flag", pause_words="Try -XX:+UseZGC.")
    found = only(KERNEL, candidates=[candidate("p.Kernel.encode", sites=(site,))], situation=flag)
    assert [text.split()[0] for text in found.advice] == ["Try", "In", "Only"]
    assert "s/F0.java:5" in found.advice[1]


def test_pauses_within_the_budget_leave_nothing_to_win():
    within = Situation(
        jdk=17, relevance=0.0, relevance_because="no stop of the logs is over 5 ms", pause_verdict="within"
    )
    found = only(KERNEL, candidates=[CODEC], situation=within)
    assert (found.seam, found.boundary) == (0.0, "none")
    assert "no stop of the logs is over 5 ms" in found.because


def test_an_allocation_profile_that_does_not_name_it_means_no_gain():
    static = candidate("p.Kernel.encode", level=EvidenceLevel.STATIC, share=None)
    found = only(KERNEL, candidates=[static], situation=Situation(has_allocation_profile=True))
    assert level(found, "gain") == 0.0


def test_a_share_of_the_processor_is_no_share_of_the_bytes():
    found = only(KERNEL, candidates=[candidate("p.Kernel.encode", level=EvidenceLevel.MEASURED_CPU, share=0.9)])
    assert level(found, "gain") == pytest.approx(0.3)
    assert "90.0% of the processor time" in found.body_because


def test_the_gain_is_that_of_the_whole_cluster():
    source = "package p; class A { void a(long[] x) { for (long y : x) { b(y); } } private void b(long y) { } }"
    found = proposals(source, candidates=[candidate("p.A.a", share=0.2), candidate("p.A.b", share=0.3)])
    assert level(next(one for one in found if one.method == "p.A.a"), "gain") == pytest.approx(0.5)


def test_measured_ones_come_first_and_each_method_once():
    static = candidate("p.Kernel.encode", level=EvidenceLevel.STATIC, share=None, score=99.0)
    found = proposals(KERNEL, candidates=[static, candidate("p.Kernel.split", share=0.01), static])
    assert [one.method for one in found] == ["p.Kernel.split", "p.Kernel.encode"]


def test_constructors_and_classes_are_left_out_unless_measured():
    assert proposals(KERNEL, candidates=[candidate("p.Kernel.<init>", level=EvidenceLevel.STATIC, share=None)]) == ()
    assert only(KERNEL, candidates=[candidate("p.Kernel.<init>")]).boundary == "none"
    assert (
        proposals(KERNEL, candidates=[candidate("p.Kernel."), candidate("p.Gone.run"), candidate("p.Kernel.<clinit>")])
        == ()
    )


def test_no_more_than_some_of_each_component():
    body = "".join(f"int m{n}(int x) {{ return x; }}" for n in range(30))
    many = [candidate(f"p.A.m{n}", share=0.03) for n in range(30)]
    assert len(proposals(f"package p; class A {{ {body} }}", candidates=many)) == COSTS.score.most_each_component


def test_a_stage_is_known_by_the_entry_of_the_route():
    source = "package p; class A implements Runnable { A() {} public void run() { while (true) { one(new long[9]); } } void one(long[] x) { x[0]++; } }"
    route = (RouteStep(method="p.A.run", path="s/F0.java", line=1, how="a thread's loop"),)
    assert only(source, candidates=[candidate("p.A.one", route=route)]).boundary == "resident-loop"


def test_the_overload_is_the_one_that_allocates():
    source = """package p; class A { int m(int a) { a++; a++; a++;
      a++; return a; }
      int[] m(int[] a) { return a.clone(); } }"""
    site = AllocationSite(rule="defensive-copy", path="s/F0.java", line=3, bytes=64.0)
    found = only(source, candidates=[candidate("p.A.m", line=1, sites=(site,))])
    assert (found.line, level(found, "ret")) == (3, 0.6)


def test_what_fills_a_list_of_the_caller_returns_objects():
    source = "package p; import java.util.List; class A { void decode(byte[] in, List<Object> out) { for (byte b : in) { out.add(b); } } }"
    found = only(source, candidates=[candidate("p.A.decode")])
    assert level(found, "ret") == 0.2
    assert found.boundary == "none"


levels = st.floats(min_value=0.0, max_value=1.0, allow_nan=False)


@given(st.lists(levels, min_size=7, max_size=7), st.integers(min_value=0, max_value=6), levels)
def test_a_rising_factor_never_lowers_the_seam(values, place, other):
    weights = [COSTS.score.shape_exponent / 5] * 5 + [COSTS.score.shape_exponent, COSTS.score.gain_exponent]
    raised = [*values[:place], max(values[place], other), *values[place + 1 :]]

    def seam(numbers):
        return seam_of([factor("f", number, weight, "words") for number, weight in zip(numbers, weights, strict=True)])

    assert 0.0 <= seam(values) <= seam(raised) <= 100.0


@given(
    st.floats(min_value=0, max_value=1e9), st.floats(min_value=0, max_value=1e9), st.floats(min_value=0, max_value=1e6)
)
def test_more_work_never_lowers_the_grain(body, more, crossing):
    small, large = (grain_factor(work, crossing, "a guess", COSTS.score).level for work in (body, body + more))
    assert 0.0 <= small <= large <= 1.0


@given(
    st.text(alphabet="abcTList<>[]?,.@( )&$\u00e9", max_size=60), st.text(alphabet="ListObject<>[]. ?&", max_size=40)
)
def test_hostile_signatures_have_a_proposal_or_none(parameter, result):
    source = f"package p; class A {{ {result} run({parameter} x) {{ for (;;) {{ x.go(); }} }} }}"
    for one in proposals(source, candidates=[candidate("p.A.run")]):
        assert 0.0 <= one.seam <= 100.0
        assert one.boundary in ("none", "jni", "resident-loop")
