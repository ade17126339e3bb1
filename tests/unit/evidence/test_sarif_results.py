"""What becomes of a result: its place, its words, its severity, its weakness, and why it was left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rustplan.evidence import NO_IMPORTED, read_sarif
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Confidence, Severity
from sarif_world import described, evidence_of, imported, log, only, result, run, run_of, tree, written


def located(uri: Any, **more: Any) -> dict[str, Any]:
    physical = {"artifactLocation": {"uri": uri, **more}, "region": {"startLine": 3}}
    return result() | {"locations": [{"physicalLocation": physical}]}


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("lib/url.c", "lib/url.c"),
        ("./lib/../lib/url.c", "lib/url.c"),
        ("../../lib/url.c", "lib/url.c"),
        ("file:///home/ci/build/curl/lib/url.c", "lib/url.c"),
        ("file://localhost/home/ci/lib/url.c", "lib/url.c"),
        ("file:/home/ci/lib/url.c", "lib/url.c"),
        ("/home/ci/lib/vtls/open%20ssl.c", "lib/vtls/open ssl.c"),
        ("lib/vtls/open ssl.c", "lib/vtls/open ssl.c"),
        ("C:\\work\\curl\\lib\\url.c", "lib/url.c"),
        ("file:///C:/work/curl/lib/url.c", "lib/url.c"),
        ("file:///c%3A/work/curl/LIB/Url.c", "lib/url.c"),
        ("lib\\url.c", "lib/url.c"),
        ("main.c", "src/main.c"),
        ("/elsewhere/util.c", "util.c"),
    ],
)
def test_addresses_of_other_machines_lead_to_files_of_the_tree(tmp_path: Path, uri: str, path: str) -> None:
    found = only(tmp_path, located(uri))
    assert (found.path, found.line) == (path, 3)


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("dup.c", "several files of this tree end in its path"),
        ("/usr/include/util.c", "its file belongs to the system or a compiler"),
        ("C:/Program Files/SDK/util.c", "its file belongs to the system or a compiler"),
        ("https://example.org/lib/url.c", "its address is no file"),
        ("lib/gone.c", "its file was not read in this tree"),
        ("", "it names no file"),
        ("/", "it names no file"),
        ("a/" * 300 + "url.c", "its path is too long"),
        ("a" * 5000, "its path is too long"),
        (None, "it names no file"),
        (7, "it names no file"),
    ],
)
def test_what_lies_nowhere_is_unmapped_with_the_reason(tmp_path: Path, uri: Any, because: str) -> None:
    (reason,) = run_of(tmp_path, located(uri)).unmapped
    assert (reason.because, reason.count) == (because, 1)


def test_base_addresses_build_on_each_other_and_never_turn_for_ever(tmp_path: Path) -> None:
    bases = {
        "%SRCROOT%": {"uri": "file:///ci/", "description": {"text": "top"}},
        "VTLS": {"uri": "lib/vtls/", "uriBaseId": "%SRCROOT%"},
        "A": {"uri": "lib/", "uriBaseId": "B"},
        "B": {"uriBaseId": "A"},
    }
    found = imported(
        tmp_path,
        located("open%20ssl.c", uriBaseId="VTLS"),
        located("url.c", uriBaseId="A"),
        located("src/main.c", uriBaseId="UNKNOWN"),
        originalUriBaseIds=bases,
    )
    assert [one.path for one in found] == ["lib/url.c", "lib/vtls/open ssl.c", "src/main.c"]


def test_files_may_be_named_by_index_and_embed_their_contents(tmp_path: Path) -> None:
    value = result() | {"locations": [{"physicalLocation": {"artifactLocation": {"index": 1}}}]}
    artifacts = ["no object", {"location": {"uri": "src/main.c"}, "contents": {"text": "int main;" * 1000}}]
    found = only(tmp_path, value, artifacts=artifacts)
    assert (found.path, found.line) == ("src/main.c", 0)
    assert run_of(tmp_path, value, artifacts=artifacts[:1]).unmapped[0].because == "it names no file"


def test_the_first_location_in_the_tree_counts_and_lines_must_exist(tmp_path: Path) -> None:
    far, near = located("/usr/include/stdio.h")["locations"], located("src/main.c")["locations"]
    assert only(tmp_path, result() | {"locations": far + near}).path == "src/main.c"
    (reason,) = run_of(tmp_path, result(line=501)).unmapped
    assert "beyond the end of the file" in reason.because
    assert reason.examples == ("lib/url.c",)


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"suppressions": [{"kind": "inSource"}]}, "suppressed in the log"),
        ({"suppressions": [{"kind": "external", "status": "accepted"}]}, "suppressed in the log"),
        ({"kind": "pass"}, "kind pass"),
        ({"kind": "notApplicable"}, "kind notApplicable"),
        ({"kind": "open"}, "kind open"),
        ({"kind": "informational"}, "kind informational"),
        ({"baselineState": "absent"}, "no longer there (baseline state absent)"),
        ({"ruleId": "rustplan/component-risk"}, "rustplan's own rank of a component"),
    ],
)
def test_what_says_of_itself_that_it_is_no_finding_is_left_out(
    tmp_path: Path, more: dict[str, Any], because: str
) -> None:
    told = run_of(tmp_path, result() | more, result(line=20))
    assert [(reason.because, reason.count) for reason in told.left_out] == [(because, 1)]
    assert (told.results, told.mapped) == (2, 1)


@pytest.mark.parametrize("status", ["rejected", "underReview"])
def test_an_undecided_suppression_hides_nothing(tmp_path: Path, status: str) -> None:
    value = result() | {
        "suppressions": [{"kind": "external", "status": status}],
        "baselineState": "new",
        "kind": "review",
    }
    assert only(tmp_path, value).line == 10


@pytest.mark.parametrize(
    ("result_says", "rule_says", "severity"),
    [
        ({}, {}, Severity.MEDIUM),
        ({"level": "error"}, {}, Severity.HIGH),
        ({"level": "note"}, {"defaultConfiguration": {"level": "error"}}, Severity.LOW),
        ({}, {"defaultConfiguration": {"level": "error"}}, Severity.HIGH),
        ({"level": "note"}, {"properties": {"security-severity": "9.3"}}, Severity.CRITICAL),
        ({"properties": {"security-severity": 7}}, {"properties": {"security-severity": "1"}}, Severity.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": "99"}}, Severity.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": "1e999"}}, Severity.HIGH),
        ({}, {"properties": {"problem.severity": "recommendation"}}, Severity.LOW),
        ({"rank": 95.0}, {}, Severity.CRITICAL),
        ({"rank": 95.0, "level": "note"}, {}, Severity.LOW),
        ({"rank": -1}, {"defaultConfiguration": {"rank": 71}}, Severity.HIGH),
        ({"level": "enormous"}, {}, Severity.MEDIUM),
    ],
)
def test_severity_is_that_of_security_severity_then_level_then_rank(
    tmp_path: Path, result_says: dict[str, Any], rule_says: dict[str, Any], severity: Severity
) -> None:
    rules = [{"id": "R"} | rule_says]
    if result_says.get("rank") == -1:
        result_says = {}
    assert only(tmp_path, result(rule="R") | result_says, rules=rules).severity is severity


def test_precision_becomes_confidence(tmp_path: Path) -> None:
    def confidence(word: Any) -> Confidence:
        return only(tmp_path, result(rule="R"), rules=[{"id": "R", "properties": {"precision": word}}]).confidence

    assert confidence("very-high") is confidence("high") is Confidence.HIGH
    assert confidence("low") is Confidence.LOW
    assert confidence(None) is confidence(["high"]) is confidence("odd") is Confidence.MEDIUM


CWE_BY_NAME = {"id": "416", "toolComponent": {"name": "cwe"}}
CWE_BY_GUID = {"id": "CWE-416", "toolComponent": {"guid": "FFC64C90-42B6-44CE-8BEB-F6B7DAE649E5"}}
CWE_BY_INDEX = {"index": 0, "toolComponent": {"index": 0}}


@pytest.mark.parametrize(
    ("result_says", "rule_says"),
    [
        ({"taxa": [CWE_BY_NAME]}, {}),
        ({"taxa": [CWE_BY_GUID]}, {}),
        ({"taxa": [CWE_BY_INDEX]}, {}),
        ({}, {"relationships": [{"target": CWE_BY_NAME, "kinds": ["superset"]}]}),
        ({}, {"properties": {"tags": ["security", "external/cwe/cwe-416"]}}),
        ({}, {"properties": {"tags": ["CWE-416: Use After Free"]}}),
        ({}, {"properties": {"cwe": "CWE-416"}}),
        ({}, {"properties": {"cwe": ["416"]}}),
        ({}, {"properties": {"cwe": 416}}),
        ({"properties": {"cwe": [416]}}, {"properties": {"tags": ["external/cwe/cwe-125"]}}),
        ({"ruleId": "heap-use-after-free"}, {}),
        ({"ruleId": "unix.Malloc", "message": {"text": "Use of memory after it is released"}}, {}),
        ({"ruleId": "CWE-416"}, {}),
    ],
)
def test_weaknesses_are_found_wherever_tools_write_them(
    tmp_path: Path, result_says: dict[str, Any], rule_says: dict[str, Any]
) -> None:
    taxonomies = [{"name": "CWE", "taxa": [{"id": "416"}]}]
    found = only(tmp_path, result(rule="R") | result_says, rules=[{"id": "R"} | rule_says], taxonomies=taxonomies)
    assert found.cwe == 416
    assert found.weakness == "lifetime"
    assert found.is_prevented


def test_a_rule_without_a_weakness_is_listed_and_counts_nothing(tmp_path: Path) -> None:
    found = only(tmp_path, result(rule="deadcode.DeadStores"))
    assert (found.cwes, found.weakness, found.is_prevented) == ((), "", False)
    leak = only(tmp_path, result(rule="R401"), rules=described(401))
    assert (leak.weakness, leak.is_prevented) == ("leak", False)
    assert only(tmp_path, result(taxa=[{"id": "89", "toolComponent": {"name": "OWASP"}}], rule="R")).cwes == ()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"text": "plain"}, "plain"),
        ({"text": "{0} and {1} of {{x}}", "arguments": ["one", "two"]}, "one and two of {x}"),
        ({"text": "{0} {7}", "arguments": ["one"]}, "one {7}"),
        ({"text": "{0} is kept"}, "{0} is kept"),
        ({"id": "default", "arguments": ["p"]}, "p is freed twice"),
        ({"id": "common"}, "from all rules"),
        ({"id": "gone"}, "short"),
        ({"text": "see [the source](1) and [it](sarif:/runs/0)"}, "see the source and it"),
        ({"text": "see [docs](https://example.org)"}, "see [docs](https://example.org)"),
        ({"markdown": "**bold**"}, "**bold**"),
        ({"text": "two\r\n\tlines"}, "two lines"),
        ({"text": ["no text"]}, "short"),
        (None, "short"),
        ("bare", "bare"),
    ],
)
def test_messages_with_placeholders_ids_and_links(tmp_path: Path, message: Any, said: str) -> None:
    rule = {
        "id": "R",
        "messageStrings": {"default": {"text": "{0} is freed twice"}},
        "shortDescription": {"text": "short"},
    }
    value = run(result(rule="R") | {"message": message}, rules=[rule])
    value["tool"]["driver"]["globalMessageStrings"] = {"common": {"text": "from all rules"}}
    (found,) = evidence_of(written(tmp_path, log(value))).imported_findings
    assert found.message == said


def test_rules_are_found_by_index_in_extensions_and_by_their_parents_name(tmp_path: Path) -> None:
    value = run(
        result() | {"ruleId": None, "ruleIndex": 1},
        result(line=30) | {"ruleId": "X", "rule": {"id": "X", "index": 0, "toolComponent": {"index": 0}}},
        result(line=60) | {"ruleId": "R416/sub"},
        rules=described(125, 416),
    )
    value["tool"]["extensions"] = [{"name": "pack", "rules": [{"id": "X", "properties": {"tags": ["CWE-190"]}}]}]
    found = evidence_of(written(tmp_path, log(value))).imported_findings
    assert [(one.rule, one.cwe) for one in found] == [("R416", 416), ("X", 190), ("R416/sub", 416)]


def test_the_chain_of_evidence_is_kept_with_its_places(tmp_path: Path) -> None:
    def step(uri: str, line: int, words: str) -> dict[str, Any]:
        return {"location": located(uri)["locations"][0] | {"message": {"text": words}}}

    flow = {
        "threadFlows": [{"locations": [step("lib/url.c", 3, "freed"), step("/usr/include/x.h", 3, "through")] * 30}]
    }
    found = only(tmp_path, result() | {"codeFlows": [flow]})
    assert len(found.chain) == 20
    assert [(one.path, one.line, one.message) for one in found.chain[:2]] == [
        ("lib/url.c", 3, "freed"),
        ("/usr/include/x.h", 3, "through"),
    ]
    related = only(tmp_path, result() | {"relatedLocations": [step("src/main.c", 3, "here")["location"]]})
    assert related.chain[0].path == "src/main.c"


def test_fingerprints_are_the_tools_or_ours(tmp_path: Path) -> None:
    given = only(tmp_path, result() | {"partialFingerprints": {"primaryLocationLineHash": "abc:1"}})
    assert given.fingerprint == "primaryLocationLineHash=abc:1"
    useless = only(tmp_path, result() | {"fingerprints": {"matchBasedId/v1": "requires login"}})
    assert len(useless.fingerprint) == 64
    assert useless.fingerprint == only(tmp_path, result(line=40)).fingerprint


def test_failed_runs_and_missing_results_are_said(tmp_path: Path) -> None:
    failed = [
        {
            "executionSuccessful": False,
            "exitCode": 2,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "out of memory"}}, {"level": "note"}],
        }
    ]
    notes = run_of(tmp_path, invocations=failed, externalPropertyFileReferences={}).notes
    assert "the tool says that its run failed (exit code 2)" in notes
    assert "the tool reports 1 error of its own, first: out of memory" in notes
    assert "parts of the run lie in other files, which are not read" in notes
    (silent,) = evidence_of(written(tmp_path, log({"tool": {"driver": {"name": "T"}}}))).imported
    assert "holds no list of results" in silent.notes[0]


def test_every_result_is_counted_once(tmp_path: Path) -> None:
    told = run_of(tmp_path, result(), result(), result(line=20), located("gone.c"), {"kind": "pass"}, 7, None)
    assert (told.results, told.mapped, told.repeated) == (7, 3, 1)
    assert sum(one.count for one in told.unmapped) == 1
    assert sum(one.count for one in told.left_out) == 3


def test_without_files_the_absence_is_said() -> None:
    assert read_sarif((), Evidence(), tree()).absent == (NO_IMPORTED,)


def test_the_order_of_the_files_and_a_file_given_twice_change_nothing(tmp_path: Path) -> None:
    one = written(tmp_path, log(run(result(), tool="A")), "a.sarif")
    same = written(tmp_path, one.read_bytes(), "b.sarif")
    other = written(tmp_path, log(run(result(line=12), tool="B")), "c.sarif")
    expected = evidence_of(one, other)
    assert [entry.file for entry in expected.imported] == ["a.sarif", "c.sarif"]
    for order in ((other, same, one), (one, one, other, same), (same, other, one)):
        assert evidence_of(*order) == expected
