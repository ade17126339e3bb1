"""`rustplan scan`: read a repository, rank, plan; write rustplan.json and roadmap.html; print the summary."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import (
    READING,
    CacheChoice,
    ClusterChoice,
    ConfigChoice,
    DocumentChoice,
    EditionChoice,
    GateChoice,
    GivenPath,
    GroupedOption,
    ReadingChoice,
    TalkChoice,
    cache_options,
    cluster_options,
    config_options,
    document_options,
    edition_options,
    gate_options,
    reading_options,
    talk_options,
)
from rustplan.cli.saved import previous_option, with_previous
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.cli.outputs import Outputs, Written
    from rustplan.cli.progress import Progress
    from rustplan.cli.streams import Streams
    from rustplan.config import Settings
    from rustplan.gate import Baseline
    from rustplan.model.analysis import Analysis
    from rustplan.model.options import PlanOptions
    from rustplan.scan import Cache
    from rustplan.scan.executors import Executor

MOST_COMMENTS = 5
"""Idle comments that are named on the terminal."""


@click.command(cls=SectionedCommand, short_help="Read a repository, rank, plan, write the roadmap.")
@click.argument("paths", metavar="PATH", nargs=-1, required=True, type=GivenPath(path_type=Path, readable=False))
@click.option(
    "--findings-only",
    cls=GroupedOption,
    section=READING,
    is_flag=True,
    help="Print findings and write no default files; PATH may be several files and folders",
)
@document_options
@edition_options
@previous_option
@talk_options
@reading_options
@cache_options
@cluster_options
@gate_options
@config_options
def scan(
    paths: tuple[Path, ...],
    findings_only: bool,
    documents: DocumentChoice,
    edition: EditionChoice,
    previous: tuple[Path, ...],
    talk: TalkChoice,
    reading: ReadingChoice,
    caching: CacheChoice,
    cluster: ClusterChoice,
    gate: GateChoice,
    configuration: ConfigChoice,
) -> int:
    """Read a repository, rank, plan; write rustplan.json and roadmap.html.

    Tests, examples, vendored and generated code are read and listed apart; only source enters scores. Files over 2 MB
    or 60 seconds are skipped and listed.
    """
    from rustplan.cli.caching import cache_folder, inside
    from rustplan.cli.clusters import scheduler_of
    from rustplan.cli.judging import load_baseline
    from rustplan.cli.outputs import plan_outputs, refuse_unredacted
    from rustplan.cli.places import find_place, refuse_conclusions
    from rustplan.cli.settings import report_options, settings_from
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    place = find_place(paths, is_findings_only=findings_only)
    settings = settings_from(place.root, configuration, reading, gate).without_file_gate()
    folder = cache_folder(caching, settings, os.environ)
    scheduler = scheduler_of(cluster)
    if caching.since is not None or caching.changed_only:
        if scheduler is not None:
            raise InputError("--since and --executor dask do not go together", hint="leave --executor out")
        return _scan_since(place.root, caching, settings, documents, streams, is_findings_only=findings_only)
    outputs = plan_outputs(
        documents,
        default_stdout="concise" if findings_only else "text",
        defaults={} if findings_only else {"html": "roadmap.html", "json": "rustplan.json"},
    )
    if findings_only:
        refuse_conclusions(outputs, settings.gate.fail_on, is_in_part=bool(place.only))
        settings = settings.for_findings(place.only)
    settings = msgspec.structs.replace(settings, report=report_options(settings, edition))
    refuse_unredacted(outputs, settings.report)
    outputs.check()
    settings = settings.showing(with_previous(settings.report, previous))
    baseline = load_baseline(settings, place.root, streams)
    settings = settings.writing((*outputs.inside(place.root), *inside(folder, place.root)))
    return run(place.root, settings, baseline, outputs, streams, folder, scheduler)


def _scan_since(
    root: Path,
    caching: CacheChoice,
    settings: Settings,
    documents: DocumentChoice,
    streams: Streams,
    *,
    is_findings_only: bool,
) -> int:
    """Hold the work tree against a commit instead of drawing a roadmap."""
    from rustplan.cli.caching import cache_folder, inside, opened
    from rustplan.cli.outputs import plan_outputs
    from rustplan.cli.since import refuse_other_formats, run_since

    together = {
        "--findings-only": is_findings_only,
        "--baseline": settings.gate.baseline is not None,
        "--changed-only": caching.since is not None and caching.changed_only,
    }
    for name, is_given in together.items():
        if is_given:
            raise InputError(f"--since and {name} do not go together", hint=f"leave {name} out")
    outputs = plan_outputs(documents, default_stdout="text", defaults={})
    refuse_other_formats(outputs)
    outputs.check()
    folder = cache_folder(caching, settings, os.environ)
    settings = settings.writing((*outputs.inside(root), *inside(folder, root)))
    with opened(folder, streams) as cache:
        return run_since(root, caching.since, settings, outputs, cache, streams)


def run(
    root: Path,
    settings: Settings,
    baseline: Baseline | None,
    outputs: Outputs,
    streams: Streams,
    cache_folder: Path | None = None,
    scheduler: str | None = None,
) -> int:
    """Analyse, write, print and judge. Returns the exit code of the verdict."""
    from rustplan.cli.caching import opened
    from rustplan.cli.clusters import opened_executor
    from rustplan.cli.drawing import Drawing
    from rustplan.cli.judging import judge, tell
    from rustplan.cli.outputs import stdout_document
    from rustplan.cli.places import refuse_nothing_to_read
    from rustplan.cli.progress import reading_progress
    from rustplan.report import all_formats

    started = time.monotonic()
    with opened(cache_folder, streams) as cache:
        with opened_executor(scheduler) as executor, reading_progress(streams) as progress:
            elsewhere = {} if executor is None else {"executor": executor}
            analysis = analyze(root, settings, progress, cache, **elsewhere)
        if not settings.discover.only:
            refuse_nothing_to_read(root, analysis)
        verdict = judge(analysis, settings, root, baseline)
        written = outputs.write(analysis, settings.report, verdict, Drawing(cache))
    is_machine = outputs.is_stdout_asked and not all_formats()[outputs.stdout_format].is_for_people
    if streams.quiet < 2 or is_machine:
        streams.document(stdout_document(analysis, outputs, settings.report, streams.out, verdict))
    _tell(analysis, outputs, written, time.monotonic() - started, streams)
    _tell_missing_team(settings.plan, streams)
    tell(verdict, streams)
    return verdict.exit_code


def analyze(
    root: Path,
    settings: Settings,
    progress: Progress | None,
    cache: Cache | None = None,
    executor: Executor | None = None,
) -> Analysis:
    """The pipeline, imported when it is really needed: it brings the parsers."""
    from rustplan.api import analyze as analyze_tree

    return analyze_tree(root, settings, progress=progress, cache=cache, executor=executor)


def _tell(analysis: Analysis, outputs: Outputs, written: tuple[Written, ...], seconds: float, streams: Streams) -> None:
    """What was read, what was written, what to do next."""
    from rustplan.report.view.numbers import compact, counted
    from rustplan.report.words import share, unread

    coverage = analysis.coverage
    files = sum(language.files for language in coverage.languages)
    unsafe = sum(component.unsafe_sloc for component in analysis.graph.components)
    components = counted(len(analysis.graph.components), "component")
    read = f" ({compact(unsafe)} memory-unsafe lines) in {components}" if analysis.graph.components else ""
    streams.say(
        f"Read {counted(files, 'file')}{read} in {seconds:.1f} s"
        + ("" if outputs.stdout_format == "text" else f"; coverage {share(coverage.share)}, {unread(coverage)}")
    )
    for skipped in coverage.skipped:
        streams.detail(f"not read: {skipped.path} ({skipped.reason.value}) {skipped.detail}".rstrip())
    for degraded in coverage.degraded:
        streams.detail(f"read in part: {degraded.path} ({degraded.reason.value}) {degraded.detail}".rstrip())
    _tell_idle_comments(analysis, streams)
    if written:
        streams.say("Wrote " + ", ".join(document.words for document in written))
    for document in written:
        for notice in document.notices:
            streams.say(f"{document.path}: {notice}")
    streams.say("Next: " + _next_steps(analysis, outputs))


def _tell_idle_comments(analysis: Analysis, streams: Streams) -> None:
    """Comments that were meant to accept something and do not: nobody else would notice."""
    idle = [said for said in analysis.suppressions if said.state != "used"]
    for said in idle[:MOST_COMMENTS]:
        comment = said.comment
        why = {"unused": "accepts nothing: no such finding is there", "expired": f"expired on {comment.until}"}
        told = why.get(said.state, f"is ignored: {comment.problem}")
        streams.say(streams.err.plain(f"{comment.path}:{comment.line}: rustplan:ignore {told}"))
    if len(idle) > MOST_COMMENTS:
        streams.say(f"{len(idle) - MOST_COMMENTS} more rustplan:ignore comments accept nothing: see rustplan.json")


def _tell_missing_team(plan: PlanOptions, streams: Streams) -> None:
    """A team given in part plans no quarter; say which part is missing."""
    given = {"--engineers": plan.engineers, "--start": plan.start, "--availability": plan.availability}
    missing = [name for name, value in given.items() if value is None]
    if 0 < len(missing) < len(given):
        verb = "is" if len(missing) == 1 else "are"
        streams.say(f"no quarters are printed: {' and '.join(missing)} {verb} missing")


def _next_steps(analysis: Analysis, outputs: Outputs) -> str:
    from rustplan.report.lookup import Lookup
    from rustplan.report.text import first_step

    html, json = _to_open(outputs.file_of("html")), _to_open(outputs.file_of("json"))
    step = first_step(Lookup(analysis))
    steps = [f"open {html}"] if html else []
    if json and step is not None:
        steps.append(
            f"rustplan explain {_word(step.component)}" + ("" if json == "rustplan.json" else f" --from {_word(json)}")
        )
    return " · ".join(steps) or "rustplan scan PATH for the whole roadmap"


def _to_open(name: str | None) -> str | None:
    """The name of a file that can be opened again; a pipe or /dev/null cannot."""
    from rustplan.cli.atomic import is_stream

    return None if name is None or is_stream(Path(name)) else name


def _word(text: str) -> str:
    return shlex.quote(text)
