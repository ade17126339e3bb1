"""Which folder a scan reads: one repository, or with --findings-only several files and folders of one repository."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rustplan.config import NAMES, folders_upward
from rustplan.errors import InputError
from rustplan.gate import DEFAULT_NAME, Metric, parse_expression
from rustplan.model.analysis import Analysis
from rustplan.report.view.numbers import counted

if TYPE_CHECKING:
    from rustplan.cli.outputs import Outputs


OF_FINDINGS = ("concise", "full", "new", "jsonl", "csv", "sarif", "sarif-full", "github", "gitlab", "junit")
"""The formats that need no conclusions."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The root of a scan, and what of it is read as paths relative to it; all of it when `only` is empty."""

    root: Path
    only: tuple[str, ...] = ()


def find_place(paths: tuple[Path, ...], *, is_findings_only: bool) -> Place:
    """Check the paths and return what to scan. Raises InputError with the next step."""
    for path in paths:
        _check_exists(path)
    if len(paths) == 1 and paths[0].is_dir():
        _check_listable(paths[0])
        return Place(root=paths[0])
    if not is_findings_only:
        raise _refusal(paths)
    places = [_place(path) for path in paths]
    common = os.path.commonpath(
        [place if path.is_dir() else place.parent for place, path in zip(places, paths, strict=True)]
    )
    root = home_of(Path(common))
    only = (os.fsencode(os.path.relpath(place, root)).decode("utf-8", "surrogateescape") for place in places)
    return Place(root=root, only=tuple(sorted(set(only))))


def escaped_glob(path: str) -> str:
    """`path` as a gitignore pattern that means just itself."""
    escaped = "".join(f"\\{character}" if character in "\\*?[]!#" else character for character in path)
    return escaped[:-1] + "\\ " if escaped.endswith(" ") else escaped


def home_of(folder: Path) -> Path:
    """The nearest folder from `folder` upward that a whole scan would be made of: it holds a configuration file or a baseline, or is the top of a repository.

    So the paths of findings are those of the baseline. Outside a repository it is `folder` itself.
    """
    folders = folders_upward(folder)
    marks = (*NAMES, DEFAULT_NAME)
    return next((place for place in folders if any(os.path.lexists(place / name) for name in marks)), folders[-1])


def _place(path: Path) -> Path:
    """The absolute path with the links above it resolved; a link itself stays one, because links are never followed."""
    return Path(os.path.realpath(path)) if path.is_dir() else Path(os.path.realpath(path.parent)) / path.name


def refuse_conclusions(outputs: Outputs, fail_on: Sequence[str], *, is_in_part: bool) -> None:
    """Raise InputError when a run that ends after the findings is asked for more than findings can tell."""
    formats = (outputs.stdout_format, *(target.format for target in outputs.files))
    wrong = next((format for format in formats if format not in OF_FINDINGS), None)
    if wrong is not None:
        raise InputError(
            f"--findings-only: {wrong} tells what a whole scan concludes",
            hint=f"leave --findings-only out, or take one of {', '.join(OF_FINDINGS)}",
        )
    for expression in map(parse_expression, fail_on):
        if expression.metric in (Metric.RISK, Metric.GC, Metric.POLICY):
            raise InputError(
                f"--findings-only: --fail-on {expression.text} is about components, and none is made",
                hint="leave --findings-only out, or use new:SEVERITY or coverage<N",
            )
        if expression.metric is Metric.STALE and is_in_part:
            raise InputError(
                f"--fail-on {expression.text} needs the whole repository, and only some files are read",
                hint="scan the folder: rustplan scan --findings-only .",
            )


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
        raise _nothing_in(root)
    raise InputError(
        f"no C, C++ or Java under {root}; found {', '.join(found)}",
        hint="give the folder that holds the sources; rustplan reads C, C++ and Java",
    )


def _nothing_in(root: Path) -> InputError:
    return InputError(f"{root} is empty: there is nothing to read", hint="give the folder that holds the sources")


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
        with os.scandir(path) as entries:
            if next(entries, None) is None:
                raise _nothing_in(path)
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
