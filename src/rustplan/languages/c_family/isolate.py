"""When one odd construct makes the parser give up on thousands of lines: find it, blank it alone, and report it as unread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rustplan.languages.base import ByteSpan
from rustplan.languages.c_family.pieces import body_end
from rustplan.languages.errors import diagnose
from rustplan.languages.text import blank_spans, outermost
from rustplan.model.source import Language
from rustplan.syntax import parse

LARGE_ERROR = 400
"""Bytes of an ERROR node from which it is worth looking for the construct behind it."""

_ROUNDS = 4
_HOLDS_ITEMS = re.compile(rb'(?:"|\bnamespace(?:\s+[\w:]+)?)\s*\Z')
_ITEM_END = re.compile(rb"[{;]")


def culprits(language: Language, text: bytes, plain: bytes, errors: Sequence[ByteSpan]) -> tuple[ByteSpan, ...]:
    """Spans to blank so that the rest of the large errors becomes readable.

    Items at file level are parsed one by one, those with small errors too: the cause often stands before its effect. `plain` is the text without comments, literals and directives, of the same length.
    """
    if not any(end - start >= LARGE_ERROR for start, end in errors):
        return ()
    found: list[ByteSpan] = []
    for start, end in items(plain, errors):
        found += [
            (start + first, start + last) for first, last in _repairs(language, text[start:end], plain[start:end])
        ]
    return outermost(found)


def items(plain: bytes, within: Sequence[ByteSpan]) -> Iterator[ByteSpan]:
    """Functions, types and statements at file level that touch one of the spans; a brace in column 0 ends any body."""
    spans = list(within)
    start = 0
    while spans and (match := _ITEM_END.search(plain, start)):
        end = match.end()
        if match.group() == b"{" and not _HOLDS_ITEMS.search(plain, max(start, match.start() - 200), match.start()):
            end = body_end(plain, end)
        while spans and spans[0][1] <= start:
            spans.pop(0)
        if spans and end > spans[0][0]:
            yield start, end
        start = end


def _repairs(language: Language, text: bytes, plain: bytes) -> Sequence[ByteSpan]:
    """What to blank inside one item: its own errors, and when that does not help, the whole of its body."""
    opening, closing = plain.find(b"{"), plain.rfind(b"}")
    body = [(opening + 1, closing)] if 0 <= opening < closing else [(0, len(text))]
    if plain.count(b"{") != plain.count(b"}"):
        return body
    blanked: list[ByteSpan] = []
    current = text
    for _ in range(_ROUNDS):
        errors = diagnose(parse(language, current)).errors
        if not errors:
            return blanked
        blanked += [_without_outer_braces(plain, span) for span in errors]
        current = blank_spans(text, outermost(blanked))
    return body if diagnose(parse(language, current)).errors else blanked


def _without_outer_braces(plain: bytes, span: ByteSpan) -> ByteSpan:
    """Blank the inside of a body, not its braces: the function stays a function."""
    opening, closing = plain.find(b"{"), plain.rfind(b"}")
    if span[0] <= opening and span[1] > closing > opening >= 0:
        return opening + 1, closing
    return span
