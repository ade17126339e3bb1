"""Loops that count: the variable takes a known range while the body runs, and ends at the bound."""

from __future__ import annotations

from typing import NamedTuple

from rustplan.flow import ir
from rustplan.flow.ctypes import CType
from rustplan.flow.ir import Loop, Var
from rustplan.flow.loop_rounds import MAX_ROUNDS, STEPS_UNROLLED, LoopRounds
from rustplan.flow.memory import ANY, RELEASED, UNSET, State
from rustplan.flow.models import Models
from rustplan.flow.run import Program
from rustplan.flow.values import EXACT, HI, LO, TAINT, Num, Ptr, add, constant
from rustplan.flow.widening import forgotten, forgotten_after, forgotten_before

_MAX_PARTS = 4000


class CountedLoops(LoopRounds):
    """Runs loops whose counter is known."""

    def __init__(self, program: Program, models: Models, path: str) -> None:
        super().__init__(program, models, path)
        self._unrolling = 0
        self._fed_back: dict[Loop, frozenset[Var]] = {}

    def _while(self, loop: Loop, states: list[State]) -> list[State]:
        """Run a loop of which nothing is known but its condition."""
        raise NotImplementedError

    def _counted(self, loop: Loop, states: list[State]) -> list[State]:
        outside: list[State] = []
        with self._votes(states) as voting:
            for state in voting:
                self._count_one(loop, state, outside)
        return self.fewer(outside)

    def _count_one(self, loop: Loop, state: State, outside: list[State]) -> None:
        """Run a counting loop from one state; the states that leave it are added to `outside`."""
        assert loop.counter is not None
        var, op, bound_e, step = loop.counter
        start = self.evaluate((ir.VAR, var.type, loop.offset, var), state)
        bound = self.evaluate(bound_e, state)
        span = _span(start, bound, op, step) if isinstance(start, Num) and isinstance(bound, Num) else None
        if span is None:
            outside += self._while(loop, [state])
            return
        rounds = span.rounds(step)
        if rounds is not None and rounds <= 0:
            inside, left = self._tested(loop, [state])
            outside += left
            if inside:
                outside += self._while(loop, inside)
        elif rounds == 1:
            self._once(loop, state, outside)
        elif (
            rounds is not None
            and rounds <= MAX_ROUNDS
            and self._has_time(3)
            and (loop.stores or loop.exits_early)
            and not self._unrolling
        ):
            self._unrolled(loop, state, rounds, outside)
        else:
            if rounds is None:
                _, left = self._tested(loop, [state.copy()])
                outside += left
            self._as_range(loop, state, span, outside)

    def _once(self, loop: Loop, state: State, outside: list[State]) -> None:
        """A loop of one round."""
        inside, left = self._tested(loop, [state])
        outside += left
        _, left = self._tested(loop, self._round(loop, inside))
        outside += left

    def _unrolled(self, loop: Loop, state: State, rounds: int, outside: list[State]) -> None:
        """A few rounds one after the other; when that gets expensive, what is left is run as one range."""
        began = self.steps
        inside = [state]
        for _ in range(rounds + 1):
            inside, left = self._tested(loop, inside)
            outside += left
            if not inside:
                return
            if self.steps - began > STEPS_UNROLLED:
                break
            inside = self._round(loop, inside)
        for each in self.fewer(inside, 2):
            self._unrolling += 1
            try:
                self._count_one(loop, each, outside)
            finally:
                self._unrolling -= 1

    def _as_range(self, loop: Loop, state: State, span: _Span, outside: list[State]) -> None:
        """All rounds at once: the counter has its whole range."""
        assert loop.counter is not None
        var, _, _, step = loop.counter
        entry = state.copy()
        value = _values(span, step, exits_early=loop.exits_early)
        forgotten_before(loop, state, var)
        self._assign_counter(var, value, state)
        self._note_fed_back(loop, state)
        inside = [state]
        if loop.condition is not None and loop.condition[0] == ir.AND:
            inside, _ = self._tested(loop, inside)
            for each in inside:
                self._assign_counter(var, value, each)
        after = self._round_without_step(loop, inside)
        changed = [each for each in after if _released_something(entry, each)]
        if changed and self._has_time(3):
            again = [forgotten(loop, each.copy(), entry) for each in self.fewer(changed, 1)]
            for each in again:
                self._assign_counter(var, value, each)
            self._round_without_step(loop, again)
        for each in self.fewer(after, 3):
            forgotten_after(loop, each, entry, var)
            self._assign_counter(var, span.final, each)
            outside.append(each)

    def _note_fed_back(self, loop: Loop, state: State) -> None:
        """Earlier rounds have stored what later ones read."""
        if loop not in self._fed_back:
            self._fed_back[loop] = _fed_back(loop)
        for array in self._fed_back[loop]:
            number = state.env.get(array)
            object_ = state.objects.get(number) if isinstance(number, int) else None
            if object_ is not None and object_.content == UNSET and object_.written and isinstance(number, int):
                state.change(number).content = ANY

    def _assign_counter(self, var: Var, value: Num, state: State) -> None:
        place = self.place_of_variable(var, state)
        if isinstance(place, Var):
            state.env[place] = value
        elif isinstance(place, Ptr):
            state.change(place.object).cells[0] = (var.type.size or 4, value)


