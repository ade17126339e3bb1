"""Reads one file, or says why not: between the walk and this moment the file may have become anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Protocol

from rustplan.model.paths import real_path
from rustplan.model.source import SkippedFile, SkipReason, SourceFile, TextFile

MOST_TEXT_BYTES = 512 * 1024
"""Bytes of one build, packaging or CI file."""


class Elsewhere(Protocol):
    """A place that is no folder of this machine: it knows what reading a file gave where the tree is."""

    def read(self, file: SourceFile) -> bytes | SkippedFile:
        """Return what `read_source` returned there."""


Place = Path | Elsewhere
"""Where the files of a tree are read."""


class _NotRead(Exception):
    """Why a file was not read."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_source(root: Place, file: SourceFile) -> bytes | SkippedFile:
    """Return the bytes of `file`; never follows a link, never waits for a pipe, never reads more than the walk saw."""
    if not isinstance(root, Path):
        return root.read(file)
    try:
        data = _read(root, file.path, file.size)
        if len(data) != file.size:
            raise _NotRead(SkipReason.UNREADABLE, "it changed while the tree was scanned; scan again")
    except _NotRead as why:
        return SkippedFile(path=file.path, reason=why.reason, detail=why.detail, language=file.language, size=file.size)
    return data


def read_text(root: Path, file: TextFile) -> bytes | SkippedFile:
    """Return the bytes of a build, packaging or CI file; it is bounded, and it must be text."""
    try:
        data = _read(root, file.path, MOST_TEXT_BYTES)
        if len(data) > MOST_TEXT_BYTES:
            raise _NotRead(SkipReason.TOO_LARGE, f"more than {MOST_TEXT_BYTES} bytes")
        if b"\0" in data:
            raise _NotRead(SkipReason.BINARY, f"a NUL byte at offset {data.find(0)}")
    except _NotRead as why:
        return SkippedFile(path=file.path, reason=why.reason, detail=why.detail)
    return data


def _read(root: Path, path: str, most: int) -> bytes:
    """Return the bytes of a regular file, at most one more than `most`. Raises _NotRead."""
    try:
        descriptor = os.open(real_path(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _NotRead(SkipReason.UNREADABLE, getattr(error, "strerror", None) or str(error)) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _NotRead(SkipReason.NOT_A_REGULAR_FILE, "it was a file when the folder was walked")
        return _read_up_to(descriptor, most + 1)
    except OSError as error:
        raise _NotRead(SkipReason.UNREADABLE, error.strerror or str(error)) from None
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
