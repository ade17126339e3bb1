"""Expressions: what they are worth, and the arithmetic faults that show while they are evaluated."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.arithmetic import ARITHMETIC
from rustplan.flow.comparing import as_compared
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, REFERENCE, SIGNED, STRUCT, UNKNOWN, VOID, CType
from rustplan.flow.fitting import Fitting
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import ABSENT, ANY, HEAP, MAY_FAIL, OUTER, SURE, UNSET, UNTESTED, USED, State
from rustplan.flow.merging import join_values, joined
from rustplan.flow.places import pointer_of
from rustplan.flow.run import OutOfBudget
from rustplan.flow.values import (
    ENDS,
    EXTREME,
    HI,
    LO,
    ONE,
    RANDOM,
    ZERO,
    Code,
    Num,
    Ptr,
    Record,
    Uninitialized,
    Value,
    add,
    constant,
    converted,
    multiply,
    negate,
    subtract,
    with_bits,
    wraps,
)

_BOOLEAN = Num(0, 1)
_HANDLERS = {
    ir.CONST: "_constant",
    ir.TEXT: "_text",
    ir.VAR: "_variable",
    ir.CODE: "_code",
    ir.DEREF: "_memory",
    ir.INDEX: "_memory",
    ir.MEMBER: "_memory",
    ir.ADDRESS: "_address",
    ir.NEG: "_negated",
    ir.NOT: "_not",
    ir.INVERT: "_inverted",
    ir.LESS: "_compared",
    ir.LESS_EQUAL: "_compared",
    ir.EQUAL: "_compared",
    ir.NOT_EQUAL: "_compared",
    ir.AND: "_logical",
    ir.OR: "_logical",
    ir.ASSIGN: "_assigned",
    ir.UPDATE: "_updated",
    ir.STEP: "_stepped",
    ir.CHOICE: "_chosen",
    ir.CAST: "_cast",
    ir.CALL: "call",
    ir.COMMA: "_comma",
    ir.NEW: "new",
    ir.DELETE: "delete",
    ir.INIT: "_compound",
    ir.SIZEOF: "_sizeof",
    ir.LAMBDA: "_lambda",
    ir.MOVE: "_moved",
    ir.OPAQUE: "_opaque",
    ir.MACRO: "_macro",
    **dict.fromkeys(ARITHMETIC, "_binary"),
}
"""The method that evaluates each operation; a subclass may have its own."""

Handler = Callable[["Evaluate", Expr, State], Value | None]


class Evaluate(Fitting):
    """Evaluates expressions."""

    _handlers: tuple[Handler, ...] = ()
    """By operation. A table of the class, not of each run: bound methods would make every run a ring that only the collector can free."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._handlers = tuple(getattr(cls, _HANDLERS[op]) for op in range(len(_HANDLERS)))

    # provided by the other parts of the interpreter
    def call(self, e: Expr, st: State) -> Value | None:
        """A call."""
        raise NotImplementedError

    def new(self, e: Expr, st: State) -> Value | None:
        """`new`."""
        raise NotImplementedError

    def delete(self, e: Expr, st: State) -> Value | None:
        """`delete`."""
        raise NotImplementedError

    def split(self, e: Expr, st: State) -> tuple[list[State], list[State]]:
        """The states in which a condition is true, and those in which it is false."""
        raise NotImplementedError

    def evaluate(self, e: Expr, st: State) -> Value | None:
        """The value of an expression; None when nothing can be said."""
        self.steps += 1
        if self.steps > self.limit:
            raise OutOfBudget
        return self._handlers[e[0]](self, e, st)

    def number(self, e: Expr, st: State) -> Num | None:
        """The value of an expression when it is a number."""
        value = self.evaluate(e, st)
        return value if isinstance(value, Num) else None

    # ---- leaves ----

    def _constant(self, e: Expr, _st: State) -> Value:
        made = constant(e[3])
        return with_bits(made, ENDS | EXTREME) if len(e) > 4 and e[4] else made

    def _text(self, e: Expr, st: State) -> Value:
        return self.literal(e, st)

    def _code(self, e: Expr, _st: State) -> Value:
        return Code(e[3])

    def _variable(self, e: Expr, st: State) -> Value | None:
        var: Var = e[3]
        if not var.in_memory and not var.is_reference:
            value = st.env.get(var)
            if value is not None and not isinstance(value, Uninitialized):
                if isinstance(value, Ptr) and value.object in st.objects and st.objects[value.object].state == ABSENT:
                    return ZERO
                return value  # type: ignore[return-value]
        elif isinstance(var.value, int) and var.kind in (ir.GLOBAL, ir.STATIC):
            return constant(var.value)
        place = self.place_of_variable(var, st)
        if e[1].kind == ARRAY and isinstance(place, Ptr):
            return place
        type_ = var.type.target if var.is_reference and var.type.target is not None else var.type
        return self._absent_is_null(self.load(place, type_, st, e), st)

    @staticmethod
    def _absent_is_null(value: Value | None, st: State) -> Value | None:
        if isinstance(value, Ptr) and value.object in st.objects and st.objects[value.object].state == ABSENT:
            return ZERO
        return value

    def _memory(self, e: Expr, st: State) -> Value | None:
        place = self.place(e, st)
        if e[1].kind == REFERENCE and e[1].target is not None:
            bound = self.load(place, e[1], st, e)
            return self.load(bound, e[1].target, st, e) if isinstance(bound, Ptr) else None
        if place is None:
            return self.fresh_of(e, e[1], st)
        return self._absent_is_null(self.load(place, e[1], st, e), st)

    def _address(self, e: Expr, st: State) -> Value | None:
        inner = e[3]
        self.muted += 1  # &p->member and &a[n] read nothing
        try:
            place = self.place(inner, st)
        finally:
            self.muted -= 1
        return place if isinstance(place, Ptr) else None

    # ---- operators ----

    def _negated(self, e: Expr, st: State) -> Value | None:
        value = self.number(e[3], st)
        return None if value is None else converted(negate(value), e[1])

    def _inverted(self, e: Expr, st: State) -> Value | None:
        value = self.number(e[3], st)
        if value is None:
            return None
        return converted(subtract(negate(value), ONE), e[1])

    def _not(self, e: Expr, st: State) -> Value | None:
        value = self.evaluate(e[3], st)
        known = self.truth_of(value, st)
        if known is None:
            self._looked_at(value, st)
        return _BOOLEAN if known is None else constant(int(not known))

    @staticmethod
    def _looked_at(value: Value | None, st: State) -> None:
        """The answer to whether a pointer is null is kept as a number: what depends on it is not followed, but somebody asked."""
        if (
            isinstance(value, Ptr)
            and value.object in st.objects
            and st.objects[value.object].null in (MAY_FAIL, UNTESTED, USED)
        ):
            st.change(value.object).null = SURE

    def _binary(self, e: Expr, st: State) -> Value | None:
        left, right = self.evaluate(e[3], st), self.evaluate(e[4], st)
        return self.combine(e[0], e, e[3], e[4], left, right, st)

    def _compared(self, e: Expr, st: State) -> Value | None:
        left, right = as_compared(e, self.evaluate(e[3], st), self.evaluate(e[4], st))
        known = self.compare(e[0], left, right, st)
        if known is None and isinstance(left, Ptr) != isinstance(right, Ptr):
            self._looked_at(left, st)
            self._looked_at(right, st)
        if known is None and isinstance(left, Ptr) and isinstance(right, Ptr) and e[0] in (ir.LESS, ir.LESS_EQUAL):
            self.ordered(e, left, right, st)
        return _BOOLEAN if known is None else constant(int(known))

    def _logical(self, e: Expr, st: State) -> Value | None:
        trues, falses = self.split(e, st)
        if not trues and not falses:
            return _BOOLEAN
        if not falses:
            st.become(self.collapsed(trues))
            return ONE
        if not trues:
            st.become(self.collapsed(falses))
            return ZERO
        st.become(joined(self.collapsed(trues), self.collapsed(falses)))
        return _BOOLEAN

    @staticmethod
    def collapsed(states: list[State]) -> State:
        """One state that stands for all."""
        made = states[0]
        for other in states[1:]:
            made = joined(made, other)
        return made

    def _chosen(self, e: Expr, st: State) -> Value | None:
        self.lenient += e[6]
        try:
            trues, falses = self.split(e[3], st)
        finally:
            self.lenient -= e[6]
        if not trues and not falses:
            return None
        then_state = self.collapsed(trues) if trues else None
        else_state = self.collapsed(falses) if falses else None
        then = self.evaluate(e[4], then_state) if then_state is not None else None
        other = self.evaluate(e[5], else_state) if else_state is not None else None
        if then_state is None or else_state is None:
            st.become(then_state or else_state or st)
            return then if else_state is None else other
        merged = joined(then_state, else_state)
        st.become(merged)
        if then is None or other is None:
            return None
        value = join_values(then, other)
        if value is None and isinstance(then, Ptr) and isinstance(other, Ptr):
            return None
        return value if not isinstance(value, int) else None

    # ---- assignment ----

    def _assigned(self, e: Expr, st: State) -> Value | None:
        place_e, value_e = e[3], e[4]
        type_ = e[1].target if e[1].kind == REFERENCE and e[1].target is not None else e[1]
        if value_e[0] == ir.INIT or (type_.kind == ARRAY and value_e[0] == ir.TEXT):
            place = self.place(place_e, st)
            if isinstance(place, Ptr):
                self.initialize(place, type_, value_e, st)
            return None
        if type_.is_record and type_.name and self.program.method(type_.name, "operator=") is not None:
            return self.call((ir.CALL, e[1], e[2], "operator=", None, (value_e,), place_e), st)
        value = self.evaluate(value_e, st)
        value = self.fit(value, value_e, type_, st, e[2])
        self.written_through = pointer_of(place_e)
        place = self.place(place_e, st)
        self.written_through = None
        self.store(place, value, type_, st, place_e)
        self.allocated_for(value_e, place_e, st)
        self.name_object(value, place_e, st)
        return value

    def allocated_for(self, value_e: Expr, place_e: Expr, st: State) -> None:
        """`p = malloc(sizeof(p))`: the size is that of the pointer."""
        while value_e[0] == ir.CAST:
            value_e = value_e[3]
        if (
            value_e[0] != ir.CALL
            or not value_e[3]
            or place_e[1].kind != POINTER
            or place_e[1].target is None
            or place_e[1].target.kind == POINTER
        ):
            return
        model = self.models.get(value_e[3])
        if model is None or model.allocates is None:
            return
        for position in model.allocates.bytes:
            if position <= len(value_e[5]):
                self.check_sizeof(value_e[5][position - 1], place_e, value_e[3], st)

    def check_sizeof(self, size_e: Expr, place_e: Expr, name: str, st: State) -> None:
        """Look for `sizeof` of the pointer itself in a size."""
        raise NotImplementedError

    def name_object(self, value: Value | None, place_e: Expr, st: State) -> None:
        """A block is called by the first variable that holds it."""
        if isinstance(value, Ptr):
            object_ = st.objects.get(value.object)
            if object_ is not None and object_.kind not in (OUTER,) and not object_.name:
                st.change(value.object).name = self.describe(place_e)
                self._set_element(value.object, place_e[1], st)

    def _set_element(self, number: int, type_: CType, st: State) -> None:
        target = type_.target
        if target is not None and target.size and target.kind in (INT, FLOAT, POINTER, STRUCT):
            object_ = st.change(number)
            object_.element = target.size
            if object_.type is None:
                object_.type = target

    def _updated(self, e: Expr, st: State) -> Value | None:
        op, place_e, value_e = e[3], e[4], e[5]
        right = self.evaluate(value_e, st)
        place = self.place(place_e, st)
        left = self._absent_is_null(self.load(place, place_e[1], st, place_e), st)
        type_ = place_e[1]
        wide = type_ if type_.kind != INT else (type_ if type_.bits >= 32 else SIGNED)
        if value_e[1].kind == INT and type_.kind == INT and value_e[1].bits > wide.bits:
            wide = value_e[1]
        whole = (op, wide, e[2], place_e, value_e)
        value = self.combine(op, whole, place_e, value_e, left, right, st)
        value = self.fit(value, whole, type_, st, e[2])
        self.store(place, value, type_, st, place_e)
        return value

    def _stepped(self, e: Expr, st: State) -> Value | None:
        place_e, change = e[3], e[4]
        place = self.place(place_e, st)
        before = self._absent_is_null(self.load(place, place_e[1], st, place_e), st)
        after: Value | None = None
        type_ = place_e[1]
        if isinstance(before, Num) and type_.kind == INT:
            made = add(before, constant(change))
            if wraps(made, type_) and (
                before.is_tainted or (before.is_constant and (type_.signed or before.bits & EXTREME))
            ):
                out = (made.hi > type_.hi and made.bits & HI) or (made.lo < type_.lo and made.bits & LO)
                if out and (type_.signed or before.is_tainted or before.bits & EXTREME):
                    self.report(
                        "integer-wrap",
                        e[2],
                        st,
                        self.describe(place_e),
                        {
                            "operation": "+" if change > 0 else "-",
                            "type": type_.text,
                            "cause": ("random" if before.bits & RANDOM else "input")
                            if before.is_tainted
                            else "constant",
                            "direction": "above" if made.hi > type_.hi else "below",
                            "use": self.describe(place_e),
                        },
                        self.source_steps(before),
                    )
            after = converted(made, type_)
        elif isinstance(before, Ptr):
            target = type_.target
            element = self.size_of(target) if target is not None and target.kind != VOID else ONE
            moved = multiply(element, constant(change)) if element is not None and element.is_constant else None
            offset = add(before.offset, moved) if moved is not None else Num(-(1 << 62), 1 << 62)
            after = Ptr(before.object, offset, before.path)
        elif isinstance(before, Num):
            after = add(before, constant(change))
        self.store(place, after, type_, st, place_e)
        return after if e[5] else before

    # ---- the rest ----

    def _cast(self, e: Expr, st: State) -> Value | None:
        if e[1].kind == VOID and e[3][0] in (ir.VAR, ir.MEMBER):
            return None  # `(void)x` says that x is not needed
        value = self.evaluate(e[3], st)
        type_ = e[1]
        if type_.kind == INT and isinstance(value, Num):
            if e[4] and type_.bits > 8 and e[3][1].is_char:
                self._read_a_part(e, st)
            return self.fit(value, e[3], type_, st, e[2], is_explicit=e[4])
        if type_.kind == POINTER and isinstance(value, Ptr):
            object_ = st.objects.get(value.object)
            if (
                object_ is not None
                and object_.kind == HEAP
                and not object_.written
                and not object_.cells
                and object_.content == UNSET
            ):
                self._set_element(value.object, type_, st)
        if type_.kind == REFERENCE and type_.target is not None:
            return value
        return value

    def _read_a_part(self, e: Expr, st: State) -> None:
        """`(int)*(p + 2)` where `p` is a `char *` into an array of `int`: one byte from the middle of an element."""
        inner = e[3]
        while inner[0] == ir.CAST:
            inner = inner[3]
        if inner[0] not in (ir.DEREF, ir.INDEX):
            return
        self.muted += 1
        try:
            place = self.place(inner, st)
        finally:
            self.muted -= 1
        object_ = st.objects.get(place.object) if isinstance(place, Ptr) else None
        if not isinstance(place, Ptr) or object_ is None or object_.type is None or object_.type.kind != ARRAY:
            return
        element = object_.type.target
        if (
            element is None
            or element.kind != INT
            or not element.size
            or element.size == 1
            or place.path
            or not place.offset.is_constant
        ):
            return
        if place.offset.lo % element.size:
            shown = self.describe(inner)
            captures = {"expression": shown, "element": element.text, "why": "one byte of an element is read"}
            self.report("size-unit", e[2], st, shown, captures, self.object_steps(object_), 1)

    def _comma(self, e: Expr, st: State) -> Value | None:
        value: Value | None = None
        for part in e[3]:
            value = self.evaluate(part, st)
        return value

    def _compound(self, e: Expr, st: State) -> Value | None:
        """A compound literal, or a braced list where a value is wanted."""
        type_ = e[1]
        if not type_.is_record and type_.kind != ARRAY:
            for _, part in e[3]:
                held = self.evaluate(part, st)
                if type_.kind == UNKNOWN and isinstance(held, Ptr):
                    self.unleash(held, st)
            return None
        number = self.new_object(
            st, "stack", name="a compound literal", type_=type_, size=self.size_of(type_), content=ANY, at=e[2]
        )
        self.initialize(Ptr(number), type_, e, st)
        if type_.is_record:
            object_ = st.objects[number]
            return Record(dict(object_.cells), object_.content, type_)
        return Ptr(number)

    def _sizeof(self, e: Expr, st: State) -> Value | None:
        type_: CType = e[3]
        operand = e[4]
        if operand is not None and operand[0] == ir.VAR and operand[3].extent is not None:
            number = st.env.get(operand[3])
            if type(number) is int and st.objects[number].size is not None:
                return st.objects[number].size
        if operand is not None and operand[0] == ir.TEXT and operand[3] is not None:
            return constant((len(operand[3]) + 1) * operand[4])
        size = self.size_of(type_)
        return size if size is not None else self.fresh(e[1], st, "", e[2])

    def _lambda(self, e: Expr, st: State) -> Value | None:
        for var in e[3]:
            number = st.env.get(var)
            if type(number) is int and number in st.objects:
                st.change(number).escaped = True
                st.change(number).forget()
            else:
                st.env.pop(var, None)
        return None

    def _moved(self, e: Expr, st: State) -> Value | None:
        return self.evaluate(e[3], st)

    def _macro(self, e: Expr, st: State) -> Value | None:
        """A macro nobody unfolded: it may read and assign everything it is given."""
        self.muted += 1
        try:
            for part in e[4]:
                place = self.place(part, st) if part[0] in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF) else None
                held = st.env.get(place) if isinstance(place, Var) else None
                if isinstance(place, Ptr) and place.object in st.objects:
                    cell = st.objects[place.object].cells.get(self.key(place))
                    held = cell[1] if cell is not None else None
                if isinstance(held, Ptr):
                    self.unleash(held, st)
                if isinstance(place, Var):
                    st.env.pop(place, None)
                elif isinstance(place, Ptr):
                    self.put(place, None, part[1], st) if place.object in st.objects else None
                else:
                    value = self.evaluate(part, st)
                    if isinstance(value, Ptr):
                        self.unleash(value, st)
        finally:
            self.muted -= 1
        return None

    def unleash(self, pointer: Ptr, st: State, depth: int = 0) -> None:
        """Somebody unknown has the pointer."""
        raise NotImplementedError

    def _opaque(self, e: Expr, st: State) -> Value | None:
        for part in e[3] if len(e) > 3 and type(e[3]) is tuple else ():
            self.evaluate(part, st)
        return None if e[1].kind not in (INT, POINTER) else self.fresh(e[1], st, "", e[2])
