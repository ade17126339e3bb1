"""Garbage collection and safepoint logs of JDK 9 and later (`-Xlog:gc*`, `-Xlog:safepoint`), with any decorations.

Stops are counted once: where collections log their own pauses, the safepoint lines of the same file add the time to safepoint and the
stops that are no collection. Tables that repeat sums are left out.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from rustplan.evidence import safepoint
from rustplan.evidence.gc_causes import (
    ALLOCATION_STALL,
    COMPILER_STALL,
    RELOCATION_STALL,
    SPACE_RAN_OUT,
    classify,
    implied_collector,
    suffixed,
)
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
    milliseconds,
    printable,
    wall_clock,
)
from rustplan.evidence.pauses import Tally
from rustplan.model.pauses import PauseKind, PauseLog

_MARKERS = (
    b"Pause ",
    b" Stall (",
    b"Pacing ",
    b"To-space exhausted",
    b"Using ",
    b"Version: ",
    b" Capacity: ",
    b"Heap address: ",
    b" Collection (",
    b"Mode: Generational",
    b"Memory: Allocation Rate ",
    *safepoint.MARKERS,
)
_has_marker = re.compile(b"|".join(map(re.escape, _MARKERS))).search
_DECORATIONS = re.compile(r"((?:\[[^\[\]]{0,80}\])*) ?(.*)")
_TAGS = re.compile(r"\[((?:gc|safepoint)(?:,[a-z0-9_]{1,40})*) *\]")
_UPTIME = re.compile(r"\[(\d{1,19}(?:[.,]\d{1,9})?)(s|ms|ns) *\]")
_UNIT_SECONDS = {"s": 1.0, "ms": 1e-3, "ns": 1e-9}
_OTHER_TAGS = re.compile(r"\[(?:trace|debug|info|warning|error) *\]\[[a-z0-9_,]+ *\]$")
_BRACKETED = re.compile(r"\[([^\[\]]{0,80})\]")
_COLLECTION = re.compile(r"(?:GC\((?P<id>\d{1,12})\) )?(?:(?P<generation>[YyOo]): )?(?P<text>.*)")
_HEAP = r"(\d{1,12})([BKMGT])(?:\(\d{1,3}%\))?->(\d{1,12})([BKMGT])"
_PAUSE = re.compile(
    r"Pause (?P<what>[A-Z][A-Za-z ]*?)(?P<details>(?: \((?:[^()]|\(\))*\))*)"
    rf"(?: {_HEAP}\(\d{{1,12}}[BKMGT]\))?(?: \([\d.,]+s, [\d.,]+s\))? (?P<number>{NUMBER})(?P<unit>ms|us|s)"
)
_PAUSE_START = re.compile(r"Pause [A-Z][A-Za-z ]*(?: \((?:[^()]|\(\))*\))*")
_STATISTICS = re.compile(r"Pause [A-Za-z -]{1,60} \([GN]\) ")
_STALL = re.compile(rf"(Allocation|Relocation) Stall \((.*)\) ({NUMBER})(ms|us|s)")
_PACING = re.compile(r"Pacing +(\d{1,12}) us")
_CYCLE = re.compile(rf"(?:Garbage|Minor|Major) Collection \([^()]{{0,80}}\)(?: {_HEAP}.*)?")
_COLLECTOR = re.compile(
    r"Using (G1|Parallel|Serial|Shenandoah|Generational Shenandoah|The Z Garbage Collector|Concurrent Mark Sweep|Epsilon)"
)
_NAMES = {
    "The Z Garbage Collector": "ZGC",
    "Concurrent Mark Sweep": "CMS",
    "Generational Shenandoah": "generational Shenandoah",
}
_CAPACITY = re.compile(r"(?:Heap )?Max Capacity: (\d{1,12})([BKMGT])")
_HEAP_ADDRESS = re.compile(r"Heap address: \S{1,40} size: (\d{1,12}) ([KMGT])B")
_STATED_RATE = re.compile(r"Memory: Allocation Rate +(?:\d{1,9} / \d{1,9} +){3}(\d{1,9}) / \d{1,9} +MB/s")
_MAX_OPEN = 64
_HEAD = re.compile(
    rb"\[gc(?:,[a-z0-9_]+)* *\]|\[safepoint(?:,[a-z0-9_]+)* *\]"
    rb"|(?:^|[\]\n] ?)(?:GC\(\d{1,12}\) |Using (?:G1|Parallel|Serial|Shenandoah|The Z G)|Safepoint \"\w+\", Time since)"
)


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are of a unified log with garbage collections or safepoints."""
    return b"\0" not in head and _HEAD.search(head) is not None


