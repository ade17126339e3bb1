"""How large the HTML report is, how long it takes to make, and how long a browser takes to open it, against the budgets.

    python benchmarks/report_budget.py [ANALYSIS.json ...] [--no-browser]

Makes two synthetic analyses (30,000 files with 24,000 and with 200,000 findings) and reads the saved ones that are named. Prints one row
for each: seconds to make the page, its size and what the size is made of, and the milliseconds from the request to the second frame after
the load, as the median of three openings, at full speed and with the processor slowed four times. Exit 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report.html import render_html
from rustplan.report.json_format import load_analysis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import builders

OPENINGS = 3
SLOWED = 4
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelectorAll('#findings tbody tr').length))))"


@dataclass(frozen=True)
class Budget:
    """The most that one analysis may cost: bytes of the file, milliseconds to open it, and the same on a slowed processor."""

    size: int
    opens: float
    slowed: float


USUAL = Budget(3_000_000, 2_000, 4_000)
LARGEST = Budget(10_000_000, 4_000, 16_000)
SHELL = 80_000
"""Bytes of the style sheet, the script and the words around them."""


@dataclass(frozen=True)
class Measured:
    """One analysis: seconds to make its page, bytes by part, and milliseconds to open it."""

    name: str
    made: float
    size: int
    shell: int
    drawings: int
    cards: int
    data: int
    opens: float | None
    slowed: float | None


def main() -> int:
    """Measure every analysis; 1 when one is over its budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("saved", nargs="*", type=Path, help="saved analyses (rustplan.json) to measure too")
    parser.add_argument("--no-browser", action="store_true", help="sizes and times of making only")
    arguments = parser.parse_args()
    print(
        f"{'analysis':<28}{'made s':>8}{'size kB':>9}{'shell':>7}{'SVG':>6}{'cards':>7}{'data':>7}{'opens ms':>10}{'slowed ms':>11}"
    )
    failed = []
    for name, analysis, budget in _analyses(arguments.saved):
        found = _measure(name, analysis, has_browser=not arguments.no_browser)
        print(_row(found))
        failed += _excess(found, budget)
    for words in failed:
        print(f"over budget: {words}")
    return 1 if failed else 0


def _analyses(saved: list[Path]) -> Iterator[tuple[str, Analysis, Budget]]:
    yield "30,000 files, 24,000", builders.large_analysis(30_000, 24_000, 180), USUAL
    yield "30,000 files, 200,000", builders.large_analysis(30_000, 200_000, 180), LARGEST
    for path in saved:
        analysis = load_analysis(path)
        yield path.stem[:26], analysis, USUAL if len(analysis.findings) <= 24_000 else LARGEST


def _measure(name: str, analysis: Analysis, *, has_browser: bool) -> Measured:
    started = time.perf_counter()
    text = render_html(analysis, ReportOptions())
    made = time.perf_counter() - started
    drawings = sum(map(_size, re.findall(r"<svg.*?</svg>", text, re.DOTALL)))
    cards = sum(map(_size, re.findall(r'<article class="card".*?</article>', text, re.DOTALL)))
    data = _size(text.partition('id="data">')[2].partition("</script>")[0])
    style = _size(text.partition("<style>")[2].partition("</style>")[0])
    script = _size(text.rpartition("<script>")[2])
    opens, slowed = _openings(text) if has_browser else (None, None)
    return Measured(name, made, _size(text), style + script, drawings, cards, data, opens, slowed)


def _openings(text: str) -> tuple[float, float]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no Chromium found: install chromium, or give --no-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "report.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        browser = playwright.chromium.launch(executable_path=program)
        _opened(browser, file, 1)  # the first one pays for the start of the browser
        full, slow = (statistics.median(_opened(browser, file, rate) for _ in range(OPENINGS)) for rate in (1, SLOWED))
        browser.close()
    return full, slow


def _opened(browser: Any, file: Path, rate: int) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    started = time.perf_counter()
    page.goto(file.as_uri())
    rows = page.evaluate(PAINTED)
    taken = (time.perf_counter() - started) * 1_000
    context.close()
    if not rows:
        sys.exit("the page opened without a row of findings")
    return taken


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _row(found: Measured) -> str:
    sizes = f"{found.size / 1000:>9,.0f}{found.shell / 1000:>7,.0f}{found.drawings / 1000:>6,.0f}{found.cards / 1000:>7,.0f}{found.data / 1000:>7,.0f}"
    opens = f"{found.opens:>10,.0f}{found.slowed:>11,.0f}" if found.opens is not None else f"{'-':>10}{'-':>11}"
    return f"{found.name:<28}{found.made:>8.1f}{sizes}{opens}"


def _excess(found: Measured, budget: Budget) -> Iterator[str]:
    for what, value, limit in (
        ("bytes", found.size, budget.size),
        ("bytes of shell", found.shell, SHELL),
        ("ms to open", found.opens, budget.opens),
        ("ms to open on a slowed processor", found.slowed, budget.slowed),
    ):
        if value is not None and value > limit:
            yield f"{found.name}: {value:,.0f} {what}, at most {limit:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
