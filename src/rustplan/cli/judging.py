"""The verdict of a command: what it is held against, its lines, and its last line."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import msgspec

from rustplan.cli.streams import Streams
from rustplan.config import Settings, as_of
from rustplan.errors import InputError
from rustplan.evidence.profile_input import open_file
from rustplan.gate import DEFAULT_NAME, Baseline, GateInputs, Verdict, decode_baseline, evaluate, parse_expression
from rustplan.gate.baseline import MOST_BYTES
from rustplan.model.analysis import Analysis
from rustplan.model.paths import real_path


def load_baseline(settings: Settings, folder: Path, streams: Streams) -> Baseline | None:
    """Read the baseline before the long work; None without one. Raises InputError when one that is needed is missing or cannot be read.

    The default one in `folder` may be a stranger's: unless a gate was asked for, it is left out with a word when it cannot be read.
    """
    path = _place(settings, folder)
    needing = next((one for one in map(parse_expression, settings.gate.fail_on) if one.needs_baseline), None)
    if not os.path.lexists(path):
        if settings.gate.baseline or needing:
            why = f", and --fail-on {needing.text} needs one" if needing else ""
            raise InputError(f"there is no baseline {path}{why}", hint=f"make it from a scan: {_creating(path)}")
        return None
    try:
        return read_baseline(path)
    except InputError as error:
        if settings.gate.baseline or settings.gate.fail_on:
            raise
        streams.say(streams.err.plain(f"no baseline is compared with: {error.message}"))
        return None


def _creating(path: Path) -> str:
    """The command that writes the baseline to where it was looked for."""
    if path == Path(DEFAULT_NAME):
        return "rustplan baseline create"
    return f"rustplan baseline create --baseline {shlex.quote(str(path))}"


def judge(analysis: Analysis, settings: Settings, folder: Path, baseline: Baseline | None) -> Verdict:
    """Evaluate the gate in effect against `baseline`; a scan of some files is compared with their part of it."""
    name = _place(settings, folder).name
    if baseline is not None and settings.discover.only:
        baseline, name = _of_what_was_read(baseline, analysis, folder), f"{name} (of the files read)"
    day = as_of(os.environ, analysis.project.date)
    inputs = GateInputs(baseline=baseline, baseline_name=name, day=day.day, day_because=day.because)
    return evaluate(analysis, settings.gate, inputs)


def _place(settings: Settings, folder: Path) -> Path:
    return Path(settings.gate.baseline) if settings.gate.baseline else folder / DEFAULT_NAME


def _of_what_was_read(baseline: Baseline, analysis: Analysis, folder: Path) -> Baseline:
    """The entries that a scan of some files can speak of: those of these files, and of files that are gone, whose code may have moved."""
    read = {file.path for file in analysis.scorecard.files}
    paths = {entry.path for entry in baseline.entries}
    spoken_of = read | {path for path in paths - read if not os.path.lexists(real_path(folder, path))}
    entries = tuple(entry for entry in baseline.entries if entry.path in spoken_of)
    return msgspec.structs.replace(baseline, entries=entries)


def read_baseline(path: Path) -> Baseline:
    """Read a baseline: a regular file of bounded size, without ever waiting for a pipe. Raises InputError with the next step."""
    if not os.path.lexists(path):
        raise InputError(f"there is no baseline {path}", hint=f"make it: {_creating(path)}")
    with open_file(path, "--baseline") as file:
        try:
            data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror or error}", hint="check the path") from None
    return decode_baseline(data, path.name)


def tell(verdict: Verdict, streams: Streams) -> None:
    """Gate lines, and the verdict as the last line."""
    width = max((len(check.expression) for check in verdict.checks), default=0)
    if verdict.baseline is not None and (verdict.checks or streams.verbose):
        streams.report(f"baseline  {verdict.baseline.name}: {verdict.baseline.line}")
    if any(policy.since for policy in verdict.policies) or (verdict.baseline and verdict.baseline.expired):
        streams.say(f"dates were read as of {verdict.day} ({verdict.day_because})")
    for check in verdict.checks:
        streams.report(f"gate  {check.expression:<{width}}  {check.line}", "" if check.is_met else "high")
    if verdict.exit_code:
        streams.insist(verdict.sentence, "high")
    elif verdict.checks:
        streams.report(verdict.sentence)
    else:
        streams.say(verdict.sentence)
