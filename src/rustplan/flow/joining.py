"""Which states are joined when a function has too many, and which faults a path that nobody can decide makes less sure."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.flow.calls import Calls
from rustplan.flow.events import Event
from rustplan.flow.ir import Var
from rustplan.flow.memory import INPUT, OUTER, State
from rustplan.flow.merging import joined, similar
from rustplan.flow.run import MAX_STATES, STEPS_AT_EIGHT, STEPS_AT_FOUR, Run
from rustplan.flow.values import ENDS, TAINT, Num, Ptr

ENDED = "\0ended"
"""The fact of a path that ended in a call that does not return."""

Varying = tuple[set[Var], set[int]]
Feature = tuple[int, ...]

_OMISSIONS = frozenset(("uninitialized-read", "leak", "negative-size"))


class Joining(Calls):
    """Keeps few states apart."""

    def fewer(self, states: list[State], most: int = MAX_STATES) -> list[State]:
        """At most so many states: those that hardly differ are joined first, then the last ones."""
        if len(states) <= 1:
            return states
        if self.steps > STEPS_AT_EIGHT:
            most = min(most, 4 if self.steps < STEPS_AT_FOUR else 2)
        kept = _without_similar(states)
        if len(kept) > most and self.steps <= STEPS_AT_EIGHT and len(kept) <= 2 * MAX_STATES:
            return _joined_nearest(kept, most)
        if len(kept) > most and self.steps <= 4 * STEPS_AT_FOUR:
            kept = _joined_alike(kept, most)
        while len(kept) > most:
            last = kept.pop()
            kept[-1] = joined(kept[-1], last)
        return kept

    @staticmethod
    def _going(states: list[State]) -> list[State]:
        """Without the paths that ended in a call that does not return."""
        return [state for state in states if ENDED not in state.facts]

    def _votes(self, states: list[State]) -> Ballot:
        return Ballot(self, states)


class Ballot:
    """Runs one step in several states.

    A fault of omission (nothing stored, nothing released) that shows only where a condition nobody can decide went one way,
    and not where it went the other way, is more likely a pair of conditions that belong together.
    """

    def __init__(self, run: Run, states: list[State]) -> None:
        self._run = run
        self._states = states
        self._guesses = [_guesses(state) for state in states] if len(states) > 1 else []
        self._whole = run.events
        self._parts: list[dict[tuple[str, str, int], Event]] = []
        self._objects: list[frozenset[int]] = []

    def __enter__(self) -> Iterator[State]:
        if not any(self._guesses):
            return iter(self._states)
        self._objects = [frozenset(state.objects) for state in self._states]
        return self._each()

    def _each(self) -> Iterator[State]:
        for state in self._states:
            self._run.events = {}
            self._parts.append(self._run.events)
            yield state

    def __exit__(self, *_: object) -> None:
        if not self._objects:
            return
        self._run.events = self._whole
        for index, part in enumerate(self._parts):
            for key, event in part.items():
                if self._is_doubted(index, key, event):
                    continue
                earlier = self._whole.get(key)
                if earlier is None or earlier.doubt > event.doubt:
                    self._whole[key] = event

    def _is_doubted(self, index: int, key: tuple[str, str, int], event: Event) -> bool:
        if event.kind not in _OMISSIONS or (
            event.kind == "negative-size" and event.captures.get("cause") != "constant"
        ):
            return False
        mine = self._guesses[index]
        for other, part in enumerate(self._parts):
            if other == index or key in part or (event.about and event.about not in self._objects[other]):
                continue
            theirs = self._guesses[other]
            if any(theirs.get(guess, answer) is not answer for guess, answer in mine.items()):
                return True
        return False


def _guesses(state: State) -> dict[str, bool]:
    return {key: answer for key, answer in state.facts.items() if key[:1] not in ("\0", "#")}


def _without_similar(states: list[State]) -> list[State]:
    """States that hardly differ from one of the three before them are joined with it."""
    kept: list[State] = []
    for state in states:
        for index in range(len(kept) - 1, max(-1, len(kept) - 4), -1):
            if similar(kept[index], state):
                kept[index] = joined(kept[index], state)
                break
        else:
            kept.append(state)
    return kept


def _joined_nearest(states: list[State], most: int) -> list[State]:
    """Join the two states that differ least in what findings depend on, until there are at most so many."""
    kept = list(states)
    varying = _varying(states)
    seen = [_features(state, varying) for state in kept]
    while len(kept) > most:
        best, pair = -1, (0, 1)
        for later in range(len(kept) - 1, 0, -1):
            for earlier in range(later - 1, -1, -1):
                distance = sum([feature[0] for feature in seen[earlier] ^ seen[later]])
                if best < 0 or distance < best:
                    best, pair = distance, (earlier, later)
            if best == 0:
                break
        earlier, later = pair
        kept[earlier] = joined(kept[earlier], kept[later])
        seen[earlier] = _features(kept[earlier], varying)
        del kept[later], seen[later]
    return kept


def _joined_alike(states: list[State], most: int) -> list[State]:
    """The same in one pass: join states that differ in nothing that counts much."""
    first: dict[object, int] = {}
    kept: list[State] = []
    left = len(states)
    varying = _varying(states)
    for state in states:
        index = first.setdefault(frozenset(_main_features(state, varying)), len(kept))
        if index < len(kept) and left > most:
            kept[index] = joined(kept[index], state)
            left -= 1
        else:
            kept.append(state)
    return kept


def _varying(states: list[State]) -> Varying:
    """The variables and the objects that are not the same in all states: what is the same is so in what they are joined to, too."""
    first = states[0]
    variables: set[Var] = set()
    numbers: set[int] = set()
    for other in states[1:]:
        variables.update([var for var, _ in first.env.items() ^ other.env.items()])
        numbers.update([number for number, _ in first.objects.items() ^ other.objects.items()])
    if numbers:
        variables.update(
            [var for var, value in first.env.items() if isinstance(value, Ptr) and value.object in numbers]
        )
    return variables, numbers


def _main_features(state: State, varying: Varying) -> set[Feature]:
    """What is input, and where pointers into objects of some size lead; each begins with its weight."""
    made: set[Feature] = set()
    env, objects = state.env, state.objects
    for number in varying[1]:
        item = objects.get(number)
        if item is not None and item.kind != OUTER:
            for cell in item.cells.values():
                if isinstance(cell[1], Num) and cell[1].bits & TAINT:
                    made.add((30, number))
                    break
    for var in varying[0]:
        value = env.get(var)
        if isinstance(value, Num):
            if value.bits & TAINT:
                made.add((20, id(var)))
        elif isinstance(value, Ptr) and value.object in objects and objects[value.object].size is not None:
            offset = value.offset
            made.add((40 if offset.lo == offset.hi != 0 else 12, id(var), value.object, offset.lo, offset.hi))
    return made


def _features(state: State, varying: Varying) -> set[Feature]:
    """The same, and what lives, what objects hold, what numbers can be. Handles, which have no size, count least."""
    made = _main_features(state, varying)
    env, objects = state.env, state.objects
    for number in varying[1]:
        item = objects.get(number)
        if item is not None and item.kind != OUTER:
            weight = 3 if item.size is not None else 1
            made.add((weight, number, item.state, item.null))
            made.add((10 if item.content == INPUT else weight, number, item.content))
    for var in varying[0]:
        value = env.get(var)
        if isinstance(value, Num) and value.bits & (ENDS | TAINT):
            made.add((8 if value.bits & TAINT else 1, id(var), value.lo, value.hi, value.bits & (ENDS | TAINT)))
    return made
