"""Calls between sources and every function: one breadth-first search from all sources at once, linear in functions and calls.

Data that was read may go back to a few callers first, and on to what any of these call after that: a function is met in two states.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rustplan.model.exposure import StepKind
from rustplan.score.exposure.call_graph import Calls, FunctionGraph

_NONE = -1
_UNSURE, _DOUBTED, _LOOP = 1, 2, 4
"""Marks of a state: the call that leads to it may lead elsewhere; that or a call before it on the way; its data arrives in a loop."""


@dataclass(frozen=True, slots=True)
class Start:
    """A function where data enters at a line. `is_read`: what it reads may go back to its callers. Lower `rank` is preferred among equals."""

    node: int
    is_read: bool
    rank: int
    line: int = 0
    is_guess: bool = False
    in_loop: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a way: the function, how it is reached, at which line of the one that calls, and whether the call may lead elsewhere."""

    node: int
    kind: StepKind
    line: int
    is_may: bool


class Nearness:
    """Shortest distances in calls, and the ways they were found on. State `2n` is function n as it hands on, `2n + 1` as it hands back."""

    def __init__(self, size: int) -> None:
        self.steps = array("i", [_NONE]) * (2 * size)
        self._parent = array("q", [_NONE]) * (2 * size)
        self._line = array("i", [0]) * (2 * size)
        self._arrival = array("i", [0]) * (2 * size)
        self._marks = bytearray(2 * size)

    def distance(self, node: int) -> int | None:
        """Calls from the nearest source; None when no way was found."""
        state = self._nearer(node)
        return None if self.steps[state] == _NONE else self.steps[state]

    def is_unsure(self, node: int) -> bool:
        """True when a call on the shortest way may lead elsewhere."""
        return bool(self._marks[self._nearer(node)] & _DOUBTED)

    def way(self, node: int) -> tuple[Move, ...]:
        """The shortest way, the source first; empty when none was found."""
        state, moves = self._nearer(node), []
        if self.steps[state] == _NONE:
            return ()
        while state != _NONE:
            parent = self._parent[state]
            kind = StepKind.SOURCE if parent == _NONE else StepKind.RETURNS if state & 1 else StepKind.CALLS
            moves.append(Move(state >> 1, kind, self._line[state], bool(self._marks[state] & _UNSURE)))
            state = parent
        return tuple(reversed(moves))

    def _nearer(self, node: int) -> int:
        on, back = self.steps[2 * node], self.steps[2 * node + 1]
        return 2 * node + 1 if back != _NONE and (on == _NONE or back <= on) else 2 * node

    def is_back(self, node: int) -> bool:
        """True for a function that reads itself, or is handed back what another read."""
        return self.steps[2 * node + 1] != _NONE

    def is_new(self, state: int) -> bool:
        """True for a state that no way has met."""
        return self.steps[state] == _NONE

    def arrival(self, state: int) -> int:
        """The line of the function at which data arrives, 0 when it has it from the start."""
        return self._arrival[state]

    def arrives_in_loop(self, state: int) -> bool:
        """True when data arrives again and again, so that what is called earlier in a loop may be given some."""
        return bool(self._marks[state] & _LOOP)

    def came_from(self, state: int) -> int:
        """The function that handed its data back to this state's; -1 for every other state."""
        return self._parent[state] >> 1 if state & 1 else _NONE

    def meet(self, state: int, parent: int, line: int, steps: int, *, is_may: bool, in_loop: bool) -> None:
        """Keep how a state was met first. What goes back arrives where the call stands, what is read where it is read."""
        self.steps[state], self._parent[state], self._line[state] = steps, parent, line
        self._arrival[state] = line if state & 1 or parent == _NONE else 0
        doubted = is_may or (parent != _NONE and self._marks[parent] & _DOUBTED)
        self._marks[state] = (_UNSURE if is_may else 0) | (_DOUBTED if doubted else 0) | (_LOOP if in_loop else 0)


def measure_nearness(graph: FunctionGraph, starts: Iterable[Start], most_back: int) -> Nearness:
    """Return the distance of every function from the nearest start; among equally short ways one of sure calls is kept."""
    near = Nearness(len(graph))
    sure: list[int] = []
    unsure: list[int] = []
    for start in sorted(starts, key=lambda one: (one.rank, one.node, one.line)):
        state = 2 * start.node + start.is_read
        if near.is_new(state):
            near.meet(state, _NONE, start.line, 0, is_may=start.is_guess, in_loop=start.in_loop)
            (unsure if start.is_guess else sure).append(state)
    steps = 0
    while sure or unsure:
        steps += 1
        search = _Wave(graph, near, steps, is_back=steps <= most_back)
        next_sure = search.follow(sure, over_may=False)
        next_unsure = [*search.follow(sure, over_may=True), *search.follow(unsure, over_may=False)]
        next_unsure += search.follow(unsure, over_may=True)
        sure, unsure = next_sure, next_unsure
    return near


class _Wave:
    """All calls at one distance."""

    def __init__(self, graph: FunctionGraph, near: Nearness, steps: int, *, is_back: bool) -> None:
        self._graph = graph
        self._near = near
        self._steps = steps
        self._is_back = is_back

    def follow(self, states: Sequence[int], *, over_may: bool) -> list[int]:
        """Meet what lies behind the sure or the unsure calls of the states; return the new states in that order."""
        found: list[int] = []
        for state in states:
            node = state >> 1
            if state & 1 and self._is_back and self._graph.gives[node]:
                self._meet_all(self._graph.callers, state, 1, found, over_may=over_may)
            self._meet_all(self._graph.callees, state, 0, found, over_may=over_may)
        return found

    def _meet_all(self, calls: Calls, parent: int, back: int, found: list[int], *, over_may: bool) -> None:
        near, takes = self._near, self._graph.takes
        for at in calls.of(parent >> 1):
            other = calls.others[at]
            state = 2 * other + back
            if bool(calls.is_may[at]) is not over_may or not near.is_new(state):
                continue
            line = calls.lines[at] if back else self._given_at(calls, at, parent) if takes[other] else None
            if line is not None:
                near.meet(state, parent, line, self._steps, is_may=over_may, in_loop=bool(calls.in_loop[at]))
                found.append(state)

    def _given_at(self, calls: Calls, at: int, parent: int) -> int | None:
        """The line of a call that may be given what has arrived; None for one before that in no loop, and for the one that brought it."""
        near = self._near
        arrival, first, last = near.arrival(parent), calls.lines[at], calls.lasts[at]
        if calls.others[at] == near.came_from(parent):
            return last if last > arrival else None
        if first >= arrival or (calls.in_loop[at] and near.arrives_in_loop(parent)):
            return first
        return last if last >= arrival else None
