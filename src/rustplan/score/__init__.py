"""Turns facts and findings into scores that show their arithmetic, on two tracks that are never mixed."""

from __future__ import annotations

from rustplan.score.rank import score

__all__ = ["score"]
