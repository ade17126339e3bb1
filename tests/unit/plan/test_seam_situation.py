"""What surrounds the candidates, and how the roadmap carries their proposals."""

import pytest
from msgspec.structs import replace
from seam_cases import candidate, scanned

from rustplan.catalog import load_effort
from rustplan.model.code_graph import CodeGraph, Definition, Edge, EdgeKind
from rustplan.model.component import Component, ComponentGraph, Provenance, Unit
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Confidence, Track
from rustplan.model.options import PlanOptions
from rustplan.model.pauses import PauseAdvice, PauseGroup, PauseKind, PauseLog, Pauses
from rustplan.model.profile import Profile, ProfileKind
from rustplan.model.roadmap import Crossing, Direction
from rustplan.model.score import ComponentScore, EvidenceLevel, Factor, Scorecard
from rustplan.model.source import Language
from rustplan.plan import plan
from rustplan.plan.boundary import boundary_of
from rustplan.plan.latency.situation import look_around

KERNEL = """
package p;
class Kernel { static int encode(byte[] in, int n) { int s = 0; for (int i = 0; i < n; i++) { for (byte b : in) { for (int k = 0; k < 8; k++) { s += b; s ^= i; s *= 3; } } } return s; } }
"""
USER = "package q; class User { void use(byte[] in) { p.Kernel.encode(in, 1); } }"


def components(*paths, name="s"):
    one = Component(
        name=name, files=paths, provenance=Provenance(source="maven", because="pom.xml", confidence=0.9), sloc=500, unsafe_sloc=0,
        languages={Language.JAVA: 500},
    )  # fmt: skip
    return ComponentGraph(components=(one,), units=(Unit(components=(name,)),))


def around(*sources, evidence=None, graph=None, jdk=None):
    scan = scanned(*sources)
    paths = tuple(file.path for file in scan.files)
    return look_around(scan, components(*paths), graph or CodeGraph(), evidence or Evidence(), jdk)


def group(kind, over, cause="G1 Evacuation Pause"):
    return PauseGroup(
        kind=kind, cause=cause, count=9, total_ms=90, median_ms=9, p99_ms=12, worst_ms=12, over=over, worst_line=1
    )


def paused(*groups, verdict="code"):
    log = PauseLog(name="gc.log", format="gc-unified", sha256="0", collector="G1", groups=groups)
    advice = PauseAdvice(verdict=verdict, advice="Try a larger heap.", because="", over=1, worst_ms=12)
    return Evidence(pauses=Pauses(budget_ms=5.0, logs=(log,), advice=(advice,), verdict=verdict))


def test_without_a_log_every_stop_counts():
    found = around(KERNEL)
    assert (found.relevance, found.pause_verdict, found.native_because) == (1.0, "", "")


def test_the_relevance_is_the_share_of_stops_by_allocation():
    log = (
        group(PauseKind.YOUNG, 3),
        group(PauseKind.SAFEPOINT, 1),
        group(PauseKind.STALL, 2),
        group(PauseKind.MIXED, 2),
    )
    found = around(KERNEL, evidence=paused(*log))
    assert found.relevance == pytest.approx(5 / 8)
    assert "5 of 8 stops over 5 ms" in found.relevance_because
    assert (found.pause_verdict, found.pause_words) == ("code", "Try a larger heap.")
    humongous = group(PauseKind.MIXED, 2, cause="G1 Humongous Allocation")
    assert around(KERNEL, evidence=paused(humongous)).relevance == 1.0
    assert around(KERNEL, evidence=paused(group(PauseKind.YOUNG, 0))).relevance == 0.0


def test_signs_of_native_packaging_and_of_strangers():
    loading = 'package q; class L { static { System.loadLibrary("acme"); } Class<?> c(byte[] b) { return defineClass("x", b, 0, 1); } }'
    found = around(KERNEL, loading)
    assert found.native_because == "s/F1.java:1 loads acme"
    assert found.foreign_code == {"s": "defineClass in s/F1.java:1"}
    edge = Edge(dependent="s/F0.java", dependency="c/a.c", kind=EdgeKind.JNI, symbol="f", line=4)
    assert around(KERNEL, loading, graph=CodeGraph(edges=(edge,))).native_because.startswith(
        "s/F0.java:4 calls native code"
    )


