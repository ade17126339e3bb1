"""Expressions: what they are worth, and the arithmetic faults that show while they are evaluated."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir, values
from rustplan.flow.access import Access, pointer_of, truth
from rustplan.flow.ctypes import ARRAY, BOOL, FLOAT, INT, POINTER, REFERENCE, STRUCT, UNKNOWN, VOID, CType, common
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import (
    ABSENT,
    ANY,
    HEAP,
    LIVE,
    MAY_FAIL,
    OUTER,
    SURE,
    UNSET,
    UNTESTED,
    USED,
    State,
    join_values,
    joined,
)
from rustplan.flow.run import SIGNS, OutOfBudget
from rustplan.flow.values import (
    ENDS,
    EXACT,
    EXTREME,
    HI,
    LO,
    LONGEST,
    NONZERO,
    ONE,
    RANDOM,
    SUM,
    TAINT,
    TESTED,
    WIDENED,
    WRAPPED,
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
_ARITHMETIC: dict[int, Callable[[Num, Num], Num]] = {
    ir.ADD: values.add,
    ir.SUB: values.subtract,
    ir.MUL: values.multiply,
    ir.DIV: values.divide,
    ir.MOD: values.remainder,
    ir.BAND: values.bit_and,
    ir.BOR: values.bit_or,
    ir.BXOR: values.bit_xor,
    ir.SHL: values.shift_left,
    ir.SHR: values.shift_right,
}
_BY_DIVISOR = (ir.DIV, ir.MOD, ir.SHL, ir.SHR)
_MAY_WRAP = (ir.ADD, ir.SUB, ir.MUL, ir.SHL)
_MIXING = (ir.BAND, ir.BOR, ir.BXOR, ir.SHL, ir.SHR, ir.INVERT, ir.MOD)


class Evaluate(Access):
    """Evaluates expressions."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._handlers: list[Callable[[Expr, State], Value | None]] = [self._opaque] * 64
        for op, handler in (
            (ir.CONST, self._constant),
            (ir.TEXT, self._text),
            (ir.VAR, self._variable),
            (ir.CODE, self._code),
            (ir.DEREF, self._memory),
            (ir.INDEX, self._memory),
            (ir.MEMBER, self._memory),
            (ir.ADDRESS, self._address),
            (ir.NEG, self._negated),
            (ir.NOT, self._not),
            (ir.INVERT, self._inverted),
            (ir.LESS, self._compared),
            (ir.LESS_EQUAL, self._compared),
            (ir.EQUAL, self._compared),
            (ir.NOT_EQUAL, self._compared),
            (ir.AND, self._logical),
            (ir.OR, self._logical),
            (ir.ASSIGN, self._assigned),
            (ir.UPDATE, self._updated),
            (ir.STEP, self._stepped),
            (ir.CHOICE, self._chosen),
            (ir.CAST, self._cast),
            (ir.CALL, self.call),
            (ir.COMMA, self._comma),
            (ir.NEW, self.new),
            (ir.DELETE, self.delete),
            (ir.INIT, self._compound),
            (ir.SIZEOF, self._sizeof),
            (ir.LAMBDA, self._lambda),
            (ir.MOVE, self._moved),
            (ir.OPAQUE, self._opaque),
            (ir.MACRO, self._macro),
            *((op, self._binary) for op in _ARITHMETIC),
        ):
            self._handlers[op] = handler

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
        return self._handlers[e[0]](e, st)

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
            return self.fresh(e[1], st, self.describe(e), e[2])
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

    def truth_of(self, value: Value | None, st: State) -> bool | None:
        """Whether a value is true on this path; None when open."""
        if isinstance(value, Ptr):
            object_ = st.objects.get(value.object)
            if object_ is None or value.is_open:
                return None
            if object_.state == ABSENT:
                return False
            if (
                object_.null in (MAY_FAIL, UNTESTED, USED)
                and value.offset.lo == 0
                and value.offset.hi == 0
                and not value.path
            ):
                return None
            return True
        return truth(value)

    def _binary(self, e: Expr, st: State) -> Value | None:
        left, right = self.evaluate(e[3], st), self.evaluate(e[4], st)
        return self.combine(e[0], e, e[3], e[4], left, right, st)

    def combine(
        self, op: int, e: Expr, left_e: Expr, right_e: Expr, left: Value | None, right: Value | None, st: State
    ) -> Value | None:
        """A binary operation on two values."""
        if isinstance(left, Ptr) or isinstance(right, Ptr):
            return self._pointer_arithmetic(op, e, left_e, right_e, left, right, st)
        if not isinstance(left, Num) or not isinstance(right, Num):
            return self.fresh(e[1], st, "", e[2]) if e[1].kind in (INT, POINTER) else None
        if e[1].kind == POINTER and op in (ir.ADD, ir.SUB) and left_e[1].kind in (POINTER, ARRAY):
            element = self.size_of(e[1].target) if e[1].target is not None and e[1].target.kind != VOID else ONE
            if element is not None and not left.is_constant:
                moved = multiply(right, element)
                return _ARITHMETIC[op](left, moved)
            return self.fresh(e[1], st, "", e[2])
        type_ = e[1]
        if type_.kind == INT and op in _BY_DIVISOR:
            if op in (ir.DIV, ir.MOD):
                self._by_zero(op, e, right_e, right, st)
            elif type_.bits >= 32:
                self._shifted_out(op, e, right_e, right, type_, st)
        made = _ARITHMETIC[op](left, right)
        if type_.kind != INT:
            return (
                made
                if type_.kind == FLOAT
                else with_bits(made, made.bits & ~ENDS if not made.is_constant else made.bits)
            )
        if op in _MAY_WRAP and wraps(made, type_):
            self._wrapped(op, e, left, right, made, type_, st)
        fitted = converted(made, type_)
        if op in _MAY_WRAP or (left.bits | right.bits) & SUM:
            fitted = with_bits(fitted, fitted.bits | SUM)
        if op in _MAY_WRAP and made.is_tainted and made.bits & HI and made.hi > type_.hi:
            fitted = with_bits(fitted, fitted.bits | WRAPPED)
        return fitted

    def _by_zero(self, op: int, e: Expr, right_e: Expr, right: Num, st: State) -> None:
        """A divisor that is zero on this path, or that input can make zero."""
        if right.lo > 0 or right.hi < 0 or right.bits & NONZERO:
            return
        if right.lo == right.hi:
            if right.bits & ENDS != ENDS:
                return
        elif (
            not right.is_tainted
            or (right.lo < 0 and not right.bits & LO)
            or (right.hi > 0 and not right.bits & HI)
            or not right.bits & ENDS
        ):
            return
        cause = ("random" if right.bits & RANDOM else "input") if right.is_tainted else "constant"
        captures = {"operation": SIGNS.get(op, "/"), "divisor": self.describe(right_e), "cause": cause}
        doubt = (
            2 if right.bits & TESTED or st.facts.get("\0left") else 0
        )  # it depends on something else that is zero then
        self.report("division-by-zero", e[2], st, self.describe(right_e), captures, self.source_steps(right), doubt)

    def _shifted_out(self, op: int, e: Expr, right_e: Expr, right: Num, type_: CType, st: State) -> None:
        """A shift by a negative number of bits, or by as many as the type has."""
        over = right.hi >= type_.bits and right.bits & HI
        under = right.lo < 0 and right.bits & LO
        if not over and not under:
            return
        cause = (
            ("random" if right.bits & RANDOM else "input")
            if right.is_tainted
            else "constant"
            if right.lo == right.hi
            else "loop"
        )
        amount = str(right.hi if over else right.lo) if not right.is_tainted else "any value"
        captures = {
            "operation": SIGNS.get(op, "<<"),
            "type": type_.text,
            "amount": amount,
            "cause": cause,
            "by": self.describe(right_e),
        }
        self.report("bad-shift", e[2], st, self.describe(right_e), captures, self.source_steps(right))

    def _wrapped(self, op: int, e: Expr, left: Num, right: Num, made: Num, type_: CType, st: State) -> None:
        """Arithmetic whose result may not fit. Unsigned wrapping is reported for input only, and not where bits are being mixed."""
        is_input = made.is_tainted
        over = made.hi > type_.hi and made.bits & HI
        under = made.lo < type_.lo and made.bits & LO
        if not over and not under:
            return
        if not is_input:
            if not made.is_constant or (not type_.signed and not (left.bits | right.bits) & EXTREME):
                return
            if op == ir.SHL or not self._has_variable(e, 0):
                return
        elif op == ir.SHL or (not type_.signed and self._mixes(e, 0)):
            return
        direction = "above" if over else "below"
        self.report(
            "integer-wrap",
            e[2],
            st,
            self.describe(e),
            {
                "operation": SIGNS.get(op, "+"),
                "type": type_.text,
                "cause": ("random" if made.bits & RANDOM else "input") if is_input else "constant",
                "direction": direction,
                "use": self.describe(e),
            },
            self.source_steps(left, right),
        )

    def _has_variable(self, e: Expr, depth: int) -> bool:
        if depth > 8:
            return False
        return any(
            type(part) is tuple
            and part
            and (part[0] in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF) or self._has_variable(part, depth + 1))
            for part in e[3:]
        )

    def _mixes(self, e: Expr, depth: int) -> bool:
        """True in hashes and checksums: sums of values that are shifted and masked."""
        if depth > 6:
            return False
        return any(
            type(part) is tuple and part and (part[0] in _MIXING or self._mixes(part, depth + 1)) for part in e[3:]
        )

    def _pointer_arithmetic(
        self, op: int, e: Expr, left_e: Expr, right_e: Expr, left: Value | None, right: Value | None, st: State
    ) -> Value | None:
        if isinstance(left, Ptr) and isinstance(right, Ptr):
            if op == ir.SUB:
                return self._difference(e, left, right, left_e, st)
            return self.fresh(e[1], st, "", e[2])
        pointer = left if isinstance(left, Ptr) else right
        number = right if isinstance(left, Ptr) else left
        assert isinstance(pointer, Ptr)
        if op not in (ir.ADD, ir.SUB) or (op == ir.SUB and not isinstance(left, Ptr)):
            return self.fresh(e[1], st, "", e[2])
        if not isinstance(number, Num):
            return Ptr(pointer.object, Num(-(1 << 62), 1 << 62), pointer.path)
        side = left_e if isinstance(left, Ptr) else right_e
        is_integer = side[1].kind == INT
        target = side[1].target
        element = ONE if is_integer or target is None or target.kind == VOID else self.size_of(target)
        if element is None:
            return Ptr(pointer.object, Num(-(1 << 62), 1 << 62), pointer.path)
        self._check_scaling(e, right_e if isinstance(left, Ptr) else left_e, element, target, st)
        moved = multiply(number, element)
        return Ptr(
            pointer.object,
            add(pointer.offset, moved) if op == ir.ADD else subtract(pointer.offset, moved),
            pointer.path,
        )

    def _check_scaling(self, e: Expr, amount: Expr, element: Num, target: CType | None, st: State) -> None:
        """`p + n * sizeof(*p)`: the compiler scales once more."""
        if element.is_constant and element.lo <= 1:
            return
        while amount[0] == ir.CAST:
            amount = amount[3]
        candidates = [amount] if amount[0] == ir.SIZEOF else [amount[3], amount[4]] if amount[0] == ir.MUL else []
        for part in candidates:
            while part[0] == ir.CAST:
                part = part[3]
            if part[0] == ir.SIZEOF and part[3].kind != VOID:
                size = self.size_of(part[3])
                if size is not None and (
                    size.sym == element.sym and size.lo == element.lo and (size.lo > 1 or size.sym is not None)
                ):
                    self.report(
                        "scaled-twice",
                        e[2],
                        st,
                        self.describe(e),
                        {"pointer": self.describe(e[3]), "element": target.text if target is not None else "?"},
                    )
                    return

    def _difference(self, e: Expr, left: Ptr, right: Ptr, left_e: Expr, st: State) -> Value:
        target = left_e[1].target
        element = target.size if target is not None and target.size else 1
        if left.object == right.object and left.path == right.path:
            distance = subtract(left.offset, right.offset)
            if left.offset.is_tainted and not left.offset.bits & ENDS and distance.hi > LONGEST:
                # the place of a character that input decides
                length = self.length_at(Ptr(left.object), st) if right.offset.lo == right.offset.hi == 0 else None
                if length is not None and length.sym is not None and length.bits & EXACT:
                    distance = Num(
                        distance.lo,
                        min(LONGEST, length.hi),
                        HI | TAINT,
                        length.sym,
                        length.coef,
                        length.off - 1,
                        left.offset.source,
                    )
                else:
                    distance = Num(distance.lo, LONGEST, HI | TAINT, source=left.offset.source)
            if element > 1:
                return values.divide(distance, constant(element))
            return distance
        a, b = st.objects.get(left.object), st.objects.get(right.object)
        if a is not None and b is not None and a.kind != OUTER and b.kind != OUTER:
            self.report(
                "unrelated-pointers",
                e[2],
                st,
                a.name + b.name,
                {"left": a.name or "one block", "right": b.name or "another", "operation": "subtracted"},
                (*self.object_steps(a), *self.object_steps(b)),
            )
        return self.fresh(e[1], st, "", e[2]) or ZERO

    def _compared(self, e: Expr, st: State) -> Value | None:
        left, right = as_compared(e, self.evaluate(e[3], st), self.evaluate(e[4], st))
        known = self.compare(e[0], left, right, st)
        if known is None and isinstance(left, Ptr) != isinstance(right, Ptr):
            self._looked_at(left, st)
            self._looked_at(right, st)
        if known is None and isinstance(left, Ptr) and isinstance(right, Ptr) and e[0] in (ir.LESS, ir.LESS_EQUAL):
            self.ordered(e, left, right, st)
        return _BOOLEAN if known is None else constant(int(known))

    def ordered(self, e: Expr, left: Ptr, right: Ptr, st: State) -> None:
        """Two pointers are compared by `<` or its like: into different objects that has no meaning."""
        a, b = st.objects.get(left.object), st.objects.get(right.object)
        if a is not None and b is not None and a is not b and a.kind != OUTER and b.kind != OUTER:
            captures = {"left": a.name or "one block", "right": b.name or "another", "operation": "ordered"}
            self.report(
                "unrelated-pointers",
                e[2],
                st,
                a.name + b.name,
                captures,
                (*self.object_steps(a), *self.object_steps(b)),
            )

    def compare(self, op: int, left: Value | None, right: Value | None, st: State) -> bool | None:
        """The result of a comparison when it is certain."""
        if isinstance(left, Num) and isinstance(right, Num):
            return self._compare_numbers(op, left, right)
        if op in (ir.EQUAL, ir.NOT_EQUAL):
            for pointer, other in ((left, right), (right, left)):
                if isinstance(pointer, (Ptr, Code)) and isinstance(other, Num) and other.is_constant and other.lo == 0:
                    known = self.truth_of(pointer, st)
                    return None if known is None else known == (op == ir.NOT_EQUAL)
            if isinstance(left, Code) and isinstance(right, Code):
                return (left.name == right.name) == (op == ir.EQUAL)
        if isinstance(left, Ptr) and isinstance(right, Ptr) and left.object == right.object and left.path == right.path:
            return self._compare_numbers(op, left.offset, right.offset)
        if isinstance(left, Ptr) and isinstance(right, Num) and right.lo == right.hi <= 0 and self._is_handle(left, st):
            return op == ir.NOT_EQUAL  # a descriptor is at least 0
        if isinstance(right, Ptr) and isinstance(left, Num) and left.lo == left.hi <= 0 and self._is_handle(right, st):
            return op != ir.EQUAL
        return None

    @staticmethod
    def _is_handle(pointer: Ptr, st: State) -> bool:
        object_ = st.objects.get(pointer.object)
        return (
            object_ is not None
            and object_.kind == HEAP
            and object_.null == SURE
            and object_.state == LIVE
            and object_.size is None
        )

    @staticmethod
    def _compare_numbers(op: int, a: Num, b: Num) -> bool | None:
        if a.sym is not None and a.sym == b.sym and a.coef == b.coef and a.bits & b.bits & EXACT:
            lo = hi = a.off - b.off
        else:
            lo, hi = a.lo - b.hi, a.hi - b.lo
        if op == ir.LESS:
            return True if hi < 0 else False if lo >= 0 else None
        if op == ir.LESS_EQUAL:
            return True if hi <= 0 else False if lo > 0 else None
        if lo > 0 or hi < 0 or (a.bits & NONZERO and b.lo == b.hi == 0) or (b.bits & NONZERO and a.lo == a.hi == 0):
            return op == ir.NOT_EQUAL
        if lo == hi == 0:
            return op == ir.EQUAL
        return None

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

    def fit(
        self, value: Value | None, value_e: Expr, type_: CType, st: State, at: int, *, is_explicit: bool = False
    ) -> Value | None:
        """A value converted to the type of what it is assigned to; a loss is reported."""
        if isinstance(value, Num) and type_.kind == INT:
            if wraps(value, type_):
                self._lost(value, value_e, type_, st, at, is_explicit=is_explicit)
            made = converted(value, type_)
            if (
                type_.bits > 32
                and value_e[1].kind == INT
                and value_e[1].signed
                and value_e[1].bits < 32
                and made.lo < 0
            ):
                made = with_bits(made, made.bits | WIDENED)
            return made
        if isinstance(value, Num) and type_.kind == UNKNOWN:
            return value
        if (
            isinstance(value, Num)
            and type_.kind == POINTER
            and not value.is_constant
            and not value.is_tainted
            and value.sym is None
        ):
            return None
        return value

    def _lost(self, value: Num, value_e: Expr, type_: CType, st: State, at: int, *, is_explicit: bool) -> None:
        source = value_e[1]
        if source.kind == UNKNOWN and value_e[0] == ir.CALL and value.is_tainted:
            source = _LONG if value.hi > _INT.hi else _INT  # a function nobody declares, whose model gives a number
            if type_.bits >= source.bits:
                return
        if source.kind != INT:
            return
        if type_ is BOOL:
            return
        if type_.bits >= source.bits and not (type_.bits > 32 and source.bits > type_.bits):
            if not is_explicit:
                self._changed_sign(value, value_e, type_, st, at)
            return
        out = (value.hi > type_.hi and value.bits & HI) or (value.lo < type_.lo and value.bits & LO)
        if not out or (is_explicit and not value.is_tainted and not (value.is_constant and value.bits & SUM)):
            return
        if value.is_constant and not value.bits & TAINT and (not value.bits & SUM or type_.bits >= 32):
            fits_modulo = type_.bits == 8 and -128 <= value.lo <= 255
            if self._comes_from_variable(value_e) and not fits_modulo:
                self.report(
                    "narrowing",
                    at,
                    st,
                    self.describe(value_e),
                    {"type": type_.text, "from": source.text, "cause": "constant"},
                )
            return
        if type_.bits == 8 and not type_.signed and value.lo >= -128 and value.hi <= 255:
            return
        is_made_here = value_e[0] not in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF)
        if is_explicit and (
            (value.bits & RANDOM and is_made_here)
            or (type_.bits == 8 and not value.bits & SUM and value_e[0] in (ir.SHR, ir.BAND))
        ):
            return
        if value.is_tainted and value.lo >= -1 and value.hi <= 255 and not value.bits & SUM:
            return  # a byte read by fgetc(): its test for EOF is what matters
        cause = ("random" if value.bits & RANDOM else "input") if value.is_tainted else "constant"
        name = self.describe(value_e)
        inner = value_e
        while inner[0] == ir.CAST:
            inner = inner[3]
        if value.bits & SUM and inner[0] in (ir.ADD, ir.SUB, ir.MUL, ir.STEP):
            if not type_.signed and self._mixes(inner, 0):
                return
            direction = "above" if value.hi > type_.hi and value.bits & HI else "below"
            captures = {
                "operation": SIGNS.get(inner[0], "+"),
                "type": type_.text,
                "cause": cause,
                "direction": direction,
                "use": name,
            }
            self.report("integer-wrap", at, st, name, captures, self.source_steps(value))
        elif value.is_tainted or (
            type_.signed and type_.bits < 32 and inner[0] in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF)
        ):
            self.report(
                "narrowing",
                at,
                st,
                name,
                {"type": type_.text, "from": source.text, "cause": cause},
                self.source_steps(value),
            )

    def _comes_from_variable(self, e: Expr) -> bool:
        """True for the value of a variable or a call: what a literal does not fit into is a compiler's business."""
        while e[0] == ir.CAST:
            e = e[3]
        return e[0] in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF, ir.CALL) or (
            e[0] in (ir.ADD, ir.SUB, ir.MUL) and self._has_variable(e, 0)
        )

    def _changed_sign(self, value: Num, value_e: Expr, type_: CType, st: State, at: int) -> None:
        """A negative number becomes a huge one, or a huge one negative."""
        if type_.signed == value_e[1].signed or not self._comes_from_variable(value_e):
            return
        if type_.signed:
            if not (value.is_constant and value.lo > type_.hi):
                return
        elif not (value.hi < 0 and value.is_constant) and not (value.is_tainted and value.lo < -1 and value.bits & LO):
            return
        cause = ("random" if value.bits & RANDOM else "input") if value.is_tainted else "constant"
        name = self.describe(value_e)
        captures = {"type": type_.text, "from": value_e[1].text, "cause": cause, "value": name}
        self.report("sign-change", at, st, name, captures, self.source_steps(value), 1)

    def _updated(self, e: Expr, st: State) -> Value | None:
        op, place_e, value_e = e[3], e[4], e[5]
        right = self.evaluate(value_e, st)
        place = self.place(place_e, st)
        left = self._absent_is_null(self.load(place, place_e[1], st, place_e), st)
        type_ = place_e[1]
        wide = type_ if type_.kind != INT else (type_ if type_.bits >= 32 else _INT)
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


def as_compared(e: Expr, left: Value | None, right: Value | None) -> tuple[Value | None, Value | None]:
    """The operands of a comparison after the usual conversions: a negative constant becomes huge beside an unsigned value."""
    if (
        isinstance(left, Num)
        and isinstance(right, Num)
        and (left.lo < 0 or right.lo < 0)
        and e[3][1].kind == INT
        and e[4][1].kind == INT
    ):
        type_ = common(e[3][1], e[4][1])
        if type_.kind == INT and not type_.signed:
            left = converted(left, type_) if left.is_constant else left
            right = converted(right, type_) if right.is_constant else right
    return left, right


_INT = CType(INT, name="int", size=4)
_LONG = CType(INT, name="long", size=8)
