"""Reads one file of any known format into profiles and pause logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from rustplan.errors import InputError
from rustplan.evidence import gc_jdk8, gc_unified
from rustplan.evidence.jfr_events import EVENTS, Recording, profiles, read_events
from rustplan.evidence.jfr_pauses import pause_log
from rustplan.evidence.jfr_tool import Printing, Summary, named_for_tool, require_tool, summarize, unreadable
from rustplan.evidence.profile_charge import Charges, Frames
from rustplan.evidence.profile_collapsed import Collapsed, is_allocation
from rustplan.evidence.profile_compiled import Compiled
from rustplan.evidence.profile_input import Lines, open_file, shown_name
from rustplan.evidence.profile_jmh import read_jmh
from rustplan.evidence.profile_json import EventStream
from rustplan.evidence.profile_perf import PerfScript
from rustplan.evidence.profile_sniff import HEAD, Format
from rustplan.evidence.profile_tree import TreeIndex
from rustplan.model.pauses import PauseLog
from rustplan.model.profile import Profile, ProfileKind


class Read(NamedTuple):
    """What one file gave."""

    profiles: tuple[Profile, ...] = ()
    pauses: tuple[PauseLog, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A file to read, its SHA-256, the tree to charge, and the longest accepted pause in milliseconds."""

    path: Path
    sha256: str
    index: TreeIndex
    frames: Frames
    budget_ms: float

    def empty(self, format: Format, kind: ProfileKind, unit: str) -> Profile:
        """A profile of the file that holds nothing yet."""
        return Profile(
            name=shown_name(self.path),
            format=format.value,
            kind=kind,
            unit=unit,
            sha256=self.sha256,
            events=0,
            total=0.0,
            mapped=0.0,
        )


def read_profile(format: Format, request: Request) -> Read:
    """Read a file as `format`. Raises InputError when it holds nothing of the kind."""
    return _READERS[format](request)


def _read_collapsed(request: Request) -> Read:
    with open_file(request.path) as file:
        head = file.read(HEAD).decode("utf-8", "replace").split("\n")[:5_000]
        kind = ProfileKind.ALLOCATION if is_allocation(head) else ProfileKind.CPU
        file.seek(0)
        lines, collapsed = Lines(file), Collapsed(request.frames, kind)
        collapsed.read(lines)
    empty = request.empty(Format.COLLAPSED, kind, collapsed.unit)
    return Read((_filled(empty, collapsed.charges, (*collapsed.notes, *lines.notes), request.index),))


def _read_perf(request: Request) -> Read:
    with open_file(request.path) as file:
        lines, script = Lines(file), PerfScript(request.frames)
        script.read(lines)
    empty = request.empty(Format.PERF, ProfileKind.CPU, "samples")
    filled = _filled(empty, script.charges, (*script.notes, *lines.notes), request.index)
    return Read((msgspec.structs.replace(filled, seconds=script.seconds),))


def _read_compiled(request: Request) -> Read:
    with open_file(request.path) as file:
        lines, compiled = Lines(file), Compiled(request.frames)
        compiled.read(lines)
    total, mapped, methods, unmapped = compiled.summary()
    profile = msgspec.structs.replace(
        request.empty(Format.COMPILED, ProfileKind.COMPILED, "methods"),
        events=compiled.events,
        total=float(total),
        mapped=float(mapped),
        methods=methods,
        unmapped=unmapped,
        notes=(*compiled.notes, *lines.notes),
    )
    return Read((profile,))


def _read_unified_log(request: Request) -> Read:
    with open_file(request.path) as file:
        log = gc_unified.read(file, name=shown_name(request.path), sha256=request.sha256, budget_ms=request.budget_ms)
    return Read(pauses=(log,))


def _read_jdk8_log(request: Request) -> Read:
    with open_file(request.path) as file:
        log = gc_jdk8.read(file, name=shown_name(request.path), sha256=request.sha256, budget_ms=request.budget_ms)
    return Read(pauses=(log,))


