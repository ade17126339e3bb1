"""Puts moves into waves: units by score, rewritten members of a cycle together, untested rewrites never first, the rest parked with the reason."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from rustplan.catalog import EffortModel
from rustplan.model.component import Dependency
from rustplan.model.finding import Track
from rustplan.model.roadmap import Effort, Option, Parked
from rustplan.plan.java_memory import is_java_memory
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
    """Wave number by component and track, what is in no wave, and small moves with the neighbour whose batch they are in."""

    waves: Mapping[tuple[str, Track], int]
    parked: tuple[Parked, ...]
    batches: Mapping[tuple[str, Track], str]


def schedule(
    moves: Sequence[Move],
    dependencies: Sequence[Dependency],
    order: Mapping[str, int],
    model: EffortModel,
    pilot: str = "",
) -> Schedule:
    """Return the waves. `order` is the place of each unit in dependency order; the pilot opens the plan as a step of its own."""
    parked: dict[tuple[str, Track], str] = {}
    for move in moves:
        reason = why_parked(move)
        if reason:
            parked[move.key] = reason
    movable = [move for move in moves if move.key not in parked]
    opening = (pilot, Track.MEMORY_SAFETY)
    hosts = {key: host for key, host in hosts_of(movable, dependencies, model).items() if key != opening}
    waves: dict[tuple[str, Track], int] = {}
    has_both = len({move.subject.score.track for move in movable}) > 1
    for track in Track:
        own = [move for move in movable if move.subject.score.track is track]
        groups = _groups([move for move in own if move.key not in hosts], order, model, opening)
        placed = _fill(groups, _room(track, has_both, model), model)
        late = [
            move for move in own if move.key in hosts and not _may_join(move, placed[hosts[move.key], track], model)
        ]
        placed.update(
            _fill(_groups(late, order, model), _room(track, has_both, model), model, used=Counter(placed.values()))
        )
        hosts = {key: host for key, host in hosts.items() if key not in placed}
        placed.update({key: placed[host, track] for key, host in hosts.items() if key[1] is track})
        waves.update(placed)
    limit = model.waves.most_waves
    for key, number in list(waves.items()):
        if number > limit:
            del waves[key]
            parked[key] = (
                f"Comes after wave {limit}: plan it again with the actual effort of the first waves instead of a prior."
            )
    listed = sorted(parked.items(), key=lambda item: (list(Track).index(item[0][1]), item[0][0]))
    return Schedule(
        waves=waves,
        parked=tuple(Parked(component=name, track=track, because=why) for (name, track), why in listed),
        batches={key: host for key, host in sorted(hosts.items()) if key in waves},
    )


def may_open(move: Move, model: EffortModel) -> bool:
    """True when a move may stand in wave 1: a rewrite needs tests, and a first port a size that a team can finish and learn from."""
    if move.option in (Option.REPLACE, Option.WRAP) and move.subject.grade == "E":
        return False
    if move.option is not Option.REWRITE:
        return True
    return bool(move.subject.test_files) and move.subject.lines <= model.waves.opening_lines


def why_parked(move: Move) -> str:
    """Return why a move stands in no wave; empty when it may stand in one."""
    if move.effort.p50 is None and not is_java_memory(move.subject.component, move.subject.score.track):
        return f"Not estimated: {move.subject.score.coverage:.0%} of it was read. Make it readable, then scan again."
    if move.option is Option.RETAIN:
        return f"Retained. {move.decision.choice.because}"
    return ""


def hosts_of(
    movable: Sequence[Move], dependencies: Sequence[Dependency], model: EffortModel
) -> dict[tuple[str, Track], str]:
    """Small moves with the neighbour that they are done together with: a step of a few lines is no step of its own.

    Work on native code and on Java that holds raw memory has nothing in common, so neither hosts the other.
    """
    found = {}
    for move in movable:
        track, is_alone = move.subject.score.track, not move.subject.unit.is_cycle
        if move.subject.lines < model.waves.tiny_lines and is_alone:
            large = {
                other.subject.name
                for other in movable
                if other.subject.score.track is track
                and other.subject.lines >= model.waves.tiny_lines
                and is_java_memory(other.subject.component, track) is is_java_memory(move.subject.component, track)
            }
            host = _neighbour(move.subject.name, large, dependencies)
            if host:
                found[move.key] = host
    return found


def _neighbour(name: str, candidates: Set[str], dependencies: Sequence[Dependency]) -> str:
    """Return the candidate with the heaviest dependency in either direction; empty when there is none."""
    weights: dict[str, float] = defaultdict(float)
    for dependency in dependencies:
        for one, other in (
            (dependency.dependent, dependency.dependency),
            (dependency.dependency, dependency.dependent),
        ):
            if one == name and other in candidates:
                weights[other] += dependency.weight
    return min(weights, key=lambda other: (-weights[other], other)) if weights else ""


def _may_join(move: Move, wave: int, model: EffortModel) -> bool:
    return wave > 1 or may_open(move, model)


def _room(track: Track, has_both: bool, model: EffortModel) -> int:
    """Steps a wave has for a track."""
    if not has_both:
        return model.waves.most_steps
    latency = model.waves.latency_steps
    return latency if track is Track.LATENCY else model.waves.most_steps - latency


def _groups(
    moves: Sequence[Move],
    order: Mapping[str, int],
    model: EffortModel,
    opening: tuple[str, Track] | None = None,
) -> list[tuple[Move, ...]]:
    """Gather what must share a wave and sort the groups: score band, what removes unsafe lines before what does not, effort, dependency order.

    Members of a unit that are rewritten or replaced share a wave; hardening or wrapping one of them changes no interface, so it goes alone.
    """
    by_unit: dict[tuple[str, str], list[Move]] = {}
    for move in moves:
        alone = "" if move.option in REMOVES else move.subject.name
        by_unit.setdefault((move.subject.unit.name, alone), []).append(move)
    groups = [tuple(sorted(group, key=lambda move: move.subject.name)) for group in by_unit.values()]

    def rank(group: tuple[Move, ...]) -> tuple[bool, float, bool, float, int, str]:
        best = max(move.subject.score.score for move in group)
        months = math.fsum(move.effort.p50 or 0.0 for move in group)
        unit, name = group[0].subject.unit.name, group[0].subject.name
        removes = any(move.option in REMOVES for move in group)
        later = all(move.key != opening for move in group)
        return later, -math.floor(best / model.waves.tie_points), not removes, months, order.get(unit, 0), name

    return sorted(groups, key=rank)


def _fill(
    groups: Sequence[tuple[Move, ...]], room: int, model: EffortModel, *, used: Counter[int] | None = None
) -> dict[tuple[str, Track], int]:
    """Give each group the first wave with room; a cycle larger than a wave takes one for itself. `used` are steps placed before."""
    used = Counter() if used is None else used
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
            f"{count(lines, 'memory-unsafe line')} less ({share * 100:.0f} % of the estimated risk), {count(crossings, 'crossing')} covered by "
            f"parity tests: {name_list([move.subject.name for move in gone])}"
        )
    for option, words in (
        (Option.WRAP, "behind a checking layer"),
        (Option.HARDEN, "hardened, fuzzed or under sanitizers"),
    ):
        kept = [
            move for move in moves
            if move.option is option and move.subject.score.track is Track.MEMORY_SAFETY
            and not is_java_memory(move.subject.component, Track.MEMORY_SAFETY)
        ]  # fmt: skip
        if kept:
            lines = sum(move.subject.lines for move in kept)
            said.append(
                f"{count(lines, 'line')} {words}, none removed: {name_list([move.subject.name for move in kept])}"
            )
    guarded = [move.subject for move in moves if is_java_memory(move.subject.component, move.subject.score.track)]
    if guarded:
        lines = sum(subject.lines for subject in guarded)
        said.append(
            f"raw memory in {count(lines, 'line')} of Java behind checked interfaces: {name_list([subject.name for subject in guarded])}"
        )
    java = [move.subject.name for move in moves if move.subject.score.track is Track.LATENCY]
    if java:
        said.append(f"allocation and pauses measured before and after: {name_list(java)}")
    nothing = "" if any(move.option in REMOVES for move in moves) else "Nothing is rewritten or replaced in this wave: "
    return f"{nothing}{'; '.join(said)}."


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
        if any(move.option in REMOVES for move in moves):
            return f"When {needs}each component of the wave has an owner and its tests run in CI."
        return f"When {needs}each component of the wave has an owner."
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
