"""Regular expressions from rule files: short, without the shapes that take exponential time, over bounded text."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_PATTERN = 400
MAX_TEXT = 240
"""Characters of a capture that a pattern sees."""
_MAX_UNBOUNDED = 4
_MAX_REPEAT = 80


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once a process. Only patterns that `problem_of_pattern` accepts come here."""
    return re.compile(pattern)


def found(pattern: re.Pattern[str], text: str) -> bool:
    """True when the pattern occurs in the first characters of the text."""
    return pattern.search(text, 0, MAX_TEXT) is not None


def problem_of_pattern(pattern: str) -> str:
    """Why a pattern cannot be used, or an empty text."""
    if len(pattern) > MAX_PATTERN:
        return f"the pattern is longer than {MAX_PATTERN} characters"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"the pattern {pattern!r} is not a regular expression: {error}"
    return _problem_of_shape(pattern)


def problem_of_line_pattern(pattern: str) -> str:
    """Why a pattern cannot be searched in whole lines, or an empty text: besides the rest, every repeat needs an upper end."""
    problem = problem_of_pattern(pattern)
    if problem:
        return problem
    position = 0
    while position < len(pattern):
        step, part = _token(pattern, position)
        bounds = re.match(r"\{\d*,?(\d*)\}", pattern[position:]) if part == "{" else None
        if part in ("*", "+") or (bounds is not None and bounds.group().endswith(",}")):
            return f"the pattern {pattern!r} repeats without an end; write {{0,80}}"
        if bounds is not None and int(bounds.group(1) or 0) > _MAX_REPEAT:
            return f"the pattern {pattern!r} repeats more than {_MAX_REPEAT} times"
        position += step
    if re.compile(pattern).match(""):
        return f"the pattern {pattern!r} matches nothing at all"
    return ""


def _problem_of_shape(pattern: str) -> str:
    """Refuse a repeated group that itself repeats or branches, a back-reference, and many unbounded repeats in a row."""
    groups: list[bool] = []
    risky = just_closed = False
    unbounded = position = 0
    while position < len(pattern):
        step, part = _token(pattern, position)
        if (part.startswith("\\") and part[1:].isdigit()) or part == "(?P=":
            return f"the pattern {pattern!r} uses a back-reference; write the text out"
        if part == "(":
            groups.append(risky)
            risky = just_closed = False
        elif part == ")":
            just_closed, risky = risky, (groups.pop() if groups else False) or risky
        elif part in ("*", "+", "{"):
            if just_closed:
                return f"the pattern {pattern!r} repeats a group that repeats or branches; unroll it"
            unbounded += 1
            risky, just_closed = True, False
        else:
            risky = risky or part == "|"
            just_closed = just_closed and part == "?"
        position += step
    return f"the pattern {pattern!r} has more than {_MAX_UNBOUNDED} repeats" if unbounded > _MAX_UNBOUNDED else ""


def _token(pattern: str, position: int) -> tuple[int, str]:
    """Length and text of the token at `position`; a character class is one token, a group opening is `(`."""
    char = pattern[position]
    if char == "\\":
        return 2, pattern[position : position + 2]
    if char == "[":
        end = position + 1 + pattern[position + 1 : position + 3].startswith("^")
        end += 1
        while end < len(pattern) and pattern[end] != "]":
            end += 2 if pattern[end] == "\\" else 1
        return end + 1 - position, "[]"
    if char == "(":
        if pattern.startswith("(?P=", position):
            return 4, "(?P="
        prefix = re.match(r"\((?:\?(?:[:=!>]|<[=!]|P<\w+>|[aiLmsux-]+:?))?", pattern[position:])
        return (prefix.end() if prefix else 1), "("
    if char == "{" and not re.match(r"\{\d*,?\d*\}", pattern[position:]):
        return 1, "literal"
    return 1, char
