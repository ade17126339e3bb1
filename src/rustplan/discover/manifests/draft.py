"""What the readers of build files share: the tree they look names up in, and the target they write down."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rustplan.discover.files import read_whole
from rustplan.discover.suffixes import is_candidate
from rustplan.globs import Glob, InvalidGlob, has_wildcard
from rustplan.model.paths import raw_bytes, raw_text
from rustplan.model.source import TargetKind

MAX_MANIFEST = 4 * 1024 * 1024
MAX_DATABASE = 64 * 1024 * 1024
_MAX_WIDE_GLOBS = 500
_MAX_HIDDEN = 500
_STEPS = 5_000_000
_BYTES_PER_STEP = 100
_HIDDEN, _HIDDEN_IN = "hidden", "hidden in"
_CHANGED = "changed"
"""The answer that never comes again: a file that was two different ones while it was read."""


class NotUnderstood(ValueError):
    """A build file that cannot be read as what its name says; the message is for the list of degraded files."""


class Budget:
    """Work that one build file, and with `outer` all of them together, may cause; the scanned repository writes them."""

    def __init__(self, steps: int, outer: Budget | None = None) -> None:
        self._left = steps
        self._outer = outer

    def spend(self, steps: int = 1) -> None:
        """Count work. Raises NotUnderstood when there is too much of it."""
        self._left -= steps
        if self._left < 0:
            raise NotUnderstood("it asks for too much work")
        if self._outer is not None:
            self._outer.spend(steps)


@dataclass(slots=True)
class Draft:
    """A target as a reader builds it up. `uses` are names as written, `aliases` other names that mean this target."""

    name: str
    kind: TargetKind
    system: str
    manifest: str
    confidence: float
    sources: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    include_directories: list[str] = field(default_factory=list)
    is_conditional: bool = False


class Tree:
    """The walked files, as build files name them. All paths are raw, POSIX and relative to the root; `""` is the root."""

    def __init__(self, root: bytes, files: Iterable[str], hidden_folders: Iterable[str] = ()) -> None:
        self.root = root
        self.files = frozenset(files)
        self._hidden_folders = sorted(hidden_folders)[:_MAX_HIDDEN]
        self._by_folder: dict[str, list[str]] = {}
        for path in sorted(self.files):
            self._by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        self.folders = _with_parents(self._by_folder)
        self.budget = Budget(_STEPS)
        self.asked: dict[tuple[str, str], str] = {}
        """Every question to the disk and its answer: what is read from this tree depends on them and on the names in it alone."""
        self._wide_globs = 0

    def read(self, path: str, limit: int = MAX_MANIFEST) -> str:
        """Return a build file's text. Raises NotUnderstood when it cannot be read or is larger than `limit` bytes."""
        return self.read_bytes(path, limit).decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def read_bytes(self, path: str, limit: int = MAX_MANIFEST) -> bytes:
        """Return a build file's bytes. Raises NotUnderstood."""
        answer, data, problem = self._read(path, limit)
        if self.asked.setdefault((path, str(limit)), answer) != answer:
            self.asked[path, str(limit)] = _CHANGED
        if data is None:
            raise NotUnderstood(problem)
        self.budget.spend(len(data) // _BYTES_PER_STEP)
        return data

    def _read(self, path: str, limit: int) -> tuple[str, bytes | None, str]:
        """Return the fingerprint of the answer, the bytes and why there are none."""
        try:
            data = read_whole(self.root + b"/" + raw_bytes(path), limit)
        except OSError as error:
            problem = error.strerror or "it cannot be read"
            return f"not read: {problem}", None, problem
        return hashlib.sha256(data).hexdigest(), data, ""

    def answer(self, about: str, kind: str) -> str:
        """Ask the disk once more what is in `asked`; costs nothing of the budget."""
        if kind == _HIDDEN:
            return "\0".join(self._hidden(about))
        if kind == _HIDDEN_IN:
            folder, _, start = about.rpartition("/")
            return "\0".join(self._hidden_in(folder, start))
        return self._read(about, int(kind))[0]

    def source(self, folder: str, name: str) -> str | None:
        """Return the walked file that `name` means inside `folder`, or None when it is not source text or not there."""
        path = resolve(folder, name)
        return path if path is not None and path in self.files and is_candidate(path) else None

    def glob(self, folder: str, pattern: str, *, is_recursive: bool = False) -> list[str]:
        """Return the source files that a pattern matches, sorted. With `is_recursive` the last part is looked for at any depth."""
        path = resolve(folder, pattern)
        if path is None:
            return []
        head, _, last = path.rpartition("/")
        if is_recursive:
            path = f"{head}/**/{last}" if head else f"**/{last}"
        elif not has_wildcard(head):
            return self._match(self._by_folder.get(head, ()), path)
        self._wide_globs += 1
        return self._match(sorted(self.files), path) if self._wide_globs <= _MAX_WIDE_GLOBS else []

    def directory(self, folder: str, name: str) -> str | None:
        """Return the walked directory that `name` means inside `folder` (`.` for the root), or None."""
        path = resolve(folder, name)
        return (path or ".") if path is not None and path in self.folders else None

    def hidden(self, name: str) -> list[str]:
        """Return the files called `name` in ignored directories, which is where builds leave what they computed."""
        found = self._hidden(name)
        self.asked[name, _HIDDEN] = "\0".join(found)
        return found

    def hidden_in(self, folder: str, start: str) -> list[str]:
        """Return the files whose names begin with `start` in the directory `folder` of ignored directories."""
        found = self._hidden_in(folder, start)
        self.asked[f"{folder}/{start}", _HIDDEN_IN] = "\0".join(found)
        return found

    def _hidden(self, name: str) -> list[str]:
        places = (f"{folder}/{name}" for folder in self._hidden_folders)
        return [place for place in places if os.path.isfile(self.root + b"/" + raw_bytes(place))]

    def _hidden_in(self, folder: str, start: str) -> list[str]:
        found: list[str] = []
        for hidden in self._hidden_folders:
            try:
                names = os.listdir(self.root + b"/" + raw_bytes(f"{hidden}/{folder}"))
            except OSError:
                continue
            found.extend(
                f"{hidden}/{folder}/{raw_text(name)}" for name in sorted(names) if raw_text(name).startswith(start)
            )
        return found

    @staticmethod
    def _match(paths: Iterable[str], pattern: str) -> list[str]:
        try:
            glob = Glob(pattern)
        except InvalidGlob:
            return []
        return [path for path in paths if is_candidate(path) and glob.matches(path)]


def from_root(folder: str) -> str:
    """Spell a directory so that `resolve` counts it from the root: the value of variables such as `CMAKE_SOURCE_DIR`."""
    return f"//{folder}" if folder else "//."


def resolve(folder: str, name: str) -> str | None:
    """Return the path that `name` means inside `folder`; one that begins with `//` counts from the root."""
    return join("", name.lstrip("/")) if name.startswith("//") else join(folder, name)


def join(folder: str, name: str) -> str | None:
    """Return `name` seen from `folder`, normalised; None when it leaves the root, is absolute or is no path."""
    if not name or name.startswith("/") or "\0" in name or len(name) > 4096:
        return None
    path = posixpath.normpath(posixpath.join(folder, name))
    if path == ".":
        return ""
    return None if path.startswith("../") or path == ".." else path


def folder_of(path: str) -> str:
    """Return the directory of a raw path; `""` is the root."""
    return path.rpartition("/")[0]


def _with_parents(folders: Mapping[str, object]) -> frozenset[str]:
    found = {""}
    for folder in folders:
        while folder and folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return frozenset(found)
