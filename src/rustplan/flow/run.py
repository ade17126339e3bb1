"""What every part of the interpreter shares: the frames being run, the budget, new objects and symbols, and the list of events."""

from __future__ import annotations

from typing import Protocol

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, REFERENCE, UNKNOWN, CType
from rustplan.flow.declarations import Declarations
from rustplan.flow.events import Event, Step
from rustplan.flow.ir import Expr, Routine
from rustplan.flow.memory import ANY, OUTER, UNTESTED, Object, State
from rustplan.flow.models import Models
from rustplan.flow.values import EXACT, WIDE_HI, WIDE_LO, Num, Ptr, Symbol, Value, constant, unknown

RETURNS, CHANGES, NEVER = 1, 2, 4
"""A function returns something of interest; leaves something of interest in what its caller owns; never returns."""

MAX_STATES = 8
MAX_DEPTH = 6
STEPS_A_FUNCTION = 4_000
STEPS_AT_EIGHT, STEPS_AT_FOUR = 200, 400
"""Beyond so many steps of a function at most four, then two states are kept apart."""

_MAX_EVENTS = 400


class OutOfBudget(Exception):
    """The function needs more steps than one function gets."""


class Program(Protocol):
    """Where the interpreter finds the bodies of what is called."""

    declarations: Declarations

    def routine(self, name: str, caller: Routine) -> Routine | None:
        """The one function of that name that `caller` can mean, if its body is known."""

    def is_near(self, name: str, caller: Routine) -> bool:
        """True when the file of `caller` defines functions of that name."""

    def method(self, class_name: str, name: str) -> Routine | None:
        """A method of a class or of the nearest of its bases that has it."""

    def is_defined(self, name: str) -> bool:
        """True when the scanned tree defines a function or macro of that name: then no model speaks for it."""


class Frame:
    """One call being run."""

    __slots__ = ("at", "breaks", "continues", "gotos", "number", "returns", "routine", "seen")

    def __init__(self, routine: Routine, number: int, at: int) -> None:
        self.routine = routine
        self.number = number
        self.at = at
        self.returns: list[tuple[State, Value | None]] = []
        self.breaks: list[list[State]] = []
        self.continues: list[list[State]] = []
        self.gotos: dict[str, list[State]] = {}
        self.seen: set[str] = set()


