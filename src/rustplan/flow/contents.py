"""What memory holds after a library function has written to it: copies, strings, fillings, input."""

from __future__ import annotations

from rustplan.flow.arguments import Arguments, LibraryCall, is_zero
from rustplan.flow.ctypes import CHAR, INT, SIGNED, CType
from rustplan.flow.memory import ALLOCA, ANY, HEAP, INPUT, LITERAL, STACK, UNSET, ZEROED, Object, State
from rustplan.flow.models import Write
from rustplan.flow.values import (
    ENDS,
    EXACT,
    HI,
    LONGEST,
    TAINT,
    ZERO,
    Num,
    Ptr,
    Source,
    Value,
    add,
    constant,
    tainted,
)

_MOST_CHARACTERS = 32
_BY_SIZE = {1: CHAR, 2: CType(INT, name="short", size=2), 4: SIGNED, 8: CType(INT, name="long", size=8)}


class Transfer:
    """One write of a library function. Amounts are None when nobody knows them."""

    __slots__ = ("call", "length", "limit", "origin", "start", "target", "write", "written")

    def __init__(self, call: LibraryCall, write: Write, target: Ptr, origin: Ptr | None) -> None:
        self.call = call
        self.write = write
        self.target = target
        """What the argument points to."""
        self.start = target
        """Where the write begins: behind the string that is there when it appends."""
        self.origin = origin
        self.limit: Num | None = None
        """Bytes that the call allows."""
        self.length: Num | None = None
        """Characters of the string that is copied."""
        self.written: Num | None = None
        """Bytes that are written."""

    @property
    def unit(self) -> int:
        """Bytes of one character."""
        return self.call.model.unit

    @property
    def at_start(self) -> bool:
        """True when the write begins where its object does."""
        return is_start(self.start) and not self.start.path

    @property
    def is_placed(self) -> bool:
        """True when the write begins at one known byte."""
        return is_placed(self.start)

    @property
    def copies_string(self) -> bool:
        """True when what is written is a string with its terminator."""
        write = self.write
        return bool(write.string_of) and not write.bytes and (not write.at_most or write.terminates)

    def whole_of(self, object_: Object) -> int | None:
        """The size of an object if at least so much is written."""
        size, written = object_.size, self.written
        if size is None or written is None or not size.is_constant or not written.is_constant:
            return None
        return size.lo if written.lo >= size.lo else None


class Contents(Arguments):
    """Keeps account of what library functions write."""

    def contents_after(self, transfer: Transfer, st: State) -> None:
        """Change the destination to what it holds after a write."""
        object_ = st.change(transfer.target.object)
        object_.was_assigned = True
        write, origin = transfer.write, transfer.origin
        if write.append:
            _append(object_, transfer, st)
        elif write.fill or write.zeroes:
            _fill(object_, transfer)
        elif write.input:
            self._take_input(object_, transfer)
        elif transfer.copies_string:
            _copy_string(object_, transfer, st)
        elif origin is not None and transfer.at_start and (write.copy_of or write.string_of):
            self._copy_bytes(object_, origin, transfer, st)
        else:
            _overwrite(object_, transfer, st)

    def _take_input(self, object_: Object, transfer: Transfer) -> None:
        """`read`, `fgets`: input fills an object or a part of it."""
        write = transfer.write
        if transfer.unit > 1:
            object_.element = transfer.unit
        if not _is_meant_whole(object_, transfer.start, transfer.limit):
            self._take_input_part(object_, transfer)
            return
        had_zeroes = object_.content == ZEROED or object_.kind not in (STACK, HEAP, ALLOCA)
        is_string = write.string or write.terminates
        object_.cells.clear()
        object_.written.clear()
        object_.text = None
        object_.content = INPUT
        object_.source = transfer.call.source
        object_.filled = 0
        object_.terminated = True if is_string else None if had_zeroes or not transfer.at_start else False
        object_.length = self._input_length(transfer) if is_string and transfer.at_start else None

    def _input_length(self, transfer: Transfer) -> Num | None:
        """The length of a string that comes from input."""
        most = LONGEST
        if transfer.limit is not None:
            if not transfer.limit.bits & HI:
                return None
            most = transfer.limit.hi // transfer.unit - 1
        return Num(0, most, ENDS | TAINT | EXACT, self.symbol(), source=transfer.call.source) if most >= 0 else None

    def _take_input_part(self, object_: Object, transfer: Transfer) -> None:
        """Input comes into one member of a record: a number becomes that input, of anything else nothing is known."""
        key = self.key(transfer.start)
        width = transfer.limit.lo if transfer.limit is not None and transfer.limit.is_constant else 0
        if type(key) is int and width:
            self._drop_overlapping(object_, key, width)
            object_.note_write(key, key + width)
        elif key is not None:
            object_.cells.pop(key, None)
        else:
            object_.forget()
        if key is not None and width in _BY_SIZE:
            object_.cells[key] = (width, tainted(_BY_SIZE[width], transfer.call.source, self.symbol()))
        elif object_.content in (UNSET, ZEROED) and type(key) is not int:
            object_.content = ANY

    def input_into(self, target: Ptr, source: Source, st: State) -> None:
        """A number from input is stored through a pointer."""
        object_ = st.objects.get(target.object)
        if object_ is None:
            return
        type_ = object_.type
        changed = st.change(target.object)
        changed.was_assigned = True
        key = self.key(target)
        if type_ is not None and type_.kind == INT and is_start(target):
            changed.cells = {0: (type_.size or 4, tainted(type_, source, self.symbol()))}
            changed.content = ANY
        elif key is not None:
            element = object_.element if object_.element in _BY_SIZE else 4
            changed.cells[key] = (element, tainted(_BY_SIZE[element], source, self.symbol()))
            if type(key) is int:
                changed.note_write(key, key + element)
        else:
            changed.forget()
            changed.content, changed.source = INPUT, source

    def _copy_bytes(self, object_: Object, origin: Ptr, transfer: Transfer, st: State) -> None:
        """`memcpy` and `strncpy` to the start of an object."""
        origin_object = st.objects.get(origin.object)
        object_.text = None
        if origin_object is None:
            object_.forget()
            return
        limit = transfer.limit
        size = limit.lo if limit is not None and limit.is_constant else None
        length = transfer.length
        if length is None and is_placed(origin):
            length = self.length_at(origin, st)
        cells = _cells_within(origin_object, origin, size)
        if object_.content == UNSET and size is not None:
            object_.note_write(0, size)
            if transfer.whole_of(object_) is not None or origin_object.content == INPUT:
                object_.content = origin_object.content if origin_object.content in (INPUT, ZEROED) else ANY
        else:
            object_.content = INPUT if origin_object.content == INPUT else ANY
        object_.source = origin_object.source or object_.source
        object_.cells.clear()
        object_.cells.update(cells)
        object_.filled = 0
        object_.length = None
        object_.terminated = None
        if length is not None:
            _end_copy(object_, length, transfer)


