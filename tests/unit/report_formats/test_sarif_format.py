from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Excerpt, Finding, Kind, RelatedLocation, Severity
from rustplan.model.suppression import Suppression, SuppressionComment
from rustplan.report.sarif import MOST_RESULTS, percent_encoded, render_full_sarif, render_sarif
from sample_analysis import hostile_analysis, sample_analysis


def run_of(analysis: Analysis) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render_sarif(analysis))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("analysis", [sample_analysis(), hostile_analysis()])
def test_everything_that_code_scanning_requires(analysis: Analysis) -> None:
    run = run_of(analysis)
    assert run["tool"]["driver"]["name"] == "rustplan"
    assert run["tool"]["driver"]["semanticVersion"] == "0.1.0"
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["id"].startswith("rustplan/")
        for text in (rule["shortDescription"], rule["fullDescription"], rule["help"]):
            assert text["text"]
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["properties"]["precision"] in {"high", "medium", "low"}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"])
        region = place["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
        assert re.fullmatch(r"[0-9a-f]{64}:[0-9]+", result["partialFingerprints"]["rustplan/v1"])
    assert run["automationDetails"]["id"] == "rustplan/gateway/"


def test_defects_and_exposures_of_source_only() -> None:
    rules = [result["ruleId"] for result in run_of(sample_analysis())["results"]]
    assert rules == ["rustplan/hot-allocation", "rustplan/unbounded-copy", "rustplan/raw-buffer"]


def test_security_severity_is_for_memory_safety_rules_only() -> None:
    rules = {rule["name"]: rule for rule in run_of(sample_analysis())["tool"]["driver"]["rules"]}
    copy = rules["unbounded-copy"]
    assert copy["properties"]["security-severity"] == "9.9"
    assert {"security", "external/cwe/cwe-787", "external/cwe/cwe-120"} <= set(copy["properties"]["tags"])
    assert copy["defaultConfiguration"]["level"] == "error"
    assert rules["raw-buffer"]["properties"]["security-severity"] == "2.0"
    hot = rules["hot-allocation"]["properties"]
    assert "security-severity" not in hot
    assert "security" not in hot["tags"]


def test_cwe_taxonomy_holds_what_the_rules_name() -> None:
    run = run_of(sample_analysis())
    taxonomy = run["taxonomies"][0]
    assert [taxon["id"] for taxon in taxonomy["taxa"]] == ["119", "120", "787"]
    assert run["tool"]["driver"]["supportedTaxonomies"] == [{"name": "CWE", "guid": taxonomy["guid"]}]
    targets = {
        relation["target"]["id"] for rule in run["tool"]["driver"]["rules"] for relation in rule["relationships"]
    }
    assert targets == {"119", "120", "787"}


def test_what_was_not_read_is_notified() -> None:
    notes = run_of(sample_analysis())["invocations"][0]["toolExecutionNotifications"]
    texts = [note["message"]["text"] for note in notes]
    assert "not read: too-large (209715200 bytes)" in texts
    assert "read in part: parse-errors (312 bytes)" in texts
    assert any(text.startswith("1 findings in tests") for text in texts)


def test_the_worst_are_kept_and_the_cut_is_said() -> None:
    def finding(line: int, severity: Severity) -> Finding:
        return Finding(
            rule="unbounded-copy",
            kind=Kind.DEFECT,
            path="a.c",
            line=line,
            column=1,
            end_line=line,
            end_column=2,
            message="m",
            severity=severity,
        )

    many = tuple(finding(line, Severity.LOW) for line in range(1, MOST_RESULTS + 11))
    worst = finding(MOST_RESULTS + 500, Severity.CRITICAL)
    run = run_of(sample_analysis(findings=(*many, worst)))
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][-1]["locations"][0]["physicalLocation"]["region"]["startLine"] == MOST_RESULTS + 500
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("11 results")


