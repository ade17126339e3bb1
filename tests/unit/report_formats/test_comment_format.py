from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import msgspec
import pytest

from builders import empty_analysis, hostile_analysis, large_analysis
from builders import finding as make_finding
from gate_code import analysis_of
from rustplan.errors import OutputError
from rustplan.gate import Baseline, GateInputs, Verdict, baseline_of, evaluate
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity
from rustplan.model.options import GateOptions, ReportOptions
from rustplan.report import FORMATS, render
from rustplan.report.comment import MARKER, MOST_NEW, UNCHANGED
from rustplan.report.markdown import MOST_CHARACTERS
from sample_analysis import sample_analysis

GOOD = (
    "#include <stdlib.h>\nint one(void) { char *p = malloc(4); if (!p) { return 0; } p[0] = 1; free(p); return 1; }\n"
)
BAD = GOOD + "void twice(void) { char *p = malloc(4); free(p); free(p); }\n"


def verdict_of(analysis: Analysis, baseline: Baseline | None, *expressions: str, **options: object) -> Verdict:
    gate = msgspec.structs.replace(GateOptions(fail_on=expressions), **options)
    return evaluate(analysis, gate, GateInputs(baseline=baseline, day="2026-11-20"))


def drawn(analysis: Analysis, format: str, verdict: Verdict | None) -> str:
    text = render(analysis, format, ReportOptions(), verdict=verdict)
    assert isinstance(text, str)
    return text


def test_a_change_that_adds_a_defect() -> None:
    before, after = analysis_of({"net/a.c": GOOD}), analysis_of({"net/a.c": BAD})
    verdict = verdict_of(after, baseline_of(before), "new:high")
    text = drawn(after, "comment", verdict)
    assert text.startswith(f"{MARKER}\n### rustplan: new: 1 critical")
    assert text.splitlines()[1].endswith("; unsafe lines +1; gate not met")
    assert UNCHANGED not in text
    assert "| Unsafe lines | 2 | 3 | **+1** |" in text
    assert "| Gate new:high | | 1 new critical: net/a.c:3 double-free | **not met** |" in text
    assert "- net/a.c:3 double-free, critical: " in text
    assert text.index("double-free, critical") < text.index("manual-heap"), "worst first"


def test_a_change_that_changes_nothing_says_so_for_the_poster() -> None:
    analysis = analysis_of({"net/a.c": BAD})
    text = drawn(analysis, "comment", verdict_of(analysis, baseline_of(analysis), "new:low"))
    assert text.startswith(f"{MARKER}\n{UNCHANGED}\n### rustplan: nothing new; gate passed\n")


@pytest.mark.parametrize("format", ["comment", "summary"])
def test_a_change_that_mends_something_is_told(format: str) -> None:
    before, after = analysis_of({"net/a.c": BAD}), analysis_of({"net/a.c": GOOD})
    text = drawn(after, format, verdict_of(after, baseline_of(before)))
    assert UNCHANGED not in text
    assert "| Unsafe lines | 3 | 2 | **-1** |" in text
    assert "nothing new; unsafe lines -1" in text


def test_without_a_baseline_the_gates_are_told() -> None:
    analysis = sample_analysis()
    text = drawn(analysis, "comment", verdict_of(analysis, None, "risk>=1"))
    assert "### rustplan: gate not met\n" in text
    assert "Unsafe lines" not in text
    incomplete = drawn(analysis, "comment", verdict_of(analysis, None, min_coverage=1.0))
    assert "| Scan | | coverage" in incomplete
    assert "**incomplete**" in incomplete


def test_the_summary_names_where_to_start_and_what_was_read() -> None:
    analysis = sample_analysis()
    text = drawn(analysis, "summary", verdict_of(analysis, None))
    best = analysis.scorecard.components[0].component
    assert f"| {best} |" in text
    assert "Coverage: " in text
    assert MARKER not in text


