"""Text with comments and literals removed, line arithmetic, and spans: what all languages need before and after parsing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice

from rustplan.languages.base import ByteSpan
from rustplan.model.source import DegradeReason

BLANK = bytes(byte if byte in b"\r\n" else 32 for byte in range(256))
"""Translation table: everything but line breaks becomes a space."""

_ASCII = bytes(byte if byte < 128 else 95 for byte in range(256))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SLASH = ord("/")
_QUOTES = b"\"'"

C_TOKENS = re.compile(
    rb"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|/\*[\s\S]*|//[^\\\n]*(?:\\[\s\S][^\\\n]*)*"
    rb'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?' + rb"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?"
)
"""Comments and literals of C; what is not closed ends at the line, or the file."""

CPP_TOKENS = re.compile(
    rb'/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|/\*[\s\S]*|//[^\\\n]*(?:\\[\s\S][^\\\n]*)*|R"([^()\\\s]{0,16})\([\s\S]*?(?:\)\1"|\Z)'
    rb'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?' + rb"|(?<![0-9])'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?"
)
"""The same for C++, with raw strings and digit separators."""

JAVA_TOKENS = re.compile(
    rb'/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|/\*[\s\S]*|//[^\n]*|"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|\Z)'
    rb'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?' + rb"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?"
)
"""The same for Java, with text blocks."""


def parseable(data: bytes) -> tuple[bytes, tuple[tuple[DegradeReason, str], ...]]:
    """The file with bytes that tree-sitter can decode, offsets unchanged. Bytes beyond ASCII become `_` when the file is not UTF-8."""
    if data.startswith(_BYTE_ORDER_MARK):
        data = b"   " + data[3:]
    if data.isascii():
        return data, ()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.translate(_ASCII), ((DegradeReason.NOT_UTF8, f"the byte at offset {error.start} is not UTF-8"),)
    return data, ()


def without_comments(text: bytes, tokens: re.Pattern[bytes]) -> tuple[bytes, tuple[int, ...]]:
    """Blank comments and what stands between quotes; also return the offsets where comments start."""
    comments: list[int] = []

    def blank(match: re.Match[bytes]) -> bytes:
        token = match.group()
        if token[0] == _SLASH:
            comments.append(match.start())
            return token.translate(BLANK)
        if len(token) < 2:
            return token
        if token[0] == token[-1] and b"\n" not in token:
            return token[:1] + b" " * (len(token) - 2) + token[-1:]
        return (
            token[:1]
            + token[1:-1].translate(BLANK)
            + (token[-1:] if token[-1] in _QUOTES else token[-1:].translate(BLANK))
        )

    code = tokens.sub(blank, text)
    return code, tuple(comments)


class Lines:
    """Line numbers and code lines of one file, from byte offsets."""

    def __init__(self, code: bytes) -> None:
        lines = code.split(b"\n")
        self.count = len(lines) - (not lines[-1])
        self._ends = list(accumulate(len(line) + 1 for line in lines))
        self._code = [number for number, line in enumerate(lines, 1) if line and not line.isspace()]

    def at(self, offset: int) -> int:
        """The line of a byte offset, from 1."""
        return bisect_right(self._ends, offset) + 1

    @property
    def sloc(self) -> int:
        """Lines with code in the whole file."""
        return len(self._code)

    def sloc_between(self, first: int, last: int) -> int:
        """Lines with code from line `first` to line `last`, both included."""
        return bisect_right(self._code, last) - bisect_left(self._code, first)


_MUCH = 100_000
_WORDS_A_MARK = 1_000
_MARKS = (b"\n", b";", b",", b"(", b"{", b"}", b"=")
_QUOTE_BYTES = b"\"'"


def is_prose(code: bytes) -> bool:
    """True for a long text of words that hardly any mark of a program stands between: the parsers take very long to give it up."""
    if len(code) < _MUCH:
        return False
    marks = sum(code.count(mark) for mark in _MARKS)
    return len(code) > _WORDS_A_MARK * marks and len(code.translate(None, _QUOTE_BYTES).split()) > _WORDS_A_MARK * (
        marks + 1
    )


def count_between(offsets: list[int], span: ByteSpan) -> int:
    """How many of the sorted offsets lie in the span."""
    return bisect_left(offsets, span[1]) - bisect_left(offsets, span[0])


def outermost(spans: Iterable[ByteSpan]) -> tuple[ByteSpan, ...]:
    """Merge spans: sorted, without overlap, touching ones joined."""
    merged: list[ByteSpan] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def total(spans: Iterable[ByteSpan]) -> int:
    """Bytes in spans that do not overlap."""
    return sum(end - start for start, end in spans)


def blank_spans(text: bytes, spans: Iterable[ByteSpan]) -> bytes:
    """The text with the spans blanked; length and line breaks stay."""
    result = bytearray(text)
    for start, end in spans:
        result[start:end] = text[start:end].translate(BLANK)
    if len(result) != len(text):
        raise AssertionError("masking must not change the length of a file")
    return bytes(result)


def without(spans: Iterable[ByteSpan], holes: Sequence[ByteSpan]) -> tuple[ByteSpan, ...]:
    """What is left of sorted, separate spans outside sorted, separate holes."""
    left: list[ByteSpan] = []
    first = 0
    for start, end in spans:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        at = start
        for hole in islice(holes, first, None):
            if hole[0] >= end:
                break
            if hole[0] > at:
                left.append((at, hole[0]))
            at = max(at, hole[1])
        if at < end:
            left.append((at, end))
    return tuple(left)


def replaced(text: bytes, edits: Iterable[tuple[int, int]]) -> bytes:
    """The text with single bytes replaced."""
    result = bytearray(text)
    for offset, byte in edits:
        result[offset] = byte
    return bytes(result)
