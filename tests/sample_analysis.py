"""A small analysis with every part filled in, and a hostile twin, for tests of outputs and commands."""

from __future__ import annotations

from typing import Any

import msgspec

from rustplan.model.analysis import SCHEMA_VERSION, Analysis, Coverage, LanguageCoverage, Tool
from rustplan.model.code_graph import EdgeKind
from rustplan.model.component import Component, ComponentGraph, Dependency, DependencyEvidence, Provenance, Unit
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.finding import (
    Confidence,
    Excerpt,
    Finding,
    Kind,
    RelatedLocation,
    RuleSummary,
    RustEffect,
    Severity,
    Track,
)
from rustplan.model.roadmap import (
    Alternative,
    Boundary,
    Crossing,
    Direction,
    Effort,
    Option,
    Parked,
    Roadmap,
    Step,
    Wave,
)
from rustplan.model.score import Candidate, ComponentScore, Factor, FactorEvidence, FileScore, Scorecard
from rustplan.model.source import (
    DegradedFile,
    DegradeReason,
    IgnoredPath,
    Language,
    Project,
    Role,
    SkippedFile,
    SkipReason,
)

HOSTILE = "evil\x1b[2J\x1b]0;pwn\x07[red]x[/red]\u202e,\n=cmd|'`<b>\"@me"
"""Escape sequences, rich markup, a bidirectional override, a formula, Markdown and HTML in one name."""


def sample_analysis(**overrides: Any) -> Analysis:
    """An analysis of a gateway with two C components and a Java one; keyword arguments replace whole fields."""
    return msgspec.structs.replace(_gateway("net/tls"), **overrides)


def hostile_analysis() -> Analysis:
    """The same, where the first component, its file, function and messages carry the hostile name."""
    return _gateway(HOSTILE)


def _gateway(first: str) -> Analysis:
    path = f"src/{first}.c"
    return Analysis(
        schema=SCHEMA_VERSION,
        tool=Tool(name="rustplan", version="0.1.0", rules_digest="a" * 64, catalog_digest="b" * 64),
        project=Project(name="gateway", commit="3f2a91c0ffee3f2a91c0ffee3f2a91c0ffee1234", date="2026-11-20"),
        command="rustplan scan .",
        settings={"include": [], "plan.engineers": None},
        settings_digest="c" * 64,
        coverage=_coverage(first),
        findings=_findings(first, path),
        rules=_rules(),
        targets=(),
        graph=_graph(first, path),
        evidence=Evidence(absent=(AbsentEvidence(name="history", because="not read", effect="churn is unknown"),)),
        scorecard=_scorecard(first, path),
        roadmap=_roadmap(first, path),
        excerpts=(
            Excerpt(
                path=path,
                line=121,
                first_line=119,
                lines=("\tif (n == 0) return -1;", "", "\tmemcpy(buf, p, n); /* ü */"),
            ),
        ),
        data_digest="d" * 64,
    )


def _coverage(first: str) -> Coverage:
    return Coverage(
        share=0.93456789123,
        languages=(
            LanguageCoverage(
                language=Language.C,
                role=Role.SOURCE,
                files=2,
                sloc=1600,
                functions=40,
                bytes=50000,
                unread_bytes=3000,
                masked_bytes=10,
            ),
            LanguageCoverage(
                language=Language.JAVA,
                role=Role.SOURCE,
                files=1,
                sloc=300,
                functions=12,
                bytes=9000,
                unread_bytes=0,
                masked_bytes=0,
            ),
        ),
        skipped=(
            SkippedFile(
                path=f"big/{first}.c",
                reason=SkipReason.TOO_LARGE,
                detail="209715200 bytes",
                language=Language.C,
                size=209715200,
            ),
        ),
        degraded=(DegradedFile(path="src/util.c", reason=DegradeReason.PARSE_ERRORS, detail="312 bytes"),),
        ignored=(IgnoredPath(path="build", pattern="build/", origin=".gitignore:3"),),
        other_files=17,
    )