def test_repository_text_stays_text() -> None:
    analysis = hostile_analysis()
    empty = msgspec.structs.replace(baseline_of(empty_analysis()), entries=())
    for format in ("comment", "summary", "env"):
        text = drawn(analysis, format, verdict_of(analysis, empty, "new:low"))
        assert re.findall(r"(?<!\\)<(?!!-- rustplan:|/?(?:details|summary)>)", text) == []
        assert not set(text) & set("\x1b\x07\x9b\u202e\r")
        assert [line for line in text.splitlines() if MARKER in line and line != MARKER] == []


def test_many_new_findings_are_folded_and_cut() -> None:
    analysis = large_analysis(files=40, findings=3000, components=4)
    long = tuple(msgspec.structs.replace(each, message="x" * 500) for each in analysis.findings)
    analysis = msgspec.structs.replace(analysis, findings=long)
    empty = msgspec.structs.replace(baseline_of(analysis), entries=())
    text = drawn(analysis, "comment", verdict_of(analysis, empty, "new:low"))
    assert "<details>" in text
    assert len(text) < MOST_CHARACTERS + 200
    assert text.count("\n- ") <= MOST_NEW + 1


def test_formats_of_a_verdict_need_one() -> None:
    for format in ("comment", "summary", "env", "new"):
        assert FORMATS[format].needs_verdict
        with pytest.raises(OutputError, match="verdict"):
            render(sample_analysis(), format, ReportOptions())


def test_variables_are_plain_words() -> None:
    analysis = sample_analysis()
    passed = drawn(analysis, "env", verdict_of(analysis, None, "risk>=100"))
    assert passed.splitlines()[:2] == ["gate=passed", "exit=0"]
    assert drawn(analysis, "env", verdict_of(analysis, None)).startswith("gate=none\nexit=0\n")
    assert drawn(analysis, "env", verdict_of(analysis, None, "risk>=1")).startswith("gate=not-met\nexit=1\n")
    forgiven = verdict_of(analysis, None, "risk>=1", exit_zero=True)
    assert drawn(analysis, "env", forgiven).startswith("gate=not-met\nexit=0\n")
    assert drawn(analysis, "env", verdict_of(analysis, None, min_coverage=1.0)).startswith("gate=incomplete\nexit=3\n")
    highest = max(score.risk for score in analysis.scorecard.components if score.track.value == "memory-safety")
    assert f"\nrisk={highest:.1f}\n" in passed
    assert "\nrisk=\ngc=\ncoverage=" in drawn(empty_analysis(), "env", verdict_of(empty_analysis(), None))


def test_the_badge_is_a_small_picture_that_says_what_it_counts() -> None:
    analysis = sample_analysis()
    text = drawn(analysis, "badge", None)
    root = ElementTree.fromstring(text)
    assert (root.get("width"), root.get("height")) == ("90", "20")
    title = root.find("{http://www.w3.org/2000/svg}title")
    lines = sum(component.unsafe_sloc for component in analysis.graph.components)
    assert title is not None
    assert title.text is not None
    assert title.text.startswith(f"{lines:,} lines of memory-unsafe code (C, C++); the highest risk is ")
    words = {node.tag.rpartition("}")[2] for node in root.iter()}
    assert words == {"svg", "title", "rect", "path", "g", "text"}
    ElementTree.fromstring(drawn(hostile_analysis(), "badge", None))
    assert ">0</text>" in drawn(empty_analysis(), "badge", None)


def test_the_new_format_prints_what_broke_the_gate_only() -> None:
    before, after = analysis_of({"net/a.c": GOOD}), analysis_of({"net/a.c": BAD})
    text = drawn(after, "new", verdict_of(after, baseline_of(before), "new:high", "new:critical"))
    assert text.startswith("net/a.c:3:")
    assert text.count("\n") == 1
    assert "double-free critical" in text
    assert drawn(after, "new", verdict_of(after, baseline_of(after), "new:high")) == ""


def test_severities_are_words_of_findings() -> None:
    analysis = sample_analysis()
    more = msgspec.structs.replace(make_finding("src/a.c", 7), severity=Severity.LOW)
    grown = msgspec.structs.replace(analysis, findings=(*analysis.findings, more))
    text = drawn(grown, "comment", verdict_of(grown, baseline_of(analysis), "new:critical"))
    assert "new: 1 low" in text
    assert "gate passed" in text
