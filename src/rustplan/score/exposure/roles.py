"""What components are for, read from signals: each role with its places, to be confirmed by a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rustplan.catalog.exposure import RoleRow, RoleTable
from rustplan.model.exposure import CodePlace, ComponentRole
from rustplan.model.finding import Confidence, Finding

_SHOWN = 3


@dataclass(slots=True)
class _Told:
    """What speaks for one role so far."""

    words: str
    findings: list[Finding] = field(default_factory=list)


class RoleReader:
    """Reads roles with the patterns compiled once."""

    def __init__(self, table: RoleTable) -> None:
        self._confident = table.confident
        self._order = {row.role: at for at, row in reversed(list(enumerate(table.rows)))}
        self._rows: dict[str, list[tuple[RoleRow, re.Pattern[str], re.Pattern[str]]]] = defaultdict(list)
        for row in table.rows:
            for rule in row.rules:
                self._rows[rule].append((row, re.compile(row.function), re.compile(row.message)))

    def roles(self, findings: Iterable[Finding]) -> tuple[ComponentRole, ...]:
        """Return the roles that signals speak for, in the order of the table; places in one function count as often as they are."""
        told: dict[str, _Told] = {}
        for finding in findings:
            for row, function, message in self._rows.get(finding.rule, ()):
                if row.confidence and finding.confidence not in row.confidence:
                    continue
                if function.search(finding.function or finding.message) and message.search(finding.message):
                    told.setdefault(row.role, _Told(row.words)).findings.append(finding)
        return tuple(self._role(name, told[name]) for name in sorted(told, key=lambda name: self._order[name]))

    def _role(self, name: str, told: _Told) -> ComponentRole:
        places = sum(finding.places for finding in told.findings)
        ordered = sorted(
            told.findings, key=lambda one: (one.confidence.rank, -one.places, one.path, one.line, one.rule)
        )
        return ComponentRole(
            role=name,
            words=told.words,
            places=places,
            confidence=_confidence(ordered, places, self._confident),
            evidence=tuple(CodePlace(one.path, one.line, _what(one)) for one in ordered[:_SHOWN]),
        )


def _confidence(ordered: Sequence[Finding], places: int, confident: int) -> Confidence:
    """That of the best signal; a few places are never more than a medium one."""
    best = ordered[0].confidence
    return best if places >= confident or best is Confidence.LOW else Confidence.MEDIUM


def _what(finding: Finding) -> str:
    return finding.message if not finding.function else f"{finding.message} (in {finding.function})"
