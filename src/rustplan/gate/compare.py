"""Holds an analysis against the accepted findings: what is new, fixed, moved or accepted no longer."""

from __future__ import annotations

from collections import Counter

import msgspec

from rustplan.gate.baseline import Baseline, Entry, accepted_findings, marks_of
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Severity
from rustplan.model.verdict import NewFinding


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Counts are of places. `stale` are entries that match nothing any more, with the number that does not."""

    new: tuple[NewFinding, ...]
    unchanged: int
    moved: int
    expired: int
    stale: tuple[tuple[Entry, int], ...]
    has_other_rules: bool

    @property
    def fixed(self) -> int:
        """How many accepted findings are no longer there."""
        return sum(count for _, count in self.stale)

    def at_least(self, severity: Severity) -> tuple[NewFinding, ...]:
        """What is new and at least that bad, worst first."""
        found = [new for new in self.new if new.finding.severity and new.finding.severity.rank <= severity.rank]
        return tuple(sorted(found, key=_worst_first))


def _worst_first(new: NewFinding) -> tuple[int, str, int, int, str]:
    finding = new.finding
    return (finding.severity.rank if finding.severity else 9, finding.path, finding.line, finding.column, finding.rule)


def compare(analysis: Analysis, baseline: Baseline, day: str) -> Comparison:
    """Match every place with an entry of its path, then with one of another path: that code has moved. `day` decides what has expired."""
    valid = [entry for entry in baseline.entries if not entry.expires or entry.expires >= day]
    over = Counter[tuple[str, str]]()
    for entry in baseline.entries:
        if entry.expires and entry.expires < day:
            over[entry.place] += entry.n
    left = Counter[tuple[str, str]]()
    for entry in valid:
        left[entry.place] += entry.n
    unmatched, unchanged = _by_path(analysis, left)
    still_new, moved = _by_mark(unmatched, left)
    new, expired = _told(still_new, over)
    return Comparison(
        new=new,
        unchanged=unchanged,
        moved=moved,
        expired=expired,
        stale=_stale(valid, left, frozenset((*analysis.coverage.rules_not_run, *analysis.coverage.rules_in_part))),
        has_other_rules=baseline.rules != f"sha256:{analysis.tool.rules_digest}",
    )


def _by_path(analysis: Analysis, left: Counter[tuple[str, str]]) -> tuple[list[tuple[Finding, str]], int]:
    """Take from `left` what is matched exactly; return the rest of the places and how many were matched."""
    unmatched = []
    unchanged = 0
    for finding in accepted_findings(analysis):
        for mark in marks_of(finding):
            key = (finding.path, mark)
            if left[key] > 0:
                left[key] -= 1
                unchanged += 1
            else:
                unmatched.append((finding, mark))
    return unmatched, unchanged


def _by_mark(
    unmatched: list[tuple[Finding, str]], left: Counter[tuple[str, str]]
) -> tuple[list[tuple[Finding, str]], int]:
    """The same without the path, for code that went to another file."""
    paths: dict[str, list[str]] = {}
    for path, mark in sorted(key for key, count in left.items() if count > 0):
        paths.setdefault(mark, []).append(path)
    rest = []
    for finding, mark in unmatched:
        source = next((path for path in paths.get(mark, ()) if left[path, mark] > 0), None)
        if source is None:
            rest.append((finding, mark))
        else:
            left[source, mark] -= 1
    return rest, len(unmatched) - len(rest)


def _told(rest: list[tuple[Finding, str]], over: Counter[tuple[str, str]]) -> tuple[tuple[NewFinding, ...], int]:
    """One entry for a finding, with how many of its places are new, and how many were accepted until lately."""
    places: dict[int, int] = {}
    lately: dict[int, int] = {}
    findings: dict[int, Finding] = {}
    for finding, mark in rest:
        findings[id(finding)] = finding
        places[id(finding)] = places.get(id(finding), 0) + 1
        if over[finding.path, mark] > 0:
            over[finding.path, mark] -= 1
            lately[id(finding)] = lately.get(id(finding), 0) + 1
    new = tuple(
        NewFinding(finding=finding, places=places[key], has_expired=key in lately) for key, finding in findings.items()
    )
    return new, sum(lately.values())


def _stale(
    entries: list[Entry], left: Counter[tuple[str, str]], unsought: frozenset[str]
) -> tuple[tuple[Entry, int], ...]:
    """Entries with places left over; where several share a place, the last ones. Of rules that did not look, nothing is known to be fixed."""
    rest = Counter({key: count for key, count in left.items() if count > 0})
    stale = []
    for entry in reversed(entries):
        count = min(entry.n, rest[entry.place])
        if count:
            rest[entry.place] -= count
        if count and entry.rule not in unsought:
            stale.append((entry, count))
    return tuple(reversed(stale))


def without_stale(baseline: Baseline, comparison: Comparison) -> Baseline:
    """The baseline without the places that match nothing any more."""
    gone = Counter[Entry]()
    for entry, count in comparison.stale:
        gone[entry] += count
    kept = []
    for entry in baseline.entries:
        taken = min(entry.n, gone[entry])
        gone[entry] -= taken
        if entry.n > taken:
            kept.append(msgspec.structs.replace(entry, n=entry.n - taken))
    return msgspec.structs.replace(baseline, entries=tuple(kept))
