"""A value converted to the type of what it is assigned to, and what is lost by that."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arithmetic import Arithmetic
from rustplan.flow.ctypes import BOOL, INT, LONG, POINTER, SIGNED, UNKNOWN, CType
from rustplan.flow.ir import Expr
from rustplan.flow.memory import State
from rustplan.flow.run import SIGNS
from rustplan.flow.values import HI, LO, RANDOM, SUM, TAINT, WIDENED, Num, Value, converted, with_bits, wraps


class Fitting(Arithmetic):
    """Converts values."""

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
            source = LONG if value.hi > SIGNED.hi else SIGNED  # a function nobody declares, whose model gives a number
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
