"""Opening files of a hostile tree: regular files only, bounded, never through a symbolic link, never blocking on a FIFO."""

from __future__ import annotations

import os
import stat

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class TooLarge(OSError):
    """The file is larger than the limit of its kind."""


def read_head(path: bytes, limit: int) -> bytes:
    """Return the first `limit` bytes of a regular file. Raises OSError."""
    handle = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "not a regular file")
        return os.read(handle, limit)
    finally:
        os.close(handle)


def read_whole(path: bytes, limit: int) -> bytes:
    """Return all bytes of a regular file. Raises TooLarge above `limit`, OSError when it cannot be read."""
    with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        if status.st_size > limit:
            raise TooLarge(0, f"{status.st_size} bytes, more than {limit}")
        return stream.read(limit)


def read_optional(path: bytes, limit: int) -> bytes | None:
    """Return all bytes of a regular file, or None when it is absent, too large or unreadable."""
    try:
        return read_whole(path, limit)
    except OSError:
        return None


def words(error: OSError) -> str:
    """Return the system's words for an error, without the path."""
    return error.strerror or type(error).__name__
