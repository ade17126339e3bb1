"""Garbage collection logs of JDK 8 and older (`-XX:+PrintGCDetails -Xloggc:`): Serial, Parallel, ParNew with CMS, G1.

Where the log has lines of stopped time, they are what is counted: they hold every stop. The collection lines before one say what it was
for. A collection without such a line counts with its own length.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from rustplan.evidence.gc_jdk8_record import Collection, Record, read_record
from rustplan.evidence.log_lines import (
    CUT_NOTE,
    NUMBER,
    AllocationRate,
    BoundedLines,
    Span,
    Unread,
    as_text,
    decimal,
    megabytes,
    wall_clock,
)
from rustplan.evidence.pauses import Tally
from rustplan.evidence.safepoint import Stop, Together, read_stopped
from rustplan.model.pauses import PauseKind, PauseLog

NO_COLLECTION = "no collection; the log does not name the operation"

_STAMP = rf"(?:(?P<clock>\d{{4}}-\d\d-\d\dT\S{{8,24}}): )?(?:(?P<uptime>{NUMBER}): )?"
_LINE = re.compile(_STAMP + r"(?P<text>(?:\[(?:Full )?GC(?! concurrent|\w)|Total time for which application ).*)")
_STAMPED = re.compile(_STAMP)
_G1_SIZES = re.compile(rf"Heap: ({NUMBER})([BKMG])\([^()]{{1,20}}\)->({NUMBER})([BKMG])\(")
_VERSION = re.compile(r"JRE \((\d[\w.+-]{0,60})")
_HEAP_FLAG = re.compile(r"-XX:MaxHeapSize=(\d{1,16})")
_COLLECTORS = (
    ("-XX:+UseG1GC", "G1"),
    ("-XX:+UseConcMarkSweepGC", "CMS"),
    ("-XX:+UseParallelGC", "Parallel"),
    ("-XX:+UseParallelOldGC", "Parallel"),
    ("-XX:+UseSerialGC", "Serial"),
)
_IMPLIES = {"PSYoungGen": "Parallel", "ParNew": "CMS", "DefNew": "Serial"}
_HEAD = re.compile(
    rb"(?m)^CommandLine flags: -|^(?:\d{4}-\d\d-\d\dT\S{8,24}: )?(?:\d{1,12}[.,]\d{1,3}: )?"
    rb"(?:\[(?:Full GC|GC pause|GC) ?(?:\(|\[|--)|Total time for which application threads were stopped: )"
)


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are of a log of JDK 8 or older."""
    return b"\0" not in head and _HEAD.search(head) is not None


def read(stream: BinaryIO, *, name: str, sha256: str, budget_ms: float) -> PauseLog:
    """Read a log in bounded memory. Never raises for what a file holds: what is not understood is counted."""
    reader = _Reader(budget_ms)
    last = b""
    lines = BoundedLines(stream)
    for line in lines:
        reader.lines += 1
        last = line or last
        reader.take(as_text(line))
    reader.see(as_text(last))
    reader.is_cut = reader.open is not None or (lines.is_cut and reader.unread.forgive_cut(reader.lines))
    return reader.log(name, sha256)


