"""Scores all components on both tracks and ranks them; the two tracks are never mixed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from rustplan.catalog import Anchors, EntryPoints
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Confidence, RuleSummary, Track
from rustplan.model.options import PlanOptions
from rustplan.model.scan import TreeScan
from rustplan.model.score import ComponentScore, Factor, Scorecard
from rustplan.model.source import Role
from rustplan.score import latency, memory
from rustplan.score.candidates import Candidates, list_candidates
from rustplan.score.exposure import find_exposures
from rustplan.score.feasibility import Surroundings, feasibility_factors, look_around
from rustplan.score.files import score_files
from rustplan.score.heat import estimate_heat
from rustplan.score.holdings import Holding, take_stock
from rustplan.score.java.entries import has_benchmark
from rustplan.score.levels import level_factor, total
from rustplan.score.oracle import oracle_of
from rustplan.score.past import find_past
from rustplan.score.reach import Reach, find_reach
from rustplan.score.stability import weigh_stability
from rustplan.score.text_signals import text_signals


def score(
    scan: TreeScan,
    components: ComponentGraph,
    graph: CodeGraph,
    rules: tuple[RuleSummary, ...],
    evidence: Evidence,
    anchors: Anchors,
    options: PlanOptions,
) -> Scorecard:
    """Return the scorecard: components best first within a track, all files by path, Java candidates best first."""
    by_id = {rule.id: rule for rule in rules}
    around = look_around(scan, components, graph)
    reach = find_reach(scan, components, graph, anchors.reach)
    texts = text_signals(scan, components)
    past = find_past(evidence)
    cards = []
    holdings = take_stock(scan, components, graph)
    for holding in holdings:
        if memory.is_on_track(holding, by_id):
            factors = memory.risk_factors(holding, reach, by_id, evidence, anchors, past)
            card = _card(holding, Track.MEMORY_SAFETY, factors, around, anchors, options)
            cards.append(msgspec.structs.replace(card, network_steps=_steps(reach, holding)))
        if latency.is_on_track(holding):
            factors = latency.pressure_factors(holding, by_id, evidence, anchors, texts.get(holding.component.name, ()))
            cards.append(_card(holding, Track.LATENCY, factors, around, anchors, options))
    owners = {path: component.name for component in components.components for path in component.files}
    found = _candidates(scan, owners, by_id, evidence, anchors.entry_points)
    scorecard = Scorecard(
        components=tuple(sorted(cards, key=_best_first)),
        files=score_files(scan, owners, anchors.files, past.history),
        candidates=found.methods,
        candidate_classes=found.classes,
        exponents=anchors.score.exponents,
        anchors_version=anchors.version,
        exposures=find_exposures(scan, graph, holdings, by_id, anchors, reach.idle),
    )

    return msgspec.structs.replace(scorecard, stability=weigh_stability(scorecard, components, evidence))


def _candidates(
    scan: TreeScan, owners: Mapping[str, str], rules: Mapping[str, RuleSummary], evidence: Evidence, table: EntryPoints
) -> Candidates:
    """List the Java of role source; benchmarks of any role say what its authors hold for hot."""
    java = [file for file in scan.files if not file.facts.language.is_memory_unsafe]
    if not any(file.role is Role.SOURCE for file in java):
        return Candidates()
    read = [file for file in java if file.role is Role.SOURCE or has_benchmark(file, table)]
    return list_candidates(estimate_heat(read, table), owners, rules, evidence, table)


def _card(
    holding: Holding,
    track: Track,
    factors: tuple[Factor, ...],
    around: Surroundings,
    anchors: Anchors,
    options: PlanOptions,
) -> ComponentScore:
    risk = total(factors)
    feasible = feasibility_factors(holding, around, anchors)
    valued = _value_factors(holding, options.criticality)
    feasibility, value = _product(feasible), _product(valued)
    return ComponentScore(
        component=holding.component.name,
        track=track,
        risk=risk,
        risk_low=risk,
        risk_high=_highest(risk, holding.coverage),
        feasibility=feasibility,
        value=value,
        score=combined(risk, feasibility, value, anchors.score.exponents),
        confidence=_confidence(holding, anchors),
        coverage=holding.coverage,
        risk_factors=factors,
        feasibility_factors=feasible,
        value_factors=valued,
        oracle=oracle_of(holding, around, anchors.feasibility),
    )


def combined(risk: float, feasibility: float, value: float, exponents: tuple[float, float, float]) -> float:
    """Return the score (0-100) of a risk (0-100), a feasibility and a value (0-1): geometric, so that nothing buys off a zero."""
    a, b, c = exponents
    return float(100.0 * (risk / 100.0) ** a * feasibility**b * value**c)


def _steps(reach: Reach, holding: Holding) -> int | None:
    hop = reach.hops.get(holding.component.name)
    return None if hop is None else hop.steps


def _highest(risk: float, coverage: float) -> float:
    """Return the risk if every unread byte were as risky as can be; what was read already stands as the low end."""
    return round(risk + (100.0 - risk) * (1.0 - coverage), 4) if coverage < 1.0 else risk


def _value_factors(holding: Holding, criticality: Mapping[str, float]) -> tuple[Factor, ...]:
    """Criticality is the owner's to say; without it every component counts the same."""
    given = criticality.get(holding.component.name)
    because = (
        "Criticality as set in the configuration."
        if given is not None
        else "No criticality is configured for this component: neutral."
    )
    level = 1.0 if given is None else given
    return (
        level_factor(
            name="criticality", value=level, unit="0-1", anchor="as configured, else 1", level=level, because=because
        ),
    )


def _product(factors: Sequence[Factor]) -> float:
    return math.prod(factor.level for factor in factors if not factor.is_absent)


def _confidence(holding: Holding, anchors: Anchors) -> Confidence:
    """High, medium or low from what was read, who says these files belong together, and how clear the edges are."""
    for level, needs in (
        (Confidence.HIGH, anchors.confidence.high),
        (Confidence.MEDIUM, anchors.confidence.medium),
    ):
        if (
            holding.coverage >= needs.coverage
            and holding.component.provenance.confidence >= needs.provenance
            and holding.ambiguous <= needs.ambiguous
        ):
            return level
    return Confidence.LOW


def _best_first(card: ComponentScore) -> tuple[int, float, str]:
    return (list(Track).index(card.track), -card.score, card.component)
