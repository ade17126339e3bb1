"""Conditions: which states they let through, and what is known of the values afterwards."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.comparing import as_compared
from rustplan.flow.ctypes import INT, POINTER, UNKNOWN
from rustplan.flow.evaluate import Evaluate
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import ABSENT, HEAP, LIVE, MAY_FAIL, OUTER, SURE, UNTESTED, USED, State
from rustplan.flow.values import ENDS, EXACT, HI, LO, NONZERO, TAINT, TESTED, Num, Ptr, Value, with_bits

_FLIPPED = {ir.LESS: ir.LESS_EQUAL, ir.LESS_EQUAL: ir.LESS, ir.EQUAL: ir.NOT_EQUAL, ir.NOT_EQUAL: ir.EQUAL}
_PARTS = (ir.ADD, ir.SUB, ir.MUL, ir.SHL, ir.DIV)


class Conditions(Evaluate):
    """Splits states by conditions."""

    def split(self, e: Expr, st: State) -> tuple[list[State], list[State]]:
        """The states in which a condition is true, and those in which it is false. The state given is used up."""
        op = e[0]
        if op == ir.NOT:
            falses, trues = self.split(e[3], st)
            return trues, falses
        if op == ir.AND:
            trues, falses = self.split(e[3], st)
            passed: list[State] = []
            for each in trues:
                inner_true, inner_false = self.split(e[4], each)
                passed += inner_true
                falses = falses + inner_false
            return self.fewer(passed, 3), self.fewer(falses, 3)
        if op == ir.OR:
            trues, falses = self.split(e[3], st)
            failed: list[State] = []
            for each in falses:
                inner_true, inner_false = self.split(e[4], each)
                trues = trues + inner_true
                failed += inner_false
            return self.fewer(trues, 3), self.fewer(failed, 3)
        if op in _FLIPPED:
            for side, other in ((3, 4), (4, 3)):
                if _calls(e[side]) and not _has_effects(e[other], 0):
                    return self._split_outcomes(e, side, other, st)
            left, right = self.evaluate(e[3], st), self.evaluate(e[4], st)
            return self._split_comparison(e, left, right, st)
        if op == ir.ASSIGN and _calls(e):
            yes: list[State] = []
            no: list[State] = []
            for state, value in self._valued(e, st):
                inner_true, inner_false = self._split_truth(e, value, state)
                yes += inner_true
                no += inner_false
            return self.fewer(yes, 3), self.fewer(no, 3)
        if op == ir.COMMA and e[3]:
            for part in e[3][:-1]:
                self.evaluate(part, st)
            return self.split(e[3][-1], st)
        if op == ir.CAST and e[1].kind == INT and e[3][1].kind == INT:
            return self.split(e[3], st)
        if op == ir.CALL:
            return self._split_call(e, st)
        value = self.evaluate(e, st)
        return self._split_truth(e, value, st)

    def fewer(self, states: list[State], most: int) -> list[State]:
        """At most so many states; what is too much is joined."""
        raise NotImplementedError

    def outcomes(self, e: Expr, st: State) -> list[tuple[State, Value | None]]:
        """A call with the states it may return in."""
        raise NotImplementedError

    def _split_outcomes(self, e: Expr, side: int, other: int, st: State) -> tuple[list[State], list[State]]:
        """`if (make(&p) != 0)`: what the call did is kept apart by what it returned."""
        trues: list[State] = []
        falses: list[State] = []
        for state, value in self._valued(e[side], st):
            against = self.evaluate(e[other], state)
            left, right = (value, against) if side == 3 else (against, value)
            yes, no = self._split_comparison(e, left, right, state)
            trues += yes
            falses += no
        return self.fewer(trues, 3), self.fewer(falses, 3)

    def _valued(self, e: Expr, st: State) -> list[tuple[State, Value | None]]:
        """The states and values of a call, or of an assignment of one."""
        while e[0] == ir.CAST:
            e = e[3]
        if e[0] == ir.CALL:
            return self.outcomes(e, st)
        made: list[tuple[State, Value | None]] = []
        called = e[4]
        while called[0] == ir.CAST:
            called = called[3]
        for state, value in self.outcomes(called, st):
            fitted = self.fit(value, e[4], e[1], state, e[2])
            self.store(self.place(e[3], state), fitted, e[1], state, e[3])
            self.allocated_for(e[4], e[3], state)
            self.name_object(fitted, e[3], state)
            made.append((state, fitted))
        return made

    def _split_call(self, e: Expr, st: State) -> tuple[list[State], list[State]]:
        trues: list[State] = []
        falses: list[State] = []
        for state, value in self.outcomes(e, st):
            if value is None or (
                isinstance(value, Num) and not value.is_constant and self.truth_of(value, state) is None
            ):
                key = self._opaque_key(e)
                if key is not None:
                    known = state.facts.get(key)
                    if known is not None:
                        (trues if known else falses).append(state)
                        continue
                    other = state.copy()
                    state.facts[key], other.facts[key] = True, False
                    trues.append(state)
                    falses.append(other)
                    continue
            yes, no = self._split_truth(e, value, state)
            trues += yes
            falses += no
        return self.fewer(trues, 3), self.fewer(falses, 3)

    def _opaque_key(self, e: Expr) -> str | None:
        """A function without arguments that nobody knows is taken to answer the same along one path."""
        if (
            e[3]
            and e[4] is None
            and not e[5]
            and e[6] is None
            and not self.program.is_defined(e[3])
            and self.models.get(e[3]) is None
        ):
            return f"{e[3]}()"
        return None

    def _global_test(self, e: Expr, st: State) -> tuple[str, bool] | None:
        """The fact that a test of a global number against a constant decides, and whether the test being true makes the fact true."""
        constant, op = 0, ir.NOT_EQUAL
        if e[0] in _FLIPPED:
            op = e[0]
            if e[4][0] != ir.CONST:
                return None
            constant, e = e[4][3], e[3]
        while e[0] == ir.CAST:
            e = e[3]
        if e[0] != ir.VAR or e[3].kind != ir.GLOBAL or e[1].kind not in (INT, UNKNOWN):
            return None
        number = st.env.get(e[3])
        if type(number) is int and number in st.objects and st.objects[number].was_assigned:
            return None
        if op == ir.NOT_EQUAL:
            return f"{e[3].name} == {constant}", False
        return f"{e[3].name} {op} {constant}" if op != ir.EQUAL else f"{e[3].name} == {constant}", True

    def _split_truth(self, e: Expr, value: Value | None, st: State) -> tuple[list[State], list[State]]:
        known = self.truth_of(value, st)
        if known is not None:
            return ([st], []) if known else ([], [st])
        test = self._global_test(e, st)
        if test is not None and test[0] in st.facts:
            return ([st], []) if st.facts[test[0]] == test[1] else ([], [st])
        other = st.copy()
        if test is not None:
            st.facts[test[0]], other.facts[test[0]] = test[1], not test[1]
        if isinstance(value, Ptr):
            self._found_null(e, value, st, other)
            return [st], [other]
        if isinstance(value, Num):
            self.refine(e, ir.NOT_EQUAL, value, _ZERO, st)
            self.refine(e, ir.EQUAL, value, _ZERO, other)
        return [st], [other]

    def _found_null(self, e: Expr, value: Ptr, st: State, other: State) -> None:
        """A pointer is tested: not null in `st`, null in `other`."""
        if value.is_open:
            self.set_value(e, Ptr(value.object, value.offset, value.path), st)
            self.set_value(e, _ZERO, other)
            found = st.objects.get(value.object)
            if found is not None and found.kind == HEAP and found.state == LIVE:
                if found.null == MAY_FAIL:
                    st.change(value.object).null = SURE
                if not found.escaped and value.object in other.objects and not _is_held(value.object, other):
                    other.change(value.object).escaped = True  # on this path there is no such block
            return
        object_ = st.objects.get(value.object)
        if object_ is None:
            return
        if object_.null == USED and object_.line_of_null >= 0 and not self.lenient:
            self._tested_late(e, value, st)
        if object_.null != SURE:
            st.change(value.object).null = SURE
        if object_.kind == OUTER and object_.null in (UNTESTED, USED) and object_.frame < self.frames[-1].number:
            other.facts["\0ended"] = (
                True  # a callee looks at what any caller may hand in: no reason to think that this one hands in null
            )
        absent = other.change(value.object)
        absent.state = ABSENT
        absent.line_of_null = e[2]
        other.facts.pop("\0called", None)

    def _tested_late(self, e: Expr, value: Ptr, st: State) -> None:
        object_ = st.objects[value.object]
        inner = e
        while inner[0] in (ir.CAST, ir.NOT):
            inner = inner[3]
        if (
            inner[0] != ir.VAR
            or inner[3].kind not in (ir.PARAMETER, ir.LOCAL)
            or self.frames[-1].number != object_.frame
        ):
            return
        frame = self.frames[-1]
        if (
            len(self.frames) > 1
            or object_.escaped
            or e[2] <= object_.line_of_null
            or inner[3].writes > (inner[3].kind == ir.LOCAL)
        ):
            return  # the test may be there for what another path assigns
        name = self.describe(inner)
        chain = ((frame.routine.path, e[2], f"{name} is compared with null here, after its use"),)
        self.report("null-dereference", object_.line_of_null, st, name, {"pointer": name, "why": "tested-later"}, chain)

    def _split_comparison(
        self, e: Expr, left: Value | None, right: Value | None, st: State
    ) -> tuple[list[State], list[State]]:
        op = e[0]
        left, right = as_compared(e, left, right)
        known = self.compare(op, left, right, st)
        if known is not None:
            return ([st], []) if known else ([], [st])
        test = self._global_test(e, st)
        if test is not None and test[0] in st.facts:
            return ([st], []) if st.facts[test[0]] == test[1] else ([], [st])
        if isinstance(left, Ptr) and isinstance(right, Ptr) and op in (ir.LESS, ir.LESS_EQUAL):
            self.ordered(e, left, right, st)
        if (
            (
                test is None
                and op in (ir.EQUAL, ir.NOT_EQUAL)
                and isinstance(left, Num)
                and isinstance(right, Num)
                and right.is_constant
            )
            and left.sym is not None
            and left.bits & EXACT
            and not left.is_tainted
        ):
            test = f"\0{left.coef}*{left.sym}+{left.off} == {right.lo}", op == ir.EQUAL
            if test[0] in st.facts:
                return ([st], []) if st.facts[test[0]] == test[1] else ([], [st])
        other = st.copy()
        if test is not None:
            st.facts[test[0]], other.facts[test[0]] = test[1], not test[1]
        if op in (ir.EQUAL, ir.NOT_EQUAL):
            for pointer, zero, side in ((left, right, e[3]), (right, left, e[4])):
                if isinstance(pointer, Ptr) and isinstance(zero, Num) and zero.is_constant and zero.lo == 0:
                    written = e[4] if side is e[3] else e[3]
                    while written[0] == ir.CAST:
                        written = written[3]
                    is_variable = (
                        written[0] != ir.CONST
                    )  # a comparison with a variable that happens to be null asks for something else
                    self.lenient += is_variable
                    if op == ir.EQUAL:
                        self._found_null(side, pointer, other, st)
                    else:
                        self._found_null(side, pointer, st, other)
                    self.lenient -= is_variable
                    return [st], [other]
            if isinstance(left, Ptr) and isinstance(right, Num) and right.is_constant and right.lo != 0:
                self._compared_with_sentinel(left, st)
        if isinstance(left, Num) and isinstance(right, Num):
            if e[0] in (ir.LESS, ir.LESS_EQUAL) and self._is_unsigned(e):
                left_ok = self._as_unsigned(e[3], left, st), self._as_unsigned(e[3], left, other)
                if not all(left_ok):
                    left = Num(0, max(left.hi, 0), left.bits & ~LO, left.sym, left.coef, left.off, left.source)
            self.refine(e[3], op, left, right, st)
            self.refine(e[4], _MIRRORED[op], right, left, st)
            self.refine(e[3], *self._negated_test(op), left, right, other)
            self.refine(e[4], *self._negated_mirror(op), right, left, other)
        elif (
            isinstance(left, Ptr) and isinstance(right, Ptr) and left.object == right.object and left.path == right.path
        ):
            for state, test_op in ((st, op), (other, _NEGATED[op])):
                self._refine_pointer(e[3], test_op, left, right, state)
                self._refine_pointer(e[4], _MIRRORED[test_op], right, left, state)
        elif isinstance(left, Ptr) != isinstance(right, Ptr) and op in (ir.EQUAL, ir.NOT_EQUAL):
            # compared with a name for failure that nobody knows: on that side there may be no block
            pointer = left if isinstance(left, Ptr) else right
            equal = st if op == ir.EQUAL else other
            if (
                isinstance(pointer, Ptr)
                and pointer.object in equal.objects
                and equal.objects[pointer.object].kind == HEAP
            ):
                equal.change(pointer.object).escaped = True
        elif isinstance(left, Num) or isinstance(right, Num):
            # compared with something nobody knows: the comparison is a guard all the same
            for value, side in ((left, e[3]), (right, e[4])):
                if isinstance(value, Num):
                    self._guarded(side, value, st)
                    self._guarded(side, value, other)
        return [st], [other]

    def _compared_with_sentinel(self, pointer: Ptr, st: State) -> None:
        """`if (p == MAP_FAILED)`: the failure is being looked at."""
        if pointer.object in st.objects and st.objects[pointer.object].null == MAY_FAIL:
            st.change(pointer.object).null = SURE

    @staticmethod
    def _is_unsigned(e: Expr) -> bool:
        """True when the comparison is made in an unsigned type of at least the width of the other side."""
        a, b = e[3][1], e[4][1]
        return (
            a.kind == INT
            and b.kind == INT
            and ((not a.signed and a.bits >= max(32, b.bits)) or (not b.signed and b.bits >= max(32, a.bits)))
        )

    def _as_unsigned(self, e: Expr, value: Num, st: State) -> bool:
        """A signed value compared as unsigned: a negative one counts as huge, so `n < limit` cuts both ends."""
        del e, st
        return value.lo >= 0

    @staticmethod
    def _negated_test(op: int) -> tuple[int]:
        return (_NEGATED[op],)

    @staticmethod
    def _negated_mirror(op: int) -> tuple[int]:
        return (_MIRRORED[_NEGATED[op]],)

    def _guarded(self, e: Expr, value: Num, st: State) -> None:
        """The value was compared with something unknown: its ends are no evidence any more."""
        if value.bits & TAINT and value.bits & ENDS and value.lo != value.hi:
            self.set_value(e, with_bits(value, value.bits & ~ENDS), st)

    def refine(self, e: Expr, op: int, value: Num, other: Num, st: State) -> None:
        """Narrow the value of an expression by `value op other` being true. Ops below zero are the mirrored ones: `>`, `>=`."""
        if value.lo == value.hi and op != ir.EQUAL:
            return
        lo, hi, bits = value.lo, value.hi, value.bits
        limit_known = other.bits & ENDS == ENDS and not (other.is_tainted and other.lo != other.hi)
        if op == ir.LESS or op == ir.LESS_EQUAL:
            top = other.hi - (1 if op == ir.LESS else 0)
            if top < hi:
                hi = top
                if not limit_known or other.lo != other.hi:
                    bits &= ~HI
            elif not limit_known:
                bits &= ~HI
        elif op == -ir.LESS or op == -ir.LESS_EQUAL:
            bottom = other.lo + (1 if op == -ir.LESS else 0)
            if bottom > lo:
                lo = bottom
                if not limit_known or other.lo != other.hi:
                    bits &= ~LO
            elif not limit_known:
                bits &= ~LO
        elif op == ir.EQUAL:
            lo, hi = max(lo, other.lo), min(hi, other.hi)
            if lo == hi and other.is_constant:
                self._narrow(e, value, Num(lo, hi, ENDS | TESTED), st)
                return
            if not other.is_tainted:
                bits &= ~ENDS
        elif op == ir.NOT_EQUAL and other.lo == other.hi:
            if other.lo == lo:
                lo += 1
            elif other.lo == hi:
                hi -= 1
            elif other.lo == 0:
                bits |= NONZERO
            else:
                return
        if lo > hi:
            return
        if (lo, hi, bits) != (value.lo, value.hi, value.bits):
            made = Num(lo, hi, bits, value.sym, value.coef, value.off, value.source)
            self._narrow(e, value, made, st)
            if value.is_tainted and value.sym is not None and value.bits & EXACT:
                self._share(value, made, st)

    @staticmethod
    def _share(old: Num, new: Num, st: State) -> None:
        """What was made from the narrowed value by adding a constant is narrowed with it."""
        changed: dict[Var, Value] = {}
        for var, held in st.env.items():
            each = held.offset if isinstance(held, Ptr) else held
            if not isinstance(each, Num) or each.sym != old.sym or each.coef != old.coef or not each.bits & EXACT:
                continue
            shift = each.off - old.off
            lo, hi = max(each.lo, new.lo + shift), min(each.hi, new.hi + shift)
            if lo > hi or (lo == each.lo and hi == each.hi and not (each.bits & ENDS) & ~new.bits):
                continue
            made = Num(
                lo, hi, (each.bits & ~ENDS) | (each.bits & new.bits & ENDS), each.sym, each.coef, each.off, each.source
            )
            changed[var] = Ptr(held.object, made, held.path, is_open=held.is_open) if isinstance(held, Ptr) else made
        st.env.update(changed)

    def _refine_pointer(self, e: Expr, op: int, value: Ptr, other: Ptr, st: State) -> None:
        """Narrow the offset of a pointer by its comparison with another one into the same object."""
        offset, limit = value.offset, other.offset
        lo, hi, bits = offset.lo, offset.hi, offset.bits
        if op in (ir.LESS, ir.LESS_EQUAL):
            top = limit.hi - (op == ir.LESS)
            if top < hi:
                hi, bits = top, bits if limit.is_constant else bits & ~HI
        elif op in (-ir.LESS, -ir.LESS_EQUAL):
            bottom = limit.lo + (op == -ir.LESS)
            if bottom > lo:
                lo, bits = bottom, bits if limit.is_constant else bits & ~LO
        if lo <= hi and (lo, hi) != (offset.lo, offset.hi):
            self.set_value(
                e,
                Ptr(value.object, Num(lo, hi, bits, offset.sym, offset.coef, offset.off, offset.source), value.path),
                st,
            )

    def _narrow(self, e: Expr, old: Num, new: Num, st: State) -> None:
        """Put a narrowed value back: into the variable, or through arithmetic into what it was computed from."""
        op = e[0]
        if op == ir.CAST or op == ir.ASSIGN:
            if op == ir.ASSIGN:
                self.set_value(e[3], new, st)
                return
            inner = e[3]
            inner_type, outer_type = inner[1], e[1]
            if (
                inner_type.kind == INT
                and outer_type.kind == INT
                and (outer_type.bits >= inner_type.bits or (old.lo >= inner_type.lo and old.hi <= inner_type.hi))
            ):
                if not outer_type.signed and inner_type.signed and new.hi > inner_type.hi:
                    self._guard_leaves(inner, st)
                    return
                self._narrow(inner, old, new, st)
            return
        if op in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF):
            if e[1].kind == INT and not e[1].signed and new.lo < 0 <= new.hi:
                new = Num(0, new.hi, new.bits, new.sym, new.coef, new.off, new.source)
            self.set_value(e, new, st)
            return
        if op in (ir.ADD, ir.SUB) and e[4][0] == ir.CONST:
            shift = e[4][3] if op == ir.ADD else -e[4][3]
            self._shifted(e[3], shift, new, st)
            return
        if op == ir.ADD and e[3][0] == ir.CONST:
            self._shifted(e[4], e[3][3], new, st)
            return
        if op == ir.CALL:
            self._narrow_call(e, new, st)
            return
        if op == ir.STEP:
            return
        if op in _PARTS:
            self._guard_leaves(e, st)

    def _shifted(self, e: Expr, shift: int, new: Num, st: State) -> None:
        self.muted += 1
        try:
            current = self.evaluate(e, st)
        finally:
            self.muted -= 1
        if isinstance(current, Num):
            lo, hi = max(current.lo, new.lo - shift), min(current.hi, new.hi - shift)
            if lo <= hi:
                bits = (current.bits & ~ENDS) | (new.bits & current.bits & ENDS)
                self._narrow(e, current, Num(lo, hi, bits, current.sym, current.coef, current.off, current.source), st)

    def _narrow_call(self, e: Expr, new: Num, st: State) -> None:
        """`abs(x) < limit` and `strlen(s) < limit`."""
        model = self.models.get(e[3]) if e[3] else None
        if model is None or model.returns is None:
            return
        if model.returns.absolute_of and len(e[5]) >= model.returns.absolute_of:
            inner = e[5][model.returns.absolute_of - 1]
            value = self._quiet(inner, st)
            if isinstance(value, Num) and new.hi >= 0:
                lo, hi = max(value.lo, -new.hi), min(value.hi, new.hi)
                if lo <= hi:
                    self._narrow(inner, value, Num(lo, hi, value.bits, None, 1, 0, value.source), st)
        elif model.returns.length_of and len(e[5]) >= model.returns.length_of:
            pointer = self._quiet(e[5][model.returns.length_of - 1], st)
            if (
                isinstance(pointer, Ptr)
                and pointer.object in st.objects
                and pointer.offset.lo == pointer.offset.hi == 0
                and not pointer.path
            ):
                st.change(pointer.object).length = new

    def _quiet(self, e: Expr, st: State) -> Value | None:
        self.muted += 1
        try:
            return self.evaluate(e, st) if not _has_effects(e, 0) else None
        finally:
            self.muted -= 1

    def _guard_leaves(self, e: Expr, st: State, depth: int = 0) -> None:
        """A sum or product was compared: what it is made of has been looked at."""
        if depth > 6:
            return
        op = e[0]
        if op in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF):
            value = self._quiet(e, st)
            if isinstance(value, Num):
                self._guarded(e, value, st)
        elif op in _PARTS:
            self._guard_leaves(e[3], st, depth + 1)
            self._guard_leaves(e[4], st, depth + 1)
        elif op == ir.CAST:
            self._guard_leaves(e[3], st, depth + 1)

    def set_value(self, e: Expr, value: Value, st: State) -> None:
        """Replace what is known of a variable or a memory cell, without it being a store."""
        op = e[0]
        if op in (ir.CAST, ir.ASSIGN):
            self.set_value(e[3], value, st)
            return
        if op == ir.VAR and not e[3].in_memory and not e[3].is_reference:
            st.env[e[3]] = value
            return
        if op not in (ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF) or _has_effects(e, 0):
            return
        self.muted += 1
        try:
            place = self.place(e, st)
        finally:
            self.muted -= 1
        if isinstance(place, Ptr) and place.object in st.objects:
            key = self.key(place)
            if key is not None:
                object_ = st.change(place.object)
                object_.cells[key] = (e[1].size or 8, value)


_MIRRORED = {
    ir.LESS: -ir.LESS,
    ir.LESS_EQUAL: -ir.LESS_EQUAL,
    -ir.LESS: ir.LESS,
    -ir.LESS_EQUAL: ir.LESS_EQUAL,
    ir.EQUAL: ir.EQUAL,
    ir.NOT_EQUAL: ir.NOT_EQUAL,
}
_NEGATED = {
    ir.LESS: -ir.LESS_EQUAL,
    ir.LESS_EQUAL: -ir.LESS,
    -ir.LESS: ir.LESS_EQUAL,
    -ir.LESS_EQUAL: ir.LESS,
    ir.EQUAL: ir.NOT_EQUAL,
    ir.NOT_EQUAL: ir.EQUAL,
}
_ZERO = Num(0, 0, ENDS)


def _is_held(number: int, st: State) -> bool:
    """True when something holds a pointer to the object that is not just as well null."""
    held = [*st.env.values(), *(cell[1] for object_ in st.objects.values() for cell in object_.cells.values())]
    return any(isinstance(value, Ptr) and value.object == number and not value.is_open for value in held)


def _calls(e: Expr) -> bool:
    """True for a call, and for an assignment of one, under casts."""
    while e[0] == ir.CAST:
        e = e[3]
    if e[0] == ir.ASSIGN and e[1].kind in (INT, POINTER):
        e = e[4]
        while e[0] == ir.CAST:
            e = e[3]
    return bool(e[0] == ir.CALL)


def _has_effects(e: Expr, depth: int) -> bool:
    """True when evaluating the expression once more would change something."""
    if e[0] in (ir.ASSIGN, ir.UPDATE, ir.STEP, ir.CALL, ir.NEW, ir.DELETE, ir.LAMBDA, ir.OPAQUE) or depth > 12:
        return True
    return any(
        type(part) is tuple and part and type(part[0]) is int and len(part) > 2 and _has_effects(part, depth + 1)
        for part in e[3:]
    )