def _read_jmh(request: Request) -> Read:
    return Read((read_jmh(request.path, request.index, request.sha256),))


def _read_jfr_json(request: Request) -> Read:
    with open_file(request.path) as file:
        stream = EventStream(file)
        recording = read_events(stream, request.frames)
    empty = request.empty(Format.JFR_JSON, ProfileKind.ALLOCATION, "bytes")
    if stream.problem and recording.is_empty:
        raise InputError(
            f"{empty.name} is no complete recording: {stream.problem}",
            hint="print it again: jfr print --json --stack-depth 64 FILE.jfr",
        )
    notes = (f"{stream.problem}: only what stands before it was read",) if stream.problem else ()
    return _recorded(recording, msgspec.structs.replace(empty, notes=notes), request.budget_ms)


def _read_jfr(request: Request) -> Read:
    tool = require_tool(request.path)
    with named_for_tool(request.path) as recorded:
        summary = summarize(tool, request.path, recorded)
        wanted = [name for name in EVENTS if summary.counts.get(name)]
        if not wanted:
            raise _without_events(shown_name(request.path))
        recording, problem = _printed(tool, request, recorded, wanted)
    if problem and recording.is_empty:
        raise unreadable(request.path, problem)
    empty = request.empty(Format.JFR, ProfileKind.ALLOCATION, "bytes")
    notes = tuple(_differences(summary, recording, problem))
    return _recorded(recording, msgspec.structs.replace(empty, seconds=summary.seconds, notes=notes), request.budget_ms)


def _printed(tool: str, request: Request, recorded: str, wanted: list[str]) -> tuple[Recording, str]:
    """What the tool prints, and what went wrong with it."""
    printing = Printing(tool, recorded, wanted)
    is_done = False
    try:
        stream = EventStream(printing.output)
        recording = read_events(stream, request.frames)
        is_done = True
    except InputError:
        recording, stream = Recording(), EventStream(printing.output)
    finally:
        problem = printing.close(is_enough=is_done and recording.is_cut_short)
    return recording, problem or stream.problem


def _differences(summary: Summary, recording: Recording, problem: str) -> list[str]:
    """What was not read, by the tool's own count."""
    expected = sum(summary.counts.get(name, 0) for name in EVENTS)
    if recording.is_cut_short or (recording.read == expected and not problem):
        return []
    because = f" ({problem})" if problem else ""
    return [f"{recording.read} of the {expected} events that the tool's summary counts were read{because}"]


def _recorded(recording: Recording, base: Profile, budget_ms: float) -> Read:
    if recording.is_empty:
        raise _without_events(base.name)
    logs = (pause_log(recording.pauses, base, budget_ms),) if recording.pauses else ()
    return Read(tuple(profiles(recording, base)), logs)


def _without_events(name: str) -> InputError:
    return InputError(
        f"{name} holds no allocation or processor sample and no collection",
        hint="record with: -XX:StartFlightRecording:settings=profile,filename=FILE.jfr",
    )


def _filled(empty: Profile, charges: Charges, notes: tuple[str, ...], index: TreeIndex) -> Profile:
    methods = charges.methods()
    doubtful = sum(method.name in index.ambiguous for method in methods)
    told = (f"{doubtful} functions share their name with another file: the first file has the charge",)
    return msgspec.structs.replace(
        empty,
        events=charges.events,
        total=float(charges.total),
        mapped=float(charges.mapped),
        methods=methods,
        unmapped=charges.unmapped(),
        notes=(*notes, *charges.notes, *(told if doubtful else ())),
    )


_READERS: dict[Format, Callable[[Request], Read]] = {
    Format.JFR: _read_jfr,
    Format.JFR_JSON: _read_jfr_json,
    Format.JMH: _read_jmh,
    Format.COLLAPSED: _read_collapsed,
    Format.COMPILED: _read_compiled,
    Format.PERF: _read_perf,
    Format.GC_UNIFIED: _read_unified_log,
    Format.GC_JDK8: _read_jdk8_log,
}