def _findings(first: str, path: str) -> tuple[Finding, ...]:
    return (
        Finding(
            rule="unbounded-copy",
            kind=Kind.DEFECT,
            path=path,
            line=121,
            column=2,
            end_line=121,
            end_column=19,
            message=f"`memcpy` copies n bytes into `buf` in {first}",
            severity=Severity.CRITICAL,
            confidence=Confidence.HIGH,
            cwe=787,
            function=f"read_{first}",
            related=(RelatedLocation(line=119, message="n is tested here"),),
        ),
        Finding(
            rule="raw-buffer",
            kind=Kind.EXPOSURE,
            path=path,
            line=140,
            column=5,
            end_line=140,
            end_column=5,
            message="pointer arithmetic",
            severity=Severity.LOW,
            cwe=119,
            weight=6.0,
            lines=(140, 150, 151),
        ),
        Finding(
            rule="inline-assembly",
            kind=Kind.OBSTACLE,
            path="src/util.c",
            line=9,
            column=1,
            end_line=9,
            end_column=8,
            message="asm",
        ),
        Finding(
            rule="hot-allocation",
            kind=Kind.EXPOSURE,
            path="src/main/java/Feed.java",
            line=30,
            column=9,
            end_line=30,
            end_column=20,
            message="allocation in a loop",
            severity=Severity.MEDIUM,
            tracks=(Track.LATENCY,),
        ),
        Finding(
            rule="unbounded-copy",
            kind=Kind.DEFECT,
            path="tests/test_tls.c",
            line=4,
            column=1,
            end_line=4,
            end_column=9,
            message="strcpy in a test",
            severity=Severity.HIGH,
            cwe=787,
        ),
    )


def _rules() -> tuple[RuleSummary, ...]:
    return (
        RuleSummary(
            id="hot-allocation",
            kind=Kind.EXPOSURE,
            title="Allocation in a loop",
            why="Every turn makes garbage.",
            in_rust="The value lives on the stack.",
            rust_effect=RustEffect.GONE,
            severity=Severity.MEDIUM,
            tracks=(Track.LATENCY,),
        ),
        RuleSummary(
            id="inline-assembly",
            kind=Kind.OBSTACLE,
            title="Inline assembly",
            why="It must be rewritten by hand.",
            in_rust="core::arch::asm!",
            rust_effect=RustEffect.NOT_APPLICABLE,
        ),
        RuleSummary(
            id="raw-buffer",
            kind=Kind.EXPOSURE,
            title="Raw pointer arithmetic",
            why="Nothing checks the end.",
            in_rust="Slices know their length.",
            rust_effect=RustEffect.PANIC,
            tracks=(Track.MEMORY_SAFETY,),
            cwe=(119,),
            severity=Severity.LOW,
        ),
        RuleSummary(
            id="unbounded-copy",
            kind=Kind.DEFECT,
            title="Unbounded copy into fixed buffer",
            why="The length is never compared with the size of the buffer.",
            in_rust="copy_from_slice panics instead of writing past the end.",
            rust_effect=RustEffect.PANIC,
            tracks=(Track.MEMORY_SAFETY,),
            cwe=(787, 120),
            severity=Severity.CRITICAL,
            confidence=Confidence.HIGH,
        ),
    )


def _graph(first: str, path: str) -> ComponentGraph:
    config = Provenance(source="cmake", because=f"add_library({first}) in CMakeLists.txt", confidence=0.75)
    return ComponentGraph(
        components=(
            Component(
                name=first,
                files=(path,),
                provenance=config,
                sloc=1200,
                unsafe_sloc=1200,
                languages={Language.C: 1200},
                functions=30,
                test_files=1,
            ),
            Component(
                name="util",
                files=("src/util.c",),
                provenance=config,
                sloc=400,
                unsafe_sloc=400,
                languages={Language.C: 400},
                functions=10,
            ),
            Component(
                name="feed",
                files=("src/main/java/Feed.java",),
                provenance=config,
                sloc=300,
                unsafe_sloc=0,
                languages={Language.JAVA: 300},
            ),
        ),
        dependencies=(
            Dependency(
                dependent=first,
                dependency="util",
                weight=3.2,
                parts={EdgeKind.INCLUDE: 0.2, EdgeKind.CALL: 3.0},
                places=4,
                evidence=(
                    DependencyEvidence(
                        path=path, line=12, symbol="util_log", target="src/util.c", kind=EdgeKind.CALL, count=3
                    ),
                ),
            ),
        ),
        units=(Unit(components=("util",)), Unit(components=(first,)), Unit(components=("feed",))),
    )


