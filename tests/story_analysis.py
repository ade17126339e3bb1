"""The three stories of `fixtures/`, each read once for all tests that look at its outputs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.analysis import Analysis
from rustplan.model.options import EvidenceOptions, PlanOptions

STORIES = Path(__file__).resolve().parents[1] / "fixtures"
NAMES = ("edge-gateway", "image-codec", "telemetry-pipeline")


@cache
def story(name: str, *, has_team: bool = False) -> Analysis:
    """The analysis of a story, without history; with a team, quarters are projected."""
    team = PlanOptions(engineers=2, start="2027-02", availability=0.5) if has_team else PlanOptions()
    return analyze(STORIES / name / "repo", Settings(evidence=EvidenceOptions(history=False), plan=team))
