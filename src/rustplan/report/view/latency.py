"""The latency track in detail: what was measured, what the pauses say, which classes and methods are candidates, and where each could be cut."""

from __future__ import annotations

from markupsafe import Markup

from rustplan.model.pauses import PauseAdvice, PauseGroup, PauseKind, PauseLog, Pauses
from rustplan.model.profile import Profile, ProfileKind
from rustplan.model.roadmap import SeamProposal
from rustplan.model.score import Candidate, Factor
from rustplan.report.escape import clip, visible
from rustplan.report.svg.pauses import PauseRow, draw_pauses
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import compact, counted, decimal, listed, size_of, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.words import LEVEL_WORDS

CLASSES, METHODS, SEAMS, SITES, UNMAPPED = 20, 20, 10, 5, 3
PAUSE_CHART = 7
BOUNDARY_WORDS = {
    "jni": "JNI",
    "ffm": "FFM",
    "wasm": "WASM",
    "resident-loop": "resident Rust loop",
    "process": "separate process",
    "none": "none: stay in Java",
}
_PAUSE_WORDS = {
    PauseKind.YOUNG: "young collections",
    PauseKind.MIXED: "mixed collections",
    PauseKind.FULL: "full collections",
    PauseKind.DEGENERATED: "degenerated collections",
    PauseKind.CONCURRENT_PHASE: "short stops of a concurrent collector",
    PauseKind.STALL: "allocation stalls of one thread",
    PauseKind.PACING: "cycles that slowed threads down",
    PauseKind.SAFEPOINT: "stops that are no collection",
    PauseKind.TIME_TO_SAFEPOINT: "waits for the last thread to stop",
    PauseKind.OTHER: "other stops",
}
VERDICT_WORDS = {
    "within": "Within the budget",
    "flag": "A flag or more heap first",
    "code": "No flag removes it",
    "unknown": "Not known",
}
_KIND_WORDS = {
    ProfileKind.ALLOCATION: "allocation",
    ProfileKind.CPU: "CPU",
    ProfileKind.COMPILED: "compiled methods",
    ProfileKind.BENCHMARK: "benchmark",
}


class SourceRow(View, frozen=True, kw_only=True):
    """One file of evidence: what it is, how much it holds, and how much of that is code of the tree."""

    name: str
    what: str
    total: str
    mapped: str
    note: str


class SiteRow(View, frozen=True, kw_only=True):
    """One allocation site."""

    rule: str
    place: str
    href: str
    bytes: str
    guard: str


class CandidateView(View, frozen=True, kw_only=True):
    """A class or method, and everything its place in the list rests on."""

    name: str
    level: str
    is_measured: bool
    share: str
    heat: str
    bytes: str
    component: Link
    place: str
    href: str
    evidence: str
    triggers: str
    route: tuple[tuple[str, str, str, str], ...]
    sites: tuple[SiteRow, ...]
    more_sites: str


class FactorRow(View, frozen=True, kw_only=True):
    """One factor of a seam."""

    name: str
    level: str
    because: str


class SeamView(View, frozen=True, kw_only=True):
    """Where a candidate could be cut."""

    name: str
    place: str
    href: str
    seam: str
    level: str
    boundary: str
    because: str
    runner_up: str
    runner_up_because: str
    figures: str
    members: str
    factors: tuple[FactorRow, ...]
    advice: tuple[str, ...]


class AdviceRow(View, frozen=True, kw_only=True):
    """One piece of advice from the logs."""

    verdict: str
    advice: str
    because: str
    places: str
    sources: str


class PausesView(View, frozen=True, kw_only=True):
    """The logs against the budget."""

    chart: Markup | None
    words: str
    logs: tuple[SourceRow, ...]
    groups: tuple[tuple[str, ...], ...]
    advice: tuple[AdviceRow, ...]
    notes: tuple[str, ...]


class LatencyView(View, frozen=True, kw_only=True):
    """Everything of the latency track besides its ranking."""

    is_measured: bool
    sources: tuple[SourceRow, ...]
    pauses: PausesView | None
    classes: tuple[CandidateView, ...]
    classes_more: str
    methods: tuple[CandidateView, ...]
    methods_more: str
    seams: tuple[SeamView, ...]
    seams_more: str


