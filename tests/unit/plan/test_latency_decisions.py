"""Decisions for Java components agree with the proposals for their methods."""

import dataclasses

import pytest
from msgspec.structs import replace

from rustplan.catalog import load_effort
from rustplan.catalog.crossings import load_crossings
from rustplan.model.component import Component, Provenance, Unit
from rustplan.model.finding import Confidence, Track
from rustplan.model.roadmap import Boundary, Crossing, Direction, Option, SeamProposal
from rustplan.model.score import ComponentScore, EvidenceLevel, Factor
from rustplan.model.source import Language
from rustplan.plan.latency_options import boundary_of_cuts, decide_latency
from rustplan.plan.subject import Subject

EFFORT, LEAST = load_effort(), load_crossings().score.least_seam
PRESSURE = Factor(
    name="allocation-pressure",
    value=1,
    unit="x",
    anchor="",
    level=1,
    weight=1,
    contribution=1,
    because="9 allocation candidates.",
)
SEAM = SeamProposal(
    method="p.Codec.encode", members=("p.Codec.mix",), path="j/A.java", line=3, component="j", seam=55.0, factors=(), boundary="ffm",
    because="JDK 25. More.", runner_up="jni", runner_up_because="Glue.", level=EvidenceLevel.MEASURED_ALLOCATION,
)  # fmt: skip


def crossing(number, shape="jni-primitive"):
    return Crossing(
        symbol=f"p.Codec.m{number}",
        direction=Direction.INBOUND,
        shape=shape,
        hours=2.0,
        path="j/A.java",
        line=number,
        other="k",
    )


def subject(*seams, pressure=70.0, crossings=None, coverage=1.0):
    return Subject(
        component=Component(
            name="j", files=("j/A.java",), provenance=Provenance(source="maven", because="pom.xml", confidence=0.9),
            sloc=900, unsafe_sloc=0, languages={Language.JAVA: 900},
        ),
        score=ComponentScore(
            component="j", track=Track.LATENCY, risk=pressure, risk_low=pressure, risk_high=pressure, feasibility=1, value=1,
            score=pressure, confidence=Confidence.HIGH, coverage=coverage, risk_factors=(PRESSURE,),
        ),
        unit=Unit(components=("j",)),
        boundary=Boundary(mechanism="jni", because="Java calls it.", crossings=(crossing(1),) if crossings is None else crossings),
        sources=(), findings={}, file_risk=0.0, seams=tuple(seams),
    )  # fmt: skip


def decide(*seams, **more):
    return decide_latency(subject(*seams, **more), EFFORT)


def test_a_measured_good_seam_with_a_narrow_interface_may_be_a_rewrite():
    found = decide(SEAM)
    assert found.choice.option is Option.REWRITE
    assert "Codec.encode, whose seam is 55 of 100" in found.choice.because


@pytest.mark.parametrize(
    "seam",
    [
        replace(SEAM, level=EvidenceLevel.STATIC),
        replace(SEAM, level=EvidenceLevel.COMPILED),
        replace(SEAM, seam=LEAST - 0.1),
        replace(SEAM, boundary="none"),
    ],
)
@pytest.mark.parametrize("pressure", [5.0, 40.0, 100.0])
def test_no_rewrite_without_a_measured_good_seam(seam, pressure):
    found = decide(seam, pressure=pressure)
    assert found.choice.option in (Option.HARDEN, Option.RETAIN)


def test_no_rewrite_without_any_proposal():
    assert decide(pressure=100.0).choice.option is Option.HARDEN
    assert decide(pressure=10.0).choice.option is Option.RETAIN


def test_a_wide_component_keeps_its_java_around_the_cut():
    wide = tuple(crossing(number, "jni-object") for number in range(40))
    found = decide(SEAM, crossings=wide)
    assert found.choice.option is Option.HARDEN
    assert "move it with 1 method of its own" in found.choice.because
    assert "40 crossings, 40 of them with Java objects" in found.runner_up.because


def test_the_component_repeats_what_its_proposals_say():
    assert "none of its 1 candidate has a seam" in decide(replace(SEAM, boundary="none")).runner_up.because
    static = decide(replace(SEAM, level=EvidenceLevel.STATIC, seam=31.0)).runner_up.because
    assert "no candidate is measured" in static
    assert "31 of 100" in static
    low = decide(replace(SEAM, seam=LEAST - 1)).runner_up.because
    assert f"below {LEAST:g}" in low


def test_a_loop_of_its_own_is_not_told_that_pauses_stay():
    assert "not pauses" in decide(SEAM).case_against
    assert "not pauses" not in decide(replace(SEAM, boundary="resident-loop")).case_against


def test_unread_code_is_left_alone():
    assert decide(SEAM, coverage=0.3).choice.option is Option.RETAIN


def test_the_mechanism_is_that_of_the_best_proposal():
    boundary = subject().boundary
    assert boundary_of_cuts(boundary, ()) is boundary
    assert boundary_of_cuts(boundary, (SEAM,)).mechanism == "ffm"
    closed = boundary_of_cuts(boundary, (replace(SEAM, boundary="none"),))
    assert closed.mechanism == "none"
    assert closed.crossings == boundary.crossings


def measured(value, evidence=()):
    return replace(
        PRESSURE, name="measured-allocation", value=value, because=f"{value:.0%} measured.", evidence=evidence
    )


def profiled(value, **more):
    plain = subject(**more)
    return dataclasses.replace(plain, score=replace(plain.score, risk_factors=(PRESSURE, measured(value))))


def test_a_component_that_the_profile_does_not_name_is_kept():
    found = decide_latency(profiled(0.004), EFFORT)
    assert found.choice.option is Option.RETAIN
    assert "0.4% of the allocated bytes" in found.choice.because


def test_what_was_measured_leads_the_words():
    found = decide_latency(profiled(0.4), EFFORT)
    assert found.choice.option is Option.HARDEN
    assert "40% measured." in found.choice.because
    assert "allocation candidates" not in found.choice.because


def test_an_absent_profile_is_no_zero():
    plain = subject()
    absent = replace(measured(0.0), is_absent=True)
    given = dataclasses.replace(plain, score=replace(plain.score, risk_factors=(PRESSURE, absent)))
    assert decide_latency(given, EFFORT).choice.option is Option.HARDEN
