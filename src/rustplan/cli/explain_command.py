"""`rustplan explain`: what a rule means, why a component ranks where it does, what became of a path."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.cli.rules_command import load_rulebook, rule_folders_option
from rustplan.cli.saved import from_option, read_saved
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.model.analysis import Analysis
    from rustplan.report.terminal import Terminal
    from rustplan.rulebook import Rulebook


MOST_NAMED = 12
"""Components that the hint for an unknown name lists."""


@click.command(cls=SectionedCommand)
@click.argument("name", metavar="RULE|COMPONENT|PATH")
@from_option
@rule_folders_option
@talk_options
def explain(name: str, source: Path, folders: tuple[Path, ...], talk: TalkChoice) -> int:
    """Explain a rule, a component or a path.

    A component or path is looked up in the saved analysis: every factor of the score, the boundary, the effort and the
    runner-up; which component a file belongs to, or why it was not read.
    """
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    rulebook = load_rulebook(folders)
    analysis, why_not = _saved(source)
    lines = explanation(name, rulebook, analysis, streams.out)
    if lines is None:
        raise _unknown(name, rulebook, analysis, why_not)
    streams.print("\n".join(lines))
    return 0


def explanation(name: str, rulebook: Rulebook, analysis: Analysis | None, terminal: Terminal) -> list[str] | None:
    """The words for a rule, else a component, else a path; None when `name` is none of them."""
    from rustplan.report.explain import explain_component, explain_other, explain_path, explain_rule

    rule = next((rule for rule in rulebook.rules if rule.id == name.removeprefix("rustplan/")), None)
    if rule is not None:
        return explain_rule(rule, analysis, terminal)
    if analysis is None:
        return None
    told = explain_component(name, analysis, terminal)
    if told is not None:
        return told
    paths = _paths(name, analysis)
    answers = (explain_path(path, analysis, terminal) for path in paths)
    unread = explain_other(paths[-1], terminal) if os.path.lexists(name) else None
    return next((answer for answer in answers if answer is not None), unread)


def _saved(source: Path) -> tuple[Analysis | None, InputError | None]:
    """The saved analysis; a missing one matters only if `name` is no rule."""
    try:
        return read_saved(source), None
    except InputError as error:
        return None, error


def _paths(name: str, analysis: Analysis) -> list[str]:
    """How the analysis may write this path, the likeliest first: relative to this folder, or to the scanned one above it."""
    place = Path(os.path.abspath(name))
    above = [folder for folder in place.parents if folder.name == analysis.project.name]
    bases = [*([Path.cwd()] if place.is_relative_to(Path.cwd()) else []), *above]
    return [place.relative_to(base).as_posix() for base in bases] or [place.as_posix()]


def _unknown(name: str, rulebook: Rulebook, analysis: Analysis | None, why_not: InputError | None) -> InputError:
    known = [rule.id for rule in rulebook.rules]
    if analysis is not None:
        known += [component.name for component in analysis.graph.components]
        known += [file.path for file in analysis.scorecard.files]
    close = difflib.get_close_matches(name, known, n=3) or _by_last_name(name, known)
    hint = f"did you mean {' or '.join(close)}?" if close else _what_there_is(analysis)
    if not close and analysis is not None and ("/" in name or "." in name):
        hint = "it is not among the source files of this analysis: rustplan reads C, C++ and Java"
    if why_not is not None:
        hint += f" For components and paths: {why_not.message}; {why_not.hint or 'rustplan scan PATH'}"
    what = "rule" if analysis is None else "rule, component or path"
    return InputError(f"there is no {what} {name}", hint=hint)


def _what_there_is(analysis: Analysis | None) -> str:
    """Where to find a name that exists: the first components by name, and the list of rules."""
    names = [component.name for component in analysis.graph.components] if analysis is not None else []
    if not names:
        return "see: rustplan rules list"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"components: {', '.join(names[:MOST_NAMED])}{more}; rules: rustplan rules list"


def _by_last_name(name: str, known: list[str]) -> list[str]:
    """Paths and components that end with the same name."""
    last = name.rstrip("/").rsplit("/", 1)[-1]
    return [candidate for candidate in known if candidate.rsplit("/", 1)[-1] == last][:3]
