"""Each story's result, stage by stage, is kept in `fixtures/<story>/expected/`. `make goldens` rewrites them; review the diff like code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from stage_views import STAGES, run_stages

STORIES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.mark.parametrize("story", ["edge-gateway", "telemetry-pipeline", "image-codec"])
def test_story_matches_its_goldens(story: str) -> None:
    expected = STORIES / story / "expected"
    views = run_stages(STORIES / story / "repo")
    assert tuple(views) == STAGES
    if os.environ.get("RUSTPLAN_WRITE_GOLDENS"):
        expected.mkdir(exist_ok=True)
        for stage, text in views.items():
            (expected / f"{stage}.txt").write_text(text, encoding="utf-8", newline="\n")
    for stage, text in views.items():
        assert text == (expected / f"{stage}.txt").read_text(encoding="utf-8"), (
            f"{stage} changed; if it is right: make goldens"
        )
