"""The zip around a pack: written the same way by everyone, so that every byte of it can be checked.

Files are stored, not compressed: what a compressor makes of them depends on its version, and a pack shall be the same bytes everywhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from rustplan.errors import InputError

MOST_BYTES = 2 * 1024 * 1024 * 1024
MOST_FILES = 500
STATEMENT = "statement.json"

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time that the format knows stands for none."""
_READABLE = 0o644 << 16
_UNIX = 3
_HINT = "give a file that `rustplan pack` wrote"


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by name, and where its container is not as it was written ("" when it is)."""

    files: Mapping[str, bytes]
    damage: str = ""


def build(files: Mapping[str, bytes]) -> bytes:
    """Return the container: the statement first, then by name, no times, nothing compressed."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as container:
        for name in _in_order(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            container.writestr(entry, files[name])
    return held.getvalue()


def read_pack(data: bytes, name: str) -> Pack:
    """Read a container that may be a stranger's: nothing is unpacked to disk. Raises InputError when it is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            files, damaged = _read_entries(container, name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise InputError(f"{name} is no whole pack: {error}", hint=_HINT) from None
    if STATEMENT not in files and not damaged:
        raise InputError(f"{name} holds no {STATEMENT}", hint=_HINT)
    return Pack(files, damaged or _damage(data, files))


def _read_entries(container: zipfile.ZipFile, name: str) -> tuple[dict[str, bytes], str]:
    """Return the files, and the first one that cannot be read."""
    entries = container.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise InputError(f"{name} holds more than {MOST_FILES} files or {MOST_BYTES} bytes", hint=_HINT)
    files: dict[str, bytes] = {}
    damaged = ""
    for entry in entries:
        if entry.compress_type != zipfile.ZIP_STORED or entry.filename in files or not _is_plain(entry.filename):
            raise InputError(f"{name} was not written by rustplan: {ascii(entry.filename)[:80]}", hint=_HINT)
        try:
            files[entry.filename] = container.read(entry)
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            damaged = damaged or f"{entry.filename} cannot be read: {error}"
    return files, damaged


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and not name.endswith("/")


def _damage(data: bytes, files: Mapping[str, bytes]) -> str:
    """Say where the container differs from the one that these files make."""
    expected = build(files)
    if data == expected:
        return ""
    place = next((at for at, pair in enumerate(zip(data, expected, strict=False)) if pair[0] != pair[1]), len(expected))
    return f"the container differs at byte {place:,} ({_around(files, place)})"


def _around(files: Mapping[str, bytes], place: int) -> str:
    """Name the part of the container that holds a byte."""
    at = 0
    for name in _in_order(files):
        at += 30 + len(name.encode()) + len(files[name])
        if place < at:
            return f"around {name}"
    return "in the list of files at its end"


def _in_order(files: Mapping[str, bytes]) -> list[str]:
    return sorted(files, key=lambda name: (name != STATEMENT, name))
