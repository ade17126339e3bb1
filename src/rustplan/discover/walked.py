"""What the walk found, and how one directory entry that is not a directory is recorded."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field

from rustplan.discover.files import words
from rustplan.discover.git import Repository
from rustplan.discover.suffixes import is_candidate
from rustplan.model.paths import model_path, raw_bytes, raw_text
from rustplan.model.source import DegradedFile, DegradeReason, IgnoredPath, SkippedFile, SkipReason

_SPECIAL = (
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
)


@dataclass(slots=True)
class Walked:
    """What the walk found. Paths are raw and relative to the root.

    `files` are all regular files, `sizes` the bytes of those that may be source text, `listings` the names inside directories that
    may be build output, `tracked_folders` those of them with files in git, `submodules` their origin by path, `repositories` the
    git work trees met with the prefix of their paths.
    """

    root: bytes
    repository: Repository | None
    files: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    listings: dict[str, frozenset[str]] = field(default_factory=dict)
    tracked_folders: set[str] = field(default_factory=set)
    submodules: dict[str, str] = field(default_factory=dict)
    repositories: list[tuple[str, Repository]] = field(default_factory=list)
    ignored_folders: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    degraded: list[DegradedFile] = field(default_factory=list)
    ignored: list[IgnoredPath] = field(default_factory=list)

    def skip(self, path: str, reason: SkipReason, detail: str = "") -> None:
        """List a path that is not read, with the reason."""
        self.skipped.append(SkippedFile(path=model_path(path) or ".", reason=reason, detail=model_path(detail)))

    def degrade(self, path: str, detail: str) -> None:
        """List a file of the build or of git that was not understood."""
        reason = DegradeReason.MANIFEST_NOT_UNDERSTOOD
        self.degraded.append(DegradedFile(path=model_path(path), reason=reason, detail=model_path(detail)))

    def ignore(self, path: str, pattern: str, origin: str, *, is_directory: bool) -> None:
        """List a path that is left out on purpose: a directory, or a file that might be source text."""
        if is_directory:
            self.ignored_folders.append(path)
        elif not is_candidate(path.rpartition("/")[2]):
            return
        shown = model_path(path) + ("/" if is_directory else "")
        self.ignored.append(IgnoredPath(path=shown, pattern=model_path(pattern), origin=model_path(origin)))


def record(walked: Walked, path: str, entry: os.DirEntry[bytes]) -> None:
    """Record a file, a symbolic link or a special file."""
    try:
        if entry.is_symlink():
            _record_link(walked, path)
        elif entry.is_file(follow_symlinks=False):
            walked.files.append(path)
            if is_candidate(path.rpartition("/")[2]):
                walked.sizes[path] = entry.stat(follow_symlinks=False).st_size
        else:
            mode = entry.stat(follow_symlinks=False).st_mode
            what = next((words for test, words in _SPECIAL if test(mode)), "of an unknown kind")
            walked.skip(path, SkipReason.NOT_A_REGULAR_FILE, what)
    except OSError as error:
        walked.skip(path, SkipReason.UNREADABLE, words(error))


def _record_link(walked: Walked, path: str) -> None:
    """Never follow a link: what it leads to is read under its own name, or lies outside."""
    place = walked.root + b"/" + raw_bytes(path)
    text = raw_text(os.readlink(place))
    try:
        real = os.path.realpath(place, strict=True)
    except OSError as error:
        is_loop = error.errno == errno.ELOOP
        walked.skip(path, SkipReason.SYMLINK_LOOP if is_loop else SkipReason.SYMLINK_BROKEN, f"leads to {text}")
        return
    prefix = walked.root.rstrip(b"/") + b"/"
    if place.startswith(real.rstrip(b"/") + b"/"):
        is_above_root = not (real + b"/").startswith(prefix)
        reason = SkipReason.SYMLINK_OUTSIDE_ROOT if is_above_root else SkipReason.SYMLINK_LOOP
        walked.skip(path, reason, f"leads to {text}, a directory above it")
    elif not real.startswith(prefix):
        walked.skip(path, SkipReason.SYMLINK_OUTSIDE_ROOT, f"leads to {text}")
    else:
        target = raw_text(real[len(prefix) :])
        origin = "symbolic link, not followed: its target is looked at under its own name"
        if os.path.isdir(real) or is_candidate(path.rpartition("/")[2]):
            shown = model_path(path)
            walked.ignored.append(IgnoredPath(path=shown, pattern=f"-> {model_path(target)}", origin=origin))
