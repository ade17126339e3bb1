"""Where something is. Lines and columns count from 1; columns count UTF-8 bytes of the line before the place."""

from __future__ import annotations

import msgspec


class Location(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One place in one file; `path` is POSIX and relative to the scanned root."""

    path: str
    line: int
    column: int = 1


class Span(msgspec.Struct, frozen=True, array_like=True):
    """From the first character to one past the last, inside one file."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
