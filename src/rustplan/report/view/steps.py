"""Section 2, below the waves: the pilot, what ends each step, and the first pieces of the first ports."""

from __future__ import annotations

from collections import defaultdict

from rustplan.model.finding import Track
from rustplan.model.roadmap import ExitCriterion, Slice, SlicePart
from rustplan.report.escape import clip, visible
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, listed, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.view.words import TRACK_WORDS, sentence

PARTS_SHOWN = 40
NAMES_SHOWN = 6
STEPS_SHOWN = 40
PHASE_WORDS = {
    "parity": "Parity",
    "parallel": "Old and new in parallel",
    "cut-over": "Cut-over",
    "retire": "Retire",
}


class PilotView(View, frozen=True, kw_only=True):
    """The pilot, or why there is none."""

    name: Link | None
    because: str
    reasons: tuple[str, ...]
    runner_up: Link | None
    runner_up_because: str


class PhaseRow(View, frozen=True, kw_only=True):
    """One exit criterion; `blank` is what only the owner can decide."""

    phase: str
    criterion: str
    blank: str
    evidence: tuple[str, ...]


class StepView(View, frozen=True, kw_only=True):
    """The criteria of one step."""

    component: Link
    about: str
    phases: tuple[PhaseRow, ...]


class PartRow(View, frozen=True, kw_only=True):
    """One function of a slice."""

    number: int
    symbol: str
    place: str
    href: str
    lines: str
    is_entry: bool


class SliceView(View, frozen=True, kw_only=True):
    """One slice with its work list."""

    component: Link
    heading: str
    because: str
    entries: str
    needs: str
    tests: str
    parts: tuple[PartRow, ...]
    more: str


class StepsView(View, frozen=True, kw_only=True):
    """Everything below the waves."""

    pilot: PilotView | None
    steps: tuple[StepView, ...]
    steps_more: str
    slices: tuple[SliceView, ...]


def build_steps(index: PageIndex) -> StepsView:
    """Return the pilot, the exit criteria in the order of the waves, and the slices."""
    roadmap = index.analysis.roadmap
    grouped: dict[tuple[str, Track], list[ExitCriterion]] = defaultdict(list)
    for criterion in roadmap.exit_criteria:
        grouped[criterion.component, criterion.track].append(criterion)
    order = sorted(grouped, key=lambda key: (_wave(index, key), list(grouped).index(key)))
    more = len(order) - STEPS_SHOWN
    return StepsView(
        pilot=_pilot(index),
        steps=tuple(_step(index, key, grouped[key]) for key in order[:STEPS_SHOWN]),
        steps_more=f"{counted(more, 'step')} more in exit_criteria.csv and rustplan.json." if more > 0 else "",
        slices=tuple(_slice(index, one) for one in roadmap.slices),
    )


def _wave(index: PageIndex, key: tuple[str, Track]) -> int:
    step = index.steps.get(key)
    return step.wave if step is not None and step.wave is not None else 10**6


def _pilot(index: PageIndex) -> PilotView | None:
    pilot = index.analysis.roadmap.pilot
    if pilot is None:
        return None
    return PilotView(
        name=component_link(index, pilot.component) if pilot.component else None,
        because=clip(visible(pilot.because), 600),
        reasons=tuple(clip(visible(reason), 300) for reason in pilot.reasons),
        runner_up=component_link(index, pilot.runner_up) if pilot.runner_up else None,
        runner_up_because=clip(visible(pilot.runner_up_because), 400),
    )


def _step(index: PageIndex, key: tuple[str, Track], criteria: list[ExitCriterion]) -> StepView:
    step = index.steps.get(key)
    wave = f"wave {step.wave}" if step is not None and step.wave is not None else "no wave"
    option = f"{step.choice.option.value}, " if step is not None else ""
    return StepView(
        component=component_link(index, key[0]),
        about=f"{option}{wave}, {TRACK_WORDS[key[1]]}",
        phases=tuple(
            PhaseRow(
                phase=PHASE_WORDS.get(item.phase, visible(item.phase)),
                criterion=sentence(clip(visible(item.criterion), 600)),
                blank=clip(visible(item.blank), 200),
                evidence=tuple(shown(name, 80) for name in item.evidence),
            )
            for item in criteria
        ),
    )


def _slice(index: PageIndex, one: Slice) -> SliceView:
    more = len(one.parts) - PARTS_SHOWN
    return SliceView(
        component=component_link(index, one.component),
        heading=f"slice {one.number}, {counted(one.lines, 'code line')}, {counted(len(one.parts), 'function')}",
        because=clip(visible(one.because), 600),
        entries=_names(one.entries) or "none: nothing calls it by name, and its address is not taken",
        needs=_names(one.needs) or "nothing",
        tests=_names(one.tests, length=80) or "none by calls that were resolved",
        parts=tuple(_part(index, number, part) for number, part in enumerate(one.parts[:PARTS_SHOWN], 1)),
        more=f"{counted(more, 'function')} more in slices.csv and rustplan.json." if more > 0 else "",
    )


def _part(index: PageIndex, number: int, part: SlicePart) -> PartRow:
    return PartRow(
        number=number,
        symbol=shown(part.symbol, 80),
        place=f"{shown(part.path)}:{part.start_line}–{part.end_line}",
        href=source_link(index, part.path, part.start_line),
        lines=whole(part.lines),
        is_entry=part.is_entry,
    )


def _names(names: tuple[str, ...], length: int = 60) -> str:
    words = [shown(name, length) for name in names[:NAMES_SHOWN]]
    if len(names) > NAMES_SHOWN:
        words.append(f"{whole(len(names) - NAMES_SHOWN)} more")
    return listed(words)
