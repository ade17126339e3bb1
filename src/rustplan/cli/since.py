"""`rustplan scan --since REV`: the work tree held against a commit, with what is known of both from earlier scans."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from rustplan.api import analyze, rulebook_of, tool
from rustplan.cli.outputs import Outputs
from rustplan.cli.places import escaped_glob
from rustplan.cli.progress import reading_progress
from rustplan.cli.streams import Streams
from rustplan.config import Settings, as_of
from rustplan.discover import find_repository
from rustplan.errors import InputError, OutputError
from rustplan.evidence.history.base_tree import Entry
from rustplan.evidence.since import Base, base_of, submodules
from rustplan.gate import GateInputs, baseline_of, evaluate
from rustplan.gate.changes import finding_changes
from rustplan.model.analysis import Analysis
from rustplan.model.change import ChangedFinding
from rustplan.model.finding import Track
from rustplan.model.options import EvidenceOptions
from rustplan.model.since import SINCE_SCHEMA, ComponentChange, Since
from rustplan.report import FORMATS, render
from rustplan.report.depth_words import depth_note
from rustplan.report.since import encode_since, render_markdown, render_text
from rustplan.report.view.numbers import counted
from rustplan.scan import Cache

OWN = ("text", "markdown", "json")
OF_VERDICT = ("new", "github", "gitlab", "junit", "comment", "summary", "env")
LEAST_MOVE = 0.05
"""Points of risk; less is not printed, so it is no move."""

LEFT_OUT = "Risk is computed without the git history, profiles and imported findings, on both sides alike: it may differ from that of a whole scan."


def run_since(
    root: Path, revision: str | None, settings: Settings, outputs: Outputs, cache: Cache | None, streams: Streams
) -> int:
    """Compare, print and judge. Returns the exit code of the verdict; `new` means new against the commit."""
    from rustplan.cli.judging import tell

    refuse_other_formats(outputs)
    started = time.monotonic()
    with remembering(cache) as memory:
        since, now = compare_with(root, revision, settings, memory, streams)
    documents = [(target.path, _document(since, now, target.format, settings, streams)) for target in outputs.files]
    _write(documents)
    streams.document(_document(since, now, outputs.stdout_format, settings, streams))
    streams.say(f"Compared {counted(len(since.files), 'changed file')} in {time.monotonic() - started:.1f} s")
    if documents:
        streams.say("Wrote " + ", ".join(str(path) for path, _ in documents))
    tell(since.verdict, streams)
    return since.verdict.exit_code


def refuse_other_formats(outputs: Outputs) -> None:
    """Raise InputError for a format that shows a whole scan."""
    asked = (outputs.stdout_format, *(target.format for target in outputs.files))
    wrong = next((format for format in asked if format not in (*OWN, *OF_VERDICT)), None)
    if wrong is not None:
        raise InputError(
            f"--since: {wrong} shows a whole scan, and this is a change",
            hint=f"take one of {', '.join((*OWN, *OF_VERDICT))}",
        )


@contextmanager
def remembering(cache: Cache | None) -> Iterator[Cache]:
    """The cache, or for the length of the run one of its own: both sides share nearly every file."""
    if cache is not None:
        yield cache
        return
    with tempfile.TemporaryDirectory(prefix="rustplan-since-") as folder, Cache(Path(folder)) as own:
        yield own


def compare_with(
    root: Path, revision: str | None, settings: Settings, cache: Cache, streams: Streams
) -> tuple[Since, Analysis]:
    """Scan both sides and return what differs, with the analysis of the work tree. Raises InputError for a commit that cannot be read."""
    repository = find_repository(os.fsencode(root.resolve()))
    with base_of(root, repository, revision) as base:
        found = base.entries()
        other = {*submodules(found), *(repository.tracked.submodules if repository is not None else ())}
        settings = _of_both_sides(settings, tuple(sorted(other)))
        before, was_known = _analysis_of(base, root, settings, cache, streams, found)
    with reading_progress(streams) as progress:
        now = analyze(root, settings, progress=progress, cache=cache)
    day = as_of(os.environ, now.project.date)
    inputs = GateInputs(baseline=baseline_of(before), baseline_name=base.called, day=day.day, day_because=day.because)
    since = Since(
        schema=SINCE_SCHEMA,
        tool=f"{now.tool.name} {now.tool.version}",
        base=base.commit,
        called=base.called,
        files=_files_changed(before, now),
        findings=finding_changes(before, now),
        components=(),
        left_out=tuple(note for note in (LEFT_OUT, _submodule_note(len(other)), depth_note(now.coverage)) if note),
        verdict=evaluate(now, settings.gate, inputs),
    )
    if not was_known:
        streams.say(f"{base.called} was not known yet and had to be read whole; from now on only what changes is")
    return msgspec.structs.replace(since, components=_components(before, now, since)), now


def _of_both_sides(settings: Settings, left_out: tuple[str, ...]) -> Settings:
    """What both sides can be asked: no evidence that only one has, and no other repositories inside."""
    globs = tuple(f"/{escaped_glob(path)}/" for path in left_out)
    discover = msgspec.structs.replace(settings.discover, exclude=(*settings.discover.exclude, *globs))
    return msgspec.structs.replace(settings, discover=discover, evidence=EvidenceOptions(history=False))


def _submodule_note(count: int) -> str:
    return f"{count} submodules are left out: they have commits of their own." if count else ""


def _analysis_of(
    base: Base, root: Path, settings: Settings, cache: Cache, streams: Streams, found: list[Entry]
) -> tuple[Analysis, bool]:
    """The analysis of the base, and whether it was known. A commit never changes, so its name and the settings say all."""
    day = as_of(os.environ, None).day
    discover = msgspec.structs.replace(settings.discover, own_outputs=())
    parts = (
        base.commit,
        base.prefix,
        root.resolve().name,
        msgspec.msgpack.encode(tool(rulebook_of(settings, cache))),
        msgspec.msgpack.encode((settings.shown(), discover), order="deterministic"),
        day,
    )
    known = cache.value(Analysis, "base", *parts)
    if known is not None:
        return known, True
    with tempfile.TemporaryDirectory(prefix="rustplan-base-") as parent:
        folder = Path(parent) / (root.resolve().name or "base")
        folder.mkdir()
        try:
            base.write(folder, found, settings.discover.max_file_bytes)
        except OSError as error:
            raise InputError(
                f"--since: the files of {base.called} cannot be written to {parent}: {error.strerror or error}",
                hint="give room in TMPDIR",
            ) from None
        with reading_progress(streams) as progress:
            made = analyze(folder, msgspec.structs.replace(settings, discover=discover), progress=progress, cache=cache)
    cache.keep_value(made, "base", *parts)
    return made, False


def _files_changed(before: Analysis, now: Analysis) -> tuple[str, ...]:
    old, new = ({file.path: file.sha256 for file in side.scorecard.files} for side in (before, now))
    return tuple(sorted(path for path in {*old, *new} if old.get(path) != new.get(path)))


def _components(before: Analysis, now: Analysis, since: Since) -> tuple[ComponentChange, ...]:
    """Those with a changed file or finding, and those whose risk moved; the largest move first."""
    owners = [{file.path: file.component for file in side.scorecard.files} for side in (before, now)]
    touched = Counter(component for path in since.files for component in {owner.get(path, "") for owner in owners})
    added = _by_component(since.findings.new, owners[1])
    fixed = _by_component(since.findings.fixed, owners[0])
    risks = [{(one.component, one.track): one.risk for one in side.scorecard.components} for side in (before, now)]
    lines = [{one.name: one.unsafe_sloc for one in side.graph.components} for side in (before, now)]
    made = [
        ComponentChange(
            component=name,
            track=track,
            risk_before=risks[0].get((name, track)),
            risk_after=risks[1].get((name, track)),
            lines_before=lines[0].get(name, 0),
            lines_after=lines[1].get(name, 0),
            added=added[name, track],
            fixed=fixed[name, track],
            files=touched[name],
        )
        for name, track in {*risks[0], *risks[1]}
    ]
    worth = [one for one in made if one.files or one.added or one.fixed or abs(one.moved) >= LEAST_MOVE]
    return tuple(sorted(worth, key=lambda one: (-abs(round(one.moved, 6)), one.component, one.track.value)))


def _by_component(found: tuple[ChangedFinding, ...], owner: dict[str, str]) -> Counter[tuple[str, Track]]:
    places: Counter[tuple[str, Track]] = Counter()
    for one in found:
        for track in one.finding.tracks:
            places[owner.get(one.finding.path, ""), track] += one.places
    return places


def _document(since: Since, now: Analysis, format: str, settings: Settings, streams: Streams) -> str | bytes:
    if format == "json":
        return encode_since(since)
    if format == "markdown":
        return render_markdown(since)
    if format == "text":
        return render_text(since, streams.out)
    made = render(now, format, settings.report, streams.out, (), since.verdict)
    if isinstance(made, dict):
        raise OutputError(f"{format} makes several files", hint="take one of " + ", ".join(OWN))
    return made if isinstance(made, bytes) or FORMATS[format].is_for_people else made.encode("utf-8")


def _write(documents: list[tuple[Path, str | bytes]]) -> None:
    from rustplan.cli.atomic import write_all

    write_all([(path, data if isinstance(data, bytes) else data.encode("utf-8")) for path, data in documents])
