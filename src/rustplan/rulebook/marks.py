"""What a finding is recognised by when its code moves: a digest of rule, function and the words of each statement that it stands in.

No line number, path, space, comment or content of a literal enters it, so moving, renaming a file and reformatting keep it.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

MARK_LENGTH = 16
MOST_BYTES = 2_000
"""Of a statement, before and behind the place: hostile lines must end."""

_BOUNDS = re.compile(rb"[;{}]|^[ \t]*#[^\n\\]*(?:\\\r?\n[^\n\\]*|\\[^\n]?[^\n\\]*)*", re.MULTILINE)
_MARKS = (b";", b"{", b"}")
_SPACES = b" \t\r\n\f\v\\"


class Statements:
    """Where the statements of one file begin and end, from its text without comments and literals."""

    def __init__(self, code: bytes) -> None:
        self._code = code
        self._has_directives = b"#" in code
        found = [match.span() for match in _BOUNDS.finditer(code)] if self._has_directives else []
        self._starts = [start for start, _ in found]
        self._ends = [end for _, end in found]
        self._lines = [0, *accumulate(len(line) + 1 for line in code.split(b"\n"))][:-1]

    def around(self, line: int, column: int) -> tuple[int, int]:
        """First byte and the byte behind the statement at a place (both counted from 1; column 0: the first word of the line)."""
        return self._span(self._offset(line, column))

    def words(self, span: tuple[int, int]) -> bytes:
        """The text of a statement without spaces."""
        return self._code[span[0] : span[1]].translate(None, _SPACES)

    def lines(self, line: int) -> tuple[int, int]:
        """First and last line of the statement that the first word of a line belongs to."""
        start, end = self._span(self._offset(line, 0))
        text = self._code[start:end]
        start += len(text) - len(text.lstrip())
        end -= len(text) - len(text.rstrip())
        return self.line_of(min(start, max(end - 1, start))), self.line_of(max(start, end - 1))

    def line_of(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self._lines, offset)

    def has_code(self, line: int) -> bool:
        """True when the line holds more than space and comments."""
        return bool(self._text_of(line).strip())

    @property
    def count(self) -> int:
        """How many lines the file has."""
        return len(self._lines)

    def _text_of(self, line: int) -> bytes:
        if not 0 < line <= len(self._lines):
            return b""
        end = self._lines[line] if line < len(self._lines) else len(self._code)
        return self._code[self._lines[line - 1] : end]

    def _offset(self, line: int, column: int) -> int:
        text = self._text_of(line)
        first = self._lines[min(max(line, 1), len(self._lines)) - 1]
        return first + (min(column - 1, len(text)) if column else len(text) - len(text.lstrip()))

    def _span(self, offset: int) -> tuple[int, int]:
        """The bytes from the bound before an offset to the bound behind it; a directive is a statement of its own."""
        if not self._has_directives:
            return self._between_marks(offset)
        at = bisect_right(self._starts, offset) - 1
        if at >= 0 and self._ends[at] > offset and self._ends[at] - self._starts[at] > 1:
            return self._starts[at], min(self._ends[at], self._starts[at] + 2 * MOST_BYTES)
        before = self._ends[at] if at >= 0 and self._ends[at] <= offset else (self._starts[at] if at >= 0 else 0)
        behind = bisect_left(self._starts, offset)
        end = self._starts[behind] if behind < len(self._starts) else len(self._code)
        return max(before, offset - MOST_BYTES), min(end, offset + MOST_BYTES)

    def _between_marks(self, offset: int) -> tuple[int, int]:
        """The same where a file has no directives: only the text nearby is looked at."""
        code = self._code
        first, last = max(0, offset - MOST_BYTES), min(len(code), offset + MOST_BYTES)
        if code[offset : offset + 1] in _MARKS:
            return offset, offset
        before = max(code.rfind(mark, first, offset) for mark in _MARKS)
        behind = [at for mark in _MARKS if (at := code.find(mark, offset, last)) >= 0]
        return before + 1 if before >= 0 else first, min(behind, default=last)


def marks_of(rule: str, function: str, places: Iterable[tuple[int, int]], statements: Statements) -> tuple[str, ...]:
    """One mark for each statement that holds a place (line and column, counted from 1), in document order."""
    spans = sorted({statements.around(line, column) for line, column in places})
    head = f"{rule}\0{function}\0".encode("utf-8", "surrogateescape")
    return tuple(hashlib.sha256(head + statements.words(span)).hexdigest()[:MARK_LENGTH] for span in spans)
