"""The first port, chosen to learn from: small, self-contained, well tested, and not the component that matters most."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.catalog import EffortModel
from rustplan.model.finding import Track
from rustplan.model.roadmap import Option, Pilot
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.waves import Move
from rustplan.plan.wording import count

NEAREST = 3


def choose_pilot(moves: Sequence[Move], effort: EffortModel) -> Pilot:
    """Return the pilot among the planned rewrites, with what speaks for it and the runner-up; without a name when nothing fits."""
    rewrites = [move for move in moves if _is_rewrite(move)]
    if not rewrites:
        return Pilot(component="", because=_nothing_to_port(moves))
    riskiest = _riskiest(moves)
    doubts = {move.subject.name: _doubts(move, riskiest, effort) for move in rewrites}
    fitting = sorted((move for move in rewrites if not doubts[move.subject.name]), key=_order)
    if not fitting:
        return Pilot(component="", because=_nothing_fits(rewrites, doubts))
    first = fitting[0]
    second = fitting[1] if len(fitting) > 1 else None
    near = second or _nearest(rewrites, doubts)
    return Pilot(
        component=first.subject.name,
        because=f"{first.subject.name} is the planned rewrite to learn most from at the least stake.",
        reasons=_reasons(first, riskiest),
        runner_up=near.subject.name if near else "",
        runner_up_because=_why_second(first, near, doubts[near.subject.name]) if near else "",
    )


def _is_rewrite(move: Move) -> bool:
    track = move.subject.score.track
    return (
        move.option is Option.REWRITE
        and track is Track.MEMORY_SAFETY
        and move.effort.p50 is not None
        and not is_java_memory(move.subject.component, track)
    )


def _riskiest(moves: Sequence[Move]) -> str:
    """The component of the highest risk on the track, whatever is planned for it; none when it is alone there."""
    native = [move.subject for move in moves if move.subject.score.track is Track.MEMORY_SAFETY]
    if len(native) < 2:
        return ""
    return min(native, key=lambda subject: (-subject.score.risk, subject.name)).name


def _doubts(move: Move, riskiest: str, effort: EffortModel) -> tuple[str, ...]:
    subject, limits = move.subject, effort.pilot
    months = move.effort.p50 or 0.0
    boundary = subject.boundary.hours / effort.productivity.hours_per_month
    crossings = len(subject.boundary.crossings)
    found = []
    if not subject.test_files:
        found.append("no test reaches it")
    elif subject.grade == "E":
        found.append("its tests cannot tell old from new (oracle grade E)")
    if months > limits.most_months:
        found.append(f"{months:.1f} person-months are too many for a first try")
    if subject.lines > effort.waves.opening_lines:
        found.append(f"{count(subject.lines, 'line')} are too many for a first port")
    if subject.lines < limits.least_lines:
        found.append(f"{count(subject.lines, 'line')} teach too little")
    if crossings > limits.most_crossings:
        found.append(f"{count(crossings, 'crossing')} tie it to the rest")
    elif boundary > limits.most_boundary_share * months:
        share = boundary / months if months else 1.0
        found.append(f"{share:.0%} of its effort is its border")
    if subject.unit.is_cycle:
        found.append("it is in a cycle and would not move alone")
    if subject.name == riskiest:
        found.append("it is the riskiest of all: no place to learn")
    return tuple(found)


def _order(move: Move) -> tuple[tuple[int, str], float, int, float, str]:
    """Fuzzed and well tested first, then a narrow border, then little effort."""
    subject = move.subject
    tested = (0 if subject.harnesses else 1, subject.grade or "C")
    ratio = round(subject.boundary.hours / max(1, subject.lines), 3)
    return tested, ratio, len(subject.boundary.crossings), move.effort.p50 or 0.0, subject.name


def _reasons(move: Move, riskiest: str) -> tuple[str, ...]:
    subject = move.subject
    fuzzed = f" and {count(subject.harnesses, 'fuzz target')}" if subject.harnesses else ""
    outbound = len(subject.boundary.crossings) - subject.inbound
    risk = f"risk {subject.score.risk:.0f} of 100"
    return (
        f"Small: {count(subject.lines, 'line')}, {move.effort.p50 or 0.0:.1f} person-months at the median.",
        f"Self-contained: {count(subject.inbound, 'symbol')} used by others, {count(outbound, 'symbol')} that it needs from them.",
        f"Tested: reached by {count(subject.test_files, 'test file')}{fuzzed}"
        + (f", oracle grade {subject.grade}." if subject.grade else "."),
        f"Not the riskiest: {risk}; the riskiest is {riskiest}."
        if riskiest
        else f"The only one: {risk}, and no other component to compare with.",
    )


def _nearest(rewrites: Sequence[Move], doubts: dict[str, tuple[str, ...]]) -> Move | None:
    """The rewrite with the fewest doubts that is no pilot."""
    others = [move for move in rewrites if doubts[move.subject.name]]
    return min(others, key=lambda move: (len(doubts[move.subject.name]), _order(move))) if others else None


def _why_second(first: Move, second: Move, doubts: tuple[str, ...]) -> str:
    if doubts:
        return f"It lost because {'; '.join(doubts)}."
    if bool(first.subject.harnesses) is not bool(second.subject.harnesses):
        return "It lost because no fuzz harness reaches it."
    if first.subject.grade != second.subject.grade:
        return f"It lost because its tests tell old from new less well: oracle grade {second.subject.grade}, here {first.subject.grade}."
    here, there = len(first.subject.boundary.crossings), len(second.subject.boundary.crossings)
    return f"It lost on its border: {count(there, 'crossing')} for {count(second.subject.lines, 'line')}, here {count(here, 'crossing')} for {count(first.subject.lines, 'line')}."


def _nothing_to_port(moves: Sequence[Move]) -> str:
    native = [move for move in moves if move.subject.score.track is Track.MEMORY_SAFETY]
    if not native:
        return "No C or C++ was ranked, so there is nothing to try a port on."
    return "The plan rewrites nothing, so no component is proposed. A new, small component written in Rust can be the pilot instead."


def _nothing_fits(rewrites: Sequence[Move], doubts: dict[str, tuple[str, ...]]) -> str:
    """Name those that come nearest, each with all that speaks against it."""
    near = sorted(rewrites, key=lambda move: (len(doubts[move.subject.name]), _order(move)))[:NEAREST]
    said = "; ".join(f"{move.subject.name}: {', '.join(doubts[move.subject.name])}" for move in near)
    lead = (
        "The one planned rewrite does not fit"
        if len(rewrites) == 1
        else f"None of {len(rewrites)} planned rewrites fits"
    )
    first = "Write tests for one of them first" if any(not move.subject.test_files for move in near) else "Divide one"
    nearest = " Nearest:" if len(rewrites) > NEAREST else ""
    return f"{lead} a first try.{nearest} {said}. {first}, or begin with a new, small component in Rust."
