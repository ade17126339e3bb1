from __future__ import annotations

import json
import re

import msgspec
import pytest

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Kind, Severity, Track
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Parked, Roadmap
from rustplan.model.score import Scorecard
from rustplan.report import FORMATS, infer_format, render
from rustplan.report.findings_text import render_concise, render_full
from rustplan.report.markdown import MOST_CHARACTERS, render_markdown
from rustplan.report.terminal import Column, Terminal, table, width_of
from rustplan.report.text import render_text
from sample_analysis import hostile_analysis, sample_analysis

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
PLAIN_TEXT = (
    "text",
    "full",
    "concise",
    "markdown",
    "csv",
    "sarif",
    "graphml",
    "dot",
    "mermaid",
    "jsonl",
    "json",
    "graph-json",
)


def many_components(count: int) -> Analysis:
    analysis = sample_analysis()
    first = analysis.scorecard.components[0]
    scores = tuple(msgspec.structs.replace(first, component=f"part/{number:03}") for number in range(count))
    return sample_analysis(scorecard=msgspec.structs.replace(analysis.scorecard, components=scores))


def test_the_summary_says_what_to_do_first_and_why() -> None:
    text = render_text(sample_analysis())
    assert "Start with net/tls: rewrite it in Rust, in wave 1, 0.3–2.2 (0.8) person-months." in text
    assert "untrusted" in text
    assert re.search(r"1  net/tls +C +1,200 +78 +87 +0\.3–2\.2 \(0\.8\) +1  rewrite", text)
    assert re.search(r"2  util +C +400 +32 +35 .* -  retain", text)


def test_a_top_component_that_is_not_the_first_move_says_why() -> None:
    analysis = sample_analysis()
    steps = tuple(
        msgspec.structs.replace(step, wave=None)
        if step.component == "net/tls"
        else msgspec.structs.replace(step, wave=1, choice=analysis.roadmap.steps[0].choice)
        if step.component == "util"
        else step
        for step in analysis.roadmap.steps
    )
    parked = (Parked(component="net/tls", track=Track.MEMORY_SAFETY, because="moves together with util"),)
    text = render_text(sample_analysis(roadmap=msgspec.structs.replace(analysis.roadmap, steps=steps, parked=parked)))
    assert "Start with util: " in text
    assert "net/tls ranks first but is in no wave. Moves together with util." in text


def test_tracks_are_never_in_one_table_and_exposures_are_no_bugs() -> None:
    text = render_text(sample_analysis())
    memory, latency = text.split("Latency track")
    assert "feed" not in memory
    assert "no memory-safety credit" in latency
    assert "Findings  1 critical\n" in text
    assert "1 exposure (unsafe surface, not bugs), 1 place of GC pressure, 1 obstacle" in text
    assert "1 more in tests" in text


def test_coverage_and_what_was_not_read() -> None:
    text = render_text(sample_analysis())
    assert "93.4 % of the source bytes were read" in text
    assert "not read: big/net/tls.c (too large, 209715200 bytes)" in text


def test_the_lead_names_severe_defects_before_the_plan() -> None:
    blocks = render_text(sample_analysis(), Terminal(width=140)).split("\n\n")
    assert blocks[1] == "Defects   1 critical: unbounded-copy in src/net/tls.c:121 (net/tls)"
    assert blocks[2].startswith("Start with net/tls")


def test_the_lead_names_three_source_defects_and_counts_the_rest() -> None:
    worst = next(finding for finding in sample_analysis().findings if finding.severity is Severity.CRITICAL)
    places = [("src/net/tls.c", line, Severity.HIGH) for line in (1, 2, 3)]
    places += [("src/net/tls.c", 9, Severity.CRITICAL), ("src/net/tls.c", 4, Severity.MEDIUM)]
    places += [("tests/test_tls.c", 5, Severity.CRITICAL)]
    findings = tuple(
        msgspec.structs.replace(worst, path=path, line=line, severity=severity) for path, line, severity in places
    )
    lead = " ".join(render_text(sample_analysis(findings=findings)).split("\n\n")[1].split())
    assert lead.startswith("Defects 1 critical, 3 high: unbounded-copy in src/net/tls.c:9 (net/tls); ")
    assert lead.endswith("tls.c:2 (net/tls); 1 more: rustplan report -f concise --kind defect")
    assert "test_tls.c" not in lead


def test_no_lead_without_a_severe_defect() -> None:
    assert "\nDefects " not in render_text(sample_analysis(findings=()))


def test_nothing_to_move_is_said() -> None:
    text = render_text(sample_analysis(roadmap=Roadmap(), scorecard=Scorecard()))
    assert "Nothing to move" in text
    assert "Memory-safety track" not in text


def test_long_rankings_are_cut_with_a_pointer() -> None:
    assert "… 15 more in page.html" in render_text(many_components(25), report_name="page.html")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("analysis", [sample_analysis(), hostile_analysis()])
def test_no_line_is_wider_than_the_terminal(width: int, analysis: Analysis) -> None:
    lines = render_text(analysis, Terminal(width=width)).splitlines()
    assert max(map(width_of, lines)) <= width