class _Span(NamedTuple):
    """The first and last value that a counting loop gives its variable, and the value afterwards."""

    first: Num
    last: Num
    final: Num
    is_known: bool
    """True when both ends are constants."""

    def rounds(self, step: int) -> int | None:
        """How many rounds there are; None when that is not known."""
        if not self.is_known:
            return None
        return (self.last.hi - self.first.lo) // step + 1


def _span(start: Num, bound: Num, op: int, step: int) -> _Span | None:
    if step > 0 and op in (ir.LESS, ir.LESS_EQUAL, ir.NOT_EQUAL):
        return _span_up(start, bound, op, step)
    if step < 0 and op in (-ir.LESS, -ir.LESS_EQUAL, ir.NOT_EQUAL):
        return _span_down(start, bound, op, step)
    return None


def _span_up(start: Num, bound: Num, op: int, step: int) -> _Span | None:
    is_known = start.is_constant and bound.is_constant
    if op == ir.NOT_EQUAL and (step != 1 or (is_known and start.lo > bound.lo)):
        return None
    last = bound if op == ir.LESS_EQUAL else add(bound, constant(-1))
    if step > 1 and start.is_constant and last.is_constant and last.hi >= start.lo:
        last = constant(start.lo + (last.hi - start.lo) // step * step)
    final = add(last, constant(step if last.is_constant else 1))
    if not final.is_constant and (final.sym is None or not start.is_constant or start.lo > 0):
        symbol = None if final.bits & EXACT else final.sym
        lo, hi = min(start.lo, final.lo), max(final.hi, start.lo)
        final = Num(lo, hi, final.bits & HI, symbol, final.coef, final.off, final.source)
    return _Span(start, last, final, is_known)


def _span_down(start: Num, bound: Num, op: int, step: int) -> _Span | None:
    if op == ir.NOT_EQUAL and step != -1:
        return None
    last = bound if op == -ir.LESS_EQUAL else add(bound, constant(1))
    final = add(last, constant(step))
    if not last.is_constant:
        final = Num(final.lo, max(start.hi, final.hi), 0)
    return _Span(start, last, final, start.is_constant and bound.is_constant)


def _values(span: _Span, step: int, *, exits_early: bool) -> Num:
    """All values that the counter takes; a loop that may end early need not get to the last one."""
    low, high = (span.first, span.last) if step > 0 else (span.last, span.first)
    bits = (low.bits & LO) | (high.bits & HI) | ((low.bits | high.bits) & TAINT)
    if exits_early:
        bits &= ~(HI if step > 0 else LO)
    return Num(low.lo, max(low.lo, high.hi), bits, high.sym, high.coef, high.off, high.source)


def _fed_back(loop: Loop) -> frozenset[Var]:
    """Arrays that a loop stores elements of and reads elements of."""
    stored: set[Var] = set()
    read: set[Var] = set()
    pending: list[object] = [loop.body]
    for _ in range(_MAX_PARTS):
        if not pending:
            break
        item = pending.pop()
        if isinstance(item, Loop):
            pending += [item.body, item.condition, item.step]
        elif isinstance(item, tuple):
            is_expression = len(item) > 4 and isinstance(item[1], CType)
            if is_expression and item[0] == ir.ASSIGN and item[3][0] == ir.INDEX and item[3][3][0] == ir.VAR:
                stored.add(item[3][3][3])
                pending += [item[3][4], item[4]]
                continue
            if is_expression and item[0] == ir.INDEX and item[3][0] == ir.VAR:
                read.add(item[3][3])
            pending += item
    return frozenset(stored & read)


def _released_something(entry: State, state: State) -> bool:
    for number, before in entry.objects.items():
        after = state.objects.get(number)
        if after is not None and after.state != before.state and after.state == RELEASED:
            return True
    return False
