"""Puts moves into waves: units by score, cycle members together, untested rewrites never first, the rest parked with the reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import EffortModel
from rustplan.model.component import Dependency
from rustplan.model.finding import Track
from rustplan.model.roadmap import Effort, Option, Parked
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.wording import count, name_list

REMOVES = (Option.REWRITE, Option.REPLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A subject with its decision and effort."""

    subject: Subject
    decision: Decision
    effort: Effort

    @property
    def option(self) -> Option:
        """The chosen option."""
        return self.decision.choice.option

    @property
    def key(self) -> tuple[str, Track]:
        """Component and track: what identifies a step."""
        return self.subject.name, self.subject.score.track


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Wave number by component and track, and what is in no wave."""

    waves: Mapping[tuple[str, Track], int]
    parked: tuple[Parked, ...]


def schedule(
    moves: Sequence[Move], dependencies: Sequence[Dependency], order: Mapping[str, int], model: EffortModel
) -> Schedule:
    """Return the waves. `order` is the place of each unit in dependency order."""
    parked: dict[tuple[str, Track], str] = {}
    for move in moves:
        reason = why_parked(move, moves, dependencies, model)
        if reason:
            parked[move.key] = reason
    waves: dict[tuple[str, Track], int] = {}
    has_both = len({move.subject.score.track for move in moves if move.key not in parked}) > 1
    for track in Track:
        room = _room(track, has_both, model)
        groups = _groups(
            [move for move in moves if move.subject.score.track is track and move.key not in parked], order, model
        )
        waves.update(_fill(groups, room, model))
    limit = model.waves.most_waves
    for key, number in list(waves.items()):
        if number > limit:
            del waves[key]
            parked[key] = (
                f"Comes after wave {limit}: plan it again with the actual effort of the first waves instead of a prior."
            )
    listed = sorted(parked.items(), key=lambda item: (list(Track).index(item[0][1]), item[0][0]))
    return Schedule(
        waves=waves, parked=tuple(Parked(component=name, track=track, because=why) for (name, track), why in listed)
    )


def may_open(move: Move, model: EffortModel) -> bool:
    """True when a move may stand in wave 1: a rewrite needs tests and a size that need not be split first."""
    if move.option is not Option.REWRITE:
        return True
    return bool(move.subject.test_files) and move.subject.lines <= model.productivity.split_above_lines


def why_parked(move: Move, moves: Sequence[Move], dependencies: Sequence[Dependency], model: EffortModel) -> str:
    """Return why a move stands in no wave; empty when it may stand in one."""
    if move.effort.p50 is None:
        return f"Not estimated: {move.subject.score.coverage:.0%} of it was read. Make it readable, then scan again."
    if move.option is Option.RETAIN:
        return f"Retained. {move.decision.choice.because}"
    if move.subject.lines < model.waves.tiny_lines:
        neighbour = _neighbour(move, moves, dependencies, model)
        if neighbour:
            return f"Under {model.waves.tiny_lines} lines ({move.subject.lines:,}): moves together with {neighbour}, its closest neighbour."
    return ""


def _neighbour(move: Move, moves: Sequence[Move], dependencies: Sequence[Dependency], model: EffortModel) -> str:
    """Return the component with the heaviest dependency in either direction that moves itself; empty when there is none."""
    movable = {
        other.subject.name
        for other in moves
        if other.subject.score.track is move.subject.score.track
        and other.option is not Option.RETAIN
        and other.effort.p50 is not None
        and other.subject.lines >= model.waves.tiny_lines
    }
    weights: Counter[str] = Counter()
    for dependency in dependencies:
        ends = (dependency.dependent, dependency.dependency)
        if move.subject.name in ends:
            other = ends[1] if ends[0] == move.subject.name else ends[0]
            if other in movable:
                weights[other] += dependency.weight  # type: ignore[assignment]  # weights are fractions
    return min(weights, key=lambda name: (-weights[name], name)) if weights else ""


def _room(track: Track, has_both: bool, model: EffortModel) -> int:
    """Steps a wave has for a track."""
    if not has_both:
        return model.waves.most_steps
    latency = model.waves.latency_steps
    return latency if track is Track.LATENCY else model.waves.most_steps - latency


def _groups(moves: Sequence[Move], order: Mapping[str, int], model: EffortModel) -> list[tuple[Move, ...]]:
    """Gather the members of each unit and sort the groups: score band, then effort, then dependency order, then name."""
    by_unit: dict[str, list[Move]] = {}
    for move in moves:
        by_unit.setdefault(move.subject.unit.name, []).append(move)
    groups = [tuple(sorted(group, key=lambda move: move.subject.name)) for group in by_unit.values()]

    def rank(group: tuple[Move, ...]) -> tuple[float, float, int, str]:
        best = max(move.subject.score.score for move in group)
        months = math.fsum(move.effort.p50 or 0.0 for move in group)
        unit = group[0].subject.unit.name
        return -math.floor(best / model.waves.tie_points), months, order.get(unit, 0), unit

    return sorted(groups, key=rank)


def _fill(groups: Sequence[tuple[Move, ...]], room: int, model: EffortModel) -> dict[tuple[str, Track], int]:
    """Give each group the first wave with room; a cycle larger than a wave takes one for itself."""
    used: Counter[int] = Counter()
    placed: dict[tuple[str, Track], int] = {}
    for group in groups:
        number = 1 if all(may_open(move, model) for move in group) else 2
        while used[number] and used[number] + len(group) > room:
            number += 1
        used[number] += len(group)
        placed.update({move.key: number for move in group})
    return placed


def outcome_of(moves: Sequence[Move], shares: Mapping[str, float]) -> str:
    """Say what can be counted when the wave is done."""
    gone = [move for move in moves if move.option in REMOVES and move.subject.score.track is Track.MEMORY_SAFETY]
    said = []
    if gone:
        lines = sum(move.subject.component.unsafe_sloc for move in gone)
        crossings = sum(len(move.subject.boundary.crossings) for move in gone)
        share = sum(shares.get(move.subject.name, 0.0) for move in gone)
        said.append(
            f"{count(lines, 'memory-unsafe line')} less ({share:.0%} of the measured risk), {count(crossings, 'crossing')} covered by "
            f"parity tests: {name_list([move.subject.name for move in gone])}"
        )
    for option, words in (
        (Option.WRAP, "behind a checking layer"),
        (Option.HARDEN, "hardened, fuzzed or under sanitizers"),
    ):
        kept = [move for move in moves if move.option is option and move.subject.score.track is Track.MEMORY_SAFETY]
        if kept:
            lines = sum(move.subject.lines for move in kept)
            said.append(
                f"{count(lines, 'line')} {words}, none removed: {name_list([move.subject.name for move in kept])}"
            )
    java = [move.subject.name for move in moves if move.subject.score.track is Track.LATENCY]
    if java:
        said.append(f"allocation and pauses measured before and after: {name_list(java)}")
    return "; ".join(said) + "."


def temporary_hours(moves: Sequence[Move], waves: Mapping[tuple[str, Track], int], number: int) -> float:
    """Hours of crossings to components that a later wave rewrites or replaces: built now, thrown away then."""
    later = {name for (name, track), wave in waves.items() if wave > number and track is Track.MEMORY_SAFETY}
    return math.fsum(
        crossing.hours
        for move in moves
        if move.option in REMOVES and move.subject.score.track is Track.MEMORY_SAFETY
        for crossing in move.subject.boundary.crossings
        if crossing.other in later
    )


def starts_when(moves: Sequence[Move], cut_over: Sequence[str], dependencies: Sequence[Dependency], number: int) -> str:
    """Say what must be true before the wave starts. `cut_over` names the components that earlier waves rewrite or replace."""
    names = {move.subject.name for move in moves}
    if number == 1:
        ports = [move for move in moves if move.option in (*REMOVES, Option.WRAP)]
        needs = "Rust builds in CI beside the existing build, and " if ports else ""
        return f"When {needs}each component of the wave has an owner and its tests run in CI."
    earlier = sorted(
        {dependency.dependency for dependency in dependencies if dependency.dependent in names} & set(cut_over) - names
    )
    untested = [move.subject.name for move in moves if move.option is Option.REWRITE and not move.subject.test_files]
    said = f"When wave {number - 1} has reached its outcome"
    if earlier:
        said += f", in any case after the cut-over of {name_list(earlier)}"
    if untested:
        said += f", and parity tests exist for {name_list(untested)}"
    return said + "."
