"""What is read from a place."""

from __future__ import annotations

from rustplan.flow.ctypes import ARRAY, CHAR, FLOAT, INT, POINTER, UNKNOWN, UNKNOWN_TYPE, CType
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import ANY, INPUT, MAX_CELLS, OUTER, STACK, UNSET, ZEROED, Object, State
from rustplan.flow.places import Places
from rustplan.flow.stores import ONE_BYTE, Place, units_of
from rustplan.flow.values import (
    HI,
    NONZERO,
    ZERO,
    Num,
    Ptr,
    Record,
    Uninitialized,
    Value,
    constant,
    converted,
    tainted,
    with_bits,
)


class Access(Places):
    """Reads from places."""

    def load(self, place: Place, type_: CType, st: State, e: Expr) -> Value | None:
        """What a place holds."""
        if place is None:
            return None
        if isinstance(place, Var):
            value = st.env.get(place)
            if value is None:
                value = self.fresh(type_, st, place.name, e[2])
                st.env[place] = value
            elif isinstance(value, Uninitialized):
                self.report(
                    "uninitialized-read",
                    e[2],
                    st,
                    place.name,
                    {
                        "object": place.name,
                        "memory": "local variable",
                        "how": "pointer" if type_.kind == POINTER else "value",
                    },
                    ((self.frames[-1].routine.path, value.offset, f"{place.name} is declared here without a value"),),
                    2 if st.facts.get("\0left") else 0,
                )
                value = self.fresh(type_, st, place.name, e[2])
                st.env[place] = value
            assert type(value) is not int
            return value  # type: ignore[return-value]
        if type_.kind == ARRAY:
            return place
        size = self.size_of(type_)
        if not self.check(place, size or ONE_BYTE, st, e, write=False):
            return self.fresh_of(e, type_, st)
        return self.content(place, type_, st, e)

    def content(self, place: Ptr, type_: CType, st: State, e: Expr) -> Value | None:
        """The value at a place that was found to be inside its object."""
        object_ = st.objects.get(place.object)
        if object_ is None:
            return None
        if type_.is_record:
            return self._record(place, type_, object_)
        key = self.key(place)
        width = type_.size or 8
        if key is not None:
            cell = object_.cells.get(key)
            if cell is not None:
                if cell[0] == width or type(key) is not int:
                    return self._typed(cell[1], type_)
                if isinstance(cell[1], Num) and cell[0] > width and cell[1].is_constant and cell[1].lo >= 0:
                    return converted(cell[1], type_)
                return self.fresh_of(e, type_, st)
        if type_.kind == POINTER and "element" in object_.cells:
            return object_.cells["element"][1]
        if object_.text is not None and type(key) is int and not object_.was_assigned:
            position, left = divmod(key, object_.element)
            if left == 0 and width == object_.element and 0 <= position <= len(object_.text):
                return constant(object_.text[position] if position < len(object_.text) else 0)
        if (
            place.path
            and object_.type is not None
            and object_.kind in (STACK, "heap")
            and object_.type.kind in (INT, FLOAT)
        ):
            self.confused(place, type_, object_, st, e)
        content = object_.content
        if content == UNSET and object_.kind != OUTER:
            if self._is_unset(place, key, width, object_):
                self.report(
                    "uninitialized-read",
                    e[2],
                    st,
                    object_.name,
                    {
                        "object": object_.name or "the block",
                        "memory": object_.kind,
                        "how": "pointer" if type_.kind == POINTER else "value",
                    },
                    self.object_steps(object_),
                )
                st.change(place.object).forget()
        elif (
            content == ZEROED
            and key is not None
            and not object_.written
            and type_.kind != UNKNOWN
            and (type(key) is int or key_is_path(key) or not object_.cells)
        ):
            return ZERO
        elif content == INPUT and type_.kind in (INT, UNKNOWN):
            value: Value = tainted(type_ if type_.kind == INT else CHAR, object_.source, self.symbol())
            return self._memorized(place, key, width, value, st)
        elif content == INPUT and type_.kind == POINTER:
            return tainted(UNKNOWN_TYPE, object_.source)
        value = self.fresh_of(e, type_, st)
        in_text = object_.filled and width == object_.element and not place.path
        if in_text and isinstance(value, Num) and place.offset.lo >= 0 and place.offset.hi < object_.filled * width:
            value = with_bits(value, value.bits | NONZERO)
        return self._memorized(place, key, width, value, st)

    def _memorized(self, place: Ptr, key: object, width: int, value: Value, st: State) -> Value:
        if key is not None:
            object_ = st.change(place.object)
            if len(object_.cells) < MAX_CELLS:
                object_.cells[key] = (width, value)
        return value

    def _typed(self, value: Value, type_: CType) -> Value:
        if isinstance(value, Num) and type_.kind == INT:
            return converted(value, type_)
        return value

    def _is_unset(self, place: Ptr, key: object, width: int, object_: Object) -> bool:
        if place.path:
            if not object_.cells and not object_.written:
                return True
            units = units_of(place, object_)
            if units is None or not object_.written or not object_.is_untouched(units[1] - 1, units[1]):
                return False
            symbol = object_.size.sym if object_.size is not None else None
            return all((type(other) is tuple and (len(other) == 2 or other[0] == symbol)) for other in object_.cells)
        offset = place.offset
        if type(key) is int:
            return object_.is_untouched(key, key + width) and not any(
                type(other) is not int or (other < key + width and other + cell[0] > key)
                for other, cell in object_.cells.items()
            )
        if not object_.written and not object_.cells:
            return True
        return (
            offset.bits & HI != 0
            and not offset.is_tainted
            and type(key) is not int
            and offset.sym is None
            and bool(object_.written)
            and object_.is_untouched(offset.hi, offset.hi + width)
            and all(type(other) is int and other < offset.hi for other in object_.cells)
        )

    def _record(self, place: Ptr, type_: CType, object_: Object) -> Record:
        """A copy of the part of an object that a struct is."""
        start = place.offset.lo if place.offset.lo == place.offset.hi else None
        if start is None:
            return Record({}, ANY, type_)
        cells: dict[object, tuple[int, Value]] = {}
        size = type_.size
        for key, cell in object_.cells.items():
            if type(key) is int:
                if key >= start and (size is None or key < start + size) and not place.path:
                    cells[key - start] = cell
            elif isinstance(key, tuple) and len(key) == 2 and key[0] == start and key[1].startswith(place.path):
                cells[(0, key[1][len(place.path) :])] = cell
        content = object_.content
        if content == UNSET and object_.written:
            content = ANY
        return Record(cells, content, type_)


def key_is_path(key: object) -> bool:
    """True for the key of a member at a known offset, not for an element at one that is a symbol."""
    return isinstance(key, tuple) and len(key) == 2
