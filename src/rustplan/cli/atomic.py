"""Outputs appear whole or not at all: written beside their place under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from rustplan.errors import OutputError


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write every file; none gets its name before all are on disk. Raises OutputError and leaves no temporary file."""
    staged: list[tuple[Path, Path]] = []
    try:
        for path, data in files:
            if is_stream(path):
                _write_through(path, data)
            else:
                staged.append((_beside(path), path))  # noted first: an interrupt at any moment must find it
                _stage(*staged[-1], data)
        while staged:
            temporary, path = staged[0]
            _rename(temporary, path)
            staged.pop(0)
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink()


def is_stream(path: Path) -> bool:
    """True for a device, pipe or socket (/dev/null, /dev/stdout): those are written to, never replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")


def _stage(temporary: Path, path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise _failure(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise _failure(path, error) from None
        raise


def _rename(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        raise _failure(path, error) from None


def _write_through(path: Path, data: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot write {path}: {error.strerror or error}", hint="choose another place with -o FMT=FILE")