def read(stream: BinaryIO, *, name: str, sha256: str, budget_ms: float) -> PauseLog:
    """Read a unified log in bounded memory. Never raises for what a file holds: what is not understood is counted."""
    reader = _Reader(budget_ms)
    first = last = b""
    lines = BoundedLines(stream)
    for line in lines:
        reader.lines += 1
        if not first:
            reader.see(line)
        first, last = first or line, line or last
        if _has_marker(line):
            reader.take(as_text(line))
    reader.see(last)
    reader.is_cut = lines.is_cut and reader.unread.forgive_cut(reader.lines)
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
        self.stated_rate: float | None = None
        self.collections = Tally(budget_ms)
        self.waits = Tally(budget_ms)
        self.safepoints = safepoint.SafepointReader(budget_ms)
        self.collector = ""
        self.is_generational = False
        self.jdk = ""
        self.heap_max_mb: float | None = None
        self.exhausted: set[str] = set()
        self.cycles: dict[str, float | None] = {}
        self.finished_cycles = 0

    def see(self, line: bytes) -> None:
        """Take the time of a line that says nothing else."""
        decorations = _DECORATIONS.match(as_text(line))
        if decorations is not None:
            self.span.see(_moment(decorations[1]))

    def take(self, line: str) -> None:
        """Read one line that holds a marker."""
        decorations = _DECORATIONS.match(line)
        if decorations is None:
            return
        tags = _TAGS.search(decorations[1])
        message = _COLLECTION.match(decorations[2])
        if message is None or (tags is None and _OTHER_TAGS.search(decorations[1])):
            return
        moment = _moment(decorations[1])
        self.span.see(moment)
        self._dispatch(message, tags[1] if tags else "", moment)

    def _dispatch(self, message: re.Match[str], tags: str, moment: float | None) -> None:
        text = message["text"]
        if text.startswith("Pause "):
            self._pause(message, tags, moment)
        elif " Stall (" in text[:20]:
            self._stall(text)
        elif text.startswith("Pacing "):
            self._pacing(text)
        elif text.startswith("To-space exhausted"):
            if len(self.exhausted) < _MAX_OPEN:
                self.exhausted.add(message["id"] or "")
        elif " Collection (" in text[:20]:
            self._cycle(message, moment)
        elif text.startswith(('Safepoint "', "Entering safepoint", "Total time for which")):
            self._count_unread(self.safepoints.take(text, self.lines))
        else:
            self._head(text.strip())

    def _pause(self, message: re.Match[str], tags: str, moment: float | None) -> None:
        """A pause with its length; a line that only announces one has none."""
        text = message["text"]
        found = _PAUSE.fullmatch(text)
        ms = milliseconds(found["number"], found["unit"]) if found else None
        if found is None or ms is None:
            is_known = "start" in tags or _PAUSE_START.fullmatch(text) or _STATISTICS.match(text)
            self._count_unread(bool(is_known))
            return
        generation = {"y": "young", "o": "old"}.get((message["generation"] or "").lower(), "")
        self.is_generational |= bool(generation)
        kind, cause = classify(found["what"], found["details"], generation)
        identity = message["id"] or ""
        if identity in self.exhausted:
            self.exhausted.discard(identity)
            cause = suffixed(cause, SPACE_RAN_OUT)
        self.collections.add(kind, cause, ms, self.lines)
        if found[3] and kind is not PauseKind.DEGENERATED and self.collector not in ("Shenandoah", "CMS"):
            self.rate.before(megabytes(found[3], found[4]), moment)
            self.rate.after(megabytes(found[5], found[6]), moment)

    def _stall(self, text: str) -> None:
        """One thread waited until memory was free or moved."""
        found = _STALL.fullmatch(text)
        ms = milliseconds(found[3], found[4]) if found else None
        if found is None or ms is None:
            self._count_unread(False)
            return
        cause = ALLOCATION_STALL if found[1] == "Allocation" else RELOCATION_STALL
        is_compiler = "CompilerThread" in found[2]
        self.waits.add(PauseKind.STALL, COMPILER_STALL if is_compiler else cause, ms, self.lines)

    def _pacing(self, text: str) -> None:
        """What threads waited in one cycle; the table at the end, which repeats the sum, has an equals sign."""
        found = _PACING.fullmatch(text)
        ms = milliseconds(found[1], "us") if found else None
        if ms is not None:
            self.waits.add(PauseKind.PACING, "sum over threads, by cycle", ms, self.lines)
        else:
            self._count_unread(not text.endswith(" us") or "=" in text)

    def _cycle(self, message: re.Match[str], moment: float | None) -> None:
        """A cycle of ZGC begins or ends: while none runs, memory in use grows by what is allocated."""
        found = _CYCLE.fullmatch(message["text"])
        if found is None:
            return
        self.is_generational |= not message["text"].startswith("Garbage")
        identity = message["id"] or ""
        if found[1] is None:
            if len(self.cycles) < _MAX_OPEN:
                self.cycles[identity] = None if self.cycles else moment
            return
        self.finished_cycles += 1
        began = self.cycles.pop(identity, None)
        if began is not None:
            self.rate.before(megabytes(found[1], found[2]), began)
        if began is not None or not self.cycles:
            self.rate.after(megabytes(found[3], found[4]), None if self.cycles else moment)

    def _head(self, text: str) -> None:
        """What the log says about the virtual machine."""
        if found := _COLLECTOR.fullmatch(text):
            self.collector = self.collector or _NAMES.get(found[1], found[1])
        elif text.startswith("Version: "):
            self.jdk = self.jdk or printable(text[9:].split(" ")[0])[:60]
        elif found := _CAPACITY.match(text) or _HEAP_ADDRESS.match(text):
            self.heap_max_mb = self.heap_max_mb or megabytes(found[1], found[2])
        elif text.startswith("Mode: Generational") or "Young Generation" in text:
            self.is_generational = True
        elif found := _STATED_RATE.fullmatch(text):
            self.stated_rate = float(found[1]) or self.stated_rate

    def _count_unread(self, is_known: bool) -> None:
        if not is_known:
            self.unread.add(self.lines)

    def log(self, name: str, sha256: str) -> PauseLog:
        """All that was read, as a value."""
        has_pauses = self.collections.count > 0
        stops = self.collections if has_pauses else self.safepoints.collections
        groups = (
            *stops.groups(),
            *self.waits.groups(),
            *self.safepoints.others.groups(),
            *self.safepoints.reaching.groups(),
        )
        is_safepoint = not has_pauses and not self.waits.count and self.safepoints.reaching.count > 0
        return PauseLog(
            name=name,
            format="safepoint" if is_safepoint and not self.collector else "gc-unified",
            sha256=sha256,
            collector=self._collector(),
            likely_collector="" if self.collector else implied_collector(frozenset(group.cause for group in groups)),
            jdk=self.jdk,
            seconds=self.span.seconds,
            heap_max_mb=self.heap_max_mb,
            allocation_mb_s=self.stated_rate or self.rate.mb_s,
            budget_ms=self.budget_ms,
            groups=groups,
            over_together=self.safepoints.together.count,
            worst_together_ms=self.safepoints.together.worst_ms,
            lines=self.lines,
            unread_lines=self.unread.count,
            notes=self._notes(bool(groups), has_pauses),
        )

    def _collector(self) -> str:
        is_split = self.is_generational and self.collector in ("ZGC", "Shenandoah")
        return f"generational {self.collector}" if is_split else self.collector

    def _notes(self, has_groups: bool, has_pauses: bool) -> tuple[str, ...]:
        """What a reader of the figures should know."""
        notes = [*self.unread.notes, *([CUT_NOTE] if self.is_cut else [])]
        if self.finished_cycles and not has_pauses and not self.safepoints.collections.count:
            notes.append("the pauses of ZGC are not in this log: they need -Xlog:gc* or -Xlog:gc,gc+phases")
        elif not has_groups:
            notes.append("no pause was found")
        if has_pauses and self.safepoints.collections.count:
            notes.append(
                "collections are counted from their own lines, their safepoints add the time to safepoint only"
            )
        return tuple(notes)


def _moment(decorations: str) -> float | None:
    """The time of a line in seconds: since the start where it is written, else of the clock."""
    found = _UPTIME.search(decorations)
    if found is not None:
        return decimal(found[1]) * _UNIT_SECONDS[found[2]]
    for text in _BRACKETED.findall(decorations):
        clock = wall_clock(text)
        if clock is not None:
            return clock
    return None
