"""Section 7: the 50 worst findings as rows, and all of them as columns of plain data for the page's own script."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rustplan.model.finding import Finding, Kind, Severity
from rustplan.model.source import Role
from rustplan.model.suppression import Suppression
from rustplan.report.escape import clip, visible
from rustplan.report.view.columns import MESSAGE, PAGE_ROWS, build_columns, elsewhere_words
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.shapes import Link, Mark, View, component_link, finding_mark, severity_mark
from rustplan.report.view.words import KIND_MEANINGS, ROLE_WORDS

MOST_ROWS = 200_000
MOST_SUPPRESSIONS = 200


class FindingRow(View, frozen=True, kw_only=True):
    """One row of the table."""

    severity: Mark
    kind: str
    rule: str
    message: str
    cwe: str
    component: Link
    place: str
    href: str
    role: str
    confidence: str


class SuppressionRow(View, frozen=True, kw_only=True):
    """One comment in the source that accepts findings, or was meant to."""

    place: str
    href: str
    rules: str
    accepted: str
    reason: str
    terms: str
    state: str


class FindingsView(View, frozen=True, kw_only=True):
    """The table, its totals, and the data block."""

    total: int
    total_words: str
    shown_words: str
    by_kind: tuple[tuple[str, str, str], ...]
    by_severity: tuple[tuple[Mark, str], ...]
    rows: tuple[FindingRow, ...]
    more: str
    data: dict[str, Any]
    suppressions: tuple[SuppressionRow, ...] = ()
    suppression_words: str = ""


def build_findings(index: PageIndex) -> FindingsView:
    """Return the findings section and its data, as much as the economy allows."""
    economy = index.economy
    findings = index.findings
    in_source = sum(index.kinds.values())
    first = findings[: min(in_source, PAGE_ROWS) or PAGE_ROWS]
    more = len(findings) - len(first)
    kept = [finding for finding in findings if not (economy.are_low_counted and finding.severity is Severity.LOW)]
    if economy.is_capped:
        kept = kept[:MOST_ROWS]
    return FindingsView(
        total=len(findings),
        total_words=total_words(index),
        shown_words=f"The first {whole(len(first))} of {counted(in_source or len(findings), 'finding')}, defects first, then by severity or weight",
        by_kind=tuple(
            (kind.value if index.kinds[kind] == 1 else f"{kind.value}s", whole(index.kinds[kind]), KIND_MEANINGS[kind])
            for kind in Kind
            if index.kinds[kind] or kind is Kind.DEFECT
        ),
        by_severity=tuple((severity_mark(severity), whole(index.defects[severity])) for severity in Severity),
        rows=tuple(_row(index, finding) for finding in first),
        more=f"The other {counted(more, 'finding')} {'is' if more == 1 else 'are'} in rustplan.json." if more else "",
        data=build_columns(index, kept, _low_by_file(findings) if economy.are_low_counted else Counter()),
        suppressions=tuple(_suppression(index, said) for said in index.analysis.suppressions[:MOST_SUPPRESSIONS]),
        suppression_words=_suppression_words(index),
    )


def _suppression_words(index: PageIndex) -> str:
    """What comments accept, and how many of them do nothing; empty without any."""
    said = index.analysis.suppressions
    if not said:
        return ""
    accepted = sum(len(one.findings) for one in said)
    idle = Counter(one.state for one in said if one.state != "used")
    told = "".join(f"; {count} {state}" for state, count in sorted(idle.items()))
    more = f"; the first {MOST_SUPPRESSIONS} are shown" if len(said) > MOST_SUPPRESSIONS else ""
    return (
        f"{counted(len(said), 'comment')} in the source accept {counted(accepted, 'finding')}, "
        f"which count in no score{told}{more}"
    )


def _suppression(index: PageIndex, said: Suppression) -> SuppressionRow:
    comment = said.comment
    terms = [f"until {comment.until}"] if comment.until else []
    terms += [comment.owner] if comment.owner else []
    return SuppressionRow(
        place=f"{shown(comment.path)}:{comment.line}",
        href=source_link(index, comment.path, comment.line),
        rules=clip(visible(", ".join(comment.rules)), MESSAGE),
        accepted=whole(len(said.findings)),
        reason=clip(visible(comment.reason or comment.problem), MESSAGE),
        terms=clip(visible(", ".join(terms)), 60),
        state=said.state,
    )


def total_words(index: PageIndex) -> str:
    """Say how many findings lie in source, and how many elsewhere: the same two numbers on every page and output."""
    words = f"{counted(sum(index.kinds.values()), 'finding')} in source"
    return f"{words}; {elsewhere_words(index)}" if index.elsewhere else words


def _row(index: PageIndex, finding: Finding) -> FindingRow:
    owner = index.owners.get(finding.path)
    role = index.role(finding.path)
    return FindingRow(
        severity=finding_mark(finding),
        kind=finding.kind.value,
        rule=shown(finding.rule, 60),
        message=clip(visible(finding.message), MESSAGE),
        cwe=f"CWE-{finding.cwe}" if finding.cwe is not None else "",
        component=component_link(index, owner, 40) if owner else Link(words="–"),
        place=f"{shown(finding.path)}:{finding.line}",
        href=source_link(index, finding.path, finding.line),
        role="" if role is Role.SOURCE else ROLE_WORDS[role],
        confidence=finding.confidence.value,
    )


def _low_by_file(findings: tuple[Finding, ...]) -> Counter[str]:
    return Counter(finding.path for finding in findings if finding.severity is Severity.LOW)
