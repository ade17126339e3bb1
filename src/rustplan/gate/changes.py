"""Which findings of an older analysis are still there: recognised exactly as a baseline recognises them."""

from __future__ import annotations

from collections import defaultdict

from rustplan.gate.baseline import accepted_findings, marks_of
from rustplan.model.analysis import Analysis
from rustplan.model.change import ChangedFinding, FindingChanges
from rustplan.model.finding import Finding

Place = tuple[Finding, str]
"""One place of a finding: the finding, and the mark that recognises the place."""


def finding_changes(old: Analysis, new: Analysis) -> FindingChanges:
    """Match places by path and mark, then those left over by mark alone: that code has moved to another file."""
    waiting = _places_by_path(old)
    unmatched = []
    unchanged = 0
    for finding, mark in _places(new):
        same = waiting.get((finding.path, mark))
        if same:
            same.pop(0)
            unchanged += 1
        else:
            unmatched.append((finding, mark))
    still_new, moved = _matched_elsewhere(unmatched, waiting)
    fixed = [place for places in waiting.values() for place in places]
    return FindingChanges(
        new=_gathered([(finding, None) for finding, _ in still_new]),
        fixed=_gathered([(finding, None) for finding, _ in fixed]),
        moved=_gathered([(finding, before) for (finding, _), before in moved]),
        unchanged=unchanged,
    )


def _places(analysis: Analysis) -> list[Place]:
    return [(finding, mark) for finding in accepted_findings(analysis) for mark in marks_of(finding)]


def _places_by_path(analysis: Analysis) -> dict[tuple[str, str], list[Place]]:
    found: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for finding, mark in _places(analysis):
        found[finding.path, mark].append((finding, mark))
    return found


def _matched_elsewhere(
    unmatched: list[Place], waiting: dict[tuple[str, str], list[Place]]
) -> tuple[list[Place], list[tuple[Place, Finding]]]:
    """Take from `waiting` what has the same mark in another path, the first path by name; return the rest and the pairs."""
    by_mark: dict[str, list[list[Place]]] = defaultdict(list)
    for (_, mark), places in sorted(waiting.items()):
        if places:
            by_mark[mark].append(places)
    rest, moved = [], []
    for place in unmatched:
        source = next((places for places in by_mark.get(place[1], ()) if places), None)
        if source is None:
            rest.append(place)
        else:
            moved.append((place, source.pop(0)[0]))
    return rest, moved


def _gathered(pairs: list[tuple[Finding, Finding | None]]) -> tuple[ChangedFinding, ...]:
    """One entry for each finding (and where it was), with its places counted, by place."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    kept: dict[tuple[int, int], tuple[Finding, Finding | None]] = {}
    for finding, before in pairs:
        key = id(finding), id(before)
        counts[key] += 1
        kept[key] = finding, before
    made = [
        ChangedFinding(finding=finding, places=counts[key], before=before) for key, (finding, before) in kept.items()
    ]
    return tuple(sorted(made, key=_by_place))


def _by_place(changed: ChangedFinding) -> tuple[str, int, int, str, str, str, int]:
    finding, before = changed.finding, changed.before
    place = ("", 0) if before is None else (before.path, before.line)
    return finding.path, finding.line, finding.column, finding.rule, finding.message, *place
