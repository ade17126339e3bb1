"""From the addresses of another tool, on another machine, to the files of the scanned tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from rustplan.evidence.sarif_values import element, member
from rustplan.model.paths import model_path, raw_text

NO_PLACE = "it names no file"
NOT_A_FILE = "its address is no file"
NOT_IN_TREE = "its file was not read in this tree"
AMBIGUOUS = "several files of this tree end in its path"
SYSTEM = "its file belongs to the system or a compiler"
TOO_LONG = "its path is too long"

LONGEST = 4096
"""Characters of an address that is looked for."""

_MOST_FOLDERS = 64
_MOST_KNOWN = 100_000
_DEEPEST_BASE = 16
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_DRIVE = re.compile(r"/?[A-Za-z]:(?:[/\\]|$)")
_SYSTEM_FOLDERS = (
    "/usr/include/",
    "/usr/local/include/",
    "/usr/lib/",
    "/usr/lib64/",
    "/opt/homebrew/",
    "/applications/xcode",
    "/library/developer/",
    "c:/program files",
)


class PathIndex:
    """The files of a tree by every ending of their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._endings: dict[str, str | None] = {}
        """Ending -> path, None where several paths share it."""
        self._folded: dict[str, str | None] = {}
        self._known: dict[str, tuple[str, str]] = {}
        for path in sorted(self._paths):
            _add(self._folded, path.casefold(), path)
            _add(self._endings, path, path)
            place = path.find("/")
            while place >= 0:
                _add(self._endings, path[place + 1 :], path)
                place = path.find("/", place + 1)

    def find(self, address: str) -> tuple[str, str]:
        """The path for a URI or a path as a tool wrote it, and "", or else "" and the reason.

        Of an absolute path the longest ending that is a path of the tree counts; a relative one may also be the ending of one path.
        """
        known = self._known.get(address)
        if known is None:
            known = self._find(address)
            if len(self._known) < _MOST_KNOWN:
                self._known[address] = known
        return known

    def _find(self, address: str) -> tuple[str, str]:
        if not address:
            return "", NO_PLACE
        if len(address) > LONGEST:
            return "", TOO_LONG
        scheme = _SCHEME.match(address)
        if scheme is not None and scheme.group(1).lower() != "file":
            return "", NOT_A_FILE
        plain = _without_scheme(address) if scheme is not None else address
        decoded = raw_text(unquote_to_bytes(plain.encode("utf-8", "surrogatepass")))
        found = self._find_plain(decoded)
        if found[0] or decoded == plain:
            return found
        literal = self._find_plain(plain)
        return literal if literal[0] else found

    def _find_plain(self, raw: str) -> tuple[str, str]:
        is_windows = _DRIVE.match(raw) is not None or ("\\" in raw and "/" not in raw)
        parts, is_absolute = _parts(raw, is_windows=is_windows)
        if not parts:
            return "", NO_PLACE
        if len(parts) > _MOST_FOLDERS:
            return "", TOO_LONG
        return self._search(parts, is_absolute=is_absolute, is_windows=is_windows)

    def _search(self, parts: Sequence[str], *, is_absolute: bool, is_windows: bool) -> tuple[str, str]:
        whole = "/".join(parts)
        if whole in self._paths and not is_absolute:
            return whole, ""
        if is_absolute and f"/{whole}".lower().replace("//", "/").startswith(_SYSTEM_FOLDERS):
            return "", SYSTEM
        if is_absolute and is_windows and whole.lower().startswith(_SYSTEM_FOLDERS):
            return "", SYSTEM
        if not is_absolute and whole in self._endings:
            owner = self._endings[whole]
            return (owner, "") if owner is not None else ("", AMBIGUOUS)
        if parts[-1] not in self._endings and not is_windows:
            return "", NOT_IN_TREE
        for start in range(len(parts)):
            ending = "/".join(parts[start:])
            if ending in self._paths:
                return ending, ""
        if is_windows:
            for start in range(len(parts)):
                folded = self._folded.get("/".join(parts[start:]).casefold())
                if folded is not None:
                    return folded, ""
        return "", NOT_IN_TREE


class Places:
    """The addresses of one run: base addresses that build on each other, and files by index."""

    def __init__(self, bases: Mapping[str, Any], artifacts: Sequence[Any]) -> None:
        self._bases = bases
        self._artifacts = artifacts

    def address(self, location: object) -> str:
        """The whole address of an `artifactLocation`, as far as the run tells it; "" for none."""
        uri, base = member(location, "uri"), member(location, "uriBaseId")
        if not isinstance(uri, str):
            listed = element(self._artifacts, member(location, "index"))
            uri, base = member(listed, "uri"), member(listed, "uriBaseId")
        if not isinstance(uri, str):
            return ""
        for _ in range(_DEEPEST_BASE):
            if _is_complete(uri) or len(uri) > LONGEST or not isinstance(base, str):
                break
            above = self._bases.get(base)
            folder, base = member(above, "uri"), member(above, "uriBaseId")
            if isinstance(folder, str) and folder:
                uri = f"{folder.rstrip('/')}/{uri.removeprefix('./')}"
        return uri


def _is_complete(uri: str) -> bool:
    return _SCHEME.match(uri) is not None or uri.startswith("/") or _DRIVE.match(uri) is not None


def _without_scheme(address: str) -> str:
    """`file:///a/b`, `file:/a/b`, `file://host/a/b` and `file:a/b` as paths."""
    rest = address.split(":", 1)[1]
    if not rest.startswith("//"):
        return rest
    host, slash, path = rest[2:].partition("/")
    return f"{host}{slash}{path}" if _DRIVE.match(f"{host}/") or host in (".", "..") else f"/{path}"


def _parts(raw: str, *, is_windows: bool) -> tuple[list[str], bool]:
    """The names of a path in the words of the model without `.` and `..`, and whether it says where it begins."""
    plain = raw.replace("\\", "/") if is_windows else raw
    drive = _DRIVE.match(plain)
    is_absolute = plain.startswith("/") or drive is not None
    parts: list[str] = []
    for name in plain.split("/"):
        if name == ".." and parts:
            parts.pop()
        elif name not in ("", ".", ".."):
            parts.append(name)
    return [model_path(name) for name in parts], is_absolute


def _add(table: dict[str, str | None], key: str, path: str) -> None:
    table[key] = None if key in table else path
