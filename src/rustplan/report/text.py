"""The summary a person reads in a terminal: what to do first and why, one ranking a track, the tally, what was not read."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Kind, Severity, Track
from rustplan.model.roadmap import Option, Step
from rustplan.report.depth_words import depth_note
from rustplan.report.lookup import Lookup, worst_first
from rustplan.report.terminal import Column, Terminal, table
from rustplan.report.view.numbers import counted, whole
from rustplan.report.view.words import reason_words
from rustplan.report.words import (
    JAVA_ON_MEMORY_SAFETY,
    effort_words,
    first_move,
    languages,
    latency_note,
    listing,
    pilot_words,
    sentence,
    share,
    unread,
)

ROWS = 10
"""Ranking rows a track; the rest is in the report."""
NAMED_DEFECTS = 3


def render_text(analysis: Analysis, terminal: Terminal | None = None, *, report_name: str = "roadmap.html") -> str:
    """Return the summary. `report_name` is where the rows that do not fit can be read."""
    terminal = terminal or Terminal()
    lookup = Lookup(analysis)
    blocks = [
        list(_title(analysis, terminal)),
        list(_defects(lookup, terminal)),
        list(_lead(lookup, terminal)),
        *(list(_ranking(lookup, track, terminal, report_name)) for track in Track),
        list(_vendored(lookup, terminal)),
        list(_tally(lookup, terminal)),
        list(_coverage(analysis, terminal)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def first_step(lookup: Lookup) -> Step | None:
    """The step to begin with: the best ranked one that changes something, memory safety before latency, waves before the rest."""
    steps = [
        step
        for track in Track
        for score in lookup.scores(track)
        if (step := lookup.steps.get((score.component, track))) and step.choice.option is not Option.RETAIN
    ]
    planned = [step for step in steps if step.wave is not None]
    earliest = min((step.wave for step in planned if step.wave is not None), default=None)
    return next((step for step in planned if step.wave == earliest), steps[0] if steps else None)


def _title(analysis: Analysis, terminal: Terminal) -> Iterator[str]:
    commit = f" @ {analysis.project.commit[:12]}" if analysis.project.commit else ""
    name = terminal.fit(terminal.plain(analysis.project.name + commit), terminal.width)
    yield terminal.paint("bold", name)


def _defects(lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    """The critical and high defects before any plan: mending one takes a day, not a roadmap."""
    urgent = (Severity.CRITICAL, Severity.HIGH)
    found = sorted(
        (one for one in lookup.source_findings() if one.kind is Kind.DEFECT and one.severity in urgent), key=worst_first
    )
    if not found:
        return
    count = ", ".join(f"{whole(lookup.defects[one])} {one.value}" for one in urgent if lookup.defects[one])
    places = "; ".join(_place(finding, lookup) for finding in found[:NAMED_DEFECTS])
    more = len(found) - NAMED_DEFECTS
    rest = f"; {whole(more)} more: rustplan report -f concise --kind defect" if more > 0 else ""
    text = terminal.plain(f"{count}: {places}{rest}")
    first, *others = terminal.wrap(text, indent=" " * 10, first="Defects   ")
    yield terminal.paint("bold", "Defects") + first[len("Defects") :]
    yield from others


def _place(finding: Finding, lookup: Lookup) -> str:
    owner = lookup.owners.get(finding.path)
    return f"{finding.rule} in {finding.path}:{finding.line}" + (f" ({owner})" if owner else "")


def _lead(lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    step = first_step(lookup)
    if step is None:
        scored = counted(len(lookup.analysis.graph.components), "component")
        yield from terminal.wrap(
            terminal.plain(f"Nothing to move: of {scored} none is worth a change by what was read.")
        )
        return
    text = f"Start with {step.component}: {first_move(step)}. {sentence(step.choice.because)}"
    yield from terminal.wrap(terminal.plain(text))
    pilot = pilot_words(lookup.analysis.roadmap, step.component, str)
    for words in (pilot, _why_not_the_top(lookup, step)):
        yield from (terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(words)))


def _why_not_the_top(lookup: Lookup, step: Step) -> str:
    """Why the best ranked component is not the first move; empty when it is."""
    top = lookup.scores(step.track)[0].component
    if top == step.component:
        return ""
    parked = (
        entry.because for entry in lookup.analysis.roadmap.parked if (entry.component, entry.track) == (top, step.track)
    )
    because = next(parked, None)
    if because is not None:
        return f"{top} ranks first but is in no wave. {sentence(because)}"
    planned = lookup.steps.get((top, step.track))
    return f"{top} ranks first but stands in wave {planned.wave}." if planned and planned.wave is not None else ""


def _ranking(lookup: Lookup, track: Track, terminal: Terminal, report_name: str) -> Iterator[str]:
    scores = lookup.scores(track)
    if not scores:
        return
    yield from _ranking_title(lookup, track, terminal)
    columns = _columns(track)
    rows = []
    for number, score in enumerate(scores[:ROWS], start=1):
        component = lookup.components.get(score.component)
        step = lookup.steps.get((score.component, track))
        lines = 0
        if component is not None:
            lines = component.raw_sloc if track is Track.MEMORY_SAFETY else component.sloc
        rows.append(
            (
                str(number),
                score.component,
                languages(component.languages) if component else "-",
                whole(lines),
                f"{score.score:.0f}",
                f"{score.risk:.0f}",
                effort_words(step.effort if step else None),
                str(step.wave) if step and step.wave is not None else "-",
                step.choice.option.value if step else "-",
            )
        )
    yield from table(terminal, columns, rows)
    if len(scores) > ROWS:
        more = f"{'…' if terminal.is_unicode else '...'} {whole(len(scores) - ROWS)} more in {report_name}"
        yield terminal.paint("dim", terminal.plain(more))


def _vendored(lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    """Copies of other people's code: decided in the dependency plan, so they stand in no ranking."""
    scored = {(score.component, score.track) for score in lookup.analysis.scorecard.components}
    steps = [step for place, step in lookup.steps.items() if place not in scored]
    if steps:
        words = listing((f"{step.component} ({step.choice.option.value})" for step in steps), most=5)
        label = f"{'Vendored':<10}"
        yield from terminal.wrap(terminal.plain(words), first=label, indent=" " * len(label))


