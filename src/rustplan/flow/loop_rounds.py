"""One round of a loop: its condition, its body, its step."""

from __future__ import annotations

from rustplan.flow.ir import Loop, Stmt
from rustplan.flow.joining import Joining
from rustplan.flow.memory import State
from rustplan.flow.run import STEPS_AT_FOUR

MAX_ROUNDS = 12
STEPS_UNROLLED = 1500
"""Rounds are run one after the other up to so many of them and as long as they take no more steps than this."""


class LoopRounds(Joining):
    """Runs rounds of loops."""

    loop_depth = 0
    """How many loops are being run, one inside of the other."""

    def execute(self, statement: Stmt, states: list[State]) -> list[State]:
        """Run one statement."""
        raise NotImplementedError

    def _has_time(self, depth: int) -> bool:
        """True when a loop may be run once more: not deep inside of others, and not late in a long function."""
        return self.loop_depth <= (depth if self.steps < STEPS_AT_FOUR else 1)

    def _round(self, loop: Loop, states: list[State]) -> list[State]:
        """The body and the step, once."""
        made = self._round_without_step(loop, states)
        if loop.step is not None:
            for state in made:
                self.evaluate(loop.step, state)
        return made

    def _round_without_step(self, loop: Loop, states: list[State]) -> list[State]:
        frame = self.frames[-1]
        frame.continues.append([])
        made = self.execute(loop.body, states)
        return self.fewer(made + self._going(frame.continues.pop()))

    def _tested(self, loop: Loop, states: list[State]) -> tuple[list[State], list[State]]:
        """The states that go into a round, and those that leave the loop."""
        if loop.condition is None:
            return states, []
        inside: list[State] = []
        outside: list[State] = []
        with self._votes(states) as voting:
            for state in voting:
                trues, falses = self.split(loop.condition, state)
                inside += trues
                outside += falses
        return self.fewer(self._going(inside)), self.fewer(self._going(outside))