class Run:
    """The base of the interpreter."""

    def __init__(self, program: Program, models: Models, path: str) -> None:
        self.program = program
        self.models = models
        self.path = path
        self.frames: list[Frame] = []
        self.events: dict[tuple[str, str, int], Event] = {}
        self.muted = 0
        self.lenient = 0
        """Above 0 while a condition is looked at that was not written for this place: what a macro or an assertion tests is no doubt about a pointer."""
        self.steps = 0
        self.limit = STEPS_A_FUNCTION
        self.next_number = 1
        self.next_frame = 0
        self.outer_of: dict[Symbol, int] = {}
        self.foreign: dict[str, bool] = {}
        """Functions that nobody here defines, and whether something of interest was handed to them."""
        self.foreign_name = ""
        self.written_through: Expr | None = None
        """The pointer of the assignment at hand."""
        self.returned = False
        self.limit_reached = False
        self.effects = 0
        """What a caller in another file would want to know of the function being run."""

    # ---- budget, symbols, objects ----

    def symbol(self) -> int:
        """A new symbol."""
        self.next_number += 1
        return self.next_number

    def new_object(
        self, st: State, kind: str, *, name: str, type_: CType | None, size: Num | None, content: int, at: int
    ) -> int:
        """Put a new object into the state; return its number."""
        self.next_number += 1
        number = self.next_number
        frame = self.frames[-1] if self.frames else None
        path = frame.routine.path if frame is not None else self.path
        made = Object(
            kind,
            name=name,
            type_=type_,
            size=size,
            content=content,
            offset=at,
            path=path,
            frame=frame.number if frame is not None else 0,
        )
        if type_ is not None and type_.size:
            made.element = type_.element_size or 1 if type_.kind == ARRAY else type_.size
        st.objects[number] = made
        st.own.add(number)
        return number

    def outer(self, st: State, name: str, type_: CType | None, at: int) -> Ptr:
        """A pointer to an object that somebody else made."""
        number = self.new_object(st, OUTER, name=name, type_=type_, size=None, content=ANY, at=at)
        st.objects[number].null = UNTESTED
        return Ptr(number)

    def fresh(self, type_: CType, st: State, name: str, at: int) -> Value:
        """A value of which nothing is known but its type."""
        kind = type_.kind
        if kind == INT:
            self.next_number += 1
            return Num(type_.lo, type_.hi, EXACT, self.next_number)
        if kind in (POINTER, REFERENCE):
            return self.outer(st, name, type_.target, at)
        if kind == FLOAT:
            return Num(WIDE_LO, WIDE_HI)
        return unknown(type_, self.symbol())

    def fresh_of(self, e: Expr, type_: CType, st: State) -> Value:
        """The same for the value of an expression, which only a pointer is called by."""
        return self.fresh(type_, st, self.describe(e) if type_.kind in (POINTER, REFERENCE) else "", e[2])

    def outer_for(self, value: Num, st: State, name: str, type_: CType | None, at: int) -> Ptr | None:
        """The object that an unknown number leads to when it is used as a pointer: the same number, the same object."""
        if value.sym is None or value.coef != 1 or not value.bits & EXACT:
            return None
        number = self.outer_of.get(value.sym)
        if number is None or number not in st.objects:
            pointer = self.outer(st, name, type_, at)
            self.outer_of[value.sym] = number = pointer.object
        return Ptr(number, constant(value.off))

    def size_of(self, type_: CType) -> Num | None:
        """The size of a type in bytes: a number, or a symbol for a record nobody has seen the body of."""
        if type_.kind == REFERENCE and type_.target is not None:
            type_ = type_.target
        if type_.size is None and type_.is_record and type_.name:
            found = self.program.declarations.record(type_.name)
            type_ = found if found is not None else type_
        if type_.size is not None:
            return constant(type_.size)
        if type_.kind == ARRAY and type_.target is not None and type_.count is not None:
            inner = self.size_of(type_.target)
            if inner is not None and inner.sym is not None:
                return Num(type_.count, WIDE_HI, EXACT, inner.sym, inner.coef * type_.count, 0)
            return None
        if type_.name and (type_.is_record or type_.kind == UNKNOWN):
            return Num(1, 1 << 31, EXACT, "sizeof " + type_.name)
        return None

    # ---- events ----

    def report(
        self,
        kind: str,
        at: int,
        st: State,
        subject: str,
        captures: dict[str, str],
        chain: tuple[Step, ...] = (),
        doubt: int = 0,
        about: int = 0,
    ) -> None:
        """Note what was seen; the first report of a kind on a subject in a function stands, a surer one replaces a less sure one."""
        if self.muted or len(self.events) >= _MAX_EVENTS:
            return
        frame = self.frames[-1]
        key = (
            kind + captures.get("side", "") + captures.get("cause", ""),
            frame.routine.path + "\0" + frame.routine.qualified + "\0" + subject,
            at,
        )
        doubt += st.doubt
        earlier = self.events.get(key)
        if earlier is None or earlier.doubt > doubt:
            via = tuple(
                (outer.routine.path, inner.at, f"called from {outer.routine.name}")
                for outer, inner in zip(self.frames, self.frames[1:], strict=False)
            )
            self.events[key] = Event(
                kind, frame.routine.path, at, frame.routine.qualified, captures, (*via, *chain), doubt, subject, about
            )

    def object_steps(self, object_: Object, *, released: bool = False) -> tuple[Step, ...]:
        """Where an object comes from and, if asked, where it was released."""
        steps: list[Step] = []
        if object_.offset >= 0 and object_.kind not in (OUTER,):
            words = {"heap": "is allocated here", "handle": "is opened here"}.get(object_.kind, "is declared here")
            size = "" if object_.size is None or not object_.size.is_constant else f" ({object_.size.lo} bytes)"
            steps.append((object_.path, object_.offset, f"{object_.name or 'the block'} {words}{size}"))
        if released and object_.released_at is not None:
            steps.append((object_.released_at[1], object_.released_at[0], "released here"))
        return tuple(steps)

    @staticmethod
    def source_steps(*values: Num | None) -> tuple[Step, ...]:
        """Where input came in."""
        found = {value.source for value in values if value is not None and value.source is not None}
        return tuple((path, at, words) for at, words, path in sorted(found, key=lambda source: source[0]))

    def describe(self, e: Expr, depth: int = 0) -> str:
        """An expression as a reader would write it, shortened."""
        op = e[0]
        if depth > 6:
            return "..."
        if op == ir.VAR:
            return str(e[3].name)
        if op == ir.MEMBER:
            base = e[3]
            if base[0] == ir.DEREF:
                inner = self.describe(base[3], depth + 1)
                return e[4] if inner == "this" else f"{inner}->{e[4]}"
            return f"{self.describe(base, depth + 1)}.{e[4]}"
        if op == ir.INDEX:
            return f"{self.describe(e[3], depth + 1)}[{self.describe(e[4], depth + 1)}]"
        if op == ir.DEREF:
            return f"*{self.describe(e[3], depth + 1)}"
        if op == ir.ADDRESS:
            return f"&{self.describe(e[3], depth + 1)}"
        if op == ir.CAST:
            return self.describe(e[3], depth + 1)
        if op == ir.CONST:
            return str(e[3])
        if op == ir.CALL:
            return f"{e[3] or 'a function'}()"
        if op == ir.STEP:
            return self.describe(e[3], depth + 1)
        if op == ir.ASSIGN:
            return self.describe(e[3], depth + 1)
        if op == ir.TEXT:
            return "a literal"
        sign = SIGNS.get(op)
        if sign is not None:
            return f"{self.describe(e[3], depth + 1)} {sign} {self.describe(e[4], depth + 1)}"
        return "the value"


SIGNS = {
    ir.ADD: "+",
    ir.SUB: "-",
    ir.MUL: "*",
    ir.DIV: "/",
    ir.MOD: "%",
    ir.SHL: "<<",
    ir.SHR: ">>",
    ir.BAND: "&",
    ir.BOR: "|",
    ir.BXOR: "^",
}
