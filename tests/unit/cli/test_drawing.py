"""The page of an analysis is remembered under everything that it is drawn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from rustplan.api import data_digest
from rustplan.cli.drawing import Drawing, Page
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report import canonical, render
from rustplan.report.json_format import encode_analysis
from rustplan.scan import Cache
from sample_analysis import sample_analysis


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """An analysis as `analyze` returns it."""
    made = canonical(sample_analysis())
    return msgspec.structs.replace(made, data_digest=data_digest(made))


def drawn_in(folder: Path, analysis: Analysis, options: ReportOptions) -> Page:
    """The page that a run with a cache in `folder` draws."""
    with Cache(folder) as cache:
        return Drawing(cache).page(analysis, options)


def count_drawings(monkeypatch: pytest.MonkeyPatch) -> list[ReportOptions]:
    """Note every page that is really drawn."""
    from rustplan.report import html

    seen: list[ReportOptions] = []
    draw = html.render_document

    def noted(analysis: Analysis, options: ReportOptions) -> Any:
        seen.append(options)
        return draw(analysis, options)

    monkeypatch.setattr(html, "render_document", noted)
    return seen


def test_a_page_is_drawn_once_and_is_the_same_page(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = count_drawings(monkeypatch)
    pages = [drawn_in(tmp_path, analysis, ReportOptions()) for _ in range(2)]
    assert len(seen) == 1
    assert [page.text for page in pages] == [render(analysis, "html", ReportOptions())] * 2
    assert pages[0].notices == pages[1].notices


def test_other_options_another_analysis_and_other_templates_are_another_page(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = count_drawings(monkeypatch)
    drawn_in(tmp_path, analysis, ReportOptions())
    drawn_in(tmp_path, analysis, ReportOptions(paper="letter"))
    other = msgspec.structs.replace(analysis, project=msgspec.structs.replace(analysis.project, name="other"))
    other = msgspec.structs.replace(other, data_digest=data_digest(other))
    page = drawn_in(tmp_path, other, ReportOptions())
    monkeypatch.setattr("rustplan.cli.drawing._digest_of_templates", lambda: b"other")
    drawn_in(tmp_path, analysis, ReportOptions())
    assert len(seen) == 4
    assert page.text == render(other, "html", ReportOptions())


def test_the_json_document_is_that_of_the_format(analysis: Analysis) -> None:
    assert Drawing(None).json(analysis) == encode_analysis(analysis)
    assert Drawing(None).page(analysis, ReportOptions()).text == render(analysis, "html", ReportOptions())
