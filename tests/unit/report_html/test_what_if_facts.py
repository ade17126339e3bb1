"""What the page holds for its what-if is enough: the scan's own functions make the printed plan of it again."""

from __future__ import annotations

import json
from itertools import pairwise

import msgspec
import pytest

import builders
import what_if_reference as reference
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Override
from rustplan.report.html import render_html
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.whatif import what_if_facts
from story_analysis import NAMES, story


@pytest.mark.parametrize("name", NAMES)
def test_facts_alone_give_the_printed_ranking_waves_and_quarters(name: str) -> None:
    analysis = story(name, has_team=True)
    facts = json.loads(json.dumps(what_if_facts(PageIndex(analysis, ReportOptions()))))
    told = reference.compute(facts, reference.plain_settings(facts))
    assert [facts["rows"][i]["was"][0] for track in told["ranking"] for i in track] == [
        rank + 1 for track in told["ranking"] for rank in range(len(track))
    ]
    scores = {(score.component, score.track): score.score for score in analysis.scorecard.components}
    for row, score in zip(facts["rows"], told["scores"], strict=True):
        assert score == pytest.approx(scores[row["key"], reference.TRACKS[row["track"]]], abs=1e-3)
    assert len(told["waves"]) == len(analysis.roadmap.waves) > 0
    for mine, printed in zip(told["waves"], analysis.roadmap.waves, strict=True):
        members = tuple(dict.fromkeys(facts["rows"][i]["key"] for i in mine["members"]))
        assert (mine["number"], members) == (printed.number, printed.components)
        assert (mine["p10"], mine["p50"], mine["p90"]) == (printed.p10, printed.p50, printed.p90)
        assert (mine["unsafe"], mine["share"]) == (printed.unsafe_sloc, printed.risk_share)
        assert mine["projected"] == printed.projected


def test_more_budget_never_buys_less_and_none_buys_nothing() -> None:
    facts = what_if_facts(PageIndex(story("image-codec"), ReportOptions()))
    plain = reference.plain_settings(facts)
    bought = [
        {i for i, wave in enumerate(reference.compute(facts, plain | {"budget": budget})["wave"]) if wave}
        for budget in (0, 0.3, 0.6, 1, 2, 5, 50, None)
    ]
    assert bought[0] == set()
    assert all(less <= more for less, more in pairwise(bought))
    assert bought[-1] == bought[-2] != set()


def test_a_saved_analysis_that_was_edited_breaks_nothing() -> None:
    analysis = story("image-codec")
    odd = Override(name="effort.no.such", shipped=1.0, used=2.0)
    edited = msgspec.structs.replace(
        analysis,
        settings={
            **analysis.settings,
            "score.weights": {"churn": "much"},
            "plan.start": "</script><b>",
            "plan.engineers": "x",
        },
        roadmap=msgspec.structs.replace(analysis.roadmap, overrides=(odd,)),
    )
    text = render_html(edited, ReportOptions())
    assert 'id="what-if"' in text
    assert "</script><b>" not in text


def test_what_the_configuration_replaced_is_in_the_facts() -> None:
    analysis = story("image-codec")
    fewer = Override(name="effort.waves.most_steps", shipped=6.0, used=2.0)
    roadmap = msgspec.structs.replace(analysis.roadmap, overrides=(fewer,))
    facts = what_if_facts(PageIndex(msgspec.structs.replace(analysis, roadmap=roadmap), ReportOptions()))
    assert facts["limits"]["steps"] == 2


def test_without_facts_there_is_no_panel() -> None:
    """An analysis saved before the spread was kept, and one with nothing ranked, have the page without it."""
    old = story("image-codec")
    steps = tuple(
        msgspec.structs.replace(step, effort=msgspec.structs.replace(step.effort, spread=None))
        for step in old.roadmap.steps
    )
    for analysis in (
        builders.empty_analysis(),
        msgspec.structs.replace(old, roadmap=msgspec.structs.replace(old.roadmap, steps=steps)),
    ):
        assert 'id="what-if"' not in render_html(analysis, ReportOptions())
    assert 'id="what-if"' in render_html(old, ReportOptions())
