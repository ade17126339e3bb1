"""Which folder a scan reads: one repository, or with --findings-only several files and folders of one."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import msgspec

from rustplan.config import Flag
from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.report.view.numbers import counted


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The root of a scan, and the settings that narrow it to the paths given."""

    root: Path
    flags: dict[str, Flag] = {}


def find_place(paths: tuple[Path, ...], *, is_findings_only: bool) -> Place:
    """Check the paths and return what to scan. Raises InputError with the next step."""
    for path in paths:
        _check_exists(path)
    if len(paths) == 1 and paths[0].is_dir():
        _check_listable(paths[0])
        return Place(root=paths[0])
    if not is_findings_only:
        raise _refusal(paths)
    root = Path(os.path.commonpath([os.path.abspath(path if path.is_dir() else path.parent) for path in paths]))
    globs = ["/" + escaped_glob(os.path.relpath(path, root).replace(os.sep, "/")) for path in paths]
    return Place(
        root=root, flags={"include": Flag(name="PATH", value=["/**" if glob == "/." else glob for glob in globs])}
    )


def escaped_glob(path: str) -> str:
    """`path` as a gitignore pattern that means just itself."""
    escaped = "".join(f"\\{character}" if character in "\\*?[]!#" else character for character in path)
    return escaped[:-1] + "\\ " if escaped.endswith(" ") else escaped


def refuse_nothing_to_read(root: Path, analysis: Analysis) -> None:
    """Raise InputError when the folder holds no C, C++ or Java at all: an empty report would look like a clean one."""
    coverage = analysis.coverage
    if coverage.languages or any(file.language for file in coverage.skipped):
        return
    found = [counted(coverage.other_files, "other file")] if coverage.other_files else []
    if coverage.ignored:
        found.append(f"{counted(len(coverage.ignored), 'path')} left out by ignore files or --exclude")
    if coverage.skipped:
        found.append(f"{counted(len(coverage.skipped), 'file')} that could not be read")
    if not found:
        raise InputError(f"{root} is empty: there is nothing to read", hint="give the folder that holds the sources")
    raise InputError(
        f"no C, C++ or Java under {root}; found {', '.join(found)}",
        hint="give the folder that holds the sources; rustplan reads C, C++ and Java",
    )


def _check_exists(path: Path) -> None:
    if os.path.lexists(path):
        if not path.exists():
            raise InputError(f"{path} is a symbolic link that leads nowhere", hint="give the folder itself")
        return
    siblings = _names_in(path.parent)
    close = difflib.get_close_matches(path.name, siblings, n=1)
    hint = (
        f"did you mean {path.parent / close[0]}?"
        if close
        else "check the path; `rustplan scan .` reads the current folder"
    )
    raise InputError(f"there is no {path}", hint=hint)


def _check_listable(path: Path) -> None:
    try:
        with os.scandir(path):
            return
    except OSError as error:
        raise InputError(
            f"cannot read the folder {path}: {error.strerror or error}", hint="check its permissions"
        ) from None


def _refusal(paths: tuple[Path, ...]) -> InputError:
    if len(paths) > 1:
        return InputError(
            f"{len(paths)} paths were given; a roadmap is made of one folder",
            hint="scan their common folder, or print findings only: --findings-only",
        )
    return InputError(
        f"{paths[0]} is a file; a roadmap is made of a folder",
        hint=f"scan its folder: rustplan scan {paths[0].parent}; or: rustplan scan --findings-only {paths[0]}",
    )


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
