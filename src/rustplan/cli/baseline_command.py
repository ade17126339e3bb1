"""`rustplan baseline`: make, renew, tidy and look at the file of accepted findings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustplan.cli.app import NamingGroup, SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.cli.saved import from_option, read_saved
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.cli.streams import Streams
    from rustplan.gate import Baseline, Comparison
    from rustplan.model.analysis import Analysis

DEFAULT_FILE = Path("rustplan-baseline.json")
MOST_SHOWN = 50


def _baseline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --baseline; the command gets the path as `path`."""
    option = click.option(
        "--baseline",
        "path",
        type=click.Path(path_type=Path, readable=False),
        default=DEFAULT_FILE,
        show_default=True,
        metavar="FILE",
        help="The file of accepted findings",
    )
    return option(command)


@click.group(cls=NamingGroup)
def baseline() -> None:
    """Create, update, prune, compare or show the accepted findings.

    All but `show` read a saved analysis. In CI (CI=true) nothing is written: a baseline is a decision of people.
    """


@baseline.command("create", cls=SectionedCommand)
@from_option
@_baseline_option
@talk_options
def create(source: Path, path: Path, talk: TalkChoice) -> int:
    """Accept every defect and exposure of today, so that only what comes later is new."""
    from rustplan.gate import baseline_of

    streams = _streams(talk)
    _refuse_in_ci()
    if os.path.lexists(path):
        raise InputError(f"{path} exists", hint="renew it: rustplan baseline update; or remove it first")
    analysis = read_saved(source)
    _refuse_surface(analysis)
    made = baseline_of(analysis)
    _write(path, made)
    streams.say(f"Wrote {path}: {made.size} findings accepted. Commit it; `rustplan check --fail-on new:high` reads it")
    return 0


@baseline.command("update", cls=SectionedCommand)
@from_option
@_baseline_option
@talk_options
def update(source: Path, path: Path, talk: TalkChoice) -> int:
    """Accept what is new, too, and forget what is fixed. Reasons, owners and ends of entries are kept."""
    from rustplan.gate import baseline_of

    streams = _streams(talk)
    _refuse_in_ci()
    old, analysis, told = _compared(source, path)
    _refuse_surface(analysis)
    made = baseline_of(analysis, old)
    _write(path, made)
    streams.say(f"Wrote {path}: {_tally(told)}; {old.size} -> {made.size} accepted")
    return 0


@baseline.command("prune", cls=SectionedCommand)
@from_option
@_baseline_option
@talk_options
def prune(source: Path, path: Path, talk: TalkChoice) -> int:
    """Forget what is fixed; accept nothing new."""
    from rustplan.gate import without_stale

    streams = _streams(talk)
    _refuse_in_ci()
    old, _, told = _compared(source, path)
    made = without_stale(old, told)
    if made == old:
        streams.say(f"{path}: nothing to forget, {old.size} accepted")
        return 0
    _write(path, made)
    streams.say(f"Wrote {path}: {told.fixed} forgotten; {old.size} -> {made.size} accepted")
    return 0


@baseline.command("diff", cls=SectionedCommand)
@from_option
@_baseline_option
@talk_options
def diff(source: Path, path: Path, talk: TalkChoice) -> int:
    """List what is new (+) and what is fixed (-) against the baseline. Judges nothing: the exit code is 0."""
    streams = _streams(talk)
    _, _, told = _compared(source, path)
    for new in told.new:
        finding = new.finding
        severity = f" {finding.severity.value}" if finding.severity else ""
        count = f" ({new.places} places)" if new.places > 1 else ""
        lately = " (expired)" if new.has_expired else ""
        streams.print(streams.out.plain(f"+ {finding.path}:{finding.line}: {finding.rule}{severity}{count}{lately}"))
    for entry, places in told.stale:
        streams.print(
            streams.out.plain(
                f"- {entry.path}: {entry.rule} in {entry.fn or 'the file'}"
                + (f" ({places} places)" if places > 1 else "")
            )
        )
    streams.say(_tally(told))
    return 0


@baseline.command("show", cls=SectionedCommand)
@_baseline_option
@talk_options
def show(path: Path, talk: TalkChoice) -> int:
    """Say how large the baseline is, which rules and files it is made of, and what ends when."""
    from collections import Counter

    from rustplan.cli.judging import read_baseline
    from rustplan.report.terminal import Column, table
    from rustplan.report.view.numbers import counted

    streams = _streams(talk)
    read = read_baseline(path)
    rules: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for entry in read.entries:
        rules[entry.rule] += entry.n
        files[entry.path] += entry.n
    columns = (Column(title="Rule", style="bold", is_flexible=True), Column(title="Accepted", is_right=True))
    rows = [(rule, str(count)) for rule, count in sorted(rules.items(), key=lambda one: (-one[1], one[0]))]
    streams.print("\n".join(table(streams.out, columns, rows[:MOST_SHOWN])))
    columns = (Column(title="File", style="bold", is_flexible=True), Column(title="Accepted", is_right=True))
    rows = [(name, str(count)) for name, count in sorted(files.items(), key=lambda one: (-one[1], one[0]))]
    streams.print("\n".join(table(streams.out, columns, rows[:10])))
    for entry in sorted((one for one in read.entries if one.expires), key=lambda one: one.expires)[:MOST_SHOWN]:
        owner = f", {entry.owner}" if entry.owner else ""
        streams.print(
            streams.out.plain(
                f"ends {entry.expires}: {entry.path} {entry.rule}{owner}{': ' + entry.reason if entry.reason else ''}"
            )
        )
    made = f" made {read.date}" if read.date else ""
    streams.say(
        streams.err.plain(
            f"{path}: {read.size} findings accepted in {counted(len(files), 'file')},{made} by {read.tool}"
        )
    )
    return 0


def _compared(source: Path, path: Path) -> tuple[Baseline, Analysis, Comparison]:
    from rustplan.cli.judging import read_baseline
    from rustplan.gate import compare

    old = read_baseline(path)
    analysis = read_saved(source)
    return old, analysis, compare(analysis, old, _day(analysis))


def _tally(told: Comparison) -> str:
    return f"{sum(new.places for new in told.new)} new, {told.fixed} fixed, {told.unchanged} unchanged, {told.moved} moved, {told.expired} expired"


def _day(analysis: Analysis) -> str:
    from rustplan.config import as_of

    return as_of(os.environ, analysis.project.date).day


def _write(path: Path, made: Baseline) -> None:
    from rustplan.cli.atomic import write_all
    from rustplan.gate import encode_baseline

    write_all([(path, encode_baseline(made))])


def _refuse_surface(analysis: Analysis) -> None:
    """A baseline without the defects would make each of them new in the next whole scan."""
    if analysis.coverage.depth != "full":
        raise InputError(
            "the analysis was made at surface depth: it knows no defects that the engine finds",
            hint="make it at full depth: rustplan scan .",
        )


def _refuse_in_ci() -> None:
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        raise InputError(
            "a baseline is not written in CI (CI is set)", hint="run it on a developer's machine, and commit the file"
        )


def _streams(talk: TalkChoice) -> Streams:
    from rustplan.cli.streams import Streams

    return Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
