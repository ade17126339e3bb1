"""Walks through a JSON document that may be larger than memory: takes the values that are wanted, passes over the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import BinaryIO

LONGEST_KEY = 1000
"""Bytes of a member's name that is of interest."""

_CHUNK = 1024 * 1024
_SPACE = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb"[-+.0-9A-Za-z]*+")
_UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
_STRING_PART = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_OPENING = b"{["
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_STEPS = bytes(2 if byte in b"{[" else 0 for byte in range(256))
_DECODER = json.JSONDecoder(strict=False)


class BrokenJson(Exception):
    """The document is no JSON from here on."""


class TooMuch(Exception):
    """A value is larger than what is taken; it has been passed over."""


class JsonStream:
    """A cursor in a document of UTF-8 text. Values are taken as bytes; their inside is checked by whoever decodes them."""

    def __init__(self, file: BinaryIO, offset: int = 0) -> None:
        self._file = file
        self._start = offset
        """Offset in the file of the first byte of the buffer."""
        self._text = b""
        self._latin: str | None = None
        """The buffer as text of one character a byte, once it was asked for."""
        self._at = 0
        self._mark: int | None = None
        self._is_at_end = False
        file.seek(offset)

    @property
    def offset(self) -> int:
        """Offset in the file of the next value."""
        self.peek()
        return self._start + self._at

    def peek(self) -> bytes:
        """The first byte of what comes next, b"" at the end of the file."""
        while True:
            self._at = _end(_SPACE, self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at : self._at + 1]
            if not self._more():
                return b""

    def members(self) -> Iterator[str]:
        """The names of an object's members. After each, the value must be taken or passed over. Raises BrokenJson."""
        yield from self._inside(b"{", b"}", is_object=True)

    def elements(self) -> Iterator[str]:
        """One empty text for each element of an array. After each, the value must be taken or passed over. Raises BrokenJson."""
        yield from self._inside(b"[", b"]", is_object=False)

    def skip(self) -> None:
        """Pass over one value. Raises BrokenJson."""
        self._pass_over()

    def take(self, most: int) -> bytes:
        """The bytes of one value. Raises TooMuch for one of more than `most` bytes, and BrokenJson."""
        self.peek()
        self._mark = self._at
        try:
            self._at = self._quick_end()
            if self._at == self._mark:
                self._pass_over(most)
            if self._mark is None or self._at - self._mark > most:
                raise TooMuch
            return self._text[self._mark : self._at]
        finally:
            self._mark = None

    def _inside(self, opening: bytes, closing: bytes, *, is_object: bool) -> Iterator[str]:
        self._expect(opening)
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield self._name() if is_object else ""
            found = self.peek()
            if found == closing:
                self._at += 1
                return
            self._expect(b",")

    def _name(self) -> str:
        if self.peek() != b'"':
            raise BrokenJson("a member has no name")
        try:
            name = self.take(LONGEST_KEY).decode("utf-8", "replace")[1:-1]
        except TooMuch:
            name = ""
        self._expect(b":")
        return name

    def _expect(self, byte: bytes) -> None:
        found = self.peek()
        if found != byte:
            raise BrokenJson(
                "it ends too early" if not found else f"{byte.decode()} is missing at byte {self._start + self._at}"
            )
        self._at += 1

    def _quick_end(self) -> int:
        """Where the next value ends when it is a container that lies in the buffer as a whole; else where it begins.

        The decoder of the standard library is many times faster than looking at every bracket. Bytes are read as Latin-1: only places matter.
        """
        if self._text[self._at : self._at + 1] not in (b"{", b"["):
            return self._at
        if self._latin is None:
            self._latin = self._text.decode("latin-1")
        try:
            return _DECODER.raw_decode(self._latin, self._at)[1]
        except (ValueError, RecursionError):
            return self._at

    def _pass_over(self, most: int = 0) -> None:
        """Move behind the next value; what is over `most` bytes is forgotten on the way."""
        first = self.peek()
        if first == b'"':
            self._at += 1
            self._pass_string(most)
            return
        if first and first in _OPENING:
            self._pass_container(most)
            return
        begin = self.offset
        while True:
            self._at = _end(_SCALAR, self._text, self._at)
            if self._at < len(self._text) or not self._more(most):
                break
        if self._start + self._at == begin:
            raise BrokenJson("it ends too early" if not first else f"no value at byte {begin}")

    def _pass_container(self, most: int) -> None:
        depth = 0
        while True:
            self._at = _end(_UP_TO_BRACKET, self._text, self._at)
            found = self._text[self._at : self._at + 1]
            if not found:
                if not self._more(most):
                    raise BrokenJson("it ends too early")
                if self._mark is None:
                    depth = self._pass_chunks(depth)
                continue
            self._at += 1
            if found == b'"':
                self._pass_string(most)
                continue
            depth += 1 if found in _OPENING else -1
            if depth == 0:
                return

    def _pass_chunks(self, depth: int) -> int:
        """Drop buffers in which a container of `depth` levels does not end; return its depth where the next one begins.

        Outside of strings only brackets matter: they are told apart by splitting at the quotes, which is far faster than a walk.
        """
        is_inside = False
        while not self._is_at_end:
            has_half_escape = (len(self._text) - len(self._text.rstrip(b"\\"))) % 2
            kept = self._text[: len(self._text) - has_half_escape]
            pieces = kept.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
            outside = b"".join(pieces[1 if is_inside else 0 :: 2]).translate(_STEPS, _NO_BRACKETS)
            levels = list(accumulate(outside, lambda level, step: level + step - 1, initial=depth))
            if min(levels) <= 0:
                break
            depth = levels[-1]
            is_inside ^= len(pieces) % 2 == 0
            self._at = len(kept)
            self._more()
        if is_inside:
            self._pass_string(0)
        return depth

    def _pass_string(self, most: int) -> None:
        """Move behind the closing quote of a string that may be longer than the buffer."""
        while True:
            self._at = _end(_STRING_PART, self._text, self._at)
            found = self._text[self._at : self._at + 1]
            if found == b'"':
                self._at += 1
                return
            if not self._more(most):
                raise BrokenJson("it ends inside a string")

    def _more(self, most: int = 0) -> bool:
        """Read on; what lies before the cursor, or before the value that is being taken, is dropped."""
        if self._is_at_end:
            return False
        if self._mark is not None and self._at - self._mark > most:
            self._mark = None
        keep = self._at if self._mark is None else self._mark
        data = self._file.read(_CHUNK)
        self._is_at_end = not data
        self._text = self._text[keep:] + data
        self._latin = None
        self._start += keep
        self._at -= keep
        if self._mark is not None:
            self._mark = 0
        return not self._is_at_end


def _end(pattern: re.Pattern[bytes], text: bytes, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()
