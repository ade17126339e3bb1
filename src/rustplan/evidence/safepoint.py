"""Lines of the safepoint log: how long threads took to stop, and how long they stood.

The time to safepoint is kept apart from the operation; together they are the stop that the log calls its total.
"""

from __future__ import annotations

import re

import msgspec

from rustplan.evidence.log_lines import MAX_PAUSE_MS, NUMBER, milliseconds
from rustplan.evidence.pauses import Tally
from rustplan.model.pauses import PauseKind

MARKERS = (b'Safepoint "', b"safepoint region: ", b"threads were stopped: ")
"""A line without any of these is no line of the safepoint log."""

UNNAMED = "operation not named"

_REPORT = re.compile(r'Safepoint "(?P<name>[^"]{1,80})", (?P<fields>.*)')
_FIELD = re.compile(r"([A-Z][a-z ]{2,30}): (\d{1,18}) ns")
_ENTERING = re.compile(r"Entering safepoint region: (\S{1,80})")
_STOPPED = re.compile(
    rf"Total time for which application threads were stopped: ({NUMBER}) seconds"
    rf"(?:, Stopping threads took: ({NUMBER}) seconds)?$"
)
REQUESTED_FULL = frozenset(
    {"G1CollectFull", "GenCollectFull", "GenCollectFullConcurrent", "ParallelGCCollect", "SerialGCCollect"}
)
"""Operations of full collections that something asked for: those that an allocation needs have other names."""

_YOUNG = re.compile(r"(?:G1|Parallel|Gen|Serial)CollectForAllocation|G1TryInitiateConcMark|ParallelGCFailedAllocation")
_FULL = re.compile(
    r"(?:G1|Gen)CollectFull(?:Concurrent)?|ParallelGC(?:SystemGC|Collect)|SerialGCCollect|ShenandoahFullGC"
)
_PHASE = re.compile(
    r"G1Pause\w+|G1Concurrent|CGC_Operation|CMS_\w+|[ZX](?:Mark|Relocate)\w+|Shenandoah(?:Init|Final)\w+"
)


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One stop of all threads, in milliseconds."""

    operation: str
    reaching_ms: float
    at_ms: float


class Together:
    """Counts stops that are over the budget only as the sum of their two parts."""

    def __init__(self, budget_ms: float) -> None:
        self._budget = budget_ms
        self.count = 0
        self.worst_ms = 0.0

    def add(self, stop: Stop) -> None:
        """Look at one stop."""
        total = stop.reaching_ms + stop.at_ms
        if max(stop.reaching_ms, stop.at_ms) <= self._budget < total:
            self.count += 1
            self.worst_ms = max(self.worst_ms, round(total, 6))


class SafepointReader:
    """Takes messages of a safepoint log. JDK 13 and later write a stop on one line, JDK 9 to 12 name the operation on a line before."""

    def __init__(self, budget_ms: float) -> None:
        self._entered = UNNAMED
        self.reaching = Tally(budget_ms)
        self.collections = Tally(budget_ms)
        self.others = Tally(budget_ms)
        self.together = Together(budget_ms)

    def take(self, message: str, line: int) -> bool:
        """Count the message if it is a stop. False means that it looks like one and is not understood."""
        entering = _ENTERING.match(message)
        if entering is not None:
            self._entered = entering[1]
            return True
        if not message.startswith(('Safepoint "', "Total time for which")):
            return True
        stop = read_report(message) if message.startswith("S") else read_stopped(message, self._entered)
        self._entered = UNNAMED
        if stop is None:
            return False
        self.count(stop, kind_of(stop.operation), line)
        return True

    def count(self, stop: Stop, kind: PauseKind, line: int) -> None:
        """Count a stop under its kind, and the time to safepoint under its own."""
        is_other = kind in (PauseKind.SAFEPOINT, PauseKind.OTHER)
        (self.others if is_other else self.collections).add(kind, stop.operation, stop.at_ms, line)
        self.reaching.add(PauseKind.TIME_TO_SAFEPOINT, "before any operation", stop.reaching_ms, line)
        self.together.add(stop)


def read_report(message: str) -> Stop | None:
    """Read a line of JDK 13 or later; None when it has no total or an impossible one."""
    found = _REPORT.match(message)
    if found is None:
        return None
    fields = {name: int(value) / 1e6 for name, value in _FIELD.findall(found["fields"])}
    total, reaching = fields.get("Total"), fields.get("Reaching safepoint")
    if total is None or reaching is None or not reaching <= total <= MAX_PAUSE_MS:
        return None
    return Stop(operation=found["name"], reaching_ms=reaching, at_ms=round(total - reaching, 6))


def read_stopped(message: str, operation: str = UNNAMED) -> Stop | None:
    """Read a line `Total time for which application threads were stopped`; None when it is not one or impossible."""
    found = _STOPPED.match(message)
    if found is None:
        return None
    total = milliseconds(found[1], "s")
    reaching = milliseconds(found[2] or "0", "s")
    if total is None or reaching is None:
        return None
    reaching = min(reaching, total)
    return Stop(operation=operation, reaching_ms=reaching, at_ms=round(total - reaching, 6))


def kind_of(operation: str) -> PauseKind:
    """The kind of a virtual machine operation by its name; what is no known collection is a safepoint."""
    if operation == UNNAMED:
        return PauseKind.OTHER
    if operation == "ShenandoahDegeneratedGC":
        return PauseKind.DEGENERATED
    for pattern, kind in ((_YOUNG, PauseKind.YOUNG), (_FULL, PauseKind.FULL), (_PHASE, PauseKind.CONCURRENT_PHASE)):
        if pattern.fullmatch(operation):
            return kind
    return PauseKind.OTHER if operation == "CollectForMetadataAllocation" else PauseKind.SAFEPOINT
