"""Preprocessor conditionals that cut a statement in two: keep one arm, blank the others and say so.

The grammar reads a conditional whose arms are whole statements. One that starts inside an expression, or whose arms open a brace they
do not close, makes everything around it unreadable, so there the first arm stands for the conditional.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rustplan.languages.base import ByteSpan, Directive
from rustplan.languages.c_family.directives import NEXT_ARMS, OPENERS

_BRACKETS = re.compile(rb"[(){}\[\]]")
_WORD = re.compile(rb"\s*(\w+|\S)?")
_CONDITION = re.compile(rb"(!)?\s*defined\s*\(?\s*(\w+)\s*\)?")
_CLOSERS = {ord(")"): ord("("), ord("]"): ord("["), ord("}"): ord("{")}
_BEFORE_STATEMENT = b";{}:"
_AFTER_STATEMENT = b";}:"
"""What stands before a `#define` or `#include` that is in nobody's way."""

_CONTINUES = b",)]=&|+?.\"'*/%<>^-"


@dataclass(slots=True)
class Split:
    """What to blank: `directives` are lines without code of their own, `arms` are code nobody will read."""

    directives: list[ByteSpan] = field(default_factory=list)
    arms: list[ByteSpan] = field(default_factory=list)
    others: list[ByteSpan] = field(default_factory=list)


@dataclass(slots=True)
class _Shape:
    """What an arm does to the brackets around it, and how it begins and ends."""

    closes: bytes = b""
    opens: bytes = b""
    first: bytes = b""
    last: int = 0

    def add(self, text: bytes) -> None:
        """Append text to the arm."""
        stripped = text.strip()
        if not stripped:
            return
        if not self.first:
            match = _WORD.match(stripped)
            self.first = match.group(1) if match is not None and match.group(1) else b""
        self.last = stripped[-1]
        closes, opens = bytearray(), bytearray()
        for bracket in _BRACKETS.findall(stripped):
            byte = bracket[0]
            if byte not in _CLOSERS:
                opens.append(byte)
            elif opens:
                opens.pop()
            else:
                closes.append(byte)
        self.join(bytes(closes), bytes(opens))

    def join(self, closes: bytes, opens: bytes) -> None:
        """Append brackets that are left over in a part."""
        inner = min(len(self.opens), len(closes))
        self.opens = self.opens[: len(self.opens) - inner] + opens
        self.closes += closes[inner:]

    @property
    def is_balanced(self) -> bool:
        return not self.opens and not self.closes


@dataclass(slots=True)
class _Arm:
    directive: Directive
    start: int
    end: int = 0
    shape: _Shape = field(default_factory=_Shape)


@dataclass(slots=True)
class _Group:
    before: int
    arms: list[_Arm]


def split_conditionals(code: bytes, directives: Sequence[Directive], *, is_cpp: bool, turn: int = 0) -> Split:
    """Find the conditionals that split code. Also collects, in `others`, the directive lines of all the rest.

    `turn` 0 keeps the first arms; 1 and up keep another arm of each, alike for the same condition.
    """
    result = Split()
    assumed: dict[bytes, bool] = {b"__cplusplus": is_cpp}
    stack: list[_Group] = []
    last = ord(";")
    at = 0
    for one in directives:
        text = code[at : one.start]
        at = one.end
        if stack:
            stack[-1].arms[-1].shape.add(text)
        last = _last_byte(text, last)
        if one.keyword in OPENERS:
            stack.append(_Group(last, [_Arm(one, one.end)]))
        elif stack and one.keyword in NEXT_ARMS:
            stack[-1].arms[-1].end = one.start
            stack[-1].arms.append(_Arm(one, one.end))
            last = stack[-1].before
        elif stack and one.keyword == b"endif":
            group = stack.pop()
            group.arms[-1].end = one.start
            kept = _close(group, one, code, assumed, result, turn)
            if stack and kept is not None:
                _merge(stack[-1].arms[-1].shape, kept)
            last = kept.last if kept is not None and kept.last else group.before
        elif last not in _AFTER_STATEMENT and one.keyword not in NEXT_ARMS:
            result.directives.append((one.start, one.end))
    return result


