"""What several tools say of one place counts once, and everyone is credited."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.evidence.sarif_same import NEAR, settle
from rustplan.model.finding import Confidence, Kind, RuleSummary, RustEffect, Severity
from rustplan.model.imported import ImportedFinding
from sarif_world import described, evidence_of, imported, log, only, own, result, run, tree, written


def said(line: int, tool: str, points: float = 1.0, weakness: str = "lifetime", **more: Any) -> ImportedFinding:
    values: dict[str, Any] = {"path": "a.c", "rule": "R", "message": "m"} | more
    return ImportedFinding(
        run=0, tool=tool, line=line, level="warning", severity=Severity.LOW, weakness=weakness, points=points, **values
    )


@pytest.mark.parametrize(("line", "is_same"), [(10, True), (13, True), (7, True), (14, False), (6, False)])
def test_own_defects_of_the_same_class_within_three_lines_count_instead(
    tmp_path: Path, line: int, is_same: bool
) -> None:
    found = only(tmp_path, result(line=line, rule="R125"), scan=tree(own("lib/url.c", 10)))
    assert found.own == ("index-out-of-bounds" if is_same else "")
    assert found.tools == (("Probe", "rustplan") if is_same else ("Probe",))
    assert (found.points > 0) is not is_same


def test_another_class_another_file_and_no_class_are_not_the_same(tmp_path: Path) -> None:
    scan = tree(own("lib/url.c", 10))
    found = imported(tmp_path, result(rule="R416"), result("src/main.c"), result(rule="style"), scan=scan)
    assert [one.own for one in found] == ["", "", ""]


def test_an_exposure_is_the_same_only_with_the_same_weakness(tmp_path: Path) -> None:
    surface = own(
        "lib/url.c", 10, cwe=125, rule="array-access", kind=Kind.EXPOSURE, lines=(10, 90), severity=Severity.LOW
    )
    assert only(tmp_path, result(line=10, rule="R787"), scan=tree(surface)).own == ""
    assert only(tmp_path, result(line=89, rule="R125"), scan=tree(surface)).own == "array-access"
    summary = RuleSummary(
        id="array-access",
        kind=Kind.EXPOSURE,
        title="",
        why="",
        in_rust="",
        rust_effect=RustEffect.PANIC,
        cwe=(125, 787),
    )
    path = written(tmp_path, log(run(result(line=10, rule="R787"))))
    (named,) = evidence_of(path, scan=tree(surface), rules=[summary]).imported_findings
    assert named.own == "array-access"
    obstacle = own("lib/url.c", 10, cwe=125, kind=Kind.OBSTACLE)
    assert only(tmp_path, result(rule="R125"), scan=tree(obstacle)).own == ""


def test_what_is_worse_than_our_finding_counts_by_the_difference(tmp_path: Path) -> None:
    weak = tree(own("lib/url.c", 10, severity=Severity.LOW, confidence=Confidence.LOW))
    found = only(tmp_path, result() | {"level": "error"}, scan=weak)
    alone = only(tmp_path, result() | {"level": "error"})
    assert 0 < found.points < alone.points


def test_our_own_log_brought_back_adds_nothing(tmp_path: Path) -> None:
    scan = tree(own("lib/url.c", 10, cwe=None, rule="raw-thing", kind=Kind.EXPOSURE), own("src/main.c", 5))
    back = imported(
        tmp_path,
        result(rule="rustplan/raw-thing", level="error"),
        result("src/main.c", 5, rule="rustplan/index-out-of-bounds", level="error"),
        tool="rustplan",
        rules=[],
        scan=scan,
    )
    assert [(one.own, one.points) for one in back] == [("raw-thing", 0.0), ("index-out-of-bounds", 0.0)]


def test_two_tools_are_credited_and_count_once(tmp_path: Path) -> None:
    one = written(tmp_path, log(run(result(line=10, rule="R787") | {"level": "error"}, tool="A")), "a.sarif")
    two = written(tmp_path, log(run(result(line=12, rule="R125"), result(line=40, rule="R125"), tool="B")), "b.sarif")
    evidence = evidence_of(one, two)
    assert [(found.tool, found.also, found.is_duplicate) for found in evidence.imported_findings] == [
        ("A", ("B",), False),
        ("B", ("A",), True),
        ("B", (), False),
    ]
    assert evidence.imported_findings[1].points == 0
    assert [(told.duplicates, told.mapped) for told in evidence.imported] == [(0, 1), (1, 2)]


def test_one_tool_never_doubts_itself(tmp_path: Path) -> None:
    found = imported(tmp_path, result(line=10), result(line=11), result(line=11, rule="R125"))
    assert len(found) == 3
    assert not any(one.is_duplicate or one.also for one in found)


def test_of_repeated_results_the_worst_is_kept(tmp_path: Path) -> None:
    values = [result(level=level) for level in ("note", "error", "warning")]
    for order in itertools.permutations(values):
        assert only(tmp_path, *order[:1], rules=described(787)).severity is not Severity.CRITICAL
        (kept,) = imported(tmp_path, *order)
        assert kept.severity is Severity.HIGH


def test_findings_without_a_line_are_compared_with_nothing() -> None:
    kept = settle([said(0, "A"), said(0, "B")])
    assert [(one.also, one.is_duplicate) for one in kept] == [((), False)] * 2


FINDINGS = st.lists(
    st.builds(said, st.integers(1, 25), st.sampled_from("ABC"), st.sampled_from([0.5, 1.0, 2.0, 5.0])), max_size=9
)


def counted(findings: list[ImportedFinding]) -> float:
    return sum(one.points for one in settle(findings))


def best(findings: list[ImportedFinding]) -> float:
    """The same by trying every choice."""
    most = 0.0
    for size in range(len(findings) + 1):
        for choice in itertools.combinations(findings, size):
            if all(a.tool == b.tool or abs(a.line - b.line) > NEAR for a, b in itertools.combinations(choice, 2)):
                most = max(most, sum(one.points for one in choice))
    return most


@settings(max_examples=80, deadline=None)
@given(FINDINGS)
def test_what_is_kept_is_the_most_that_can_be_claimed_without_counting_twice(findings: list[ImportedFinding]) -> None:
    assert counted(findings) == best(findings)


@settings(max_examples=120, deadline=None)
@given(
    FINDINGS, st.builds(said, st.integers(1, 25), st.sampled_from("ABCD"), st.sampled_from([0.5, 2.0])), st.randoms()
)
def test_one_more_finding_never_lowers_the_sum_and_order_changes_nothing(
    findings: list[ImportedFinding], more: ImportedFinding, random: Any
) -> None:
    assert counted([*findings, more]) >= counted(findings)
    mixed = list(findings)
    random.shuffle(mixed)
    assert counted(mixed) == counted(findings)