def _ranking_title(lookup: Lookup, track: Track, terminal: Terminal) -> Iterator[str]:
    if track is Track.MEMORY_SAFETY:
        yield terminal.paint("bold", "Memory-safety track")
        if any(component.raw_java_sloc for component in lookup.components.values()):
            yield from (terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(JAVA_ON_MEMORY_SAFETY)))
        return
    yield terminal.paint("bold", "Latency track")
    note = latency_note(is_measured=any(level.is_measured for level, _ in lookup.evidence_of.values()))
    yield from (terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(note)))


def _columns(track: Track) -> tuple[Column, ...]:
    is_safety = track is Track.MEMORY_SAFETY
    return (
        Column(title="#", is_right=True),
        Column(title="Component", is_flexible=True, style="bold"),
        Column(title="Lang", drop_below=70),
        Column(title="Unsafe lines" if is_safety else "Lines", is_right=True, drop_below=80),
        Column(title="Score", is_right=True, drop_below=90),
        Column(title="Risk" if is_safety else "GC", is_right=True),
        Column(title="Effort (PM)", is_right=True),
        Column(title="Wave", is_right=True, drop_below=50),
        Column(title="Option"),
    )


def _tally(lookup: Lookup, terminal: Terminal) -> Iterator[str]:
    defects = [
        terminal.paint(severity.value, f"{whole(lookup.defects[severity])} {severity.value}")
        for severity in Severity
        if lookup.defects[severity]
    ]
    accepted = lookup.accepted
    yield (
        "Findings  "
        + ("  ".join(defects) if defects else "no defect found by the rules")
        + (f"   {whole(accepted)} suppressed" if accepted else "")
    )
    yield from terminal.wrap(", ".join(besides(lookup)), indent=" " * 10, first="Besides   ")
    if lookup.elsewhere:
        where = f"{whole(lookup.elsewhere)} more in tests, examples, vendored and generated code, not counted above"
        yield from (terminal.paint("dim", line) for line in terminal.wrap(where, indent=" " * 10))


def besides(lookup: Lookup) -> tuple[str, ...]:
    """What is no bug, counted apart: surface, obstacles, seams, signals."""
    kinds = lookup.kinds
    pressure = counted(lookup.exposures[Track.LATENCY], "place of GC pressure", "places of GC pressure")
    return (
        counted(lookup.exposures[Track.MEMORY_SAFETY], "exposure") + " (unsafe surface, not bugs)",
        *((pressure,) if lookup.exposures[Track.LATENCY] else ()),
        counted(kinds[Kind.OBSTACLE], "obstacle"),
        counted(kinds[Kind.SEAM], "seam"),
        counted(kinds[Kind.SIGNAL], "signal"),
    )


def _coverage(analysis: Analysis, terminal: Terminal) -> Iterator[str]:
    coverage = analysis.coverage
    yield from terminal.wrap(
        f"{share(coverage.share)} of the source bytes were read; {unread(coverage)}. Unread code is unknown, not safe.",
        indent=" " * 10,
        first="Coverage  ",
    )
    if note := depth_note(coverage):
        yield from terminal.wrap(note, indent=" " * 10, first=" " * 10)
    skipped = sorted(coverage.skipped, key=lambda file: (-file.size, file.path))
    for file in skipped[:3]:
        line = f"not read: {file.path} ({reason_words(file.reason)}{', ' + file.detail if file.detail else ''})"
        yield terminal.paint("dim", " " * 10 + terminal.fit(terminal.plain(line), max(20, terminal.width - 10)))
    if len(skipped) > 3:
        yield terminal.paint(
            "dim", " " * 10 + terminal.plain(f"and {whole(len(skipped) - 3)} more, each with its reason in the report")
        )
