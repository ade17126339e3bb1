"""Blocks of memory: how large they are made, who releases them, `new` and `delete`."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arguments import LibraryCall, Outcomes, bare, cause_of
from rustplan.flow.contents import is_start
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, SIGNED, UNKNOWN, CType
from rustplan.flow.formats import Formats
from rustplan.flow.ir import Expr, Routine
from rustplan.flow.memory import (
    ABSENT,
    ALLOCA,
    ANY,
    HEAP,
    INPUT,
    LITERAL,
    LIVE,
    MAY_FAIL,
    MAYBE,
    OUTER,
    RELEASED,
    STACK,
    STATIC,
    SURE,
    UNSET,
    ZEROED,
    Object,
    State,
)
from rustplan.flow.merging import joined
from rustplan.flow.models import Allocation, Reallocation
from rustplan.flow.stores import ONE_BYTE
from rustplan.flow.values import (
    EXACT,
    HI,
    LO,
    SUM,
    TAINT,
    WRAPPED,
    ZERO,
    Num,
    Ptr,
    Value,
    add,
    constant,
    converted,
    multiply,
)

_BIG = 1 << 26
"""Input that asks for more than so many bytes is reported."""
_LARGEST = 1 << 62
_SIZE_OF_32_BITS = 1 << 32
"""Where `size_t` has 32 bits a constant product of this size has wrapped."""
_POINTER = CType(POINTER, size=8)
_FILLS = {"zero": ZEROED, "input": INPUT, "anything": ANY, "copy": ANY}
_SIGNS = {ir.MUL: "*", ir.ADD: "+", ir.SHL: "<<"}
_PLAIN_FAMILIES = ("malloc", "new", "new[]", "kmalloc")
_NOT_RELEASED = {
    STACK: "a local variable",
    STATIC: "a static variable",
    LITERAL: "a string literal",
    ALLOCA: "memory of alloca()",
}


class Blocks(Formats):
    """Makes and releases blocks."""

    def enter(self, routine: Routine, arguments: list[Value | None], st: State, at: int) -> Outcomes:
        """Run a routine with these argument values in this state."""
        raise NotImplementedError

    def _may_enter(self, routine: Routine) -> bool:
        """True when a body may be run here: calls are not too deep and it is not being run."""
        raise NotImplementedError

    # ---- allocation ----

    def allocated(self, call: LibraryCall, spec: Allocation, st: State) -> Value | None:
        """The pointer to a new block."""
        origin = call.pointer(spec.copy_of)
        size = self._block_size(call, spec, origin, st)
        is_handle = spec.memory == "handle"
        content = ANY if spec.copy_of or is_handle else _FILLS.get(spec.fills, UNSET)
        kind = ALLOCA if spec.memory == "alloca" else HEAP
        number = self.new_object(st, kind, name="", type_=None, size=size, content=content, at=call.at)
        object_ = st.objects[number]
        object_.family = spec.family
        object_.element = call.model.unit
        object_.source = call.source if content == INPUT else (call.at, call.name, "")
        object_.null = MAY_FAIL if spec.may_fail else SURE
        object_.escaped = spec.owned
        if content == ZEROED:
            object_.length, object_.terminated = ZERO, True
        if spec.copy_of:
            object_.terminated = True
            if origin is not None and origin.object in st.objects:
                object_.length = self.length_at(origin, st)
                copied = st.objects[origin.object]
                if copied.content == INPUT:
                    object_.content, object_.source = INPUT, copied.source
        if call.type.kind == INT and not spec.into and not is_handle:
            object_.escaped = True  # a block that is kept as a number
            return None
        return Ptr(number)

    def _block_size(self, call: LibraryCall, spec: Allocation, origin: Ptr | None, st: State) -> Num | None:
        if spec.bytes:
            return self._allocation_size(call, spec.bytes, st)
        length = self.length_at(origin, st) if origin is not None and origin.object in st.objects else None
        unit = call.model.unit
        return add(self.scaled(length, unit), constant(unit)) if length is not None else None

    def allocated_or_number(self, call: LibraryCall, spec: Allocation, fails_with: int, st: State) -> Outcomes:
        """A handle, or the number that tells of a failure."""
        failed = st.copy()
        handle = self.allocated(call, spec, st)
        if isinstance(handle, Ptr):
            st.change(handle.object).null = SURE
        return [(st, handle), (failed, constant(fails_with))]

    def stored(self, call: LibraryCall, spec: Allocation, st: State) -> Outcomes:
        """The pointer to a new block is stored through an argument; a number tells whether that worked."""
        target = call.pointer(spec.into)
        if target is None or target.object not in st.objects:
            return [(st, self.fresh(SIGNED, st, call.name, call.at))]
        failed = st.copy()
        pointer = self.allocated(call, spec, st)
        if isinstance(pointer, Ptr):
            st.objects[pointer.object].null = SURE
            self.put(target, pointer, _POINTER, st)
        if spec.may_fail and spec.succeeds_with is not None:
            good = constant(spec.succeeds_with)
            fails = spec.fails_with
            return [(st, good), (failed, self._positive(1) if fails is None else constant(fails))]
        if spec.may_fail and spec.fails_with is not None:
            return [(st, self._positive(0 if spec.fails_with else 1)), (failed, constant(spec.fails_with))]
        return [(st, self.fresh(SIGNED, st, call.name, call.at))]

    def _positive(self, least: int) -> Num:
        return Num(least, SIGNED.hi, EXACT, self.symbol())

    def reallocated(self, call: LibraryCall, spec: Reallocation, st: State) -> Outcomes:
        """The old block is released and its content moves to a new one; when that fails, the old one lives on."""
        old = call.pointer(spec.argument)
        size = self._allocation_size(call, spec.bytes, st)
        object_ = st.objects.get(old.object) if old is not None else None
        if old is not None and object_ is not None:
            given = call.expression(spec.argument)
            if object_.state == RELEASED:
                self.alive(old, object_, st, given, call.name)
            if object_.kind in (STACK, STATIC, LITERAL):
                self.release(old, given, (spec.family,), st, call.at)
        failed = st.copy()
        number = self.new_object(st, HEAP, name="", type_=None, size=size, content=ANY, at=call.at)
        made = st.objects[number]
        made.family = spec.family
        made.source = (call.at, call.name, "")
        if old is not None and object_ is not None and _is_moved(object_, old):
            released = st.change(old.object)
            released.state = RELEASED
            released.released_at = (call.at, self.frames[-1].routine.path)
            made.element = object_.element
        return [(st, Ptr(number)), (failed, ZERO)] if spec.may_fail else [(st, Ptr(number))]

    # ---- sizes ----

    def _allocation_size(self, call: LibraryCall, positions: tuple[int, ...], st: State) -> Num | None:
        """The size of a new block; a size that wraps or that input decides is reported."""
        for position in positions:
            if position > len(call.given):
                return None
            value = call.value(position)
            if isinstance(value, Num):
                checked = self._checked_size(call.expression(position), value, call.name, st, many=len(positions) > 1)
                call.arguments[position - 1] = checked
        size = call.product(positions, call.model.unit)
        if size is None or (size.lo >= 0 and size.hi <= _LARGEST):
            return size
        low, high = max(0, size.lo), min(max(size.hi, 0), _LARGEST)
        return Num(low, high, size.bits & (EXACT | TAINT), size.sym, size.coef, size.off, size.source)

    def _checked_size(self, given: Expr, value: Num, name: str, st: State, *, many: bool) -> Num:
        """A size that something is made in; `many`: it is one factor of several."""
        if _is_large_product(given, value):
            self._report_wrap(given, value, "*", name, st)
        if not many and value.is_tainted and value.bits & HI:
            operation = self._wrapping(given, value, st)
            if operation:
                self._report_wrap(given, value, operation, name, st)
        if value.lo < 0 and value.bits & LO:
            checked = self.as_size(given, value, name, st)
            if isinstance(checked, Num) and value.hi <= _BIG:
                return checked
        if value.is_tainted and value.bits & HI and value.hi > _BIG:
            shown = self.describe(given)
            captures = {"callee": name, "cause": cause_of(value), "size": shown}
            self.report("input-allocation", given[2], st, shown, captures, self.source_steps(value))
        if value.lo >= 0:
            return value
        return Num(0, max(value.hi, 0), value.bits & (HI | TAINT), source=value.source)

    def _report_wrap(self, given: Expr, value: Num, operation: str, name: str, st: State) -> None:
        shown = self.describe(given)
        captures = {"callee": name, "operation": operation, "cause": cause_of(value), "size": shown}
        doubt = 0 if value.is_tainted else 1
        steps = self.source_steps(value) if value.is_tainted else ()
        self.report("allocation-wrap", given[2], st, shown, captures, steps, doubt)

    def _wrapping(self, given: Expr, value: Num, st: State) -> str:
        """The operation with which input makes a size wrap; "" when it does not."""
        e = bare(given)
        if e[0] not in _SIGNS:
            return self.describe(given) if value.bits & WRAPPED else ""
        exact = self._unwrapped(e, st)
        if exact is None or not exact.is_tainted or not exact.bits & HI:
            return ""
        return _SIGNS[e[0]] if exact.hi > e[1].hi > 0 else ""

    def _unwrapped(self, e: Expr, st: State) -> Num | None:
        """The size as arithmetic would have it without wrapping."""
        self.muted += 1
        try:
            left, right = self.evaluate(e[3], st), self.evaluate(e[4], st)
        finally:
            self.muted -= 1
        if not isinstance(left, Num) or not isinstance(right, Num):
            return None
        left, right = (converted(each, e[1]) if each.lo < 0 else each for each in (left, right))
        if e[0] == ir.ADD:
            return add(left, right)
        if e[0] == ir.SHL:
            right = constant(1 << right.lo) if right.is_constant and 0 <= right.lo < 64 else ONE_BYTE
        return multiply(left, right)

    # ---- release ----

    def release(self, pointer: Ptr, given: Expr, families: tuple[str, ...], st: State, at: int) -> None:
        """Release the block that a pointer leads to."""
        object_ = st.objects.get(pointer.object)
        if (
            object_ is None
            or object_.state == ABSENT
            or not self._may_release(pointer, object_, given, families, st, at)
        ):
            return
        is_part = pointer.path or not is_start(pointer)
        if object_.kind == HEAP or (object_.kind == OUTER and not is_part):
            changed = st.change(pointer.object)
            changed.state = RELEASED
            changed.null = SURE
            changed.released_at = (at, self.frames[-1].routine.path)
            changed.family = changed.family or families[0]

    def _may_release(
        self, pointer: Ptr, object_: Object, given: Expr, families: tuple[str, ...], st: State, at: int
    ) -> bool:
        """Report what must not be released, or not by this function; False when nothing is released then."""
        shown = self.describe(given)
        subject = object_.name or shown
        captures = {"object": subject, "pointer": shown}
        if object_.state == RELEASED:
            captures["family"] = object_.family
            self.report("double-release", at, st, subject, captures, self.object_steps(object_, released=True))
            st.change(pointer.object).state = MAYBE
            return False
        if object_.kind in _NOT_RELEASED and families[0] in _PLAIN_FAMILIES:
            captures |= {"memory": object_.kind, "why": _NOT_RELEASED[object_.kind]}
            self.report("invalid-release", at, st, subject, captures, self.object_steps(object_))
            return False
        if object_.kind == HEAP and _is_inside(pointer):
            captures |= {"memory": "heap", "why": "not the start of its block"}
            self.report("invalid-release", at, st, subject, captures, self.object_steps(object_))
            st.change(pointer.object).state = MAYBE
            return False
        if object_.kind == HEAP and object_.family and object_.family not in families:
            captures |= {"made_by": object_.family, "released_by": families[0]}
            self.report("mismatched-release", at, st, subject, captures, self.object_steps(object_))
        return True

    # ---- new and delete ----

    def new(self, e: Expr, st: State) -> Value | None:
        """`new T`, `new T(...)`, `new T[n]`."""
        element: CType = e[3]
        is_array: bool = e[6]
        size = self._new_size(element, e[4], st)
        is_class = element.is_record or element.kind not in (INT, POINTER, FLOAT)
        content = ANY if e[5] or not self.leaves_unset(element) else ZEROED if e[7] else UNSET
        number = self.new_object(st, HEAP, name="", type_=element, size=size, content=content, at=e[2])
        object_ = st.objects[number]
        object_.family = "new[]" if is_array else "new"
        object_.element = element.size or 1
        object_.class_name = element.name if is_class else ""
        object_.source = (e[2], "new", "")
        arguments = [self.evaluate(each, st) for each in e[5]]
        if is_array:
            return Ptr(number)
        if is_class and element.name:
            self._construct_new(element.name, number, arguments, st, e[2])
        elif not is_class and len(arguments) == 1 and arguments[0] is not None:
            self.put(Ptr(number), arguments[0], element, st)
        return Ptr(number)

    def _new_size(self, element: CType, count_e: Expr | None, st: State) -> Num | None:
        size = self.size_of(element)
        if count_e is None:
            return size
        count = self.evaluate(count_e, st)
        if not isinstance(count, Num):
            return None
        count = self._checked_size(count_e, count, "new[]", st, many=False)
        size = multiply(count, size) if size is not None else None
        if size is None or size.hi <= _LARGEST:
            return size
        bits = size.bits & (EXACT | TAINT)
        return Num(max(0, size.lo), _LARGEST, bits, size.sym, size.coef, size.off, size.source)

    def _construct_new(self, name: str, number: int, arguments: list[Value | None], st: State, at: int) -> None:
        constructor = self.program.method(name, name)
        if constructor is not None and self._may_enter(constructor):
            self._run_for_effect(constructor, [Ptr(number), *arguments], st, at)
            return
        for argument in arguments:
            if isinstance(argument, Ptr):
                self.unleash(argument, st)

    def _run_for_effect(self, routine: Routine, arguments: list[Value | None], st: State, at: int) -> None:
        """Run a constructor or destructor: all its outcomes become one state."""
        results = self.enter(routine, arguments, st, at)
        if not results:
            return
        state = results[0][0]
        for other, _ in results[1:]:
            state = joined(state, other)
        if state is not st:
            st.become(state)

    def delete(self, e: Expr, st: State) -> Value | None:
        """`delete p`, `delete[] p`."""
        value = self.evaluate(e[3], st)
        if not isinstance(value, Ptr):
            return None
        object_ = st.objects.get(value.object)
        is_array: bool = e[4]
        if object_ is not None and object_.state == LIVE and not is_array:
            target: CType | None = e[3][1].target
            name = object_.class_name or (target.name if target is not None else "")
            destructor = self.program.method(name, "~" + name) if name else None
            if destructor is not None and self._may_enter(destructor):
                self._run_for_effect(destructor, [value], st, e[2])
        self.release(value, e[3], ("new[]" if is_array else "new",), st, e[2])
        return None

    def leaves_unset(self, type_: CType, depth: int = 0) -> bool:
        """True when a variable of this type, declared without an initialiser, has no value."""
        if type_.kind in (INT, POINTER, FLOAT):
            return True
        declarations = self.program.declarations
        if type_.kind == ARRAY:
            return type_.target is not None and self.leaves_unset(type_.target, depth)
        if type_.kind == UNKNOWN:
            return declarations.is_c and type_.name in declarations.used_as_records
        if not type_.is_record or depth > 4:
            return False
        info = declarations.class_of(type_.name) if type_.name else None
        if info is not None and (info.bases or info.virtual or info.initialises):
            return False
        members = declarations.members(type_)
        if declarations.is_c:
            return True
        return members is not None and all(self.leaves_unset(member, depth + 1) for _, member in members.values())


def _is_large_product(given: Expr, value: Num) -> bool:
    """True for a constant product that does not fit into 32 bits."""
    if not value.is_constant or value.is_tainted or not _SIZE_OF_32_BITS <= value.lo < _SIZE_OF_32_BITS << 8:
        return False
    return bool(bare(given)[0] == ir.MUL) or value.bits & SUM != 0


def _is_inside(pointer: Ptr) -> bool:
    """True when a pointer surely leads behind or before the start of its object."""
    offset = pointer.offset
    if pointer.path:
        return False
    return bool(
        (offset.lo > 0 and offset.bits & LO) or (offset.hi < 0 and offset.bits & HI) or offset.lo == offset.hi != 0
    )


def _is_moved(object_: Object, old: Ptr) -> bool:
    """True when `realloc` gets the start of a block that lives."""
    return object_.kind in (HEAP, OUTER) and object_.state == LIVE and not old.offset.lo and not old.path
