"""Writes the files of a commit into a folder of our own, so that they are scanned like any tree. Nothing is checked out in the repository."""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rustplan.evidence.history.isolated import Isolated, NoHistory
from rustplan.evidence.history.process import Clock, running

MOST_FILES = 1_000_000
_FILE, _EXECUTABLE, _LINK, _SUBMODULE = b"100644", b"100755", b"120000", b"160000"
_FORBIDDEN = frozenset((b"", b".", b"..", b".git"))
_MOST_LINK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of a commit, relative to the scanned folder."""

    mode: bytes
    name: bytes
    path: bytes
    size: int


def entries(git: str, place: Isolated, commit: str, prefix: bytes, clock: Clock) -> list[Entry]:
    """The paths of `commit` below `prefix` (b"" or a folder and a slash). Raises NoHistory and GitFailed."""
    found: list[Entry] = []
    with running(git, place, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit], clock) as chunks:
        for line in _records(chunks):
            head, _, path = line.partition(b"\t")
            mode, _, name, size = head.split()
            parts = path.split(b"/")
            if path.startswith(prefix) and not any(part.lower() in _FORBIDDEN for part in parts):
                found.append(Entry(mode, name, path[len(prefix) :], int(size) if size.isdigit() else 0))
            if len(found) > MOST_FILES:
                raise NoHistory(f"the commit has more than {MOST_FILES} files")
    return found


def _records(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\0")
        yield from lines


def write_tree(
    folder: Path, found: list[Entry], most_bytes: int, git: str, place: Isolated, commit: str, clock: Clock
) -> None:
    """Write the files below `folder`, which is empty. Of one larger than `most_bytes` only the size is kept: nobody reads it."""
    top = os.fsencode(folder)
    found = list({entry.path: entry for entry in found}.values())
    wanted = [entry for entry in found if entry.mode in (_FILE, _EXECUTABLE) and entry.size <= most_bytes]
    for parent in sorted({os.path.dirname(entry.path) for entry in found}):
        os.makedirs(top + b"/" + parent, exist_ok=True)
    for entry in found:
        if entry.mode in (_FILE, _EXECUTABLE) and entry.size > most_bytes:
            with _new_file(top, entry.path) as file:
                file.truncate(entry.size)
    for entry, data in _contents(wanted, git, place, clock):
        with _new_file(top, entry.path) as file:
            file.write(data)
    links = [entry for entry in found if entry.mode == _LINK and entry.size <= _MOST_LINK_BYTES]
    for entry, target in _contents(links, git, place, clock):
        if target and b"\0" not in target and not os.path.lexists(top + b"/" + entry.path):
            os.symlink(target, top + b"/" + entry.path)
    _write_index(top, found, commit)


def _new_file(top: bytes, path: bytes) -> BinaryIO:
    """A file that is not there yet; nothing is followed or overwritten."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(top + b"/" + path, flags, 0o600), "wb")


def _contents(wanted: list[Entry], git: str, place: Isolated, clock: Clock) -> Iterator[tuple[Entry, bytes]]:
    """The bytes of files, in their order."""
    if not wanted:
        return
    with tempfile.TemporaryFile() as names:
        names.write(b"".join(entry.name + b"\n" for entry in wanted))
        names.seek(0)
        with running(git, place, ["cat-file", "--batch", "--buffer"], clock, stdin=names.fileno()) as chunks:
            reader = _Reader(chunks)
            for entry in wanted:
                answer = reader.line().split()
                if len(answer) != 3 or answer[1] != b"blob":
                    raise NoHistory("a file of the commit is not in this clone; fetch it whole")
                data = reader.take(int(answer[2]))
                reader.take(1)
                yield entry, data


class _Reader:
    """Lines and counted bytes from a stream of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = bytearray()
        self._at = 0

    def _more(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise NoHistory("git's answer is cut off")
        del self._rest[: self._at]
        self._at = 0
        self._rest += chunk

    def line(self) -> bytes:
        while (end := self._rest.find(b"\n", self._at)) < 0:
            if len(self._rest) - self._at > 1000:
                raise NoHistory("git's answer is not understood")
            self._more()
        found = bytes(self._rest[self._at : end])
        self._at = end + 1
        return found

    def take(self, size: int) -> bytes:
        while len(self._rest) - self._at < size:
            self._more()
        found = bytes(self._rest[self._at : self._at + size])
        self._at += size
        return found


def _write_index(top: bytes, found: list[Entry], commit: str) -> None:
    """A git folder that says what is tracked and which commit it is: the walk looks at both as it does in a work tree."""
    names = sorted({entry.path: entry.mode for entry in found if entry.mode != _LINK or entry.size}.items())
    hash_bytes = len(commit) // 2
    parts = [struct.pack(">4sII", b"DIRC", 2, len(names))]
    for path, mode in names:
        fixed = struct.pack(f">24xI12x{hash_bytes}xH", int(mode, 8), min(len(path), 0xFFF))
        record = fixed + path
        parts.append(record + b"\0" * (8 - len(record) % 8))
    data = b"".join(parts)
    os.mkdir(top + b"/.git", 0o700)
    with _new_file(top, b".git/index") as index:
        index.write(data + (hashlib.sha1(data) if hash_bytes == 20 else hashlib.sha256(data)).digest())  # noqa: S324 - git's format
    with _new_file(top, b".git/HEAD") as head:
        head.write(commit.encode("ascii") + b"\n")
    if hash_bytes == 32:
        with _new_file(top, b".git/config") as config:
            config.write(b"[extensions]\n\tobjectFormat = sha256\n")
