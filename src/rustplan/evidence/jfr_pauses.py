"""The stops of garbage collection that a Java Flight Recorder recording tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from rustplan.evidence.pauses import Tally
from rustplan.model.pauses import PauseKind, PauseLog
from rustplan.model.profile import Profile

COLLECTION, PHASE, STALL = "jdk.GarbageCollection", "jdk.GCPhasePause", "jdk.ZAllocationStall"
PAUSE_EVENTS = (COLLECTION, PHASE, STALL)
LONGEST_MS = 1e9
RECORDED = "jfr"
"""The format of a pause log that comes from a recording."""

_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,12})?)S)?")
_COLLECTORS = (
    (("G1",), "G1"),
    (("DefNew", "SerialOld", "MarkSweepCompact"), "Serial"),
    (("Parallel", "PS"), "Parallel"),
    (("ParNew", "ConcurrentMarkSweep"), "CMS"),
    (("Z",), "ZGC"),
    (("Shenandoah",), "Shenandoah"),
)
_FULL = ("G1Full", "SerialOld", "ParallelOld", "MarkSweepCompact", "PSMarkSweep")
_YOUNG = ("G1New", "DefNew", "ParallelScavenge", "PSScavenge", "ParNew")


class Pause(NamedTuple):
    """A stop as one event tells it: when it began (ISO 8601 as printed), milliseconds, the collector's words; `gc` links the events."""

    event: str
    gc: int
    start: str
    ms: float
    name: str
    cause: str


def pause_of(event: str, values: Mapping[str, Any]) -> Pause | None:
    """The stop in an event: a phase's whole time, the sum of a collection's pauses, a wait for memory; None without a usable length."""
    ms = milliseconds(values.get("sumOfPauses" if event == COLLECTION else "duration"))
    if ms is None:
        return None
    gc = values.get("gcId")
    return Pause(
        event,
        gc if isinstance(gc, int) else -1,
        _text(values, "startTime"),
        ms,
        _text(values, "name"),
        _text(values, "cause"),
    )


def pause_log(pauses: Sequence[Pause], file: Profile, budget_ms: float) -> PauseLog:
    """The stops of a recording against a budget in milliseconds; `file` names it. Phases are counted, collections where it has none."""
    collections = [pause for pause in pauses if pause.event == COLLECTION]
    tally = Tally(budget_ms)
    for pause, kind, cause in _stops(pauses, {one.gc: one for one in collections}):
        tally.add(kind, cause, pause.ms, 1)
    return PauseLog(
        name=file.name,
        format=RECORDED,
        sha256=file.sha256,
        collector=next((found for one in collections if (found := _collector(one.name))), ""),
        seconds=file.seconds,
        budget_ms=budget_ms,
        groups=tuple(msgspec.structs.replace(group, worst_line=0) for group in tally.groups()),
        notes=("the recording has no lines: the place of the worst stop is not known",),
    )


def milliseconds(text: object) -> float | None:
    """An ISO 8601 duration such as PT0.0046S in milliseconds; None for anything else and for more than LONGEST_MS."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) and len(text) > len("PT") else None
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    ms = 1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds or 0))
    return round(ms, 6) if ms <= LONGEST_MS else None


def _stops(pauses: Sequence[Pause], collections: Mapping[int, Pause]) -> Iterator[tuple[Pause, PauseKind, str]]:
    has_phases = any(pause.event == PHASE for pause in pauses)
    for pause in pauses:
        if pause.event == STALL:
            yield pause, PauseKind.STALL, "Allocation Stall"
        elif pause.event == PHASE:
            collection = collections.get(pause.gc)
            kind = _kind(collection.name if collection else "", pause.name)
            yield pause, kind, (collection.cause if collection and kind in _WHOLE else pause.name) or pause.name
        elif not has_phases and pause.ms > 0:
            yield pause, _kind(pause.name, "GC Pause"), pause.cause


_WHOLE = (PauseKind.YOUNG, PauseKind.FULL)


def _kind(collection: str, phase: str) -> PauseKind:
    """A whole pause is named GC Pause; phases of concurrent collectors have names of their own."""
    if phase != "GC Pause":
        return PauseKind.CONCURRENT_PHASE
    if collection in _FULL:
        return PauseKind.FULL
    return PauseKind.YOUNG if collection in _YOUNG else PauseKind.OTHER


def _collector(name: str) -> str:
    return next((collector for starts, collector in _COLLECTORS if name.startswith(starts)), "")


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value[:200].encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
