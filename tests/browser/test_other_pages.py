"""The pages of diff, trend and portfolio where they are read: one request, nothing foreign, narrow, dark, printed and without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pypdf
import pytest

import builders
from comparison_world import at, renamed, with_other_rules
from rustplan.gate import finding_changes
from rustplan.model.options import ReportOptions
from rustplan.report.diff import compare_analyses
from rustplan.report.pdf import find_browser, render_pdf
from rustplan.report.portfolio import portfolio_of, repository_of
from rustplan.report.sheet_html import sheet_as_html
from rustplan.report.trend import point_of, trend_of
from rustplan.report.view.diff import build_diff
from rustplan.report.view.portfolio import build_portfolio
from rustplan.report.view.trend import build_trend

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

pytestmark = pytest.mark.browser

Open = Callable[..., Any]


@cache
def page_of(name: str) -> str:
    """One page, rendered once."""
    small, hostile = builders.analysis(), builders.hostile_analysis()
    if name.endswith("diff"):
        new = hostile if name.startswith("hostile") else renamed(at("2026-12-01", 900, 40), "tls", "secure")
        return sheet_as_html(build_diff(compare_analyses(small, new, finding_changes(small, new))))
    if name.endswith("trend"):
        dated = [at(f"202{year}-03-01", 90_000 - 9_000 * year, 7_000 * year) for year in range(6)]
        given = (
            [hostile, small] if name.startswith("hostile") else [*dated, with_other_rules(at("2026-02-01", 9, 80_000))]
        )
        return sheet_as_html(build_trend(trend_of(map(point_of, given))))
    given = (
        [hostile, small] if name.startswith("hostile") else [small, builders.one_component(), builders.empty_analysis()]
    )
    named = [repository_of(one, f"{place}.json") for place, one in enumerate(given)]
    return sheet_as_html(build_portfolio(portfolio_of(named)))


PLAIN = ("diff", "trend", "portfolio")
EVERY = (*PLAIN, "hostile-diff", "hostile-trend", "hostile-portfolio")


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open one of the pages from disk in a context of its own; `requests` and `messages` are kept on it."""
    contexts = []

    def opened(name: str, *, width: int = 1280, **options: object) -> Any:
        file = tmp_path / f"{name}.html"
        file.write_text(page_of(name), encoding="utf-8", newline="\n")
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
        contexts.append(context)
        context.set_default_timeout(8_000)
        page = context.new_page()
        page.seen_requests, page.seen_messages = [], []
        page.on("request", lambda request: page.seen_requests.append(request.url))
        page.on("console", lambda message: page.seen_messages.append(message.text))
        page.on("pageerror", lambda error: page.seen_messages.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("bypass", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_one_request_no_complaint_and_nothing_runs(open_page: Open, name: str, bypass: bool) -> None:
    page = open_page(name, bypass_csp=bypass)
    expect(page.locator("#controls")).to_be_visible()
    counts = page.evaluate(
        "() => ({ pwned: typeof window.PWNED, foreign: document.querySelectorAll('img,iframe,object,embed,link').length, scripts: document.scripts.length })"
    )
    assert counts == {"pwned": "undefined", "foreign": 0, "scripts": 1}
    assert len(page.seen_requests) == 1
    assert page.seen_messages == []


@pytest.mark.parametrize(
    "look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str
)
@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_no_violation(open_page: Open, name: str, look: dict[str, str]) -> None:
    page = open_page(name, bypass_csp=True, **look)
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    assert [(found["id"], found["nodes"][0]["html"]) for found in result["violations"]] == []


@pytest.mark.parametrize("name", EVERY)
def test_at_320_pixels_the_page_does_not_scroll_sideways(open_page: Open, name: str) -> None:
    assert open_page(name, width=320).evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("name", PLAIN)
def test_without_script_everything_is_there_and_no_dead_control(open_page: Open, name: str) -> None:
    page = open_page(name, java_script_enabled=False)
    assert page.locator("main > section").count() >= 3
    assert page.locator("tbody tr").count() > 3
    assert not page.locator("#controls").is_visible()
    assert page.locator("button:visible").count() == 0


def test_tables_sort_by_number_and_say_so(open_page: Open) -> None:
    page = open_page("trend")
    table = page.locator("table").first
    table.locator("th button", has_text="Unsafe lines").click()
    assert table.locator("th[aria-sort='ascending']").count() == 1
    cells = table.locator("tbody tr td:nth-child(3)").all_inner_texts()
    numbers = [int(cell.replace(",", "")) for cell in cells]
    assert numbers == sorted(numbers)
    assert len(numbers) == 7


def test_the_theme_can_be_chosen(open_page: Open) -> None:
    page = open_page("portfolio", color_scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.select_option("#theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.parametrize("name", PLAIN)
def test_on_paper_the_header_runs_and_the_numbers_are_there(open_page: Open, tmp_path: Path, name: str) -> None:
    page = open_page(name)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, tagged=True, outline=True)
    reader = pypdf.PdfReader(tmp_path / "page.pdf")
    text = " ".join("\n".join(sheet.extract_text() for sheet in reader.pages).split())
    assert "rustplan - " in text
    assert {
        "diff": "Numbers of both analyses",
        "trend": "Lines and boundaries",
        "portfolio": "No evidence is not zero",
    }[name] in text
    assert "Print or save PDF" not in text


def test_the_pdf_of_the_roadmap_is_tagged_and_has_an_outline(tmp_path: Path) -> None:
    if find_browser() is None:
        pytest.skip("no browser found")
    file = tmp_path / "roadmap.pdf"
    file.write_bytes(render_pdf(builders.analysis(), ReportOptions()))
    reader = pypdf.PdfReader(file)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert len(reader.outline) > 0
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "edge-gateway" in text
    assert "Evidence and method" in text
    assert "file://" not in text
    assert "Roadmap" in reader.pages[1].extract_text()[:200], "the summary is one page, printed as on a wide screen"
