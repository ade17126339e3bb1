"""What no report may say, and what no report may fill in: read on the page and the Markdown of every story and made-up analysis."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
import pytest

import builders
import latency_world
from html_words import words
from rustplan.catalog.guidance import load_guidance
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report.html import render_html
from rustplan.report.markdown import render_markdown
from story_analysis import NAMES, story

WORLDS: dict[str, Callable[[], Analysis]] = {
    **{name: lambda name=name: story(name) for name in NAMES},
    **{f"{name}, team": lambda name=name: story(name, has_team=True) for name in NAMES},
    "small": builders.analysis,
    "one": builders.one_component,
    "empty": builders.empty_analysis,
    "measured": latency_world.measured,
}
WAYS = ("page", "edition", "markdown")
BANNED = (
    r"\bcompl(?:iant|y|ies)\b",
    r"CISA[- ](?:compliant|approved|certified|conform)",
    r"(?:required|mandated|demanded)\s+by\s+(?:CISA|NSA|ONCD|the FBI)",
    r"\bcertif(?:y|ied|ication)\b",
    r"eliminates? (?:70|two thirds|all)",
    r"Rust prevents all",
    r"deadline",
    r"January 1, 2026",
    r"1 January 2026",
    r"attestation",
    r"\bupcoming\b",
    r"\bguarantees? (?:memory|safety|security)",
    r"(?<!not issued or )endorsed by (?:CISA|NSA|ONCD|any)",
)
UNVERIFIED = (
    "NDAA",
    "TRACTOR",
    "gccrs",
    "Discord",
    "Firecracker",
    "is itself a bad practice",
    "CWE-119 and",
    "PW.5",
    "M-22-18",
    "4 % of Rust",
)
DAY = re.compile(r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b|\bQ[1-4] 20\d\d\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b")  # fmt: skip
EVERY = [(name, way) for name in WORLDS for way in WAYS]


@cache
def tree(name: str, redact: str = "none") -> Element:
    text = render_html(WORLDS[name](), ReportOptions(redact=redact))
    return html5lib.parse(text, namespaceHTMLElements=False)


@cache
def said(name: str, way: str) -> str:
    """All words of a report that are ours: source lines and names in code are the repository's."""
    if way == "markdown":
        return render_markdown(WORLDS[name]())
    root = tree(name, "full" if way == "edition" else "none")
    for parent in root.iter():
        for child in list(parent):
            if child.tag in ("pre", "script", "style"):
                parent.remove(child)
    return words(root.find("body"))


@pytest.mark.parametrize(("name", "way"), EVERY)
def test_no_report_claims_what_nobody_granted(name: str, way: str) -> None:
    text = said(name, way)
    assert len(text) > 400
    assert [found.group() for banned in BANNED for found in re.finditer(banned, text, re.IGNORECASE)] == []
    assert [fact for fact in UNVERIFIED if fact in text] == []


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, way in EVERY if way != "markdown"])
def test_every_blank_of_the_catalogue_is_a_visible_blank(name: str, way: str) -> None:
    root = tree(name, "full" if way == "edition" else "none")
    for entry in load_guidance().expectations:
        shown = root.find(f".//*[@id='{entry.id}']")
        assert shown is not None, entry.id
        text = words(shown)
        for blank in entry.blanks:
            assert f"{blank}: OWNER TO COMPLETE" in text, (entry.id, blank)


@pytest.mark.parametrize("name", list(WORLDS))
def test_dates_are_those_of_the_commit_the_sources_and_a_projection(name: str) -> None:
    """A committed date is the owner's: without a team there is none at all, with one each quarter is called projected."""
    analysis = WORLDS[name]()
    root = tree(name)
    known = {
        analysis.project.date or "",
        *(DAY.findall(" ".join(entry.asks for entry in load_guidance().expectations))),
    }
    for identity in ("s1", "s2"):
        text = words(root.find(f".//*[@id='{identity}']"))
        start = str(analysis.settings.get("plan.start") or "")
        for found in DAY.finditer(text):
            before = text[max(0, found.start() - 40) : found.start()]
            is_known = any(found.group() in day for day in known if day) or found.group() == start
            assert is_known or "projected" in before or ("Q" in found.group() and "quarter" in before.lower()), (
                found.group()
            )
    for table in root.findall(".//table[@class='waves']"):
        rows = [row for row in table.iter("tr") if row.find("th") is not None and row.find("th").get("scope") == "row"]
        assert rows
        assert all(words(row).endswith("OWNER TO COMPLETE") for row in rows)


@pytest.mark.parametrize("name", list(WORLDS))
def test_who_decides_is_never_filled_in(name: str) -> None:
    """No committer, team or executive is named: the cells and the signature lines are empty on purpose."""
    root = tree(name)
    for table in root.findall(".//section[@id='s1']//table"):
        heads = [words(head) for head in table.iter("th") if head.get("scope") == "col"]
        if "Who decides" in heads:
            cells = [words(row.findall("td")[-1]) for row in table.findall(".//tbody/tr")]
            assert cells
            assert set(cells) == {"OWNER TO COMPLETE"}
    lines = root.find(".//div[@class='signatures']")
    assert [words(line) for line in lines] == ["Prepared by", "Accepted by (business executive)", "Date"]


@pytest.mark.parametrize("name", list(WORLDS))
def test_six_elements_crosswalk_and_numbered_sources_are_there(name: str) -> None:
    root, guidance = tree(name), load_guidance()
    marks = {"provided", "draft, confirm", "needs a human"}
    for entry in guidance.expectations:
        row = root.find(f".//*[@id='{entry.id}']")
        text = words(row)
        assert entry.heading in text
        assert any(mark in text for mark in marks), entry.id
        cites = {link.get("href") for link in root.iter("a") if link.get("class") == "cite"}
        assert f"#source-{guidance.number(entry.source)}" in cites
    for number, source in enumerate(guidance.sources, 1):
        text = words(root.find(f".//*[@id='source-{number}']"))
        for part in (source.title, source.publisher, source.published, source.url, source.checked):
            assert part in text
    scope = words(root.find(".//section[@id='s9']"))
    assert "It claims no conformity with any guidance, law or standard" in scope
    assert guidance.footer.strip() in scope
