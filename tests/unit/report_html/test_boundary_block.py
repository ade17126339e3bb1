"""The boundary block: on the page, in the terminal, as tables; and what hostile names do there."""

from __future__ import annotations

import csv
import io

import pytest
from msgspec import structs

from rustplan.model.boundary import Aspect, CrossingKind, Grade, HardCase, KindCount, ToolVerdict, Xray
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Crossing, Direction
from rustplan.report.csv_format import render_csv
from rustplan.report.explain_boundary import boundary_lines
from rustplan.report.html import render_html
from rustplan.report.terminal import Terminal
from rustplan.report.view.boundary import GRADE_GLYPHS, KIND_WORDS
from sample_analysis import sample_analysis

NASTY = "<img src=x onerror=alert(1)>\u202egnp"


def with_xray(symbol="report"):
    analysis = sample_analysis()
    macro = Crossing(
        symbol=symbol, direction=Direction.OUTBOUND, shape="macro", hours=0.0, path="a/b.h", line=7, other="b",
        aspects=(Aspect(CrossingKind.MACRO, "text that the caller's compiler reads", "", 0, True),), abi="c",
    )  # fmt: skip
    case = HardCase(symbol=symbol, kind=CrossingKind.MACRO, grade=Grade.NO, path="a/b.h", line=7, because="By hand.")
    xray = Xray(
        kinds=(KindCount(CrossingKind.MACRO, 0, 1, 1),),
        verdicts=(
            ToolVerdict(tool="bindgen", yes=0, with_care=0, no=1, unknown=0, beside=0, hard=(case,), source="https://x.test/", cells=((CrossingKind.MACRO, Grade.NO),)),
            ToolVerdict(tool="ffm", yes=0, with_care=0, no=0, unknown=0, beside=1),
        ),
        cheapest=("bindgen",), because="bindgen carries 0 of 1 crossing.", left=1, hard=(case,), hard_more=3,
        advice=("Pack it.",),
    )  # fmt: skip
    steps = [
        structs.replace(
            step,
            boundary=structs.replace(
                step.boundary, beside=(macro,), xray=xray, runner_up="wasm", runner_up_because="It lost."
            ),
        )
        for step in analysis.roadmap.steps
    ]
    return structs.replace(analysis, roadmap=structs.replace(analysis.roadmap, steps=tuple(steps)))


def test_the_page_shows_counts_tools_hard_cases_and_advice():
    page = render_html(with_xray(), ReportOptions())
    assert "Boundary under X-ray: bindgen" in page
    assert "macros used as functions" in page
    assert 'aria-hidden="true">○</span> no' in page
    assert "Made for other languages or directions: FFM" in page
    assert "3 more in crossings.csv" in page
    assert "Pack it." in page
    assert "By hand." in page


def test_nothing_is_shown_where_nothing_crosses():
    assert "Boundary under X-ray" not in render_html(sample_analysis(), ReportOptions())


def test_hostile_names_stay_text():
    page = render_html(with_xray(NASTY), ReportOptions())
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_the_terminal_tells_the_same():
    step = with_xray().roadmap.steps[0]
    text = "\n".join(boundary_lines(step, Terminal(width=100)))
    assert "macros used as functions" in text
    assert "Cheapest tools: bindgen." in text
    assert "no: report (macros used as functions), a/b.h:7: By hand." in text
    assert "3 more in the report" in text
    assert not list(boundary_lines(sample_analysis().roadmap.steps[0], Terminal()))


def test_tables_hold_every_crossing_and_every_tool():
    tables = render_csv(with_xray("=cmd()"))
    rows = list(csv.DictReader(io.StringIO(tables["crossings.csv"])))
    macro = next(row for row in rows if row["shape"] == "macro")
    assert (macro["symbol"], macro["kinds"], macro["inferred"], macro["hours"]) == ("'=cmd()", "macro", "macro", "0.0")
    tools = list(csv.DictReader(io.StringIO(tables["binding_tools.csv"])))
    assert {(row["tool"], row["no"], row["is_cheapest"]) for row in tools} == {("bindgen", "1", "1"), ("ffm", "0", "0")}


@pytest.mark.parametrize("kind", list(CrossingKind))
def test_every_kind_has_words(kind):
    assert KIND_WORDS[kind]


def test_every_grade_has_a_sign_of_its_own():
    assert len({GRADE_GLYPHS[grade] for grade in Grade}) == len(Grade)
