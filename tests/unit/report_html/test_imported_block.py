"""The runs and findings of other tools on the page and in the table: everyone credited, nothing hostile let through."""

from __future__ import annotations

import csv
import io
import json
from xml.etree.ElementTree import Element

import html5lib
import msgspec

import builders
from html_words import words
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity
from rustplan.model.imported import ImportedFinding, ImportedReason, ImportedRun
from rustplan.model.options import ReportOptions
from rustplan.model.source import Role
from rustplan.report.csv_format import render_csv
from rustplan.report.html import render_html
from rustplan.report.json_format import encode_analysis
from sample_analysis import HOSTILE


def with_imported(tool: str = "CodeQL", message: str = "freed twice", *, count: int = 1) -> Analysis:
    analysis = builders.analysis()
    path = next(
        file.path for file in analysis.scorecard.files if file.role is Role.SOURCE and file.language.is_memory_unsafe
    )
    run = ImportedRun(
        file=f"{tool}.sarif",
        sha256="0" * 64,
        tool=tool,
        version="2.1",
        results=count + 3,
        mapped=count,
        own=1,
        unmapped=(
            ImportedReason(because="its file was not read in this tree", count=2, examples=(f"{message}/gone.c",)),
        ),
        left_out=(ImportedReason(because="suppressed in the log", count=1),),
        notes=(f"the tool says: {message}",),
    )
    findings = tuple(
        ImportedFinding(
            run=0, tool=tool, rule=f"cpp/{message}", message=message, path=path, line=line, level="error",
            severity=Severity.HIGH, cwes=(416,), weakness="lifetime", also=("Cppcheck",), points=3.0, is_prevented=True,
            own="use-after-free" if line == 1 else "",
        )
        for line in range(1, count + 1)
    )  # fmt: skip
    evidence = msgspec.structs.replace(analysis.evidence, imported=(run,), imported_findings=findings)
    return msgspec.structs.replace(analysis, evidence=evidence)


def section(analysis: Analysis) -> Element:
    found = html5lib.parse(render_html(analysis, ReportOptions()), namespaceHTMLElements=False).find(".//*[@id='s7']")
    assert found is not None
    return found


def test_without_imported_findings_nothing_is_shown() -> None:
    assert "Found by other tools" not in words(section(builders.analysis()))


def test_runs_and_findings_are_credited_to_their_tools() -> None:
    text = words(section(with_imported(count=3)))
    assert "6 results of 1 run of other tools; 3 lie in files of this tree and say 3 different things" in text
    assert "CodeQL 2.1" in text
    assert "2 unmapped: its file was not read in this tree" in text
    assert "1 left out: suppressed in the log" in text
    assert "CodeQL, Cppcheck, rustplan" in text
    assert "in part: rustplan's use-after-free counts" in text
    assert "CWE-416" in text


def test_long_lists_are_cut_and_say_so() -> None:
    text = words(section(with_imported(count=31)))
    assert "11 other findings in rustplan.json and imported.csv" in text


def test_hostile_words_are_shown_and_do_nothing() -> None:
    analysis = with_imported(tool=HOSTILE, message=f"{HOSTILE}<script>alert(1)</script>")
    page = render_html(analysis, ReportOptions())
    assert "<script>alert" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\\x1b" in words(section(analysis))
    rows = list(csv.DictReader(io.StringIO(render_csv(analysis)["imported.csv"])))
    assert len(rows) == 1
    assert "\x1b" not in "".join(rows[0].values())
    (kept,) = json.loads(encode_analysis(analysis))["evidence"]["imported_findings"]
    assert kept["tool"] == HOSTILE


def test_the_table_holds_every_finding_with_its_credit() -> None:
    (row, *_) = csv.DictReader(io.StringIO(render_csv(with_imported(count=2))["imported.csv"]))
    assert (row["tool"], row["also"], row["rustplan_rule"], row["cwe"], row["points"]) == (
        "CodeQL",
        "Cppcheck",
        "use-after-free",
        "416",
        "3.0",
    )
