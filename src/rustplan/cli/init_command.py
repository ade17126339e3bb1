"""`rustplan init`: a commented rustplan.yml with the components that were found, and what to paste into CI."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.errors import InputError, OutputError

if TYPE_CHECKING:
    from rustplan.cli.streams import Streams
    from rustplan.model.analysis import Analysis
    from rustplan.model.component import Component

MOST_COMPONENTS = 200
MOST_NAMED = 3
"""Files that a component without a folder of its own is shown with."""
IGNORED = ("/rustplan.json", "/roadmap.html")
"""Outputs of a run that do not belong in version control; the baseline does."""

_HEAD = """\
# Settings of rustplan. Every key: rustplan config schema. What is in effect and why: rustplan config show
version: 1

# Paths that are not read; .gitignore and .rustplanignore are honoured besides.
# exclude: ["docs/**"]
"""
_TAIL = """
# The team. Without all three no quarter is printed.
# plan: {engineers: 4, start: "2027-01", availability: 0.7}

# What stops a pull request: `rustplan check` reads this. new:high needs a baseline: rustplan baseline create
gate:
  fail-on: ["new:high", policy]
  min-coverage: 0.9
"""


@click.command(cls=SectionedCommand, short_help="Write a commented rustplan.yml; print a CI snippet.")
@click.argument("path", metavar="[PATH]", default=".", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--ci",
    "system",
    type=click.Choice(["github", "gitlab", "jenkins", "shell"]),
    default=None,
    help="The snippet to print  [default: by the files that are there]",
)
@talk_options
def init(path: Path, system: str | None, talk: TalkChoice) -> int:
    """Write a commented rustplan.yml with the components that were found, and print what to paste into CI.

    Nothing is overwritten. The components come from PATH/rustplan.json, else from a scan that writes nothing.
    """
    from rustplan.cli.ci_snippets import SNIPPETS, likely_ci
    from rustplan.cli.streams import Streams
    from rustplan.report.view.numbers import counted

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    target = _free_place(path)
    analysis = _known(path, streams)
    write_new(target, "".join(f"{line}\n" for line in document(analysis)))
    streams.document(SNIPPETS[system or likely_ci(path)])
    found = counted(len(analysis.graph.components), "component")
    streams.say(f"Wrote {target}; it lists what was found as comments: {found}")
    missing = [line for line in IGNORED if line not in _ignore_lines(path)]
    if missing:
        streams.say(f"Add to .gitignore: {' '.join(missing)}")
    streams.say("Next: rustplan scan . · rustplan baseline create · git add rustplan.yml rustplan-baseline.json")
    return 0


def document(analysis: Analysis) -> Iterator[str]:
    """The lines of the file; component names are quoted, so that one from a strange repository stays one word."""
    yield from _HEAD.splitlines()
    components = sorted(analysis.graph.components, key=lambda one: (-one.unsafe_sloc, -one.sloc, one.name))
    yield ""
    yield "# Components, as they were found. To draw one yourself, take away "  # " before the key and before its line."
    yield "# components:"
    yield from (_component_line(component) for component in components[:MOST_COMPONENTS])
    if len(components) > MOST_COMPONENTS:
        yield f"#   and {len(components) - MOST_COMPONENTS} smaller ones: rustplan scan ."
    yield ""
    yield "# What may no longer happen to a component: open, no-new-unsafe, no-new-c, frozen, rust-only; from a day on, if you like."
    yield "# policy:"
    for component in components[:1]:
        yield f'#   {_quoted(component.name)}: {{state: no-new-unsafe, from: "2027-01-01"}}'
    yield from _TAIL.splitlines()


def _component_line(component: Component) -> str:
    from rustplan.report.view.numbers import counted
    from rustplan.report.words import languages

    named = _globs(component)
    globs = ", ".join(map(_quoted, named))
    told = f"{counted(component.sloc, 'line')} of {languages(component.languages)}"
    if len(named) == MOST_NAMED < len(component.files):
        told += f"; {MOST_NAMED} of its {counted(len(component.files), 'file')}"
    return f"#   {_quoted(component.name)}: [{globs}]  # {told}"


def _globs(component: Component) -> tuple[str, ...]:
    """Its folder when all files lie in one that bears its name, else its first files."""
    from rustplan.cli.places import escaped_glob

    if all(path.startswith(f"{component.name}/") for path in component.files):
        return (f"/{escaped_glob(component.name)}/**",)
    return tuple(f"/{escaped_glob(path)}" for path in component.files[:MOST_NAMED])


def _quoted(text: str) -> str:
    from rustplan.report.escape import visible

    return json.dumps(visible(text), ensure_ascii=False)


def _free_place(folder: Path) -> Path:
    """Where the file will be. Raises InputError when one is there already."""
    from rustplan.config import NAMES

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder", hint="give the folder of a repository, for example: rustplan init .")
    there = next((folder / name for name in NAMES if os.path.lexists(folder / name)), None)
    if there is not None:
        raise InputError(f"{there} exists, and init overwrites nothing", hint="look at it: rustplan config show")
    return folder / NAMES[0]


def _known(folder: Path, streams: Streams) -> Analysis:
    """The saved analysis of the folder, else a new one."""
    from rustplan.cli.saved import DEFAULT_FILE, read_saved

    saved = folder / DEFAULT_FILE
    if os.path.lexists(saved):
        return read_saved(saved)
    from rustplan.api import analyze
    from rustplan.cli.places import refuse_nothing_to_read
    from rustplan.cli.progress import reading_progress
    from rustplan.config import load_settings

    with reading_progress(streams) as progress:
        analysis = analyze(folder, load_settings(folder, environ=os.environ), progress=progress)
    refuse_nothing_to_read(folder, analysis)
    return analysis


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet, not even since we looked. Raises InputError, OutputError."""
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            f"{path} exists, and init overwrites nothing", hint="look at it: rustplan config show"
        ) from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}", hint="check the permissions") from None


def _ignore_lines(folder: Path) -> frozenset[str]:
    """The lines of the folder's .gitignore, each also with the leading slash that makes it mean this folder."""
    try:
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    lines = {line.strip() for line in text.splitlines()}
    return frozenset(lines | {f"/{line}" for line in lines})
