"""Arithmetic on numbers and pointers, and the faults that show in it."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir, values
from rustplan.flow.comparing import Comparing
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, VOID, CType
from rustplan.flow.ir import Expr
from rustplan.flow.memory import OUTER, State
from rustplan.flow.run import SIGNS
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
    WRAPPED,
    ZERO,
    Num,
    Ptr,
    Value,
    add,
    constant,
    converted,
    multiply,
    subtract,
    with_bits,
    wraps,
)

ARITHMETIC: dict[int, Callable[[Num, Num], Num]] = {
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


class Arithmetic(Comparing):
    """Calculates."""

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
                return ARITHMETIC[op](left, moved)
            return self.fresh(e[1], st, "", e[2])
        type_ = e[1]
        if type_.kind == INT and op in _BY_DIVISOR:
            if op in (ir.DIV, ir.MOD):
                self._by_zero(op, e, right_e, right, st)
            elif type_.bits >= 32:
                self._shifted_out(op, e, right_e, right, type_, st)
        made = ARITHMETIC[op](left, right)
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
