"""The outline of a SARIF log: its runs with everything but their results, and where in the file those begin."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from rustplan.errors import InputError
from rustplan.evidence.profile_input import open_file, shown_name
from rustplan.evidence.sarif_paths import LONGEST
from rustplan.evidence.sarif_stream import BrokenJson, JsonStream, TooMuch
from rustplan.evidence.sarif_values import decode, items, member, text, whole_number

VERSION = "2.1.0"
LARGEST_FILE = 1024 * 1024 * 1024
"""Bytes of a log that is read."""

MOST_RUNS = 1000
MOST_ARTIFACTS = 300_000
"""Files that are known by index, of all runs of a log together."""

LARGEST_PARTS = 64 * 1024 * 1024
"""Bytes of the parts of all runs that describe tools, rules and addresses."""

LARGEST_ARTIFACT = 1024 * 1024
_SMALL = 64 * 1024
_BLOCK = 1024 * 1024
_LOG = re.compile(rb"(?:\A|(?<=[\xbf\n]))[ \t\r]*+\{")
_MOST_INVOCATIONS = 100
_MOST_NOTES = 10
_HOW = "it must be SARIF 2.1.0; docs/how-to/import-findings.md tells how tools write it"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"{\0", b"\0{")


@dataclass(slots=True, kw_only=True)
class RunOutline:
    """One run of a log. `results_at` is the byte offset of its results, None when it holds none; `artifacts` are locations by index."""

    tool: Any = None
    taxonomies: Any = None
    bases: dict[str, Any] = field(default_factory=dict)
    artifacts: list[Any] = field(default_factory=list)
    results_at: int | None = None
    notes: list[str] = field(default_factory=list)


def open_log(path: Path) -> BinaryIO:
    """Open a file that was named with --sarif. Raises InputError."""
    return open_file(path, "--sarif")


def read_outline(path: Path) -> tuple[RunOutline, ...]:
    """Read everything but the results of each run. Raises InputError for what is no SARIF 2.1.0 log of at most a gigabyte."""
    runs: list[RunOutline] = []
    room = _Room()
    with open_log(path) as file:
        offset: int | None = _first_log(file, path)
        while offset is not None and len(runs) < MOST_RUNS:
            stream = JsonStream(file, offset)
            try:
                runs.extend(_Outline(stream, path, room).read())
                offset = _next_log(file, stream.offset)
            except BrokenJson as error:
                raise broken(path, error) from None
    if len(runs) > MOST_RUNS or offset is not None:
        runs[MOST_RUNS - 1].notes.append(f"only the first {MOST_RUNS} runs of the file were read")
    return tuple(runs[:MOST_RUNS])


def broken(path: Path, error: BrokenJson) -> InputError:
    """The one error for a file that is no JSON somewhere."""
    return InputError(f"{shown_name(path)} is no valid JSON: {error}", hint=_HOW)


def _first_log(file: BinaryIO, path: Path) -> int:
    """Where the log begins: behind a byte order mark, and behind the lines that a compiler prints before it."""
    head = file.read(4096)
    if head.startswith(_UTF16):
        raise InputError(
            f"{shown_name(path)} is UTF-16 text", hint="SARIF is UTF-8; convert it: iconv -f UTF-16 -t UTF-8 IN > OUT"
        )
    begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    found = _LOG.search(head, begin)
    if found is None:
        raise InputError(f"{shown_name(path)} is no SARIF log: it does not begin with an object", hint=_HOW)
    if file.seek(0, 2) > LARGEST_FILE:
        raise InputError(f"{shown_name(path)} is larger than 1 GiB", hint="give the runs in several files")
    return found.end() - 1


def _next_log(file: BinaryIO, offset: int) -> int | None:
    """Where another log begins behind one: compilers print one for each file they compile, with other lines between."""
    file.seek(offset)
    before = b"\n"
    while data := file.read(_BLOCK):
        found = _LOG.search(before + data)
        if found is not None:
            return offset + found.end() - 1 - len(before)
        offset += len(data)
        before = data[-1:]
    return None


@dataclass(slots=True)
class _Room:
    """How much more of a file is kept in memory: bytes of parts and number of artifacts, of all runs together."""

    parts: int = LARGEST_PARTS
    artifacts: int = MOST_ARTIFACTS


class _Outline:
    def __init__(self, stream: JsonStream, path: Path, room: _Room) -> None:
        self._stream = stream
        self._path = path
        self._room = room

    def read(self) -> tuple[RunOutline, ...]:
        version, schema = "", ""
        runs: list[RunOutline] | None = None
        for name in self._stream.members():
            if name == "version":
                version = text(self._value(_SMALL)) or "?"
            elif name == "$schema":
                schema = text(self._value(_SMALL))
            elif name == "runs" and self._stream.peek() == b"[":
                runs = self._runs()
            else:
                self._stream.skip()
        self._check_version(version, schema)
        if runs is None:
            raise InputError(f'{shown_name(self._path)} is no SARIF log: it holds no list "runs"', hint=_HOW)
        return tuple(runs)

    def _check_version(self, version: str, schema: str) -> None:
        """2.1.0, or one of its drafts (2.1.0-rtm.5); the schema's address speaks when the version is missing."""
        if version == VERSION or version.startswith(f"{VERSION}-") or (not version and VERSION in schema):
            return
        if not version:
            raise InputError(f"{shown_name(self._path)} is no SARIF log: it names no version", hint=_HOW)
        raise InputError(
            f"{shown_name(self._path)} is SARIF {ascii(version)[1:-1][:40]}; rustplan reads 2.1.0",
            hint="convert it: sarif-multitool transform --sarif-output-version Current FILE",
        )

    def _runs(self) -> list[RunOutline]:
        """One more than are read, so that the reader can tell that there were more."""
        runs: list[RunOutline] = []
        for _ in self._stream.elements():
            if self._stream.peek() == b"{" and len(runs) <= MOST_RUNS:
                runs.append(self._run())
            else:
                self._stream.skip()
        return runs

    def _run(self) -> RunOutline:
        run = RunOutline()
        for name in self._stream.members():
            if name == "results" and self._stream.peek() == b"[":
                run.results_at = self._stream.offset
                self._stream.skip()
            elif name == "artifacts" and self._stream.peek() == b"[":
                self._artifacts(run)
            elif name == "tool":
                run.tool = self._part(run, "the tool's description and rules")
            elif name == "taxonomies":
                run.taxonomies = self._part(run, "the taxonomies")
            elif name == "originalUriBaseIds":
                bases = self._part(run, "the base addresses")
                run.bases = bases if isinstance(bases, dict) else {}
            elif name == "invocations":
                run.notes.extend(_failures(self._part(run, "the invocations")))
            elif name == "externalPropertyFileReferences":
                run.notes.append("parts of the run lie in other files, which are not read")
                self._stream.skip()
            else:
                self._stream.skip()
        if run.results_at is None:
            run.notes.append("the run holds no list of results: the tool did not finish, or its results lie elsewhere")
        return run

    def _artifacts(self, run: RunOutline) -> None:
        """Only where each lies: a log may embed the contents of its files."""
        for _ in self._stream.elements():
            if self._room.artifacts:
                self._room.artifacts -= 1
                run.artifacts.append(_short(member(self._value(LARGEST_ARTIFACT), "location")))
            else:
                self._stream.skip()

    def _part(self, run: RunOutline, what: str) -> Any:
        try:
            raw = self._stream.take(self._room.parts)
            self._room.parts -= len(raw)
            return decode(raw)
        except (TooMuch, ValueError):
            run.notes.append(f"{what} could not be read")
            return None

    def _value(self, most: int) -> object:
        try:
            return decode(self._stream.take(most))
        except (TooMuch, ValueError):
            return None


