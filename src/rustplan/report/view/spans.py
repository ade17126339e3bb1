"""Words with `code` spans in backticks, as pieces that a template escapes and marks; a backtick without a partner stays one."""

from __future__ import annotations

TICK = "`"


def code_spans(text: str) -> tuple[tuple[str, bool], ...]:
    """Return the pieces of a text, each with whether it is code; an empty pair is two backticks."""
    pieces = text.split(TICK)
    if len(pieces) % 2 == 0:
        pieces[-2:] = [TICK.join(pieces[-2:])]
    return tuple(_piece(piece, is_code=place % 2 == 1) for place, piece in enumerate(pieces))


def _piece(piece: str, *, is_code: bool) -> tuple[str, bool]:
    return (piece or TICK + TICK, bool(piece)) if is_code else (piece, False)
