"""Says whether an analysis meets the limits a caller asked for. Reports never change the exit code; only this does."""

from __future__ import annotations

from rustplan.gate.baseline import (
    DEFAULT_NAME,
    Baseline,
    Budget,
    Entry,
    baseline_of,
    decode_baseline,
    encode_baseline,
)
from rustplan.gate.changes import finding_changes
from rustplan.gate.compare import Comparison, compare, without_stale
from rustplan.gate.evaluate import GateInputs, evaluate
from rustplan.gate.expression import Expression, Metric, parse_expression
from rustplan.model.verdict import BaselineTally, Check, NewFinding, PolicyResult, Verdict

__all__ = [
    "DEFAULT_NAME",
    "Baseline",
    "BaselineTally",
    "Budget",
    "Check",
    "Comparison",
    "Entry",
    "Expression",
    "GateInputs",
    "Metric",
    "NewFinding",
    "PolicyResult",
    "Verdict",
    "baseline_of",
    "compare",
    "decode_baseline",
    "encode_baseline",
    "evaluate",
    "finding_changes",
    "parse_expression",
    "without_stale",
]
