"""Section 1: how exposed are we, what do we do first, at what cost, and what is not covered? One printed page."""

from __future__ import annotations

from collections import Counter

from rustplan.model.finding import Finding, Kind, Severity, Track
from rustplan.model.roadmap import Option, Step, Wave
from rustplan.report.escape import visible
from rustplan.report.view.cards import chosen_evidence, evidence_anchor
from rustplan.report.view.findings import total_words
from rustplan.report.view.guidance import ExpectationView
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import compact, counted, decimal, effort_range, listed, percent, whole
from rustplan.report.view.shapes import Link, Mark, View, component_link, severity_mark
from rustplan.report.view.words import OPTION_VERBS, OPTION_WORDS, named
from rustplan.report.words import pilot_words

MOVES, LATENCY_MOVES, DEFECTS = 3, 2, 3
STAYING = 4
NAME = 44
HIGH_RISK = 50.0


class Tile(View, frozen=True, kw_only=True):
    """One figure with its words and what qualifies it."""

    value: str
    words: str
    detail: str
    href: str


class Move(View, frozen=True, kw_only=True):
    """One of the first moves, and the largest parts of the risk that put it there."""

    option: str
    why: str
    component: Link
    when: str
    effort: str


class SevereView(View, frozen=True, kw_only=True):
    """The defects of one severity: how many, and the first of them with their places."""

    severity: Mark
    count: str
    places: tuple[tuple[str, Link, str], ...]
    more: str


class SummaryView(View, frozen=True, kw_only=True):
    """All of the summary."""

    start_with: tuple[Link, ...]
    lead: tuple[str, ...]
    tiles: tuple[Tile, ...]
    severe: tuple[SevereView, ...]
    moves: tuple[Move, ...]
    latency_moves: tuple[Move, ...]
    mapping: tuple[ExpectationView, ...]
    pilot: str
    stays: str
    not_covered: tuple[str, ...]


def build_summary(index: PageIndex, expectations: tuple[ExpectationView, ...]) -> SummaryView:
    """Return the summary of an analysis, an empty one too."""
    steps = first_moves(index, Track.MEMORY_SAFETY)[:MOVES]
    latency = first_moves(index, Track.LATENCY)[:LATENCY_MOVES]
    return SummaryView(
        start_with=tuple(component_link(index, step.component, NAME) for step in steps),
        severe=tuple(view for severity in (Severity.CRITICAL, Severity.HIGH) if (view := _severe(index, severity))),
        lead=_lead(index, steps),
        tiles=_tiles(index),
        moves=tuple(_move(index, step) for step in steps),
        latency_moves=tuple(_move(index, step) for step in latency),
        mapping=tuple(entry for entry in expectations if entry.in_summary),
        pilot=_pilot(index, steps),
        stays=_stays(index),
        not_covered=tuple(_not_covered(index)),
    )


def first_moves(index: PageIndex, track: Track) -> tuple[Step, ...]:
    """The moves of a track by wave and rank. `retain` moves nothing."""
    moving = [
        (step.wave, index.ranks.get((step.component, track), len(index.components)), step.component, step)
        for step in index.analysis.roadmap.steps
        if step.track is track and step.wave is not None and step.choice.option is not Option.RETAIN
    ]
    return tuple(step for *_, step in sorted(moving, key=lambda entry: entry[:3]))


def _lead(index: PageIndex, steps: tuple[Step, ...]) -> tuple[str, ...]:
    if not index.components:
        return ("No component was found: there is nothing to rank. Section 9 says what was read and what was not.",)
    if not index.ranked[Track.MEMORY_SAFETY]:
        return _lead_without_unsafe_code(index)
    if not steps and not index.analysis.roadmap.waves:
        return ("Nothing has to move now by what was read: no component reached a wave. Section 3 shows the ranking.",)
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
    what = f"Wave {wave.number} {_doings(index, wave)}"
    share = f", stands for {percent(wave.risk_share)} of the estimated risk" if wave.risk_share > 0 else ""
    if wave.p50 is None:
        return f"{what}{share}; its effort is not estimated."
    cost = f"{decimal(wave.p10 or 0)}–{decimal(wave.p90 or 0)} person-months (median {decimal(wave.p50)})"
    return f"{what}{share}, and takes {cost}."


def _doings(index: PageIndex, wave: Wave) -> str:
    """What a wave does, by option: `rewrites 2 components and hardens 1`; the latency track is named apart."""
    told = []
    for track in Track:
        steps = (index.steps.get((name, track)) for name in wave.components)
        options = Counter(step.choice.option for step in steps if step is not None and step.wave == wave.number)
        words = [f"{OPTION_VERBS[option]} {whole(options[option])}" for option in Option if options[option]]
        if words:
            count = options[next(option for option in Option if options[option])]
            words[0] += " component" if count == 1 else " components"
            told.append(f"for latency {listed(words)}" if track is Track.LATENCY else listed(words))
    return " and ".join(told) or f"holds {counted(len(wave.components), 'component')}"