def _short(location: object) -> dict[str, str]:
    """The address of a location without the rest; one that is too long to be looked for is cut."""
    found = {name: member(location, name) for name in ("uri", "uriBaseId")}
    return {name: value[: LONGEST + 1] for name, value in found.items() if isinstance(value, str)}


def _failures(invocations: object) -> list[str]:
    """What the tool says of its own failures."""
    notes = []
    for one in items(invocations, _MOST_INVOCATIONS):
        if member(one, "executionSuccessful") is False:
            code = whole_number(member(one, "exitCode"))
            reason = text(member(one, "exitSignalName")) or text(member(one, "processStartFailureMessage"))
            ended = "" if code is None else f" (exit code {code})"
            notes.append(f"the tool says that its run failed{ended}{f': {reason}' if reason else ''}")
        notes.extend(_complaints(one))
    return list(dict.fromkeys(notes))[:_MOST_NOTES]


def _complaints(invocation: object) -> list[str]:
    """How many errors and warnings of its own a tool reports, and the first of each."""
    notices = [
        notice
        for kind in ("toolExecutionNotifications", "toolConfigurationNotifications")
        for notice in items(member(invocation, kind), 100_000)
    ]
    told = []
    for level in ("error", "warning"):
        found = [notice for notice in notices if member(notice, "level") == level]
        if found:
            first = text(member(found[0], "message", "text")) or "no text"
            told.append(
                f"the tool reports {len(found)} {level}{'s' if len(found) > 1 else ''} of its own, first: {first}"
            )
    return told
