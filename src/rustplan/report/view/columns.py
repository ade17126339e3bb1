"""All findings as columns of plain data: small integers with dictionaries beside them, no name written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from rustplan.model.finding import Finding, Kind, Severity
from rustplan.model.source import Role
from rustplan.report.escape import clip, visible
from rustplan.report.view.frames import source_template
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.words import CONFIDENCE_ORDER, ROLE_WORDS, SEVERITY_GLYPHS, SURFACE, SURFACE_GLYPH

PAGE_ROWS = 50
MESSAGE, PATH, RULE = 240, 200, 60

_SEVERITIES, _KINDS, _ROLES = list(Severity), list(Kind), list(Role)
_SURFACE = len(_SEVERITIES)
_NO_SEVERITY = _SURFACE + 1


def build_columns(index: PageIndex, findings: Iterable[Finding], low: Counter[str]) -> dict[str, Any]:
    """Return the data of the findings table; `low` holds files whose findings of low severity are only counted."""
    columns = _Columns(index)
    for finding in findings:
        columns.add(finding)
    for path in sorted(low):
        columns.add_count(path, low[path])
    return columns.document()


def elsewhere_words(index: PageIndex) -> str:
    """Say how many findings are counted apart; "" when none is."""
    return f"{whole(index.elsewhere)} more in tests, examples, vendored and generated code" if index.elsewhere else ""


def data_text(data: dict[str, Any]) -> str:
    """Return the data as JSON that can stand inside a script element: no `<`, `>`, `&`, U+2028 or U+2029 is left as it is."""
    text = msgspec.json.encode(data, order="deterministic").decode()
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _mark_of(finding: Finding) -> int:
    """The severity of a defect; exposures are surface, the other kinds have neither."""
    if finding.kind is Kind.EXPOSURE:
        return _SURFACE
    return _SEVERITIES.index(finding.severity) if finding.severity else _NO_SEVERITY


class _Names:
    """Strings by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


class _Columns:
    """Rows as they are added: severity, rule, kind, message, weakness, component, file, line, confidence (q), weight of surface (x)."""

    def __init__(self, index: PageIndex) -> None:
        self.index = index
        self.rules, self.messages, self.owners, self.folders = _Names(), _Names(), _Names(), _Names()
        self.file_numbers: dict[str, int] = {}
        self.files: list[tuple[int, str, int]] = []
        self.rows: dict[str, list[int]] = {key: [] for key in "srkmwcflqx"}

    def add(self, finding: Finding) -> None:
        """Add one finding."""
        self._append(
            s=_mark_of(finding),
            r=self.rules.number(shown(finding.rule, RULE)),
            k=_KINDS.index(finding.kind),
            m=self.messages.number(clip(visible(finding.message), MESSAGE)),
            w=finding.cwe or 0,
            c=self._owner(finding.path),
            f=self._file(finding.path),
            l=finding.line,
            q=finding.confidence.rank,
            x=round(finding.weight) if finding.kind is Kind.EXPOSURE else 0,
        )

    def add_count(self, path: str, count: int) -> None:
        """Add one row that stands for all findings of low severity in a file."""
        words = f"{counted(count, 'finding')} of low severity in this file, listed in rustplan.json"
        self._append(
            s=_SEVERITIES.index(Severity.LOW),
            r=self.rules.number("(low severity)"),
            k=_KINDS.index(Kind.EXPOSURE),
            m=self.messages.number(words),
            w=0,
            c=self._owner(path),
            f=self._file(path),
            l=0,
            q=len(CONFIDENCE_ORDER) - 1,
            x=0,
        )

    def document(self) -> dict[str, Any]:
        """The columns with their dictionaries."""
        return {
            "severities": [
                *([SEVERITY_GLYPHS[severity], severity.value] for severity in _SEVERITIES),
                [SURFACE_GLYPH, SURFACE],
                ["–", "none"],
            ],
            "kinds": [kind.value for kind in _KINDS],
            "confidences": [confidence.value for confidence in CONFIDENCE_ORDER],
            "roles": [ROLE_WORDS[role] for role in _ROLES],
            "rules": list(self.rules.numbers),
            "messages": list(self.messages.numbers),
            "components": [[shown(name, 60), self.index.anchor(name)] for name in self.owners.numbers],
            "folders": list(self.folders.numbers),
            "files": self.files,
            "rows": self.rows,
            "source": source_template(self.index),
            "pageRows": PAGE_ROWS,
            "elsewhere": elsewhere_words(self.index),
        }

    def _append(self, **values: int) -> None:
        for key, value in values.items():
            self.rows[key].append(value)

    def _owner(self, path: str) -> int:
        owner = self.index.owners.get(path)
        return -1 if owner is None else self.owners.number(owner)

    def _file(self, path: str) -> int:
        if path not in self.file_numbers:
            folder, _, name = path.rpartition("/")
            self.file_numbers[path] = len(self.files)
            place = self.folders.number(shown(folder, PATH) if folder else "")
            self.files.append((place, shown(name, PATH), _ROLES.index(self.index.role(path))))
        return self.file_numbers[path]
