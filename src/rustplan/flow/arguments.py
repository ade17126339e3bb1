"""Arguments of library functions: null and released pointers, negative lengths, `sizeof` of a pointer."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.conditions import Conditions
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, CType
from rustplan.flow.ir import Expr
from rustplan.flow.memory import HEAP, RELEASED, STACK, Object, State
from rustplan.flow.models import FunctionModel
from rustplan.flow.stores import ONE_BYTE
from rustplan.flow.values import EXACT, FAILS, LO, RANDOM, WIDENED, Num, Ptr, Source, Value, constant, multiply

Outcomes = list[tuple[State, Value | None]]
"""The states that a call can return in, each with the value."""


class LibraryCall:
    """A call that a model speaks for. Positions of arguments count from 1; 0 is none."""

    __slots__ = ("arguments", "at", "given", "model", "name", "source", "type")

    def __init__(self, e: Expr, name: str, model: FunctionModel, arguments: list[Value | None], source: Source) -> None:
        self.type: CType = e[1]
        self.at: int = e[2]
        self.given: tuple[Expr, ...] = e[5]
        self.name = name
        self.model = model
        self.arguments = arguments
        self.source = source
        """What to call the input that it brings."""

    def expression(self, position: int) -> Expr:
        """The argument as it is written."""
        return self.given[position - 1]

    def value(self, position: int) -> Value | None:
        """The value of an argument; None when there is no such argument."""
        return self.arguments[position - 1] if 0 < position <= len(self.arguments) else None

    def pointer(self, position: int) -> Ptr | None:
        """The value of an argument if it is a pointer."""
        value = self.value(position)
        return value if isinstance(value, Ptr) else None

    def pointers_from(self, position: int) -> list[Ptr]:
        """The pointers among the arguments from a position on."""
        return [value for value in self.arguments[max(0, position - 1) :] if isinstance(value, Ptr)]

    def product(self, positions: tuple[int, ...], unit: int) -> Num | None:
        """The product of some arguments and the unit; None when one of them is not a number."""
        made = constant(unit)
        for position in positions:
            value = self.value(position)
            if not isinstance(value, Num):
                return None
            made = value if made is ONE_BYTE else multiply(made, value)
        return made if positions else None


class Arguments(Conditions):
    """Looks at the arguments of library functions before they do anything."""

    def check_arguments(self, call: LibraryCall, st: State) -> None:
        """Report null where there must be an object, released objects, and numbers handed over as records."""
        for position in call.model.non_null:
            value = call.value(position)
            if isinstance(value, Num) and is_zero(value):
                self.null_used(call.expression(position), st, "assigned")
            elif isinstance(value, Ptr) and value.object in st.objects:
                self.alive(value, st.objects[value.object], st, call.expression(position), call.name)
        releases = call.model.releases is not None or call.model.reallocates is not None
        for given, value in zip(call.given, call.arguments, strict=False):
            if not isinstance(value, Ptr):
                continue
            if given[0] == ir.CAST:
                self.check_cast_to_record(value, given, st)
            object_ = st.objects.get(value.object)
            if object_ is not None and object_.state == RELEASED and not releases:
                self.alive(value, object_, st, given, call.name)

    def check_cast_to_record(self, value: Ptr, given: Expr, st: State) -> None:
        """`f((struct s *)&number)`: the callee will look for members in a number."""
        target: CType | None = given[1].target
        if given[0] != ir.CAST or not given[4] or target is None:
            return
        if not target.is_record and target.name not in self.program.declarations.used_as_records:
            return
        object_ = st.objects.get(value.object)
        if object_ is None or not _is_whole_number(object_, value):
            return
        if target.size is None or (object_.size is not None and target.size > object_.size.lo):
            self.confused(value, target, object_, st, given)

    # ---- sizes ----

    def sized(self, call: LibraryCall, positions: tuple[int, ...], st: State) -> Num | None:
        """A length in bytes, after looking at whether a negative value became a size."""
        for position in positions:
            if position <= len(call.arguments):
                call.arguments[position - 1] = self.as_size(
                    call.expression(position), call.value(position), call.name, st
                )
        return call.product(positions, call.model.unit)

    def as_size(self, given: Expr, value: Value | None, name: str, st: State) -> Value | None:
        """An argument that the callee takes as an unsigned size."""
        if not isinstance(value, Num) or value.lo >= 0:
            return value
        if value.bits & FAILS or (value.bits & LO and (value.is_tainted or value.hi < 0)):
            self._report_negative(given, value, name, st)
            return Num(0, max(0, value.hi), 0)
        symbol = value.sym if value.bits & EXACT else None
        return Num(0, max(value.hi, 0), value.bits & ~LO, symbol, value.coef, value.off, value.source)

    def _report_negative(self, given: Expr, value: Num, name: str, st: State) -> None:
        type_: CType = bare(given)[1]
        is_narrow = type_.kind == INT and type_.bits < 32
        shown = self.describe(given)
        captures = {
            "callee": name,
            "cause": cause_of(value, is_outside=bool(value.bits & FAILS)),
            "widened": "yes" if value.bits & WIDENED or is_narrow else "no",
            "argument": shown,
        }
        self.report("negative-size", given[2], st, shown, captures, self.source_steps(value))

    # ---- sizeof ----

    def check_sizeof_arguments(self, call: LibraryCall, st: State) -> None:
        """`memset(p, 0, sizeof(p))`: the length is that of the pointer."""
        for write in call.model.writes:
            for position in write.bytes or write.at_most:
                measured = sized_pointer(call.expression(position)) if position <= len(call.given) else None
                if measured is None:
                    continue
                for other in (write.argument, write.copy_of, write.string_of):
                    if 0 < other <= len(call.given) and same_place(bare(call.expression(other)), measured):
                        self._report_sizeof(measured, call.name, st, call.expression(position)[2])

    def check_sizeof(self, size_e: Expr, place_e: Expr, name: str, st: State) -> None:
        """Look for `sizeof` of the pointer itself in a size."""
        measured = sized_pointer(size_e)
        if measured is not None and same_place(bare(place_e), measured):
            self._report_sizeof(measured, name, st, size_e[2])

    def _report_sizeof(self, measured: Expr, name: str, st: State, at: int) -> None:
        shown = self.describe(measured)
        self.report("sizeof-pointer", at, st, shown, {"pointer": shown, "use": name})


def _is_whole_number(object_: Object, pointer: Ptr) -> bool:
    """True when a pointer leads to the start of one number."""
    type_, size = object_.type, object_.size
    if object_.kind not in (STACK, HEAP) or type_ is None or type_.kind not in (INT, FLOAT) or type_.is_char:
        return False
    if size is None or not size.is_constant or size.lo != type_.size:
        return False
    return pointer.offset.lo == pointer.offset.hi == 0


def cause_of(value: Num, *, is_outside: bool = False) -> str:
    """Why a value can be what it is: input, chance, or the code."""
    if value.is_tainted or is_outside:
        return "random" if value.bits & RANDOM else "input"
    return "constant"


def is_zero(value: Value | None) -> bool:
    """True for the number 0."""
    return isinstance(value, Num) and value.is_constant and value.lo == 0


def is_null(e: Expr) -> bool:
    """True for a null pointer that is written out."""
    return e[0] == ir.CONST and e[1].kind == POINTER and bool(e[3] == 0)


def is_text(type_: CType) -> bool:
    """True for an array of characters or a pointer to one."""
    target = type_.target if type_.kind in (POINTER, ARRAY) else None
    return target is not None and (target.is_char or target.name == "wchar_t")


def bare(e: Expr) -> Expr:
    """An expression without casts."""
    while e[0] == ir.CAST:
        e = e[3]
    return e


def sized_pointer(e: Expr) -> Expr | None:
    """The pointer that a size is taken of: `sizeof(p)`, `n * sizeof(p)`."""
    e = bare(e)
    if e[0] == ir.MUL:
        return sized_pointer(e[3]) or sized_pointer(e[4])
    measured: Expr | None = e[4] if e[0] == ir.SIZEOF else None
    if measured is not None and measured[1].kind == POINTER and measured[0] in (ir.VAR, ir.MEMBER):
        return measured
    return None


def same_place(a: Expr, b: Expr) -> bool:
    """True when two expressions name the same variable or member."""
    if a[0] != b[0]:
        return False
    if a[0] == ir.VAR:
        return a[3] is b[3]
    if a[0] == ir.MEMBER:
        return bool(a[4] == b[4]) and same_place(bare(a[3]), bare(b[3]))
    return bool(a[0] == ir.DEREF) and same_place(bare(a[3]), bare(b[3]))
