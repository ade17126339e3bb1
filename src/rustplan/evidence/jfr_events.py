"""What the events of a Java Flight Recorder recording say: allocation, processor samples, pauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rustplan.evidence.jfr_pauses import PAUSE_EVENTS, Pause, pause_of
from rustplan.evidence.profile_charge import Charges, Frame, Frames
from rustplan.evidence.profile_frames import type_name
from rustplan.model.profile import Profile, ProfileKind

ALLOCATION_EVENTS = {
    "jdk.ObjectAllocationSample": "weight",
    "jdk.ObjectAllocationInNewTLAB": "tlabSize",
    "jdk.ObjectAllocationOutsideTLAB": "allocationSize",
}
"""Event -> the field that holds its bytes. The first is that of JDK 16 and later, the others that of JDK 11 to 15."""

CPU_EVENTS = ("jdk.CPUTimeSample", "jdk.ExecutionSample")
EVENTS = (*ALLOCATION_EVENTS, *CPU_EVENTS, *PAUSE_EVENTS)
"""Every event that is read."""

MOST_EVENTS = 1_000_000
"""Events read of one recording; a longer one is read up to here, with a note."""

MOST_PAUSES = 1_000_000
LARGEST_BYTES = 2.0**53
_SHALLOW = 5
"""Frames that `jfr print` keeps when it is not told otherwise."""


@dataclass(slots=True)
class Recording:
    """What was read of one recording: charges by the event they came from, pauses, and how the stacks were cut."""

    charges: dict[str, Charges] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    read: int = 0
    unusable: int = 0
    is_cut_short: bool = False
    cut_stacks: int = 0
    cut_unmapped: int = 0
    deepest: int = 0

    @property
    def is_empty(self) -> bool:
        """True when none of the events read was there."""
        return not self.charges and not self.pauses


def read_events(events: Iterable[Mapping[str, Any]], frames: Frames) -> Recording:
    """Charge every allocation and processor sample, and gather the pauses."""
    recording = Recording()
    for event in events:
        kind, values = event.get("type"), event.get("values")
        if not isinstance(kind, str) or kind not in EVENTS or not isinstance(values, dict):
            continue
        if recording.read >= MOST_EVENTS:
            recording.is_cut_short = True
            break
        recording.read += 1
        if kind in PAUSE_EVENTS:
            _gather_pause(recording, kind, values)
        else:
            _charge(recording, kind, values, frames)
    return recording


def profiles(recording: Recording, base: Profile) -> Iterator[Profile]:
    """The allocation and the processor profile of a recording, those it has; `base` names the file."""
    notes = (*base.notes, *_notes(recording))
    sampled = recording.charges.get("jdk.ObjectAllocationSample")
    tlab = [recording.charges[name] for name in list(ALLOCATION_EVENTS)[1:] if name in recording.charges]
    if sampled is not None:
        told = ("events of new allocation buffers were left out: they tell the same bytes",) if tlab else ()
        yield _profile(base, ProfileKind.ALLOCATION, "bytes", sampled, (*notes, *told))
    elif tlab:
        yield _profile(base, ProfileKind.ALLOCATION, "bytes", tlab[0], notes)
    for name in CPU_EVENTS:
        if name in recording.charges:
            yield _profile(base, ProfileKind.CPU, "samples", recording.charges[name], notes)
            return


def _gather_pause(recording: Recording, kind: str, values: Mapping[str, Any]) -> None:
    pause = pause_of(kind, values)
    if pause is None or len(recording.pauses) >= MOST_PAUSES:
        recording.unusable += 1
    else:
        recording.pauses.append(pause)


def _charge(recording: Recording, kind: str, values: Mapping[str, Any], frames: Frames) -> None:
    size_field = ALLOCATION_EVENTS.get(kind)
    value = 1 if size_field is None else _bytes(values.get(size_field))
    if value is None:
        recording.unusable += 1
        return
    stack = values.get("stackTrace")
    raw = stack.get("frames") if isinstance(stack, dict) else None
    raw = raw if isinstance(raw, list) else []
    is_cut = isinstance(stack, dict) and stack.get("truncated") is True
    found = _charges(recording, kind).add(_stack(raw, frames), value, _type_of(values))
    recording.deepest = max(recording.deepest, len(raw))
    recording.cut_stacks += is_cut
    recording.cut_unmapped += is_cut and not found


def _charges(recording: Recording, kind: str) -> Charges:
    """The table of an event. The two events of JDK 11 to 15 are halves of one table."""
    first, second = list(ALLOCATION_EVENTS)[1:]
    if kind in (first, second):
        shared = recording.charges.get(first) or recording.charges.get(second) or Charges()
        return recording.charges.setdefault(first, shared)
    return recording.charges.setdefault(kind, Charges())


def _stack(raw: Iterable[object], frames: Frames) -> Iterator[Frame]:
    for one in raw:
        method = one.get("method") if isinstance(one, dict) else None
        owner = method.get("type") if isinstance(method, dict) else None
        if not isinstance(one, dict) or not isinstance(method, dict) or not isinstance(owner, dict):
            continue
        class_name, name, line = owner.get("name"), method.get("name"), one.get("lineNumber")
        if isinstance(class_name, str) and isinstance(name, str) and class_name and name:
            yield frames.java(class_name.replace("/", "."), name, line if isinstance(line, int) and line > 0 else 0)


def _type_of(values: Mapping[str, Any]) -> str:
    allocated = values.get("objectClass")
    name = allocated.get("name") if isinstance(allocated, dict) else None
    return type_name(name) if isinstance(name, str) else ""


def _bytes(value: object) -> int | float | None:
    """A size, or None for what is no size: negative, not a number, or more than any machine has."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if 0 <= value <= LARGEST_BYTES else None


def _profile(base: Profile, kind: ProfileKind, unit: str, charges: Charges, notes: tuple[str, ...]) -> Profile:
    return Profile(
        name=base.name,
        format=base.format,
        kind=kind,
        unit=unit,
        sha256=base.sha256,
        events=charges.events,
        total=float(charges.total),
        mapped=float(charges.mapped),
        methods=charges.methods(),
        unmapped=charges.unmapped(),
        seconds=base.seconds,
        notes=(*notes, *charges.notes),
    )


def _notes(recording: Recording) -> Iterator[str]:
    if recording.is_cut_short:
        yield f"only the first {MOST_EVENTS} events were read"
    if recording.unusable:
        yield f"{recording.unusable} events without a usable figure were left out"
    if recording.cut_unmapped:
        way = (
            "print it with --stack-depth 64"
            if recording.deepest <= _SHALLOW
            else "record with -XX:FlightRecorderOptions=stackdepth=256"
        )
        yield (
            f"{recording.cut_stacks} stacks are cut off, and {recording.cut_unmapped} of them hold no frame of the tree: {way}"
        )