def build_latency(index: PageIndex) -> LatencyView:
    """Return the details of the latency track."""
    analysis = index.analysis
    card, seams = analysis.scorecard, analysis.roadmap.seams
    pauses = analysis.evidence.pauses
    return LatencyView(
        is_measured=any(entry.level.is_measured for entry in card.candidates),
        sources=tuple(_profile(profile) for profile in analysis.evidence.profiles),
        pauses=_pauses(pauses) if pauses is not None and pauses.logs else None,
        classes=tuple(_candidate(index, entry) for entry in card.candidate_classes[:CLASSES]),
        classes_more=_more(len(card.candidate_classes) - CLASSES),
        methods=tuple(_candidate(index, entry) for entry in card.candidates[:METHODS]),
        methods_more=_more(len(card.candidates) - METHODS),
        seams=tuple(_seam(index, proposal) for proposal in seams[:SEAMS]),
        seams_more=_more(len(seams) - SEAMS),
    )


def _more(count: int) -> str:
    return f"{whole(count)} more in rustplan.json." if count > 0 else ""


def _profile(profile: Profile) -> SourceRow:
    largest = ", ".join(clip(visible(one.name), 60) for one in profile.unmapped[:UNMAPPED])
    seconds = f"{decimal(profile.seconds)} s; " if profile.seconds is not None else ""
    notes = "; ".join(visible(note) for note in profile.notes)
    if profile.total and not profile.mapped:
        notes = "; ".join(
            (*filter(None, (notes,)), "nothing in it belongs to this tree: is it a recording of another program?")
        )
    return SourceRow(
        name=shown(profile.name, 60),
        what=f"{_KIND_WORDS[profile.kind]}, {visible(profile.format)}",
        total=f"{seconds}{counted(profile.events, 'event')}, {_amount(profile.total, profile.unit)}",
        mapped=f"{profile.share_mapped:.0%} charged to {counted(len(profile.methods), 'function')} of the tree",
        note=(f"Largest of the rest: {largest}. " if largest else "")
        + (f"{notes.rstrip('.')}." if notes and not notes.endswith("?") else notes),
    )


def _amount(value: float, unit: str) -> str:
    return size_of(int(value)) if unit == "bytes" else f"{whole(round(value))} {visible(unit)}"


def _pauses(pauses: Pauses) -> PausesView:
    rows = [_pause_row(group) for group in pauses.groups if group.bins]
    over = sum(group.over for group in pauses.groups)
    worst = max((group.worst_ms for group in pauses.groups), default=0.0)
    return PausesView(
        chart=draw_pauses(
            rows,
            pauses.budget_ms,
            number=PAUSE_CHART,
            description=f"{counted(over, 'stop')} over the budget of {pauses.budget_ms:g} ms. The table below has the same data.",
        )
        if rows
        else None,
        words=f"{counted(len(pauses.logs), 'log')} with {_kinds(pauses.groups)}. {whole(over)} longer than the budget of "
        f"{pauses.budget_ms:g} ms; the worst took {worst:.3g} ms.",
        logs=tuple(_log(log) for log in pauses.logs),
        groups=tuple(_group(log, group) for log in pauses.logs for group in log.groups),
        advice=tuple(_advice(advice) for advice in pauses.advice),
        notes=tuple(visible(note) for note in pauses.notes),
    )


def _kinds(groups: tuple[PauseGroup, ...]) -> str:
    """`6 young stops, 8 stalls`: a stall holds one thread, time to safepoint comes before a stop."""
    return listed([f"{whole(group.count)} {_PAUSE_WORDS[group.kind]}" for group in groups]) or "no pause"


def _pause_row(group: PauseGroup) -> PauseRow:
    note = f"{compact(group.count)}, {compact(group.over)} over" if group.over else compact(group.count)
    return PauseRow(
        name=group.kind.value.replace("-", " "),
        note=note,
        bins=tuple((one.from_ms, one.to_ms, one.count) for one in group.bins),
    )


def _log(log: PauseLog) -> SourceRow:
    collector = visible(log.collector) or (
        f"not named, probably {visible(log.likely_collector)}" if log.likely_collector else "not named"
    )
    facts = [f"JDK {visible(log.jdk)}"] if log.jdk else []
    facts += [f"heap up to {log.heap_max_mb:g} MB"] if log.heap_max_mb is not None else []
    facts += [f"allocates {log.allocation_mb_s:.3g} MB/s"] if log.allocation_mb_s is not None else []
    unread = f"{counted(log.unread_lines, 'line')} not understood. " if log.unread_lines else ""
    return SourceRow(
        name=shown(log.name, 60),
        what=f"{visible(log.format)}; collector: {collector}",
        total=f"{log.seconds:.3g} s" if log.seconds is not None else "length unknown",
        mapped=", ".join(facts),
        note=unread + "; ".join(visible(note) for note in log.notes),
    )


