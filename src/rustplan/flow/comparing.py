"""What is certain of a value: whether it counts as true, how it compares with another one."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.access import Access
from rustplan.flow.ctypes import INT, common
from rustplan.flow.ir import Expr
from rustplan.flow.memory import ABSENT, HEAP, LIVE, MAY_FAIL, OUTER, SURE, UNTESTED, USED, State
from rustplan.flow.values import EXACT, NONZERO, Code, Num, Ptr, Value, converted


class Comparing(Access):
    """Compares values."""

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


def truth(value: Value | None) -> bool | None:
    """Whether a value counts as true; None when that is open. Pointers need the state."""
    if isinstance(value, Num):
        if value.lo > 0 or value.hi < 0 or value.bits & NONZERO:
            return True
        if value.lo == 0 and value.hi == 0:
            return False
        return None
    return True if isinstance(value, Code) else None


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
