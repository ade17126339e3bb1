"""The walk: every path below the root once, in one order, with what was ignored or cannot be read told apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rustplan.discover.asked import EVERYTHING, Asked
from rustplan.discover.files import read_whole, words
from rustplan.discover.git import Repository, find_repository, open_repository
from rustplan.discover.walked import Walked, record
from rustplan.globs import MAX_PATTERN
from rustplan.ignore_lines import MAX_BYTES, MAX_PATTERNS, Pattern, PatternSet, Scope, option_patterns, read_patterns
from rustplan.model.options import DiscoverOptions
from rustplan.model.paths import raw_bytes, raw_text
from rustplan.model.source import SkipReason

_VERSION_CONTROL = frozenset({b".git", b".hg", b".svn"})
OUTPUT_FOLDERS = ("build", "target", "out", "dist", "_build", "bin", "obj")


@dataclass(frozen=True, slots=True)
class _Folder:
    """A directory still to be listed.

    `path` is counted from the root, `inner` from the top of its work tree. `git` and `own` are the .gitignore and .rustplanignore
    files in effect. `under` is the line that ignores the whole directory, which is walked only for the files that git tracks in it.
    """

    path: str
    repository: Repository | None
    inner: str
    git: Scope | None
    own: Scope | None
    depth: int
    under: Pattern | None = None


def walk(root: bytes, options: DiscoverOptions, asked: Asked = EVERYTHING) -> Walked:
    """Walk `root` (absolute, resolved), or only what leads to the paths asked for. Nothing is opened but ignore files and git's own."""
    walked = Walked(root, find_repository(root))
    excluded = option_patterns(options.exclude, "--exclude")
    waiting = [_start(walked)]
    while waiting:
        below = []
        for child in _list(walked, waiting.pop(), excluded, asked):
            if child.depth > options.max_depth:
                walked.skip(child.path, SkipReason.TOO_DEEP, f"nested deeper than {options.max_depth} directories")
            else:
                below.append(child)
        waiting.extend(reversed(below))
    _note_problems(walked)
    return walked


def _start(walked: Walked) -> _Folder:
    """Return the root, with the ignore files of the directories above it up to the top of its work tree in effect."""
    repository = walked.repository
    if repository is None:
        return _Folder("", None, "", None, None, 0)
    walked.repositories.append(("", repository))
    inner = "" if walked.root == repository.top else raw_text(os.path.relpath(walked.root, repository.top))
    scope: Scope | None = Scope(repository.excludes(), 0, None)
    parts = inner.split("/") if inner else []
    for depth in range(len(parts)):
        above = "/".join(parts[:depth])
        ups = "../" * (len(parts) - depth)
        scope = _with_file(walked, repository.top, above, ".gitignore", scope, above, ups=ups)
        if _ignores(scope, repository, "/".join(parts[: depth + 1])):
            scope = None
            break
    _note_submodules(walked, repository, inner + "/" if inner else "", "")
    return _Folder("", repository, inner, scope, None, 0)


def _ignores(scope: Scope | None, repository: Repository, path: str) -> bool:
    """Tell whether the asked-for folder is itself ignored: then the ignore files above say nothing about what is in it."""
    pattern = scope.decide(path, is_directory=True) if scope else None
    if pattern is None or pattern.is_negated:
        return False
    return not repository.tracked.holds(path, is_directory=True)


def _with_file(
    walked: Walked, top: bytes, path: str, name: str, outer: Scope | None, inner: str, *, ups: str = ""
) -> Scope | None:
    """Put the ignore file `name` of the directory `path` below `top` into effect, in front of `outer`."""
    place = f"{path}/{name}" if path else name
    shown = ups + name if ups else place
    try:
        data = read_whole(top + b"/" + raw_bytes(place), MAX_BYTES)
    except FileNotFoundError:
        return outer
    except OSError as error:
        walked.degrade(shown, f"its lines are not in effect: {words(error)}")
        return outer
    patterns = read_patterns(data, shown)
    if patterns.too_long:
        walked.degrade(
            shown, f"{patterns.too_long} of its lines have over {MAX_PATTERN} characters and are not in effect"
        )
    if patterns.left_out:
        walked.degrade(shown, f"lines after its first {MAX_PATTERNS} patterns are not in effect")
    return Scope(patterns, len(inner) + 1 if inner else 0, outer) if patterns.patterns else outer


