"""A roadmap is right when it concludes what a person who knows the code would: each story says what that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Kind
from rustplan.model.options import EvidenceOptions
from rustplan.yaml_reader import read_yaml

STORIES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture(scope="module", params=["edge-gateway", "telemetry-pipeline", "image-codec"])
def story(request: pytest.FixtureRequest) -> tuple[Analysis, dict[str, Any]]:
    folder = STORIES / request.param
    conclusions = read_yaml((folder / "conclusions.yaml").read_bytes())
    assert isinstance(conclusions, dict)
    return analyze(folder / "repo", Settings(evidence=EvidenceOptions(history=False))), conclusions


def test_the_first_move(story: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, expected = story
    first = expected["first"]
    best = next(score for score in analysis.scorecard.components if score.track.value == first["track"])
    assert best.component == first["component"]
    step = next(step for step in analysis.roadmap.steps if (step.component, step.track) == (best.component, best.track))
    assert (step.choice.option.value, step.wave) == (first["option"], first["wave"])


def test_every_component_has_a_right_option(story: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, expected = story
    chosen = {(step.track.value, step.component): step.choice.option.value for step in analysis.roadmap.steps}
    wanted = {
        (track, name): options
        for track, components in expected["options"].items()
        for name, options in components.items()
    }
    assert set(chosen) == set(wanted)
    assert {place: chosen[place] for place, options in wanted.items() if chosen[place] not in options} == {}


def test_good_code_stays_quiet(story: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, expected = story
    places = tuple(expected.get("no_defects", ())) or ("nowhere/",)
    assert [
        finding for finding in analysis.findings if finding.kind is Kind.DEFECT and finding.path.startswith(places)
    ] == []
    silent = tuple(expected.get("no_findings", ())) or ("nowhere/",)
    loud = (Kind.DEFECT, Kind.EXPOSURE)
    assert [finding for finding in analysis.findings if finding.kind in loud and finding.path.startswith(silent)] == []


def test_edges_and_cycles(story: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, expected = story
    edges = {(edge.dependent, edge.dependency) for edge in analysis.graph.dependencies}
    assert {tuple(edge) for edge in expected["edges"]} - edges == set()
    assert {tuple(edge) for edge in expected["no_edges"]} & edges == set()
    assert sum(unit.is_cycle for unit in analysis.graph.units) == expected["cycles"]


def test_the_best_candidates_are_the_ones_that_allocate_for_every_event(story: tuple[Analysis, dict[str, Any]]) -> None:
    analysis, expected = story
    wanted = expected.get("best_candidates")
    if wanted is None:
        assert analysis.scorecard.candidates == ()
        return
    classes = [candidate.class_name.rpartition(".")[2].split("$")[0] for candidate in analysis.scorecard.candidates]
    best = classes[: wanted["within"]]
    assert set(wanted["classes"]) <= set(best)
    assert set(wanted["not_classes"]) & set(best) == set()
