"""From places to findings: a defect is one finding each; everything else is one finding for a rule and a function."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rustplan.model.finding import Confidence, Finding, Kind, Severity
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, shown
from rustplan.rulebook.rule import Rule

BUILT_IN_CAPTURES = ("path", "function", "places")
_SLOT = re.compile(r"\{(\w+)\}")
_LISTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A place that a rule keeps, with what it weighs and how sure the match is."""

    rule: Rule
    place: Place
    weight: float
    confidence: Confidence
    severity: Severity | None


def findings_of(hits: Iterable[Hit], file: FileView) -> tuple[Finding, ...]:
    """Group the hits of one file and write their messages; sorted by line, column, rule."""
    groups: dict[tuple[str, str, int, int], list[Hit]] = {}
    for hit in hits:
        function = file.function_at(hit.place.line)
        name = "" if function is None else function.qualified_name
        line, column, _, _ = _span(hit.place)
        apart = (line, column) if hit.rule.kind is Kind.DEFECT else (0, 0)
        groups.setdefault((hit.rule.id, name, *apart), []).append(hit)
    found = [_finding(group, name, file) for (_, name, _, _), group in groups.items()]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column, finding.rule)))


def message_slots(message: str) -> tuple[str, ...]:
    """The capture names that a message template uses."""
    return tuple(_SLOT.findall(message))


def _finding(group: list[Hit], function: str, file: FileView) -> Finding:
    ordered = sorted(group, key=lambda hit: _span(hit.place))
    by_line = {hit.place.line: hit for hit in reversed(ordered)}
    lines = tuple(sorted(by_line))
    first = ordered[0]
    line, column, end_line, end_column = _span(first.place)
    rule = first.rule
    is_exposure = rule.kind is Kind.EXPOSURE
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        path=file.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        message=_message(ordered, function, len(lines), file),
        severity=min((hit.severity for hit in group if hit.severity), key=lambda one: one.rank, default=None),
        confidence=_confidence(group, file),
        cwe=rule.cwe[0] if rule.cwe and rule.kind is not Kind.SIGNAL else None,
        function=function,
        weight=round(sum(hit.weight for hit in by_line.values()), 3) if is_exposure else 0.0,
        lines=lines,
        related=first.place.related,
        tracks=rule.tracks,
    )


def _span(place: Place) -> tuple[int, int, int, int]:
    node = place.node
    if node is None:
        return place.line, 1, place.line, 1
    return place.line, node.start_point[1] + 1, node.end_point[0] + 1, node.end_point[1] + 1


def _confidence(group: list[Hit], file: FileView) -> Confidence:
    """The best of the group; a defect in a function that did not parse whole loses one step."""
    best = min((hit.confidence for hit in group), key=lambda one: one.rank)
    node = group[0].place.node
    if group[0].rule.kind is not Kind.DEFECT or node is None:
        return best
    function = file.function_of(node)
    steps = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
    return steps[min(best.rank + 1, 2)] if function is not None and function.has_error else best


def _message(group: list[Hit], function: str, places: int, file: FileView) -> str:
    """Fill the template; where places differ, name the first three different texts."""

    def fill(slot: re.Match[str]) -> str:
        name = slot.group(1)
        if name == "places":
            return "1 place" if places == 1 else f"{places} places"
        if name == "function":
            return function or "file level"
        captured = (hit.place.captures.get(name) for hit in group)
        texts = list(dict.fromkeys(shown(file.text(one)) for one in captured if one is not None))
        more = f" and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
        return ", ".join(texts[:_LISTED]) + more

    return _SLOT.sub(fill, group[0].rule.message)
