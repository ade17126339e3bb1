"""The page as a document: valid, complete, closed to the outside, the same on every run."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import msgspec
import pytest

import builders
from html_words import words
from rustplan.errors import OutputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.model.source import Project
from rustplan.report.html import render_document, render_html

ANALYSES = {
    "small": builders.analysis,
    "empty": builders.empty_analysis,
    "one": builders.one_component,
    "hostile": builders.hostile_analysis,
    "large": lambda: builders.large_analysis(600, 900, 180),
}
SECTIONS = [
    "Summary",
    "Roadmap",
    "Priorities",
    "Risk map",
    "Dependencies",
    "Components",
    "Findings",
    "Progress",
    "Evidence and method",
]


@cache
def page(name: str) -> str:
    return render_html(ANALYSES[name](), ReportOptions())


@cache
def tree(name: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page(name))


@pytest.mark.parametrize("name", ANALYSES)
def test_is_valid_html_with_one_h1_and_nine_sections_in_order(name: str) -> None:
    document = tree(name)
    assert len(document.findall(".//h1")) == 1
    assert [section.get("id") for section in document.findall(".//main/section")] == [
        f"s{number}" for number in range(1, 10)
    ]
    titles = [words(head).split(" ", 1)[1] for head in document.findall(".//section/h2")]
    assert titles == SECTIONS
    assert document.get("lang") == "en"
    assert words(document.find(".//title")).endswith("memory-safety roadmap")
    for landmark in ("header", "nav", "main", "footer"):
        assert document.find(f".//body//{landmark}") is not None
    assert document.find(".//body/a").get("href") == "#main"


@pytest.mark.parametrize("name", ANALYSES)
def test_headings_never_skip_a_level(name: str) -> None:
    levels = [int(element.tag[1]) for element in tree(name).iter() if re.fullmatch("h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", ANALYSES)
def test_ids_are_unique_and_every_link_inside_leads_somewhere(name: str) -> None:
    ids = [element.get("id") for element in tree(name).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for link in tree(name).findall(".//a"):
        target = link.get("href", "")
        assert target.startswith(
            (
                "#",
                "https://www.cisa.gov/",
                "https://bidenwhitehouse.archives.gov/",
                "https://cwe.mitre.org/",
                "https://doc.rust-lang.org/",
                "https://github.com/ossf/Memory-Safety/",
            )
        )
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert link.get("rel") == "noreferrer noopener"


@pytest.mark.parametrize("name", ANALYSES)
def test_nothing_is_loaded_styled_or_handled_inline(name: str) -> None:
    for element in tree(name).iter():
        tag = str(element.tag)
        assert tag not in {
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "audio",
            "video",
            "image",
            "use",
            "foreignObject",
        }
        for attribute in element.attrib:
            assert attribute != "style", tag
            assert not str(attribute).startswith("on"), tag
            assert attribute != "src", tag
    assert len(tree(name).findall(".//script")) == 2
    assert len(tree(name).findall(".//style")) == 1
    assert "url(" not in "".join(tree(name).find(".//style").itertext())


@pytest.mark.parametrize("name", ANALYSES)
def test_the_policy_names_exactly_the_bytes_of_style_and_script(name: str) -> None:
    policy = tree(name).find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    digests = {}
    for kind in ("style", "script"):
        content = re.findall(f"<{kind}>(.*?)</{kind}>", page(name), flags=re.DOTALL)[-1]
        digests[kind] = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert tree(name).find(".//meta[@name='referrer']").get("content") == "no-referrer"


@pytest.mark.parametrize("name", ANALYSES)
def test_controls_that_need_the_script_are_hidden_without_it(name: str) -> None:
    for control in tree(name).findall(".//button") + tree(name).findall(".//select") + tree(name).findall(".//input"):
        hidden = [
            holder for holder in tree(name).iter() if holder.get("hidden") is not None and control in holder.iter()
        ]
        assert hidden, words(control)


@pytest.mark.parametrize("name", ANALYSES)
def test_tables_have_scoped_heads_and_scrolling_regions_have_names_of_their_own(name: str) -> None:
    for table in tree(name).findall(".//table"):
        assert all(head.get("scope") in {"col", "row"} for head in table.findall(".//th"))
    for region in tree(name).findall(".//*[@role='region']"):
        assert region.get("tabindex") == "0"
        assert region.get("aria-label")


def test_charts_are_named_and_carry_presentation_attributes() -> None:
    charts = tree("small").findall(".//svg") + tree("small").findall(".//{http://www.w3.org/2000/svg}svg")
    assert len(charts) >= 6
    text = page("small")
    for drawing in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
        assert 'role="img"' in drawing
        assert "<title id=" in drawing
        assert "<desc id=" in drawing
        assert "var(" not in drawing
        for shape in re.findall(r"<(?:rect|text|circle|path|polygon|line)\b[^>]*>", drawing):
            assert re.search(r'(fill|stroke)="(#[0-9a-f]{6}|none)"', shape), shape
        for word in re.findall(r"<text\b[^>]*>", drawing):
            assert "font-size=" in word


def test_the_script_is_ours_small_and_parses_nothing_as_markup() -> None:
    script = re.findall(r"<script>(.*?)</script>", page("small"), flags=re.DOTALL)[-1]
    assert len(script.encode()) <= 30_000
    for banned in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
        'setTimeout("',
        "accesskey",
    ):
        assert banned not in script


def test_markup_is_trusted_in_three_named_functions_only() -> None:
    root = Path(__file__).resolve().parents[3]
    places = []
    for path in sorted((root / "src/rustplan").rglob("*.py")):
        places += [
            path.name for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"\bMarkup\(", line)
        ]
    assert sorted(places) == ["html.py", "html.py", "shapes.py"]
    for template in sorted((root / "report_templates").rglob("*.jinja")):
        text = template.read_text(encoding="utf-8")
        assert "safe" not in re.findall(r"\|\s*(\w+)", text), template.name
        assert "autoescape" not in text


def test_paper_and_running_header_reach_the_print_rules() -> None:
    text = render_html(
        builders.analysis(project=Project(name='a"}</style>\\', commit="0123456789abcdef")),
        ReportOptions(paper="letter"),
    )
    rules = re.search(r"@page\{.*\}", text).group()
    assert rules.startswith("@page{size:Letter;")
    assert text.count("</style>") == 1
    assert "\\22 " in rules
    assert "@page{size:A4;" in page("small")


def test_the_same_analysis_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import builders;"
        "from rustplan.report.html import render_html; from rustplan.model.options import ReportOptions;"
        "print(hashlib.sha256(render_html(builders.large_analysis(60, 90, 30), ReportOptions()).encode()).hexdigest())"
    )
    digests = set()
    for seed, zone in (("1", "UTC"), ("4242", "Asia/Kathmandu")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", program, str(Path(builders.__file__).parent)]
        digests.add(
            subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        )
    assert len(digests) == 1


def test_the_ladder_is_climbed_step_by_step_and_announced() -> None:
    findings = builders.large_analysis(50, 9_000, 8)
    places = sorted({(finding.path, finding.line) for finding in findings.findings})
    analysis = msgspec.structs.replace(findings, excerpts=tuple(builders.excerpt(*place) for place in places))
    texts = [render_html(analysis, ReportOptions())]
    notices = []
    for _ in range(2):
        document = render_document(analysis, ReportOptions(max_bytes=len(texts[-1].encode()) - 1))
        texts.append(document.text)
        notices.append(document.notices)
        assert all(notice in " ".join(document.text.split()) for notice in document.notices)
    assert [len(words) for words in notices] == [2, 3]
    assert "critical and high" in notices[0][0]
    assert "low severity" in notices[1][1]
    assert "listed in rustplan.json" in texts[2]
    with pytest.raises(OutputError) as refused:
        render_html(analysis, ReportOptions(max_bytes=20_000))
    assert "20 kB" in refused.value.message
    assert "report.max-bytes" in (refused.value.hint or "")


def test_no_notice_when_everything_fits() -> None:
    assert render_document(builders.analysis(), ReportOptions()).notices == ()
    assert tree("small").find(".//aside") is None


def test_excerpts_can_be_kept_out() -> None:
    text = render_html(builders.analysis(), ReportOptions(excerpts="none"))
    assert "memcpy(buf, p, n);" not in text
    assert "This file holds no source excerpts." in text
    assert "memcpy(buf, p, n);" in page("small")
    assert "This file holds 2 source excerpts: handle it as source code." in page("small")


def _empty(analysis: Analysis) -> str:
    return words(html5lib.parse(render_html(analysis, ReportOptions()), namespaceHTMLElements=False))


def test_empty_states_say_what_is_missing() -> None:
    text = words(tree("empty"))
    for expected in (
        "No component was found: there is nothing to rank.",
        "No wave is planned. Nothing was ranked that could move.",
        "No C or C++ source was ranked.",
        "No Java was ranked, so there is no latency track.",
        "There is no memory-unsafe code to map.",
        "No rule matched. Unread code is unknown, not safe",
        "No measured points yet.",
        "No C, C++ or Java file was read.",
        "not known (not a git checkout)",
    ):
        assert expected in text


def test_java_alone_earns_no_memory_safety_credit() -> None:
    whole = builders.analysis()
    java = tuple(entry for entry in whole.graph.components if not entry.unsafe_sloc)
    scores = tuple(score for score in whole.scorecard.components if score.track.value == "latency")
    steps = tuple(step for step in whole.roadmap.steps if step.track.value == "latency")
    text = _empty(
        builders.analysis(
            graph=builders.ComponentGraph(
                components=java, units=tuple(builders.Unit(components=(entry.name,)) for entry in java)
            ),
            scorecard=builders.Scorecard(components=scores),
            roadmap=builders.Roadmap(steps=steps),
        )
    )
    assert "Start with" not in text
    assert "Java is memory safe; where its garbage collection may hurt is in section 3, as candidates." in text
    assert "this track earns no memory-safety credit" in text