class _Reader:
    """What has been read so far."""

    def __init__(self, budget_ms: float) -> None:
        self.budget_ms = budget_ms
        self.lines = 0
        self.unread = Unread()
        self.is_cut = False
        self.span = Span()
        self.rate = AllocationRate()
        self.tally = Tally(budget_ms)
        self.reaching = Tally(budget_ms)
        self.together = Together(budget_ms)
        self.collector = ""
        self.implied: set[str] = set()
        self.jdk = ""
        self.heap_max_mb: float | None = None
        self.open: Record | None = None
        self.pending: list[Collection] = []
        self.last_g1: float | None = None

    def see(self, line: str) -> None:
        """Take the time of a line that says nothing else."""
        found = _STAMPED.match(line)
        if found is not None:
            self.span.see(_moment(found))

    def take(self, line: str) -> None:
        """Read one line."""
        found = _LINE.match(line)
        if found is not None:
            self._drop_open()
            moment = _moment(found)
            self.span.see(moment)
            if found["text"].startswith("T"):
                self._stopped(found["text"])
            else:
                self.open = Record(self.lines, moment)
                self._feed(found["text"])
        elif self.open is not None:
            self._feed(line)
        elif "Heap: " in line:
            self._g1_sizes(line)
        elif self.lines <= 50:
            self._head(line)

    def _feed(self, text: str) -> None:
        """Give the open record a line."""
        record = self.open
        if record is None:
            return
        if record.feed(text):
            self.open = None
            self._finish(record)
        elif record.is_too_long:
            self._drop_open()

    def _drop_open(self) -> None:
        """A record that another line interrupts, or that never ends, is not understood."""
        if self.open is not None:
            self.unread.add(self.open.line)
            self.open = None

    def _finish(self, record: Record) -> None:
        """Take what a complete record says."""
        found = read_record(record)
        if found is None:
            self.unread.add(record.line)
            return
        self.implied.update(_IMPLIES[word] for word in _IMPLIES for inner in record.inner if inner.startswith(word))
        self.implied.update(["G1"] if found.is_g1 else [])
        self.pending.append(found)
        if len(self.pending) > 2:
            self._count(self.pending.pop(0))
        self.last_g1 = record.moment if found.is_g1 else None
        if found.sizes is not None and record.moment is not None:
            self._sizes(found.sizes, record.moment, found.ms)

    def _sizes(self, sizes: tuple[str, str, str, str], moment: float, ms: float) -> None:
        self.rate.before(megabytes(sizes[0], sizes[1]), moment)
        self.rate.after(megabytes(sizes[2], sizes[3]), moment + ms / 1000)

    def _g1_sizes(self, line: str) -> None:
        """G1 writes the sizes on a line of its own after the pause."""
        found = _G1_SIZES.search(line)
        if found is not None and self.last_g1 is not None and self.pending:
            self._sizes((found[1], found[2], found[3], found[4]), self.last_g1, self.pending[-1].ms)

    def _stopped(self, text: str) -> None:
        """A line of stopped time takes the collections before it, if they fit into it."""
        stop = read_stopped(text, NO_COLLECTION)
        if stop is None:
            self.unread.add(self.lines)
            return
        inside = self.pending[-1:] if self.pending else []
        if len(self.pending) == 2 and sum(entry.ms for entry in self.pending) <= stop.at_ms + stop.reaching_ms:
            inside = self.pending
        if inside and inside[-1].ms > stop.at_ms + stop.reaching_ms + 1:
            inside = []
        for entry in self.pending[: len(self.pending) - len(inside)]:
            self._count(entry)
        self._count_stop(stop, max(inside, key=lambda entry: entry.ms) if inside else None)
        self.pending = []

    def _count_stop(self, stop: Stop, collection: Collection | None) -> None:
        kind = collection.kind if collection else PauseKind.SAFEPOINT
        cause = collection.cause if collection else stop.operation
        line = collection.line if collection else self.lines
        self.tally.add(kind, cause, stop.at_ms, line)
        self.reaching.add(PauseKind.TIME_TO_SAFEPOINT, "before any operation", stop.reaching_ms, self.lines)
        self.together.add(stop)

    def _count(self, entry: Collection) -> None:
        self.tally.add(entry.kind, entry.cause, entry.ms, entry.line)

    def _head(self, line: str) -> None:
        """What the first lines say about the virtual machine."""
        if line.startswith("CommandLine flags: "):
            self.collector = next((name for flag, name in _COLLECTORS if flag in line), self.collector)
            heap = _HEAP_FLAG.search(line)
            self.heap_max_mb = int(heap[1]) / 1048576 if heap else None
        elif version := _VERSION.search(line):
            self.jdk = version[1]

    def log(self, name: str, sha256: str) -> PauseLog:
        """All that was read, as a value."""
        for entry in self.pending:
            self._count(entry)
        groups = (*self.tally.groups(), *self.reaching.groups())
        notes = [*([] if groups else ["no pause was found"]), *self.unread.notes, *([CUT_NOTE] if self.is_cut else [])]
        if groups and not self.reaching.count:
            notes.append(
                "stops that are no collection are not in this log: they need -XX:+PrintGCApplicationStoppedTime"
            )
        return PauseLog(
            name=name,
            format="gc-jdk8",
            sha256=sha256,
            collector=self.collector,
            likely_collector=next(iter(self.implied)) if len(self.implied) == 1 and not self.collector else "",
            jdk=self.jdk,
            seconds=self.span.seconds,
            heap_max_mb=self.heap_max_mb,
            allocation_mb_s=None if self.collector == "CMS" or "CMS" in self.implied else self.rate.mb_s,
            budget_ms=self.budget_ms,
            groups=groups,
            over_together=self.together.count,
            worst_together_ms=self.together.worst_ms,
            lines=self.lines,
            unread_lines=self.unread.count,
            notes=tuple(notes),
        )


def _moment(stamp: re.Match[str]) -> float | None:
    """Seconds since the start where they are written, else of the clock."""
    return decimal(stamp["uptime"]) if stamp["uptime"] else wall_clock(stamp["clock"] or "")
