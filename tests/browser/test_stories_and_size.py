"""The stories on paper and under a strict host, and a repository of 30,000 files in one page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pypdf
import pytest

from story_analysis import NAMES

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

Open = Callable[..., Any]

PAGES = 30
JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"
LARGEST_BYTES = 3_000_000
AXE = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })"


def printed(page: Any, file: Path) -> list[str]:
    """The words of each printed page."""
    page.pdf(path=str(file), prefer_css_page_size=True, tagged=True, outline=True)
    return [" ".join(normalize("NFKC", sheet.extract_text() or "").split()) for sheet in pypdf.PdfReader(file).pages]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", NAMES)
def test_a_story_is_thirty_pages_at_most_with_what_an_auditor_needs(
    open_report: Open, tmp_path: Path, name: str, paper: str
) -> None:
    texts = printed(open_report(name, paper=paper, java_script_enabled=False).page, tmp_path / "story.pdf")
    whole = " ".join(texts)
    assert len(texts) <= PAGES
    assert "Memory-safety roadmap" in texts[0]
    assert "Prepared by" in texts[0]
    assert "2 Roadmap" in texts[1][:400]
    for heading in ("Coverage:", "Sources", "Reproduce", "Scope, and what this report does not claim"):
        assert heading in whole
    assert "Evidence: 3 of " in whole
    assert "Only the worst is printed; the others are in the HTML file." in whole
    assert "All five options" not in whole
    assert "What this print leaves out is folded in the HTML file" in whole


def test_what_a_reader_unfolds_is_printed_too(open_report: Open, tmp_path: Path) -> None:
    page = open_report("edge-gateway").page
    page.evaluate("document.querySelector('.card .options').open = true")
    whole = " ".join(printed(page, tmp_path / "unfolded.pdf"))
    assert whole.count("All five options") == 1
    assert "What can compare old and new" in whole


@pytest.fixture
def jenkins(report_text: Callable[..., str]) -> Iterator[str]:
    """The address of a report that a server hands out under the policy that Jenkins sends by default."""
    body = report_text("edge-gateway").encode("utf-8")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", JENKINS)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the test's own words are enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/report.html"
    server.shutdown()
    server.server_close()
    thread.join()


def test_under_the_policy_of_jenkins_everything_is_readable(browser: Any, jenkins: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(jenkins)
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "static"  # no style applied
    assert page.locator("h2:visible").count() == 9
    assert page.locator("#findings tbody tr:visible").count() == 50
    for control in ("#controls", "#filters", "#pager", "#what-if"):
        assert not page.locator(control).is_visible()
    fills = page.eval_on_selector_all(
        "svg rect, svg circle, svg polygon", "nodes => nodes.map((node) => getComputedStyle(node).fill)"
    )
    assert len(fills) > 20
    assert fills.count("rgb(0, 0, 0)") == 0
    context.close()


@cache
def engine() -> str:
    """The source of axe-core."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def test_thirty_thousand_files_in_one_page(open_report: Open, report_text: Callable[..., str], tmp_path: Path) -> None:
    """Everything about the largest page in one test, so that it is made once."""
    assert len(report_text("huge").encode("utf-8")) < LARGEST_BYTES
    opened = open_report("huge", bypass_csp=True)
    page = opened.page
    assert page.locator("#find-count").text_content() == "24,000 of 24,000 findings"
    assert page.locator("#findings tbody tr").count() == 50
    assert page.evaluate("document.querySelectorAll('*').length") < 20_000
    assert len(opened.requests) == 1
    assert opened.messages == []
    page.evaluate(engine())
    found = page.evaluate(AXE)["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    texts = printed(page, tmp_path / "huge.pdf")
    assert len(texts) <= PAGES
    assert "2 Roadmap" in texts[1][:400]
