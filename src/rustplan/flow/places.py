"""Which place an expression names: a plain variable, or somewhere in an object."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, CHAR, POINTER, REFERENCE, UNKNOWN, VOID, CType
from rustplan.flow.ir import Expr, Var
from rustplan.flow.memory import ABSENT, ANY, INPUT, OUTER, STACK, STATIC, SURE, UNSET, State
from rustplan.flow.stores import ONE_BYTE, Place, Stores
from rustplan.flow.values import Num, Ptr, Record, Uninitialized, Value, add, constant, multiply


class Places(Stores):
    """Finds places."""

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
        if base_expr[1].kind == ARRAY or _may_be_array(base_expr):
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


def _may_be_array(e: Expr) -> bool:
    """True for a member whose type is declared elsewhere: storing through it must not read it, since it may be no pointer."""
    type_: CType = e[1]
    return e[0] == ir.MEMBER and type_.kind == UNKNOWN
