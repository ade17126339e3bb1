"""Ignore files: which line decides about a path. The last matching line of the nearest file wins, as in git."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rustplan.globs import MAX_PATTERN, Glob, InvalidGlob, SegmentTest, byte_view, compile_segment, has_wildcard

MAX_BYTES = 1024 * 1024
MAX_PATTERNS = 5000


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file: its text as written and `file:line`. A negated line takes a path back in."""

    text: str
    origin: str
    is_negated: bool
    dirs_only: bool


class PatternSet:
    """The lines of one ignore file, indexed so that plain names and plain suffixes cost a lookup instead of a scan."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self.patterns: list[Pattern] = []
        self.left_out = 0
        self.too_long = 0
        self._names: dict[str, list[int]] = {}
        self._suffixes: dict[str, list[int]] = {}
        self._segments: list[tuple[int, SegmentTest]] = []
        self._paths: list[tuple[int, Glob]] = []
        for line, origin in lines:
            if len(self.patterns) < MAX_PATTERNS:
                self._add(line, origin)
            else:
                self.left_out += 1

    def decide(self, path: str, *, is_directory: bool) -> Pattern | None:
        """Return the line that decides about `path` (relative to the file's directory), or None."""
        parts = byte_view(path).split("/")
        name = parts[-1]
        found = self._last(self._names.get(name, ()), is_directory)
        if self._suffixes:
            dot = name.find(".")
            while dot >= 0:
                found = max(found, self._last(self._suffixes.get(name[dot:], ()), is_directory))
                dot = name.find(".", dot + 1)
        for index, test in reversed(self._segments):
            if index <= found:
                break
            if self._applies(index, is_directory) and test(name):
                found = index
        for index, glob in reversed(self._paths):
            if index <= found:
                break
            if self._applies(index, is_directory) and glob.matches_parts(parts):
                found = index
        return self.patterns[found] if found >= 0 else None

    def covers(self, path: str) -> bool:
        """Tell whether a file is meant: by a line about itself, else by one about the nearest folder around it."""
        pattern = self.decide(path, is_directory=False)
        while pattern is None and "/" in path:
            path = path.rpartition("/")[0]
            pattern = self.decide(path, is_directory=True)
        return pattern is not None and not pattern.is_negated

    def _add(self, line: str, origin: str) -> None:
        """Index one line; what git would never match is left out."""
        body = _trim(line)
        is_negated = body.startswith("!")
        body = body[is_negated:]
        if not body or (not is_negated and line.startswith("#")):
            return
        dirs_only = body.endswith("/")
        body = body[:-1] if dirs_only else body
        if not body:
            return
        if len(body) > MAX_PATTERN:
            self.too_long += 1
            return
        index = len(self.patterns)
        try:
            if "/" in body:
                self._paths.append((index, Glob(body.removeprefix("/"))))
            elif not has_wildcard(body):
                self._names.setdefault(byte_view(body), []).append(index)
            elif body.startswith("*.") and not has_wildcard(body[1:]):
                self._suffixes.setdefault(byte_view(body[1:]), []).append(index)
            else:
                self._segments.append((index, compile_segment(byte_view(body))))
        except InvalidGlob:
            return
        self.patterns.append(Pattern(_trim(line), origin, is_negated, dirs_only))

    def _applies(self, index: int, is_directory: bool) -> bool:
        return is_directory or not self.patterns[index].dirs_only

    def _last(self, indexes: Iterable[int], is_directory: bool) -> int:
        return max((index for index in indexes if self._applies(index, is_directory)), default=-1)


@dataclass(frozen=True, slots=True)
class Scope:
    """An ignore file in effect: its patterns, the length of its directory's prefix, and the next farther one."""

    patterns: PatternSet
    base: int
    outer: Scope | None

    def decide(self, path: str, *, is_directory: bool) -> Pattern | None:
        """Return the line that decides about `path`, asking the nearest file first."""
        scope: Scope | None = self
        while scope is not None:
            pattern = scope.patterns.decide(path[scope.base :], is_directory=is_directory)
            if pattern is not None:
                return pattern
            scope = scope.outer
        return None


def read_patterns(data: bytes, origin: str) -> PatternSet:
    """Return the patterns of an ignore file's bytes; `origin` names the file."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    return PatternSet((line.removesuffix("\r"), f"{origin}:{number}") for number, line in enumerate(lines, start=1))


def option_patterns(globs: Iterable[str], origin: str) -> PatternSet:
    """Return patterns that a user gave one by one."""
    return PatternSet((glob, origin) for glob in globs)


def _trim(line: str) -> str:
    """Drop trailing spaces that no backslash protects."""
    end = len(line)
    while end and line[end - 1] == " ":
        slashes = len(line[: end - 1]) - len(line[: end - 1].rstrip("\\"))
        if slashes % 2:
            break
        end -= 1
    return line[:end]
