"""Reads one source file, or says why not: between the walk and this moment the file may have become anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from rustplan.model.paths import real_path
from rustplan.model.source import SkippedFile, SkipReason, SourceFile


def read_source(root: Path, file: SourceFile) -> bytes | SkippedFile:
    """Return the bytes of `file`; never follows a link, never waits for a pipe, never reads more than the walk saw."""
    try:
        descriptor = os.open(real_path(root, file.path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        return _skipped(file, SkipReason.UNREADABLE, getattr(error, "strerror", None) or str(error))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return _skipped(file, SkipReason.NOT_A_REGULAR_FILE, "it was a file when the folder was walked")
        data = _read_up_to(descriptor, file.size + 1)
    except OSError as error:
        return _skipped(file, SkipReason.UNREADABLE, error.strerror or str(error))
    finally:
        os.close(descriptor)
    if len(data) != file.size:
        return _skipped(file, SkipReason.UNREADABLE, "it changed while the tree was scanned; scan again")
    return data


def _read_up_to(descriptor: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _skipped(file: SourceFile, reason: SkipReason, detail: str) -> SkippedFile:
    return SkippedFile(path=file.path, reason=reason, detail=detail, language=file.language, size=file.size)
