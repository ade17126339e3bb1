"""Two states become one: what holds in both of them. Only what differs is looked at; most of two sibling states is shared."""

from __future__ import annotations

from rustplan.flow.memory import (
    ABSENT,
    ANY,
    HEAP,
    INPUT,
    MAY_FAIL,
    MAYBE,
    OUTER,
    SURE,
    UNSET,
    UNTESTED,
    USED,
    ZEROED,
    Object,
    State,
)
from rustplan.flow.values import ENDS, EXACT, NONZERO, TAINT, ZERO, Code, Num, Ptr, Record, Uninitialized, Value, hull

_NEVER_FILLED = (UNSET, ZEROED)
_LEFT_OUT = (SURE, UNTESTED, USED)


def joined(a: State, b: State) -> State:
    """What holds in both states. What only one of them knows of objects that somebody else made cannot be reached any more."""
    made = State.__new__(State)
    made.env = a.env.copy()
    made.objects = a.objects.copy()
    a.own, b.own, made.own = set(), set(), set()
    lost: list[int] = []
    _join_variables(made, a, b, lost)
    _join_memory(made, a, b, lost)
    made.facts = {key: value for key, value in a.facts.items() if b.facts.get(key) is value} if a.facts else {}
    made.doubt = max(a.doubt, b.doubt)
    for number in lost:
        found = made.objects.get(number)
        if found is not None and found.kind == HEAP and not found.escaped:
            made.change(number).escaped = True  # something still holds it, but which of several is not known any more
    return made


def _join_variables(made: State, a: State, b: State, lost: list[int]) -> None:
    env, mine, theirs = made.env, a.env, b.env
    for var in {var for var, _ in mine.items() ^ theirs.items()}:
        value, other = mine.get(var), theirs.get(var)
        if value is not None:
            merged = None if other is None else join_values(value, other)
            if merged is None and other is not None:
                merged = _pointer_or_null(value, other, a, b)
            if merged is not None:
                env[var] = merged
                continue
            del env[var]
            if isinstance(value, Ptr):
                lost.append(value.object)
        if isinstance(other, Ptr):
            lost.append(other.object)


def _join_memory(made: State, a: State, b: State, lost: list[int]) -> None:
    objects, mine, theirs = made.objects, a.objects, b.objects
    only_theirs: list[int] = []
    for number in {number for number, _ in mine.items() ^ theirs.items()}:
        object_, other = mine.get(number), theirs.get(number)
        if object_ is None:
            only_theirs.append(number)
        elif other is not None:
            both = _join_objects(object_, other, lost, mine, theirs)
            objects[number] = both
            if both is not object_ and both is not other:
                made.own.add(number)
        elif object_.kind == OUTER:
            del objects[number]
    for number in sorted(only_theirs):
        if theirs[number].kind != OUTER:
            objects[number] = theirs[number]


def _pointer_or_null(value: Value | int, other: Value | int, a: State, b: State) -> Value | None:
    """A block that only one of two paths made, where the other has null."""
    for pointer, null, without in ((value, other, b), (other, value, a)):
        if (
            isinstance(pointer, Ptr)
            and isinstance(null, Num)
            and null.lo == null.hi == 0
            and pointer.object not in without.objects
        ):
            made = (a if without is b else b).objects.get(pointer.object)
            if made is None or made.kind != HEAP:
                return None
            return Ptr(pointer.object, pointer.offset, pointer.path, is_open=True)
    return None


def join_values(a: Value | int, b: Value | int) -> Value | int | None:
    """A value that stands for both, or None when nothing is known then."""
    if a is b:
        return a
    kind = type(a)
    if kind is not type(b):
        return None
    if isinstance(a, Num) and isinstance(b, Num):
        if a.lo == b.lo and a.hi == b.hi and a.bits == b.bits and a.sym == b.sym and a.off == b.off:
            return a
        made = hull(a, b)
        return made if made.is_tainted else Num(made.lo, made.hi, made.bits & NONZERO)
    if isinstance(a, Ptr) and isinstance(b, Ptr):
        return _join_pointers(a, b)
    if isinstance(a, Code) and isinstance(b, Code):
        return a if a.name == b.name else None
    if kind is int:
        return a if a == b else None
    if isinstance(a, Record) and isinstance(b, Record):
        return a if a.cells == b.cells else None
    return a if kind is Uninitialized else None


def _join_pointers(a: Ptr, b: Ptr) -> Ptr | None:
    """A pointer somewhere into the one object that both lead to."""
    if a.object != b.object or a.path != b.path:
        return None
    if a.offset is b.offset or (
        a.offset.lo == b.offset.lo and a.offset.hi == b.offset.hi and a.offset.sym == b.offset.sym
    ):
        return b if b.is_open else a
    offset = hull(a.offset, b.offset)
    return Ptr(a.object, Num(offset.lo, offset.hi, offset.bits & TAINT), a.path, is_open=a.is_open or b.is_open)


def _same_but_cells(a: Object, b: Object) -> bool:
    return (
        a.state == b.state
        and a.content == b.content
        and a.length is b.length
        and a.terminated == b.terminated
        and a.filled == b.filled
        and a.escaped == b.escaped
        and a.written == b.written
        and a.was_assigned == b.was_assigned
        and a.lost == b.lost
    )


