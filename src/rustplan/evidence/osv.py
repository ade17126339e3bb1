"""Reads local vulnerability records in the OSV format and leads them to files by way of their fix commits."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rustplan.catalog.cwe import load_weaknesses
from rustplan.errors import InputError
from rustplan.evidence.history.messages import printable, speaks_of_memory
from rustplan.model.evidence import AbsentEvidence
from rustplan.model.history import FixedIn, History, SkippedRecord, Vulnerabilities, Vulnerability
from rustplan.model.paths import model_path, raw_text

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_FILES = 50_000
MAX_TOTAL_BYTES = 1024**3
_MAX_DEPTH = 10
_MOST_SKIPPED = 200
_MOST_AFFECTED = 50
_MOST_FIXES = 50
_MOST_WORDS = 20
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_COMMIT_URL = re.compile(r"https?://[^\s?#]{1,300}/(?:commit|commits|\+)/([0-9a-f]{40}(?:[0-9a-f]{24})?)\b")
_CWE = re.compile(r"CWE-(\d{1,5})\b")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}\Z")


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Event(msgspec.Struct):
    fixed: str | None = None


class _Range(msgspec.Struct):
    type: str = ""
    events: list[_Event] = []


class _Affected(msgspec.Struct):
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    database_specific: Any = None


class _Reference(msgspec.Struct):
    type: str = ""
    url: str = ""


class _Record(msgspec.Struct):
    """What is read of a record; other keys are passed over."""

    id: str
    aliases: list[str] | None = None
    summary: str = ""
    details: str = ""
    withdrawn: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: Any = None


_decoder = msgspec.json.Decoder(_Record | list[_Record])


class OsvRecords(msgspec.Struct, frozen=True, kw_only=True):
    """Records as read, before they are led to files. `commits` are all fix commits they name."""

    records: tuple[Vulnerability, ...]
    skipped: tuple[SkippedRecord, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def commits(self) -> frozenset[str]:
        """The commits to look for in the history."""
        return frozenset(fix.commit for record in self.records for fix in record.fixes)


def read_osv(folder: Path) -> OsvRecords:
    """Read every *.json below a folder. A bad file is listed as skipped. Raises InputError when the folder holds none or cannot be read."""
    found: dict[str, Vulnerability] = {}
    skipped: list[SkippedRecord] = []
    notes: list[str] = []
    files = _json_files(folder)
    if not files:
        raise InputError(
            f"{printable(str(folder))}: no OSV record (*.json) lies there", hint="unpack the records first"
        )
    if len(files) > MAX_FILES:
        notes.append(f"only the first {MAX_FILES} of the record files were read")
    room = MAX_TOTAL_BYTES
    for path, origin in files[:MAX_FILES]:
        try:
            data = _read(path, min(MAX_FILE_BYTES, room))
            room -= len(data)
            records = _decode(data)
        except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            skipped.append(SkippedRecord(origin=origin, because=_words(error)))
            continue
        for record in records:
            because = "it was withdrawn" if record.withdrawn else _take(record, origin, found)
            if because:
                skipped.append(SkippedRecord(origin=f"{origin}: {printable(record.id, 60)}", because=because))
    if len(skipped) > _MOST_SKIPPED:
        notes.append(f"{len(skipped) - _MOST_SKIPPED} more records were skipped")
    return OsvRecords(
        records=tuple(found[name] for name in sorted(found)),
        skipped=tuple(sorted(skipped)[:_MOST_SKIPPED]),
        notes=tuple(notes),
    )


def map_osv(records: OsvRecords, history: History | AbsentEvidence) -> Vulnerabilities:
    """Lead records to the files that their fix commits touch; the history must have been read with `marks=records.commits`."""
    if isinstance(history, AbsentEvidence):
        reasons: dict[str, FixedIn] = {}
        otherwise = f"there is no history: {history.because}"
    else:
        reasons = {mark.commit: _led(mark.commit, mark.paths, is_merge=mark.is_merge) for mark in history.marked}
        otherwise = "the commit is not in the history that was read" + (
            "" if history.is_complete else ", which is cut off"
        )
    mapped = []
    for record in records.records:
        fixes = tuple(reasons.get(fix.commit, FixedIn(commit=fix.commit, because=otherwise)) for fix in record.fixes)
        paths = tuple(sorted({path for fix in fixes for path in fix.paths}))
        mapped.append(msgspec.structs.replace(record, fixes=fixes, paths=paths))
    return Vulnerabilities(records=tuple(mapped), skipped=records.skipped, notes=records.notes)


def _led(commit: str, paths: tuple[str, ...], *, is_merge: bool) -> FixedIn:
    if paths:
        return FixedIn(commit=commit, paths=paths)
    because = "it is a merge, whose own changes are not read" if is_merge else "it touches none of the files read"
    return FixedIn(commit=commit, because=because)


def _json_files(folder: Path) -> list[tuple[bytes, str]]:
    """Every *.json below a folder with its name below it, sorted; links are not followed."""
    top = os.fsencode(folder)
    found: list[tuple[bytes, str]] = []
    try:
        if not stat.S_ISDIR(os.stat(top).st_mode):
            raise NotADirectoryError(20, "Not a directory")
        _collect(top, b"", found, _MAX_DEPTH)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else "not a path"
        raise InputError(f"{printable(str(folder))}: {words}", hint="--osv takes a folder of OSV records") from None
    return sorted(found)


def _collect(folder: bytes, inside: bytes, found: list[tuple[bytes, str]], depth: int) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if len(found) > MAX_FILES:
                return
            name = inside + entry.name
            if entry.is_dir(follow_symlinks=False) and depth:
                _collect(entry.path, name + b"/", found, depth - 1)
            elif entry.name.endswith(b".json") and not entry.is_dir(follow_symlinks=False):
                found.append((entry.path, model_path(raw_text(name))))


def _read(path: bytes, limit: int) -> bytes:
    """Return a regular file's bytes, never through a link, never waiting for a pipe. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        if status.st_size > limit:
            raise OSError(0, f"larger than {limit} bytes")
        return stream.read(limit)


