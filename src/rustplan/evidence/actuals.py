"""Reads a team's own finished ports from a CSV file: component,lines,person_months[,difficulty]."""

from __future__ import annotations

import csv
import io
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rustplan.errors import InputError
from rustplan.model.roadmap import Actual

NEEDED = ("component", "lines", "person_months")
OPTIONAL = ("difficulty",)
MAX_BYTES = 1024 * 1024
MAX_ROWS = 2_000
MOST_LINES = 100_000_000
MOST_MONTHS = 100_000.0
DIFFICULTIES = (0.1, 10.0)
MOST_NAME = 400
_HINT = "write a header component,lines,person_months,difficulty and one finished port on each line; difficulty may be left out"


def read_actuals(path: Path) -> tuple[Actual, ...]:
    """Return the finished ports of a file, in its order. Raises InputError with the line of the first mistake."""
    rows = _rows(path.name, _text(path))
    _, header = next(rows, (1, []))
    columns = _columns(path.name, header)
    found = []
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            found.append(_actual(path.name, line, columns, cells))
        if len(found) > MAX_ROWS:
            raise _wrong(path.name, line, f"more than {MAX_ROWS:,} rows")
    return tuple(found)


def _text(path: Path) -> str:
    """Read a regular file, never waiting for a pipe."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InputError(f"{path} is not a regular file", hint=_HINT)
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name is possible"
        raise InputError(f"cannot read {path}: {reason}", hint="check the path given with --actuals") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_BYTES:,} bytes", hint=_HINT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path.name, data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells with the number of the line on which they end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise _wrong(name, reader.line_num or 1, f"not CSV ({error})") from None


def _columns(name: str, header: list[str]) -> dict[str, int]:
    """Return the position of each column; unknown ones are left out, because teams keep notes beside their numbers."""
    words = [cell.strip().lower() for cell in header]
    missing = [column for column in NEEDED if column not in words]
    if missing:
        raise _wrong(name, 1, f"the header lacks {', '.join(missing)}")
    twice = [column for column in (*NEEDED, *OPTIONAL) if words.count(column) > 1]
    if twice:
        raise _wrong(name, 1, f"the header has {twice[0]} twice")
    return {column: words.index(column) for column in (*NEEDED, *OPTIONAL) if column in words}


def _actual(name: str, line: int, columns: dict[str, int], cells: list[str]) -> Actual:
    values = {column: cells[place].strip() if place < len(cells) else "" for column, place in columns.items()}
    if not values["component"] or len(values["component"]) > MOST_NAME:
        raise _wrong(name, line, f"component needs a name of 1 to {MOST_NAME} characters")
    lines = _number(name, line, "lines", values["lines"], 1.0, MOST_LINES)
    if lines != int(lines):
        raise _wrong(name, line, "lines must be a whole number")
    return Actual(
        component=values["component"],
        lines=int(lines),
        person_months=_number(name, line, "person_months", values["person_months"], 0.01, MOST_MONTHS),
        difficulty=_number(name, line, "difficulty", values["difficulty"], *DIFFICULTIES)
        if values.get("difficulty")
        else None,
        line=line,
    )


def _number(name: str, line: int, column: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text) if len(text) <= 40 else math.nan
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise _wrong(name, line, f"{column} must be a number from {low:g} to {high:,.0f}, not {ascii(text)[:40]}")
    return value


def _wrong(name: str, line: int, problem: str) -> InputError:
    return InputError(f"{name}, line {line}: {problem}", hint=_HINT)