def _join_objects(a: Object, b: Object, lost: list[int], mine: dict[int, Object], theirs: dict[int, Object]) -> Object:
    if a.kind == OUTER and _same_but_cells(a, b):
        # one of the two often holds what both know: nothing has to be copied
        null = a.null if a.null == b.null else UNTESTED if UNTESTED in (a.null, b.null) else SURE
        if null == a.null and a.cells.items() <= b.cells.items():
            return a
        if null == b.null and b.cells.items() <= a.cells.items():
            return b
    made = a.clone()
    if a.state != b.state:
        made.state = MAYBE if ABSENT not in (a.state, b.state) else min(a.state, b.state)
    if a.null != b.null:
        made.null = _joined_null(a, b)
    made.escaped = a.escaped or b.escaped
    made.lost = a.lost | b.lost
    made.released_at = a.released_at or b.released_at
    made.was_assigned = a.was_assigned or b.was_assigned
    if a.content != b.content:
        made.content = INPUT if INPUT in (a.content, b.content) and ANY not in (a.content, b.content) else ANY
    _join_cells(made, a, b, lost, mine, theirs)
    if a.written != b.written and made.content == UNSET:
        made.content = ANY
    if a.length is not b.length:
        made.length = hull(a.length, b.length) if a.length is not None and b.length is not None else None
        if made.length is not None and not made.length.is_tainted and not made.length.is_constant:
            made.length = Num(made.length.lo, made.length.hi, made.length.bits & (ENDS | EXACT))
    made.terminated = a.terminated if a.terminated == b.terminated else None
    made.filled = min(a.filled, b.filled)
    if a.text != b.text:
        made.text = None
    return made


def _joined_null(a: Object, b: Object) -> int:
    """What is known of two different answers to whether pointers to an object may be null."""
    if {a.null, b.null} == {SURE, MAY_FAIL}:
        return SURE
    if a.null in _LEFT_OUT and b.null in _LEFT_OUT and a.kind != OUTER:
        return SURE
    return max(a.null, b.null)


def _join_cells(
    made: Object, a: Object, b: Object, lost: list[int], mine: dict[int, Object], their: dict[int, Object]
) -> None:
    """What is in both of two objects; `made` begins as a copy of `a`."""
    cells, theirs = made.cells, b.cells
    if a.content == b.content == ZEROED and cells.keys() != theirs.keys():
        for key, cell in theirs.items():
            if key not in cells and isinstance(key, int):
                cells[key] = (cell[0], ZERO)
        theirs = {**{key: (cell[0], ZERO) for key, cell in cells.items() if isinstance(key, int)}, **theirs}
    for key, cell in cells.items() ^ theirs.items():
        if cells.get(key) is not cell:
            continue  # theirs: looked at together with ours
        other = theirs.get(key)
        merged: Value | int | None = None
        if other is not None:
            merged = join_values(cell[1], other[1]) if other[0] == cell[0] else None
            merged = merged or _block_or_null(cell[1], other[1], mine, their)
        if merged is not None and not isinstance(merged, int):
            cells[key] = (cell[0], merged)
            continue
        lost += [each[1].object for each in (cell, other) if each is not None and isinstance(each[1], Ptr)]
        del cells[key]
        if made.content in _NEVER_FILLED:
            lost += [each[1].object for each in (*cells.values(), *theirs.values()) if isinstance(each[1], Ptr)]
            cells.clear()
            made.content = ANY
            break
    missing = theirs.keys() - cells.keys()
    for key in missing:
        value = theirs[key][1]
        if isinstance(value, Ptr):
            lost.append(value.object)
    if missing and made.content in _NEVER_FILLED and a.cells.keys() != b.cells.keys():
        made.content = ANY


def _block_or_null(one: Value, other: Value, mine: dict[int, Object], theirs: dict[int, Object]) -> Value | None:
    """A block that one of two cells leads to, where the other holds null."""
    pointer, null = (one, other) if isinstance(one, Ptr) else (other, one)
    if not isinstance(pointer, Ptr) or not isinstance(null, Num) or not null.lo == null.hi == 0:
        return None
    block = mine.get(pointer.object) or theirs.get(pointer.object)
    if block is None or block.kind != HEAP:
        return None
    return Ptr(pointer.object, pointer.offset, pointer.path, is_open=True)


def similar(a: State, b: State) -> bool:
    """True when the states differ in the intervals of numbers only, so that nothing is lost by joining them.

    What is youngest differs most often: it is looked at first.
    """
    if a.doubt != b.doubt or len(a.env) != len(b.env):
        return False
    theirs = b.objects
    for number, object_ in reversed(a.objects.items()):
        other = theirs.get(number)
        if other is not object_:
            if other is None:
                if object_.kind != OUTER:
                    return False
            elif not _similar_objects(object_, other):
                return False
    held = b.env
    for var, value in reversed(a.env.items()):
        found = held.get(var)
        if found is not value and (found is None or not _similar_values(value, found)):
            return False
    return all(theirs[number].kind == OUTER for number in theirs.keys() - a.objects.keys())


def _similar_values(a: Value | int, b: Value | int) -> bool:
    if isinstance(a, Num) and isinstance(b, Num):
        if a.lo == b.lo and a.hi == b.hi and (a.bits | b.bits) & ~EXACT == a.bits & b.bits & ~EXACT:
            return True
        return not (a.bits | b.bits) & ENDS
    if isinstance(a, Ptr) and isinstance(b, Ptr):
        return a.object == b.object and a.path == b.path and a.offset.lo == b.offset.lo and a.offset.hi == b.offset.hi
    return (type(a) is int and type(b) is int and a == b) or (
        isinstance(a, Code) and isinstance(b, Code) and a.name == b.name
    )


def _similar_objects(a: Object, b: Object) -> bool:
    if (a.state, a.null, a.content, a.escaped, a.terminated) != (b.state, b.null, b.content, b.escaped, b.terminated):
        return False
    if a.written != b.written or (
        a.length is not b.length and (a.length is None or b.length is None or not _similar_values(a.length, b.length))
    ):
        return False
    theirs = b.cells
    if a.cells.keys() != theirs.keys():
        return False
    return all(cell is theirs[key] or _similar_values(cell[1], theirs[key][1]) for key, cell in a.cells.items())