def _tiles(index: PageIndex) -> tuple[Tile, ...]:
    analysis = index.analysis
    severe = sum(1 for score in index.ranked[Track.MEMORY_SAFETY] if score.risk >= HIGH_RISK)
    read = sum(entry.files for entry in analysis.coverage.languages)
    partly = len({entry.path for entry in analysis.coverage.degraded})
    skipped = len(analysis.coverage.skipped)
    defects = index.kinds[Kind.DEFECT]
    tiles = (
        Tile(
            value=compact(index.unsafe_sloc),
            words="memory-unsafe lines",
            detail="C and C++, role source",
            href="#s4",
        ),
        Tile(
            value=whole(defects),
            words="likely bug" if defects == 1 else "likely bugs",
            detail=f"{_surface_words(index)}; {total_words(index)}",
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
    return tuple(tile for tile in tiles if not (index.is_redacted and tile.href == "#s7"))


def _surface_words(index: PageIndex) -> str:
    """What is no bug: unsafe surface, and collector pressure, which is counted apart."""
    words = f"{counted(index.exposures[Track.MEMORY_SAFETY], 'exposure')} (unsafe surface, not bugs)"
    pressure = index.exposures[Track.LATENCY]
    return words + (f", {counted(pressure, 'place')} of collector pressure" if pressure else "")


def _severe(index: PageIndex, severity: Severity) -> SevereView | None:
    """The defects of one severity, whatever the rank of their components; None when there is none."""
    found = [finding for finding in index.severe_defects if finding.severity is severity]
    if not found:
        return None
    more = len(found) - DEFECTS
    return SevereView(
        severity=severity_mark(severity),
        count=counted(len(found), f"{severity.value} defect"),
        places=tuple(_defect(index, finding) for finding in found[:DEFECTS]),
        more=f"{whole(more)} more in section 7" if more > 0 else "",
    )


def _defect(index: PageIndex, finding: Finding) -> tuple[str, Link, str]:
    """Rule, place and component of a defect; the place leads to the finding on its card, to the card, or to the table."""
    owner = index.owners.get(finding.path)
    place = f"{shown(finding.path, 60)}:{finding.line}"
    return (
        shown(finding.rule, NAME),
        Link(words=place, href=_leads_to(index, finding)),
        shown(owner, NAME) if owner else "",
    )


def _leads_to(index: PageIndex, finding: Finding) -> str:
    owner = index.owners.get(finding.path, "")
    if owner not in index.carded:
        return "#s7"
    evidence = chosen_evidence(index, index.findings_of[owner])
    return f"#{evidence_anchor(index, owner, evidence.index(finding))}" if finding in evidence else index.anchor(owner)


def _move(index: PageIndex, step: Step) -> Move:
    projected = next((wave.projected for wave in index.analysis.roadmap.waves if wave.number == step.wave), None)
    when = f"wave {step.wave}" + (f", {visible(projected)}" if projected else "")
    return Move(
        option=OPTION_WORDS[step.choice.option],
        why=_why(index, step),
        component=component_link(index, step.component, NAME),
        when=when,
        effort=effort_range(step.effort.p10, step.effort.p50, step.effort.p90),
    )


def _why(index: PageIndex, step: Step) -> str:
    """`Risk 41: exposures 14, raw memory work 13`: the score and what it is made of most; "" for what carries no score."""
    score = index.score_of.get((step.component, step.track))
    if score is None:
        return ""
    name = "Risk" if step.track is Track.MEMORY_SAFETY else "Pressure"
    parts = sorted(score.risk_factors, key=lambda part: (-part.contribution, part.name))
    largest = [f"{named(part.name)} {decimal(part.contribution, 0)}" for part in parts[:2] if part.contribution >= 1]
    return f"{name} {decimal(score.risk, 0)}" + (f": {', '.join(largest)}" if largest else "")


def _pilot(index: PageIndex, steps: tuple[Step, ...]) -> str:
    """Which component goes before the first moves, and why that is no contradiction; "" when the first move is the pilot."""
    return pilot_words(index.analysis.roadmap, steps[0].component if steps else "", shown)


def _stays(index: PageIndex) -> str:
    """What is left as it is, and where the reasons stand; "" when everything moves or nothing was ranked."""
    said = []
    for track in Track:
        stay = [
            score.component
            for score in index.ranked[track]
            if (step := index.steps.get((score.component, track))) is not None and step.choice.option is Option.RETAIN
        ]
        if stay:
            shown_names = [shown(name, NAME) for name in stay[:STAYING]]
            rest = [f"{whole(len(stay) - STAYING)} more"] if len(stay) > STAYING else []
            where = "on the latency track " if track is Track.LATENCY and index.ranked[Track.MEMORY_SAFETY] else ""
            said.append(where + listed([*shown_names, *rest]))
    return f"What stays as it is: {'; '.join(said)}." if said else ""


def _not_covered(index: PageIndex) -> list[str]:
    """What a reader might think is covered and is not."""
    coverage = index.analysis.coverage
    words = (
        ["What this edition withholds: the findings, and the reasons behind each number."] if index.is_redacted else []
    )
    words += ["Binaries and libraries whose source is not in this repository."]
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
