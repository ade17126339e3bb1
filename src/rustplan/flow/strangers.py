"""Functions nobody knows the body of: they may write through every pointer they get, and keep it."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arguments import bare, is_null
from rustplan.flow.containers import Containers
from rustplan.flow.ctypes import ARRAY
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import INPUT, LITERAL, LIVE, OUTER, RELEASED, STACK, STATIC, SURE, USED, Object, State
from rustplan.flow.values import Code, Num, Ptr, Record, Uninitialized, Value

_MOST_NAMES = 200
_CELLS_LOOKED_AT = 8


class Strangers(Containers):
    """Gives objects away to functions that nobody knows."""

    def call_stranger(self, e: Expr, name: str, receiver: Expr | None, st: State) -> Value:
        """A call of a function without a body and without a model."""
        if receiver is not None:
            place = self.place(receiver, st)
            if isinstance(place, Ptr):
                self.unleash(place, st)
            elif isinstance(place, Var):
                st.env.pop(place, None)
        self._note_foreign(name, receiver)
        is_defined = self.program.is_defined(name)
        is_declared = bool(name) and (is_defined or self.program.declarations.result_of(name) is not None)
        for given in e[5]:
            self._give(given, name, st, is_declared=is_declared)
            variable = bare(given)
            is_plain = variable[0] == ir.VAR and not variable[3].in_memory
            if is_plain and not is_defined and _may_be_macro(name):
                st.env.pop(variable[3], None)
        self.globals_may_change(st)
        if not is_declared or not is_defined:
            st.facts["\0called"] = True
        return self.fresh(e[1], st, f"{name}()" if name else "", e[2])

    def _note_foreign(self, name: str, receiver: Expr | None) -> None:
        """Remember the name of a function that nobody here defines."""
        if receiver is not None and name:
            type_ = receiver[1] if receiver[1].is_record or receiver[1].target is None else receiver[1].target
            name = f"{type_.name}::{name}" if type_.name else ""
        if name and name not in self.foreign and len(self.foreign) < _MOST_NAMES:
            self.foreign[name] = False
        self.foreign_name = name

    def _give(self, given: Expr, name: str, st: State, *, is_declared: bool) -> None:
        """Evaluate an argument and hand over what it leads to."""
        if not is_declared and given[0] == ir.VAR and isinstance(st.env.get(given[3]), Uninitialized):
            st.env.pop(given[3])  # it may be a macro, which may assign a variable that has no value yet
        value = self.evaluate(given, st)
        foreign = self.foreign_name
        if foreign and not self.foreign.get(foreign, True) and (self._is_hot(value, st) or is_null(given)):
            self.foreign[foreign] = True
        if isinstance(value, Ptr):
            self.check_cast_to_record(value, given, st)
            object_ = st.objects.get(value.object)
            if object_ is not None and object_.state == RELEASED:
                self.alive(value, object_, st, given, name or "a call")
            self.unleash(value, st)
        elif isinstance(value, Record):
            for _, cell in value.cells.values():
                if isinstance(cell, Ptr):
                    self.unleash(cell, st)

    def _is_hot(self, value: Value | None, st: State) -> bool:
        """True for what a function in another file may do something wrong with."""
        if isinstance(value, Num):
            return value.is_tainted
        if not isinstance(value, Ptr):
            return isinstance(value, (Code, Record))
        object_ = st.objects.get(value.object)
        if object_ is None:
            return False
        if _is_plain_local(object_):
            return any(isinstance(cell[1], Num) and cell[1].is_tainted for cell in object_.cells.values())
        if object_.kind not in (OUTER, LITERAL) or object_.content == INPUT or object_.state != LIVE:
            return True
        cells = list(object_.cells.values())[:_CELLS_LOOKED_AT]
        return any(self._is_hot(cell[1], st) for cell in cells if not isinstance(cell[1], Ptr))

    def unleash(self, pointer: Ptr, st: State, depth: int = 0) -> None:
        """Somebody unknown has the pointer: its object may change, and everything that can be reached from it."""
        object_ = st.objects.get(pointer.object)
        if object_ is None or object_.kind == LITERAL:
            return
        inner = [cell[1] for cell in object_.cells.values() if isinstance(cell[1], Ptr)]
        changed = st.change(pointer.object)
        if object_.kind != STATIC or object_.type is None or object_.text is None:
            changed.forget()
        changed.escaped = True
        if changed.kind == OUTER and changed.null == USED:
            changed.null = SURE
        if depth < 3:
            for each in inner[:40]:
                self.unleash(each, st, depth + 1)

    @staticmethod
    def globals_may_change(st: State) -> None:
        """Somebody unknown runs: variables at file level that were assigned may hold anything."""
        for var, number in list(st.env.items()):
            if var.kind != ir.GLOBAL or type(number) is not int or var.value is not None or number not in st.objects:
                continue
            if st.objects[number].was_assigned:
                changed = st.change(number)
                changed.forget()
                changed.was_assigned = False


def _is_plain_local(object_: Object) -> bool:
    """True for a local variable that is no array and holds no input as a whole."""
    if object_.kind != STACK or object_.state != LIVE or object_.content == INPUT:
        return False
    return object_.type is None or object_.type.kind != ARRAY


def _may_be_macro(name: str) -> bool:
    return len(name) > 1 and name.upper() == name
