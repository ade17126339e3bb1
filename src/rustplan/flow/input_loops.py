"""Loops that go on as long as there is input: how far the pointers and indices get that move with every round."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, INT, POINTER
from rustplan.flow.ir import Expr, Loop, Var
from rustplan.flow.loop_rounds import LoopRounds
from rustplan.flow.memory import INPUT, LIVE, State
from rustplan.flow.values import HI, LONGEST, TAINT, Num, Ptr, Source, Value, add, constant

Rounds = tuple[int, Source | None]
"""How often a loop runs at most, and where the input comes from that decides it."""

Steps = dict[Var, int]
"""Variables that every round of a loop moves on, and by how much."""

_MAX_DEPTH = 8
_COMPARISONS = (ir.LESS, ir.LESS_EQUAL, ir.EQUAL, ir.NOT_EQUAL)


class InputLoops(LoopRounds):
    """Finds loops that input ends, and what they drive."""

    def _input_rounds(self, e: Expr, st: State, depth: int = 0) -> Rounds | None:
        """How often a loop may run whose condition looks at nothing but input; None when something else ends it."""
        op = e[0]
        if depth > _MAX_DEPTH:
            return None
        if op in (ir.CAST, ir.NOT):
            return self._input_rounds(e[3], st, depth + 1)
        if op == ir.ASSIGN:
            return self._input_rounds(e[4], st, depth + 1)
        if op == ir.AND and _looks_at_what_was_read(e):
            return self._input_rounds(e[3], st, depth + 1)
        if op in (ir.AND, ir.OR) or op in _COMPARISONS:
            sides = [part for part in (e[3], e[4]) if part[0] != ir.CONST]
            found = [self._input_rounds(part, st, depth + 1) for part in sides]
            known = [each for each in found if each is not None]
            return min(known, key=lambda each: each[0]) if known and len(known) == len(found) else None
        if op == ir.CALL:
            return self._read_rounds(e)
        return self._scanned_rounds(e, st) if op in (ir.DEREF, ir.INDEX) else None

    def _read_rounds(self, call: Expr) -> Rounds | None:
        """`while ((c = getchar()) != EOF)`: as long as somebody goes on writing."""
        name = call[3]
        model = self.models.get(name) if name and not self.program.is_defined(name) else None
        if model is None or model.returns is None or not model.returns.input or model.writes or call[1].kind == POINTER:
            return None
        return LONGEST, (call[2], f"read from outside by {name}", self.frames[-1].routine.path)

    def _scanned_rounds(self, e: Expr, st: State) -> Rounds | None:
        """`while (*p)`: as long as the text is, which is input."""
        base = e[3]
        while base[0] in (ir.CAST, ir.STEP):
            base = base[3]
        pointer: object = None
        if base[1].kind == POINTER:
            pointer = self._quiet(base, st)
        elif base[0] == ir.VAR and base[1].kind == ARRAY:
            pointer = self.place(base, st)
        object_ = st.objects.get(pointer.object) if isinstance(pointer, Ptr) else None
        if object_ is None or object_.content != INPUT or object_.state != LIVE:
            return None
        most = object_.length.hi if object_.length is not None else LONGEST
        if object_.size is not None:
            if not object_.size.is_constant:
                return None
            most = min(most, object_.size.lo // max(1, object_.element))
        return min(most, LONGEST), object_.source

    @staticmethod
    def _steady(loop: Loop, after: list[State], entry: State) -> Steps:
        """Variables that the first round moved on, whatever it decided."""
        made: Steps = {}
        for var in loop.assigned:
            before = entry.env.get(var)
            start = _position(before)
            if start is None or start.is_tainted:
                continue
            steps = [_moved_by(before, start, state.env.get(var)) for state in after]
            known = [step for step in steps if step is not None]
            if known and len(known) == len(after) and min(known) > 0:
                made[var] = min(known)
        return made

    def _verified(self, loop: Loop, steady: Steps, rounds: Rounds, entry: State, general: list[State]) -> Steps:
        """Those that move on in a later round too, whatever it decides: a guard may have been true by chance in the first."""
        if not steady:
            return steady
        self.muted += 1
        try:
            probe = [state.copy() for state in general]
            for state in probe:
                self._driven_by_input(steady, rounds, entry, state)
            inside, _ = self._tested(loop, probe)
            ended = self._round(loop, inside) if inside else []
        finally:
            self.muted -= 1
        kept: Steps = {}
        for var, step in steady.items():
            start = _position(entry.env[var])
            if start is None:
                continue
            least, most = start.lo + step, start.lo + step * rounds[0]
            positions = [_position(state.env.get(var)) for state in ended]
            if positions and all(each is not None and each.lo >= least and each.hi >= most for each in positions):
                kept[var] = step
        return kept

    @staticmethod
    def _driven_by_input(steady: Steps, rounds: Rounds, entry: State, state: State) -> None:
        """A pointer or index that moves with every round of a loop that input alone ends gets as far as there is input."""
        for var, step in steady.items():
            before = entry.env[var]
            start = _position(before)
            if start is not None:
                moved = Num(start.lo, start.lo + step * max(0, rounds[0] - 1), HI | TAINT, source=rounds[1])
                state.env[var] = Ptr(before.object, moved, before.path) if isinstance(before, Ptr) else moved

    @staticmethod
    def _moved_on(steady: Steps, state: State) -> None:
        """When the loop is left, the step of the last round has been made too."""
        for var, step in steady.items():
            held = state.env.get(var)
            if isinstance(held, Ptr):
                state.env[var] = Ptr(held.object, add(held.offset, constant(step)), held.path)
            elif isinstance(held, Num) and held.hi < LONGEST * 4:
                state.env[var] = add(held, constant(step))

    def _growing(self, loop: Loop, entry: State, first: list[State], second: list[State]) -> None:
        """`n = n * 10 + digit` over input that does not end: every round makes it greater, so it gets out of its type."""
        if len(first) != 1 or len(second) != 1:
            return
        for var in loop.assigned:
            if var.in_memory or var.type.kind != INT or not var.type.signed or var.type.bits < 32:
                continue
            before, a, b = entry.env.get(var), first[0].env.get(var), second[0].env.get(var)
            if (
                not isinstance(before, Num)
                or not before.is_constant
                or not isinstance(a, Num)
                or not isinstance(b, Num)
            ):
                continue
            if not (a.is_tainted and b.is_tainted and a.bits & b.bits & HI):
                continue
            if before.hi < a.hi < b.hi < var.type.hi and b.hi - a.hi > a.hi - before.hi:
                far = second[0].copy()
                far.env[var] = Num(before.lo, var.type.hi, HI | TAINT, source=b.source)
                inside, _ = self._tested(loop, [far])
                if inside:
                    self._round(loop, inside)
                return


def _position(value: Value | int | None) -> Num | None:
    """A number, or the offset of a pointer in its object."""
    position = value.offset if isinstance(value, Ptr) else value
    return position if isinstance(position, Num) else None


def _moved_by(before: Value | int | None, start: Num, after: Value | int | None) -> int | None:
    """How far a variable moved; None when it is something else now."""
    if (
        isinstance(after, Ptr)
        and isinstance(before, Ptr)
        and after.object == before.object
        and after.path == before.path
    ):
        return after.offset.lo - start.lo
    return after.lo - start.lo if isinstance(after, Num) and isinstance(before, Num) else None


def _looks_at_what_was_read(e: Expr) -> bool:
    """`(c = getchar()) != EOF && c != end`: the second test looks at what the first one read."""
    if e[4][0] not in (ir.EQUAL, ir.NOT_EQUAL):
        return False
    tested = [part for part in (e[4][3], e[4][4]) if part[0] != ir.CONST]
    return len(tested) == 1 and tested[0][0] == ir.VAR and tested[0][3] in _assigned_in(e[3], 0)


def _assigned_in(e: Expr, depth: int) -> list[Var]:
    """The variables that a condition assigns."""
    if depth > 6:
        return []
    found = [e[3][3]] if e[0] == ir.ASSIGN and e[3][0] == ir.VAR else []
    if e[0] in (ir.AND, ir.OR, ir.EQUAL, ir.NOT_EQUAL, ir.LESS, ir.LESS_EQUAL):
        found += _assigned_in(e[3], depth + 1) + _assigned_in(e[4], depth + 1)
    elif e[0] in (ir.CAST, ir.NOT):
        found += _assigned_in(e[3], depth + 1)
    return found
