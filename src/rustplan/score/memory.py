"""Factors of the memory-safety risk of one component, each with its value, its anchor, its words and its places."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from rustplan.catalog import Anchors
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Finding, Kind, RuleSummary, Track
from rustplan.model.score import Factor, FactorEvidence
from rustplan.score.files import word_density
from rustplan.score.holdings import Holding, counted
from rustplan.score.imported import imported_findings
from rustplan.score.levels import Draft, weigh
from rustplan.score.past import Past, churn, memory_fix_history
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
    holding: Holding, reach: Reach, rules: Mapping[str, RuleSummary], evidence: Evidence, anchors: Anchors, past: Past
) -> tuple[Factor, ...]:
    """Return the factors whose contributions sum to the risk (0-100)."""
    exposures = counted(holding, Kind.EXPOSURE, TRACK, rules)
    defects = counted(holding, Kind.DEFECT, TRACK, rules)
    signals = counted(holding, Kind.SIGNAL, TRACK, rules)
    lines = _lines(holding)
    drafts = (
        _raw_memory_work(holding, anchors),
        _exposures(exposures, lines, anchors),
        _defects(defects, anchors, is_java=_is_java(holding)),
        _defect_density(defects, lines, anchors),
        _untrusted(holding, signals, reach, anchors),
        _size(holding),
        memory_fix_history(holding, past, anchors),
        churn(holding, past),
        imported_findings(holding, evidence),
    )
    return weigh(drafts, anchors.memory_safety.factors)


def _lines(holding: Holding) -> int:
    """Lines that densities are read against: C and C++ with the Java functions that hold raw memory, or all of a component of Java alone."""
    return sum(file.facts.sloc if _is_java(holding) else file.raw_sloc for file in holding.sources)


def _raw_memory_work(holding: Holding, anchors: Anchors) -> Draft:
    """Text measures of the C and C++ files, weighted by size: the best static signal per line that was measured."""
    rated = [(word_density(file.facts, anchors.files), file) for file in holding.unsafe_sources if file.facts.sloc]
    lines = sum(file.facts.sloc for _, file in rated)
    if not lines:
        return Draft(
            name="raw-memory-work",
            value=0.0,
            because="No C or C++ line in this component; what its Java does with raw memory counts as exposures.",
        )
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


def _is_java(holding: Holding) -> bool:
    """True for a component without any line of C or C++."""
    return not any(file.facts.sloc for file in holding.unsafe_sources)


def _defects(defects: Sequence[Finding], anchors: Anchors, *, is_java: bool) -> Draft:
    value = math.fsum(points(finding, anchors.severity_points) for finding in defects)
    because = (
        f"{count(len(defects), 'likely memory defect')}: {top_rules(defects)}; severity times confidence, to review."
        if defects
        else "No rule looks for memory defects in Java."
        if is_java
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


def _untrusted(holding: Holding, signals: Sequence[Finding], reach: Reach, anchors: Anchors) -> Draft:
    """Nothing recognised in a component of Java alone is no evidence: the signals are read in C and C++."""
    draft = untrusted_input(holding, signals, reach, anchors)
    if draft.value or not _is_java(holding):
        return draft
    because = "Not looked for in Java: what reads from outside is recognised in C and C++ only. Unknown, counted as none; to confirm."
    return dataclasses.replace(draft, because=because)


def _size(holding: Holding) -> Draft:
    """C and C++ lines, and of Java only the functions that hold raw memory."""
    files = sorted((file for file in holding.sources if file.raw_sloc), key=lambda file: (-file.raw_sloc, file.path))
    places = tuple(FactorEvidence(path=file.path, line=1, what=count(file.raw_sloc, "line")) for file in files[:5])
    native = [file for file in holding.unsafe_sources if file.facts.sloc]
    said = [f"{count(sum(file.facts.sloc for file in native), 'line')} of C and C++ in {count(len(native), 'file')}"]
    raw = sum(file.raw_sloc for file in holding.java_sources)
    if raw:
        every = sum(file.facts.sloc for file in holding.java_sources)
        said.append(
            f"{count(raw, 'line')} of Java functions that hold raw memory or are native, of {count(every, 'line')} of Java"
        )
    because = f"{name_list(said if native or not raw else said[1:])}."
    if raw:
        because += " The rest of the Java is memory-safe and counts nothing here."
    return Draft(name="size", value=float(sum(file.raw_sloc for file in files)), because=because, evidence=places)
