"""What stands around a place of a Java function: loops, conditional branches, switch arms, cold code. One sweep, then bisections."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rustplan.languages.base import ByteSpan, Matches
from rustplan.languages.text import Lines
from rustplan.model.facts import JavaContext
from rustplan.syntax import Node

_Counts = tuple[int, int, int, bool, int]
_Span = tuple[int, int, int]

_LOOP, _BRANCH, _ARM, _COLD, _FUNCTION, _RARE = range(6)
_MOST = 15
_NOWHERE: _Counts = (0, 0, 0, False, 0)
_COLD_CONDITION = re.compile(rb"\bis(?:Debug|Trace|Fine|Finer|Finest)Enabled\b|(?<![!\w])(?:DEBUG|TRACE)\w*")
_IS_NULL = re.compile(rb"\(*[\w.$\[\]()\s]{1,80}==\s*null\s*\)*")
_NOT_NULL = re.compile(rb"\(*[\w.$\[\]()\s]{1,80}!=\s*null\s*\)*")
_IS_FULL = re.compile(
    rb"(?:==|>=|>)\s*[\w.$]{0,60}\.length\b|\.length\s*(?:<=?|==)\s*[A-Za-z_$]|\.length\s*-\s*\w+\s*<"
)
_COLD_NAME = re.compile(
    rb"_*(?:report|throw|fail|error|warn|fatal|abort|illegal|invalid|unexpected|unsupported|bad|debug|trace|log)(?![a-z])\w*"
    rb"|\w*(?:Exception|Error|Unexpected|Illegal|Invalid|Unsupported|Missing)(?![a-z])\w*"
)
_LONGEST_CONDITION = 300


class Contexts:
    """The contexts of one file. `table` holds each distinct one once; the first is that of code in nothing."""

    def __init__(self, functions: Sequence[ByteSpan], matches: Matches, view: bytes) -> None:
        self._indexes: dict[_Counts, int] = {_NOWHERE: 0}
        self._starts = [-1]
        self._answers = [0]
        self._opens = [False]
        spans = [(start, -end, _FUNCTION) for start, end in functions]
        spans += _spans(matches, view)
        spans.sort()
        self._sweep(spans)

    @property
    def table(self) -> tuple[JavaContext, ...]:
        """All contexts by index."""
        return tuple(JavaContext(*counts) for counts in self._indexes)

    def at(self, offset: int) -> int:
        """The index of the context of a byte offset."""
        return self._answers[bisect_right(self._starts, offset) - 1]

    def by_line(self, lines: Lines) -> tuple[tuple[int, int], ...]:
        """Places where the context changes, as (line, context). What begins on a line wins over what only ends there."""
        found: dict[int, tuple[bool, int]] = {}
        after: dict[int, int] = {}
        for start, answer, is_opening in zip(self._starts[1:], self._answers[1:], self._opens[1:], strict=True):
            line = lines.at(start)
            known = found.get(line)
            if known is None or is_opening or not known[0]:
                found[line] = (is_opening, answer)
            after[line] = answer
        changes: list[tuple[int, int]] = []
        for line in sorted(found):
            _set(changes, line, found[line][1])
            if line + 1 not in found:
                _set(changes, line + 1, after[line])
        return tuple(changes)

    def _sweep(self, spans: Sequence[_Span]) -> None:
        stack: list[tuple[int, _Counts]] = []
        for start, negative_end, kind in spans:
            self._leave(stack, start)
            inner = _inside(stack[-1][1] if stack else _NOWHERE, kind)
            stack.append((-negative_end, inner))
            self._mark(start, inner, is_opening=kind != _FUNCTION)
        self._leave(stack, None)

    def _leave(self, stack: list[tuple[int, _Counts]], before: int | None) -> None:
        while stack and (before is None or stack[-1][0] <= before):
            end = stack.pop()[0]
            self._mark(end, stack[-1][1] if stack else _NOWHERE, is_opening=False)

    def _mark(self, offset: int, counts: _Counts, *, is_opening: bool) -> None:
        index = self._indexes.setdefault(counts, len(self._indexes))
        if self._starts[-1] == offset:
            self._answers[-1] = index
            self._opens[-1] = is_opening
        elif self._answers[-1] != index or is_opening:
            self._starts.append(offset)
            self._answers.append(index)
            self._opens.append(is_opening)


def _set(changes: list[tuple[int, int]], line: int, context: int) -> None:
    if (changes[-1][1] if changes else 0) != context:
        changes.append((line, context))


def _inside(around: _Counts, kind: int) -> _Counts:
    loops, branches, arms, is_cold, rare = around
    if kind == _FUNCTION:
        return _NOWHERE
    if kind == _LOOP:
        return (min(_MOST, loops + 1), branches, arms, is_cold, rare)
    if kind == _BRANCH:
        return (loops, min(_MOST, branches + 1), arms, is_cold, rare)
    if kind == _ARM:
        return (loops, branches, min(_MOST, arms + 1), is_cold, rare)
    if kind == _RARE:
        return (loops, branches, arms, is_cold, min(_MOST, rare + 1))
    return (loops, branches, arms, True, rare)


def _spans(matches: Matches, view: bytes) -> Iterator[_Span]:
    for captures in matches.get("facts.loop", ()):
        node = captures["loop"][0]
        yield _first_repeated(node), -node.end_byte, _LOOP
    for captures in matches.get("facts.branch", ()):
        yield from _branches(captures["branch"][0], view)
    for captures in matches.get("facts.call", ()):
        called = captures.get("callee") or captures.get("new")
        if called is not None and _COLD_NAME.fullmatch(view, called[0].start_byte, called[0].end_byte):
            arguments = captures["arguments"][0]
            yield arguments.start_byte, -arguments.end_byte, _COLD
    for captures in matches.get("facts.arm", ()):
        node = captures["arm"][0]
        yield node.start_byte, -node.end_byte, _ARM
    for captures in matches.get("facts.cold", ()):
        node = captures["cold"][0]
        yield node.start_byte, -node.end_byte, _COLD


def _first_repeated(loop: Node) -> int:
    """Where the part of a loop begins that runs again and again: what a `for` starts with runs once."""
    if loop.type == "for_statement":
        again = loop.child_by_field_name("condition") or loop.child_by_field_name("body")
    elif loop.type == "enhanced_for_statement":
        again = loop.child_by_field_name("body")
    else:
        return loop.start_byte
    return loop.start_byte if again is None else again.start_byte


def _branches(node: Node, view: bytes) -> Iterator[_Span]:
    """The arms of a condition; an `else if` lies in one branch only, however long the chain."""
    if node.type not in ("if_statement", "ternary_expression"):
        return
    then, otherwise = _expected(node.child_by_field_name("condition"), view)
    for name, kind in (("consequence", then), ("alternative", otherwise)):
        arm = node.child_by_field_name(name)
        if arm is not None and arm.type != "if_statement" and kind is not None:
            yield arm.start_byte, -arm.end_byte, _COLD if _gives_up(arm, view) else kind


def _gives_up(arm: Node, view: bytes) -> bool:
    """True for a branch that ends in a throw, or in a call that by its name reports an error."""
    last: Node | None = arm
    if arm.type == "block":
        last = arm.named_child(arm.named_child_count - 1) if arm.named_child_count else None
    if last is not None and last.type in ("expression_statement", "return_statement"):
        last = last.named_child(0) if last.named_child_count else None
    if last is None or last.type != "method_invocation":
        return last is not None and last.type == "throw_statement"
    name = last.child_by_field_name("name")
    return name is not None and _COLD_NAME.fullmatch(view, name.start_byte, name.end_byte) is not None


def _expected(condition: Node | None, view: bytes) -> tuple[int | None, int | None]:
    """What a condition says of its two arms; None for an arm that is nearly always taken."""
    text = view[condition.start_byte : condition.end_byte] if condition is not None else b""
    if len(text) > _LONGEST_CONDITION:
        return _BRANCH, _BRANCH
    if _COLD_CONDITION.search(text):
        return _COLD, None
    if _IS_NULL.fullmatch(text) or _IS_FULL.search(text):
        return _RARE, None
    if _NOT_NULL.fullmatch(text):
        return None, _RARE
    return _BRANCH, _BRANCH
