"""Glob patterns as git reads them, matched in time proportional to pattern times path.

A translation to one regular expression with several `.*` takes minutes on `*a*a*a*a*a*b`, and patterns come from the scanned repository.
Here every `*` is matched once, leftmost first (which is enough for globs), and `**` by a two-pointer walk over path segments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

SegmentTest = Callable[[str], object]

MAX_PATTERN = 4096

_POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


class InvalidGlob(ValueError):
    """The pattern can match nothing: an open bracket, a trailing backslash, an unknown class, or absurd length."""


class Glob:
    """A compiled path pattern; `**` as a whole segment stands for any number of directories."""

    __slots__ = ("_segments",)

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise InvalidGlob(pattern)
        self._segments = [None if part == "**" else compile_segment(part) for part in byte_view(pattern).split("/")]

    def matches(self, path: str) -> bool:
        """Tell whether the whole of `path` (relative, without trailing slash) matches."""
        return self.matches_parts(byte_view(path).split("/"))

    def matches_parts(self, names: Sequence[str]) -> bool:
        """Tell whether the path made of `names` (as `byte_view` gives them) matches."""
        segments = self._segments
        at_segment = at_name = 0
        wide = mark = -1
        while at_name < len(names):
            segment = segments[at_segment] if at_segment < len(segments) else _never
            if segment is None:
                if at_segment == len(segments) - 1:
                    return True
                wide, mark = at_segment, at_name
                at_segment += 1
            elif segment(names[at_name]):
                at_segment += 1
                at_name += 1
            elif wide >= 0:
                mark += 1
                at_name, at_segment = mark, wide + 1
            else:
                return False
        return at_segment == len(segments)


class Globs:
    """Several patterns asked at once: one without a slash names the file at any depth, one with a slash the path from the root."""

    __slots__ = ("_names", "_paths", "_plain", "_suffixes")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._plain: set[str] = set()
        self._suffixes: set[str] = set()
        self._names: list[SegmentTest] = []
        self._paths: list[Glob] = []
        for pattern in sorted(set(patterns)):
            if "/" in pattern:
                self._paths.append(Glob(pattern.removeprefix("/")))
            elif not has_wildcard(pattern):
                self._plain.add(pattern)
            elif pattern.startswith("*.") and "." not in pattern[2:] and not has_wildcard(pattern[1:]):
                self._suffixes.add(pattern[1:])
            else:
                self._names.append(compile_segment(byte_view(pattern)))

    def match(self, path: str) -> bool:
        """Tell whether one of the patterns names the file at `path`."""
        name = path.rpartition("/")[2]
        if name in self._plain or name[name.rfind(".") :] in self._suffixes:
            return True
        if any(test(byte_view(name)) for test in self._names):
            return True
        return any(glob.matches(path) for glob in self._paths)


def byte_view(text: str) -> str:
    """Return `text` with one character for each UTF-8 byte, because git's `?` and `[...]` match bytes."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def has_wildcard(pattern: str) -> bool:
    """Tell whether `pattern` is more than a literal name."""
    return any(character in "*?[\\" for character in pattern)


def compile_segment(segment: str) -> SegmentTest:
    """Return a test for one path segment. Raises InvalidGlob."""
    if len(segment) > MAX_PATTERN:
        raise InvalidGlob(segment[:80])
    if not has_wildcard(segment):
        return segment.__eq__
    fixed: list[str] = [""]
    at = 0
    while at < len(segment):
        character = segment[at]
        at += 1
        if character == "*":
            if len(fixed) == 1 or fixed[-1]:
                fixed.append("")
        elif character == "?":
            fixed[-1] += "."
        elif character == "[":
            members, at = _bracket(segment, at)
            fixed[-1] += members
        elif character == "\\":
            if at == len(segment):
                raise InvalidGlob(segment)
            fixed[-1] += re.escape(segment[at])
            at += 1
        else:
            fixed[-1] += re.escape(character)
    return re.compile(_join(fixed), re.DOTALL).fullmatch


def _join(fixed: list[str]) -> str:
    """Put the parts between stars together; each lookahead takes the leftmost place and is never tried again."""
    if len(fixed) == 1:
        return fixed[0]
    middle = "".join(f"(?=(?P<g{n}>.*?{part}))(?P=g{n})" for n, part in enumerate(fixed[1:-1]))
    return f"{fixed[0]}{middle}.*{fixed[-1]}"


def _bracket(segment: str, at: int) -> tuple[str, int]:
    """Read a bracket expression that starts before `at`; return a regular expression and the place after it."""
    is_negated = segment[at : at + 1] in ("!", "^")
    at += is_negated
    members: list[str] = []
    first = True
    while True:
        character = segment[at : at + 1]
        if not character:
            raise InvalidGlob(segment)
        if character == "]" and not first:
            break
        first = False
        if segment.startswith("[:", at):
            end = segment.find(":]", at)
            if end < 0 or segment[at + 2 : end] not in _POSIX_CLASSES:
                raise InvalidGlob(segment)
            members.append(_POSIX_CLASSES[segment[at + 2 : end]])
            at = end + 2
            continue
        low, at = _member(segment, at)
        high = low
        if segment.startswith("-", at) and segment[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(segment, at + 1)
        if low <= high:
            members.append(f"{re.escape(low)}-{re.escape(high)}")
    body = "".join(members)
    if not body:
        return ("." if is_negated else "(?!)"), at + 1
    return f"[{'^' if is_negated else ''}{body}]", at + 1


def _member(segment: str, at: int) -> tuple[str, int]:
    """Return one character of a bracket expression and the place after it."""
    if segment[at] == "\\":
        at += 1
    if at >= len(segment):
        raise InvalidGlob(segment)
    return segment[at], at + 1


def _never(name: str) -> bool:
    """Match nothing: the pattern has no segment left."""
    del name
    return False
