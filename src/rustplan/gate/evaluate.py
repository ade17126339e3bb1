"""Compares an analysis with the limits asked for."""

from __future__ import annotations

from rustplan.gate.expression import Expression, Metric, parse_expression
from rustplan.gate.verdict import Check, Verdict
from rustplan.model.analysis import Analysis, Coverage
from rustplan.model.finding import Track
from rustplan.model.options import GateOptions

NAMED = 3
"""How many components one check names; the rest is counted."""


def evaluate(analysis: Analysis, options: GateOptions) -> Verdict:
    """Judge every expression of `options.fail_on` and the completeness of the scan. Raises ConfigError for a wrong expression."""
    expressions = tuple(dict.fromkeys(parse_expression(text) for text in options.fail_on))
    return Verdict(
        checks=tuple(_check(analysis, expression) for expression in expressions),
        incomplete=tuple(_gaps(analysis.coverage, options)),
        exit_zero=options.exit_zero,
    )


def _check(analysis: Analysis, expression: Expression) -> Check:
    if expression.metric is Metric.COVERAGE:
        share = analysis.coverage.share
        return Check(expression=expression.text, is_met=not expression.holds(share), detail=_share(share))
    track = Track.MEMORY_SAFETY if expression.metric is Metric.RISK else Track.LATENCY
    return _component_check(analysis, expression, track)


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
    detail = ", ".join(f"{score.component} {score.risk:.4g}" for score in shown[:NAMED])
    if len(shown) > NAMED:
        detail += f" and {len(shown) - NAMED} more"
    return Check(expression=expression.text, is_met=not broken, detail=detail)


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