def test_ascii_terminals_get_ascii() -> None:
    text = render_text(hostile_analysis(), Terminal(width=60, is_unicode=False))
    assert text.isascii()
    assert "0.3-2.2 (0.8)" in text


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in render_text(sample_analysis())
    coloured = render_text(sample_analysis(), Terminal(is_colour=True))
    assert ESCAPE.sub("", coloured) == render_text(sample_analysis())


@pytest.mark.parametrize("name", PLAIN_TEXT)
def test_hostile_names_leave_no_control_character(name: str) -> None:
    document = render(hostile_analysis(), name, ReportOptions())
    texts = list(document.values()) if isinstance(document, dict) else [document]
    for text in texts:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        assert "evil" in plain or name == "csv"
        assert not CONTROLS.search(plain.replace("\u202e", "") if name == "json" else plain)


def test_colour_frames_hold_only_our_escapes() -> None:
    for draw in (render_text, render_full, render_concise):
        coloured = draw(hostile_analysis(), Terminal(is_colour=True))
        assert not CONTROLS.search(ESCAPE.sub("", coloured))


def test_concise_is_one_line_a_finding() -> None:
    assert render_concise(sample_analysis()).splitlines() == [
        "src/net/tls.c:121:2: unbounded-copy critical Unbounded copy into fixed buffer [CWE-787]",
        "src/net/tls.c:140:5: raw-buffer low Raw pointer arithmetic [CWE-119]",
        "src/main/java/Feed.java:30:9: hot-allocation medium Allocation in a loop",
    ]


def test_kinds_narrow_the_finding_formats_and_nothing_else() -> None:
    analysis = sample_analysis()
    (line,) = render_concise(analysis, kinds=(Kind.OBSTACLE,)).splitlines()
    assert " obstacle " in line
    full = render_full(analysis, kinds=(Kind.DEFECT,))
    assert full.splitlines()[-1].startswith("1 finding; not shown: 2 exposures, 1 obstacle")
    lines = render(analysis, "jsonl", ReportOptions(), kinds=(Kind.DEFECT,))
    assert isinstance(lines, str)
    assert {json.loads(text)["kind"] for text in lines.splitlines()} == {"defect"}
    assert render(analysis, "markdown", ReportOptions(), kinds=(Kind.DEFECT,)) == render_markdown(analysis)


def test_defects_come_before_exposures_of_earlier_lines() -> None:
    findings = sample_analysis().findings
    moved = tuple(
        msgspec.structs.replace(finding, line=900) if finding.kind is Kind.DEFECT else finding for finding in findings
    )
    first = render_concise(sample_analysis(findings=moved)).splitlines()[0]
    assert first.startswith("src/net/tls.c:900:")


def test_full_points_at_the_code() -> None:
    lines = render_full(sample_analysis()).splitlines()
    assert lines[0] == "unbounded-copy critical  Unbounded copy into fixed buffer  [CWE-787]  net/tls"
    assert lines[1] == "  --> src/net/tls.c:121:2"
    code = next(number for number, line in enumerate(lines) if line.startswith("121 |"))
    assert lines[code] == "121 |     memcpy(buf, p, n); /* ü */"
    assert lines[code + 1].startswith("    |     ^^^^^^^^^^^^^^^^^ `memcpy` copies")
    assert "    = help: rustplan explain unbounded-copy" in lines
    assert lines[-1].startswith("3 findings; not shown: 1 obstacle")


def test_markdown_stays_short_and_escapes() -> None:
    text = render_markdown(many_components(3000))
    assert len(text) < MOST_CHARACTERS
    assert "2,950 more in `roadmap.html`" in text
    hostile = render_markdown(hostile_analysis())
    assert "<b>" not in hostile.replace("\\<b\\>", "")
    assert "@me" not in hostile.replace("\\@me", "")


def test_markdown_tables_keep_their_columns() -> None:
    for line in render_markdown(hostile_analysis()).splitlines():
        if line.startswith("| 1 | evil"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {6, 11}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.json", "json"),
        ("a.sarif.json", "sarif"),
        ("A.SARIF", "sarif"),
        ("x/y.htm", "html"),
        ("a.md", "markdown"),
        ("a.gv", "dot"),
        ("a.ndjson", "jsonl"),
        ("a.txt", "text"),
        ("a.csv", None),
        ("json", None),
    ],
)
def test_endings_tell_the_format(file: str, name: str | None) -> None:
    assert infer_format(file) == name


def test_every_format_is_described() -> None:
    assert all(made.about and made.name == name for name, made in FORMATS.items())


def test_the_flexible_column_gives_way() -> None:
    columns = (Column(title="A", is_flexible=True), Column(title="B", is_right=True))
    lines = table(Terminal(width=40), columns, [("x" * 100, "12345"), ("漢字" * 30, "1")])
    assert [width_of(line) for line in lines] == [40, 40, 40]
    assert lines[1].endswith("…  12345") or lines[1].endswith("… 12345")
