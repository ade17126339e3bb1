"""Analyses made by hand: a small true-to-life one, a hostile one and large ones. No stage has to run for a view to be tested."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import msgspec

from rustplan.model.analysis import Analysis, Coverage, LanguageCoverage, Tool
from rustplan.model.code_graph import EdgeKind, LinkCounts, Unresolved, UnresolvedKind
from rustplan.model.component import (
    Component,
    ComponentGraph,
    Cut,
    Dependency,
    DependencyEvidence,
    Provenance,
    Unit,
)
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
    BuildTarget,
    DegradedFile,
    DegradeReason,
    IgnoredPath,
    Language,
    Project,
    Role,
    SkippedFile,
    SkipReason,
    TargetKind,
)

RULES = (
    RuleSummary(
        id="unbounded-copy",
        kind=Kind.DEFECT,
        title="Unbounded copy into a fixed buffer",
        why="The length comes from the sender, the buffer has a fixed size.",
        in_rust="`copy_from_slice` checks both lengths and panics before a byte is written.",
        rust_effect=RustEffect.PANIC,
        cwe=(787,),
        severity=Severity.CRITICAL,
        tracks=(Track.MEMORY_SAFETY,),
        limits=("Does not see a check in a caller.",),
    ),
    RuleSummary(
        id="raw-memory-call",
        kind=Kind.EXPOSURE,
        title="Raw memory call",
        why="memcpy and its family trust the length they are given.",
        in_rust="Slices carry their length.",
        rust_effect=RustEffect.PANIC,
        cwe=(120,),
        severity=Severity.MEDIUM,
        tracks=(Track.MEMORY_SAFETY,),
        weight=3,
    ),
    RuleSummary(
        id="reads-network",
        kind=Kind.SIGNAL,
        title="Reads from the network",
        why="What it reads is chosen by someone else.",
        in_rust="",
        rust_effect=RustEffect.NOT_APPLICABLE,
        tracks=(Track.MEMORY_SAFETY,),
    ),
    RuleSummary(
        id="nonlocal-jump",
        kind=Kind.OBSTACLE,
        title="setjmp or longjmp",
        why="Rust has no equivalent; destructors are skipped.",
        in_rust="Return a Result.",
        rust_effect=RustEffect.UNSAFE,
        tracks=(Track.MEMORY_SAFETY,),
    ),
    RuleSummary(
        id="allocation-in-loop",
        kind=Kind.EXPOSURE,
        title="Allocation in a loop",
        why="Every turn makes garbage.",
        in_rust="Values live on the stack.",
        rust_effect=RustEffect.GONE,
        severity=Severity.LOW,
        tracks=(Track.LATENCY,),
    ),
    RuleSummary(
        id="never-matched",
        kind=Kind.SEAM,
        title="C interface",
        why="A place to cut.",
        in_rust="extern C",
        rust_effect=RustEffect.NOT_APPLICABLE,
    ),
)


def factor(name: str, contribution: float, weight: float, *, because: str = "measured", **more: Any) -> Factor:
    """One part of a score."""
    return Factor(
        name=name,
        value=more.pop("value", contribution * 3),
        unit=more.pop("unit", "points"),
        anchor=more.pop("anchor", "0 to 80 points"),
        level=contribution / weight if weight else 0.0,
        weight=weight,
        contribution=contribution,
        because=because,
        **more,
    )


def component(name: str, sloc: int, language: Language = Language.C, **more: Any) -> Component:
    """One component with two files."""
    suffix = {Language.C: "c", Language.CPP: "cc", Language.JAVA: "java"}[language]
    return Component(
        name=name,
        files=more.pop("files", (f"src/{name}/main.{suffix}", f"src/{name}/util.{suffix}")),
        provenance=more.pop(
            "provenance", Provenance(source="cmake", because="CMakeLists.txt: add_library", confidence=0.75)
        ),
        sloc=sloc,
        unsafe_sloc=sloc if language.is_memory_unsafe else 0,
        languages={language: sloc},
        functions=sloc // 30,
        **more,
    )


def component_score(name: str, risk: float, track: Track = Track.MEMORY_SAFETY, **more: Any) -> ComponentScore:
    """A score whose parts add up to the risk."""
    is_memory = track is Track.MEMORY_SAFETY
    first = (
        ("untrusted-input", "raw-memory-work", "defects")
        if is_memory
        else ("allocation-pressure", "handler-methods", "latency-signals")
    )
    parts = tuple(
        factor(
            part,
            risk * share,
            100 * share,
            because=f"{part} seen in 12 places",
            evidence=(FactorEvidence(path=f"src/{name}/main.c", line=42, what="recv"),),
        )
        for part, share in zip(first, (0.5, 0.3, 0.2), strict=True)
    )
    absent = factor("churn", 0.0, 0.0, because="git history is not read by this version", is_absent=True)
    feasibility = more.pop("feasibility", 0.81)
    return ComponentScore(
        component=name,
        track=track,
        risk=risk,
        risk_low=max(0.0, risk - 4),
        risk_high=min(100.0, risk + 6),
        feasibility=feasibility,
        value=1.0,
        score=risk * feasibility**0.5,
        confidence=more.pop("confidence", Confidence.HIGH),
        coverage=0.99,
        risk_factors=(*parts, absent),
        feasibility_factors=(
            factor("boundary", 0.9, 1.0, because="41 crossings for 12,400 lines"),
            factor("tests", 0.9, 1.0, because="2 test files"),
        ),
        value_factors=(factor("criticality", 1.0, 1.0, because="none is set: neutral"),),
        **more,
    )


def effort(p50: float | None) -> Effort:
    """A range around a median; None is not estimated."""
    if p50 is None:
        return Effort(p10=None, p50=None, p90=None, size="", because="coverage is below 70 %")
    size = "S" if p50 < 1 else "M" if p50 < 3 else "L" if p50 < 9 else "XL"
    return Effort(
        p10=p50 * 0.4,
        p50=p50,
        p90=p50 * 2.7,
        size=size,
        because="uncalibrated prior (n = 2 public ports)",
        factors=(
            factor("lines", p50 * 0.8, 1.0, because="12,400 lines at 1,500 a month"),
            factor("boundary", p50 * 0.2, 1.0, because="41 crossings"),
        ),
        spread=p50 * 0.8,
        fixed=p50 * 0.2,
    )


def step(
    name: str,
    wave: int | None,
    p50: float | None,
    *,
    track: Track = Track.MEMORY_SAFETY,
    option: Option = Option.REWRITE,
    **more: Any,
) -> Step:
    """What the plan does with one component."""
    crossings = more.pop(
        "crossings",
        (
            Crossing(
                symbol=f"{name}_open",
                direction=Direction.INBOUND,
                shape="struct-pointer",
                hours=2.0,
                path=f"src/{name}/main.c",
                line=10,
                other="app",
                uses=3,
            ),
            Crossing(
                symbol="buf_alloc",
                direction=Direction.OUTBOUND,
                shape="ownership",
                hours=4.0,
                path="src/buf/main.c",
                line=20,
                other="buf",
                uses=7,
            ),
        ),
    )
    return Step(
        component=name,
        track=track,
        unit=name,
        choice=Alternative(option=option, because="It reads the network, its interface is narrow, and tests exist."),
        runner_up=Alternative(option=Option.WRAP, because="would keep the parser in C."),
        case_against="The code has been stable and has an owner; a port moves his attention away from features.",
        boundary=Boundary(
            mechanism="c-abi",
            because="All callers are C.",
            crossings=crossings,
            hours=sum(crossing.hours for crossing in crossings),
        ),
        effort=effort(p50),
        wave=wave,
        first_actions=(
            "Freeze the header and write down who owns each pointer.",
            "Write a parity test that feeds both versions.",
            "Port the leaf files first.",
        ),
        needs_confirmation=("The parser is the only reader of untrusted bytes.",),
        **more,
    )


def finding(path: str, line: int, rule: str = "unbounded-copy", **more: Any) -> Finding:
    """One hit of one of the rules above."""
    summary = next((entry for entry in RULES if entry.id == rule), RULES[0])
    return Finding(
        rule=rule,
        kind=summary.kind,
        path=path,
        line=line,
        column=more.pop("column", 5),
        end_line=line,
        end_column=more.pop("end_column", 23),
        message=more.pop("message", "memcpy() copies `n` bytes from the wire into `buf`, which holds 256"),
        severity=summary.severity,
        confidence=more.pop("confidence", Confidence.HIGH),
        cwe=summary.cwe[0] if summary.cwe else None,
        tracks=summary.tracks or (Track.MEMORY_SAFETY,),
        **more,
    )


def excerpt(path: str, line: int) -> Excerpt:
    """Seven lines around a finding."""
    lines = (
        "    size_t n = read_length(p);",
        "    if (n == 0) return -1;",
        "",
        "    memcpy(buf, p, n);",
        "    buf[n] = '\\0';",
        "    return 0;",
        "}",
    )
    return Excerpt(path=path, line=line, first_line=line - 3, lines=lines)


def dependency(dependent: str, target: str, places: int = 3) -> Dependency:
    """One edge between components."""
    evidence = (
        DependencyEvidence(
            path=f"src/{dependent}/main.c",
            line=7,
            symbol=f"{target}_open",
            target=f"src/{target}/main.c",
            kind=EdgeKind.CALL,
        ),
    )
    return Dependency(
        dependent=dependent,
        dependency=target,
        weight=float(places),
        parts={EdgeKind.CALL: places - 1.0, EdgeKind.INCLUDE: 0.2},
        places=places,
        evidence=evidence,
    )


def file_score(path: str, owner: str, language: Language = Language.C, role: Role = Role.SOURCE) -> FileScore:
    """One scanned file."""
    return FileScore(path=path, component=owner, role=role, language=language, sloc=100, coverage=1.0, sha256="0" * 64)


def wave(number: int, names: tuple[str, ...], p50: float | None, lines: int, share: float, **more: Any) -> Wave:
    """Steps in parallel."""
    known = p50 is not None
    return Wave(
        number=number,
        components=names,
        starts_when="now" if number == 1 else f"wave {number - 1} has cut over",
        outcome="the C interface is frozen, the parity test is fuzzed, the old code is deleted",
        p10=p50 * 0.4 if known else None,
        p50=p50,
        p90=p50 * 2.4 if known else None,
        unsafe_sloc=lines,
        risk_share=share,
        temporary_hours=12.0 * (number - 1),
        **more,
    )


def coverage(**more: Any) -> Coverage:
    """What was read of the small project, with a little of everything that can be missing."""
    defaults: dict[str, Any] = {
        "share": 0.987,
        "languages": (
            LanguageCoverage(
                language=Language.C,
                role=Role.SOURCE,
                files=6,
                sloc=27_350,
                functions=840,
                bytes=900_000,
                unread_bytes=9_000,
                masked_bytes=400,
            ),
            LanguageCoverage(
                language=Language.C,
                role=Role.TEST,
                files=2,
                sloc=900,
                functions=40,
                bytes=30_000,
                unread_bytes=0,
                masked_bytes=0,
            ),
            LanguageCoverage(
                language=Language.CPP,
                role=Role.VENDORED,
                files=4,
                sloc=5_100,
                functions=200,
                bytes=150_000,
                unread_bytes=0,
                masked_bytes=0,
            ),
            LanguageCoverage(
                language=Language.JAVA,
                role=Role.SOURCE,
                files=4,
                sloc=8_200,
                functions=610,
                bytes=300_000,
                unread_bytes=0,
                masked_bytes=0,
            ),
        ),
        "skipped": (
            SkippedFile(
                path="data/huge.c",
                reason=SkipReason.TOO_LARGE,
                detail="5.1 MB, limit 2 MB",
                language=Language.C,
                size=5_100_000,
            ),
        ),
        "degraded": (
            DegradedFile(path="src/http/main.c", reason=DegradeReason.PARSE_ERRORS, detail="1.2 % of the bytes"),
        ),
        "ignored": (IgnoredPath(path="build", pattern="/build", origin=".gitignore:1"),),
        "other_files": 31,
        "calls": LinkCounts(resolved=810, ambiguous=12, external=240, unknown=9),
        "includes": LinkCounts(resolved=61, external=44, unknown=2),
        "unresolved": (
            Unresolved(
                reference="openssl/ssl.h",
                edge=EdgeKind.INCLUDE,
                kind=UnresolvedKind.THIRD_PARTY,
                path="src/tls/main.c",
                line=3,
                count=4,
            ),
            Unresolved(
                reference="config.h",
                edge=EdgeKind.INCLUDE,
                kind=UnresolvedKind.GENERATED,
                path="src/app/main.c",
                line=1,
                count=2,
            ),
        ),
    }
    return Coverage(**{**defaults, **more})


def analysis(**overrides: Any) -> Analysis:
    """A small project: a gateway with a parser, TLS glue, a buffer library, an app, and two Java components. Fields can be replaced."""
    components = (
        component("app", 2_400),
        component("buf", 1_950),
        component("feed", 5_200, Language.JAVA),
        component("audit", 3_000, Language.JAVA),
        component("http", 8_100, test_files=2, external=("ZLIB::ZLIB",)),
        component("tls", 12_400, external=("OpenSSL::SSL",)),
        component("log", 2_500),
    )
    names = [entry.name for entry in components]
    findings = (
        finding(
            "src/buf/main.c",
            33,
            "raw-memory-call",
            message="memmove() with a length from the caller",
            lines=(33, 40, 41),
        ),
        finding("src/feed/main.java", 60, "allocation-in-loop", message="new Order in a loop"),
        finding("src/http/main.c", 88, message="strcpy() into `name`, which holds 64"),
        finding("src/http/main.c", 12, "reads-network", message="recv()"),
        finding("src/http/util.c", 120, "nonlocal-jump", message="longjmp()"),
        finding("src/tls/main.c", 9, "reads-network", message="recv()"),
        finding("src/tls/main.c", 121, related=(RelatedLocation(line=118, message="`n` is read from the wire here"),)),
    )
    memory = (("tls", 87.0), ("http", 76.0), ("buf", 44.0), ("app", 21.0), ("log", 12.0))
    latency = (("feed", 64.0), ("audit", 22.0))
    scores = tuple(component_score(name, risk) for name, risk in memory) + tuple(
        component_score(name, risk, Track.LATENCY) for name, risk in latency
    )
    steps = (
        step("tls", 2, 8.5),
        step("http", 1, 6.1),
        step("buf", 1, 1.2, option=Option.HARDEN),
        step("app", None, 2.0, option=Option.RETAIN),
        step("log", None, None, option=Option.RETAIN),
        step("feed", 2, 3.5, track=Track.LATENCY),
    )
    defaults: dict[str, Any] = {
        "schema": "1",
        "tool": Tool(name="rustplan", version="0.1.0", rules_digest="a" * 64, catalog_digest="b" * 64),
        "project": Project(name="edge-gateway", commit="3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3", date="2026-11-20"),
        "command": "rustplan scan .",
        "settings": {"plan.engineers": None, "plan.start": None, "plan.availability": None},
        "settings_digest": "c" * 64,
        "coverage": coverage(),
        "findings": tuple(sorted(findings, key=lambda entry: (entry.path, entry.line, entry.column, entry.rule))),
        "rules": RULES,
        "targets": (
            BuildTarget(name="gateway", kind=TargetKind.EXECUTABLE, system="cmake", manifest="CMakeLists.txt"),
        ),
        "graph": ComponentGraph(
            components=tuple(sorted(components, key=lambda entry: entry.name)),
            dependencies=(
                dependency("app", "http"),
                dependency("app", "tls", 5),
                dependency("http", "buf", 9),
                dependency("tls", "buf"),
                dependency("tls", "log"),
                dependency("log", "buf"),
                dependency("audit", "feed"),
            ),
            units=tuple(Unit(components=(name,)) for name in ("buf", "log", "http", "tls", "app", "feed", "audit")),
        ),
        "evidence": Evidence(
            absent=(
                AbsentEvidence(
                    name="history",
                    because="git history is not read by this version",
                    effect="churn is unknown; its weight went to the other factors",
                ),
                AbsentEvidence(
                    name="profile",
                    because="runtime profiles are not read by this version",
                    effect="Java results are candidates",
                ),
            )
        ),
        "scorecard": Scorecard(
            components=scores,
            files=tuple(
                file_score(path, entry.name, next(iter(entry.languages)))
                for entry in components
                for path in entry.files
            ),
            candidates=(
                Candidate(
                    class_name="com.acme.feed.OrderBook",
                    method="onEvent",
                    score=41.5,
                    evidence="3 allocations in a loop, event handler",
                    path="src/feed/main.java",
                    line=60,
                    component="feed",
                ),
            ),
            anchors_version="1",
        ),
        "roadmap": Roadmap(
            steps=steps,
            waves=(wave(1, ("buf", "http"), 7.4, 10_050, 0.41), wave(2, ("feed", "tls"), 12.3, 12_400, 0.38)),
            parked=(
                Parked(component="app", track=Track.MEMORY_SAFETY, because="risk 21 is below the limit of 25"),
                Parked(component="log", track=Track.MEMORY_SAFETY, because="not exposed, no findings"),
                Parked(component="audit", track=Track.LATENCY, because="no evidence of pressure"),
            ),
            capacity="No team is set.",
            capacity_because="engineers, start and availability are not in rustplan.yml",
            notes=("Effort is an uncalibrated prior.",),
        ),
        "excerpts": (excerpt("src/http/main.c", 88), excerpt("src/tls/main.c", 121)),
        "data_digest": "d" * 64,
    }
    assert set(overrides) <= set(defaults), "unknown field of Analysis"
    assert len(set(names)) == len(names)
    return Analysis(**{**defaults, **overrides})


def empty_analysis() -> Analysis:
    """A folder in which there was nothing to read."""
    return analysis(
        project=Project(name="empty", commit_because="not a git checkout"),
        coverage=Coverage(share=1.0),
        findings=(),
        targets=(),
        graph=ComponentGraph(),
        scorecard=Scorecard(),
        roadmap=Roadmap(),
        excerpts=(),
        evidence=Evidence(),
        rules=RULES,
    )


def one_component() -> Analysis:
    """The smallest project that has a roadmap."""
    only = component("parser", 640)
    return analysis(
        project=Project(name="tiny", commit=None, commit_because="not a git checkout"),
        coverage=Coverage(
            share=1.0,
            languages=(
                LanguageCoverage(
                    language=Language.C,
                    role=Role.SOURCE,
                    files=2,
                    sloc=640,
                    functions=20,
                    bytes=20_000,
                    unread_bytes=0,
                    masked_bytes=0,
                ),
            ),
        ),
        findings=(finding("src/parser/main.c", 12),),
        graph=ComponentGraph(components=(only,), units=(Unit(components=("parser",)),)),
        scorecard=Scorecard(
            components=(component_score("parser", 55.0),),
            files=tuple(file_score(path, "parser") for path in only.files),
        ),
        roadmap=Roadmap(steps=(step("parser", 1, 0.6, crossings=()),), waves=(wave(1, ("parser",), 0.6, 640, 1.0),)),
        excerpts=(),
    )


PAYLOADS = (
    "<img src=x onerror=window.PWNED=1>",
    "</script><script>window.PWNED=1</script>",
    "</style><script>window.PWNED=1</script>",
    '"><svg onload=window.PWNED=1>',
    "' onmouseover='window.PWNED=1",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:window.PWNED=1",
    "]]><iframe src=javascript:window.PWNED=1>",
    "<!--<script>window.PWNED=1</script>",
    "a\x1b[31m\u202ecod.exe\u2066\x00\x07",
    "caf\udce9-\udcff\udc80.c",
    "\u2028window.PWNED=1\u2029",
    "x" * 3000,
    "&lt;b&gt;&amp;\\u003cscript\\u003e",
)


def hostile_analysis() -> Analysis:
    """Every text that a repository controls is an attack."""
    components = tuple(
        component(
            payload,
            500 + 100 * number,
            files=(f"src/{number}/{payload}.c", f"{payload}/{number}.c"),
            provenance=Provenance(source=payload, because=payload, confidence=0.5),
            external=(payload,),
        )
        for number, payload in enumerate(PAYLOADS)
    )
    findings = tuple(
        finding(
            path,
            4,
            rule="unbounded-copy",
            message=payload,
            function=payload,
            related=(RelatedLocation(line=3, message=payload),),
        )
        for entry, payload in zip(components, PAYLOADS, strict=True)
        for path in entry.files
    )
    names = [entry.name for entry in components]
    rules = tuple(
        msgspec.structs.replace(rule, why=PAYLOADS[1], in_rust=PAYLOADS[0], title=PAYLOADS[3]) for rule in RULES
    )
    steps = tuple(
        msgspec.structs.replace(
            step(
                name,
                1 + number % 3,
                0.5 + number,
                crossings=(
                    Crossing(
                        symbol=name, direction=Direction.INBOUND, shape=name, hours=1.0, path=name, line=1, other=name
                    ),
                ),
            ),
            case_against=name,
            choice=Alternative(option=Option.REWRITE, because=name),
            first_actions=(name,),
            needs_confirmation=(name,),
        )
        for number, name in enumerate(names)
    )
    return analysis(
        project=Project(name=PAYLOADS[2], commit=PAYLOADS[1], date="2026-11-20"),
        command=f"rustplan scan . --set {PAYLOADS[1]}",
        findings=tuple(sorted(findings, key=lambda entry: (entry.path, entry.line))),
        rules=rules,
        graph=ComponentGraph(
            components=components,
            dependencies=tuple(
                Dependency(
                    dependent=one,
                    dependency=other,
                    weight=1.0,
                    parts={EdgeKind.CALL: 1.0},
                    places=1,
                    evidence=(DependencyEvidence(path=one, line=1, symbol=other, target=other, kind=EdgeKind.CALL),),
                )
                for one, other in pairwise(names)
            ),
            units=tuple(
                Unit(components=(name,), cuts=(Cut(dependent=name, dependency=name, weight=1.0, places=1),))
                for name in names
            ),
            unassigned=PAYLOADS,
        ),
        coverage=coverage(
            skipped=tuple(
                SkippedFile(path=payload, reason=SkipReason.UNREADABLE, detail=payload) for payload in PAYLOADS
            ),
            degraded=tuple(
                DegradedFile(path=payload, reason=DegradeReason.NOT_UTF8, detail=payload) for payload in PAYLOADS
            ),
            ignored=tuple(IgnoredPath(path=payload, pattern=payload, origin=payload) for payload in PAYLOADS),
            unresolved=tuple(
                Unresolved(reference=payload, edge=EdgeKind.INCLUDE, kind=UnresolvedKind.UNKNOWN, path=payload, line=1)
                for payload in PAYLOADS
            ),
        ),
        evidence=Evidence(
            absent=tuple(AbsentEvidence(name=payload, because=payload, effect=payload) for payload in PAYLOADS)
        ),
        scorecard=Scorecard(
            components=tuple(
                msgspec.structs.replace(
                    component_score(name, 90.0 - 5 * number),
                    risk_factors=(
                        factor(
                            name,
                            20.0,
                            30.0,
                            because=name,
                            unit=name,
                            anchor=name,
                            evidence=(FactorEvidence(path=name, line=1, what=name),),
                        ),
                    ),
                )
                for number, name in enumerate(names)
            ),
            files=tuple(file_score(path, entry.name) for entry in components for path in entry.files),
            candidates=(
                Candidate(
                    class_name=PAYLOADS[0],
                    method=PAYLOADS[1],
                    score=1.0,
                    evidence=PAYLOADS[2],
                    path=PAYLOADS[3],
                    line=1,
                    component=names[0],
                ),
            ),
        ),
        roadmap=Roadmap(
            steps=steps,
            waves=tuple(
                msgspec.structs.replace(
                    wave(number + 1, tuple(names[number::3]), 4.0, 2_000, 0.2),
                    starts_when=PAYLOADS[number],
                    outcome=PAYLOADS[number + 3],
                )
                for number in range(3)
            ),
            parked=tuple(Parked(component=name, track=Track.MEMORY_SAFETY, because=name) for name in names),
            notes=PAYLOADS,
            capacity=PAYLOADS[0],
            capacity_because=PAYLOADS[1],
        ),
        excerpts=tuple(
            Excerpt(path=entry.path, line=4, first_line=3, lines=(entry.message, f"\t{entry.message}", "}"))
            for entry in findings
        ),
    )


def large_analysis(files: int, findings: int, components: int) -> Analysis:
    """A synthetic repository of any size, the same on every run."""
    dice = random.Random(20261120)
    areas = ("net", "codec", "core", "store", "ui", "crypto", "http", "platform", "util", "media")
    names = [f"{areas[number % len(areas)]}/part_{number // len(areas):02d}" for number in range(components)]
    paths = {
        name: tuple(f"src/{name}/file_{index:04d}.c" for index in range(max(1, files // components))) for name in names
    }
    made = tuple(
        component(name, int(10 ** dice.uniform(2.6, 4.5)), files=paths[name], test_files=dice.choice((0, 0, 1, 4)))
        for name in names
    )
    every = [path for name in names for path in paths[name]]
    rules = ("unbounded-copy", "raw-memory-call", "raw-memory-call", "nonlocal-jump", "allocation-in-loop")
    hits = tuple(
        sorted(
            (
                finding(
                    dice.choice(every),
                    dice.randint(4, 2_000),
                    dice.choice(rules),
                    message=f"memcpy() copies `len_{dice.randint(1, 400)}` bytes into `buf`",
                    confidence=dice.choice(tuple(Confidence)),
                )
                for _ in range(findings)
            ),
            key=lambda entry: (entry.path, entry.line, entry.rule),
        )
    )
    risks = {name: min(99.0, max(3.0, dice.gauss(42, 22))) for name in names}
    ranked = sorted(names, key=lambda name: (-risks[name], name))
    planned = ranked[: min(22, components)]
    waves_of = {name: 1 + place // 5 for place, name in enumerate(planned)}
    sizes = {entry.name: entry.sloc for entry in made}
    efforts = {name: max(0.25, sizes[name] / 1500 * dice.uniform(0.8, 1.6)) for name in names}
    edges = sorted({(dice.choice(names), dice.choice(names)) for _ in range(components * 3)})
    groups: dict[int, list[str]] = {}
    for name, number in waves_of.items():
        groups.setdefault(number, []).append(name)
    total = sum(sizes.values())
    worst = [entry for entry in hits if entry.severity is Severity.CRITICAL][:200]
    return analysis(
        project=Project(name="acme/gateway", commit="3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3", date="2026-11-20"),
        coverage=coverage(
            languages=(
                LanguageCoverage(
                    language=Language.C,
                    role=Role.SOURCE,
                    files=len(every),
                    sloc=total,
                    functions=total // 30,
                    bytes=total * 30,
                    unread_bytes=total // 4,
                    masked_bytes=0,
                ),
            ),
            skipped=tuple(
                SkippedFile(
                    path=f"assets/blob_{number:03d}.c", reason=SkipReason.TOO_LARGE, detail="3.1 MB, limit 2 MB"
                )
                for number in range(120)
            ),
        ),
        findings=hits,
        graph=ComponentGraph(
            components=tuple(sorted(made, key=lambda entry: entry.name)),
            dependencies=tuple(dependency(one, other, dice.randint(1, 40)) for one, other in edges if one != other),
            units=tuple(Unit(components=(name,)) for name in names),
        ),
        scorecard=Scorecard(
            components=tuple(component_score(name, risks[name]) for name in ranked),
            files=tuple(file_score(path, name) for name in names for path in paths[name]),
        ),
        roadmap=Roadmap(
            steps=tuple(step(name, waves_of.get(name), efforts[name]) for name in ranked),
            waves=tuple(
                wave(
                    number,
                    tuple(sorted(group)),
                    sum(efforts[name] for name in group),
                    sum(sizes[name] for name in group),
                    sum(sizes[name] for name in group) / total,
                )
                for number, group in sorted(groups.items())
            ),
            parked=tuple(
                Parked(component=name, track=Track.MEMORY_SAFETY, because="below the limit of this plan")
                for name in ranked[22:]
            ),
        ),
        excerpts=tuple(excerpt(path, line) for path, line in sorted({(entry.path, entry.line) for entry in worst})),
    )
