"""Old-style C definitions that return a pointer: the grammar reads them, without an error, as a declaration and a loose block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.languages.base import ByteSpan

_NAMES = re.compile(rb"\s*[A-Za-z_]\w*\s*(?:,\s*[A-Za-z_]\w*\s*)*")
_STARS = re.compile(rb"(\*[\s*]*?)\s*(?:[A-Z][A-Z0-9_]*\s+)?[A-Za-z_]\w*\s*\Z")
_MAX_HEAD = 2_000


def pointer_stars(code: bytes) -> Iterator[ByteSpan]:
    """Stars of the return types of `char *name(a, b) int a; char *b; {`. Without them the definition is read for what it is."""
    at = code.find(b"\n{")
    while at >= 0:
        declarations = code[max(0, at - _MAX_HEAD) : at]
        if declarations.rstrip().endswith(b";"):
            base = at - len(declarations)
            closing = declarations.rfind(b")")
            opening = declarations.rfind(b"(", 0, max(0, closing))
            if 0 <= opening < closing and _NAMES.fullmatch(declarations, opening + 1, closing):
                start = max(declarations.rfind(mark, 0, opening) for mark in (b";", b"}", b"#")) + 1
                stars = _STARS.search(declarations, start, opening)
                if stars is not None:
                    yield base + stars.start(1), base + stars.end(1)
        at = code.find(b"\n{", at + 2)
