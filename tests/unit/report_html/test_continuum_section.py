"""Every component has a place on the continuum, with the evidence, a mark to confirm it, and never the stage that no source text shows."""

from __future__ import annotations

import msgspec
import pytest

import builders
from rustplan.model.choices import HardeningMeasure, HardeningState
from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.model.score import FactorEvidence
from rustplan.report.html import render_html
from rustplan.report.view.continuum import BETWEEN, SAFE, UNSAFE, build_continuum
from rustplan.report.view.lookup import PageIndex
from story_analysis import NAMES, story


def placed(analysis, **options):
    view = build_continuum(PageIndex(analysis, ReportOptions(**options)))
    assert view is not None
    return {row.component.words: row for row in view.rows}


@pytest.mark.parametrize("name", NAMES)
def test_each_ranked_component_stands_in_the_band_of_its_languages(name: str) -> None:
    analysis = story(name)
    rows = placed(analysis)
    ranked = {score.component for track in Track for score in analysis.scorecard.components if score.track is track}
    assert set(rows) == ranked
    for component in analysis.graph.components:
        if component.name in ranked:
            band = rows[component.name].band
            assert (band == UNSAFE) is (component.unsafe_sloc > 0 and component.sloc == component.unsafe_sloc)
            assert band in (SAFE, BETWEEN, UNSAFE)


def test_java_with_native_methods_stands_between() -> None:
    rows = placed(story("telemetry-pipeline"))
    assert {row.band for row in rows.values()} == {SAFE, BETWEEN, UNSAFE}
    assert any("native methods or raw memory" in row.evidence for row in rows.values())


def test_tools_in_the_build_files_lift_the_stage_and_are_shown() -> None:
    analysis = builders.analysis()
    assert {row.stage for row in placed(analysis).values() if row.band == UNSAFE} == {"practices only, if any"}
    measure = HardeningMeasure(
        id="fortify", words="checked functions", buys="", state=HardeningState.SET,
        evidence=(FactorEvidence(path="CMakeLists.txt", line=7, what="-D_FORTIFY_SOURCE=3"),),
    )  # fmt: skip
    missing = msgspec.structs.replace(measure, id="relro", state=HardeningState.MISSING)
    roadmap = msgspec.structs.replace(analysis.roadmap, hardening=(measure, missing))
    rows = placed(msgspec.structs.replace(analysis, roadmap=roadmap))
    lifted = [row for row in rows.values() if row.band == UNSAFE]
    assert {row.stage for row in lifted} == {"practices and tools on own code"}
    assert all("1 measure of the hardening guide" in row.evidence for row in lifted)
    assert lifted[0].places == ("CMakeLists.txt:7",)


def test_the_page_marks_it_as_a_draft_and_cites_the_source() -> None:
    text = render_html(builders.analysis(), ReportOptions())
    assert "Memory Safety Continuum" in text
    assert "dependencies, leave no trace here" in text
    assert "tools for own code and dependencies, with tools" in text
    assert build_continuum(PageIndex(builders.empty_analysis(), ReportOptions())) is None
    assert build_continuum(PageIndex(builders.analysis(), ReportOptions(redact="full"))) is None
