"""The page computes what the scan would: the same ranking, scores, waves and quarters under a thousand settings."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import what_if_reference as reference
from rustplan.config import load_settings
from rustplan.model.options import ReportOptions
from rustplan.report.html import render_html
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.whatif import _seed_key, what_if_facts
from story_analysis import story

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

COMPUTE = "([facts, all]) => { const compute = rustplanWhatIf(facts); return all.map(compute); }"
OPTIONS = ("rewrite", "rewrite", "rewrite", "wrap", "harden", "replace", "retain")


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The page of one story with a team, offline, its complaints collected."""
    file = tmp_path / "roadmap.html"
    file.write_text(render_html(story("telemetry-pipeline", has_team=True), ReportOptions()), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    context.set_default_timeout(8_000)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert page.complaints == []
    context.close()


def facts_of(name: str) -> dict[str, Any]:
    """The facts of a story as the page reads them: through JSON."""
    return dict(json.loads(json.dumps(what_if_facts(PageIndex(story(name, has_team=True), ReportOptions())))))


def made_up(seed: int, count: int) -> dict[str, Any]:
    """Facts with what the stories lack: many components on both tracks, units, small neighbours, steps without an estimate."""
    source = random.Random(seed)
    facts = facts_of("edge-gateway")
    facts["parts"] = [["exposure", "defects", "past"], ["allocation", "loops"]]
    names = sorted(
        (f"comp-{place:04d}:{track}", place, track) for place in range(count) for track in ("memory-safety", "latency")
    )
    facts["rows"] = [_row(source, draw, place, track, facts["parts"]) for draw, (_, place, track) in enumerate(names)]
    for track in (0, 1):
        own = sorted((row for row in facts["rows"] if row["track"] == track), key=lambda row: row["place"])
        for rank, row in enumerate(own, 1):
            row["was"] = [rank, 0]
    facts["rows"].sort(key=lambda row: (row["track"], row["was"][0]))
    facts["needs"] = [
        [source.randrange(count), source.randrange(count), float(source.randrange(1, 9))] for _ in range(3 * count)
    ]
    return facts


def _row(source: random.Random, draw: int, place: int, track: str, parts: list[list[str]]) -> dict[str, Any]:
    at = reference.TRACKS.index(reference.Track(track))
    option, unsafe = source.choice(OPTIONS), source.choice((0, 40, 250, 2_000, 9_000))
    spread = None if source.random() < 0.1 else round(source.uniform(0.05, 9), 5)
    levels = [[part, float(source.randrange(5, 50)), round(source.random(), 3)] for part in range(len(parts[at]))]
    total = sum(weight for _, weight, _ in levels)
    weighed = [[part, 100 * weight / total, level] for part, weight, level in levels]
    unit = place // 2 if place < 12 else place
    return {
        "name": f"comp-{place:04d}", "key": f"comp-{place:04d}", "href": "", "track": at, "place": place,
        "risk": sum(weight * level for _, weight, level in weighed), "feasible": round(source.uniform(0.2, 1), 3),
        "value": 1.0, "parts": weighed, "share": source.random() / 50,
        "step": {
            "option": option, "removes": option in ("rewrite", "replace"), "spread": spread,
            "fixed": round(source.uniform(0, 1), 4), "lines": unsafe if at == 0 else source.choice((90, 700, 8_000)),
            "unsafe": unsafe, "tests": source.choice((0, 3)), "isJava": at == 0 and not unsafe, "unit": unit,
            "isCycle": place < 12, "draw": draw,
            "seed": _seed_key(f"{reference.MODEL.productivity.seed}:comp-{place:04d}:{track}"),
        },
    }  # fmt: skip


def assert_same(page: Any, facts: dict[str, Any], settings: list[dict[str, Any]]) -> None:
    told = page.evaluate(COMPUTE, [facts, settings])
    assert len(told) == len(settings)
    for chosen, theirs in zip(settings, told, strict=True):
        ours = json.loads(json.dumps(reference.compute(facts, chosen)))
        assert theirs.pop("scores") == pytest.approx(ours.pop("scores"), rel=0, abs=1e-9), chosen
        assert theirs.pop("spent") == pytest.approx(ours.pop("spent"), rel=0, abs=1e-9), chosen
        assert theirs == ours, chosen


@pytest.mark.parametrize(("name", "count"), [("edge-gateway", 200), ("image-codec", 200), ("telemetry-pipeline", 200)])
def test_page_and_scan_agree_on_the_stories(page: Any, name: str, count: int) -> None:
    facts = facts_of(name)
    assert_same(page, facts, list(reference.random_settings(facts, 20_260_101, count)))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_page_and_scan_agree_on_large_mixed_plans(page: Any, seed: int) -> None:
    facts = made_up(seed, 24)
    assert_same(page, facts, list(reference.random_settings(facts, seed, 100)))


def open_panel(page: Any) -> None:
    page.locator("#what-if > summary").click()
    sync_api.expect(page.locator("#what-ranking tr").first).to_be_visible()


def test_the_panel_starts_from_the_report_and_follows_the_fields(page: Any) -> None:
    open_panel(page)
    said = page.locator("#what-said")
    assert said.text_content().startswith("0 of ")
    printed = page.locator("table.waves .wave-words p").first.text_content()
    projected = page.locator("#what-waves td:nth-child(5)").first.text_content()
    assert projected.startswith("projected Q")
    assert printed.startswith(projected)
    page.fill("[name=availability]", "0.05")
    assert page.locator("#what-waves td:nth-child(5)").first.text_content() != projected
    page.locator("#what-if summary", has_text="How much each component matters").click()
    page.locator("#what-if [name^=v]").first.fill("0")
    assert not said.text_content().startswith("0 of ")
    page.fill("[name=budget]", "0")
    assert page.locator("#what-waves tr").count() == 0
    assert "no longer fits the budget" in said.text_content()
    page.click("#what-if button[type=reset]")
    sync_api.expect(said).to_contain_text("0 of ")
    assert page.locator("#what-waves td:nth-child(5)").first.text_content() == projected


def test_by_keyboard_alone(page: Any) -> None:
    page.locator("#what-if > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "engineers"
    page.keyboard.press("ArrowUp")
    sync_api.expect(page.locator("#what-yaml")).not_to_have_value("")
    assert page.locator("#what-yaml").input_value().splitlines()[2] == "  engineers: 3"


def test_exported_decisions_are_a_valid_configuration(page: Any, tmp_path: Path) -> None:
    open_panel(page)
    page.fill("[name=engineers]", "4")
    page.fill("[name=start]", "2027-09")
    page.fill("[name=availability]", "0.5")
    page.check("[name=experience]")
    page.locator("#what-if details", has_text="How much each component matters").locator("summary").click()
    field = page.locator("#what-if [name^=v]").first
    name = field.locator("xpath=..").text_content().strip()
    field.fill("0.25")
    file = tmp_path / "rustplan.yml"
    file.write_text(page.locator("#what-yaml").input_value(), encoding="utf-8")
    plan = load_settings(config=file).plan
    assert (plan.engineers, plan.start, plan.availability, plan.rust_experience) == (4, "2027-09", 0.5, True)
    assert plan.criticality == {name: 0.25}


def test_a_wrong_entry_counts_as_none_and_never_reaches_the_export(page: Any, tmp_path: Path) -> None:
    open_panel(page)
    page.fill("[name=start]", "soon: [x")
    page.fill("[name=availability]", "7")
    file = tmp_path / "rustplan.yml"
    file.write_text(page.locator("#what-yaml").input_value(), encoding="utf-8")
    plan = load_settings(config=file).plan
    assert (plan.start, plan.availability) == (None, None)
    assert "set engineers, start and availability" in page.locator("#what-waves").text_content()


def test_without_script_there_is_no_panel(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "roadmap.html"
    file.write_text(render_html(story("image-codec"), ReportOptions()), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("#what-if").count() == 1
    assert not page.locator("#what-if").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_panel_is_accessible_and_narrow(browser: Any, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "roadmap.html"
    file.write_text(render_html(story("image-codec", has_team=True), ReportOptions()), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, offline=True, bypass_csp=True, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(file.as_uri())
    open_panel(page)
    page.evaluate("document.querySelectorAll('#what-if details').forEach((block) => { block.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate(
        "axe.run('#what-if', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    assert [(found["id"], found["nodes"][0]["html"]) for found in result["violations"]] == []
    context.close()


def test_all_scripts_together_stay_small() -> None:
    folder = Path(__file__).resolve().parents[2] / "report_templates"
    assert sum(len((folder / name).read_bytes()) for name in ("report.js", "whatif.js")) <= 30_000
