"""Objects and the state of one path: which variable holds what, what is in each object, whether it still lives."""

from __future__ import annotations

from rustplan.flow.ctypes import CType
from rustplan.flow.ir import Var
from rustplan.flow.values import (
    ENDS,
    EXACT,
    NONZERO,
    TAINT,
    ZERO,
    Code,
    Num,
    Ptr,
    Record,
    Source,
    Uninitialized,
    Value,
    hull,
)

STACK, HEAP, STATIC, LITERAL, OUTER, ALLOCA = "stack", "heap", "static", "literal", "outer", "alloca"
"""OUTER: an object somebody else made; nobody knows its size."""

LIVE, MAYBE, RELEASED, ABSENT = range(4)
"""MAYBE: released on some path that was joined. ABSENT: its allocation failed on this path, or a pointer to it was found to be null."""

UNSET, ZEROED, ANY, INPUT = range(4)
"""What the bytes are that no cell describes: never written, zero, unknown, from input."""

SURE, MAY_FAIL, UNTESTED, USED = range(4)
"""What is known of pointers to an object being null: not null; null when the allocation failed; nothing; used before anybody looked."""

_MAX_CELLS = 600


class Object:
    """A piece of memory. Keys of `cells` are byte offsets, or names where the layout is not known."""

    __slots__ = (
        "cells",
        "class_name",
        "content",
        "element",
        "escaped",
        "family",
        "filled",
        "frame",
        "kind",
        "length",
        "line_of_null",
        "lost",
        "name",
        "null",
        "offset",
        "path",
        "released_at",
        "size",
        "source",
        "state",
        "terminated",
        "text",
        "type",
        "was_assigned",
        "written",
    )

    def __init__(
        self,
        kind: str,
        *,
        name: str,
        type_: CType | None,
        size: Num | None,
        content: int,
        offset: int,
        path: str,
        frame: int,
    ) -> None:
        self.kind = kind
        self.name = name
        self.type = type_
        self.size = size
        self.content = content
        self.offset = offset
        self.path = path
        self.frame = frame
        self.family = ""
        self.class_name = ""
        self.element = 1
        self.state = LIVE
        self.null = SURE
        self.line_of_null = -1
        self.lost: frozenset[int] = frozenset()
        """Objects that pointers led to which were stored here once, and which nobody can tell any more."""
        self.cells: dict[object, tuple[int, Value]] = {}
        self.written: list[tuple[int, int]] = []
        """Byte ranges that were written while `content` is UNSET, sorted and joined."""
        self.length: Num | None = None
        """Characters before the terminator, from the start of the object."""
        self.terminated: bool | None = None
        self.filled = 0
        """So many bytes from the start are known to be no terminator."""
        self.text: bytes | None = None
        self.source: Source | None = None
        self.escaped = False
        self.was_assigned = False
        self.released_at: tuple[int, str] | None = None

    def clone(self) -> Object:
        """A copy that may be changed."""
        made = Object.__new__(Object)
        made.class_name = self.class_name
        made.content = self.content
        made.element = self.element
        made.escaped = self.escaped
        made.family = self.family
        made.filled = self.filled
        made.frame = self.frame
        made.kind = self.kind
        made.length = self.length
        made.line_of_null = self.line_of_null
        made.lost = self.lost
        made.name = self.name
        made.null = self.null
        made.offset = self.offset
        made.path = self.path
        made.released_at = self.released_at
        made.size = self.size
        made.source = self.source
        made.state = self.state
        made.terminated = self.terminated
        made.text = self.text
        made.type = self.type
        made.was_assigned = self.was_assigned
        made.cells = self.cells.copy()
        made.written = self.written.copy() if self.written else []
        return made

    def forget(self) -> None:
        """Somebody else may have written anything here."""
        self.lose()
        self.cells.clear()
        self.written.clear()
        self.content = ANY
        self.length = None
        self.terminated = None
        self.filled = 0
        self.text = None

    def lose(self) -> None:
        """The cells are about to be dropped: remember what they led to."""
        led = {cell[1].object for cell in self.cells.values() if isinstance(cell[1], Ptr)}
        if led:
            self.lost |= led

    def note_write(self, low: int, high: int) -> None:
        """Remember that the bytes [low, high) were written."""
        if self.content != UNSET or high <= low:
            return
        merged: list[tuple[int, int]] = []
        for a, b in self.written:
            if b < low or a > high:
                merged.append((a, b))
            else:
                low, high = min(a, low), max(b, high)
        merged.append((low, high))
        merged.sort()
        self.written = merged[:64]

    def is_untouched(self, low: int, high: int) -> bool:
        """True when nothing of [low, high) was written."""
        return self.content == UNSET and all(b <= low or a >= high for a, b in self.written)


