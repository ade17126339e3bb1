"""One browser for the whole session: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

import builders
import latency_world
from rustplan.model.options import ReportOptions
from rustplan.report.html import render_html
from story_analysis import NAMES, story

IS_CI = os.environ.get("CI") == "true"
if IS_CI:  # where a skipped browser test is an error, so is a missing driver
    import playwright.sync_api as sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ANALYSES = {
    "small": builders.analysis,
    "empty": builders.empty_analysis,
    "one": builders.one_component,
    "hostile": builders.hostile_analysis,
    "measured": latency_world.measured,
    "large": lambda: builders.large_analysis(900, 1_200, 180),
    "huge": lambda: builders.large_analysis(30_000, 24_000, 180),
    **{name: partial(story, name) for name in NAMES},
}


@cache
def report(name: str, paper: str = "a4") -> str:
    """The page of one analysis, rendered once."""
    return render_html(ANALYSES[name](), ReportOptions(paper=paper))


@pytest.fixture
def report_text() -> Callable[..., str]:
    """The page of an analysis by its name."""
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """The browser; without one the tests are skipped, except in CI where that is an error."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        words = "no Chromium found: install chromium to run the browser tests"
        if IS_CI:
            pytest.fail(words)
        pytest.skip(words)
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found)
        yield launched
        launched.close()


class Opened:
    """A page with what it asked for and what it complained of."""

    def __init__(self, page: object, requests: list[str], messages: list[str]) -> None:
        self.page = page
        self.requests = requests
        self.messages = messages


@pytest.fixture
def open_report(browser: object, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open a report from disk in a context of its own."""
    contexts = []

    def opened(name: str, *, width: int = 1280, paper: str = "a4", has_style: bool = True, **options: object) -> Opened:
        text = report(name, paper)
        if not has_style:
            text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        file = tmp_path / f"{name}.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
        contexts.append(context)
        context.set_default_timeout(8_000)
        page = context.new_page()
        requests: list[str] = []
        messages: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: (messages.append(dialog.message), dialog.dismiss()))
        page.goto(file.as_uri())
        return Opened(page, requests, messages)

    yield opened
    for context in contexts:
        context.close()
