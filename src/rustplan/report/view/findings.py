"""Section 7: the 50 worst findings as rows, and all of them as columns of plain data for the page's own script."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from rustplan.model.finding import Finding, Kind, Severity
from rustplan.model.source import Role
from rustplan.report.escape import clip, visible
from rustplan.report.view.frames import source_link, source_template
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.shapes import Link, Mark, View, component_link, severity_mark
from rustplan.report.view.words import CONFIDENCE_ORDER, KIND_MEANINGS, ROLE_WORDS, SEVERITY_GLYPHS

PAGE_ROWS = 50
MOST_ROWS = 200_000
MESSAGE, PATH = 240, 200


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


class FindingsView(View, frozen=True, kw_only=True):
    """The table, its totals, and the data block."""

    total: int
    total_words: str
    by_kind: tuple[tuple[str, str, str], ...]
    by_severity: tuple[tuple[Mark, str], ...]
    rows: tuple[FindingRow, ...]
    more: str
    data: dict[str, Any]


def build_findings(index: PageIndex) -> FindingsView:
    """Return the findings section and its data, as much as the economy allows."""
    economy = index.economy
    findings = index.findings
    total = len(findings)
    kinds = Counter(finding.kind for finding in findings)
    severities = Counter(finding.severity for finding in findings if finding.severity is not None)
    kept = [finding for finding in findings if not (economy.are_low_counted and finding.severity is Severity.LOW)]
    if economy.is_capped:
        kept = kept[:MOST_ROWS]
    return FindingsView(
        total=total,
        total_words=counted(total, "finding"),
        by_kind=tuple(
            (kind.value if kinds[kind] == 1 else f"{kind.value}s", whole(kinds[kind]), KIND_MEANINGS[kind])
            for kind in Kind
            if kinds[kind]
        ),
        by_severity=tuple((severity_mark(severity), whole(severities[severity])) for severity in Severity),
        rows=tuple(_row(index, finding) for finding in findings[:PAGE_ROWS]),
        more=f"The other {counted(total - PAGE_ROWS, 'finding')} are in rustplan.json." if total > PAGE_ROWS else "",
        data=_columns(index, kept, _low_by_file(findings) if economy.are_low_counted else Counter()),
    )


def _row(index: PageIndex, finding: Finding) -> FindingRow:
    owner = index.owners.get(finding.path)
    role = index.role(finding.path)
    return FindingRow(
        severity=severity_mark(finding.severity),
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


class _Names:
    """Strings by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


def _columns(index: PageIndex, findings: list[Finding], low: Counter[str]) -> dict[str, Any]:
    """Columns of small integers with dictionaries beside them: no name is written twice, folders are shared."""
    rules, messages, owners, folders = _Names(), _Names(), _Names(), _Names()
    files: dict[str, int] = {}
    file_rows: list[tuple[int, str, int]] = []
    roles, kinds, severities = list(Role), list(Kind), list(Severity)

    def file_number(path: str) -> int:
        if path not in files:
            folder, _, name = path.rpartition("/")
            files[path] = len(file_rows)
            file_rows.append(
                (
                    folders.number(shown(folder, PATH) if folder else ""),
                    shown(name, PATH),
                    roles.index(index.role(path)),
                )
            )
        return files[path]

    def owner_number(path: str) -> int:
        owner = index.owners.get(path)
        return owners.number(owner) if owner is not None else -1

    rows: dict[str, list[int]] = {key: [] for key in "srkmwcflq"}
    for finding in findings:
        rows["s"].append(severities.index(finding.severity) if finding.severity else len(severities))
        rows["k"].append(kinds.index(finding.kind))
        rows["r"].append(rules.number(shown(finding.rule, 60)))
        rows["m"].append(messages.number(clip(visible(finding.message), MESSAGE)))
        rows["w"].append(finding.cwe or 0)
        rows["c"].append(owner_number(finding.path))
        rows["f"].append(file_number(finding.path))
        rows["l"].append(finding.line)
        rows["q"].append(finding.confidence.rank)
    for path in sorted(low):
        values = (len(severities) - 1, kinds.index(Kind.DEFECT), rules.number("(low severity)"))
        message = messages.number(
            f"{counted(low[path], 'finding')} of low severity in this file, listed in rustplan.json"
        )
        for key, value in zip(
            "srkmwcflq",
            (values[0], values[2], values[1], message, 0, owner_number(path), file_number(path), 0, 2),
            strict=True,
        ):
            rows[key].append(value)
    return {
        "severities": [[SEVERITY_GLYPHS[severity], severity.value] for severity in severities] + [["–", "none"]],
        "kinds": [kind.value for kind in kinds],
        "confidences": [confidence.value for confidence in CONFIDENCE_ORDER],
        "roles": [ROLE_WORDS[role] for role in roles],
        "rules": list(rules.numbers),
        "messages": list(messages.numbers),
        "components": [[shown(name, 60), index.anchor(name)] for name in owners.numbers],
        "folders": list(folders.numbers),
        "files": file_rows,
        "rows": rows,
        "source": source_template(index),
        "pageRows": PAGE_ROWS,
    }


def data_text(data: dict[str, Any]) -> str:
    """Return the data as JSON that can stand inside a script element: no `<`, `>`, `&`, U+2028 or U+2029 is left as it is."""
    text = msgspec.json.encode(data, order="deterministic").decode()
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
