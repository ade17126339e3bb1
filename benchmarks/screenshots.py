"""Make the pictures of the documentation anew: the first page of the edge-gateway story and its first component card.

    python benchmarks/screenshots.py [FOLDER]

Scans `fixtures/edge-gateway/repo`, opens the HTML report in the system's Chromium in light colours, 1,100 pixels wide, and writes
`roadmap.png` (the summary) and `card.png` (the best-ranked component) to FOLDER, by default `docs/images`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from rustplan.api import analyze
from rustplan.config import Settings
from rustplan.model.options import DiscoverOptions, ReportOptions
from rustplan.report.html import render_html

ROOT = Path(__file__).resolve().parent.parent
STORY = ROOT / "fixtures" / "edge-gateway" / "repo"
WIDTH = 1_100
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BAR_AWAY = "document.querySelector('.bar').hidden = true"


def main() -> int:
    """Write both pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no Chromium found: install chromium")
    text = render_html(analyze(STORY, Settings(discover=DiscoverOptions(name="edge-gateway"))), ReportOptions())
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        page_file = Path(made) / "roadmap.html"
        page_file.write_text(text, encoding="utf-8", newline="\n")
        browser = playwright.chromium.launch(executable_path=program)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light", offline=True)
        page.goto(page_file.as_uri())
        end = page.locator("#s1").bounding_box()
        assert end is not None
        page.set_viewport_size({"width": WIDTH, "height": int(end["y"] + end["height"] + 40)})
        page.screenshot(path=folder / "roadmap.png")
        page.evaluate(BAR_AWAY)
        page.locator(".card").first.screenshot(path=folder / "card.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
