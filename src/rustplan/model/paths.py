"""Paths as the model writes them: POSIX, relative to the root, printable, and reversible to the bytes on disk.

A name on disk is any bytes. The model writes it as UTF-8 text in which every byte that is not valid UTF-8, every control character and
every backslash is spelled `\\xNN` (lower-case hex). So a model path never holds a lone surrogate or a line break, and `\\xNN` always
means that one byte: the mapping can be undone. Between the file system and the model, stages hold *raw* paths: the bytes decoded as
UTF-8 with `surrogateescape`.
"""

from __future__ import annotations

import re
import sys
from typing import Protocol

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\\\\\udc80-\udcff]")
_SPELLED = re.compile(r"\\x([0-9a-f]{2})")


class _PathLike(Protocol):
    def __fspath__(self) -> str: ...


def model_path(raw: str) -> str:
    """Return a raw path as the model writes it."""
    return _UNPRINTABLE.sub(_spell, raw) if _UNPRINTABLE.search(raw) else raw


def raw_path(path: str) -> str:
    """Return the raw path that `model_path` turned into `path`."""
    return _SPELLED.sub(_unspell, path) if "\\" in path else path


def real_path(root: str | _PathLike, path: str) -> bytes:
    """Return the bytes to open for the model path `path` below `root`, whatever the locale's encoding is."""
    folder = root if isinstance(root, str) else root.__fspath__()
    return folder.encode(sys.getfilesystemencoding(), "surrogateescape").rstrip(b"/") + b"/" + raw_bytes(raw_path(path))


def raw_bytes(raw: str) -> bytes:
    """Return the bytes on disk of a raw path."""
    return raw.encode("utf-8", "surrogateescape")


def raw_text(name: bytes) -> str:
    """Return the raw path of the bytes on disk."""
    return name.decode("utf-8", "surrogateescape")


def _spell(match: re.Match[str]) -> str:
    return f"\\x{ord(match.group()) & 0xFF:02x}"


def _unspell(match: re.Match[str]) -> str:
    byte = int(match.group(1), 16)
    return chr(byte if byte < 0x80 else 0xDC00 + byte)
