"""Lines, numbers and times of JVM logs, bounded whatever the file holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import BinaryIO

MAX_LINE_BYTES = 16 * 1024
MAX_PAUSE_MS = 1e9
"""About eleven days: a longer pause is no pause."""

NUMBER = r"\d{1,12}(?:[.,]\d{1,9})?"
"""A decimal of bounded length; some locales write a comma."""

_UNIT_MS = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
_UNIT_MB = {"B": 1 / 1048576, "K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1048576.0}
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)[.,](\d{1,6})(?:([+-])(\d\d):?(\d\d)|Z)?")


class BoundedLines:
    """The lines of a stream without their ends, each cut to MAX_LINE_BYTES: memory is bounded however long a line is.

    `is_cut` says, once all are read, that the last line has no end: the file was copied while it was written.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.is_cut = False

    def __iter__(self) -> Iterator[bytes]:
        readline = self._stream.readline
        while line := readline(MAX_LINE_BYTES):
            rest = line
            while rest[-1:] != b"\n" and len(rest) == MAX_LINE_BYTES:
                rest = readline(MAX_LINE_BYTES)
            self.is_cut = rest[-1:] != b"\n"
            yield line.rstrip(b"\r\n")


class Unread:
    """Counts lines that look like pauses and were not understood."""

    def __init__(self) -> None:
        self.count = 0
        self._first = self._last = 0

    def add(self, line: int) -> None:
        """Count line `line`."""
        self.count += 1
        self._first = self._first or line
        self._last = line

    def forgive_cut(self, line: int) -> bool:
        """Do not count the last line of a file that was cut there; True when it was counted."""
        if self.count == 0 or self._last != line:
            return False
        self.count -= 1
        return True

    @property
    def notes(self) -> list[str]:
        """What a reader of the figures should know."""
        if not self.count:
            return []
        which = (
            "1 line looks like a pause and was" if self.count == 1 else f"{self.count} lines look like pauses and were"
        )
        return [f"{which} not understood, the first is line {self._first}"]


CUT_NOTE = "the log is cut in its last line"


def as_text(line: bytes) -> str:
    """Return the line as text; bytes that are no UTF-8 become replacement characters."""
    return line.decode("utf-8", "replace").rstrip()


def printable(text: str) -> str:
    """The text with everything that cannot be printed replaced."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def decimal(text: str) -> float:
    """Return the value of what NUMBER matched."""
    return float(text.replace(",", "."))


def milliseconds(number: str, unit: str) -> float | None:
    """Return a duration in milliseconds, None when it is longer than MAX_PAUSE_MS."""
    value = decimal(number) * _UNIT_MS[unit]
    return round(value, 6) if value <= MAX_PAUSE_MS else None


def megabytes(number: str, unit: str) -> float:
    """Return a size written with a unit B, K, M, G or T in MiB."""
    return decimal(number) * _UNIT_MB[unit]


def wall_clock(text: str) -> float | None:
    """Return the seconds since 1970 of an ISO 8601 time that begins `text`, None when there is none or it is no date."""
    found = _ISO.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc)
    except ValueError:
        return None
    shift = 0 if found[8] is None else (int(found[9]) * 60 + int(found[10])) * (60 if found[8] == "+" else -60)
    return moment.timestamp() + float(f"0.{found[7]}") - shift


class Span:
    """The time that a log covers, over restarts of its clock."""

    _RESTART = 1.0

    def __init__(self) -> None:
        self._last: float | None = None
        self._total = 0.0

    def see(self, moment: float | None) -> None:
        """Take the time of a line, in seconds. A clock that falls back by more than a second has been restarted."""
        if moment is None:
            return
        if self._last is None or moment < self._last - self._RESTART:
            self._last = moment
        elif moment > self._last:
            self._total += moment - self._last
            self._last = moment

    @property
    def seconds(self) -> float | None:
        """Seconds covered, None when no line had a time."""
        return None if self._last is None else round(self._total, 3)


class AllocationRate:
    """Memory allocated between collections: what is used before one, less what the one before left, over the time between."""

    _LEAST_SECONDS = 0.05

    def __init__(self) -> None:
        self._after: float | None = None
        self._since = 0.0
        self._allocated = 0.0
        self._seconds = 0.0

    def before(self, used_mb: float, moment: float | None) -> None:
        """A collection begins with `used_mb` MiB in use at `moment`, in seconds."""
        if self._after is not None and moment is not None and moment > self._since:
            self._allocated += max(0.0, used_mb - self._after)
            self._seconds += moment - self._since
        self._after = None

    def after(self, used_mb: float, moment: float | None) -> None:
        """A collection has left `used_mb` MiB in use at `moment`, in seconds."""
        self._after, self._since = (None, 0.0) if moment is None else (used_mb, moment)

    @property
    def mb_s(self) -> float | None:
        """MiB per second, None when too little time was seen."""
        return round(self._allocated / self._seconds, 1) if self._seconds >= self._LEAST_SECONDS else None
