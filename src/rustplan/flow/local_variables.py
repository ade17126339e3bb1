"""Variables of a function: declared with or without a value, constructed, destroyed."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, FLOAT, INT, POINTER, CType
from rustplan.flow.ir import Expr, Stmt, Var
from rustplan.flow.joining import Joining
from rustplan.flow.memory import ANY, STACK, UNSET, State
from rustplan.flow.merging import joined
from rustplan.flow.values import Num, Ptr, Uninitialized, Value, multiply


class LocalVariables(Joining):
    """Declares local variables and ends their scope."""

    def _declared(self, statement: Stmt, states: list[State]) -> list[State]:
        var: Var = statement[2]
        value_e: Expr | None = statement[3]
        made: list[State] = []
        with self._votes(states) as voting:
            for state in voting:
                made += self._declare(var, value_e, state, statement[1])
        return self.fewer(self._going(made)) if len(made) > 1 else self._going(made)

    def _declare(self, var: Var, value_e: Expr | None, state: State, at: int) -> list[State]:
        if var.kind == ir.STATIC:
            return [state]
        if var.is_reference:
            return [self._bind_reference(var, value_e, state)]
        if var.in_memory:
            return self._declare_in_memory(var, value_e, state, at)
        if value_e is not None:
            return self._initialized(var, var, value_e, state, at)
        if var.type.kind in (INT, POINTER, FLOAT):
            state.env[var] = Uninitialized(at)
        else:
            state.env.pop(var, None)
        return [state]

    def _declare_in_memory(self, var: Var, value_e: Expr | None, state: State, at: int) -> list[State]:
        """An array, a record, or a variable whose address is taken."""
        type_ = var.type
        size = self._size_of_variable(var, state)
        is_plain = self.leaves_unset(type_)
        content = UNSET if value_e is None and is_plain else ANY
        number = self.new_object(state, STACK, name=var.name, type_=type_, size=size, content=content, at=at)
        state.env[var] = number
        if value_e is None:
            if type_.name and (not is_plain or self.program.declarations.class_of(type_.name) is not None):
                self._construct(number, type_, (), state, at)
            return [state]
        arguments = self._constructor_arguments(type_, value_e)
        if arguments is not None:
            self._construct(number, type_, arguments, state, at)
            return [state]
        if value_e[0] in (ir.INIT, ir.TEXT) and (type_.kind == ARRAY or type_.is_record):
            self.initialize(Ptr(number), type_, value_e, state)
            return [state]
        return self._initialized(var, Ptr(number), value_e, state, at)

    def _size_of_variable(self, var: Var, state: State) -> Num | None:
        """The size in bytes; that of a variable-length array comes from the value of its extent."""
        if var.extent is None:
            return self.size_of(var.type)
        extent = self.evaluate(var.extent, state)
        element = self.size_of(var.type.target) if var.type.target is not None else None
        if not isinstance(extent, Num):
            return None
        size = multiply(extent, element) if element is not None else None
        if extent.is_tainted:
            self._checked_size(var.extent, extent, "a variable-length array", state, many=False)
        return size

    def _constructor_arguments(self, type_: CType, value_e: Expr) -> tuple[Expr, ...] | None:
        """The arguments when a value is a call of the constructor of its class: `T{a, b}`, `T(a, b)`."""
        if value_e[0] == ir.INIT and type_.is_record and self.program.method(type_.name, type_.name) is not None:
            return tuple(part for _, part in value_e[3])
        if value_e[0] == ir.CALL and type_.name and value_e[3] == type_.name and value_e[4] is None:
            return tuple(value_e[5])
        return None

    def _initialized(self, var: Var, place: Var | Ptr, value_e: Expr, state: State, at: int) -> list[State]:
        """The variable takes its first value; a call at the top of it keeps its outcomes apart."""
        made: list[State] = []
        var_e = (ir.VAR, var.type, at, var)
        for each, value in self._outcomes_of(value_e, state):
            value = self.fit(value, value_e, var.type, each, at)
            self.store(place, value, var.type, each, var_e)
            self.allocated_for(value_e, var_e, each)
            self.name_object(value, var_e, each)
            made.append(each)
        return made

    def _bind_reference(self, var: Var, value_e: Expr | None, state: State) -> State:
        if value_e is not None:
            place = self.place(value_e, state)
            if isinstance(place, Ptr):
                state.env[var] = place
                return state
        state.env.pop(var, None)
        return state

    def _construct(self, number: int, type_: CType, given: tuple[Expr, ...], state: State, at: int) -> None:
        """Run the constructor of an object; where it is not known, what it is handed gets out of sight."""
        state.objects[number].class_name = type_.name
        arguments = [self.evaluate(each, state) for each in given]
        constructor = self.program.method(type_.name, type_.name)
        if (
            constructor is not None
            and self._may_enter(constructor)
            and len(constructor.parameters) == len(arguments) + 1
        ):
            _come_back(state, self.enter(constructor, [Ptr(number), *arguments], state, at))
            return
        for argument in arguments:
            if isinstance(argument, Ptr):
                if _is_copy(type_, argument, state):
                    state.change(number).cells = dict(state.objects[argument.object].cells)
                else:
                    self.unleash(argument, state)

    def _end_scope(self, ended: tuple[Var, ...], state: State) -> None:
        """Variables go out of scope: destructors run."""
        for var in reversed(ended):
            number = state.env.get(var)
            if isinstance(number, int) and number in state.objects and not var.is_reference:
                class_name = state.objects[number].class_name
                destructor = self.program.method(class_name, "~" + class_name) if class_name else None
                if destructor is not None and self._may_enter(destructor):
                    _come_back(state, self.enter(destructor, [Ptr(number)], state, var.offset))
                    if number in state.objects:
                        state.change(number).class_name = ""

    # ---- values whose outcomes are kept apart ----

    def _cast_again(self, value: Value | None, e: Expr, state: State) -> Value | None:
        """What a call returned, through the casts that are written around it."""
        casts: list[Expr] = []
        while e[0] == ir.CAST:
            casts.append(e)
            e = e[3]
        for cast in reversed(casts):
            if cast[1].kind == INT and isinstance(value, Num):
                value = self.fit(value, cast[3], cast[1], state, cast[2], is_explicit=cast[4])
        return value

    def _outcomes_of(self, e: Expr, state: State) -> list[tuple[State, Value | None]]:
        inner = called(e)
        if inner is not None:
            return [(each, self._cast_again(value, e, each)) for each, value in self.outcomes(inner, state)]
        if e[0] == ir.CHOICE and not e[6]:
            trues, falses = self.split(e[3], state)
            return [
                outcome
                for side, value_e in ((trues, e[4]), (falses, e[5]))
                for start in side
                for outcome in self._outcomes_of(value_e, start)
            ]
        return [(state, self.evaluate(e, state))]


def _come_back(state: State, outcomes: list[tuple[State, Value | None]]) -> None:
    """The state before a call becomes what all its outcomes have in common."""
    if not outcomes:
        return
    merged = outcomes[0][0]
    for other, _ in outcomes[1:]:
        merged = joined(merged, other)
    if merged is not state:
        state.become(merged)


def called(e: Expr) -> Expr | None:
    """The call that an expression is, under casts."""
    while e[0] == ir.CAST:
        e = e[3]
    return e if e[0] == ir.CALL else None


def _is_copy(type_: CType, argument: Ptr, state: State) -> bool:
    object_ = state.objects.get(argument.object)
    return object_ is not None and object_.type is not None and object_.type.name == type_.name
