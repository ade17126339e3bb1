"""An edition for publication: the analysis built anew from numbers and from words of our own, so that nothing of the source can be in it.

Nothing is searched and replaced. What is not copied here by name does not exist in the edition; text that quotes the repository is written
again from the numbers beside it, or left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from rustplan.model.analysis import Analysis, Coverage, LanguageCoverage
from rustplan.model.component import Component, ComponentGraph, Dependency, Provenance, Unit
from rustplan.model.evidence import Evidence
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Alternative, Boundary, Effort, Option, Parked, Roadmap, Step, Wave
from rustplan.model.score import ComponentScore, Scorecard
from rustplan.model.source import DegradedFile, Project, SkippedFile
from rustplan.model.stability import RankRange, Stability
from rustplan.report.view.numbers import counted, percent

WITHHELD = "(withheld)"
_KEPT_SETTINGS = ("plan.engineers", "plan.start", "plan.availability", "plan.rust-experience")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.+Z-]{0,24}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_PROJECTED = re.compile(r"projected Q[1-4] \d{4}( to Q[1-4] \d{4})?( \(Q[1-4] \d{4} if its effort is at P90\))?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIZES = ("S", "M", "L", "XL", "not estimated")
_WORD = re.compile(r"[0-9A-Za-z.+-]{1,40}")


def for_publication(analysis: Analysis, options: ReportOptions) -> Analysis:
    """Return the analysis as the options want it shown: itself, or its edition for publication."""
    if options.redact == "none":
        return analysis
    return redact(analysis, has_names=options.redact == "keep-names")


def redact(analysis: Analysis, *, has_names: bool = False) -> Analysis:
    """Return the edition: no path, symbol, finding, message or excerpt; components by number unless `has_names`.

    The numbers go by sorted name, so that a component keeps its number while no other comes or goes.
    """
    names = sorted({component.name for component in analysis.graph.components} | _scored(analysis))
    width = len(str(len(names)))
    public = {name: name if has_names else f"component {number:0{width}d}" for number, name in enumerate(names, 1)}
    return Analysis(
        schema=_matching(_WORD, analysis.schema),
        tool=msgspec.structs.replace(
            analysis.tool,
            name="rustplan",
            version=_matching(_WORD, analysis.tool.version),
            rules_digest=_matching(_DIGEST, analysis.tool.rules_digest),
            catalog_digest=_matching(_DIGEST, analysis.tool.catalog_digest),
        ),
        project=_project(analysis.project),
        command=WITHHELD,
        settings=_settings(analysis.settings),
        settings_digest=_matching(_DIGEST, analysis.settings_digest),
        coverage=_coverage(analysis.coverage),
        findings=(),
        rules=(),
        targets=(),
        graph=_graph(analysis.graph, public),
        evidence=Evidence(),
        scorecard=_scorecard(analysis.scorecard, public),
        roadmap=_roadmap(analysis.roadmap, public),
        data_digest=_matching(_DIGEST, analysis.data_digest),
    )


def _scored(analysis: Analysis) -> set[str]:
    return {score.component for score in analysis.scorecard.components} | {
        step.component for step in analysis.roadmap.steps
    }


def _matching(pattern: re.Pattern[str], text: str) -> str:
    """The text when it is what it should be and nothing else: a saved analysis may have been edited."""
    return text if pattern.fullmatch(text) else ""


def _project(project: Project) -> Project:
    """A published roadmap says whose it is and what state of the code it speaks of; nothing else is told."""
    return Project(
        name=project.name,
        commit=_matching(_COMMIT, project.commit or "") or None,
        commit_because="withheld",
        date=_matching(_DATE, project.date or "") or None,
        java_level=None,
    )


def _settings(settings: Mapping[str, object]) -> dict[str, object]:
    """The team, as far as it was given: the quarters of the plan rest on it."""
    kept = {key: value for key in _KEPT_SETTINGS if isinstance(value := settings.get(key), int | float)}
    start = settings.get("plan.start")
    if isinstance(start, str) and _MONTH.fullmatch(start):
        return {**kept, "plan.start": start}
    return dict(kept)


def _coverage(coverage: Coverage) -> Coverage:
    """How much was read, how many files were not, and for what kind of reason; not which."""
    return Coverage(
        share=coverage.share,
        languages=tuple(
            LanguageCoverage(
                language=entry.language, role=entry.role, files=entry.files, sloc=entry.sloc,
                functions=entry.functions, bytes=entry.bytes, unread_bytes=entry.unread_bytes,
                masked_bytes=entry.masked_bytes,
            )
            for entry in coverage.languages
        ),
        skipped=tuple(SkippedFile(path=WITHHELD, reason=entry.reason) for entry in coverage.skipped),
        degraded=tuple(
            DegradedFile(path=f"{WITHHELD} {number}", reason=entry.reason)
            for number, entry in enumerate(_one_by_file(coverage.degraded), 1)
        ),
        other_files=coverage.other_files,
        calls=coverage.calls,
        includes=coverage.includes,
    )  # fmt: skip


def _one_by_file(degraded: tuple[DegradedFile, ...]) -> list[DegradedFile]:
    """The first reason of each file, so that files are still counted once."""
    first: dict[str, DegradedFile] = {}
    for entry in degraded:
        first.setdefault(entry.path, entry)
    return list(first.values())


def _graph(graph: ComponentGraph, public: Mapping[str, str]) -> ComponentGraph:
    return ComponentGraph(
        components=tuple(
            Component(
                name=public[one.name], files=(), sloc=one.sloc, unsafe_sloc=one.unsafe_sloc, languages=one.languages,
                provenance=Provenance(source="", because="", confidence=one.provenance.confidence),
                functions=one.functions, test_files=one.test_files, vendored_sloc=one.vendored_sloc,
                raw_java_sloc=one.raw_java_sloc,
            )
            for one in graph.components
        ),
        dependencies=tuple(
            Dependency(
                dependent=public[one.dependent], dependency=public[one.dependency], weight=one.weight,
                parts=one.parts, places=one.places,
            )
            for one in graph.dependencies
            if one.dependent in public and one.dependency in public
        ),
        units=tuple(
            Unit(components=members)
            for unit in graph.units
            if (members := tuple(public[name] for name in unit.components if name in public))
        ),
        cycles=tuple(tuple(public[name] for name in cycle if name in public) for cycle in graph.cycles),
    )  # fmt: skip


def _scorecard(card: Scorecard, public: Mapping[str, str]) -> Scorecard:
    stability = None
    if card.stability is not None:
        ranges = tuple(
            RankRange(
                component=public[one.component], track=one.track, rank=one.rank, best=one.best, worst=one.worst,
                in_top=one.in_top,
            )
            for one in card.stability.ranges
            if one.component in public
        )  # fmt: skip
        stability = Stability(
            draws=card.stability.draws, share=card.stability.share, spread=card.stability.spread, ranges=ranges
        )
    return Scorecard(
        components=tuple(
            ComponentScore(
                component=public[one.component], track=one.track, risk=one.risk, risk_low=one.risk_low,
                risk_high=one.risk_high, feasibility=one.feasibility, value=one.value, score=one.score,
                confidence=one.confidence, coverage=one.coverage, risk_factors=(),
            )
            for one in card.components
        ),
        exponents=card.exponents,
        anchors_version=_matching(_WORD, card.anchors_version),
        stability=stability,
    )  # fmt: skip


def _roadmap(roadmap: Roadmap, public: Mapping[str, str]) -> Roadmap:
    steps = {(step.component, step.track): step for step in roadmap.steps}
    last = max((wave.number for wave in roadmap.waves), default=0)
    return Roadmap(
        steps=tuple(_step(step, public) for step in roadmap.steps),
        waves=tuple(_wave(wave, public) for wave in roadmap.waves),
        parked=tuple(
            Parked(
                component=public[one.component],
                track=one.track,
                because=_why_parked(steps.get((one.component, one.track)), last),
            )
            for one in roadmap.parked
            if one.component in public
        ),
        ramp_up=None if roadmap.ramp_up is None else _effort(roadmap.ramp_up),
    )


def _step(step: Step, public: Mapping[str, str]) -> Step:
    return Step(
        component=public[step.component], track=step.track, unit=public.get(step.unit, public[step.component]),
        choice=Alternative(option=step.choice.option, because=""),
        runner_up=Alternative(option=step.runner_up.option, because=""), case_against="",
        boundary=Boundary(mechanism="none", because="", hours=step.boundary.hours),
        effort=_effort(step.effort), wave=step.wave,
    )  # fmt: skip


def _effort(effort: Effort) -> Effort:
    size = effort.size if effort.size in _SIZES else ""
    return Effort(p10=effort.p10, p50=effort.p50, p90=effort.p90, size=size, because="")


def _wave(wave: Wave, public: Mapping[str, str]) -> Wave:
    removed = (
        f"{counted(wave.unsafe_sloc, 'memory-unsafe line')} less ({percent(wave.risk_share)} of the estimated risk)"
    )
    return Wave(
        number=wave.number,
        components=tuple(public[name] for name in wave.components if name in public),
        starts_when="When each component of the wave has an owner."
        if wave.number == 1
        else f"When wave {wave.number - 1} has reached its outcome.",
        outcome=f"{removed if wave.unsafe_sloc else 'No memory-unsafe line removed'}, "
        f"{counted(len(wave.components), 'component')} moved.",
        p10=wave.p10, p50=wave.p50, p90=wave.p90, unsafe_sloc=wave.unsafe_sloc, risk_share=wave.risk_share,
        temporary_hours=wave.temporary_hours, projected=_matching(_PROJECTED, wave.projected or "") or None,
    )  # fmt: skip


def _why_parked(step: Step | None, last: int) -> str:
    if step is None:
        return "Not planned."
    if step.choice.option is Option.RETAIN:
        return "Retained: by its risk and its cost nothing is to be done now."
    if step.effort.p50 is None:
        return "Not estimated."
    return f"Comes after wave {last}." if last else "Not planned."
