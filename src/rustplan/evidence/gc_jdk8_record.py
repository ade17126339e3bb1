"""One collection as a log of JDK 8 writes it: brackets in brackets, perhaps over several lines."""

from __future__ import annotations

import re

import msgspec

from rustplan.evidence.gc_causes import (
    MODE_FAILURE,
    PROMOTION_FAILED,
    SPACE_RAN_OUT,
    parenthesised,
    suffixed,
)
from rustplan.evidence.log_lines import NUMBER, milliseconds
from rustplan.model.pauses import PauseKind

_OUTER = re.compile(r"(Full GC|GC)( pause| remark| cleanup)?[ -]*((?:\((?:[^()]|\(\))*\) ?)*)")
_LENGTH = re.compile(rf", ({NUMBER}) secs$")
_SIZES = re.compile(r"(\d{1,12})([KMG])->(\d{1,12})([KMG])\(")
_OLD_GENERATION = re.compile(r"Tenured\b|CMS[:\d]|ParOldGen|PSOldGen")
_BRACKET = re.compile(r"[\[\]]")
_MAX_RECORD = 64 * 1024
_MAX_RECORD_LINES = 300


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """What one record says; `sizes` are number and unit of the heap before and after."""

    kind: PauseKind
    cause: str
    ms: float
    line: int
    is_g1: bool
    sizes: tuple[str, str, str, str] | None


class Record:
    """A record that grows line by line. `outer` is what stands in no inner bracket."""

    def __init__(self, line: int, moment: float | None) -> None:
        self.line = line
        self.moment = moment
        self.outer = ""
        self.inner: list[str] = []
        self.failures: set[str] = set()
        self._depth = 0
        self._size = 0
        self._lines = 0

    def feed(self, text: str) -> bool:
        """Take a line; True when the record is complete."""
        self._size += len(text)
        self._lines += 1
        self.failures.update(word for word in (PROMOTION_FAILED, MODE_FAILURE) if f"({word})" in text)
        if "--[PSYoungGen" in text or "[GC--" in text:
            self.failures.add(PROMOTION_FAILED)
        start = 0
        for bracket in _BRACKET.finditer(text):
            self._keep(text[start : bracket.start()])
            start = bracket.end()
            self._depth += 1 if bracket[0] == "[" else -1
            if self._depth <= 0:
                return True
            if self._depth == 2:
                self.inner.append(text[start : start + 12])
        self._keep(text[start:])
        return False

    def _keep(self, text: str) -> None:
        if self._depth == 1:
            self.outer += text

    @property
    def is_too_long(self) -> bool:
        """Whether this cannot be a record."""
        return self._size > _MAX_RECORD or self._lines > _MAX_RECORD_LINES


def read_record(record: Record) -> Collection | None:
    """Read a complete record; None when it has no length or an impossible one."""
    found, length = _OUTER.match(record.outer), _LENGTH.search(record.outer)
    ms = milliseconds(length[1], "s") if length else None
    if found is None or ms is None:
        return None
    kind, cause = _classify(found, record)
    sizes = _SIZES.findall(record.outer)
    return Collection(
        kind=kind,
        cause=cause,
        ms=ms,
        line=record.line,
        is_g1=found[2] is not None,
        sizes=sizes[-1] if sizes else None,
    )


def _classify(outer: re.Match[str], record: Record) -> tuple[PauseKind, str]:
    """Kind and cause of a complete record."""
    details = parenthesised(outer[3])
    cause = details[0] if details else ""
    for failure in sorted(record.failures):
        cause = suffixed(cause, failure)
    if outer[2] in (" remark", " cleanup"):
        return (PauseKind.CONCURRENT_PHASE, outer[2].strip().capitalize())
    if outer[2] == " pause":
        cause = suffixed(cause, SPACE_RAN_OUT) if SPACE_RAN_OUT in details else cause
        return (PauseKind.MIXED if "mixed" in details else PauseKind.YOUNG, cause)
    if cause.startswith(("CMS Initial Mark", "CMS Final Remark")):
        return (PauseKind.CONCURRENT_PHASE, cause)
    is_full = outer[1] == "Full GC" or any(_OLD_GENERATION.match(inner) for inner in record.inner)
    return (PauseKind.FULL if is_full else PauseKind.YOUNG, cause)
