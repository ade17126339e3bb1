"""How long garbage collection stopped a program, as its logs tell."""

from __future__ import annotations

from enum import Enum

import msgspec


class PauseKind(str, Enum):
    """Why a thread stood still."""

    YOUNG = "young"
    MIXED = "mixed"
    FULL = "full"
    CONCURRENT_PHASE = "concurrent-phase"
    """A short stop of a concurrent collector (mark start, remark, cleanup, relocate start)."""
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
    """All pauses of one kind and cause in one log. Milliseconds; quantiles are nearest-rank; `over` counts those longer than the budget."""

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


class PauseLog(msgspec.Struct, frozen=True, kw_only=True):
    """One log. `collector` is "" when it does not name it; `heap_max_mb`, `jdk`, `seconds` and `allocation_mb_s` are None or "" when unknown."""

    name: str
    format: str
    sha256: str
    collector: str
    jdk: str = ""
    seconds: float | None = None
    heap_max_mb: float | None = None
    allocation_mb_s: float | None = None
    budget_ms: float = 5.0
    groups: tuple[PauseGroup, ...] = ()
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


class Pauses(msgspec.Struct, frozen=True, kw_only=True):
    """All logs of a run, the budget they are held against, and what follows. `budget_ms` is in milliseconds."""

    budget_ms: float
    logs: tuple[PauseLog, ...] = ()
    advice: tuple[PauseAdvice, ...] = ()
