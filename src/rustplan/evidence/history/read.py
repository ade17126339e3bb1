"""Reads the history of the scanned files from their git repository, or says why there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from rustplan.catalog.history import HistoryRules, load_history_rules
from rustplan.evidence.history.isolated import GitFolder, Isolated, NoHistory, isolated, leans_on_others
from rustplan.evidence.history.missing import substitute_missing
from rustplan.evidence.history.process import Clock, GitFailed, find_git, running
from rustplan.evidence.history.stream import FORMAT, commits, tokens
from rustplan.evidence.history.summary import Counted, day_of, summarise
from rustplan.evidence.history.tally import Tally
from rustplan.model.evidence import AbsentEvidence
from rustplan.model.history import History, HistoryOptions
from rustplan.model.paths import raw_bytes, raw_path

_LOG = [
    "log",
    "-z",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-show-signature",
    "--no-notes",
    "--no-decorate",
]
_LOG += ["--encoding=none", "--use-mailmap", "--ignore-submodules=all", f"--format=tformat:{FORMAT}"]
_WITH_LINES = ["--numstat", "-M"]
_NAMES_ONLY = ["--raw", "--no-abbrev", "-M100%"]
_IGNORED_REVISIONS = ".git-blame-ignore-revs"
_MAX_IGNORED_BYTES = 1024 * 1024
_NAME_LINE = re.compile(rb"(?m)^[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
_EFFECT = "churn and memory-safety fixes are unknown, not zero; their weight goes to the other factors"


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of one repository: the program, our folder for it, time, the folder to look at, how to count and how far."""

    git: str
    place: Isolated
    clock: Clock
    prefix: bytes
    rules: HistoryRules
    options: HistoryOptions


@dataclass(frozen=True, slots=True)
class _Named:
    """Commits that a caller names: whose files are wanted, and which are known to mend memory errors."""

    marks: Collection[str]
    memory_commits: Collection[str]


def read_history(
    root: Path,
    repository: GitFolder | None,
    paths: Collection[str],
    options: HistoryOptions | None = None,
    *,
    marks: Collection[str] = (),
    memory_commits: Collection[str] = (),
) -> History | AbsentEvidence:
    """Return the history of `paths` (model paths below `root`), or why there is none.

    `repository` is the work tree that `root` lies in; `marks` are commits whose files are wanted by name; `memory_commits` are known to
    mend memory errors, whatever their messages say.
    """
    try:
        if repository is None:
            raise NoHistory("the folder lies in no git work tree")
        return _read(root, repository, sorted(set(paths)), options or HistoryOptions(), _Named(marks, memory_commits))
    except (NoHistory, GitFailed) as problem:
        return AbsentEvidence(name="history", because=str(problem), effect=_EFFECT)


def read_date(root: Path, repository: GitFolder | None) -> str | None:
    """Return the date (YYYY-MM-DD, UTC) of the commit that is checked out, or None when git or the commit cannot be read."""
    if repository is None:
        return None
    options = HistoryOptions()
    try:
        with isolated(repository) as place:
            clock = Clock(options.silent_seconds, options.silent_seconds)
            rules = load_history_rules()
            newest = _newest(
                _Reading(find_git(repository.top), place, clock, _prefix(root, repository.top), rules, options)
            )
    except (NoHistory, GitFailed):
        return None
    return None if newest is None else day_of(newest)


def _read(root: Path, repository: GitFolder, paths: list[str], options: HistoryOptions, named: _Named) -> History:
    git = find_git(repository.top)
    with isolated(repository) as place:
        clock = Clock(options.seconds, options.silent_seconds)
        reading = _Reading(git, place, clock, _prefix(root, repository.top), load_history_rules(), options)
        try:
            tracked = _tracked(reading, paths)
            counted = _count(reading, tracked, _ignored_revisions(reading), named)
        except GitFailed as failure:
            raise NoHistory(_why(repository, place, failure)) from None
        _check_reach(counted.tally, reading.rules)
    return summarise(counted, place, paths, reading.prefix, reading.rules, options)


def _prefix(root: Path, top: bytes) -> bytes:
    """Return what paths of the repository begin with when they lie below `root`: b"" or a folder and a slash."""
    inside = os.path.relpath(os.path.realpath(os.fsencode(root)), top)
    if inside in (b".", b"..") or inside.startswith(b"../"):
        return b""
    return inside + b"/"


