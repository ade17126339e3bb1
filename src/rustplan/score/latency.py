"""Factors of garbage-collector pressure of one Java component: where allocation candidates may run often. Earns no memory-safety credit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rustplan.catalog import Anchors
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Finding, Kind, RuleSummary, Track
from rustplan.model.score import EvidenceLevel, Factor, FactorEvidence
from rustplan.score.heat import Heat, estimate_heat
from rustplan.score.holdings import Holding, counted, why_absent
from rustplan.score.java.measured import read_measured
from rustplan.score.levels import Draft, weigh
from rustplan.score.text_signals import TextSignal, joined_strength
from rustplan.score.wording import (
    count,
    heaviest_places,
    mostly,
    name_list,
    per_kloc,
    points,
    top_rules,
    worst_places,
)

TRACK = Track.LATENCY


def is_on_track(holding: Holding) -> bool:
    """True when the component has Java lines of role source."""
    return any(file.facts.sloc for file in holding.java_sources)


def pressure_factors(
    holding: Holding,
    rules: Mapping[str, RuleSummary],
    evidence: Evidence,
    anchors: Anchors,
    texts: Sequence[TextSignal] = (),
) -> tuple[Factor, ...]:
    """Return the factors whose contributions sum to the pressure (0-100).

    Only the component's own source files are looked at, and `texts`: what build and deployment files around it say.
    """
    exposures = counted(holding, Kind.EXPOSURE, TRACK, rules)
    defects = counted(holding, Kind.DEFECT, TRACK, rules)
    signals = counted(holding, Kind.SIGNAL, TRACK, rules) + counted(holding, Kind.SEAM, TRACK, rules)
    heat = estimate_heat(holding.java_sources, anchors.entry_points)
    drafts = (
        _allocation_pressure(holding, exposures, heat, anchors),
        _handlers(exposures, heat, anchors),
        _hazards(defects, anchors),
        _signals(signals, texts, anchors),
        _measured(holding, evidence),
    )
    return weigh(drafts, anchors.latency.factors)


def _allocation_pressure(holding: Holding, exposures: Sequence[Finding], heat: Heat, anchors: Anchors) -> Draft:
    """Weight of the candidates, each by how often its method may run (a tenth when nothing known calls it)."""
    lines = sum(file.facts.sloc for file in holding.java_sources)
    heated = [(finding.weight * _warmth(finding, heat, anchors), finding) for finding in exposures]
    value = per_kloc(math.fsum(weight for weight, _ in heated), lines, anchors.densities)
    ordered = [
        finding for _, finding in sorted(heated, key=lambda pair: (-pair[0], pair[1].path, pair[1].line, pair[1].rule))
    ]
    places = tuple(
        FactorEvidence(path=finding.path, line=finding.line, what=f"{finding.rule} in {finding.function or 'the file'}")
        for finding in ordered[:5]
    )
    because = (
        f"{count(sum(finding.places for finding in exposures), 'allocation candidate')}{mostly(exposures)}; "
        "how often they run is estimated from calls, not measured."
        if exposures
        else "No allocation candidate of the rulebook was found."
    )
    return Draft(name="allocation-pressure", value=value, because=because, evidence=places)


def _warmth(finding: Finding, heat: Heat, anchors: Anchors) -> float:
    """Return a share (`coolest`-1) by the logarithm of the estimated calls of the finding's method."""
    calls = heat.calls.get(finding.function, 0.0)
    share = min(1.0, math.log10(1.0 + calls) / anchors.entry_points.cap)
    coolest = anchors.entry_points.coolest
    return coolest + (1.0 - coolest) * share


def _handlers(exposures: Sequence[Finding], heat: Heat, anchors: Anchors) -> Draft:
    """Entry points called for every message or request that allocate themselves or in a method they call."""
    allocating = {finding.function for finding in exposures}
    handlers = [
        (name, method)
        for name, method in sorted(heat.methods.items())
        if method.base >= 10.0**anchors.entry_points.request_rate
        and (name in allocating or allocating.intersection(heat.callees.get(name, ())))
    ]
    kinds = sorted({method.entry for _, method in handlers})
    because = (
        f"{count(len(handlers), 'handler')} called for every message or request ({name_list(kinds)}) with allocation candidates; "
        "recognised by name, to confirm."
        if handlers
        else "No message or request handler with allocation candidates was recognised."
    )
    places = tuple(
        FactorEvidence(path=method.path, line=method.line, what=f"{method.entry}: {name}")
        for name, method in handlers[:5]
    )
    return Draft(name="handler-methods", value=float(len(handlers)), because=because, evidence=places)


def _hazards(defects: Sequence[Finding], anchors: Anchors) -> Draft:
    value = math.fsum(points(finding, anchors.severity_points) for finding in defects)
    because = (
        f"{count(len(defects), 'hazard')} for the collector: {top_rules(defects)}."
        if defects
        else "No hazard for the collector was found."
    )
    evidence = worst_places(defects, anchors.severity_points)
    return Draft(name="collector-hazards", value=value, because=because, evidence=evidence)


def _signals(signals: Sequence[Finding], texts: Sequence[TextSignal], anchors: Anchors) -> Draft:
    strength, said = joined_strength(signals, texts, anchors.signals.latency, anchors.signals)
    found = (*signals, *(signal.finding for signal in texts))
    known = [finding for finding in found if finding.rule in anchors.signals.latency]
    because = (
        f"Its authors care about pauses: it {said}."
        if said
        else "No sign that its authors fight the garbage collector was found."
    )
    return Draft(name="latency-signals", value=strength, because=because, evidence=heaviest_places(known))


def _measured(holding: Holding, evidence: Evidence) -> Draft:
    """The component's share of what allocation profiles charged to the scanned code."""
    measured = read_measured(evidence)
    if not measured.allocation:
        reason = why_absent(evidence, "profile", "no profile was given")
        return Draft(
            name="measured-allocation",
            value=0.0,
            is_absent=True,
            because=f"Candidate: no profile given ({reason}). Unknown, not zero: its weight went to the other factors.",
        )
    own = {
        function.qualified_name: (file.path, function.start_line)
        for file in holding.java_sources
        for function in reversed(file.facts.functions)
    }
    shares = sorted(((share, name) for name, share in measured.allocation.items() if name in own), reverse=True)
    value = math.fsum(share for share, _ in shares)
    names = ", ".join(measured.names.get(EvidenceLevel.MEASURED_ALLOCATION, ()))
    return Draft(
        name="measured-allocation",
        value=min(1.0, value),
        because=f"{value:.0%} of the bytes allocated in the scanned code, measured ({names}).",
        evidence=tuple(
            FactorEvidence(path=own[name][0], line=own[name][1], what=f"{share:.1%} in {name}")
            for share, name in shares[:5]
        ),
    )
