"""Section 2: when may each wave start and end, what does it take and remove, and what stands behind it?"""

from __future__ import annotations

from markupsafe import Markup

from rustplan.model.finding import Track
from rustplan.model.roadmap import Parked, Wave
from rustplan.report.escape import clip, visible
from rustplan.report.svg.timeline import Bar, draw_timeline
from rustplan.report.view.guidance import ExpectationView, build_expectations
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.numbers import counted, effort_range, percent, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.view.words import TRACK_WORDS, sentence

PARKED_SHOWN = 30
CHART = 1


class WaveRow(View, frozen=True, kw_only=True):
    """One row of the wave table."""

    number: int
    components: tuple[Link, ...]
    starts_when: str
    outcome: str
    effort: str
    removes: tuple[str, str]
    temporary: str
    projected: str


class ParkedRow(View, frozen=True, kw_only=True):
    """A component that is in no wave."""

    component: Link
    track: str
    because: str


class RoadmapView(View, frozen=True, kw_only=True):
    """All of the roadmap section."""

    timeline: Markup | None
    waves: tuple[WaveRow, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    parked: tuple[ParkedRow, ...]
    parked_count: int
    parked_more: str
    elements: tuple[ExpectationView, ...]
    crosswalk: tuple[ExpectationView, ...]


def build_roadmap(index: PageIndex) -> RoadmapView:
    """Return the roadmap section."""
    roadmap = index.analysis.roadmap
    parked = sorted(roadmap.parked, key=lambda entry: _parked_order(index, entry))
    more = len(parked) - PARKED_SHOWN
    return RoadmapView(
        timeline=_timeline(index) if roadmap.waves else None,
        waves=tuple(_wave_row(index, wave) for wave in roadmap.waves),
        assumptions=_assumptions(index),
        notes=tuple(clip(visible(note), 600) for note in roadmap.notes),
        parked=tuple(
            ParkedRow(
                component=component_link(index, entry.component),
                track=TRACK_WORDS[entry.track],
                because=clip(visible(entry.because), 300),
            )
            for entry in parked[:PARKED_SHOWN]
        ),
        parked_count=len(parked),
        parked_more=f"{whole(more)} more are in rustplan.json." if more > 0 else "",
        elements=build_expectations(index, "element"),
        crosswalk=build_expectations(index, "crosswalk"),
    )


def wave_bars(waves: tuple[Wave, ...]) -> list[Bar]:
    """Return the waves as bars of the timeline."""
    return [
        Bar(
            name=f"Wave {wave.number} · {counted(len(wave.components), 'component')}",
            note=f"{effort_range(wave.p10, wave.p50, wave.p90)} PM" if wave.p50 is not None else "",
            gain=_gain(wave)[0],
            detail=_gain(wave)[1],
            p10=wave.p10,
            p50=wave.p50,
            p90=wave.p90,
        )
        for wave in waves
    ]


def _gain(wave: Wave) -> tuple[str, str]:
    """What a wave removes, in two lines; a wave of the latency track removes no risk of this kind."""
    if not wave.unsafe_sloc and wave.risk_share <= 0:
        return "no unsafe lines", ""
    return f"{percent(wave.risk_share)} of risk", counted(wave.unsafe_sloc, "unsafe line")


def _timeline(index: PageIndex) -> Markup:
    bars = wave_bars(index.analysis.roadmap.waves)
    words = "; ".join(f"{bar.name}: {bar.note or 'not estimated'}" for bar in bars)
    return draw_timeline(bars, index.team, number=CHART, description=f"{words}. The table below has the same data.")


def _wave_row(index: PageIndex, wave: Wave) -> WaveRow:
    return WaveRow(
        number=wave.number,
        components=tuple(component_link(index, name, 40) for name in wave.components),
        starts_when=clip(visible(wave.starts_when), 600),
        outcome=clip(visible(wave.outcome), 1200),
        effort=effort_range(wave.p10, wave.p50, wave.p90),
        removes=_gain(wave),
        temporary=f"{whole(wave.temporary_hours)} hours" if wave.temporary_hours >= 0.5 else "none",
        projected=visible(wave.projected or ""),
    )


def _assumptions(index: PageIndex) -> tuple[str, ...]:
    roadmap = index.analysis.roadmap
    words = [sentence(clip(visible(text), 600)) for text in (roadmap.capacity, roadmap.capacity_because) if text]
    if index.team.people is None and roadmap.waves:
        words.append("Without a team the time axis counts months of one person, full time.")
    if roadmap.ramp_up is not None:
        ramp = roadmap.ramp_up
        words.append(
            f"Ramp-up, once for the team: {effort_range(ramp.p10, ramp.p50, ramp.p90)} person-months. {visible(ramp.because)}"
        )
    return tuple(words)


def _parked_order(index: PageIndex, entry: Parked) -> tuple[int, int, str]:
    return (list(Track).index(entry.track), index.ranks.get((entry.component, entry.track), 10**9), entry.component)
