"""Says whether an analysis meets the limits a caller asked for. Reports never change the exit code; only this does."""

from __future__ import annotations

from rustplan.gate.evaluate import evaluate
from rustplan.gate.expression import Expression, parse_expression
from rustplan.gate.verdict import Check, Verdict

__all__ = ["Check", "Expression", "Verdict", "evaluate", "parse_expression"]