def _append(object_: Object, transfer: Transfer, st: State) -> None:
    """`strcat`: a string goes on with another one."""
    before, length = object_.length, transfer.length
    object_.text = None
    for key in [key for key, cell in object_.cells.items() if cell[0] in (1, 4)]:
        del object_.cells[key]
    object_.length = None
    object_.terminated = True
    if before is not None and length is not None and is_start(transfer.target):
        both = add(before, length)
        may_be_cut = transfer.write.at_most and transfer.limit is not None and not both.is_constant
        object_.length = None if may_be_cut else both
    appended = st.objects.get(transfer.origin.object) if transfer.origin is not None else None
    if appended is not None and appended.content == INPUT:
        object_.content, object_.source = INPUT, appended.source
    elif object_.content in (UNSET, ZEROED):
        object_.content = ANY


def _fill(object_: Object, transfer: Transfer) -> None:
    """`memset`: every byte is the same."""
    write, written, unit = transfer.write, transfer.written, max(1, transfer.unit)
    byte = ZERO if write.zeroes else transfer.call.value(write.fill)
    zeroes = is_zero(byte)
    has_characters = isinstance(byte, Num) and (byte.lo > 0 or byte.hi < 0)
    object_.text = None
    size = transfer.whole_of(object_)
    if size is not None and transfer.at_start:
        object_.cells.clear()
        object_.written.clear()
        object_.content = ZEROED if zeroes else ANY
        object_.length = ZERO if zeroes else None
        object_.terminated = True if zeroes else (False if has_characters else None)
        object_.filled = size // unit if has_characters else 0
    elif written is not None and written.is_constant and transfer.is_placed:
        low, high = transfer.start.offset.lo, transfer.start.offset.lo + written.lo
        _drop_cells(object_, low, high)
        object_.note_write(low, high)
        if object_.content == ZEROED and not zeroes:
            object_.content = ANY
        if transfer.at_start:
            object_.length = ZERO if zeroes else None
            object_.terminated = True if zeroes else None
            object_.filled = high // unit if has_characters else 0
        elif zeroes and object_.filled * unit >= low and low % unit == 0:
            object_.length, object_.terminated = constant(low // unit), True
    else:
        object_.forget()
        if zeroes and transfer.at_start:
            object_.length, object_.terminated = ZERO, True


def _copy_string(object_: Object, transfer: Transfer, st: State) -> None:
    """`strcpy`: a string with its terminator."""
    object_.cells.clear()
    object_.text = None
    object_.filled = 0
    if transfer.unit > 1:
        object_.element = transfer.unit
    object_.length = None
    if transfer.at_start:
        object_.length = _cut_length(transfer)
        object_.filled = object_.length.lo if object_.length is not None else 0
    object_.terminated = True
    _take_content(object_, transfer.origin, st)
    if transfer.origin is not None and transfer.unit == 1 and not transfer.write.at_most and transfer.is_placed:
        _copy_characters(object_, transfer.start.offset.lo, transfer.origin, st)


def _cut_length(transfer: Transfer) -> Num | None:
    """The length of a string that was copied, cut where the limit cuts it."""
    length, limit = transfer.length, transfer.limit
    if length is None or limit is None or not transfer.write.at_most or not limit.is_constant:
        return length
    most = limit.lo // transfer.unit - 1
    if length.hi <= most:
        return length
    most = max(most, 0)
    return Num(min(length.lo, most), most, length.bits & (ENDS | TAINT), source=length.source)


def _copy_characters(object_: Object, at: int, origin: Ptr, st: State) -> None:
    """A short literal that was copied: every character is known."""
    literal = st.objects.get(origin.object)
    if literal is None or literal.text is None or literal.kind != LITERAL or origin.offset.lo != origin.offset.hi:
        return
    text = literal.text[max(0, origin.offset.lo) :].split(b"\0", 1)[0]
    if len(text) > _MOST_CHARACTERS or object_.kind not in (STACK, HEAP):
        return
    for position, byte in enumerate((*text, 0)):
        object_.cells[at + position] = (1, constant(byte if byte < 128 else byte - 256))


def _overwrite(object_: Object, transfer: Transfer, st: State) -> None:
    """Bytes nobody knows are written somewhere in an object."""
    written = transfer.written
    if written is not None and written.is_constant and transfer.is_placed:
        low, high = transfer.start.offset.lo, transfer.start.offset.lo + written.lo
        object_.note_write(low, high)
        _drop_cells(object_, low, high)
        if object_.content == ZEROED:
            object_.content = ANY
    else:
        object_.forget()
    object_.text = None
    object_.length = None
    object_.terminated = None
    if _is_input(transfer.origin, st):
        _take_content(object_, transfer.origin, st)


def _end_copy(object_: Object, length: Num, transfer: Transfer) -> None:
    """Where the string ends that bytes were copied from, and whether that is within what was copied."""
    limit, unit = transfer.limit, transfer.unit
    if limit is None:
        return
    if limit.is_constant:
        units = limit.lo // unit
        if length.hi < units:
            object_.length, object_.terminated = length, True
        elif length.lo >= units:
            object_.filled = units
            if transfer.whole_of(object_) is not None:
                object_.terminated = False
        object_.filled = max(object_.filled, min(units, length.lo))
    elif limit.sym is not None and length.sym == limit.sym and limit.bits & EXACT and limit.off > length.off * unit:
        object_.length, object_.terminated = length, True


def _cells_within(object_: Object, start: Ptr, size: int | None) -> dict[object, tuple[int, Value]]:
    """The cells of so many bytes, by their distance from the start; none when the place or the size is not known."""
    if size is None or not is_placed(start):
        return {}
    low, high = start.offset.lo, start.offset.lo + size
    return {
        key - low: cell
        for key, cell in object_.cells.items()
        if type(key) is int and low <= key and key + cell[0] <= high
    }


def _drop_cells(object_: Object, low: int, high: int) -> None:
    """Forget the cells that may overlap [low, high)."""
    for key in [key for key in object_.cells if type(key) is not int or low - 8 < key < high]:
        del object_.cells[key]


def _is_input(origin: Ptr | None, st: State) -> bool:
    return origin is not None and origin.object in st.objects and st.objects[origin.object].content == INPUT


def _take_content(object_: Object, origin: Ptr | None, st: State) -> None:
    """What was copied is input where it came from input."""
    object_.content = ANY
    if origin is not None and _is_input(origin, st):
        object_.content, object_.source = INPUT, st.objects[origin.object].source
    object_.written.clear()


def _is_meant_whole(object_: Object, start: Ptr, limit: Num | None) -> bool:
    """True when a write of so many bytes is meant for the whole of an object, not for a member of a record."""
    type_ = object_.type
    if type_ is None or not type_.is_record:
        return True
    if start.path or not is_start(start):
        return False
    return type_.size is None or limit is None or not limit.is_constant or limit.lo >= type_.size


def is_start(pointer: Ptr) -> bool:
    """True when the offset is 0."""
    return pointer.offset.lo == pointer.offset.hi == 0


def is_placed(pointer: Ptr) -> bool:
    """True when a pointer leads to one known byte."""
    return pointer.offset.lo == pointer.offset.hi and not pointer.path
