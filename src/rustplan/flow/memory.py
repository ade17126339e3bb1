"""Objects and the state of one path: which variable holds what, what is in each object, whether it still lives."""

from __future__ import annotations

from rustplan.flow.ctypes import CType
from rustplan.flow.ir import Var
from rustplan.flow.values import Num, Ptr, Source, Value

STACK, HEAP, STATIC, LITERAL, OUTER, ALLOCA = "stack", "heap", "static", "literal", "outer", "alloca"
"""OUTER: an object somebody else made; nobody knows its size."""

LIVE, MAYBE, RELEASED, ABSENT = range(4)
"""MAYBE: released on some path that was joined. ABSENT: its allocation failed on this path, or a pointer to it was found to be null."""

UNSET, ZEROED, ANY, INPUT = range(4)
"""What the bytes are that no cell describes: never written, zero, unknown, from input."""

SURE, MAY_FAIL, UNTESTED, USED = range(4)
"""What is known of pointers to an object being null: not null; null when the allocation failed; nothing; used before anybody looked."""

MAX_CELLS = 600
"""Cells that one object keeps."""


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
