from __future__ import annotations

import itertools

import html5lib
import pytest

import builders
from comparison_world import at
from rustplan.gate import finding_changes
from rustplan.report.diff import compare_analyses
from rustplan.report.portfolio import portfolio_of, repository_of
from rustplan.report.sheet_html import sheet_as_html
from rustplan.report.trend import point_of, trend_of
from rustplan.report.view.diff import build_diff
from rustplan.report.view.portfolio import build_portfolio
from rustplan.report.view.sheets import Sheet
from rustplan.report.view.trend import build_trend

SMALL, HOSTILE = builders.analysis(), builders.hostile_analysis()
SHEETS = {
    "diff": lambda: build_diff(
        compare_analyses(SMALL, at("2026-12-01", 9), finding_changes(SMALL, at("2026-12-01", 9)))
    ),
    "hostile-diff": lambda: build_diff(compare_analyses(SMALL, HOSTILE, finding_changes(SMALL, HOSTILE))),
    "trend": lambda: build_trend(trend_of(point_of(one) for one in (at("2026-01-01", 9, 5), at("2026-02-01", 5, 9)))),
    "hostile-trend": lambda: build_trend(trend_of(point_of(one) for one in (SMALL, HOSTILE))),
    "portfolio": lambda: build_portfolio(portfolio_of([repository_of(SMALL)])),
    "hostile-portfolio": lambda: build_portfolio(
        portfolio_of([repository_of(SMALL), repository_of(HOSTILE, "<b>.json")])
    ),
}


@pytest.fixture(params=SHEETS, scope="module")
def sheet(request: pytest.FixtureRequest) -> Sheet:
    return SHEETS[request.param]()


def test_the_page_is_valid_and_holds_nothing_foreign(sheet: Sheet) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(sheet_as_html(sheet))
    assert parser.errors == []
    assert not [node.tag for node in tree.iter() if node.tag in ("img", "iframe", "object", "link", "base", "form")]
    assert sum(1 for node in tree.iter("script")) == 1
    assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on") or name == "style"]
    headings = [
        int(node.tag[1]) for node in tree.iter() if isinstance(node.tag, str) and node.tag in ("h1", "h2", "h3", "h4")
    ]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(headings))


def test_every_chart_stands_above_a_table_of_its_numbers(sheet: Sheet) -> None:
    for part in sheet.parts:
        assert not part.figures or part.tables


def test_ids_are_unique(sheet: Sheet) -> None:
    tree = html5lib.parse(sheet_as_html(sheet), namespaceHTMLElements=False)
    ids = [node.attrib["id"] for node in tree.iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))


def test_the_page_is_the_same_twice(sheet: Sheet) -> None:
    assert sheet_as_html(sheet) == sheet_as_html(sheet)
