"""Where a Java latency candidate could be cut, what the cut would cost, and which boundary fits, if any."""

from __future__ import annotations

from rustplan.plan.latency.calls import Methods
from rustplan.plan.latency.propose import best_by_component, propose_seams
from rustplan.plan.latency.situation import look_around

__all__ = ["Methods", "best_by_component", "look_around", "propose_seams"]
