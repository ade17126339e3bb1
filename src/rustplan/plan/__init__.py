"""Turns a scorecard into a roadmap: options, boundaries, effort ranges, waves, and what is left out with the reason."""

from __future__ import annotations

from rustplan.plan.build import plan

__all__ = ["plan"]
