"""What the plan proposes for a component on one track: the choice and its runner-up, the case against, the cost, the boundary."""

from __future__ import annotations

from rustplan.model.roadmap import Crossing, Direction, Step
from rustplan.report.escape import clip, visible
from rustplan.report.view.arithmetic import PartView, build_effort_parts
from rustplan.report.view.boundary import BoundaryView, build_boundary
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, decimal, effort_range, whole
from rustplan.report.view.options import OptionsView, build_options
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.view.words import MECHANISM_WORDS, OPTION_MEANINGS, OPTION_WORDS, TRACK_WORDS, named

CROSSINGS = 8
TEXT = 500


class CrossingRow(View, frozen=True, kw_only=True):
    """One symbol over the boundary."""

    symbol: str
    direction: str
    shape: str
    hours: str
    uses: str
    other: Link
    place: str


class ProposalView(View, frozen=True, kw_only=True):
    """A step in words."""

    track: str
    option: str
    option_meaning: str
    because: str
    wave: str
    effort: str
    size: str
    effort_because: str
    effort_parts: tuple[PartView, ...]
    case_against: str
    runner_up: str
    runner_up_because: str
    boundary: str
    boundary_because: str
    crossings: tuple[CrossingRow, ...]
    crossings_more: str
    xray: BoundaryView | None
    actions: tuple[str, ...]
    confirm: tuple[str, ...]
    options: OptionsView | None = None


def build_proposal(index: PageIndex, step: Step) -> ProposalView:
    """Return the proposal of one step."""
    crossings = sorted(step.boundary.crossings, key=lambda crossing: (-crossing.hours * crossing.uses, crossing))
    more = len(crossings) - CROSSINGS
    return ProposalView(
        track=TRACK_WORDS[step.track],
        option=OPTION_WORDS[step.choice.option],
        option_meaning=OPTION_MEANINGS[step.choice.option],
        because=clip(visible(step.choice.because), TEXT),
        wave=f"wave {step.wave}" if step.wave is not None else "in no wave",
        effort=effort_range(step.effort.p10, step.effort.p50, step.effort.p90),
        size=visible(step.effort.size),
        effort_because=clip(visible(step.effort.because), TEXT),
        effort_parts=build_effort_parts(step.effort.factors),
        case_against=clip(visible(step.case_against), TEXT),
        runner_up=OPTION_WORDS[step.runner_up.option],
        runner_up_because=clip(visible(step.runner_up.because), TEXT),
        boundary=_boundary_words(step),
        boundary_because=clip(visible(step.boundary.because), TEXT),
        crossings=tuple(_crossing(index, crossing) for crossing in crossings[:CROSSINGS]),
        crossings_more=f"{whole(more)} more in rustplan.json." if more > 0 else "",
        xray=build_boundary(index, step),
        actions=tuple(clip(visible(action), TEXT) for action in step.first_actions),
        confirm=tuple(clip(visible(words), TEXT) for words in step.needs_confirmation),
        options=build_options(index, step),
    )


def _boundary_words(step: Step) -> str:
    boundary = step.boundary
    mechanism = MECHANISM_WORDS.get(boundary.mechanism, named(boundary.mechanism))
    if not boundary.crossings:
        return f"{mechanism}; no crossing was found"
    return f"{mechanism}; {counted(boundary.inbound, 'symbol')} used by others, {counted(boundary.outbound, 'symbol')} used of others, about {counted(round(boundary.hours), 'hour')}"


def _crossing(index: PageIndex, crossing: Crossing) -> CrossingRow:
    return CrossingRow(
        symbol=shown(crossing.symbol, 60),
        direction="used by" if crossing.direction is Direction.INBOUND else "uses",
        shape=named(crossing.shape),
        hours=decimal(crossing.hours),
        uses=whole(crossing.uses),
        other=component_link(index, crossing.other, 40),
        place=f"{shown(crossing.path, 70)}:{crossing.line}",
    )
