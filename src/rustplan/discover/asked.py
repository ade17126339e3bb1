"""The files and folders that a run was given by name: what is walked for them, and what is known about the rest without walking it."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rustplan.discover.files import read_optional
from rustplan.discover.suffixes import is_header, language_of_name
from rustplan.discover.walked import Walked
from rustplan.model.paths import model_path, raw_bytes, raw_path, raw_text
from rustplan.model.source import Language, Role, SourceFile

MOST_HEADERS = 200
MOST_HEADER_BYTES = 1_000_000
_MOST_CANDIDATES = 200
_INCLUDE = re.compile(rb'^[ \t]{0,40}#[ \t]{0,40}include[ \t]{0,40}["<]([^">\n]{1,200})[">]', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Raw paths relative to the root; empty means the whole tree. `above` are the folders that lead to them."""

    paths: frozenset[str] = frozenset()
    above: frozenset[str] = field(default_factory=frozenset)

    def holds(self, path: str) -> bool:
        """Tell whether a path was given, itself or by a folder above it."""
        if not self.paths or path in self.paths:
            return True
        return any(folder in self.paths for folder in _folders(path))

    def leads(self, folder: str) -> bool:
        """Tell whether something that was given lies in a folder or below it."""
        return folder in self.above or self.holds(folder)


EVERYTHING = Asked()


def asked_for(only: Sequence[str]) -> Asked:
    """What `only` (paths relative to the root) names; the root itself names everything."""
    paths = frozenset(only)
    if "." in paths:
        return EVERYTHING
    return Asked(paths, frozenset(folder for path in paths for folder in _folders(path)))


def _folders(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def known_names(walked: Walked, asked: Asked) -> tuple[str, ...]:
    """Paths of the tree without a walk: those in the folders that lead to what was given, and all that git tracks below the root."""
    if not asked.paths:
        return ()
    names = set(walked.files)
    repository = walked.repository
    if repository is not None:
        inner = "" if walked.root == repository.top else raw_text(os.path.relpath(walked.root, repository.top)) + "/"
        names.update(path[len(inner) :] for path in repository.tracked.files if path.startswith(inner))
    return tuple(sorted(names))


def languages_by_name(names: Iterable[str]) -> dict[str, Language]:
    """The language of every path whose name alone tells it."""
    found = ((path, language_of_name(path.rpartition("/")[2])) for path in names)
    return {path: language for path, language in found if language is not None}


def find_headers(walked: Walked, names: Sequence[str], files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The headers that the files to read include, directly or not, by path: looked into for macros and declarations, not scanned."""
    by_name: dict[str, list[str]] = {}
    for path in names:
        if is_header(path):
            by_name.setdefault(posixpath.basename(path), []).append(path)
    if not by_name:
        return ()
    found: dict[str, SourceFile] = {}
    level: list[tuple[str, Language]] = [
        (raw_path(file.path), file.language) for file in files if file.language is not Language.JAVA
    ]
    scanned = {path for path, _ in level}
    while level and len(found) < MOST_HEADERS:
        following: list[tuple[str, Language]] = []
        for path, of in level:
            for header in _included(walked.root, path, by_name):
                if header not in scanned and header not in found and len(found) < MOST_HEADERS:
                    size = _size(walked.root, header)
                    if size is not None:
                        found[header] = SourceFile(
                            path=model_path(header), language=of, role=Role.SOURCE, size=size, role_because="included"
                        )
                        following.append((header, of))
        level = following
    return tuple(sorted(found.values(), key=lambda file: file.path))


def _included(root: bytes, path: str, by_name: dict[str, list[str]]) -> list[str]:
    data = read_optional(root + b"/" + raw_bytes(path), MOST_HEADER_BYTES) or b""
    here = posixpath.dirname(path)
    targets = dict.fromkeys(match.group(1).decode("utf-8", "surrogateescape") for match in _INCLUDE.finditer(data))
    return [header for target in targets if (header := _resolved(target, here, by_name)) is not None]


def _resolved(target: str, here: str, by_name: dict[str, list[str]]) -> str | None:
    """The file that an include means: beside the includer, else the one whose path ends so and shares most folders with it."""
    candidates = by_name.get(posixpath.basename(target), [])
    beside = posixpath.normpath(posixpath.join(here, target))
    if beside in candidates:
        return beside
    tail = "/" + posixpath.normpath(target).lstrip("./")
    fitting = [path for path in candidates[:_MOST_CANDIDATES] if ("/" + path).endswith(tail)]
    return min(fitting, key=lambda path: (-_shared(path, here), len(path), path), default=None)


def _shared(path: str, here: str) -> int:
    return len(posixpath.commonprefix([path.split("/"), here.split("/")]))


def _size(root: bytes, path: str) -> int | None:
    """Bytes of a regular file that is not too large to look into."""
    try:
        status = os.lstat(root + b"/" + raw_bytes(path))
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) and status.st_size <= MOST_HEADER_BYTES else None
