"""Strings: where the terminator is, how long they are, literals."""

from __future__ import annotations

from rustplan.flow.bounds import Bounds
from rustplan.flow.ctypes import CType
from rustplan.flow.ir import Expr
from rustplan.flow.memory import ANY, INPUT, LITERAL, OUTER, STATIC, ZEROED, Object, State
from rustplan.flow.values import ENDS, EXACT, HI, LO, LONGEST, ZERO, Num, Ptr, Value, add, constant, multiply


class Strings(Bounds):
    """Keeps the lengths of strings."""

    def literal(self, e: Expr, st: State) -> Ptr:
        """The object of a string literal."""
        data: bytes | None = e[3]
        unit: int = e[4]
        size = constant((len(data) + 1) * unit) if data is not None else None
        number = self.new_object(st, LITERAL, name="a string literal", type_=e[1], size=size, content=ANY, at=e[2])
        object_ = st.objects[number]
        object_.element = unit
        object_.terminated = True
        if data is not None:
            length = data.find(b"\0")
            object_.length = constant(len(data) if length < 0 else length)
            object_.text = data
            object_.filled = object_.length.lo
        return Ptr(number)

    def set_text(self, place: Ptr, type_: CType, e: Expr, st: State) -> None:
        """An array initialised by a string literal."""
        object_ = st.change(place.object)
        data: bytes | None = e[3]
        if place.offset.lo != 0 or place.path:
            return
        object_.content = ZEROED
        object_.element = e[4]
        if data is None:
            object_.content = ANY
            object_.terminated = True
            return
        length = data.find(b"\0")
        length = len(data) if length < 0 else length
        room = type_.count if type_.count is not None else len(data) + 1
        if length < room:
            object_.length, object_.terminated = constant(length), True
        else:
            object_.length, object_.terminated = None, False
        object_.filled = min(length, room)
        object_.text = data
        object_.was_assigned = False

    @staticmethod
    def _string_store(object_: Object, at: int, width: int, value: Value | None) -> None:
        """A character stored at a known place moves the terminator."""
        position, left = divmod(at, max(1, object_.element if width == object_.element else width))
        if left:
            return
        object_.text = None
        length = object_.length
        if isinstance(value, Num) and value.is_constant and value.lo == 0:
            if (length is not None and length.lo >= position) or (length is None and object_.filled >= position):
                object_.length = constant(position)
            elif length is None and object_.content in (ANY, INPUT) and object_.kind != OUTER:
                bits = HI | LO if object_.content == INPUT else 0
                object_.length = Num(0, position, bits)
            elif length is not None and length.hi > position:
                object_.length = Num(min(length.lo, position), position, length.bits & ENDS, source=length.source)
            object_.terminated = True
            return
        if isinstance(value, Num) and (value.lo > 0 or value.hi < 0):
            if position == object_.filled:
                object_.filled = position + 1
            if length is not None and (length.lo <= position <= length.hi):
                object_.length, object_.terminated = None, None
            return
        if length is not None and position <= length.hi:
            object_.length = None
            object_.terminated = None
        object_.filled = min(object_.filled, position)

    def length_at(self, place: Ptr, st: State) -> Num | None:
        """The length of the string that a pointer leads to; None when nothing is known of it."""
        object_ = st.objects.get(place.object)
        if object_ is None or place.path:
            return None
        unit = max(1, object_.element)
        if object_.length is None:
            return self._new_length(place, object_, st)
        offset = place.offset
        if offset.lo == offset.hi and offset.sym is None and object_.length.hi >= offset.lo // unit >= 0:
            made = add(object_.length, constant(-(offset.lo // unit)))
            return made if made.lo >= 0 else Num(0, made.hi, made.bits & ~EXACT, source=made.source)
        return None

    def _new_length(self, place: Ptr, object_: Object, st: State) -> Num | None:
        """A string nobody has measured gets a symbol for its length; one from input can have any length its object has room for."""
        if object_.content == ZEROED and not object_.written and not object_.cells and not object_.filled:
            return ZERO
        if (
            place.offset.lo != 0
            or place.offset.hi != 0
            or (object_.kind not in (OUTER, STATIC) and object_.content not in (INPUT, ANY))
        ):
            return None
        room = (
            object_.size.lo // max(1, object_.element) - 1
            if object_.size is not None and object_.size.is_constant
            else None
        )
        if object_.content == INPUT and object_.terminated is not False and (object_.size is None or room is not None):
            made = Num(
                0,
                room if room is not None and room >= 0 else LONGEST,
                ENDS | 4 | EXACT,
                self.symbol(),
                source=object_.source,
            )
        else:
            made = Num(0, room if room is not None and room >= 0 else 1 << 62, EXACT, self.symbol())
        st.change(place.object).length = made
        return made

    @staticmethod
    def scaled(value: Num, unit: int) -> Num:
        """A number of characters in bytes."""
        return value if unit == 1 else multiply(value, constant(unit))
