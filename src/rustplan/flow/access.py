"""Memory: which place an expression names, what is read from it, what a store changes, and whether an access stays inside its object."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import (
    ARRAY,
    CHAR,
    FLOAT,
    INT,
    POINTER,
    REFERENCE,
    STRUCT,
    UNKNOWN,
    UNKNOWN_TYPE,
    VOID,
    CType,
)
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import (
    ABSENT,
    ANY,
    INPUT,
    LITERAL,
    MAX_CELLS,
    MAY_FAIL,
    OUTER,
    RELEASED,
    STACK,
    STATIC,
    SURE,
    UNSET,
    UNTESTED,
    USED,
    ZEROED,
    Object,
    State,
)
from rustplan.flow.run import Run
from rustplan.flow.values import (
    ENDS,
    EXACT,
    HI,
    LO,
    LONGEST,
    NONZERO,
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
    surely_exceeds,
    tainted,
    with_bits,
)

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


class Access(Run):
    """Reads and writes."""

    def evaluate(self, e: Expr, st: State) -> Value | None:
        """The value of an expression; None when nothing can be said."""
        raise NotImplementedError

    # ---- places ----

    def place(self, e: Expr, st: State) -> Place:
        """Where an expression that can be assigned to lives."""
        op = e[0]
        if op == ir.VAR:
            return self.place_of_variable(e[3], st)
        if op == ir.DEREF:
            return self.pointer(self.evaluate(e[3], st), e[3], e[1], st)
        if op == ir.INDEX:
            return self._indexed(e, st)
        if op == ir.MEMBER:
            return self._member(e, st)
        if op in (ir.CAST, ir.MOVE):
            return self.place(e[3], st)
        if op == ir.ASSIGN or op == ir.STEP or op == ir.UPDATE:
            self.evaluate(e, st)
            return self.place(e[4] if op == ir.UPDATE else e[3], st)
        if op == ir.TEXT:
            return self.literal(e, st)
        if op == ir.COMMA and e[3]:
            for part in e[3][:-1]:
                self.evaluate(part, st)
            return self.place(e[3][-1], st)
        value = self.evaluate(e, st)
        if isinstance(value, Record):
            number = self.new_object(
                st,
                STACK,
                name="a temporary",
                type_=value.type,
                size=self.size_of(value.type),
                content=value.default,
                at=e[2],
            )
            st.objects[number].cells = dict(value.cells)
            return Ptr(number)
        if isinstance(value, Ptr) and e[1].kind == REFERENCE:
            return value
        return None

    def place_of_variable(self, var: Var, st: State) -> Place:
        """A plain local lives in the environment, everything else in an object."""
        if var.is_reference:
            bound = st.env.get(var)
            if not isinstance(bound, Ptr):
                bound = self.outer(st, var.name, var.type.target, var.offset)
                st.objects[bound.object].null = SURE
                st.env[var] = bound
            return bound
        if not var.in_memory:
            return var
        return Ptr(self.object_of(var, st))

    def object_of(self, var: Var, st: State) -> int:
        """The object that a variable in memory is."""
        number = st.env.get(var)
        if type(number) is int:
            return number
        type_ = var.type
        if var.kind in (ir.GLOBAL, ir.STATIC):
            size = None if var.is_extern and (type_.kind == UNKNOWN or type_.size is None) else self.size_of(type_)
            made = self.new_object(st, STATIC, name=var.name, type_=type_, size=size, content=ANY, at=var.offset)
            self._fill_constant(var, made, st)
            if var.is_extern and var.name == "optarg":
                self._fill_argument(made, st, var)
        else:
            made = self.new_object(
                st, STACK, name=var.name, type_=type_, size=self.size_of(type_), content=ANY, at=var.offset
            )
            if number is not None and not isinstance(number, (int, Uninitialized)):
                st.objects[made].cells[0] = (type_.size or 8, number)
            elif isinstance(number, Uninitialized):
                st.objects[made].content = UNSET
        st.env[var] = made
        return made

    def _fill_argument(self, number: int, st: State, var: Var) -> None:
        """What getopt() leaves behind: an argument of the program."""
        text = self.new_object(st, OUTER, name=var.name, type_=CHAR, size=None, content=INPUT, at=var.offset)
        object_ = st.objects[text]
        object_.source = (self.frames[-1].at, "an argument of the program", self.frames[-1].routine.path)
        object_.terminated = True
        st.objects[number].cells[0] = (8, Ptr(text, is_open=True))

    def _fill_constant(self, var: Var, number: int, st: State) -> None:
        """What a constant global always holds."""
        value = var.value
        if value is None:
            return
        if isinstance(value, int):
            st.objects[number].cells[0] = (var.type.size or 8, constant(value))
        elif isinstance(value, tuple):
            self.initialize(Ptr(number), var.type, value, st)

    def _indexed(self, e: Expr, st: State) -> Place:
        base_expr, index_expr = e[3], e[4]
        index = self.evaluate(index_expr, st)
        element = self.size_of(e[1]) if e[1].kind != VOID else ONE_BYTE
        if base_expr[1].kind == ARRAY:
            base: Place = self.place(base_expr, st)
            if isinstance(base, Var):
                return None
        else:
            base = self.pointer(self.evaluate(base_expr, st), base_expr, e[1], st)
        if base is None:
            return None
        if not isinstance(index, Num) or element is None:
            return Ptr(base.object, Num(-(1 << 62), 1 << 62), base.path)
        return Ptr(base.object, add(base.offset, multiply(index, element)), base.path)

    def _member(self, e: Expr, st: State) -> Place:
        base = self.place(e[3], st)
        if base is None or isinstance(base, Var):
            return None
        if e[5] is None or base.path:
            return Ptr(base.object, base.offset, f"{base.path}.{e[4]}")
        return Ptr(base.object, add(base.offset, constant(e[5])), base.path)

    def pointer(self, value: Value | None, e: Expr, type_: CType, st: State) -> Ptr | None:
        """A value used as an address."""
        if isinstance(value, Ptr):
            return value
        if isinstance(value, Num):
            if value.is_constant:
                if value.lo == 0:
                    self.null_used(e, st, "assigned")
                elif e[1].kind == POINTER and value.lo not in (-1, (1 << 64) - 1) and not _is_register(e):
                    self.report(
                        "fixed-address",
                        e[2],
                        st,
                        self.describe(e),
                        {"address": hex(value.lo & ((1 << 64) - 1)), "pointer": self.describe(e)},
                    )
                return None
            if value.is_tainted and e[1].kind in (POINTER, ARRAY):
                steps = self.source_steps(value)
                self.report(
                    "pointer-from-input",
                    e[2],
                    st,
                    self.describe(e),
                    {
                        "pointer": self.describe(e),
                        "source": steps[0][2] if steps else "input",
                        "access": "write" if e is self.written_through else "read",
                    },
                    steps,
                )
                return None
            return self.outer_for(value, st, self.describe(e), type_, e[2])
        return None

    def null_used(self, e: Expr, st: State, why: str, chain: tuple[tuple[str, int, str], ...] = ()) -> None:
        """A null pointer is dereferenced; later uses of the same name on this path say nothing new."""
        held = self._held(e, st)
        if isinstance(held, Ptr) and held.object in st.objects and st.objects[held.object].state == ABSENT:
            self.alive(held, st.objects[held.object], st, e)
            return
        name = self.describe(e)
        self.report("null-dereference", e[2], st, name, {"pointer": name, "why": why}, chain)
        if e[0] == ir.VAR and not e[3].in_memory:
            st.env.pop(e[3], None)

    def _held(self, e: Expr, st: State) -> object:
        """What a plain variable or a cell of memory holds, found to be null or not."""
        while e[0] == ir.CAST:
            e = e[3]
        if e[0] == ir.VAR and not e[3].in_memory and not e[3].is_reference:
            return st.env.get(e[3])
        if e[0] == ir.VAR:
            place: Place = self.place_of_variable(e[3], st)
        elif e[0] == ir.MEMBER and e[3][0] in (ir.VAR, ir.DEREF):
            base = e[3] if e[3][0] == ir.VAR else e[3][3]
            if base[0] != ir.VAR:
                return None
            self.muted += 1
            try:
                place = self.place(e, st)
            finally:
                self.muted -= 1
        else:
            return None
        cell = (
            st.objects[place.object].cells.get(self.key(place))
            if isinstance(place, Ptr) and place.object in st.objects
            else None
        )
        return None if cell is None else cell[1]

    # ---- reading and writing ----

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
            return self.fresh(type_, st, self.describe(e), e[2])
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
                return self.fresh(type_, st, self.describe(e), e[2])
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
        value = self.fresh(type_, st, self.describe(e), e[2])
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

    @staticmethod
    def key(place: Ptr) -> object:
        """The key of a cell: the byte offset, with the member path or the symbol of the offset; None when the offset is not one value."""
        offset = place.offset
        if offset.lo == offset.hi and offset.sym is None:
            return (offset.lo, place.path) if place.path else offset.lo
        if offset.sym is not None and offset.bits & EXACT:
            return (offset.sym, offset.coef, offset.off, place.path)
        return None

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
        cells = object_.cells
        if not cells or (len(cells) == 1 and key in cells):
            return
        for other in [
            other
            for other, cell in cells.items()
            if (isinstance(other, tuple) and len(other) == 4)
            or (isinstance(other, int) and other < key + width and other + cell[0] > key)
        ]:
            del cells[other]

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

    # ---- is the access inside? ----

    def check(self, place: Ptr, size: Num, st: State, e: Expr, *, write: bool, by: str = "", callee: str = "") -> bool:
        """Report an access to a released or absent object, or outside of it. False when what is there cannot be known any more."""
        object_ = st.objects.get(place.object)
        if object_ is None:
            return False
        if not self.alive(place, object_, st, e, callee):
            return False
        if object_.kind == OUTER and object_.size is None:
            return True
        if place.path:
            return True
        return self._bounds(place, size, object_, st, e, write=write, by=by, callee=callee)

    def alive(self, place: Ptr, object_: Object, st: State, e: Expr, callee: str = "") -> bool:
        """Report the use of a released object or of a null pointer."""
        if object_.state == RELEASED:
            name = self._pointer_name(e)
            self.report(
                "use-after-release",
                e[2],
                st,
                object_.name or name,
                {
                    "object": object_.name or name,
                    "pointer": name,
                    "use": callee or "access",
                    "family": object_.family or object_.kind,
                },
                self.object_steps(object_, released=True),
                1 if callee and self.models.get(callee) is None else 0,
            )
            st.change(place.object).state = 1
            return False
        if object_.state == ABSENT:
            name = self._pointer_name(e)
            if st.facts.get("\0called"):  # what was called after the test may not have come back
                return False
            chain = (
                ((object_.path, object_.line_of_null, "found to be null here"),) if object_.line_of_null >= 0 else ()
            )
            self.report("null-dereference", e[2], st, name, {"pointer": name, "why": "tested"}, chain)
            forgiven = st.change(place.object)
            forgiven.state, forgiven.null = 1, SURE
            return False
        if object_.null == MAY_FAIL:
            name = self._pointer_name(e)
            self.report(
                "unchecked-allocation",
                e[2],
                st,
                object_.name or name,
                {
                    "object": object_.name or name,
                    "pointer": name,
                    "made_by": object_.source[1] if object_.source else object_.family,
                    "use": callee or "access",
                },
                self.object_steps(object_),
            )
            st.change(place.object).null = SURE
        elif object_.null == UNTESTED and object_.frame == self.frames[-1].number:
            changed = st.change(place.object)
            changed.null = USED
            changed.line_of_null = e[2]
        return True

    def _pointer_name(self, e: Expr) -> str:
        if e[0] == ir.DEREF:
            return self.describe(e[3])
        if e[0] in (ir.INDEX, ir.MEMBER):
            base = e[3]
            while base[0] == ir.MEMBER and base[3][0] != ir.DEREF:
                base = base[3]
            if base[0] == ir.DEREF:
                return self.describe(base[3])
            return self.describe(base)
        return self.describe(e)

    def confused(self, place: Ptr, type_: CType, object_: Object, st: State, e: Expr) -> None:
        """An object made as one type is used as another that does not fit."""
        made_as = object_.type.text if object_.type is not None else "?"
        as_type = "a record" if place.path else type_.name or type_.text
        name = object_.name or "the block"
        captures = {
            "object": name,
            "made_as": made_as,
            "read_as": as_type,
            "size": "" if object_.size is None else str(object_.size.lo),
        }
        self.report("type-confusion", e[2], st, name, captures, self.object_steps(object_))

    def _bounds(
        self, place: Ptr, size: Num, object_: Object, st: State, e: Expr, *, write: bool, by: str, callee: str
    ) -> bool:
        offset = place.offset
        if offset.lo < 0 and offset.bits & LO and object_.kind != OUTER:
            self._outside("before", offset, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        limit = object_.size
        if limit is None or (size.lo == size.hi == 0):
            return True
        end = size if offset.lo == 0 and offset.hi == 0 else add(offset, size)
        if surely_exceeds(end, limit):
            if self._is_trailing(object_, place):
                return True
            scalar = (
                object_.type is not None
                and object_.type.kind in (INT, FLOAT, POINTER)
                and limit.is_constant
                and limit.lo == object_.type.size
            )
            if (
                not by
                and scalar
                and offset.lo == offset.hi
                and offset.lo >= 0
                and size.is_constant
                and (offset.lo == 0 or e[0] == ir.MEMBER)
                and e[0] != ir.INDEX
            ):
                self.confused(place, e[1], object_, st, e)
                return False
            self._outside("after", end, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        if offset.hi < 0 and offset.bits & HI:
            self._outside("before", offset, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        return True

    @staticmethod
    def _is_trailing(object_: Object, place: Ptr) -> bool:
        """A flexible array at the end of a struct is allocated larger than its type: nothing can be said when only the type is known."""
        del place
        return (
            object_.kind in (STATIC, STACK)
            and object_.type is not None
            and object_.type.kind == STRUCT
            and object_.size is None
        )

    def _outside(
        self,
        side: str,
        end: Num,
        offset: Num,
        object_: Object,
        st: State,
        e: Expr,
        *,
        write: bool,
        by: str,
        callee: str,
    ) -> None:
        is_input = end.is_tainted or offset.is_tainted
        cause = "input" if is_input else "constant" if end.lo == end.hi else "loop"
        name = object_.name or "the block"
        if not by:
            by = "index" if e[0] == ir.INDEX else "pointer"
        size = "" if object_.size is None else str(object_.size.lo) if object_.size.is_constant else "its size"
        reach = (
            str(offset.lo)
            if side == "before"
            else str(end.hi)
            if end.bits & HI and end.hi < 1 << 40
            else "any value"
            if is_input
            else "one past its size"
        )
        self.report(
            "out-of-bounds",
            e[2],
            st,
            name,
            {
                "access": "write" if write else "read",
                "side": side,
                "by": by,
                "cause": cause,
                "memory": object_.kind,
                "object": name,
                "size": size,
                "reach": reach,
                "callee": callee,
            },
            (*self.object_steps(object_), *self.source_steps(end, offset)),
        )

    # ---- strings ----

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


def key_is_path(key: object) -> bool:
    """True for the key of a member at a known offset, not for an element at one that is a symbol."""
    return isinstance(key, tuple) and len(key) == 2


def _is_register(e: Expr) -> bool:
    """True for a pointer to `volatile`: a device is meant to be at a fixed address."""
    while e[0] == ir.CAST:
        if len(e) > 5 and e[5]:
            return True
        e = e[3]
    return bool(e[0] == ir.VAR and e[3].is_volatile)


def pointer_of(e: Expr) -> Expr | None:
    """The pointer that an assignment to this place goes through: `p` of `*p`, `p->m.n`, `p[i]`."""
    while e[0] == ir.MEMBER:
        e = e[3]
    return e[3] if e[0] in (ir.DEREF, ir.INDEX) else None


def truth(value: Value | None) -> bool | None:
    """Whether a value counts as true; None when that is open. Pointers need the state."""
    if isinstance(value, Num):
        if value.lo > 0 or value.hi < 0 or value.bits & NONZERO:
            return True
        if value.lo == 0 and value.hi == 0:
            return False
        return None
    return True if isinstance(value, Code) else None
