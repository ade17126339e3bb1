"""SARIF 2.1.0 for code scanning: the worst defects and exposures of role `source`, with what GitHub reads and no more machine detail."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Kind, Severity, Track
from rustplan.model.source import Role
from rustplan.model.suppression import SuppressionComment
from rustplan.report.escape import clip, visible
from rustplan.report.lookup import ALERTS, Lookup, fingerprints, worst_first
from rustplan.report.sarif_rules import CWE_GUID, LEVELS, RISK_RULE, RULE_PREFIX, cwe_taxonomy, rule_objects
from rustplan.report.view.numbers import whole

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5000
"""GitHub stores no more results of one run."""
MOST_NOTIFICATIONS = 1000
MOST_STEPS = 20
_FIRST_LINE = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
_PLAIN_URI = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render_sarif(analysis: Analysis) -> str:
    """Return one SARIF log with one run, for code scanning: what comments accept is left out, because GitHub would open it again."""
    return _render(analysis, is_full=False)


def render_full_sarif(analysis: Analysis) -> str:
    """The same log for other readers: with what comments accept, marked as suppressed, and one note for each component's risk."""
    return _render(analysis, is_full=True)


def _render(analysis: Analysis, *, is_full: bool) -> str:
    lookup = Lookup(analysis)
    accepted = _accepted(lookup) if is_full else {}
    alerts = (*lookup.alerts(), *(finding for finding, _ in accepted.values()))
    prints = dict(zip(map(id, alerts), fingerprints(alerts), strict=True))
    kept = sorted(sorted(alerts, key=worst_first)[:MOST_RESULTS], key=_by_place)
    used = sorted({finding.rule for finding in kept})
    numbers = {rule: number for number, rule in enumerate(used)}
    risks = component_results(lookup, len(used)) if is_full else []
    results = [
        _result(finding, numbers[finding.rule], prints[id(finding)], lookup) | _suppressions(accepted.get(id(finding)))
        for finding in kept
    ]
    run = {
        "tool": {"driver": _driver(lookup, used, has_risks=bool(risks))},
        "taxonomies": cwe_taxonomy(lookup, used),
        "automationDetails": {"id": f"rustplan/{percent_encoded(analysis.project.name).replace('/', '%2F')}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that was scanned."}}},
        "invocations": [_invocation(lookup, cut=len(alerts) - len(kept))],
        "results": results + risks,
    }
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, sort_keys=False, allow_nan=False) + "\n"


def _accepted(lookup: Lookup) -> dict[int, tuple[Finding, SuppressionComment]]:
    """The alerts that comments accept, by identity, each with its comment."""
    return {
        id(finding): (finding, said.comment)
        for said in lookup.analysis.suppressions
        for finding in said.findings
        if finding.kind in ALERTS and lookup.role(finding.path) is Role.SOURCE
    }


def _suppressions(accepted: tuple[Finding, SuppressionComment] | None) -> dict[str, Any]:
    if accepted is None:
        return {}
    return {"suppressions": [{"kind": "inSource", "status": "accepted", "justification": visible(accepted[1].reason)}]}


def _by_place(finding: Finding) -> tuple[str, int, int, str]:
    """Sort key: by place, as in every other output."""
    return (finding.path, finding.line, finding.column, finding.rule)


def percent_encoded(path: str) -> str:
    """A relative POSIX path as a URI reference; bytes of undecodable names are kept."""
    raw = path.encode("utf-8", "surrogateescape") if not _has_lone_high(path) else path.encode("utf-8", "replace")
    text = "".join(chr(byte) if chr(byte) in _PLAIN_URI else f"%{byte:02X}" for byte in raw)
    return text.removeprefix("./")


def _has_lone_high(text: str) -> bool:
    return any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)


def _driver(lookup: Lookup, used: list[str], *, has_risks: bool) -> dict[str, Any]:
    tool = lookup.analysis.tool
    return {
        "name": tool.name,
        "semanticVersion": tool.version,
        "rules": rule_objects(lookup, used) + ([RISK_RULE] if has_risks else []),
        "supportedTaxonomies": [{"name": "CWE", "guid": CWE_GUID}],
    }


def _result(finding: Finding, rule_index: int, fingerprint: str, lookup: Lookup) -> dict[str, Any]:
    component = lookup.owners.get(finding.path)
    result: dict[str, Any] = {
        "ruleId": RULE_PREFIX + finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity or Severity.LOW],
        "message": {"text": visible(finding.message) or finding.rule},
        "locations": [_location(finding.path, _region(finding, lookup), finding.function)],
        "partialFingerprints": {"rustplan/v1": fingerprint},
        "properties": {
            "kind": finding.kind.value,
            "confidence": finding.confidence.value,
            "places": finding.places,
            **({"component": visible(component)} if component else {}),
        },
    }
    related = [(place.path or finding.path, place.line, place.message) for place in finding.related]
    related += [(finding.path, line, "the same here") for line in finding.lines if line != finding.line]
    if related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": visible(message) or "see here"},
                **_location(path, {"startLine": line, "endLine": line}, ""),
            }
            for number, (path, line, message) in enumerate(related[:20], start=1)
        ]
    if finding.kind is Kind.DEFECT and finding.related:
        result["codeFlows"] = [_code_flow(finding, result["locations"][0])]
    return result