def _tracked(reading: _Reading, paths: list[str]) -> list[bytes]:
    """Return which of the files the commit holds, by raw path. Raises NoHistory when it holds none: the history is another's."""
    wanted = {reading.prefix + raw_bytes(raw_path(path)) for path in paths}
    arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", reading.place.commit, *_below(reading.prefix)]
    with running(reading.git, reading.place, arguments, reading.clock) as chunks:
        found = sorted({path for path in tokens(chunks) if path in wanted})
    if not found:
        raise NoHistory(f"none of the {len(wanted)} files read is in the commit that is checked out")
    return found


def _below(prefix: bytes) -> list[str]:
    """Limit git to a folder; nothing when the whole work tree is read."""
    return ["--", os.fsdecode(prefix.rstrip(b"/"))] if prefix else []


def _ignored_revisions(reading: _Reading) -> frozenset[str]:
    """Return the commits of mere layout that the project itself lists for `git blame`."""
    data = b""
    try:
        name = f"{reading.place.commit}:{_IGNORED_REVISIONS}"
        with running(reading.git, reading.place, ["cat-file", "blob", name], reading.clock) as chunks:
            for chunk in chunks:
                data += chunk
                if len(data) > _MAX_IGNORED_BYTES:
                    break
    except GitFailed:
        return frozenset()
    return frozenset(name.decode("ascii") for name in _NAME_LINE.findall(data[:_MAX_IGNORED_BYTES]))


def _count(reading: _Reading, tracked: list[bytes], skipped: frozenset[str], named: _Named) -> Counted:
    """Count all commits. Where file contents are missing, once more with empty ones, and if that fails too, without lines."""
    newest = _newest(reading)
    for how, missing in _attempts(reading):
        tally = Tally(
            {path: index for index, path in enumerate(tracked)},
            reading.rules,
            skipped=skipped,
            cut=reading.place.shallow,
            marks=named.marks,
            memory_commits=named.memory_commits,
            newest=newest,
        )
        full = ["--full-diff"] if reading.prefix else []
        count = f"--max-count={reading.options.max_commits}"
        arguments = [*_LOG, *how, *full, count, reading.place.commit, *_below(reading.prefix)]
        try:
            with running(reading.git, reading.place, arguments, reading.clock) as chunks:
                for commit in commits(chunks):
                    tally.add(commit)
            return Counted(tally, has_lines=how is _WITH_LINES, missing=missing)
        except GitFailed:
            if how is _NAMES_ONLY:
                raise
    raise NoHistory("no commit was read")


def _newest(reading: _Reading) -> int | None:
    """Return the time of the commit that is checked out: ages count from it even where it does not touch the scanned folder."""
    arguments = [*_LOG, "--max-count=1", reading.place.commit]
    with running(reading.git, reading.place, arguments, reading.clock) as chunks:
        return next((commit.time for commit in commits(chunks)), None)


def _attempts(reading: _Reading) -> Iterator[tuple[list[str], int]]:
    """Ways to read, best first, each with the number of contents that were missing."""
    yield _WITH_LINES, 0
    missing = substitute_missing(reading.git, reading.place, reading.clock)
    if missing:
        yield _WITH_LINES, missing
    yield _NAMES_ONLY, missing


def _check_reach(tally: Tally, rules: HistoryRules) -> None:
    """Raise NoHistory when a cut-off clone reaches back too little to tell rates."""
    if tally.edge_days is not None and tally.edge_days < rules.shallow.least_days:
        raise NoHistory(
            f"the clone is shallow: it holds {tally.seen - tally.cut} whole commits and is complete for {tally.edge_days} days only;"
            " git fetch --unshallow brings the rest"
        )


def _why(repository: GitFolder, place: Isolated, failure: GitFailed) -> str:
    if repository.common is not None and leans_on_others(repository.common):
        return (
            "its objects lie in another repository (objects/info/alternates), which is not followed;"
            " git repack -a -d in it brings them together"
        )
    if place.has_promisor:
        return f"the clone is partial and lacks folders that its history needs; nothing is fetched ({failure})"
    return f"git could not read it ({failure})"
