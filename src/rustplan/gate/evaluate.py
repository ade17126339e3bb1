"""Compares an analysis with the limits asked for."""

from __future__ import annotations

from datetime import date

import msgspec

from rustplan.errors import InputError
from rustplan.gate.baseline import DEFAULT_NAME, Baseline, budgets_of
from rustplan.gate.compare import Comparison, compare
from rustplan.gate.expression import Expression, Metric, parse_expression
from rustplan.gate.policy import judge_policies
from rustplan.model.analysis import Analysis, Coverage
from rustplan.model.finding import Severity, Track
from rustplan.model.options import GateOptions
from rustplan.model.verdict import BaselineTally, Check, Figure, PolicyResult, Verdict

NAMED = 3
"""How many components or findings one check names; the rest is counted."""


class GateInputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict needs besides the analysis: the accepted findings, and the day (YYYY-MM-DD) that decides what has expired and started."""

    baseline: Baseline | None = None
    baseline_name: str = DEFAULT_NAME
    day: str = ""
    day_because: str = ""


def evaluate(analysis: Analysis, options: GateOptions, inputs: GateInputs | None = None) -> Verdict:
    """Judge every expression of `options.fail_on` and the completeness of the scan.

    Raises ConfigError for a wrong expression, InputError when one needs a baseline and there is none.
    """
    given = inputs or GateInputs()
    expressions = tuple(dict.fromkeys(parse_expression(text) for text in options.fail_on))
    missing = next((one for one in expressions if one.needs_baseline and given.baseline is None), None)
    if missing is not None:
        raise InputError(
            f"--fail-on {missing.text} needs a baseline, and there is no {given.baseline_name}",
            hint="make one from a scan and commit it: rustplan baseline create",
        )
    comparison = compare(analysis, given.baseline, given.day) if given.baseline else None
    policies = judge_policies(analysis, options.policy, given.baseline, comparison, given.day)
    return Verdict(
        checks=tuple(_check(analysis, expression, comparison, policies) for expression in expressions),
        incomplete=tuple(_gaps(analysis.coverage, options)),
        exit_zero=options.exit_zero,
        baseline=_tally(analysis, given, comparison),
        policies=policies,
        day=given.day,
        day_because=given.day_because,
    )


def _tally(analysis: Analysis, given: GateInputs, comparison: Comparison | None) -> BaselineTally | None:
    if given.baseline is None or comparison is None:
        return None
    return BaselineTally(
        name=given.baseline_name,
        size=given.baseline.size,
        age=_days(given.baseline.date, given.day),
        new=sum(new.places for new in comparison.new),
        fixed=comparison.fixed,
        unchanged=comparison.unchanged,
        moved=comparison.moved,
        expired=comparison.expired,
        has_other_rules=comparison.has_other_rules,
        figures=_figures(analysis, given.baseline, comparison),
        new_findings=comparison.new,
    )


def _figures(analysis: Analysis, baseline: Baseline, comparison: Comparison) -> tuple[Figure, ...]:
    """What a change did to the whole: lines, findings, crossings. Without components only the findings can be told."""
    now = comparison.unchanged + comparison.moved + sum(new.places for new in comparison.new)
    findings = Figure(name="Findings", before=baseline.size, now=now)
    if not analysis.graph.components:
        return (findings,)
    budgets = budgets_of(analysis)
    return (
        Figure(
            name="Unsafe lines",
            before=sum(budget.lines for budget in baseline.components),
            now=sum(budget.lines for budget in budgets),
        ),
        findings,
        Figure(
            name="Boundary crossings",
            before=sum(budget.crossings for budget in baseline.components),
            now=sum(budget.crossings for budget in budgets),
        ),
    )


def _days(start: str, end: str) -> int | None:
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days
    except ValueError:
        return None


def _check(
    analysis: Analysis, expression: Expression, comparison: Comparison | None, policies: tuple[PolicyResult, ...]
) -> Check:
    if expression.metric is Metric.NEW:
        return _new_check(expression, comparison, analysis.coverage)
    if expression.metric is Metric.STALE:
        stale = comparison.stale if comparison else ()
        named = _and_more([f"{entry.path} {entry.rule}" for entry, _ in stale])
        return Check(expression=expression.text, is_met=not stale, detail=named or "every entry matches")
    if expression.metric is Metric.POLICY:
        return _policy_check(expression, policies)
    if expression.metric is Metric.COVERAGE:
        share = analysis.coverage.share
        return Check(expression=expression.text, is_met=not expression.holds(share), detail=_share(share))
    track = Track.MEMORY_SAFETY if expression.metric is Metric.RISK else Track.LATENCY
    return _component_check(analysis, expression, track)


def _new_check(expression: Expression, comparison: Comparison | None, coverage: Coverage) -> Check:
    new = comparison.at_least(expression.severity or Severity.LOW) if comparison else ()
    unsought = (
        "" if coverage.depth == "full" else f", but {len(coverage.rules_not_run)} rules were not run (surface depth)"
    )
    if not new:
        return Check(expression=expression.text, is_met=True, detail=f"nothing new{unsought}")
    counts = {severity: sum(one.places for one in new if one.finding.severity is severity) for severity in Severity}
    told = " and ".join(f"{count} new {severity.value}" for severity, count in counts.items() if count)
    places = _and_more(
        [
            f"{one.finding.path}:{one.finding.line} {one.finding.rule}{' (expired)' if one.has_expired else ''}"
            for one in new
        ]
    )
    return Check(expression=expression.text, is_met=False, detail=f"{told}: {places}{unsought}", findings=tuple(new))


def _policy_check(expression: Expression, policies: tuple[PolicyResult, ...]) -> Check:
    broken = [policy.words for policy in policies if policy.broken]
    if broken:
        return Check(expression=expression.text, is_met=False, detail=_and_more(broken))
    if not policies:
        return Check(expression=expression.text, is_met=True, detail="no policy is declared", is_idle=True)
    waiting = sum(not policy.is_in_force for policy in policies)
    detail = f"{len(policies)} kept" + (f", {waiting} of them not in force yet" if waiting else "")
    return Check(expression=expression.text, is_met=True, detail=detail)


def _component_check(analysis: Analysis, expression: Expression, track: Track) -> Check:
    """Every component of the track counts, because each has its own fixed-anchor figure."""
    worst_first = sorted(
        (score for score in analysis.scorecard.components if score.track is track),
        key=lambda score: (-score.risk, score.component),
    )
    if not worst_first:
        return Check(expression=expression.text, is_met=True, detail=f"no {track.value} track", is_idle=True)
    broken = [score for score in worst_first if expression.holds(score.risk)]
    shown = broken or worst_first[:1]
    detail = _and_more([f"{score.component} {score.risk:.4g}" for score in shown])
    return Check(expression=expression.text, is_met=not broken, detail=detail)


def _and_more(named: list[str]) -> str:
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + more


def _gaps(coverage: Coverage, options: GateOptions) -> list[str]:
    gaps = []
    if options.min_coverage is not None and coverage.share < options.min_coverage:
        gaps.append(f"coverage {_share(coverage.share)} is under {options.min_coverage * 100:.6g} %")
    if options.is_strict and (coverage.skipped or coverage.degraded):
        partly = len({file.path for file in coverage.degraded})
        gaps.append(f"--strict and {len(coverage.skipped)} skipped, {partly} read in part")
    return gaps


def _share(share: float) -> str:
    """A 0-1 share in percent with one decimal, cut and not rounded: 0.8999 never reads as 90 %, nor 0.9999 as 100 %."""
    tenths = int(share * 1000 + 1e-9) if share >= 1 else min(999, int(share * 1000 + 1e-9))
    return f"{tenths / 10:.1f} %"
