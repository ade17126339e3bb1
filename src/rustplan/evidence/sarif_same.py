"""Which findings say the same: each place counts once, and everyone who speaks of it is credited."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from rustplan.catalog import load_anchors
from rustplan.catalog.imported import weakness_class
from rustplan.model.finding import Confidence, Finding, Kind, RuleSummary, Severity
from rustplan.model.imported import ImportedFinding

NEAR = 3
"""Lines that two findings of the same class may lie apart."""

MOST_CREDITED = 8
OWN_PREFIX = "rustplan/"


_Sum = tuple[float, float]
"""Points of findings that Rust prevents, and of all."""


class _Own(NamedTuple):
    line: int
    points: float
    rule: str
    cwes: tuple[int, ...]
    """Those that the finding prints and its rule names, the printed one first."""
    is_defect: bool


class OwnFindings:
    """rustplan's defects and exposures by file and line, with what each counts."""

    def __init__(self, findings: Iterable[Finding], rules: Mapping[str, RuleSummary]) -> None:
        found: dict[str, set[_Own]] = defaultdict(set)
        for finding in findings:
            if finding.kind not in (Kind.DEFECT, Kind.EXPOSURE):
                continue
            points = severity_points(finding.severity, finding.confidence)
            named = rules[finding.rule].cwe if finding.rule in rules else ()
            cwes = tuple(dict.fromkeys((finding.cwe, *named) if finding.cwe else named))
            for line in {finding.line, *finding.lines}:
                found[finding.path].add(_Own(line, points, finding.rule, cwes, finding.kind is Kind.DEFECT))
        self._by_path = {path: sorted(own) for path, own in found.items()}

    def match(self, finding: ImportedFinding) -> ImportedFinding:
        """The finding with rustplan's nearest rule that says the same, and with the points that are left.

        A defect says the same when its weakness is of the same class; an exposure is surface and no bug: its rule must name the same weakness.
        """
        points = severity_points(finding.severity, finding.confidence)
        rule = finding.rule.removeprefix(OWN_PREFIX) if finding.rule.startswith(OWN_PREFIX) else ""
        near = [own for own in self._near(finding.path, finding.line) if _is_same(own, finding, rule)]
        if not near:
            return msgspec.structs.replace(finding, points=points)
        best = min(
            near, key=lambda own: (own.rule != rule, not own.is_defect, abs(own.line - finding.line), -own.points, own)
        )
        left = 0.0 if best.rule == rule else max(0.0, points - best.points)
        return msgspec.structs.replace(finding, own=best.rule, points=left)

    def _near(self, path: str, line: int) -> Iterable[_Own]:
        own = self._by_path.get(path, [])
        start = bisect_left(own, line - NEAR, key=lambda one: one.line) if line else len(own)
        for place in range(start, len(own)):
            if own[place].line > line + NEAR:
                return
            yield own[place]


def severity_points(severity: Severity | None, confidence: Confidence) -> float:
    """Severity times confidence as the catalogue weighs them."""
    table = load_anchors().severity_points
    return table.severity.get(severity.value, 0.0) * table.confidence.get(confidence.value, 0.0) if severity else 0.0


def settle(findings: Sequence[ImportedFinding]) -> list[ImportedFinding]:
    """The findings with the other tools that say the same, and with those marked that give way to another tool's.

    Of findings of one class in a file those are kept that together have the most points that Rust prevents, then the most points, while no
    two tools count within NEAR lines. So one finding more never lowers the sum.
    """
    groups: dict[tuple[str, str], list[ImportedFinding]] = defaultdict(list)
    settled: list[ImportedFinding] = []
    for finding in sorted(findings, key=_by_place):
        if finding.line and finding.weakness:
            groups[finding.path, finding.weakness].append(finding)
        else:
            settled.append(finding)
    for group in groups.values():
        kept = _heaviest(group)
        for place, (finding, also) in enumerate(zip(group, _also(group), strict=True)):
            gives_way = bool(also) and place not in kept
            settled.append(
                msgspec.structs.replace(
                    finding,
                    also=also,
                    points=0.0 if gives_way else finding.points,
                    is_duplicate=gives_way and not finding.own,
                )
            )
    return sorted(settled, key=_by_place)


def _heaviest(group: Sequence[ImportedFinding]) -> set[int]:
    """The places in a group, sorted by line, of the findings to keep: the best chain in which near neighbours are of one tool."""
    best: list[_Sum] = []
    before: list[int] = []
    of_tool: dict[str, int] = {}
    far = -1
    behind = 0
    for place, finding in enumerate(group):
        while group[behind].line < finding.line - NEAR:
            far = _better(best, far, behind)
            behind += 1
        previous = _better(best, far, of_tool.get(finding.tool, -1))
        prevented, points = best[previous] if previous >= 0 else (0.0, 0.0)
        best.append((prevented + finding.points * finding.is_prevented, points + finding.points))
        before.append(previous)
        of_tool[finding.tool] = _better(best, of_tool.get(finding.tool, -1), place)
    last = max(range(len(group)), key=lambda place: (best[place], -place))
    kept = set()
    while last >= 0:
        kept.add(last)
        last = before[last]
    return kept


def _better(best: Sequence[_Sum], one: int, other: int) -> int:
    if one < 0 or other < 0:
        return max(one, other)
    return other if best[other] > best[one] else one


def _also(group: Sequence[ImportedFinding]) -> list[tuple[str, ...]]:
    """For each finding of a group, sorted by line, the other tools within NEAR lines; at most MOST_CREDITED."""
    near: Counter[str] = Counter()
    begin = end = 0
    found = []
    for finding in group:
        while end < len(group) and group[end].line <= finding.line + NEAR:
            near[group[end].tool] += 1
            end += 1
        while group[begin].line < finding.line - NEAR:
            near[group[begin].tool] -= 1
            begin += 1
        others = (tool for tool, count in near.items() if count and tool != finding.tool)
        found.append(tuple(sorted(others)[:MOST_CREDITED]))
    return found


def _is_same(own: _Own, finding: ImportedFinding, rule: str) -> bool:
    if own.rule == rule:
        return True
    if own.is_defect:
        return bool(own.cwes and finding.weakness) and weakness_class(own.cwes[0]) == finding.weakness
    return not set(own.cwes).isdisjoint(finding.cwes)


def _by_place(finding: ImportedFinding) -> tuple[str, int, str, str, int, str]:
    return finding.path, finding.line, finding.tool, finding.rule, finding.run, finding.message