def test_a_host_of_webassembly_is_seen():
    assert (
        "imports com.dylibso.chicory.runtime.Instance"
        in around("package q; import com.dylibso.chicory.runtime.Instance; class W { }").wasm_because
    )


def test_an_allocation_profile_is_noticed():
    profile = Profile(
        name="a", format="jfr", kind=ProfileKind.ALLOCATION, unit="bytes", sha256="0", events=1, total=1, mapped=1
    )
    assert around(KERNEL, evidence=Evidence(profiles=(profile,))).has_allocation_profile
    cpu = replace(profile, kind=ProfileKind.CPU)
    assert not around(KERNEL, evidence=Evidence(profiles=(cpu,))).has_allocation_profile


def roadmap(level, share, *, jdk=17, evidence=None):
    scan = scanned(KERNEL, USER)
    pressure = Factor(
        name="allocation-pressure",
        value=1,
        unit="x",
        anchor="",
        level=1,
        weight=80,
        contribution=80,
        because="9 candidates.",
    )
    score = ComponentScore(
        component="s", track=Track.LATENCY, risk=80, risk_low=80, risk_high=80, feasibility=1, value=1, score=80,
        confidence=Confidence.HIGH, coverage=1.0, risk_factors=(pressure,),
    )  # fmt: skip
    edge = Edge(dependent="q/User.java", dependency="s/F0.java", kind=EdgeKind.CALL, symbol="p.Kernel.encode", line=1)
    encode = scan.files[0].facts.functions[0]
    definition = Definition(
        path="s/F0.java", name="encode", qualified_name="p.Kernel.encode", line=3, language=Language.JAVA,
        parameters=encode.parameters, return_type="int",
    )  # fmt: skip
    candidates = (candidate("p.Kernel.encode", level=level, share=share),)
    return plan(
        scan, components("s/F0.java", "s/F1.java"), CodeGraph(edges=(edge,), definitions=(definition,)),
        Scorecard(components=(score,), candidates=candidates), load_effort(), PlanOptions(), evidence or Evidence(), jdk,
    )  # fmt: skip


def test_component_and_method_agree_in_the_roadmap():
    found = roadmap(EvidenceLevel.MEASURED_ALLOCATION, 0.6, jdk=25)
    (seam,), (step,) = found.seams, found.steps
    assert (seam.boundary, step.boundary.mechanism, step.choice.option.value) == ("ffm", "ffm", "harden")
    assert "no test was found" in step.choice.because
    assert "Kernel.encode behind the foreign-function interface" in step.choice.because
    assert "sanitizer" not in step.choice.because
    assert not any("no profile" in text for text in step.needs_confirmation)
    assert not any("Record a profile" in text for text in step.first_actions)
    assert set(step.first_actions) == set(seam.advice)


def test_without_a_profile_the_component_is_measured_first():
    found = roadmap(EvidenceLevel.STATIC, None)
    (seam,), (step,) = found.seams, found.steps
    assert step.choice.option.value == "harden"
    assert "no candidate is measured" in step.runner_up.because
    assert seam.advice[0].startswith("Measure first")
    assert any("Record a profile" in text for text in step.first_actions)


def test_stops_that_no_flag_removes_lead_to_a_resident_loop():
    found = roadmap(EvidenceLevel.MEASURED_ALLOCATION, 0.6, evidence=paused(group(PauseKind.YOUNG, 4)))
    assert found.seams[0].boundary == "resident-loop"
    assert found.steps[0].boundary.mechanism == "resident-loop"
    assert found.seams[0].advice[0] == "Try a larger heap."


@pytest.mark.parametrize(
    ("shapes", "mechanism"), [(["pointer-length"], "ffm"), (["jni-primitive"], "jni"), (["unknown"], "jni")]
)
def test_functions_that_java_looks_up_are_reached_through_ffm(shapes, mechanism):
    crossings = [
        Crossing(symbol=f"f{n}", direction=Direction.INBOUND, shape=shape, hours=1.0, path="c/a.c", line=n, other="j")
        for n, shape in enumerate(shapes)
    ]
    native = replace(components("c/a.c").components[0], languages={Language.C: 500}, unsafe_sloc=500)
    found = boundary_of(native, Track.MEMORY_SAFETY, crossings, has_main=False, is_jni=True)
    assert found.mechanism == mechanism
