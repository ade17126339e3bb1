"""An analysis with a profile, a log, a measured method, a class, a seam and a comment that accepts a finding."""

from __future__ import annotations

import msgspec

from builders import analysis as full_analysis
from rustplan.model.analysis import Analysis
from rustplan.model.evidence import Evidence
from rustplan.model.pauses import Bin, PauseAdvice, PauseGroup, PauseKind, PauseLog, Pauses
from rustplan.model.profile import Amount, MeasuredMethod, Profile, ProfileKind
from rustplan.model.roadmap import SeamProposal
from rustplan.model.score import AllocationSite, Candidate, EvidenceLevel, Factor, RouteStep
from rustplan.model.suppression import Suppression, SuppressionComment

HOSTILE = "evil<script>alert(1)</script>\u202e"


def young(over: int = 2) -> PauseGroup:
    return PauseGroup(
        kind=PauseKind.YOUNG,
        cause="G1 Evacuation Pause",
        count=5,
        total_ms=30.0,
        median_ms=4.0,
        p99_ms=20.0,
        worst_ms=20.0,
        over=over,
        worst_line=93,
        bins=(Bin(3.16, 3.98, 3), Bin(19.9, 25.1, 2)),
    )


def measured(**overrides: object) -> Analysis:
    """An analysis with a profile, a log, a measured method, a class and a seam."""
    base = full_analysis()
    java = next(file for file in base.scorecard.files if file.path.endswith(".java"))
    candidate = Candidate(
        class_name="a.b.Feed",
        method="onEvent",
        score=9.0,
        evidence="41 % of the measured bytes",
        path=java.path,
        line=12,
        component=java.component,
        level=EvidenceLevel.MEASURED_ALLOCATION,
        heat=4.0,
        bytes_per_call=120.0,
        share=0.41,
        route=(RouteStep(method="a.b.Feed.onEvent", path=java.path, line=12, how="event handler"),),
        sites=tuple(
            AllocationSite(
                rule="array-allocation", path=java.path, line=line, bytes=24.0, guard="in a throw" if line == 20 else ""
            )
            for line in range(20, 27)
        ),
        triggers=("low-latency-pipeline",),
    )
    static = msgspec.structs.replace(candidate, method="", level=EvidenceLevel.STATIC, share=None, class_name=HOSTILE)
    seam = SeamProposal(
        method="a.b.Feed.onEvent",
        members=("a.b.Feed.parse",),
        path=java.path,
        line=12,
        component=java.component,
        seam=31.0,
        factors=(
            Factor(
                name="ret",
                value=0.2,
                unit="",
                anchor="",
                level=0.2,
                weight=0.12,
                contribution=0.024,
                because=f"It returns {HOSTILE}: let the caller pass a buffer.",
            ),
        ),
        boundary="jni",
        because="One call for a batch.",
        runner_up="ffm",
        runner_up_because="The JDK is older than 22.",
        crossing_ns=66.0,
        break_even_ns=660.0,
        body_ns=2500.0,
        body_because="a guess",
        advice=("Measure first.",),
        level=EvidenceLevel.MEASURED_ALLOCATION,
    )
    profile = Profile(
        name="load.jfr",
        format="JFR",
        kind=ProfileKind.ALLOCATION,
        unit="bytes",
        sha256="0" * 64,
        events=1500,
        total=1000.0,
        mapped=800.0,
        methods=(MeasuredMethod(name="a.b.Feed.onEvent", path=java.path, line=12, value=800.0),),
        unmapped=(Amount(HOSTILE, 200.0),),
        seconds=10.0,
    )
    pauses = Pauses(
        budget_ms=5.0,
        logs=(PauseLog(name="gc.log", format="gc-unified", sha256="0" * 64, collector="G1", groups=(young(),)),),
        advice=(PauseAdvice(verdict="flag", advice="Try ZGC.", because="2 of 5 young", over=2, worst_ms=20.0),),
        verdict="flag",
        groups=(young(),),
    )
    return msgspec.structs.replace(
        base,
        evidence=Evidence(profiles=(profile,), pauses=pauses),
        scorecard=msgspec.structs.replace(base.scorecard, candidates=(candidate,), candidate_classes=(static,)),
        roadmap=msgspec.structs.replace(base.roadmap, seams=(seam,)),
        suppressions=(
            Suppression(
                comment=SuppressionComment(
                    path=java.path,
                    line=3,
                    rules=("array-allocation",),
                    reason=HOSTILE,
                    first=3,
                    last=3,
                    until="2027-01-01",
                ),
                state="used",
                findings=base.findings[:1],
            ),
        ),
        **overrides,
    )