class State:
    """What is known at one point of one path. Objects are shared between states until one of them changes theirs."""

    __slots__ = ("doubt", "env", "facts", "objects", "own")

    def __init__(self) -> None:
        self.env: dict[Var, Value | int] = {}
        """A variable's value, or the number of the object that it lives in."""
        self.objects: dict[int, Object] = {}
        self.own: set[int] = set()
        self.facts: dict[str, bool] = {}
        """Conditions nobody can decide, and how this path decided them."""
        self.doubt = 0
        """Steps by which findings on this path are less sure."""

    def copy(self) -> State:
        """A second state that starts the same."""
        made = State.__new__(State)
        made.env = self.env.copy()
        made.objects = self.objects.copy()
        made.facts = self.facts.copy() if self.facts else {}
        made.doubt = self.doubt
        self.own = set()
        made.own = set()
        return made

    def become(self, other: State) -> None:
        """Take over everything of another state."""
        self.env, self.objects, self.own = other.env, other.objects, other.own
        self.facts, self.doubt = other.facts, other.doubt

    def change(self, number: int) -> Object:
        """The object, safe to change."""
        found = self.objects[number]
        if number not in self.own:
            found = self.objects[number] = found.clone()
            self.own.add(number)
        return found


def joined(a: State, b: State) -> State:
    """What holds in both states. What only one of them knows of objects that somebody else made cannot be reached any more."""
    made = State.__new__(State)
    env = made.env = a.env.copy()
    objects = made.objects = a.objects.copy()
    a.own, b.own = set(), set()
    own = made.own = set()
    lost: list[int] = []
    others = b.env
    for var, value in a.env.items():
        other = others.get(var)
        if other is value:
            continue
        merged = None if other is None else join_values(value, other)
        if merged is None and other is not None:
            merged = _pointer_or_null(value, other, a, b)
        if merged is None:
            del env[var]
            lost += [each.object for each in (value, other) if isinstance(each, Ptr)]
        else:
            env[var] = merged
    if len(others) != len(a.env) or len(env) != len(a.env):
        lost += [value.object for var, value in others.items() if isinstance(value, Ptr) and var not in a.env]
    theirs = b.objects
    for number, object_ in a.objects.items():
        other_object = theirs.get(number)
        if other_object is object_:
            continue
        if other_object is not None:
            both = _join_objects(object_, other_object, lost, objects, theirs)
            objects[number] = both
            if both is not object_ and both is not other_object:
                own.add(number)
        elif object_.kind == OUTER:
            del objects[number]
    for number in theirs.keys() - objects.keys():
        object_ = theirs[number]
        if object_.kind != OUTER:
            objects[number] = object_
    made.facts = {key: value for key, value in a.facts.items() if b.facts.get(key) is value} if a.facts else {}
    made.doubt = max(a.doubt, b.doubt)
    for number in lost:
        lost_object = objects.get(number)
        if lost_object is not None and lost_object.kind == HEAP and not lost_object.escaped:
            made.change(number).escaped = True  # something still holds it, but which of several is not known any more
    return made


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
    if isinstance(a, Num) and isinstance(b, Num):
        if a.lo == b.lo and a.hi == b.hi and a.bits == b.bits and a.sym == b.sym and a.off == b.off:
            return a
        made = hull(a, b)
        return made if made.is_tainted else Num(made.lo, made.hi, made.bits & NONZERO)
    if isinstance(a, Ptr) and isinstance(b, Ptr) and a.object == b.object and a.path == b.path:
        if a.offset is b.offset or (
            a.offset.lo == b.offset.lo and a.offset.hi == b.offset.hi and a.offset.sym == b.offset.sym
        ):
            return b if b.is_open else a
        offset = hull(a.offset, b.offset)
        return Ptr(a.object, Num(offset.lo, offset.hi, offset.bits & TAINT), a.path, is_open=a.is_open or b.is_open)
    if isinstance(a, Code) and isinstance(b, Code) and a.name == b.name:
        return a
    if type(a) is int and type(b) is int and a == b:
        return a
    if isinstance(a, Uninitialized) and isinstance(b, Uninitialized):
        return a
    if isinstance(a, Record) and isinstance(b, Record) and a.cells == b.cells:
        return a
    return None


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


