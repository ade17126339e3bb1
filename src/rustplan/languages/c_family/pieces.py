"""The text at file level in pieces: heads of declarations, and the words and parentheses they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rustplan.languages.base import ByteSpan

_OUTSIDE = re.compile(rb"[{}();=]")
_INSIDE = re.compile(rb"[{}]")
_PIECE = re.compile(rb"[A-Za-z_]\w*|\(|::|<|[^\s\w]|\d[\w.]*")
_PARENTHESES = re.compile(rb"[()]")
_SEPARATORS = re.compile(rb"[(,]")
_TRANSPARENT = re.compile(
    rb'(?:extern\s*"[^"]*"|(?:inline\s+)?namespace\b[^(]*|(?:typedef\s+)?(?:struct|union|class)\b[^(=]*)\s*\Z'
)
_TRANSPARENT_WORDS = (b"extern", b"inline", b"namespace", b"typedef", b"struct", b"union", b"class")
_NOT_SPACE = re.compile(rb"\S")
_UPPER = re.compile(rb"[A-Z_][A-Z0-9_]*[A-Z][A-Z0-9_]*|[A-Z]{2,}")
_WORD = re.compile(rb"[A-Za-z_]\w*")


class Piece(NamedTuple):
    """A word, a whole parenthesis, or a punctuation mark of a declaration's head."""

    text: bytes
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """True for identifiers and keywords."""
        return self.text[:1].isalpha() or self.text[:1] == b"_"

    @property
    def is_group(self) -> bool:
        """True for a parenthesis with all that is in it."""
        return self.text == b"("

    @property
    def is_upper(self) -> bool:
        """True for a word that is spelled like a macro."""
        return self.is_word and _UPPER.fullmatch(self.text) is not None


def heads_at_file_level(plain: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Heads of declarations with the mark that ends them: `{`, `;` or `=`. Namespaces, `extern "C"` and class bodies count as file level."""
    start = at = parentheses = 0
    ended = False
    while match := _OUTSIDE.search(plain, at):
        mark, place = match.group(), match.start()
        at = place + 1
        if mark == b"(":
            parentheses += 1
        elif mark == b")":
            parentheses = max(0, parentheses - 1)
        elif mark == b"}":
            start, parentheses, ended = at, 0, False
        elif mark == b"{" and (parentheses == 0 or plain[place - 1 : place] == b"\n"):
            parentheses = 0
            if not ended:
                yield start, place, mark
            if not ended and _is_transparent(plain, start, place):
                start = at
                continue
            at = body_end(plain, at)
            if not ended and (b")" in plain[start:place] or plain[start:place].isspace()):
                start = at
            else:
                ended = True
        elif mark == b"=" and not parentheses and not ended:
            yield start, place, mark
            ended = True
        elif mark == b";" and not parentheses:
            if not ended:
                yield start, place, mark
            start, ended = at, False


def _is_transparent(plain: bytes, start: int, end: int) -> bool:
    """True for the head of a block that holds declarations itself."""
    first = _NOT_SPACE.search(plain, start, end)
    return (
        first is not None
        and plain.startswith(_TRANSPARENT_WORDS, first.start())
        and _TRANSPARENT.fullmatch(plain, first.start(), end) is not None
    )


def body_end(plain: bytes, at: int) -> int:
    """One past the brace that closes the body that starts at `at`; a brace in column 0 closes any."""
    depth = 1
    while match := _INSIDE.search(plain, at):
        at = match.end()
        depth += 1 if match.group() == b"{" else -1
        if depth == 0 or (match.group() == b"}" and plain[at - 2 : at - 1] == b"\n"):
            return at
    return len(plain)


def pieces_of(plain: bytes, start: int, end: int) -> list[Piece]:
    """Cut a head into pieces."""
    pieces = []
    at = start
    while match := _PIECE.search(plain, at, end):
        at = match.end()
        if match.group() == b"(":
            at = closing(plain, at, end)
        pieces.append(Piece(match.group(), match.start(), at))
    return pieces


def closing(plain: bytes, at: int, end: int) -> int:
    """One past the parenthesis that closes the one before `at`, or `end`."""
    depth = 1
    while match := _PARENTHESES.search(plain, at, end):
        at = match.end()
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return at
    return end


def arguments_of(plain: bytes, group: Piece) -> list[ByteSpan]:
    """The arguments of a call, without the space around them."""
    spans = []
    start = at = group.start + 1
    end = max(start, group.end - 1)
    while match := _SEPARATORS.search(plain, at, end):
        at = match.end()
        if match.group() == b"(":
            at = closing(plain, at, end)
        else:
            spans.append((start, match.start()))
            start = at
    spans.append((start, end))
    return [_stripped(plain, span) for span in spans]


def _stripped(plain: bytes, span: ByteSpan) -> ByteSpan:
    text = plain[slice(*span)]
    start = span[0] + len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def last_word(plain: bytes, span: ByteSpan) -> ByteSpan:
    """The name in `PNGAPI name`: calling conventions stand before it."""
    matches = list(_WORD.finditer(plain, *span))
    return matches[-1].span() if matches else span


def complement(start: int, end: int, keep: list[ByteSpan]) -> list[ByteSpan]:
    """Everything from start to end that is not kept."""
    spans = []
    for kept_start, kept_end in sorted(keep):
        spans.append((start, kept_start))
        start = max(start, kept_end)
    return [*spans, (start, end)]
