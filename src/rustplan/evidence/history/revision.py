"""From what a person calls a commit to its name: refs are read as plain files, and git is asked with names of our own only."""

from __future__ import annotations

import os
import re
import stat

from rustplan.errors import InputError
from rustplan.evidence.history.isolated import GitFolder, Isolated
from rustplan.evidence.history.process import Clock, GitFailed, running

_REVISION = re.compile(
    r"(?P<name>[A-Za-z0-9_@][A-Za-z0-9_.+@/-]{0,250})(?P<steps>(?:[~^][0-9]{0,6}){0,20})\Z", re.ASCII
)
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_HEX = re.compile(r"[0-9a-f]{4,64}\Z")
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_REF_BYTES = 4096
_MOST_PACKED_BYTES = 64 * 1024 * 1024
_MOST_LINKS = 5
_DEFAULT_BRANCHES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)


def commit_of(revision: str, repository: GitFolder, git: str, place: Isolated, clock: Clock) -> str:
    """The name of the commit that `revision` means: a branch, a tag, a commit, with ~N and ^N. Raises InputError."""
    match = _REVISION.match(revision)
    if match is None or ".." in revision or "@{" in revision or "//" in revision:
        raise InputError(
            f"--since {ascii(revision)[:80]}: that is no commit",
            hint="name a branch, a tag or a commit: origin/main, v1.2, HEAD~3",
        )
    name = match["name"]
    start = _named(name, repository)
    if start is None and _HEX.match(name):
        start = name
    if start is None:
        raise _unknown(revision, place)
    found = _asked(["rev-parse", "--verify", "--quiet", f"{start}{match['steps']}^{{commit}}"], git, place, clock)
    if not _OBJECT.match(found):
        raise _unknown(revision, place)
    return found


def merge_base(repository: GitFolder, git: str, place: Isolated, clock: Clock) -> tuple[str, str]:
    """The commit where the work left the default branch, and what that branch is called. Raises InputError."""
    for ref in _DEFAULT_BRANCHES:
        other = _ref(ref, repository)
        if other is not None:
            name = ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            found = _asked(["merge-base", place.commit, other], git, place, clock)
            if _OBJECT.match(found):
                return found, name
            more = "; this clone is cut off: git fetch --unshallow" if place.shallow else ""
            raise InputError(
                f"--changed-only: HEAD and {name} have no common commit here", hint=f"name one: --since REV{more}"
            )
    raise InputError(
        "--changed-only: no default branch was found (origin/HEAD, main, master)", hint="name one: --since REV"
    )


def _unknown(revision: str, place: Isolated) -> InputError:
    hint = "fetch it first: git fetch origin; or name a branch, a tag or a commit"
    if place.shallow:
        hint = "this clone is cut off (shallow): git fetch --unshallow, or check out with fetch-depth: 0"
    return InputError(f"--since {revision}: there is no such commit in this repository", hint=hint)


def _asked(arguments: list[str], git: str, place: Isolated, clock: Clock) -> str:
    """The first line of an answer; empty when git has none."""
    try:
        with running(git, place, arguments, clock) as chunks:
            return b"".join(chunks)[:200].decode("ascii", "replace").partition("\n")[0].strip()
    except GitFailed:
        return ""


def _named(name: str, repository: GitFolder) -> str | None:
    """The commit or tag object that a name stands for, in git's own order."""
    if name in ("HEAD", "@"):
        return repository.commit()[0]
    places = (name,) if name.startswith("refs/") else ()
    for ref in (
        *places,
        f"refs/tags/{name}",
        f"refs/heads/{name}",
        f"refs/remotes/{name}",
        f"refs/remotes/{name}/HEAD",
    ):
        found = _ref(ref, repository)
        if found is not None:
            return found
    return None


def _ref(ref: str, repository: GitFolder) -> str | None:
    """What a ref holds, through links to other refs; None when there is no such ref."""
    for _ in range(_MOST_LINKS):
        text = _loose(ref, repository) or _packed(ref, repository)
        if _OBJECT.match(text):
            return text
        target = text.removeprefix("ref:").strip()
        if (
            not text.startswith("ref:")
            or not target.startswith("refs/")
            or _REVISION.match(target) is None
            or ".." in target
        ):
            return None
        ref = target
    return None


def _loose(ref: str, repository: GitFolder) -> str:
    for folder in (repository.folder, repository.common):
        data = _small_file(folder + b"/" + ref.encode("ascii"), _MOST_REF_BYTES) if folder is not None else b""
        if data:
            return data.decode("ascii", "replace").strip()
    return ""


def _packed(ref: str, repository: GitFolder) -> str:
    if repository.common is None:
        return ""
    data = _small_file(repository.common + b"/packed-refs", _MOST_PACKED_BYTES)
    end = data.find(b" " + ref.encode("ascii") + b"\n")
    return data[max(end - 64, 0) : max(end, 0)].rpartition(b"\n")[2].decode("ascii", "replace")


def _small_file(path: bytes, most: int) -> bytes:
    """The bytes of a regular file; empty when it is absent or anything else."""
    try:
        handle = os.open(path, _READ)
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as stream:
        try:
            return stream.read(most) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        except OSError:
            return b""