def _code_flow(finding: Finding, place: dict[str, Any]) -> dict[str, Any]:
    """The chain of evidence from its first step to the place of the finding."""
    steps = [
        {
            "location": _location(step.path or finding.path, {"startLine": step.line, "endLine": step.line}, "")
            | {"message": {"text": visible(step.message) or "see here"}}
        }
        for step in finding.related[:MOST_STEPS]
    ]
    last = {"location": {**place, "message": {"text": visible(finding.message) or finding.rule}}}
    return {"threadFlows": [{"locations": [*steps, last]}]}


def component_results(lookup: Lookup, rule_index: int) -> list[dict[str, Any]]:
    """At most one note for each component of the memory-safety track, at its riskiest file: no line-level alert."""
    results = []
    worst: dict[str, tuple[float, str]] = {}
    for file in lookup.analysis.scorecard.files:
        key = (-(file.risk or 0.0), file.path)
        if file.role is Role.SOURCE and key < worst.get(file.component, (1.0, "")):
            worst[file.component] = key
    for score in lookup.scores(Track.MEMORY_SAFETY):
        if score.component not in worst:
            continue
        name = visible(score.component)
        digest = hashlib.sha256(f"component\0{score.component}".encode("utf-8", "surrogateescape")).hexdigest()
        results.append(
            {
                "ruleId": RISK_RULE["id"],
                "ruleIndex": rule_index,
                "level": "note",
                "message": {"text": f"{name}: memory-safety risk {score.risk:.0f} of 100, score {score.score:.0f}."},
                "locations": [_location(worst[score.component][1], _FIRST_LINE, "")],
                "partialFingerprints": {"rustplan/v1": f"{digest}:1"},
                "properties": {"component": name, "risk": round(score.risk, 1), "score": round(score.score, 1)},
            }
        )
    return results


def _location(path: str, region: dict[str, int] | None, function: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": percent_encoded(path), "uriBaseId": "%SRCROOT%"}}
    if region is not None:
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if function:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(function), "kind": "function"}]
    return location


def _region(finding: Finding, lookup: Lookup) -> dict[str, int]:
    """All four fields; columns in UTF-16 units where the line is known, else in bytes, which are equal for ASCII."""
    excerpt = lookup.excerpts.get((finding.path, finding.line))
    lines = dict(enumerate(excerpt.lines, start=excerpt.first_line)) if excerpt else {}
    end_line = max(finding.line, finding.end_line)
    start = _utf16_column(lines.get(finding.line), finding.column)
    end = _utf16_column(lines.get(end_line), finding.end_column)
    if end_line == finding.line and end <= start:
        end = start + 1
    return {"startLine": finding.line, "startColumn": start, "endLine": end_line, "endColumn": max(1, end)}


def _utf16_column(line: str | None, column: int) -> int:
    """A column that counts UTF-8 bytes from 1, as one that counts UTF-16 units from 1."""
    if line is None or line.isascii():
        return max(1, column)
    before = line.encode("utf-8", "replace")[: column - 1].decode("utf-8", "ignore")
    return len(before.encode("utf-16-le")) // 2 + 1


def _invocation(lookup: Lookup, *, cut: int) -> dict[str, Any]:
    return {"executionSuccessful": True, "exitCode": 0, "toolExecutionNotifications": list(_notifications(lookup, cut))}


def _notifications(lookup: Lookup, cut: int) -> Iterator[dict[str, Any]]:
    """What was left out and what was not read: a log that hides it would claim more than was done."""
    if cut:
        yield _notification(
            "warning",
            f"{whole(cut)} results of lower severity were left out; this log holds the {whole(MOST_RESULTS)} worst.",
        )
    if lookup.elsewhere:
        yield _notification(
            "note",
            f"{whole(lookup.elsewhere)} findings in tests, examples, vendored and generated code are not results.",
        )
    coverage = lookup.analysis.coverage
    gaps = [(file.path, f"not read: {file.reason.value}", file.detail) for file in coverage.skipped]
    gaps += [(file.path, f"read in part: {file.reason.value}", file.detail) for file in coverage.degraded]
    for path, what, detail in gaps[:MOST_NOTIFICATIONS]:
        text = f"{what}{f' ({detail})' if detail else ''}"
        yield _notification("warning", clip(visible(text), 500)) | {"locations": [_location(path, None, "")]}
    if len(gaps) > MOST_NOTIFICATIONS:
        reasons = Counter(what for _, what, _ in gaps[MOST_NOTIFICATIONS:])
        rest = ", ".join(f"{whole(number)} {what}" for what, number in sorted(reasons.items()))
        yield _notification("warning", f"And more files: {rest}.")


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}
