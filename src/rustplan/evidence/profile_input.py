"""Opens files that the user named, and reads their lines and their digest in bounded memory."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rustplan.errors import InputError
from rustplan.model.paths import model_path, raw_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE = 1024 * 1024
"""Bytes of a line that are kept; a longer line is no line of any format and is passed over."""

LONGEST_NAME = 300
"""Characters kept of a name out of a profile."""

_BLOCK = 1024 * 1024


def open_file(path: Path, option: str = "--profile") -> BinaryIO:
    """Open a regular file that was named with `option`, without ever waiting for a pipe. Raises InputError."""
    try:
        file = _GivenFile(path, option)
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return io.BufferedReader(file, _BLOCK)
        file.close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot read {shown_name(path)}: {reason}", hint=f"check the path given to {option}"
        ) from None
    raise InputError(
        f"{shown_name(path)} is not a regular file", hint=f"give {option} a file: it is read more than once"
    )


class _GivenFile(io.FileIO):
    """A file whose disk may fail while it is read: that is an InputError, too."""

    def __init__(self, path: Path, option: str) -> None:
        super().__init__(path, "rb", opener=_open_without_waiting)
        self._failed = shown_name(path), option

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer. Raises InputError."""
        try:
            return super().readinto(buffer) or 0
        except OSError as error:
            raise self._words(error) from None

    def readall(self) -> bytes:
        """The rest of the file. Raises InputError."""
        try:
            return super().readall() or b""
        except OSError as error:
            raise self._words(error) from None

    def _words(self, error: OSError) -> InputError:
        name, option = self._failed
        return InputError(
            f"cannot read {name}: {error.strerror or error}", hint=f"check the disk and the path given to {option}"
        )


def shown_name(path: Path) -> str:
    """The file's name without folders, as the model writes names."""
    return model_path(raw_text(os.fsencode(path.name or str(path))))


def digest(path: Path, option: str = "--profile") -> str:
    """SHA-256 of a file that was named with `option`, in hex. Raises InputError."""
    found = hashlib.sha256()
    with open_file(path, option) as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


class Lines:
    """The lines of a stream without their ends, undecodable bytes replaced. `too_long` counts those that were passed over."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.too_long = 0

    def __iter__(self) -> Iterator[str]:
        readline = self._file.readline
        while line := readline(LONGEST_LINE):
            if line[-1:] != b"\n" and len(line) == LONGEST_LINE:
                self._pass_over()
                continue
            yield line.decode("utf-8", "replace").rstrip("\r\n")

    def _pass_over(self) -> None:
        self.too_long += 1
        while rest := self._file.readline(LONGEST_LINE):
            if rest[-1:] == b"\n":
                return

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of a report should know about the lines, if anything."""
        return (f"{self.too_long} lines longer than {LONGEST_LINE} bytes were passed over",) if self.too_long else ()


def clean_name(name: str) -> str:
    """A name as the model can hold it: valid Unicode, of bounded length."""
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return short if short.isascii() else short.encode("utf-8", "replace").decode("utf-8")


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
