"""Which paths git tracks, read from its index file (versions 2, 3 and 4) without starting git."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAX_BYTES = 256 * 1024 * 1024
MAX_NAMES_BYTES = 128 * 1024 * 1024
"""What all names, and all directories above them, may take: version 4 shares prefixes, so that a small file can spell terabytes."""

_GITLINK = 0o160000
_EXTENDED = 0x4000


class BadIndex(ValueError):
    """The bytes are not an index that can be understood."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """Raw paths relative to the work tree: files, the directories above them, and submodules."""

    files: frozenset[str]
    directories: frozenset[str]
    submodules: frozenset[str] = frozenset()

    def holds(self, path: str, *, is_directory: bool) -> bool:
        """Tell whether git tracks the path, or something below it."""
        if is_directory:
            return path in self.directories or path in self.submodules
        return path in self.files


NOTHING_TRACKED = Tracked(frozenset(), frozenset())


def read_index(data: bytes, *, hash_bytes: int = 20) -> Tracked:
    """Return what the index lists. Raises BadIndex; a split index, whose names are elsewhere, is one."""
    if len(data) < 12 + hash_bytes or data[:4] != b"DIRC":
        raise BadIndex("it does not begin like a git index")
    version, count = struct.unpack_from(">II", data, 4)
    if version not in (2, 3, 4):
        raise BadIndex(f"version {version} is not known")
    try:
        names, end = _entries(data, version, count, hash_bytes)
    except BadIndex:
        raise
    except (struct.error, IndexError, ValueError) as error:
        raise BadIndex("an entry is cut off") from error
    if _has_split(data, end, hash_bytes):
        raise BadIndex("it is split and its other half is not read")
    files = frozenset(name for name, mode in names if mode != _GITLINK)
    submodules = frozenset(name for name, mode in names if mode == _GITLINK)
    return Tracked(files, _parents(files | submodules), submodules)


def _entries(data: bytes, version: int, count: int, hash_bytes: int) -> tuple[list[tuple[str, int]], int]:
    """Return name and mode of every entry, and where the extensions begin."""
    at, previous, room = 12, b"", MAX_NAMES_BYTES
    found: list[tuple[str, int]] = []
    flags_at = 40 + hash_bytes
    for _ in range(count):
        mode = struct.unpack_from(">I", data, at + 24)[0]
        flags = struct.unpack_from(">H", data, at + flags_at)[0]
        name_at = at + flags_at + (4 if flags & _EXTENDED else 2)
        if version == 4:
            strip, name_at = _offset(data, name_at)
            end = data.index(b"\0", name_at)
            if strip > len(previous):
                raise ValueError("prefix longer than the name before")
            name = previous[: len(previous) - strip] + data[name_at:end]
            previous = name
            at = end + 1
        else:
            end = data.index(b"\0", name_at)
            name = data[name_at:end]
            at += (end - at) // 8 * 8 + 8
        room -= len(name)
        if room < 0:
            raise BadIndex(f"its names take more than {MAX_NAMES_BYTES} bytes")
        found.append((name.decode("utf-8", "surrogateescape"), mode))
    return found, at


def _offset(data: bytes, at: int) -> tuple[int, int]:
    """Return a variable-width number of index version 4 and the place after it."""
    byte = data[at]
    value = byte & 0x7F
    for _ in range(8):
        at += 1
        if not byte & 0x80:
            return value, at
        byte = data[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    raise ValueError("number too long")


def _has_split(data: bytes, at: int, hash_bytes: int) -> bool:
    """Tell whether an extension says that most entries live in a shared index."""
    while at + 8 <= len(data) - hash_bytes:
        if data[at : at + 4] == b"link":
            return True
        at += 8 + int(struct.unpack_from(">I", data, at + 4)[0])
    return False


def _parents(paths: frozenset[str]) -> frozenset[str]:
    """Return every directory above the paths."""
    found: set[str] = set()
    room = MAX_NAMES_BYTES
    for path in paths:
        cut = path.rfind("/")
        while cut > 0 and path[:cut] not in found:
            room -= cut
            if room < 0:
                raise BadIndex(f"its directories take more than {MAX_NAMES_BYTES} bytes")
            found.add(path[:cut])
            cut = path.rfind("/", 0, cut)
    return frozenset(found)
