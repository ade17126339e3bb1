"""The outcome of a run as `name=value` lines, for the outputs of a CI step and for shell scripts."""

from __future__ import annotations

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.model.verdict import Verdict


def render_variables(analysis: Analysis, verdict: Verdict) -> str:
    """Return gate, exit, risk, gc and coverage, one a line. `risk` and `gc` are the highest of a component, empty without that track."""
    values = {
        "gate": _gate(verdict),
        "exit": str(verdict.exit_code),
        "risk": _highest(analysis, Track.MEMORY_SAFETY),
        "gc": _highest(analysis, Track.LATENCY),
        "coverage": f"{int(analysis.coverage.share * 10_000) / 10_000:.4f}",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _gate(verdict: Verdict) -> str:
    if verdict.incomplete:
        return "incomplete"
    if not verdict.checks:
        return "none"
    return "passed" if verdict.is_met else "not-met"


def _highest(analysis: Analysis, track: Track) -> str:
    risks = [score.risk for score in analysis.scorecard.components if score.track is track]
    return f"{max(risks):.1f}" if risks else ""
