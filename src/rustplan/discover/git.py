"""What the files of a git repository say, read as plain files: the work tree's top, the commit, the index, submodules."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field

from rustplan.discover import git_index
from rustplan.discover.files import read_optional, read_whole, words
from rustplan.discover.git_index import NOTHING_TRACKED, BadIndex, Tracked, read_index
from rustplan.ignore_lines import MAX_BYTES, PatternSet, read_patterns

_MAX_ANCESTORS = 100
_MAX_SMALL = 64 * 1024
_MAX_PACKED_REFS = 64 * 1024 * 1024
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REF_NAME = re.compile(r"refs/[\w.+@/-]+\Z", re.ASCII)


@dataclass(slots=True)
class Repository:
    """A git work tree. `top` is its directory; `folder` holds HEAD and the index, `common` refs and info, None when not to be trusted."""

    top: bytes
    folder: bytes | None
    common: bytes | None
    problem: str = ""
    _tracked: Tracked | None = field(default=None, init=False)

    @property
    def tracked(self) -> Tracked:
        """What git tracks; nothing when there is no index or it is bad (then `problem` says so)."""
        if self._tracked is None:
            self._tracked = self._read_tracked()
        return self._tracked

    def excludes(self) -> PatternSet:
        """Return the patterns of `info/exclude`."""
        data = read_optional(self.common + b"/info/exclude", MAX_BYTES) if self.common else None
        return read_patterns(data or b"", ".git/info/exclude")

    def commit(self) -> tuple[str | None, str]:
        """Return the commit that is checked out, or None, and why."""
        if self.folder is None or self.common is None:
            return None, self.problem
        head = _text(self.folder + b"/HEAD")
        if _OBJECT_NAME.match(head):
            return head, "read from .git/HEAD (detached)"
        ref = head.removeprefix("ref:").strip()
        if not head.startswith("ref:") or not _REF_NAME.match(ref) or ".." in ref:
            return None, "the repository's HEAD is missing or not understood"
        for folder in (self.folder, self.common):
            value = _text(folder + b"/" + ref.encode("ascii"))
            if _OBJECT_NAME.match(value):
                return value, f"read from .git/{ref}"
        packed = _packed(self.common, ref)
        if packed:
            return packed, f"read from .git/packed-refs ({ref})"
        return None, f"HEAD names {ref}, which has no commit that can be read"

    def submodules(self) -> tuple[tuple[str, str, int], ...]:
        """Return path, URL and line of each entry of `.gitmodules`, sorted by path."""
        data = read_optional(self.top + b"/.gitmodules", MAX_BYTES)
        return _submodules(data.decode("utf-8", "surrogateescape")) if data else ()

    def _read_tracked(self) -> Tracked:
        if self.folder is None:
            return NOTHING_TRACKED
        try:
            data = read_whole(self.folder + b"/index", git_index.MAX_BYTES)
            return read_index(data, hash_bytes=32 if self._is_sha256() else 20)
        except FileNotFoundError:
            return NOTHING_TRACKED
        except OSError as error:
            self.problem = f"the git index was not read: {words(error)}"
        except BadIndex as error:
            self.problem = f"the git index was not understood: {error}"
        return NOTHING_TRACKED

    def _is_sha256(self) -> bool:
        config = _text(self.common + b"/config") if self.common else ""
        return re.search(r"(?im)^\s*objectformat\s*=\s*sha256\s*$", config) is not None


def find_repository(folder: bytes) -> Repository | None:
    """Return the work tree that `folder` (absolute, resolved) lies in, or None."""
    for _ in range(_MAX_ANCESTORS):
        if os.path.lexists(folder + b"/.git"):
            return open_repository(folder)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return None


def open_repository(top: bytes) -> Repository:
    """Return the work tree whose top directory holds `.git`, a directory or a file that names one."""
    link = top + b"/.git"
    try:
        mode = os.lstat(link).st_mode
    except OSError as error:
        return Repository(top, None, None, f".git was not read: {words(error)}")
    if stat.S_ISDIR(mode):
        return Repository(top, link, _common(link, top))
    if stat.S_ISREG(mode):
        text = read_optional(link, _MAX_SMALL) or b""
        folder = os.path.join(top, text.removeprefix(b"gitdir:").strip())
        if text.startswith(b"gitdir:") and b"\0" not in folder and os.path.isdir(folder):
            folder = os.path.realpath(folder)
            if _belongs(folder, top):
                return Repository(top, folder, _common(folder, top))
    return Repository(top, None, None, "the .git link does not lead to a git folder of this work tree")


def _belongs(folder: bytes, top: bytes) -> bool:
    """Tell whether a git folder elsewhere is really this work tree's: inside it, in a parent's modules, or linking back."""
    if folder.startswith(top.rstrip(b"/") + b"/"):
        return True
    owner, found, _ = folder.partition(b"/.git/modules/")
    if found and top.startswith(owner + b"/"):
        return True
    back = read_optional(folder + b"/gitdir", _MAX_SMALL)
    return back is not None and os.path.realpath(os.path.join(folder, back.strip())) == top + b"/.git"


def _common(folder: bytes, top: bytes) -> bytes:
    """Return the folder with refs and info: a linked work tree shares that of the main one."""
    text = read_optional(folder + b"/commondir", _MAX_SMALL)
    if text is None or b"\0" in text:
        return folder
    common = os.path.realpath(os.path.join(folder, text.strip()))
    is_above = folder.startswith(common.rstrip(b"/") + b"/")
    is_inside = common.startswith(top.rstrip(b"/") + b"/")
    return common if is_above or is_inside else folder


def _text(path: bytes) -> str:
    """Return a small file's text without the white space around it; empty when it cannot be read."""
    return (read_optional(path, _MAX_SMALL) or b"").decode("utf-8", "surrogateescape").strip()


def _packed(folder: bytes, ref: str) -> str | None:
    """Look a ref up in `packed-refs`."""
    data = read_optional(folder + b"/packed-refs", _MAX_PACKED_REFS) or b""
    end = data.find(b" " + ref.encode("ascii") + b"\n")
    name = data[max(end - 64, 0) : max(end, 0)].rpartition(b"\n")[2].decode("ascii", "replace")
    return name if _OBJECT_NAME.match(name) else None


def _submodules(text: str) -> tuple[tuple[str, str, int], ...]:
    """Read `path` and `url` of each section; log-in data in a URL is dropped."""
    found: list[list[str]] = []
    lines: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        key, _, value = (part.strip() for part in line.partition("="))
        if key.startswith("[submodule"):
            found.append(["", ""])
            lines.append(number)
        elif found and key == "path":
            found[-1][0] = value.strip('"').strip("/")
        elif found and key == "url":
            found[-1][1] = re.sub(r"(?<=://)[^/@]*@", "", value.strip('"'))
    return tuple(
        sorted(
            (path, url, number)
            for (path, url), number in zip(found, lines, strict=True)
            if path and ".." not in path.split("/")
        )
    )