def _join_objects(a: Object, b: Object, lost: list[int], mine: dict[int, Object], their: dict[int, Object]) -> Object:
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
    made.null = (
        a.null
        if a.null == b.null
        else (SURE if {a.null, b.null} <= {SURE, UNTESTED, USED} and a.kind != OUTER else max(a.null, b.null))
    )
    if {a.null, b.null} == {SURE, MAY_FAIL}:
        made.null = SURE
    made.escaped = a.escaped or b.escaped
    made.lost = a.lost | b.lost
    made.released_at = a.released_at or b.released_at
    made.was_assigned = a.was_assigned or b.was_assigned
    if a.content != b.content:
        made.content = INPUT if INPUT in (a.content, b.content) and ANY not in (a.content, b.content) else ANY
    theirs = b.cells
    if a.content == b.content == ZEROED and made.cells.keys() != theirs.keys():
        for key, cell in theirs.items():
            if key not in made.cells and isinstance(key, int):
                made.cells[key] = (cell[0], ZERO)
        theirs = {**{key: (cell[0], ZERO) for key, cell in made.cells.items() if isinstance(key, int)}, **theirs}
    for key in list(made.cells):
        other = theirs.get(key)
        if other is made.cells[key]:
            continue
        merged: Value | int | None = (
            join_values(made.cells[key][1], other[1]) if other is not None and other[0] == made.cells[key][0] else None
        )
        if merged is None and other is not None:
            one, two = made.cells[key][1], other[1]
            pointer, null_value = (one, two) if isinstance(one, Ptr) else (two, one)
            block = (mine.get(pointer.object) or their.get(pointer.object)) if isinstance(pointer, Ptr) else None
            if (
                isinstance(pointer, Ptr)
                and block is not None
                and block.kind == HEAP
                and isinstance(null_value, Num)
                and null_value.lo == null_value.hi == 0
            ):
                merged = Ptr(pointer.object, pointer.offset, pointer.path, is_open=True)
        if merged is None or isinstance(merged, int):
            lost += [
                each[1].object for each in (made.cells[key], other) if each is not None and isinstance(each[1], Ptr)
            ]
            del made.cells[key]
            if made.content in (UNSET, ZEROED):
                lost += [
                    each[1].object for each in (*made.cells.values(), *theirs.values()) if isinstance(each[1], Ptr)
                ]
                made.cells.clear()
                made.content = ANY
                break
        else:
            made.cells[key] = (made.cells[key][0], merged)
    lost += [cell[1].object for key, cell in theirs.items() if isinstance(cell[1], Ptr) and key not in made.cells]
    if (
        any(key not in made.cells for key in b.cells)
        and made.content in (UNSET, ZEROED)
        and a.cells.keys() != b.cells.keys()
    ):
        made.content = ANY
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


def similar(a: State, b: State) -> bool:
    """True when the states differ in the intervals of numbers only, so that nothing is lost by joining them."""
    if a.doubt != b.doubt or len(a.env) != len(b.env):
        return False
    if a.env != b.env:
        others = b.env
        for var, value in a.env.items():
            found = others.get(var)
            if found is not value and (found is None or not _similar_values(value, found)):
                return False
    if a.objects != b.objects:
        for number, object_ in a.objects.items():
            other = b.objects.get(number)
            if other is not object_:
                if other is None:
                    if object_.kind != OUTER:
                        return False
                elif not _similar_objects(object_, other):
                    return False
        if any(number not in a.objects and object_.kind != OUTER for number, object_ in b.objects.items()):
            return False
    return True


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
    if a.cells.keys() != b.cells.keys():
        return False
    return all(cell is b.cells[key] or _similar_values(cell[1], b.cells[key][1]) for key, cell in a.cells.items())


MAX_CELLS = _MAX_CELLS
