"""Rules and the CWE taxonomy as SARIF wants them."""

from __future__ import annotations

from typing import Any

from rustplan.catalog.cwe import cwe_version, load_weaknesses
from rustplan.model.finding import Confidence, RuleSummary, Severity, Track
from rustplan.report.escape import clip, visible
from rustplan.report.lookup import Lookup

RULE_PREFIX = "rustplan/"
CWE_GUID = "FFC64C90-42B6-44CE-8BEB-F6B7DAE649E5"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}

_SECURITY_SEVERITY = {Severity.CRITICAL: "9.9", Severity.HIGH: "8.5", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
RISK_RULE: dict[str, Any] = {
    "id": f"{RULE_PREFIX}component-risk",
    "name": "component-risk",
    "shortDescription": {"text": "Memory-safety risk of a component"},
    "fullDescription": {
        "text": "How much a component asks for a move to Rust, from its size, its unsafe surface, its defects and its nearness to untrusted "
        "input. A rank of components, no bug at a line."
    },
    "help": {"text": "More: rustplan explain COMPONENT", "markdown": "More: `rustplan explain COMPONENT`"},
    "defaultConfiguration": {"level": "note"},
    "properties": {"tags": ["maintainability"], "precision": "medium", "problem.severity": "recommendation"},
}
"""One note for each component; without `security` it is no alert of its own severity."""


def rule_objects(lookup: Lookup, used: list[str]) -> list[dict[str, Any]]:
    """The rules that have results, in the order of their index."""
    severities = _severities(lookup)
    return [_rule(name, lookup.rules.get(name), severities.get(name, Severity.LOW)) for name in used]


def cwe_taxonomy(lookup: Lookup, used: list[str]) -> list[dict[str, Any]]:
    """The weaknesses that the used rules name, inline: nothing is fetched to read the log."""
    numbers = sorted({number for name in used if (rule := lookup.rules.get(name)) for number in rule.cwe})
    known = load_weaknesses()
    taxa = [
        {"id": str(number), "helpUri": f"https://cwe.mitre.org/data/definitions/{number}.html"}
        | ({"shortDescription": {"text": known[number].name}} if number in known else {})
        for number in numbers
    ]
    return [
        {
            "name": "CWE",
            "version": cwe_version(),
            "organization": "MITRE",
            "guid": CWE_GUID,
            "isComprehensive": False,
            "taxa": taxa,
        }
    ]


def _severities(lookup: Lookup) -> dict[str, Severity]:
    """The worst severity of each rule's results: a rule may leave it to the place."""
    worst: dict[str, Severity] = {}
    for finding in lookup.alerts():
        if finding.severity is not None:
            known = worst.get(finding.rule, finding.severity)
            worst[finding.rule] = min(known, finding.severity, key=lambda severity: severity.rank)
    return worst


def _rule(name: str, rule: RuleSummary | None, severity: Severity) -> dict[str, Any]:
    if rule is None:
        text = {"text": name}
        return {"id": RULE_PREFIX + name, "name": name, "shortDescription": text, "fullDescription": text, "help": text}
    severity = rule.severity or severity
    title, why, in_rust = (visible(" ".join(text.split())) for text in (rule.title, rule.why, rule.in_rust))
    body = f"{why or title}\n\nIn Rust: {in_rust or rule.rust_effect.value}"
    return {
        "id": RULE_PREFIX + name,
        "name": name,
        "shortDescription": {"text": clip(title or name, 255)},
        "fullDescription": {"text": clip(why or title or name, 1024)},
        "help": {
            "text": f"{body}\n\nMore: rustplan explain {name}",
            "markdown": _markdown(name, why or title, in_rust),
        },
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": _properties(rule, severity),
        "relationships": [
            {"target": {"id": str(cwe), "toolComponent": {"name": "CWE", "guid": CWE_GUID}}, "kinds": ["superset"]}
            for cwe in rule.cwe
        ],
    }


def _properties(rule: RuleSummary, severity: Severity) -> dict[str, Any]:
    """Only memory-safety rules are security alerts: GC pressure is no vulnerability."""
    tags = [f"external/cwe/cwe-{number:03d}" for number in rule.cwe[:8]] + [rule.kind.value]
    properties: dict[str, Any] = {
        "precision": _PRECISION[rule.confidence],
        "problem.severity": _PROBLEM[LEVELS[severity]],
    }
    if Track.MEMORY_SAFETY in rule.tracks:
        return {"tags": ["security", *tags], **properties, "security-severity": _SECURITY_SEVERITY[severity]}
    return {"tags": ["performance", *tags], **properties}


def _markdown(name: str, why: str, in_rust: str) -> str:
    rust = f"\n\n**In Rust**: {in_rust}" if in_rust else ""
    return f"{why}{rust}\n\nMore: `rustplan explain {name}`"
