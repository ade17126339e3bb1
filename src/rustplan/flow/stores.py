"""What a store changes in an object."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, CType
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import ANY, INPUT, MAX_CELLS, OUTER, STATIC, UNSET, ZEROED, Object, State
from rustplan.flow.strings import Strings
from rustplan.flow.values import ENDS, EXACT, LO, NONZERO, ZERO, Num, Ptr, Record, Value, add, constant

Place = Var | Ptr | None
ONE_BYTE = constant(1)


def units_of(place: Ptr, object_: Object) -> tuple[int, int] | None:
    """Which elements a place means in an array of records whose size is a symbol: [low, high)."""
    size, offset = object_.size, place.offset
    if size is None or not isinstance(size.sym, str):
        return None
    if offset.sym is None:
        return (0, 1) if offset.lo == offset.hi == 0 else None
    if offset.sym != size.sym:
        return None
    if offset.bits & EXACT:
        return offset.coef, offset.coef + 1
    return (0, offset.coef + 1) if offset.lo == 0 and offset.bits & LO else None


class Stores(Strings):
    """Writes into objects."""

    def evaluate(self, e: Expr, st: State) -> Value | None:
        """The value of an expression; None when nothing can be said."""
        raise NotImplementedError

    @staticmethod
    def key(place: Ptr) -> object:
        """The key of a cell: the byte offset, with the member path or the symbol of the offset; None when the offset is not one value."""
        offset = place.offset
        if offset.lo == offset.hi and offset.sym is None:
            return (offset.lo, place.path) if place.path else offset.lo
        if offset.sym is not None and offset.bits & EXACT:
            return (offset.sym, offset.coef, offset.off, place.path)
        return None

    def store(self, place: Place, value: Value | None, type_: CType, st: State, e: Expr) -> None:
        """Assign a value to a place."""
        if place is None:
            return
        if isinstance(place, Var):
            if value is None:
                st.env.pop(place, None)
            else:
                st.env[place] = value
            return
        if isinstance(value, Record) or (type_.is_record and value is None):
            self._store_record(place, value if isinstance(value, Record) else None, type_, st, e)
            return
        size = self.size_of(type_)
        if not self.check(place, size or ONE_BYTE, st, e, write=True):
            return
        self.put(place, value, type_, st)

    def put(self, place: Ptr, value: Value | None, type_: CType, st: State) -> None:
        """Change the content of an object at a place that is inside it."""
        object_ = st.change(place.object)
        object_.was_assigned = True
        width = type_.size or 8
        if isinstance(value, Ptr):
            self.escapes_into(object_, value, st)
        key = self.key(place)
        if key is None and isinstance(value, Ptr):
            object_.lost |= {value.object}
        if type(key) is int:
            self._drop_overlapping(object_, key, width)
            if value is not None and len(object_.cells) < MAX_CELLS:
                object_.cells[key] = (width, value)
            elif object_.content != UNSET:
                object_.cells[key] = (width, self.fresh(type_, st, object_.name, object_.offset))
            if isinstance(object_.size, Num) and isinstance(object_.size.sym, str):
                object_.note_write(0, 1)
            else:
                object_.note_write(key, key + width)
            if width == object_.element or width == 1:
                self._string_store(object_, key, width, value)
            return
        if place.path:
            if key is None:
                object_.lose()
                object_.cells.clear()
            elif value is None:
                object_.cells.pop(key, None)
            else:
                object_.cells[key] = (width, value)
            units = units_of(place, object_)
            if units is not None:
                object_.note_write(*units)
            elif key is None and object_.content in (UNSET, ZEROED):
                object_.content = ANY
            return
        self._store_range(object_, place, key, width, value)

    def _store_range(self, object_: Object, place: Ptr, key: object, width: int, value: Value | None) -> None:
        """A store at an offset that is not one value: the whole range of a counting loop, or somewhere."""
        offset = place.offset
        object_.length = None
        object_.terminated = None
        object_.text = None
        if (
            offset.bits & ENDS == ENDS
            and not offset.is_tainted
            and not offset.bits & EXACT
            and offset.lo >= 0
            and offset.hi - offset.lo < 1 << 24
        ):
            for other in [
                other for other in object_.cells if type(other) is not int or offset.lo - 8 < other < offset.hi + width
            ]:
                del object_.cells[other]
            object_.note_write(offset.lo, offset.hi + width)
            if (
                isinstance(value, Num)
                and (value.lo > 0 or value.hi < 0 or value.bits & NONZERO)
                and offset.lo <= object_.filled * object_.element
            ):
                object_.filled = max(object_.filled, offset.hi // max(1, object_.element) + 1)
            if object_.content == ZEROED:
                object_.content = ANY
            return
        object_.lose()
        object_.cells.clear()
        object_.filled = 0
        if object_.content in (UNSET, ZEROED):
            object_.content = ANY
        if key is not None and value is not None:
            object_.cells[key] = (width, value)

    @staticmethod
    def _drop_overlapping(object_: Object, key: int, width: int) -> None:
        cells, end = object_.cells, key + width
        if not cells or (len(cells) == 1 and key in cells):
            return
        for other in [
            other
            for other, cell in cells.items()
            if (
                other < end and other + cell[0] > key
                if type(other) is int
                else type(other) is tuple and len(other) == 4
            )
        ]:
            del cells[other]

    def _store_record(self, place: Ptr, value: Record | None, type_: CType, st: State, e: Expr) -> None:
        if not self.check(place, self.size_of(type_) or ONE_BYTE, st, e, write=True):
            return
        object_ = st.change(place.object)
        object_.was_assigned = True
        start = place.offset.lo if place.offset.lo == place.offset.hi and place.offset.sym is None else None
        if start is None or value is None:
            object_.forget()
            return
        size = type_.size
        if size is not None and not place.path:
            self._drop_overlapping(object_, start, size)
            object_.note_write(start, start + size)
            if (
                object_.content in (ZEROED, UNSET)
                and value.default in (ANY, INPUT)
                and (object_.size is None or object_.size.lo > size)
            ):
                if object_.content == ZEROED:
                    object_.content = ANY
            elif object_.size is not None and object_.size.is_constant and object_.size.lo == size and start == 0:
                object_.content = value.default
                object_.written = [] if value.default == UNSET else object_.written
        else:
            object_.content = ANY
        for key, cell in value.cells.items():
            if type(key) is int:
                object_.cells[start + key] = cell
            elif isinstance(key, tuple) and len(key) == 2:
                object_.cells[(start, place.path + key[1])] = cell
            if isinstance(cell[1], Ptr):
                self.escapes_into(object_, cell[1], st)

    def escapes_into(self, holder: Object, value: Ptr, st: State) -> None:
        """A pointer is stored: when the holder outlives the function, so may what the pointer leads to."""
        if (holder.kind in (OUTER, STATIC) and value.object in st.objects and not st.objects[value.object].escaped) or (
            holder.escaped and value.object in st.objects
        ):
            st.change(value.object).escaped = True

    def initialize(self, place: Ptr, type_: CType, e: Expr, st: State) -> None:
        """Give an object the value of its initialiser."""
        if e[0] == ir.TEXT and type_.kind == ARRAY:
            self.set_text(place, type_, e, st)
            return
        if e[0] != ir.INIT:
            value = self.evaluate(e, st)
            self.put(place, value, type_, st) if not isinstance(value, Record) else self._store_record(
                place, value, type_, st, e
            )
            return
        object_ = st.change(place.object)
        start = place.offset.lo
        if start == 0 and not place.path:
            object_.content = ZEROED
            object_.length, object_.terminated = ZERO, True
        members = self.program.declarations.members(type_) if type_.is_record else None
        for key, value_expr in e[3][:400]:
            if isinstance(key, str):
                offset, member = (members or {}).get(key, (None, value_expr[1]))
                inner = (
                    Ptr(place.object, add(place.offset, constant(offset)), place.path)
                    if offset is not None
                    else Ptr(place.object, place.offset, f"{place.path}.{key}")
                )
            elif type_.kind == ARRAY and type_.target is not None and type_.target.size is not None:
                member = type_.target
                inner = Ptr(place.object, add(place.offset, constant(key * type_.target.size)), place.path)
            else:
                self.evaluate(value_expr, st)
                continue
            self.initialize(inner, member, value_expr, st)
