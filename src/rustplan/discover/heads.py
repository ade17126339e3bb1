"""The first bytes of every file that may be source text, read once; each later question is asked of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from rustplan.discover.files import read_head, words
from rustplan.discover.walked import Walked
from rustplan.model.paths import model_path, raw_bytes
from rustplan.model.source import SkipReason

HEAD_BYTES = 8192
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COMMENT_OR_STRING = re.compile(
    r"//(?P<line>[^\n]*)|/\*(?P<block>.*?)(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its text, and the reason why it is not read further, if any."""

    text: str = ""
    problem: SkipReason | None = None
    detail: str = ""

    def code(self) -> str:
        """The text without comments; string literals become `""`, so that `#include "x"` must be asked of `text`."""
        return _COMMENT_OR_STRING.sub(lambda match: " " if match.group().startswith("/") else '""', self.text)

    def comments(self, lines: int) -> str:
        """The text of the comments that begin in the first `lines` lines."""
        top = "\n".join(self.text.split("\n", lines)[:lines])
        found = (match.group("line") or match.group("block") for match in _COMMENT_OR_STRING.finditer(top))
        return "\n".join(comment for comment in found if comment)


def read_heads(walked: Walked, max_file_bytes: int) -> dict[str, Head]:
    """Return the head of every candidate, by raw path. Too large files are not even opened."""
    return {path: _read(walked.root, path, size, max_file_bytes) for path, size in walked.sizes.items()}


def _read(root: bytes, path: str, size: int, max_file_bytes: int) -> Head:
    if size > max_file_bytes:
        return Head("", SkipReason.TOO_LARGE, f"{size} bytes, more than {max_file_bytes}")
    try:
        data = read_head(os.path.join(root, raw_bytes(path)), HEAD_BYTES)
    except OSError as error:
        return Head("", SkipReason.UNREADABLE, model_path(words(error)))
    if data.startswith(_UTF16_MARKS):
        return Head("", SkipReason.BINARY, "UTF-16 text (it begins with a byte order mark); only UTF-8 is read")
    place = data.find(b"\0")
    if place >= 0:
        return Head("", SkipReason.BINARY, f"a NUL byte at offset {place}")
    return Head(data.decode("utf-8", "replace").replace("\r\n", "\n"))
