"""The commit that a change is held against: which one it is, and its files as a folder that can be scanned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rustplan.errors import InputError
from rustplan.evidence.history.base_tree import Entry, entries, write_tree
from rustplan.evidence.history.isolated import GitFolder, Isolated, NoHistory, isolated
from rustplan.evidence.history.process import Clock, GitFailed, find_git
from rustplan.evidence.history.revision import commit_of, merge_base

SECONDS, SILENT_SECONDS = 600.0, 60.0
_SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True)
class Base:
    """A commit of the repository around the scanned folder. `called` is what a person calls it, `prefix` the folder inside it."""

    commit: str
    called: str
    prefix: bytes
    _git: str
    _place: Isolated
    _clock: Clock

    def entries(self) -> list[Entry]:
        """What the commit holds below the scanned folder."""
        return entries(self._git, self._place, self.commit, self.prefix, self._clock)

    def write(self, folder: Path, found: list[Entry], most_bytes: int) -> None:
        """Write the files into an empty folder; of files larger than `most_bytes` only the size."""
        write_tree(folder, found, most_bytes, self._git, self._place, self.commit, self._clock)


def submodules(found: list[Entry]) -> tuple[str, ...]:
    """The paths where the commit holds another repository, as text."""
    return tuple(sorted(entry.path.decode("utf-8", "surrogateescape") for entry in found if entry.mode == _SUBMODULE))


@contextmanager
def base_of(root: Path, repository: GitFolder | None, revision: str | None) -> Iterator[Base]:
    """The commit that `revision` means; without one, where the work left the default branch. Raises InputError with the next step."""
    option = "--changed-only" if revision is None else f"--since {revision}"
    try:
        if repository is None:
            raise NoHistory("the folder lies in no git work tree")
        git = find_git(repository.top)
        with isolated(repository) as place:
            clock = Clock(SECONDS, SILENT_SECONDS)
            if revision is None:
                commit, branch = merge_base(repository, git, place, clock)
                called = f"the merge base with {branch}"
            else:
                commit, called = commit_of(revision, repository, git, place, clock), revision
            yield Base(commit, called, _prefix(root, repository.top), git, place, clock)
    except (NoHistory, GitFailed) as problem:
        raise InputError(
            f"{option}: {problem}", hint="a whole clone with git is needed; `rustplan scan .` needs neither"
        ) from None


def _prefix(root: Path, top: bytes) -> bytes:
    inside = os.path.relpath(os.path.realpath(os.fsencode(root)), os.path.realpath(top))
    return b"" if inside == b"." else inside + b"/"