def test_equal_findings_have_different_fingerprints_that_ignore_lines() -> None:
    def prints(lines: tuple[int, int]) -> list[str]:
        found = tuple(
            Finding(
                rule="unbounded-copy",
                kind=Kind.DEFECT,
                path="a.c",
                line=line,
                column=1,
                end_line=line,
                end_column=2,
                message="m",
                severity=Severity.LOW,
            )
            for line in lines
        )
        return [
            result["partialFingerprints"]["rustplan/v1"]
            for result in run_of(sample_analysis(findings=found))["results"]
        ]

    first = prints((1, 2))
    assert first[0].endswith(":1")
    assert first[1].endswith(":2")
    assert prints((100, 200)) == first


def test_columns_count_utf16_units() -> None:
    line = "/* 😀é */ gets(p);"
    column = len(line[: line.index("gets")].encode()) + 1
    found = Finding(
        rule="unbounded-copy",
        kind=Kind.DEFECT,
        path="a.c",
        line=3,
        column=column,
        end_line=3,
        end_column=column + 4,
        message="m",
        severity=Severity.HIGH,
    )
    analysis = sample_analysis(findings=(found,), excerpts=(Excerpt(path="a.c", line=3, first_line=3, lines=(line,)),))
    region = run_of(analysis)["results"][0]["locations"][0]["physicalLocation"]["region"]
    before = len(line[: line.index("gets")].encode("utf-16-le")) // 2
    assert (region["startColumn"], region["endColumn"]) == (before + 1, before + 5)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b.c", "src/a%20b.c"),
        ("./src/ü.c", "src/%C3%BC.c"),
        ("src/\udcff.c", "src/%FF.c"),
        ("a%b#c?d:e.c", "a%25b%23c%3Fd%3Ae.c"),
        ("\ud800x.c", "%3Fx.c"),
    ],
)
def test_uris_are_percent_encoded(path: str, uri: str) -> None:
    assert percent_encoded(path) == uri


def test_no_machine_or_time_in_the_log() -> None:
    text = render_sarif(sample_analysis())
    for word in ("startTimeUtc", "machine", "workingDirectory", "commandLine", "primaryLocationLineHash"):
        assert word not in text


def test_no_findings_is_an_empty_list() -> None:
    assert run_of(msgspec.structs.replace(sample_analysis(), findings=()))["results"] == []


def suppressed_analysis() -> Analysis:
    analysis = sample_analysis()
    gone = next(finding for finding in analysis.findings if finding.rule == "unbounded-copy")
    comment = SuppressionComment(
        path=gone.path, line=gone.line, rules=(gone.rule,), reason="checked", first=gone.line, last=gone.line
    )
    return msgspec.structs.replace(
        analysis,
        findings=tuple(finding for finding in analysis.findings if finding is not gone),
        suppressions=(Suppression(comment=comment, state="used", findings=(gone,)),),
    )


def test_suppressed_results_leave_the_log_for_code_scanning() -> None:
    rules = [result["ruleId"] for result in run_of(suppressed_analysis())["results"]]
    assert "rustplan/unbounded-copy" not in rules


def test_the_full_log_marks_them_and_tells_the_risk_of_components() -> None:
    run = json.loads(render_full_sarif(suppressed_analysis()))["runs"][0]
    marked = {result["ruleId"]: result.get("suppressions") for result in run["results"]}
    assert marked["rustplan/unbounded-copy"] == [{"kind": "inSource", "status": "accepted", "justification": "checked"}]
    assert marked["rustplan/raw-buffer"] is None
    risks = [result for result in run["results"] if result["ruleId"] == "rustplan/component-risk"]
    assert [risk["properties"]["component"] for risk in risks] == ["net/tls", "util"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert {risk["level"] for risk in risks} == {"note"}


def test_a_chain_of_evidence_is_a_code_flow_that_ends_at_the_finding() -> None:
    found = Finding(
        rule="unbounded-copy",
        kind=Kind.DEFECT,
        path="a.c",
        line=9,
        column=1,
        end_line=9,
        end_column=5,
        message="`p` is used after its release",
        severity=Severity.HIGH,
        related=(RelatedLocation(3, "allocated here"), RelatedLocation(7, "released here", "b.c")),
    )
    result = run_of(sample_analysis(findings=(found,)))["results"][0]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    told = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
            step["location"]["message"]["text"],
        )
        for step in steps
    ]
    assert told == [("a.c", 3, "allocated here"), ("b.c", 7, "released here"), ("a.c", 9, found.message)]
