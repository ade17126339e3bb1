"""What library functions return."""

from __future__ import annotations

from rustplan.flow.arguments import LibraryCall
from rustplan.flow.blocks import Blocks
from rustplan.flow.ctypes import CHAR, INT, POINTER, SIGNED, SIZE, CType
from rustplan.flow.memory import INPUT, OUTER, State
from rustplan.flow.models import Returned
from rustplan.flow.values import ENDS, EXACT, FAILS, HI, RANDOM, TAINT, Num, Ptr, Value, constant, tainted


class Results(Blocks):
    """Makes the values that models tell of."""

    def result(self, call: LibraryCall, st: State) -> Value | None:
        """What a call returns."""
        spec = call.model.returns
        printed, self.printed = self.printed, None
        if printed is not None and _tells_length(call, printed):
            bits = printed.bits & (HI | TAINT | RANDOM)
            return Num(-1, printed.hi, bits, source=printed.source)  # as much as there would have been
        if spec is None:
            return self._anything(call, st)
        if spec.argument:
            value = call.value(spec.argument)
            if spec.or_null and isinstance(value, Ptr):
                return Ptr(value.object, value.offset, value.path, is_open=True)
            return value
        found = call.pointer(spec.within)
        if found is not None:
            return _pointer_within(found, st)
        if spec.length_of:
            return self._length(call, spec.length_of, st)
        if spec.number_in or spec.value_of:
            return self._number_made(call, spec, st)
        if spec.absolute_of:
            return _absolute(call.value(spec.absolute_of))
        if spec.root_of:
            return _root(call.value(spec.root_of))
        if spec.input or spec.random:
            return self._number_from_outside(call, spec)
        if spec.string_from_input:
            return self._string_from_outside(call, st)
        return self._within_range(call, spec, st)

    def _anything(self, call: LibraryCall, st: State) -> Value:
        return self.fresh(call.type, st, f"{call.name}()", call.at)

    def _length(self, call: LibraryCall, position: int, st: State) -> Value:
        """The length of a string."""
        pointer = call.pointer(position)
        if pointer is not None:
            object_ = st.objects.get(pointer.object)
            given = call.expression(position)
            if object_ is not None and self.alive(pointer, object_, st, given, call.name):
                self.needs_terminator(pointer, given, call.name, st)
            length = self.length_at(pointer, st) if pointer.object in st.objects else None
            if length is not None:
                return length
        return self.fresh(SIZE, st, call.name, call.at)

    def _number_made(self, call: LibraryCall, spec: Returned, st: State) -> Value:
        """A number that is read from a string or made of another number is input when that is."""
        type_ = _number_type(call)
        if spec.number_in:
            pointer = call.pointer(spec.number_in)
            object_ = st.objects.get(pointer.object) if pointer is not None else None
            if object_ is not None and object_.content == INPUT:
                return tainted(type_, object_.source or call.source, self.symbol())
        else:
            value = call.value(spec.value_of)
            if isinstance(value, Num) and value.is_tainted:
                return tainted(type_ if type_.kind == INT else SIGNED, value.source, self.symbol())
        return self.fresh(type_, st, call.name, call.at)

    def _number_from_outside(self, call: LibraryCall, spec: Returned) -> Num:
        """A number from input, or a random one."""
        made = tainted(_number_type(call), call.source, self.symbol(), RANDOM if spec.random else 0)
        low = made.lo if spec.least is None else max(made.lo, spec.least)
        high = made.hi if spec.most is None else min(made.hi, spec.most)
        bound = call.value(spec.at_most)
        if isinstance(bound, Num):
            high = min(high, bound.hi)
            bits = made.bits if bound.bits & HI else made.bits & ~HI
            return Num(low, max(high, low), bits, source=call.source)
        return Num(low, max(low, high), made.bits, made.sym, 1, 0, call.source)

    def _string_from_outside(self, call: LibraryCall, st: State) -> Ptr:
        """A string from input that somebody else owns."""
        found = self.outer(st, f"{call.name}()", CHAR, call.at)
        object_ = st.objects[found.object]
        object_.content, object_.source, object_.terminated = INPUT, call.source, True
        return found

    def _within_range(self, call: LibraryCall, spec: Returned, st: State) -> Value:
        """A number of which the range is known, or a pointer that may be null."""
        bound = call.product(spec.at_most_bytes or ((spec.at_most,) if spec.at_most else ()), 1)
        if bound is not None:
            low = spec.least if spec.least is not None else 0
            if spec.may_be_negative and low < 0:
                source = (call.at, f"{low} when {call.name} fails", self.frames[-1].routine.path)
                return Num(low, max(low, bound.hi), FAILS | _reached(call, bound), source=source)
            return Num(low, max(low, bound.hi), _reached(call, bound))
        if spec.least is not None or spec.most is not None:
            type_ = _number_type(call)
            type_ = type_ if type_.kind == INT else SIGNED
            low = type_.lo if spec.least is None else spec.least
            high = type_.hi if spec.most is None else spec.most
            return Num(low, max(low, high), EXACT, self.symbol())
        if spec.or_null and call.type.kind == POINTER:
            return self.outer(st, f"{call.name}()", call.type.target, call.at)
        return self._anything(call, st)


def _number_type(call: LibraryCall) -> CType:
    return call.type if call.type.kind in (INT, POINTER) else SIGNED


def _tells_length(call: LibraryCall, printed: Num) -> bool:
    """True when `snprintf` returns a length that input decides."""
    spec = call.model.format
    return spec is not None and bool(spec.into and spec.limit and printed.is_tainted and printed.bits & HI)


def _pointer_within(start: Ptr, st: State) -> Ptr:
    """What a search found: somewhere behind the start, or null."""
    object_ = st.objects.get(start.object)
    low = max(0, start.offset.lo)
    offset = Num(low, 1 << 62)
    if object_ is not None and object_.content == INPUT and (object_.size is None or object_.kind == OUTER):
        offset = Num(low, 1 << 62, TAINT, source=object_.source)
    return Ptr(start.object, offset, start.path, is_open=True)


def _absolute(value: Value | None) -> Num | None:
    if not isinstance(value, Num):
        return None
    if value.lo >= 0:
        return value
    low = 0 if value.hi >= 0 else -value.hi
    return Num(low, max(-value.lo, value.hi), value.bits & (ENDS | TAINT), source=value.source)


def _root(value: Value | None) -> Num | None:
    if isinstance(value, Num) and value.is_constant and value.lo >= 0:
        return constant(int(value.lo**0.5))
    return None


def _reached(call: LibraryCall, bound: Num) -> int:
    """The evidence of a count: whoever sends the bytes can fill all the room there is."""
    return HI if bound.is_constant and any(write.input for write in call.model.writes) else 0
