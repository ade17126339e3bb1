"""Factors of the memory-safety risk of one component, each with its value, its anchor, its words and its places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rustplan.catalog import Anchors
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Finding, Kind, RuleSummary, Track
from rustplan.model.score import Factor, FactorEvidence
from rustplan.score.files import risk_per_line
from rustplan.score.holdings import Holding, counted, why_absent
from rustplan.score.levels import Draft, weigh
from rustplan.score.reach import Reach
from rustplan.score.untrusted import untrusted_input
from rustplan.score.wording import count, heaviest_places, mostly, name_list, per_kloc, points, top_rules, worst_places

TRACK = Track.MEMORY_SAFETY


def is_on_track(holding: Holding, rules: Mapping[str, RuleSummary]) -> bool:
    """True when the component has C or C++ lines, or Java code with memory-safety findings (native memory, JNI)."""
    if any(file.facts.sloc for file in holding.unsafe_sources):
        return True
    return any(counted(holding, kind, TRACK, rules) for kind in (Kind.EXPOSURE, Kind.DEFECT))


def risk_factors(
    holding: Holding, reach: Reach, rules: Mapping[str, RuleSummary], evidence: Evidence, anchors: Anchors
) -> tuple[Factor, ...]:
    """Return the factors whose contributions sum to the risk (0-100)."""
    exposures = counted(holding, Kind.EXPOSURE, TRACK, rules)
    defects = counted(holding, Kind.DEFECT, TRACK, rules)
    signals = counted(holding, Kind.SIGNAL, TRACK, rules)
    lines = _lines(holding)
    drafts = (
        _raw_memory_work(holding, anchors),
        _exposures(exposures, lines, anchors),
        _defects(defects, anchors),
        _defect_density(defects, lines, anchors),
        untrusted_input(holding, signals, reach, anchors),
        _size(holding),
        _absent("memory-fix-history", evidence, "history", "the history of fixes was not read"),
        _absent("churn", evidence, "history", "the history of changes was not read"),
    )
    return weigh(drafts, anchors.memory_safety.factors)


def _lines(holding: Holding) -> int:
    """Lines that densities are read against: C and C++, or all of a Java component that reaches native memory."""
    unsafe = sum(file.facts.sloc for file in holding.unsafe_sources)
    return unsafe or sum(file.facts.sloc for file in holding.sources)


def _raw_memory_work(holding: Holding, anchors: Anchors) -> Draft:
    """Text measures of the C and C++ files, weighted by size: the best static signal per line that was measured."""
    rated = [(risk_per_line(file.facts, anchors.files), file) for file in holding.unsafe_sources if file.facts.sloc]
    lines = sum(file.facts.sloc for _, file in rated)
    if not lines:
        return Draft(name="raw-memory-work", value=0.0, because="No C or C++ line in this component.")
    prior = anchors.densities.prior_component_lines
    value = (sum(rate * file.facts.sloc for rate, file in rated) + prior) / (lines + prior)
    rated.sort(key=lambda pair: (-pair[0] * pair[1].facts.sloc, pair[1].path))
    places = tuple(
        FactorEvidence(
            path=file.path,
            line=1,
            what=f"{count(file.facts.measures.raw_memory, 'raw memory operation')} and "
            f"{count(file.facts.measures.length_words, 'length word')} in {count(file.facts.sloc, 'line')}",
        )
        for rate, file in rated[:5]
    )
    return Draft(
        name="raw-memory-work",
        value=value,
        evidence=places,
        because=f"An average line holds {value:.1f} times the pointer, index and length work of the reference corpus; "
        f"most of it is in {name_list([file.path for _, file in rated[:2]])}.",
    )


def _exposures(exposures: Sequence[Finding], lines: int, anchors: Anchors) -> Draft:
    weight = math.fsum(finding.weight for finding in exposures)
    value = per_kloc(weight, lines, anchors.densities)
    places = sum(finding.places for finding in exposures)
    because = (
        f"{count(places, 'place')} where the compiler cannot check memory{mostly(exposures)}."
        if exposures
        else "No unsafe construct of the rulebook was found."
    )
    return Draft(name="exposures", value=value, because=because, evidence=heaviest_places(exposures))


def _defects(defects: Sequence[Finding], anchors: Anchors) -> Draft:
    value = math.fsum(points(finding, anchors.severity_points) for finding in defects)
    because = (
        f"{count(len(defects), 'likely memory defect')}: {top_rules(defects)}; severity times confidence, to review."
        if defects
        else "No likely defect that safe Rust would prevent was found."
    )
    return Draft(name="defects", value=value, because=because, evidence=worst_places(defects, anchors.severity_points))


def _defect_density(defects: Sequence[Finding], lines: int, anchors: Anchors) -> Draft:
    value = per_kloc(
        math.fsum(points(finding, anchors.severity_points) for finding in defects), lines, anchors.densities
    )
    because = (
        f"{count(len(defects), 'likely memory defect')} in {count(lines, 'line')} of code."
        if defects
        else f"No likely memory defect in {count(lines, 'line')} of code."
    )
    return Draft(
        name="defect-density", value=value, because=because, evidence=worst_places(defects, anchors.severity_points)
    )


def _size(holding: Holding) -> Draft:
    files = sorted(holding.unsafe_sources, key=lambda file: (-file.facts.sloc, file.path))
    lines = sum(file.facts.sloc for file in files)
    places = tuple(
        FactorEvidence(path=file.path, line=1, what=count(file.facts.sloc, "line"))
        for file in files[:5]
        if file.facts.sloc
    )
    because = (
        f"{count(lines, 'line')} of C and C++ in {count(len(files), 'file')}."
        if lines
        else "No C or C++ line: native memory is reached from Java."
    )
    return Draft(name="size", value=float(lines), because=because, evidence=places)


def _absent(name: str, evidence: Evidence, word: str, otherwise: str) -> Draft:
    reason = why_absent(evidence, word, otherwise)
    return Draft(
        name=name,
        value=0.0,
        is_absent=True,
        because=f"Not available: {reason}. Unknown, not zero: its weight went to the other factors.",
    )
