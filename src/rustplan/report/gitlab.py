"""GitLab code quality: every defect and exposure of role source, and each limit that was broken as a blocker."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Severity
from rustplan.model.verdict import Check, Verdict
from rustplan.report.escape import visible
from rustplan.report.lookup import Lookup, fingerprints
from rustplan.report.sarif_rules import RULE_PREFIX

_SEVERITIES = {Severity.CRITICAL: "critical", Severity.HIGH: "major", Severity.MEDIUM: "minor", Severity.LOW: "info"}


def render_gitlab(analysis: Analysis, verdict: Verdict) -> str:
    """Return one array, `[]` when there is nothing; equal findings differ by the ordinal in their fingerprints, so that GitLab keeps each."""
    alerts = Lookup(analysis).alerts()
    rows = [_gate(check, analysis) for check in verdict.checks if not check.is_met]
    rows += [_row(finding, mark) for finding, mark in zip(alerts, fingerprints(alerts), strict=True)]
    return json.dumps(rows, indent=1, ensure_ascii=True) + "\n"


def _row(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": visible(finding.message),
        "check_name": RULE_PREFIX + finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity or Severity.LOW],
        "location": {"path": visible(finding.path), "lines": {"begin": finding.line}},
    }


def _gate(check: Check, analysis: Analysis) -> dict[str, Any]:
    """A broken limit has no line: it stands at the first new finding, else at the project's first file."""
    place = check.findings[0].finding if check.findings else None
    first = analysis.scorecard.files[0].path if analysis.scorecard.files else "."
    return {
        "description": visible(f"gate not met: {check.expression} ({check.detail})"),
        "check_name": f"{RULE_PREFIX}gate",
        "fingerprint": hashlib.sha256(f"gate\0{check.expression}".encode()).hexdigest(),
        "severity": "blocker",
        "location": {"path": visible(place.path if place else first), "lines": {"begin": place.line if place else 1}},
    }
