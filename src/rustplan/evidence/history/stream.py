"""Turns git's NUL-separated output into commits, one at a time, whatever bytes messages and paths hold.

A commit is seven fields, the first of which begins with "=", and then its files. What git itself writes of a file begins with a digit, a
hyphen or a colon, so no message and no path can be taken for a commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rustplan.evidence.history.isolated import NoHistory

FORMAT = "=%H%x00%P%x00%ct%x00%aE%x00%aN%x00%s%x00%b"
MAX_TOKEN_BYTES = 64 * 1024
MAX_FILES = 200_000
"""Files of one commit that are kept; further ones are counted only."""

_HEADER = re.compile(rb"=[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_FIELDS_AFTER_NAME = 6
_LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Touched:
    """A file of a commit: its path after it, the path before when it was renamed, and lines, None when git does not tell."""

    path: bytes
    before: bytes | None
    added: int | None
    removed: int | None


@dataclass(slots=True)
class RawCommit:
    """A commit as git tells it. `time` is in seconds since 1970, `author` a person's key, never shown."""

    name: str
    parents: int
    time: int | None
    author: bytes
    subject: bytes
    body: bytes
    files: list[Touched] = field(default_factory=list)
    file_count: int = 0


def tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut output at NUL bytes. A token keeps its first 64 KiB, so that a message of any size takes no more."""
    rest, is_dropping = b"", False
    for chunk in chunks:
        parts = chunk.split(b"\0")
        if len(parts) > 1:
            yield rest if is_dropping else (rest + parts[0])[:MAX_TOKEN_BYTES]
            yield from parts[1:-1]
            rest, is_dropping = parts[-1], False
        elif not is_dropping:
            rest += chunk
        if len(rest) > MAX_TOKEN_BYTES:
            rest, is_dropping = rest[:MAX_TOKEN_BYTES], True
    if rest:
        yield rest


def commits(chunks: Iterable[bytes]) -> Iterator[RawCommit]:
    """Give the commits of `git log -z` with FORMAT and --numstat or --raw. Raises NoHistory when the output is of another form."""
    stream = tokens(chunks)
    current: RawCommit | None = None
    for token in stream:
        token = token.lstrip(b"\n")
        if token.startswith(b"="):
            if current is not None:
                yield current
            current = _commit(token, stream)
        elif token and current is not None:
            touched = _touched(token, stream)
            current.file_count += 1
            if current.file_count <= MAX_FILES:
                current.files.append(touched)
    if current is not None:
        yield current


def _commit(token: bytes, stream: Iterator[bytes]) -> RawCommit:
    fields = [next(stream, b"") for _ in range(_FIELDS_AFTER_NAME)]
    if not _HEADER.match(token):
        raise NoHistory("git's list of commits was not understood")
    parents, time, mail, person, subject, body = fields
    return RawCommit(
        name=token[1:].decode("ascii"),
        parents=len(parents.split()),
        time=_seconds(time),
        author=(mail or person).lower(),
        subject=subject,
        body=body,
    )


def _seconds(text: bytes) -> int | None:
    """A commit's time; None when it is missing or beyond the calendar."""
    if not text.isdigit() or len(text) > 12:
        return None
    value = int(text)
    return value if 0 < value <= _LATEST else None


def _touched(token: bytes, stream: Iterator[bytes]) -> Touched:
    """Read one file: `:modes names STATUS` and paths, or `added TAB removed TAB path`, where a rename has both paths after it."""
    if token.startswith(b":"):
        status = token.rpartition(b" ")[2]
        first = next(stream, b"")
        return (
            Touched(next(stream, b""), first, None, None)
            if status[:1] in (b"R", b"C")
            else Touched(first, None, None, None)
        )
    added, _, rest = token.partition(b"\t")
    removed, tab, path = rest.partition(b"\t")
    if not tab:
        raise NoHistory("git's list of changed files was not understood")
    before = None
    if not path:
        before = next(stream, b"")
        path = next(stream, b"")
    return Touched(path, before, _lines(added), _lines(removed))


def _lines(text: bytes) -> int | None:
    return int(text) if text.isdigit() and len(text) < 12 else None
