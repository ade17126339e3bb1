"""Statements: a statement takes the states before it and returns those that go on after it; paths are kept apart up to a few states."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.ctypes import REFERENCE, VOID
from rustplan.flow.ir import Expr, Routine, Stmt, Var
from rustplan.flow.joining import ENDED
from rustplan.flow.leaving import Leaving
from rustplan.flow.local_variables import LocalVariables, called
from rustplan.flow.loops import Loops
from rustplan.flow.memory import STACK, State
from rustplan.flow.run import MAX_STATES, Frame
from rustplan.flow.values import Num, Uninitialized, Value, constant

Cases = tuple[tuple[tuple[int, ...] | None, tuple[Stmt, ...]], ...]
"""Of a `switch`: the labels of each case, None for `default`, and its statements."""

_HOLDS_LABELS = frozenset((ir.BLOCK, ir.LABEL, ir.LOOP, ir.IF, ir.SWITCH, ir.TRY))
"""Statements that a `goto` may lead into."""


class Statements(LocalVariables, Loops, Leaving):
    """Runs statements."""

    def run_body(self, routine: Routine, st: State) -> list[State]:
        """Run the body of a routine; the states that fall off its end."""
        return self.execute(routine.body, [st])

    def execute(self, statement: Stmt, states: list[State]) -> list[State]:
        """Run one statement."""
        if not states and statement[0] not in _HOLDS_LABELS:
            return states
        return _STATEMENTS[statement[0]](self, statement, states)

    # ---- plain statements ----

    def _evaluated(self, statement: Stmt, states: list[State]) -> list[State]:
        e: Expr = statement[2]
        made: list[State] = []
        with self._votes(states) as voting:
            for state in voting:
                made += self._run_expression(e, state)
        return self.fewer(self._going(made)) if len(made) > 1 else self._going(made)

    def _run_expression(self, e: Expr, state: State) -> list[State]:
        """An expression statement; a call at its top keeps its outcomes apart."""
        if e[0] == ir.CALL:
            return [each for each, _ in self.outcomes(e, state)]
        if e[0] == ir.ASSIGN:
            call = called(e[4])
            if call is not None:
                return self._assign_outcomes(e, call, state)
            if e[4][0] == ir.CHOICE and not e[4][6]:
                trues, falses = self.split(e[4][3], state)
                return [
                    each
                    for side, value_e in ((trues, e[4][4]), (falses, e[4][5]))
                    for start in side
                    for each in self._run_expression((ir.ASSIGN, e[1], e[2], e[3], value_e), start)
                ]
        self.evaluate(e, state)
        return [state]

    def _assign_outcomes(self, e: Expr, call: Expr, state: State) -> list[State]:
        """`place = call()`, once for every outcome of the call."""
        made: list[State] = []
        for each, value in self.outcomes(call, state):
            value = self.fit(self._cast_again(value, e[4], each), e[4], e[1], each, e[2])
            self.store(self.place(e[3], each), value, e[1], each, e[3])
            self.allocated_for(e[4], e[3], each)
            self.name_object(value, e[3], each)
            made.append(each)
        return made

    def _block(self, statement: Stmt, states: list[State]) -> list[State]:
        for inner in statement[2]:
            states = self.execute(inner, states)
        ended: tuple[Var, ...] = statement[3]
        if ended:
            for state in states:
                self._end_scope(ended, state)
        return states

    # ---- branches ----

    def _if(self, statement: Stmt, states: list[State]) -> list[State]:
        then_states: list[State] = []
        else_states: list[State] = []
        with self._votes(states) as voting:
            for state in voting:
                trues, falses = self.split(statement[2], state)
                then_states += trues
                else_states += falses
        then_states = self._perhaps_left(statement[3], self.execute(statement[3], self.fewer(self._going(then_states))))
        else_states = self._going(else_states)
        if statement[4] is not None:
            else_states = self._perhaps_left(statement[4], self.execute(statement[4], self.fewer(else_states)))
        return self.fewer(then_states + else_states)

    @staticmethod
    def _perhaps_left(arm: Stmt, states: list[State]) -> list[State]:
        """An arm whose last statement calls a function that nobody knows may have been left for good there."""
        while arm[0] == ir.BLOCK and arm[2]:
            arm = arm[2][-1]
        if arm[0] == ir.EVAL and arm[2][0] == ir.CALL:
            for state in states:
                if state.facts.get("\0called"):
                    state.facts["\0left"] = True
        return states

    def _either(self, statement: Stmt, states: list[State]) -> list[State]:
        """Arms of `#if`: one condition is decided the same way along a path."""
        arms: tuple[Stmt, ...] = statement[2]
        key = "#" + statement[3].lstrip("!")
        negative = statement[3].startswith("!")
        made: list[State] = []
        by_arm: list[list[State]] = [[] for _ in arms]
        for state in states:
            known = state.facts.get(key)
            if known is not None and len(arms) == 2:
                by_arm[0 if known != negative else 1].append(state)
                continue
            for index in range(len(arms)):
                each = state if index == len(arms) - 1 else state.copy()
                if len(arms) == 2:
                    each.facts[key] = (index == 0) != negative
                by_arm[index].append(each)
        for arm, inside in zip(arms, by_arm, strict=True):
            made += self.execute(arm, inside)
        return self.fewer(made)

    def _switch(self, statement: Stmt, states: list[State]) -> list[State]:
        value_e: Expr = statement[2]
        cases: Cases = statement[3]
        frame = self.frames[-1]
        frame.breaks.append([])
        entries: list[list[State]] = [[] for _ in cases]
        left: list[State] = []
        for state in states:
            value = self.evaluate(value_e, state)
            self._enter_cases(value_e, value, cases, entries, state)
            if _may_pass(value, cases):
                left.append(state)
        running: list[State] = []
        for (_, statements), entering in zip(cases, entries, strict=True):
            running = self.fewer(self._going(running + entering))
            for inner in statements:
                running = self.execute(inner, running)
                if inner[0] == ir.EVAL and len(statements) <= 2:
                    self._perhaps_left(inner, running)
        return self.fewer(running + left + frame.breaks.pop())

    def _enter_cases(
        self, value_e: Expr, value: Value | None, cases: Cases, entries: list[list[State]], state: State
    ) -> None:
        """Enter the case of a known value, or every case that the value may have."""
        if isinstance(value, Num) and value.is_constant:
            matching = [index for index, (labels, _) in enumerate(cases) if labels is not None and value.lo in labels]
            defaults = [index for index, (labels, _) in enumerate(cases) if labels is None]
            for index in matching[:1] or defaults:
                entries[index].append(state.copy())
            return
        for index, (labels, _) in enumerate(cases):
            each = state.copy()
            if labels and isinstance(value, Num):
                if not value.lo <= labels[0] <= value.hi:
                    continue
                self.set_value(value_e, constant(labels[0]), each)
            entries[index].append(each)

    # ---- jumps ----

    def _return(self, statement: Stmt, states: list[State]) -> list[State]:
        e: Expr | None = statement[2]
        frame = self.frames[-1]
        with self._votes(states) as voting:
            for state in voting:
                self._return_one(e, state, frame, statement[1])
        if len(frame.returns) > 4 * MAX_STATES:
            frame.returns[:] = self._grouped(frame.returns)
        return []

    def _return_one(self, e: Expr | None, state: State, frame: Frame, at: int) -> None:
        result = frame.routine.result
        if e is None or result.kind == VOID:
            if e is not None:
                self.evaluate(e, state)
            self.leave(state, None, at)
            frame.returns.append((state, None))
            return
        if result.kind == REFERENCE and e[0] in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF):
            self._returned_place(e, state, frame, at)
            return
        for each, value in self._outcomes_of(e, state):
            if ENDED in each.facts:
                continue
            value = self.fit(value, e, result, each, at)
            self._returned_address(value, e, frame.routine, each)
            self.leave(each, value, at)
            frame.returns.append((each, value))

    def leave_all(self, states: list[State], at: int) -> None:
        """The states that fall off the end of a function leave it."""
        with self._votes(states) as voting:
            for state in voting:
                self.leave(state, None, at)

    def _break(self, _: Stmt, states: list[State]) -> list[State]:
        breaks = self.frames[-1].breaks
        if breaks:
            breaks[-1] += states
        return []

    def _continue(self, _: Stmt, states: list[State]) -> list[State]:
        continues = self.frames[-1].continues
        if continues:
            continues[-1] += states
        return []

    def _goto(self, statement: Stmt, states: list[State]) -> list[State]:
        frame = self.frames[-1]
        if statement[2] not in frame.seen:
            frame.gotos.setdefault(statement[2], []).extend(states)
        return []

    def _label(self, statement: Stmt, states: list[State]) -> list[State]:
        frame = self.frames[-1]
        frame.seen.add(statement[2])
        waiting = frame.gotos.pop(statement[2], None)
        return states if waiting is None else self.fewer(states + waiting)

    def _try(self, statement: Stmt, states: list[State]) -> list[State]:
        before = [state.copy() for state in states] if statement[3] else []
        made = self.execute(statement[2], states)
        for handler in statement[3]:
            caught = [state.copy() for state in before]
            for state in caught:
                _forget_locals(state)
            made = made + self.execute(handler, caught)
        return self.fewer(made)

    def _throw(self, statement: Stmt, states: list[State]) -> list[State]:
        if statement[2] is not None:
            for state in states:
                self.evaluate(statement[2], state)
        return []


def _may_pass(value: Value | None, cases: Cases) -> bool:
    """True when a value may be that of no case."""
    if any(labels is None for labels, _ in cases):
        return False
    if not isinstance(value, Num) or not value.is_constant:
        return True
    return not any(value.lo in (labels or ()) for labels, _ in cases)


def _forget_locals(state: State) -> None:
    """What was thrown may have been thrown anywhere: numbers and what is in local objects are not known any more."""
    for number, object_ in list(state.objects.items()):
        if object_.kind == STACK:
            state.change(number).forget()
    for var, value in list(state.env.items()):
        if isinstance(value, (Uninitialized, Num)):
            del state.env[var]


def _nothing(_run: Statements, _statement: Stmt, states: list[State]) -> list[State]:
    return states


_BY_OPERATION: dict[int, Callable[[Statements, Stmt, list[State]], list[State]]] = {
    ir.EVAL: Statements._evaluated,
    ir.DECLARE: Statements._declared,
    ir.BLOCK: Statements._block,
    ir.IF: Statements._if,
    ir.LOOP: Statements._loop,
    ir.SWITCH: Statements._switch,
    ir.RETURN: Statements._return,
    ir.BREAK: Statements._break,
    ir.CONTINUE: Statements._continue,
    ir.GOTO: Statements._goto,
    ir.LABEL: Statements._label,
    ir.EITHER: Statements._either,
    ir.TRY: Statements._try,
    ir.THROW: Statements._throw,
    ir.NOTHING: _nothing,
}
_STATEMENTS = tuple(_BY_OPERATION[op] for op in range(len(_BY_OPERATION)))
