"""From places to findings: a defect is one finding each; everything else is one finding for a rule and a function."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from rustplan.model.finding import Confidence, Finding, Kind, Severity
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.java_nodes import constructor_of
from rustplan.rulebook.marks import marks_of
from rustplan.rulebook.place import Place, shown
from rustplan.rulebook.rule import Rule

BUILT_IN_CAPTURES = ("path", "function", "places")
_SLOT = re.compile(r"\{(\w+)\}")
_LISTED = 3
_NOT_KNOWN = "?"
_STEPS = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


class Hit(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A place that a rule keeps, with what it weighs and how sure the match is. Hits whose `apart` differs are never one finding.

    `function` is the qualified name of the function around an event; None where the file at hand tells. `cwe` and `message` stand in place
    of the rule's own. `bytes` is what the place allocates on JDK 17 when it runs once.
    """

    rule: Rule
    place: Place
    weight: float
    confidence: Confidence
    severity: Severity | None
    apart: str = ""
    cwe: int | None = None
    message: str = ""
    function: str | None = None
    bytes: float = 0.0


def findings_of(hits: Iterable[Hit], file: FileView) -> tuple[Finding, ...]:
    """Group the hits of one file and write their messages; sorted by line, column, rule."""
    groups: dict[tuple[str, str, int, int, str, int], list[Hit]] = {}
    for hit in hits:
        name = _function(hit, file)
        line, column, _, _ = hit.place.span
        apart = (line, column) if hit.rule.kind is Kind.DEFECT else (0, 0)
        accepted_at = file.accepting(hit.rule.id, line)
        groups.setdefault((hit.rule.id, name, *apart, hit.apart, accepted_at), []).append(hit)
    found = [_finding(group, name, accepted_at, file) for (_, name, _, _, _, accepted_at), group in groups.items()]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column, finding.rule)))


def lowered(confidence: Confidence, steps: int) -> Confidence:
    """So many steps less sure, never below low."""
    return _STEPS[min(confidence.rank + max(0, steps), 2)]


def message_slots(message: str) -> tuple[str, ...]:
    """The capture names that a message template uses."""
    return tuple(_SLOT.findall(message))


def _function(hit: Hit, file: FileView) -> str:
    if hit.function is not None:
        return hit.function
    function = file.function_at(hit.place.line)
    if function is None and hit.bytes and hit.place.node is not None:
        return constructor_of(hit.place.node, file)
    return "" if function is None else function.qualified_name


def _finding(group: list[Hit], function: str, accepted_at: int, file: FileView) -> Finding:
    ordered = sorted(group, key=lambda hit: hit.place.span)
    by_line = {hit.place.line: hit for hit in reversed(ordered)}
    lines = tuple(sorted(by_line))
    first = ordered[0]
    line, column, end_line, end_column = first.place.span
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
        cwe=_weakness(first),
        function=function,
        weight=round(sum(hit.weight for hit in by_line.values()), 3) if is_exposure else 0.0,
        bytes=round(sum(hit.bytes for hit in group), 3),
        lines=lines,
        marks=_marks(ordered, function, file),
        accepted_at=accepted_at,
        related=first.place.related,
        tracks=rule.tracks,
    )


def _marks(group: list[Hit], function: str, file: FileView) -> tuple[str, ...]:
    """What the places are recognised by later; none where the text is not at hand."""
    if file.statements is None:
        return ()
    places = (hit.place.span[:2] for hit in group)
    return marks_of(group[0].rule.id, function, places, file.statements)


def _weakness(hit: Hit) -> int | None:
    """The number that a finding prints; a signal prints none."""
    if hit.rule.kind is Kind.SIGNAL:
        return None
    return hit.cwe or (hit.rule.cwe[0] if hit.rule.cwe else None)


def _confidence(group: list[Hit], file: FileView) -> Confidence:
    """The best of the group; a defect in a function that did not parse whole loses one step."""
    best = min((hit.confidence for hit in group), key=lambda one: one.rank)
    node = group[0].place.node
    if group[0].rule.kind is not Kind.DEFECT or node is None:
        return best
    function = file.function_of(node)
    return lowered(best, 1) if function is not None and function.has_error else best


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
        return ", ".join(text or _NOT_KNOWN for text in texts[:_LISTED]) + more

    return _SLOT.sub(fill, group[0].message or group[0].rule.message)
