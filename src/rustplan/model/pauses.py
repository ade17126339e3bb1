"""How long garbage collection stopped a program, as its logs tell."""

from __future__ import annotations

from enum import Enum

import msgspec


class PauseKind(str, Enum):
    """Why a thread stood still."""

    YOUNG = "young"
    MIXED = "mixed"
    FULL = "full"
    DEGENERATED = "degenerated"
    """A concurrent collection that had to be finished with all threads stopped (Shenandoah)."""
    CONCURRENT_PHASE = "concurrent-phase"
    """A short stop of a concurrent collection (mark start, remark, cleanup, relocate start)."""
    STALL = "stall"
    """One thread waited for memory (ZGC allocation stall)."""
    PACING = "pacing"
    """Threads were slowed down while they allocated (Shenandoah); a sum for a cycle."""
    SAFEPOINT = "safepoint"
    """A stop that is no collection."""
    TIME_TO_SAFEPOINT = "time-to-safepoint"
    """Until the last thread stood still."""
    OTHER = "other"


class Bin(msgspec.Struct, frozen=True, array_like=True):
    """Pauses of at least `from_ms` and less than `to_ms`."""

    from_ms: float
    to_ms: float
    count: int


class PauseGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All pauses of one kind and cause in one log. Milliseconds; quantiles are nearest-rank; `over` counts those longer than the budget.

    `bins` stand on one fixed logarithmic axis, ten to a decade, empty ones left out. `quantile_error` is the share by which median and
    99th percentile may be too high: 0 means exact.
    """

    kind: PauseKind
    cause: str
    count: int
    total_ms: float
    median_ms: float
    p99_ms: float
    worst_ms: float
    over: int
    worst_line: int
    """Line of the log where the worst stands."""
    bins: tuple[Bin, ...] = ()
    log: str = ""
    """Name of the log in which the worst stands, where several were put together."""
    quantile_error: float = 0.0


class PauseLog(msgspec.Struct, frozen=True, kw_only=True):
    """One log. `collector` is "" when it does not name it; `heap_max_mb`, `jdk`, `seconds` and `allocation_mb_s` are None or "" when unknown."""

    name: str
    format: str
    """gc-unified, gc-jdk8 or safepoint."""
    sha256: str
    collector: str
    likely_collector: str = ""
    """What the causes imply where the log does not name its collector; "" when they imply none."""
    jdk: str = ""
    seconds: float | None = None
    """Time between the first and the last line, restarts left out."""
    heap_max_mb: float | None = None
    allocation_mb_s: float | None = None
    budget_ms: float = 5.0
    groups: tuple[PauseGroup, ...] = ()
    over_together: int = 0
    """Stops over the budget only as the sum of time to safepoint and operation."""
    worst_together_ms: float = 0.0
    """The longest of them."""
    lines: int = 0
    unread_lines: int = 0
    """Lines that look like the collector's and were not understood."""
    notes: tuple[str, ...] = ()


class PauseAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """What the logs say against the budget, and the first thing to try. `because` names the groups it follows from."""

    verdict: str
    """within, flag (a collector or heap setting should do), code (no setting of the collector removes it) or unknown."""
    advice: str
    because: str
    over: int
    worst_ms: float
    key: str = ""
    """A short stable name of the case, such as `stop-the-world` or `allocation-stalls`."""
    places: tuple[str, ...] = ()
    """Where the worst stand, as `log:line`."""
    sources: tuple[str, ...] = ()
    """Addresses or descriptions of what the advice relies on."""


class Pauses(msgspec.Struct, frozen=True, kw_only=True):
    """All logs of a run, the budget they are held against, and what follows. `budget_ms` is in milliseconds.

    `verdict` is the first of flag, code, unknown and within that an advice has. `groups` puts the logs together by kind (cause "") for a
    plot: same axis, nothing counted twice; its quantiles are upper ends of bins.
    """

    budget_ms: float
    logs: tuple[PauseLog, ...] = ()
    advice: tuple[PauseAdvice, ...] = ()
    verdict: str = "unknown"
    groups: tuple[PauseGroup, ...] = ()
    notes: tuple[str, ...] = ()
