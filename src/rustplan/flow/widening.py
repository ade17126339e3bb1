"""What is known of a state in any round of a loop, not just in the first: numbers lose the ends that a round moves."""

from __future__ import annotations

from rustplan.flow.ctypes import INT
from rustplan.flow.ir import Loop, Var
from rustplan.flow.memory import ANY, HEAP, UNSET, Object, State
from rustplan.flow.values import TAINT, WIDE_HI, Num, Ptr

_FAR = 1 << 62
_LEAST = -(1 << 63)


def forgotten(loop: Loop, state: State, entry: State) -> State:
    """What holds in any later round: assigned variables and changed cells are not known any more."""
    for var in loop.assigned:
        _forget_variable(var, state, entry)
    for number, before in entry.objects.items():
        changed = state.objects.get(number)
        if changed is None or changed is before:
            continue
        if changed.cells != before.cells:
            _forget_cells(state.change(number), before)
        if changed.length is not before.length:
            state.change(number).length = None
    return state


def _forget_variable(var: Var, state: State, entry: State) -> None:
    value, before = state.env.get(var), entry.env.get(var)
    if value is None or isinstance(value, int) or value is before:
        return
    if isinstance(value, Ptr) and isinstance(before, Ptr) and value.object == before.object:
        state.env[var] = Ptr(value.object, _somewhere(before.offset, value.offset), value.path)
    elif isinstance(value, Num) and isinstance(before, Num):
        if before.is_tainted or not value.is_tainted:
            state.env[var] = _widened(before, value, var)
    elif not (isinstance(value, Ptr) and _is_made_inside(value, state, entry)):
        state.env.pop(var)


def _is_made_inside(value: Ptr, state: State, entry: State) -> bool:
    """True for a block made in this round: the next round loses it."""
    made = state.objects.get(value.object)
    return made is not None and made.kind == HEAP and value.object not in entry.objects


def _forget_cells(mine: Object, before: Object) -> None:
    for key, cell in list(mine.cells.items()):
        old = before.cells.get(key)
        if old is cell:
            continue
        if old is not None and isinstance(cell[1], Num) and isinstance(old[1], Num):
            mine.cells[key] = (cell[0], _widened(old[1], cell[1], None))
        else:
            mine.lost |= {each[1].object for each in (cell, old) if each is not None and isinstance(each[1], Ptr)}
            del mine.cells[key]
            if mine.content == UNSET or (mine.content != ANY and old is None):
                mine.content = ANY


def forgotten_before(loop: Loop, state: State, counter: Var) -> None:
    """Variables other than the counter that the loop assigns may have any value in a round that is not the first."""
    for var in loop.assigned:
        value = state.env.get(var)
        if var is counter:
            continue
        if isinstance(value, Num):
            state.env[var] = _widened(value, None, var)
        elif isinstance(value, Ptr):
            state.env[var] = Ptr(value.object, _somewhere(value.offset, None), value.path)


def forgotten_after(loop: Loop, state: State, entry: State, counter: Var) -> None:
    """After some number of rounds: what one round made of other variables and of cells is one possibility of many."""
    for var in loop.assigned:
        value = state.env.get(var)
        if var is not counter and isinstance(value, Num) and not value.is_tainted and not value.is_constant:
            state.env[var] = _widened(value, None, var)
    for number, before in entry.objects.items():
        changed = state.objects.get(number)
        if changed is None or changed is before or before.cells == changed.cells:
            continue
        mine = state.change(number)
        for key, cell in list(mine.cells.items()):
            old = before.cells.get(key)
            if old is not None and old is not cell and isinstance(cell[1], Num) and isinstance(old[1], Num):
                mine.cells[key] = (cell[0], _widened(old[1], cell[1], None))


def _somewhere(before: Num, after: Num | None) -> Num:
    """An offset that a loop moves: at or after where it began when it moves forward."""
    if after is not None and after.lo >= before.lo >= 0:
        return Num(before.lo, _FAR, 0)
    return Num(-_FAR, _FAR, 0)


def _widened(before: Num, after: Num | None, var: Var | None) -> Num:
    """A number that a loop changes: an end that the round moved is unknown."""
    lo, hi, source, bits = _LEAST, WIDE_HI, before.source, before.bits
    if after is not None:
        lo = before.lo if after.lo >= before.lo else _LEAST
        hi = before.hi if after.hi <= before.hi else WIDE_HI
        source, bits = source or after.source, bits | after.bits
    if var is not None and var.type.kind == INT:
        lo, hi = max(lo, var.type.lo), min(hi, var.type.hi)
    return Num(min(lo, hi), hi, bits & TAINT, source=source)
