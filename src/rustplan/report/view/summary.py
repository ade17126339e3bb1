"""Section 1: how exposed are we, what do we do first, at what cost, and what is not covered? One printed page."""

from __future__ import annotations

from rustplan.model.finding import Severity, Track
from rustplan.model.roadmap import Option, Step
from rustplan.report.escape import visible
from rustplan.report.view.guidance import ExpectationView
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import compact, counted, decimal, effort_range, listed, percent, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.view.words import OPTION_WORDS

MOVES = 3
NAME = 44
HIGH_RISK = 50.0


class Tile(View, frozen=True, kw_only=True):
    """One figure with its words and what qualifies it."""

    value: str
    words: str
    detail: str
    href: str


class Move(View, frozen=True, kw_only=True):
    """One of the first moves."""

    option: str
    component: Link
    track: str
    when: str
    effort: str


class SummaryView(View, frozen=True, kw_only=True):
    """All of the summary."""

    start_with: tuple[Link, ...]
    lead: tuple[str, ...]
    tiles: tuple[Tile, ...]
    moves: tuple[Move, ...]
    mapping: tuple[ExpectationView, ...]
    not_covered: tuple[str, ...]


def build_summary(index: PageIndex, expectations: tuple[ExpectationView, ...]) -> SummaryView:
    """Return the summary of an analysis, an empty one too."""
    steps = first_moves(index)
    return SummaryView(
        start_with=tuple(
            component_link(index, step.component, NAME) for step in steps if step.track is Track.MEMORY_SAFETY
        ),
        lead=_lead(index, steps),
        tiles=_tiles(index),
        moves=tuple(_move(index, step) for step in steps),
        mapping=tuple(entry for entry in expectations if entry.in_summary),
        not_covered=tuple(_not_covered(index)),
    )


def first_moves(index: PageIndex) -> tuple[Step, ...]:
    """The first moves: by wave, memory safety before latency, by rank. `retain` moves nothing."""
    moving = [
        step
        for step in index.analysis.roadmap.steps
        if step.wave is not None and step.choice.option is not Option.RETAIN
    ]
    tracks = list(Track)
    moving.sort(
        key=lambda step: (
            tracks.index(step.track),
            step.wave,
            index.ranks.get((step.component, step.track), len(index.components)),
            step.component,
        )
    )
    unique = {step.component: step for step in reversed(moving)}
    return tuple(step for step in moving if unique[step.component] is step)[:MOVES]


def _lead(index: PageIndex, steps: tuple[Step, ...]) -> tuple[str, ...]:
    if not index.components:
        return ("No component was found: there is nothing to rank. Section 9 says what was read and what was not.",)
    if not index.ranked[Track.MEMORY_SAFETY]:
        return _lead_without_unsafe_code(index)
    if not steps:
        return ("Nothing has to move now by what was read: no component reached a wave. Section 3 shows the ranking.",)
    steps = tuple(step for step in steps if step.track is Track.MEMORY_SAFETY)
    return tuple(sentence for sentence in (_share_of_lines(index, steps), _first_wave(index)) if sentence)


def _lead_without_unsafe_code(index: PageIndex) -> tuple[str, ...]:
    if index.ranked[Track.LATENCY]:
        return (
            "No C or C++ source was read, so nothing is ranked for memory safety.",
            "Java is memory safe; where its garbage collection may hurt is in section 3, as candidates.",
        )
    return ("No C or C++ source was read, so nothing is ranked for memory safety.",)


def _share_of_lines(index: PageIndex, steps: tuple[Step, ...]) -> str:
    held = sum(index.components[step.component].unsafe_sloc for step in steps if step.component in index.components)
    if not held or not index.unsafe_sloc:
        return ""
    who = "It holds" if len(steps) == 1 else "Together they hold"
    return f"{who} {percent(min(1.0, held / index.unsafe_sloc))} of the memory-unsafe lines."


def _first_wave(index: PageIndex) -> str:
    waves = index.analysis.roadmap.waves
    if not waves:
        return ""
    wave = waves[0]
    size = counted(len(wave.components), "component")
    share = f", stands for {percent(wave.risk_share)} of the measured risk" if wave.risk_share > 0 else ""
    if wave.p50 is None:
        return f"Wave {wave.number} moves {size}{share}; its effort is not estimated."
    cost = f"{decimal(wave.p10 or 0)}–{decimal(wave.p90 or 0)} person-months (median {decimal(wave.p50)})"
    return f"Wave {wave.number} moves {size}{share}, and takes {cost}."


def _tiles(index: PageIndex) -> tuple[Tile, ...]:
    analysis = index.analysis
    defects = index.defects
    severe = sum(1 for score in index.ranked[Track.MEMORY_SAFETY] if score.risk >= HIGH_RISK)
    read = sum(entry.files for entry in analysis.coverage.languages)
    partly = len({entry.path for entry in analysis.coverage.degraded})
    skipped = len(analysis.coverage.skipped)
    findings = sum(index.kinds.values())
    return (
        Tile(
            value=compact(index.unsafe_sloc),
            words="memory-unsafe lines",
            detail="C and C++, role source",
            href="#s4",
        ),
        Tile(
            value=whole(findings),
            words="finding" if findings == 1 else "findings",
            detail=_defect_words(defects[Severity.CRITICAL], defects[Severity.HIGH]),
            href="#s7",
        ),
        Tile(
            value=whole(len(index.components)),
            words="component" if len(index.components) == 1 else "components",
            detail=f"{whole(severe)} with risk 50 or more",
            href="#s6",
        ),
        Tile(
            value=percent(analysis.coverage.share),
            words="of the source bytes read",
            detail=f"{counted(read, 'file')}; {whole(skipped)} skipped, {whole(partly)} read in part",
            href="#s9",
        ),
    )


def _defect_words(critical: int, high: int) -> str:
    if not critical and not high:
        return "no critical or high defect"
    return f"{whole(critical)} critical and {whole(high)} high defects"


def _move(index: PageIndex, step: Step) -> Move:
    projected = next((wave.projected for wave in index.analysis.roadmap.waves if wave.number == step.wave), None)
    when = f"wave {step.wave}" + (f", {visible(projected)}" if projected else "")
    return Move(
        option=OPTION_WORDS[step.choice.option],
        component=component_link(index, step.component, NAME),
        track="" if step.track is Track.MEMORY_SAFETY else "latency track",
        when=when,
        effort=effort_range(step.effort.p10, step.effort.p50, step.effort.p90),
    )


def _not_covered(index: PageIndex) -> list[str]:
    """What a reader might think is covered and is not."""
    coverage = index.analysis.coverage
    words = ["Binaries and libraries whose source is not in this repository."]
    apart = sum(entry.files for entry in coverage.languages if entry.role.value != "source")
    if apart:
        words.append(f"{counted(apart, 'file')} of tests, examples, vendored and generated code: counted, not ranked.")
    partly = len({entry.path for entry in coverage.degraded})
    if coverage.skipped or partly:
        parts = [(len(coverage.skipped), "not read"), (partly, "read in part")]
        files = [f"{counted(count, 'file')} {how}" for count, how in parts if count]
        words.append(f"{listed(files)}: what was not read is unknown, not safe.")
    if coverage.other_files:
        words.append(f"{counted(coverage.other_files, 'file')} in other languages.")
    absent = [shown(entry.name, 30) for entry in index.analysis.evidence.absent]
    if absent:
        rest = f" and {whole(len(absent) - 4)} more" if len(absent) > 4 else ""
        named = ", ".join(absent[:4]) + rest if rest else listed(absent)
        words.append(f"Evidence that was not available: {named}.")
    return words
