"""The page where it is read: it asks for nothing, runs nothing foreign, and works by keyboard, narrow, dark, printed and without script."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pypdf
import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

pytestmark = pytest.mark.browser

Open = Callable[..., Any]


@pytest.mark.parametrize(
    "name",
    ["small", "empty", "one", "hostile", "measured", "large", "edge-gateway", "image-codec", "telemetry-pipeline"],
)
def test_one_request_and_no_complaint(open_report: Open, name: str) -> None:
    opened = open_report(name)
    expect(opened.page.locator("#controls")).to_be_visible()
    assert len(opened.requests) == 1
    assert opened.requests[0].endswith(f"{name}.html")
    assert opened.messages == []


@pytest.mark.parametrize("bypass", [False, True])
def test_hostile_text_never_runs(open_report: Open, bypass: bool) -> None:
    opened = open_report("hostile", bypass_csp=bypass)
    opened.page.fill("#find-text", "script")
    expect(opened.page.locator("#find-count")).not_to_have_text("28 of 28 findings")
    opened.page.evaluate("document.querySelectorAll('details').forEach((block) => { block.open = true; })")
    opened.page.hover("#findings tbody tr:first-child td:nth-child(5)")
    counts = opened.page.evaluate(
        "() => ({ pwned: typeof window.PWNED, foreign: document.querySelectorAll('img,iframe,object,embed,link').length, scripts: document.scripts.length })"
    )
    assert counts == {"pwned": "undefined", "foreign": 0, "scripts": 2}
    assert opened.messages == []
    assert len(opened.requests) == 1


def test_the_policy_is_enforced(open_report: Open) -> None:
    opened = open_report("small")
    refused = opened.page.evaluate(
        """() => {
          const failed = [];
          try { document.body.innerHTML += '<p>'; } catch (error) { failed.push('innerHTML'); }
          const script = document.createElement('script');
          try { script.textContent = 'window.PWNED = 1'; document.body.append(script); } catch (error) { failed.push('script'); }
          return { failed, pwned: typeof window.PWNED };
        }"""
    )
    assert refused == {"failed": ["innerHTML", "script"], "pwned": "undefined"}


def test_without_script_everything_is_there_and_no_dead_control(open_report: Open) -> None:
    page = open_report("large", java_script_enabled=False).page
    assert page.locator("main > section").count() == 9
    assert page.locator("#findings tbody tr").count() == 50
    assert page.locator("#findings tbody tr").first.is_visible()
    for control in ("#controls", "#filters", "#pager"):
        assert not page.locator(control).is_visible()
    assert page.locator("button:visible").count() == 0


def test_without_style_or_script_charts_are_not_black(open_report: Open) -> None:
    page = open_report("small", has_style=False, java_script_enabled=False).page
    fills = page.eval_on_selector_all(
        "svg rect, svg circle, svg polygon", "nodes => nodes.map((node) => getComputedStyle(node).fill)"
    )
    assert len(fills) > 20
    assert fills.count("rgb(0, 0, 0)") == 0
    assert page.locator("h2").count() == 9


def test_by_keyboard_the_skip_link_is_first_and_enter_sorts(open_report: Open) -> None:
    page = open_report("small").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.locator(".skip").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    head = page.locator(".ranking th").filter(has_text="Unsafe lines").first
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.locator(".ranking").first.locator("tbody th").first.text_content() == "buf"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator(".ranking").first.locator("tbody th").first.text_content() == "tls"


def test_focus_is_never_under_the_sticky_bar(open_report: Open) -> None:
    page = open_report("small").page
    hidden = page.evaluate(
        """() => {
          const bar = document.querySelector('.bar').getBoundingClientRect().bottom;
          const stops = [...document.querySelectorAll('main a, main button, main summary, main select, main input, main [tabindex="0"]')];
          const seen = stops.filter((stop) => stop.checkVisibility());
          const covered = seen.filter((stop) => { stop.focus(); return stop.getBoundingClientRect().bottom <= bar; });
          return { stops: seen.length, covered: covered.map((stop) => stop.outerHTML.slice(0, 80)) };
        }"""
    )
    assert hidden["stops"] > 80
    assert hidden["covered"] == []


@pytest.mark.parametrize(
    "name", ["small", "hostile", "empty", "measured", "edge-gateway", "image-codec", "telemetry-pipeline"]
)
def test_320_pixels_need_no_sideways_scrolling(open_report: Open, name: str) -> None:
    page = open_report(name, width=320).page
    page.evaluate("document.querySelectorAll('details').forEach((block) => { block.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [1280, 1100])
@pytest.mark.parametrize("name", ["small", "large"])
def test_rankings_and_findings_fit_on_a_laptop(open_report: Open, name: str, width: int) -> None:
    page = open_report(name, width=width).page
    over = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')]
          .filter((node) => node.querySelector('.ranking, #findings') && node.checkVisibility())
          .map((node) => [node.scrollWidth, node.clientWidth])"""
    )
    assert len(over) >= 2
    assert all(inner <= outer for inner, outer in over)


