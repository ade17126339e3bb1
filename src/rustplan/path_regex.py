"""Regular expressions over paths, matched in time proportional to the path: no backtracking, because they may come from a stranger's file.

Known: literals, `.`, `[...]`, `\\d \\w \\s` and their opposites, groups, `|`, `* + ?`, `^` at the beginning and `$` at the end of an alternative.
The expression is searched for anywhere in the path. It becomes a nondeterministic automaton, whose sets of states are worked out when a path
first needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_PATTERN, _MAX_STATES, _MAX_DEPTH, _MAX_SETS = 500, 2_000, 20, 5_000
_END = ""
"""Stands for the end of the path."""

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEATS = "*+?"
PATH_REGEX = "regex:"
"""Begins an entry of `components` that is an expression and no glob."""


class InvalidPathRegex(ValueError):
    """The text is not an expression that is known here; the message says what is wrong."""


class PathRegex:
    """A compiled expression."""

    __slots__ = ("_accept", "_edges", "_sets", "_start", "_tests")

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise InvalidPathRegex(f"longer than {MAX_PATTERN} characters")
        built = _Builder(pattern)
        self._start, self._accept = built.whole()
        self._edges, self._tests = built.edges, built.tests
        self._sets: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def found_in(self, path: str) -> bool:
        """Tell whether the expression matches somewhere in `path`."""
        states = self._closed([self._start], is_begin=True)
        for character in path:
            if self._accept in states:
                return True
            states = self._step(states, character)
        return self._accept in states or self._accept in self._step(states, _END)

    def _step(self, states: frozenset[int], character: str) -> frozenset[int]:
        """The states after one character; at the beginning of each a new match may begin."""
        key = (states, character)
        known = self._sets.get(key)
        if known is None:
            moved = [target for state in states for target in self._moves(state, character)]
            known = self._closed([*moved, self._start] if character else moved, is_begin=False)
            if len(self._sets) < _MAX_SETS:
                self._sets[key] = known
        return known

    def _moves(self, state: int, character: str) -> Iterable[int]:
        return [target for test, target in self._tests[state] if _passes(test, character)]

    def _closed(self, states: Iterable[int], *, is_begin: bool) -> frozenset[int]:
        waiting, found = list(states), set(states)
        while waiting:
            for target, only_at_begin in self._edges[waiting.pop()]:
                if target not in found and (is_begin or not only_at_begin):
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)


_Test = None | str | re.Pattern[str]


def _passes(test: _Test, character: str) -> bool:
    """Tell whether a character, or the end, passes a test."""
    if not character or test == "$":
        return not character and test == "$"
    return test is None or (character == test[1:] if isinstance(test, str) else test.fullmatch(character) is not None)


class _Builder:
    """Reads the text once, left to right, and adds states: `edges` need no character, `tests` need one (`=x`, a class, any, or the end)."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self.edges: list[list[tuple[int, bool]]] = []
        self.tests: list[list[tuple[_Test, int]]] = []

    def whole(self) -> tuple[int, int]:
        """Return the first and the last state of the whole expression."""
        start, end = self._alternatives()
        if self._at < len(self._text):
            raise InvalidPathRegex("a closing bracket too many")
        return start, end

    def _state(self) -> int:
        if len(self.edges) >= _MAX_STATES:
            raise InvalidPathRegex("too large")
        self.edges.append([])
        self.tests.append([])
        return len(self.edges) - 1

    def _alternatives(self) -> tuple[int, int]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise InvalidPathRegex("nested too deep")
        start, end = self._state(), self._state()
        while True:
            first, last = self._sequence()
            self.edges[start].append((first, False))
            self.edges[last].append((end, False))
            if self._peek() != "|":
                self._depth -= 1
                return start, end
            self._at += 1

    def _sequence(self) -> tuple[int, int]:
        start = last = self._state()
        while self._peek() not in ("", "|", ")"):
            first, end = self._repeated()
            self.edges[last].append((first, False))
            last = end
        return start, last

    def _repeated(self) -> tuple[int, int]:
        first, end = self._atom()
        sign = self._peek()
        if sign and sign in _REPEATS:
            self._at += 1
            outer, after = self._state(), self._state()
            self.edges[outer].append((first, False))
            self.edges[end].append((after, False))
            if sign != "+":
                self.edges[outer].append((after, False))
            if sign != "?":
                self.edges[end].append((first, False))
            first, end = outer, after
        if self._peek() and self._peek() in _REPEATS + "{":
            raise InvalidPathRegex(f"{self._peek()!r} is not known after a repetition" if sign else "'{' is not known")
        return first, end

    def _atom(self) -> tuple[int, int]:
        sign = self._peek()
        if sign == "(":
            return self._group()
        if sign in ("*", "+", "?", "{"):
            raise InvalidPathRegex(f"{sign!r} repeats nothing")
        first, end = self._state(), self._state()
        if sign == "^":
            self._at += 1
            self.edges[first].append((end, True))
        else:
            self.tests[first].append((self._test(sign), end))
        return first, end

    def _group(self) -> tuple[int, int]:
        self._at += 3 if self._text.startswith("(?:", self._at) else 1
        if self._peek() == "?":
            raise InvalidPathRegex("groups with `(?` are not known, besides `(?:`")
        inner = self._alternatives()
        if self._peek() != ")":
            raise InvalidPathRegex("a group is not closed")
        self._at += 1
        return inner

    def _test(self, sign: str) -> _Test:
        if sign == "[":
            match = _CLASS.match(self._text, self._at)
            if match is None:
                raise InvalidPathRegex("a class is not closed")
            self._at = match.end()
            return _compiled(match.group())
        self._at += 1
        if sign == "\\":
            escaped = self._peek()
            self._at += 1
            if escaped and escaped in "dDwWsS":
                return _compiled(f"\\{escaped}")
            if not escaped or escaped.isalnum():
                raise InvalidPathRegex(f"\\{escaped} is not known")
            return f"={escaped}"
        return {".": None, "$": "$"}.get(sign, f"={sign}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def _compiled(text: str) -> re.Pattern[str]:
    """One class of characters; it can match one character only, so it cannot run away."""
    try:
        return re.compile(text)
    except (re.error, OverflowError) as error:
        raise InvalidPathRegex(f"{text} is no class of characters: {error}") from None
