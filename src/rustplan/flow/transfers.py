"""Reads and writes of library functions through their pointer arguments, checked against the objects they lead to."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arguments import LibraryCall, bare, is_text
from rustplan.flow.contents import Contents, Transfer
from rustplan.flow.ctypes import ARRAY
from rustplan.flow.ir import Expr
from rustplan.flow.memory import ALLOCA, HEAP, INPUT, LITERAL, LIVE, STACK, UNSET, Object, State
from rustplan.flow.models import Read, Write
from rustplan.flow.values import HI, Num, Ptr, add, constant, surely_exceeds


class Transfers(Contents):
    """Runs the reads and writes that models tell of."""

    # ---- reads ----

    def read_through(self, call: LibraryCall, read: Read, st: State) -> None:
        """One read of a model."""
        pointer = call.pointer(read.argument)
        if pointer is None:
            return
        given = call.expression(read.argument)
        if read.bytes:
            size = self.sized(call, read.bytes, st)
            if size is not None:
                self.check(pointer, size, st, given, write=False, by="copy", callee=call.name)
            return
        object_ = st.objects.get(pointer.object)
        if object_ is None or not self.alive(pointer, object_, st, given, call.name):
            return
        is_lone_string = read.alone and len(call.given) == 1 and is_text(given[1])
        if (read.string and not read.at_most) or is_lone_string:
            self.needs_terminator(pointer, given, call.name, st)

    def needs_terminator(self, pointer: Ptr, given: Expr, name: str, st: State) -> None:
        """A string function reads up to the terminator."""
        object_ = st.objects[pointer.object]
        shown = object_.name or "the block"
        if _is_blank(object_) and object_.terminated is None:
            captures = {"object": shown, "memory": object_.kind, "how": "string"}
            self.report("uninitialized-read", given[2], st, object_.name, captures, self.object_steps(object_))
            st.change(pointer.object).forget()
        elif object_.terminated is False or _has_no_end(object_):
            captures = {"object": shown, "callee": name}
            self.report("unterminated", given[2], st, object_.name, captures, self.object_steps(object_))
            changed = st.change(pointer.object)
            changed.terminated = None
            changed.filled = 0

    def _needs_content(self, origin: Ptr, limit: Num, given: Expr, st: State) -> None:
        """A copy of bytes that nothing was ever stored in."""
        object_ = st.objects.get(origin.object)
        if object_ is None or not _is_blank(object_) or object_.filled or origin.path:
            return
        if limit.is_constant and limit.lo > 0:
            captures = {"object": object_.name or "the block", "memory": object_.kind, "how": "bytes"}
            self.report("uninitialized-read", given[2], st, object_.name, captures, self.object_steps(object_), 1)
            st.change(origin.object).forget()

    # ---- writes ----

    def write_through(self, call: LibraryCall, write: Write, st: State) -> None:
        """One write of a model: what is copied is read, the destination is checked and changed."""
        positions = write.bytes or write.at_most
        limit = self.sized(call, positions, st) if positions else None
        origin = call.pointer(write.copy_of or write.string_of)
        length = self._read_origin(call, write, origin, limit, st) if origin is not None else None
        target = call.pointer(write.argument)
        if target is None or target.object not in st.objects:
            return
        transfer = Transfer(call, write, target, origin)
        transfer.limit, transfer.length = limit, length
        transfer.written = _extent(transfer, self.scaled(length, transfer.unit) if length is not None else None)
        if call.model.no_overlap and origin is not None:
            self._check_overlap(transfer, origin, st)
        if write.append and not self._find_end(transfer, st):
            return
        if self._has_room_for(transfer, st):
            self.contents_after(transfer, st)

    def _read_origin(self, call: LibraryCall, write: Write, origin: Ptr, limit: Num | None, st: State) -> Num | None:
        """Read what is copied; the length of a string."""
        if not write.string_of:
            if limit is not None:
                given = call.expression(write.copy_of)
                self.check(origin, limit, st, given, write=False, by="copy", callee=call.name)
                self._needs_content(origin, limit, given, st)
            return None
        object_ = st.objects.get(origin.object)
        given = call.expression(write.string_of)
        if object_ is None or not self.alive(origin, object_, st, given, call.name):
            return None
        if not write.bytes and not write.at_most:
            self.needs_terminator(origin, given, call.name, st)
        if origin.offset.hi < 0:
            self.check(origin, constant(call.model.unit), st, given, write=False, by="string", callee=call.name)
        return self.length_at(origin, st) if origin.object in st.objects else None

    def _check_overlap(self, transfer: Transfer, origin: Ptr, st: State) -> None:
        target = transfer.target
        object_ = st.objects.get(target.object)
        if target.object != origin.object or target.path != origin.path or object_ is None or object_.kind == LITERAL:
            return
        if target.offset.lo != target.offset.hi or origin.offset.lo != origin.offset.hi:
            return
        size = transfer.limit
        if size is None and transfer.length is not None:
            size = self.scaled(transfer.length, transfer.unit)
        distance = abs(target.offset.lo - origin.offset.lo)
        if _meets(distance, size, transfer.limit):
            captures = {"callee": transfer.call.name, "object": object_.name or "the block"}
            self.report("overlap", transfer.call.at, st, object_.name, captures, self.object_steps(object_))

    def _find_end(self, transfer: Transfer, st: State) -> bool:
        """Move the start of a write behind the string that is there. False when the object is gone."""
        target, write, limit = transfer.target, transfer.write, transfer.limit
        before = self.length_at(target, st)
        self.needs_terminator(target, transfer.call.expression(write.argument), transfer.call.name, st)
        if target.object not in st.objects:
            return False
        if before is not None:
            transfer.start = Ptr(target.object, add(target.offset, self.scaled(before, transfer.unit)), target.path)
        if write.terminates and limit is not None:
            transfer.start = target
            transfer.written = limit if limit.is_constant else None
        if before is None and not write.string_of:
            transfer.written = None
        return True

    def _has_room_for(self, transfer: Transfer, st: State) -> bool:
        """Check that a write stays inside; False when what is there is not known afterwards."""
        write, target, limit, written = transfer.write, transfer.target, transfer.limit, transfer.written
        name, given = transfer.call.name, transfer.call.expression(write.argument)
        if written is not None and _is_measured(transfer):
            by = "string" if write.string_of and not write.bytes and not write.at_most else "copy"
            self._check_member(bare(given), transfer.start, written, by, name, st)
            if self.check(transfer.start, written, st, given, write=True, by=by, callee=name):
                return True
            if target.object in st.objects:
                overrun = st.change(target.object)
                overrun.forget()
                if write.input:
                    overrun.content, overrun.source = INPUT, transfer.call.source
            return False
        if not self.alive(target, st.objects[target.object], st, given, name):
            return False
        if write.at_most and limit is not None and limit.is_constant and not limit.is_tainted:
            # the room that the caller claims: more than there is may be written one day
            return self.check(transfer.start, limit, st, given, write=True, by="copy", callee=name)
        return True

    def _check_member(self, given: Expr, start: Ptr, written: Num, by: str, name: str, st: State) -> None:
        """`memcpy(s->name, from, sizeof(*s))`: more than the member holds, into the members behind it."""
        type_ = given[1]
        if given[0] != ir.MEMBER or type_.kind != ARRAY or not type_.size or not self._is_followed(given):
            return
        if start.path or start.offset.lo != start.offset.hi or not written.is_constant or written.lo <= type_.size:
            return
        object_ = st.objects.get(start.object)
        if object_ is None or object_.state != LIVE:
            return
        if object_.size is not None and surely_exceeds(add(start.offset, written), object_.size):
            return
        shown = self.describe(given)
        captures = {
            "access": "write",
            "side": "after",
            "by": by,
            "cause": "constant",
            "memory": object_.kind,
            "object": shown,
            "size": str(type_.size),
            "reach": str(written.lo),
            "callee": name,
        }
        self.report("out-of-bounds", given[2], st, shown, captures, self.object_steps(object_))

    def _is_followed(self, member: Expr) -> bool:
        """True when other members come behind one."""
        if member[5] is None:
            return False
        members = self.program.declarations.members(member[3][1]) or {}
        return any(offset is not None and offset > member[5] for offset, _ in members.values())


def _is_blank(object_: Object) -> bool:
    """True when nothing was ever stored in an object of this function."""
    if object_.content != UNSET or object_.kind not in (STACK, HEAP, ALLOCA):
        return False
    return not object_.written and not object_.cells


def _has_no_end(object_: Object) -> bool:
    """True when characters were stored and no terminator behind them."""
    if object_.content != UNSET or object_.length is not None or object_.terminated is not None:
        return False
    if object_.filled <= 0 or object_.size is None or not object_.size.is_constant:
        return False
    return object_.filled * max(1, object_.element) >= object_.size.lo or _ends_unset(object_)


def _ends_unset(object_: Object) -> bool:
    """True when characters were stored up to a place that nothing was stored in."""
    unit = max(1, object_.element)
    end = object_.filled * unit
    if object_.kind not in (STACK, HEAP, ALLOCA) or not object_.is_untouched(end, end + unit):
        return False
    return all(type(key) is int and (key + cell[0] <= end or key >= end + unit) for key, cell in object_.cells.items())


def _is_measured(transfer: Transfer) -> bool:
    """True when so much is written indeed, not only allowed."""
    write = transfer.write
    if write.bytes or not write.at_most or write.pads or write.input:
        return True
    return transfer.limit is None or transfer.length is not None


def _extent(transfer: Transfer, characters: Num | None) -> Num | None:
    """How many bytes are written; `characters` are those of the string that is copied. None when nobody knows."""
    write, limit, unit = transfer.write, transfer.limit, transfer.unit
    if write.bytes:
        return limit
    whole = add(characters, constant(unit)) if characters is not None else None
    if not write.at_most:
        if write.string_of:
            return whole
        return constant(write.least * unit) if write.least else None
    if write.pads or not write.string_of:
        return limit
    if whole is None or limit is None:
        return None
    if not write.append:
        return whole if whole.hi <= limit.hi else limit
    most = add(limit, constant(unit))
    if not surely_exceeds(whole, most) and whole.hi <= most.hi:
        return whole
    return most if most.is_constant or most.bits & HI else None


def _meets(distance: int, size: Num | None, limit: Num | None) -> bool:
    """True when source and destination that lie so far apart overlap."""
    if distance == 0:
        return limit is None or not limit.is_constant or limit.lo != 0
    return size is not None and size.is_constant and size.hi > distance