def _list(walked: Walked, folder: _Folder, excluded: PatternSet, asked: Asked) -> Iterator[_Folder]:
    """List one directory: record its files, yield its directories. Of what was not asked for, only the files' names are kept."""
    try:
        with os.scandir(walked.root + b"/" + raw_bytes(folder.path)) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        walked.skip(folder.path, SkipReason.UNREADABLE, f"the directory cannot be listed: {words(error)}")
        return
    names = {entry.name for entry in found}
    folder = _with_ignore_files(walked, folder, names)
    _note_listing(walked, folder, names)
    for entry in found:
        if entry.name in _VERSION_CONTROL:
            continue
        name = raw_text(entry.name)
        path = f"{folder.path}/{name}" if folder.path else name
        inner = f"{folder.inner}/{name}" if folder.inner else name
        is_directory = entry.is_dir(follow_symlinks=False)
        if not (asked.leads(path) if is_directory else asked.holds(path)):
            if entry.is_file(follow_symlinks=False):
                walked.files.append(path)
            continue
        verdict = _verdict(folder, path, inner, is_directory, excluded)
        if verdict.ignored_by is not None:
            walked.ignore(path, verdict.ignored_by.text, verdict.ignored_by.origin, is_directory=is_directory)
        elif is_directory:
            yield replace(folder, path=path, inner=inner, depth=folder.depth + 1, under=verdict.under)
        else:
            record(walked, path, entry)


def _with_ignore_files(walked: Walked, folder: _Folder, names: set[bytes]) -> _Folder:
    """Return the folder with its own ignore files in effect; a nested git repository starts anew."""
    if b".git" in names and folder.path:
        repository = open_repository(walked.root + b"/" + raw_bytes(folder.path))
        walked.repositories.append((folder.path + "/", repository))
        git = Scope(repository.excludes(), 0, None)
        folder = replace(folder, repository=repository, inner="", git=git, under=None)
        _note_submodules(walked, repository, "", folder.path + "/")
    if b".gitignore" in names:
        folder = replace(
            folder, git=_with_file(walked, walked.root, folder.path, ".gitignore", folder.git, folder.inner)
        )
    if b".rustplanignore" in names:
        own = _with_file(walked, walked.root, folder.path, ".rustplanignore", folder.own, folder.path)
        folder = replace(folder, own=own)
    return folder


@dataclass(frozen=True, slots=True)
class _Verdict:
    """`ignored_by` is the line that leaves a path out; `under` the line that hides all of a directory but tracked files."""

    ignored_by: Pattern | None = None
    under: Pattern | None = None


def _verdict(folder: _Folder, path: str, inner: str, is_directory: bool, excluded: PatternSet) -> _Verdict:
    """Decide about one path: git's files first, then what git tracks, then .rustplanignore, then --exclude; later words win."""
    own = excluded.decide(path, is_directory=is_directory)
    if own is None and folder.own is not None:
        own = folder.own.decide(path, is_directory=is_directory)
    if own is not None:
        return _Verdict() if own.is_negated else _Verdict(ignored_by=own)
    pattern = folder.under
    if pattern is None and folder.git is not None:
        pattern = folder.git.decide(inner, is_directory=is_directory)
    if pattern is None or pattern.is_negated:
        return _Verdict()
    if folder.repository is not None and folder.repository.tracked.holds(inner, is_directory=is_directory):
        return _Verdict(under=pattern if is_directory else None)
    return _Verdict(ignored_by=pattern)


def _note_listing(walked: Walked, folder: _Folder, names: set[bytes]) -> None:
    """Keep the names inside a directory that is called like build output: they tell whether it is."""
    if folder.path.rpartition("/")[2].lower() not in OUTPUT_FOLDERS:
        return
    walked.listings[folder.path] = frozenset(raw_text(name) for name in names)
    if folder.repository is not None and folder.repository.tracked.holds(folder.inner, is_directory=True):
        walked.tracked_folders.add(folder.path)


def _note_submodules(walked: Walked, repository: Repository, above: str, below: str) -> None:
    """Record the submodules of a work tree; one that was not fetched is listed as missing."""
    for path, url, line in repository.submodules():
        if not path.startswith(above) or path + "/" == above:
            continue
        place = below + path[len(above) :]
        walked.submodules[place] = f"{url} (.gitmodules:{line})"
        try:
            is_missing = not os.listdir(walked.root + b"/" + raw_bytes(place))
        except OSError:
            is_missing = True
        if is_missing:
            walked.skip(place, SkipReason.SUBMODULE_MISSING, url)


def _note_problems(walked: Walked) -> None:
    """Say when git's own files could not be read: then tracked files that an ignore file names are left out."""
    for prefix, repository in walked.repositories:
        if repository.problem:
            walked.degrade(f"{prefix}.git", repository.problem)
