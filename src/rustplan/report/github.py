"""Workflow commands that GitHub turns into annotations: each limit that was broken, then the worst of what is new."""

from __future__ import annotations

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity
from rustplan.model.verdict import NewFinding, Verdict
from rustplan.report.escape import visible

MOST = 10
"""GitHub shows about ten annotations of a kind for one step."""
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}


def render_github(_: Analysis, verdict: Verdict) -> str:
    """Return one command a line; nothing at all when there is nothing to say."""
    lines = [
        _command("error", f"{check.expression}: {check.detail}", title="rustplan gate not met")
        for check in verdict.checks
        if not check.is_met
    ]
    lines += [_command("error", gap, title="rustplan scan incomplete") for gap in verdict.incomplete]
    new = list({id(one): one for check in verdict.checks for one in check.findings}.values())
    lines += [_annotation(one) for one in new[:MOST]]
    if len(new) > MOST:
        more = f"{len(new) - MOST} more findings are new; the whole list is in the SARIF file and the report"
        lines.append(_command("notice", more, title="rustplan"))
    return "".join(f"{line}\n" for line in lines)


def _annotation(new: NewFinding) -> str:
    finding = new.finding
    severity = finding.severity or Severity.LOW
    return _command(
        _LEVELS[severity],
        finding.message,
        file=finding.path,
        line=str(finding.line),
        endLine=str(max(finding.line, finding.end_line)),
        title=f"{finding.rule} ({severity.value})",
    )


def _command(level: str, message: str, **properties: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {told}::{_data(visible(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