def _last_byte(text: bytes, otherwise: int) -> int:
    stripped = text.rstrip()
    return stripped[-1] if stripped else otherwise


def _close(
    group: _Group, end: Directive, code: bytes, assumed: dict[bytes, bool], result: Split, turn: int
) -> _Shape | None:
    """Decide what stays of a finished conditional; return the shape it leaves in the arm around it."""
    lines = [(arm.directive.start, arm.directive.end) for arm in group.arms] + [(end.start, end.end)]
    name, holds = _condition(group.arms[0].directive, code)
    if name == b"__cplusplus" and not assumed[name] and holds:
        result.directives += lines
        result.directives.append((group.arms[0].start, group.arms[0].end))
        return group.arms[1].shape if len(group.arms) > 1 else None
    if not _is_split(group, code, end.end):
        result.others += lines
        return next((arm.shape for arm in reversed(group.arms) if arm.shape.last), None)
    result.directives += lines
    if _is_list(group):
        return group.arms[-1].shape
    keep = _turned(_choose(group, name, holds, assumed), turn, len(group.arms))
    result.arms += [(arm.start, arm.end) for index, arm in enumerate(group.arms) if index != keep and arm.shape.last]
    return group.arms[keep].shape if keep is not None else None


def _is_split(group: _Group, code: bytes, end: int) -> bool:
    written = [arm.shape for arm in group.arms if arm.shape.last]
    if not written:
        return False
    if any(not shape.is_balanced or shape.last not in b";}" or shape.first == b"else" for shape in written):
        return True
    if group.before not in _BEFORE_STATEMENT:
        return True
    match = _WORD.match(code, end)
    following = match.group(1) if match is not None and match.group(1) else b""
    return following == b"else" or following[:1] in _as_bytes(_CONTINUES)


def _as_bytes(text: bytes) -> frozenset[bytes]:
    return frozenset(bytes((byte,)) for byte in text)


def _is_list(group: _Group) -> bool:
    """True for elements of a list, each with its comma: all arms can stay."""
    return group.before in b",{(" and all(
        not arm.shape.last or (arm.shape.is_balanced and arm.shape.last == ord(",")) for arm in group.arms
    )


def _choose(group: _Group, name: bytes, holds: bool, assumed: dict[bytes, bool]) -> int | None:
    """The arm to keep: the one an earlier choice on the same condition asks for, else the first with code."""
    known = assumed.get(name)
    if known is None:
        keep = next(index for index, arm in enumerate(group.arms) if arm.shape.last)
        assumed[name] = holds if keep == 0 else not holds
        return keep
    if known == holds:
        return 0
    return 1 if len(group.arms) > 1 else None


def _turned(keep: int | None, turn: int, arms: int) -> int | None:
    """The arm to keep when the first choice has been read already."""
    if not turn:
        return keep
    if arms > 2:
        return ((keep or 0) + turn) % arms
    if keep == 0:
        return 1 if arms > 1 else None
    return 0


def _condition(directive: Directive, code: bytes) -> tuple[bytes, bool]:
    """The macro (or expression) a conditional asks about, and the answer for which its first arm is read."""
    text = b" ".join(code[directive.arguments : directive.end].split())
    if directive.keyword in (b"ifdef", b"ifndef"):
        return text, directive.keyword == b"ifdef"
    match = _CONDITION.fullmatch(text)
    if match is not None:
        return match.group(2), match.group(1) is None
    return text, True


def _merge(outer: _Shape, inner: _Shape) -> None:
    if inner.last:
        outer.first = outer.first or inner.first
        outer.last = inner.last
    outer.join(inner.closes, inner.opens)
