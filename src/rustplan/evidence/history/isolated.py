"""A git folder of our own that shows one commit of a repository whose own git folder is not to be trusted.

git never sees the repository's folder: it gets a temporary one with a configuration that we write and links to the repository's packs and
loose objects. So nothing of the repository's configuration, hooks, attributes, refs, replacements, grafts, index, work tree, alternates,
commit-graph or promisor remotes is ever read, whatever a later git makes of them, and nothing can be fetched.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_MAX_PACKS = 20_000
_MAX_SHALLOW_BYTES = 16 * 1024 * 1024
_PACK = re.compile(rb"pack-[0-9a-f]{40,64}\.(?:pack|idx)\Z")
_LOOSE = re.compile(rb"[0-9a-f]{2}\Z")
_OBJECT_NAME = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC

_EMPTY_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_CONFIG = """\
[core]
\trepositoryformatversion = {version}
\tbare = true
\thooksPath = {null}
\tattributesFile = {null}
\texcludesFile = {null}
\tfsmonitor = false
\tcommitGraph = false
\tmultiPackIndex = false
\tbigFileThreshold = 8m
\tpackedGitWindowSize = 32m
\tpackedGitLimit = 512m
\tquotePath = false
[attr]
\ttree = {empty_tree}
[diff]
\trenameLimit = 300
\tignoreSubmodules = all
\tsuppressBlankEmpty = false
[log]
\tshowSignature = false
\tshowRoot = true
[mailmap]
\tblob = {commit}:.mailmap
[gc]
\tauto = 0
[maintenance]
\tauto = false
[protocol]
\tallow = never
"""


class GitFolder(Protocol):
    """Where a work tree's git data lie, as read from plain files: `folder` holds HEAD, `common` the objects; None when not to be trusted."""

    top: bytes
    folder: bytes | None
    common: bytes | None
    problem: str

    def commit(self) -> tuple[str | None, str]:
        """Return the commit that is checked out, or None, and why."""
        ...


class NoHistory(Exception):
    """There is no history to read; the text says why."""


@dataclass(frozen=True, slots=True)
class Isolated:
    """A git folder of our own. `shallow` are the commits where the repository was cut off; `has_promisor` tells a partial clone."""

    folder: Path
    commit: str
    shallow: frozenset[str]
    has_promisor: bool


@contextmanager
def isolated(repository: GitFolder) -> Iterator[Isolated]:
    """Make the folder for the commit that is checked out, and remove it afterwards. Raises NoHistory."""
    if repository.folder is None or repository.common is None:
        raise NoHistory(repository.problem or "its git folder cannot be used")
    commit, because = repository.commit()
    if commit is None:
        raise NoHistory(f"no commit is checked out: {because}")
    shallow = _shallow(repository.common)
    try:
        with tempfile.TemporaryDirectory(prefix="rustplan-history-") as name:
            folder = Path(name)
            has_promisor = _link_objects(repository.common + b"/objects", folder / "objects")
            _write(folder, commit, shallow)
            yield Isolated(folder, commit, shallow, has_promisor)
    except OSError as error:
        raise NoHistory(f"its git objects could not be read: {error.strerror or type(error).__name__}") from None


def _write(folder: Path, commit: str, shallow: frozenset[str]) -> None:
    """Write HEAD, the configuration and the edge of a shallow clone."""
    is_sha256 = len(commit) == 64
    text = _CONFIG.format(
        version=1 if is_sha256 else 0, null=os.devnull, commit=commit, empty_tree=_EMPTY_TREE[len(commit)]
    )
    if is_sha256:
        text += "[extensions]\n\tobjectFormat = sha256\n"
    (folder / "refs").mkdir()
    (folder / "home").mkdir()
    (folder / "config").write_text(text, encoding="ascii")
    (folder / "HEAD").write_text(commit + "\n", encoding="ascii")
    if shallow:
        (folder / "shallow").write_text("".join(f"{name}\n" for name in sorted(shallow)), encoding="ascii")


def _link_objects(source: bytes, target: Path) -> bool:
    """Link packs one by one and loose objects by folder; only regular files and real folders. Tell whether a pack is a promisor's."""
    if not stat.S_ISDIR(os.lstat(source).st_mode):
        raise NoHistory("its objects lie outside the repository (a link), and links are not followed")
    (target / "pack").mkdir(parents=True)
    (target / "info").mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            if _LOOSE.match(entry.name) and entry.is_dir(follow_symlinks=False):
                os.symlink(entry.path, os.fsencode(target) + b"/" + entry.name)
    try:
        packs = os.scandir(source + b"/pack") if stat.S_ISDIR(os.lstat(source + b"/pack").st_mode) else None
    except FileNotFoundError:
        return False
    if packs is None:
        raise NoHistory("its packs lie outside the repository (a link), and links are not followed")
    with packs:
        return _link_packs(packs, os.fsencode(target) + b"/pack/")


def _link_packs(entries: Iterator[os.DirEntry[bytes]], target: bytes) -> bool:
    count, has_promisor = 0, False
    for entry in entries:
        has_promisor = has_promisor or entry.name.endswith(b".promisor")
        if _PACK.match(entry.name) and entry.is_file(follow_symlinks=False):
            os.symlink(entry.path, target + entry.name)
            count += 1
            if count > _MAX_PACKS:
                raise NoHistory(f"it has more than {_MAX_PACKS // 2} packs; run git gc in it")
    return has_promisor


def _shallow(common: bytes) -> frozenset[str]:
    """Return the commits at which a shallow clone was cut off; none for a whole clone."""
    try:
        handle = os.open(common + b"/shallow", _READ)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise NoHistory(f"the list of its cut-off commits cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise NoHistory("the list of its cut-off commits is no regular file")
        data = stream.read(_MAX_SHALLOW_BYTES + 1)
    names = data.split()
    if len(data) > _MAX_SHALLOW_BYTES or not all(map(_OBJECT_NAME.match, names)):
        raise NoHistory("the list of its cut-off commits is not understood")
    return frozenset(name.decode("ascii") for name in names)


def leans_on_others(common: bytes) -> bool:
    """Tell whether the repository borrows objects of another one, which is never followed."""
    return os.path.lexists(common + b"/objects/info/alternates")