def _decode(data: bytes) -> Sequence[_Record]:
    value = _decoder.decode(data)
    return value if isinstance(value, list) else [value]


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, RecursionError):
        return "nested too deep"
    return printable(f"no OSV record: {error}", 200)


def _take(record: _Record, origin: str, found: dict[str, Vulnerability]) -> str:
    """Keep a record; return why not, or ""."""
    if not _ID.match(record.id):
        return "its id is not understood"
    if record.id in found:
        return f"the same id as in {found[record.id].origin}"
    found[record.id] = _vulnerability(record, origin)
    return ""


def _vulnerability(record: _Record, origin: str) -> Vulnerability:
    affected = record.affected or []
    versions = sorted({printable(version, 60) for entry in affected for version in entry.versions or ()})
    cwes = _cwes(record)
    severities = [*(record.severity or ()), *(item for entry in affected for item in entry.severity or ())]
    return Vulnerability(
        id=record.id,
        origin=origin,
        aliases=tuple(sorted({alias for alias in record.aliases or () if _ID.match(alias)})[:_MOST_WORDS]),
        summary=printable(record.summary or record.details),
        severity=_severity_word(record),
        vectors=tuple(sorted({printable(item.score, 120) for item in severities if item.score})[:_MOST_WORDS]),
        cwes=cwes,
        is_memory_safety=_is_memory_safety(record, cwes),
        affected=tuple(versions[:_MOST_AFFECTED]),
        affected_count=len(versions),
        fixes=tuple(FixedIn(commit=name) for name in sorted(set(_fix_commits(record)))[:_MOST_FIXES]),
    )


def _fix_commits(record: _Record) -> Iterator[str]:
    """Commits of GIT ranges that end a range, and those that a reference of type FIX links to."""
    for entry in record.affected or ():
        for span in entry.ranges or ():
            if span.type == "GIT":
                yield from (event.fixed for event in span.events if event.fixed and _OBJECT_NAME.match(event.fixed))
    for reference in record.references or ():
        if reference.type == "FIX" and (link := _COMMIT_URL.match(reference.url)):
            yield link.group(1)


def _cwes(record: _Record) -> tuple[int, ...]:
    """The CWE numbers that database-specific parts name, in whatever form."""
    parts = [record.database_specific, *(entry.database_specific for entry in record.affected or ())]
    text = " ".join(
        str(part.get(key, "")) for part in parts if isinstance(part, dict) for key in ("CWE", "cwe", "cwes", "cwe_ids")
    )
    return tuple(sorted({int(number) for number in _CWE.findall(text[:10_000])})[:_MOST_WORDS])


def _is_memory_safety(record: _Record, cwes: tuple[int, ...]) -> bool | None:
    """By membership of its CWEs in the memory safety category, else by its words; None when there are neither."""
    catalogue = load_weaknesses()
    known = [catalogue[number] for number in cwes if number in catalogue]
    if any(weakness.is_memory_safety for weakness in known):
        return True
    text = f"{record.summary}\n{record.details}"
    if speaks_of_memory(text):
        return True
    return False if known else None


def _severity_word(record: _Record) -> str:
    specific = record.database_specific
    word = specific.get("severity", "") if isinstance(specific, dict) else ""
    return printable(word, 20).lower() if isinstance(word, str) else ""