def _scorecard(first: str, path: str) -> Scorecard:
    factor = Factor(
        name="exposure",
        value=12.0,
        unit="places",
        anchor="40 is a full level",
        level=0.7,
        weight=50.0,
        contribution=35.0,
        because=f"12 unbounded copies, 9 of them in {first}",
        evidence=(FactorEvidence(path=path, line=121, what="memcpy"),),
    )
    absent = Factor(
        name="churn",
        value=0.0,
        unit="commits",
        anchor="",
        level=0.0,
        weight=0.0,
        contribution=0.0,
        because="history is not read",
        is_absent=True,
    )
    return Scorecard(
        components=(
            _score(first, Track.MEMORY_SAFETY, 87.0, (factor, absent)),
            _score("util", Track.MEMORY_SAFETY, 35.0, (factor,)),
            _score("feed", Track.LATENCY, 64.0, (factor,)),
        ),
        files=(
            FileScore(
                path=path,
                component=first,
                role=Role.SOURCE,
                language=Language.C,
                sloc=1200,
                coverage=0.9,
                sha256="0" * 64,
                risk=3.25,
                risk_per_line=0.0027083333,
                findings=2,
            ),
            FileScore(
                path="src/util.c",
                component="util",
                role=Role.SOURCE,
                language=Language.C,
                sloc=400,
                coverage=1.0,
                sha256="1" * 64,
                risk=0.5,
                risk_per_line=0.00125,
                findings=1,
            ),
            FileScore(
                path="src/main/java/Feed.java",
                component="feed",
                role=Role.SOURCE,
                language=Language.JAVA,
                sloc=300,
                coverage=1.0,
                sha256="2" * 64,
            ),
            FileScore(
                path="tests/test_tls.c",
                component=first,
                role=Role.TEST,
                language=Language.C,
                sloc=20,
                coverage=1.0,
                sha256="3" * 64,
                findings=1,
            ),
        ),
        candidates=(
            Candidate(
                class_name="com.acme.Feed$Row",
                method="<init>",
                score=64.123456789,
                evidence="new in a loop",
                path="src/main/java/Feed.java",
                line=30,
                component="feed",
            ),
        ),
        anchors_version="1",
    )


def _score(component: str, track: Track, risk: float, factors: tuple[Factor, ...]) -> ComponentScore:
    return ComponentScore(
        component=component,
        track=track,
        risk=risk,
        risk_low=risk - 2,
        risk_high=min(100.0, risk + 3),
        feasibility=0.8,
        value=1.0,
        score=risk * 0.9,
        confidence=Confidence.MEDIUM,
        coverage=0.95,
        risk_factors=factors,
    )


def _roadmap(first: str, path: str) -> Roadmap:
    effort = Effort(p10=0.3, p50=0.8123456789, p90=2.2, size="S", because="1,200 lines, uncalibrated prior")
    return Roadmap(
        steps=(
            _step(first, Track.MEMORY_SAFETY, Option.REWRITE, effort, 1, path),
            _step("util", Track.MEMORY_SAFETY, Option.RETAIN, effort, None, path),
            _step(
                "feed",
                Track.LATENCY,
                Option.WRAP,
                Effort(p10=None, p50=None, p90=None, size="?", because="coverage under 70 %"),
                2,
                path,
            ),
        ),
        waves=(
            Wave(
                number=1,
                components=(first,),
                starts_when="at once",
                outcome="parity",
                p10=0.3,
                p50=0.8,
                p90=2.2,
                unsafe_sloc=1200,
                risk_share=0.7,
            ),
        ),
        parked=(Parked(component="util", track=Track.MEMORY_SAFETY, because="stable and not exposed"),),
    )


def _step(component: str, track: Track, option: Option, effort: Effort, wave: int | None, path: str) -> Step:
    crossing = Crossing(
        symbol="tls_read",
        direction=Direction.INBOUND,
        shape="pointer-length",
        hours=1.0,
        path=path,
        line=90,
        other="util",
    )
    return Step(
        component=component,
        track=track,
        unit=component,
        choice=Alternative(option=option, because="it parses untrusted bytes in 4 functions"),
        runner_up=Alternative(option=Option.HARDEN, because="flags do not remove the copies"),
        case_against="it has been stable for years",
        boundary=Boundary(mechanism="c-abi", because="plain C functions", crossings=(crossing,), hours=1.0),
        effort=effort,
        wave=wave,
        first_actions=("freeze the header",),
    )
