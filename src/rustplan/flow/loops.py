"""Loops: run once as they begin and once as they go on, when what they change is not known any more."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.counted_loops import CountedLoops
from rustplan.flow.input_loops import InputLoops, Rounds, Steps
from rustplan.flow.ir import Loop, Stmt
from rustplan.flow.loop_rounds import MAX_ROUNDS, STEPS_UNROLLED
from rustplan.flow.memory import State
from rustplan.flow.values import LONGEST
from rustplan.flow.widening import forgotten


class Loops(InputLoops, CountedLoops):
    """Runs loops."""

    def _loop(self, statement: Stmt, states: list[State]) -> list[State]:
        loop: Loop = statement[2]
        if loop.init is not None:
            states = self.execute(loop.init, states)
        frame = self.frames[-1]
        frame.breaks.append([])
        self.loop_depth += 1
        try:
            if loop.is_late:
                after = self._do_while(loop, states)
            elif loop.counter is not None:
                after = self._counted(loop, states)
            else:
                after = self._while(loop, states)
        finally:
            self.loop_depth -= 1
            left = frame.breaks.pop()
        return self.fewer(after + self._going(left))

    def _while(self, loop: Loop, states: list[State]) -> list[State]:
        inside, outside = self._tested(loop, states)
        if not inside:
            return outside
        entry = inside[0].copy()
        condition = loop.condition
        is_decided = not outside and condition is not None and condition[0] != ir.CONST
        rounds: Rounds | None = None
        if condition is not None and not loop.exits_early and not is_decided:
            rounds = self._input_rounds(condition, entry)
        after = self._first_rounds(loop, inside, outside, is_decided=is_decided)
        if not after:
            return outside
        steady: Steps = self._steady(loop, after, entry) if rounds is not None else {}
        general = [forgotten(loop, state, entry) for state in self.fewer(after, 2)]
        if rounds is not None:
            steady = self._verified(loop, steady, rounds, entry, general)
            for state in general:
                self._driven_by_input(steady, rounds, entry, state)
        again, left = self._tested(loop, general)
        for state in left:
            self._moved_on(steady, state)
        outside = outside + left
        if again and self._has_time(3):
            last = self._round(loop, again)
            if rounds is not None and rounds[0] >= LONGEST and last:
                self._growing(loop, entry, after, last)
            outside = outside + self._left_later(loop, last, entry)
        return self.fewer(outside)

    def _first_rounds(self, loop: Loop, inside: list[State], outside: list[State], *, is_decided: bool) -> list[State]:
        """The states after the first round, or after several when the condition is decided every time.

        None when there are no more rounds. States that leave the loop are added to `outside`.
        """
        began = self.steps
        after = self._round(loop, inside)
        for _ in range(MAX_ROUNDS):
            if not after or self.loop_depth > 2:
                break
            more, once = self._tested(loop, [state.copy() for state in self.fewer(after, 2)])
            outside += once
            if not more:
                outside[:] = self.fewer(outside)
                return []
            if once or not is_decided or self.steps - began > STEPS_UNROLLED:
                break
            after = self._round(loop, more)
        return after

    def _left_later(self, loop: Loop, states: list[State], entry: State) -> list[State]:
        """The states that leave the loop after some later round."""
        if not states:
            return []
        _, left = self._tested(loop, [forgotten(loop, state, entry) for state in self.fewer(states, 2)])
        return left

    def _do_while(self, loop: Loop, states: list[State]) -> list[State]:
        if not states:
            return []
        entry = states[0].copy()
        after = self._round(loop, states)
        inside, outside = self._tested(loop, after)
        if inside and self._has_time(3):
            again = self._round(loop, [forgotten(loop, state, entry) for state in self.fewer(inside, 2)])
            outside = outside + self._left_later(loop, again, entry)
        return self.fewer(outside)