def _group(log: PauseLog, group: PauseGroup) -> tuple[str, ...]:
    about = "" if not group.quantile_error else "≤ "
    return (
        shown(log.name, 40),
        group.kind.value.replace("-", " ") + (f": {clip(visible(group.cause), 60)}" if group.cause else ""),
        whole(group.count),
        whole(group.over),
        f"{about}{group.median_ms:.3g}",
        f"{about}{group.p99_ms:.3g}",
        f"{group.worst_ms:.3g}",
        f"line {group.worst_line}",
    )


def _advice(advice: PauseAdvice) -> AdviceRow:
    return AdviceRow(
        verdict=VERDICT_WORDS.get(advice.verdict, visible(advice.verdict)),
        advice=visible(advice.advice),
        because=visible(advice.because).rstrip(".") + ".",
        places=", ".join(visible(place) for place in advice.places),
        sources="; ".join(visible(source) for source in advice.sources),
    )


def _candidate(index: PageIndex, entry: Candidate) -> CandidateView:
    more = len(entry.sites) - SITES
    return CandidateView(
        name=visible(entry.class_name) + (f".{visible(entry.method)}" if entry.method else ""),
        level=LEVEL_WORDS[entry.level],
        is_measured=entry.level.is_measured,
        share=f"{entry.share:.1%}" if entry.share is not None else "–",
        heat=f"10^{entry.heat:.1f}" if entry.heat > 0 else "unknown",
        bytes=whole(round(entry.bytes_per_call)) if entry.bytes_per_call else "–",
        component=component_link(index, entry.component) if entry.component else Link(words="–"),
        place=f"{shown(entry.path)}:{entry.line}",
        href=source_link(index, entry.path, entry.line),
        evidence=visible(entry.evidence),
        triggers=", ".join(visible(trigger).replace("-", " ") for trigger in entry.triggers),
        route=tuple(
            (
                visible(step.method),
                clip(visible(step.how), 120),
                f"{shown(step.path)}:{step.line}",
                source_link(index, step.path, step.line),
            )
            for step in entry.route
        ),
        sites=tuple(
            SiteRow(
                rule=visible(site.rule),
                place=f"{shown(site.path)}:{site.line}",
                href=source_link(index, site.path, site.line),
                bytes=f"{site.bytes:.3g}",
                guard=visible(site.guard),
            )
            for site in entry.sites[:SITES]
        ),
        more_sites=f"and {counted(more, 'site')} more" if more > 0 else "",
    )


def _seam(index: PageIndex, proposal: SeamProposal) -> SeamView:
    figures = []
    if proposal.crossing_ns is not None:
        figures.append(f"one crossing costs about {_time(proposal.crossing_ns)}")
    if proposal.break_even_ns is not None:
        figures.append(f"pays from about {_time(proposal.break_even_ns)} of work a call")
    if proposal.body_ns is not None:
        figures.append(f"its body takes about {_time(proposal.body_ns)} ({visible(proposal.body_because)})")
    return SeamView(
        name=visible(proposal.method),
        place=f"{shown(proposal.path)}:{proposal.line}",
        href=source_link(index, proposal.path, proposal.line),
        seam=f"{proposal.seam:.0f}",
        level=LEVEL_WORDS[proposal.level],
        boundary=BOUNDARY_WORDS.get(proposal.boundary, visible(proposal.boundary)),
        because=visible(proposal.because),
        runner_up=BOUNDARY_WORDS.get(proposal.runner_up, visible(proposal.runner_up)),
        runner_up_because=visible(proposal.runner_up_because),
        figures="; ".join(figures),
        members=", ".join(visible(member).rpartition(".")[2] for member in proposal.members[:8]),
        factors=tuple(_factor(factor) for factor in proposal.factors),
        advice=tuple(visible(advice) for advice in proposal.advice),
    )


def _time(ns: float) -> str:
    for limit, unit in ((1e3, "ns"), (1e6, "µs"), (1e9, "ms")):
        if ns < limit:
            return f"{ns / limit * 1000:.3g} {unit}"
    return f"{ns / 1e9:.3g} s"


def _factor(factor: Factor) -> FactorRow:
    return FactorRow(name=visible(factor.name), level=f"{factor.level:.2f}", because=visible(factor.because))