def test_on_a_phone_the_ranking_shows_rank_component_risk_and_option(open_report: Open) -> None:
    page = open_report("small", width=320).page
    cells = page.locator(".ranking").first.locator("tbody tr").first.locator("td, th")
    assert [cells.nth(place).text_content().strip() for place in range(2)] == ["1", "tls"]
    assert cells.nth(3).text_content() == "Rewrite"
    assert all(cells.nth(place).bounding_box()["x"] < 304 for place in range(4))


def test_targets_are_large_enough(open_report: Open) -> None:
    page = open_report("small").page
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, summary, .sections a')]
          .filter((node) => node.checkVisibility())
          .map((node) => [node.getBoundingClientRect().height, node.outerHTML.slice(0, 60)])
          .filter(([height]) => height < 24)"""
    )
    assert small == []


def test_theme_follows_the_system_and_can_be_chosen(open_report: Open) -> None:
    page = open_report("small", color_scheme="dark").page

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert background() == "rgb(15, 20, 25)"
    page.select_option("#theme", "light")
    assert background() == "rgb(255, 255, 255)"
    page.reload()
    assert background() == "rgb(255, 255, 255)"
    page.select_option("#theme", "system")
    assert background() == "rgb(15, 20, 25)"


def test_search_filters_sort_and_pages(open_report: Open) -> None:
    page = open_report("large").page
    count = page.locator("#find-count")
    assert count.text_content() == "1,200 of 1,200 findings"
    assert page.locator("#page-words").text_content() == "Page 1 of 24"
    page.click("#page-next")
    assert page.locator("#page-words").text_content() == "Page 2 of 24"
    page.select_option("#find-severity", label="critical")
    critical = int(str(count.text_content()).split()[0].replace(",", ""))
    assert 100 < critical < 500
    assert page.locator("#page-words").text_content() == f"Page 1 of {-(-critical // 50)}"
    component = str(page.locator("#findings tbody td:nth-child(5)").last.text_content())
    page.fill("#find-text", component.upper())
    expect(count).not_to_have_text(f"{critical} of 1,200 findings")
    rows = page.locator("#findings tbody tr")
    assert 0 < rows.count() < 50
    assert all(component in str(text) for text in rows.all_text_contents())
    page.locator("#findings th button", has_text="Location").click()
    places = page.locator("#findings td.where").all_text_contents()
    assert places == sorted(
        places, key=lambda place: (place.rsplit(":", 1)[0], int(place.rsplit(":", 1)[1].split()[0]))
    )
    page.fill("#find-text", "no such thing")
    expect(count).to_have_text("0 of 1,200 findings")
    page.click("#find-clear")
    assert count.text_content() == "1,200 of 1,200 findings"


SHEETS = {"a4": (595, 842), "letter": (612, 792)}


@pytest.mark.parametrize(("name", "paper"), [("small", "a4"), ("hostile", "a4"), ("large", "letter")])
def test_printed_the_summary_is_one_page_and_blocks_are_open(
    open_report: Open, tmp_path: Path, name: str, paper: str
) -> None:
    file = tmp_path / "report.pdf"
    page = open_report(name, paper=paper, java_script_enabled=False).page
    page.pdf(path=str(file), prefer_css_page_size=True, tagged=True, outline=True)
    document = pypdf.PdfReader(file)
    texts = [" ".join(normalize("NFKC", sheet.extract_text() or "").split()) for sheet in document.pages]
    assert "First moves" in texts[0]
    assert "Prepared by" in texts[0]
    assert "2 Roadmap" in texts[1][:400]
    assert all(text.startswith("rustplan") for text in texts)
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == SHEETS[paper]
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    whole = " ".join(texts)
    if name == "small":
        assert whole.count("memcpy(buf, p, n);") == 2
        assert "Theme" not in whole
    if name == "large":
        assert "The first 10 components are printed; the cards of the next 14 are in the HTML file" in whole


LOOKS: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
MADE = ("small", "empty", "one", "hostile", "measured")
STORIES = (("edge-gateway", "light"), ("image-codec", "dark"), ("telemetry-pipeline", "forced"))


@pytest.mark.parametrize(("name", "look"), [*itertools.product(MADE, LOOKS), *STORIES])
def test_axe_finds_no_violation(open_report: Open, name: str, look: str) -> None:
    engine = resources.files("axe_playwright_python") / "axe.min.js"
    page = open_report(name, bypass_csp=True, **LOOKS[look]).page
    page.evaluate("document.querySelectorAll('details').forEach((block) => { block.open = true; })")
    page.evaluate(engine.read_text(encoding="utf-8"))
    result = page.evaluate(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })"
    )
    assert [
        (found["id"], found["nodes"][0]["target"], found["nodes"][0]["html"]) for found in result["violations"]
    ] == []
