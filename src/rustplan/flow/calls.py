"""Calls: which function is meant; bodies that are known are run, what nobody knows may do anything."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arguments import Outcomes, is_zero
from rustplan.flow.callees import Callees
from rustplan.flow.comparing import truth
from rustplan.flow.ir import Expr, Routine, Var
from rustplan.flow.memory import ABSENT, ANY, HEAP, LIVE, MAY_FAIL, OUTER, STACK, SURE, UNSET, UNTESTED, State
from rustplan.flow.merging import joined
from rustplan.flow.run import Frame
from rustplan.flow.values import NONZERO, RANDOM, TAINT, Code, Num, Ptr, Record, Uninitialized, Value, hull

_Values = list[Value | None]
_Bound = list[tuple[Expr, int]]
"""Plain variables that a reference is bound to by way of a copy: the argument, the number of the copy."""
_MOST_OUTCOMES = 4
_NO_FUNCTION = (0, -1, 1)
"""Numbers that mean something else where the address of a function is expected (`SIG_DFL`)."""
_PLACES = frozenset((ir.VAR, ir.MEMBER, ir.INDEX, ir.DEREF, ir.MOVE, ir.CAST, ir.INIT, ir.CALL, ir.TEXT))
"""Expressions that a reference can be bound to."""


class Calls(Callees):
    """Runs calls."""

    def run_body(self, routine: Routine, st: State) -> list[State]:
        """Run the body of a routine; the states that fall off its end."""
        raise NotImplementedError

    def leave(self, st: State, value: Value | None, at: int) -> None:
        """A function is left: look for what it loses and what outlives it."""
        raise NotImplementedError

    def leave_all(self, states: list[State], at: int) -> None:
        """The states that fall off the end of a function leave it."""
        raise NotImplementedError

    # ---- which function ----

    def call(self, e: Expr, st: State) -> Value | None:
        """A call inside an expression: all its outcomes become one state."""
        found = self.outcomes(e, st)
        if not found:
            self.end_path(st)
            return None
        state, value = found[0]
        for other_state, other_value in found[1:]:
            state = joined(state, other_state)
            value = _joined_result(value, other_value, state)
        if state is not st:
            st.become(state)
        return value

    def end_path(self, st: State) -> None:
        """The callee does not come back: nothing after it happens on this path."""
        st.facts["\0ended"] = True

    def outcomes(self, e: Expr, st: State) -> Outcomes:
        """Run a call; every state it can return in, with the value."""
        called = self._called_name(e, st)
        is_global = called.startswith("::")  # `::read()` in a class that has a read() of its own
        receiver: Expr | None = e[6]
        if receiver is not None:
            found = self.container_method(e, called, receiver, st)
            if found is not None:
                return found
        name, routine = self._resolve(called, receiver, st)
        if routine is not None and self._may_enter(routine):
            return self._enter_call(e, routine, receiver, st)
        if routine is not None and self.never_returns(routine):
            return []
        if name.lstrip("_") in ("setjmp", "sigsetjmp"):
            _come_back(st)
        if receiver is None and name:
            model = self.models.get(name) if is_global else self.model_of(name)
            if model is not None:
                return self.run_model(e, name, model, st)
        return [(st, self.call_stranger(e, name, receiver, st))]

    def _called_name(self, e: Expr, st: State) -> str:
        """The name of the function, through the pointer that is called if there is one."""
        name: str = e[3]
        callee: Expr | None = e[4]
        if callee is None:
            return name
        value = self.evaluate(callee, st)
        if isinstance(value, Code):
            return value.name
        if isinstance(value, Num) and value.is_constant and value.lo not in _NO_FUNCTION:
            shown = self.describe(callee)
            captures = {"address": hex(value.lo & ((1 << 64) - 1)), "pointer": shown}
            self.report("fixed-address", e[2], st, shown, captures)
        return name

    def _resolve(self, name: str, receiver: Expr | None, st: State) -> tuple[str, Routine | None]:
        """The body that a name means, if it is known; the name comes back without a class that has no such method."""
        if receiver is not None:
            return name, self.method_of(receiver, name, st)
        is_global = name.startswith("::")
        if "::" in name:
            class_name, method = name.rsplit("::", 1)
            found = self.program.method(class_name, method)
            if found is not None:
                return name, found
            name = method
        routine = self.program.routine(name, self.frames[-1].routine) if name else None
        if is_global and routine is not None and routine.container:
            routine = None
        return name, routine

    # ---- known bodies ----

    def _enter_call(self, e: Expr, routine: Routine, receiver: Expr | None, st: State) -> Outcomes:
        """Run the body of what is called, or leave it out where that tells nothing."""
        parameters = routine.parameters
        arguments: list[Value | None] = []
        if parameters and parameters[0].kind == ir.THIS:
            arguments.append(self._this(receiver, st))
            parameters = parameters[1:]
        bound: _Bound = []
        for number, given in enumerate(e[5]):
            parameter = parameters[number] if number < len(parameters) else None
            arguments.append(self._argument(given, parameter, bound, st))
        if not self.pays(routine, arguments, e, st):
            return self._leave_out(e, routine, arguments, bound, st)
        results = self.enter(routine, arguments, st, e[2])
        for state, _ in results:
            for given, number in bound:
                if number in state.objects:
                    self._read_back(given, number, state)
        return results

    def _this(self, receiver: Expr | None, st: State) -> Ptr | None:
        """The object a method is called on: the receiver, or the one of the method at hand."""
        if receiver is not None:
            place = self.place(receiver, st)
            return place if isinstance(place, Ptr) else None
        parameters = self.frames[-1].routine.parameters
        held = st.env.get(parameters[0]) if parameters else None
        return held if isinstance(held, Ptr) else None

    def _argument(self, given: Expr, parameter: Var | None, bound: _Bound, st: State) -> Value | None:
        """The value that a parameter gets."""
        if parameter is not None and parameter.is_reference:
            return self._reference(given, parameter, bound, st)
        value = self.evaluate(given, st)
        return value if parameter is None else self.fit(value, given, parameter.type, st, given[2])

    def _reference(self, given: Expr, parameter: Var, bound: _Bound, st: State) -> Ptr:
        """A reference is bound to the place, a plain variable by way of a copy that is read back."""
        place = self.place(given, st) if given[0] in _PLACES else None
        if isinstance(place, Ptr):
            return place
        target = parameter.type.target
        size = None if target is None else self.size_of(target)
        number = self.new_object(
            st, STACK, name=self.describe(given), type_=target, size=size, content=ANY, at=given[2]
        )
        if isinstance(place, Var):
            value = st.env.get(place)
            if isinstance(value, Uninitialized):
                st.objects[number].content = UNSET
            elif value is not None and not isinstance(value, int):
                st.objects[number].cells[0] = (place.type.size or 8, value)
            bound.append((given, number))
            return Ptr(number)
        made = self.evaluate(given, st)
        if made is not None and not isinstance(made, Record):
            st.objects[number].cells[0] = ((target.size if target is not None else 8) or 8, made)
        return Ptr(number)

    def _read_back(self, given: Expr, number: int, st: State) -> None:
        """A plain variable gets what the callee has stored in its copy."""
        cell = st.objects[number].cells.get(0)
        place = self.place(given, st)
        if not isinstance(place, Var):
            return
        if cell is None:
            st.env.pop(place, None)
        else:
            st.env[place] = cell[1]

    def _leave_out(self, e: Expr, routine: Routine, arguments: _Values, bound: _Bound, st: State) -> Outcomes:
        """A known body is not run: what it gets may be changed by it."""
        if self.never_returns(routine):
            return []
        st.facts["\0called"] = True
        for value in arguments:
            if isinstance(value, Ptr):
                self.unleash(value, st)
        for given, _ in bound:
            place = self.place(given, st)
            if isinstance(place, Var):
                st.env.pop(place, None)
        self.globals_may_change(st)
        return [(st, self.fresh(e[1], st, f"{routine.name}()", e[2]))]

    def enter(self, routine: Routine, arguments: _Values, st: State, at: int) -> Outcomes:
        """Run a routine with these argument values in this state."""
        before = set(st.env)
        absent = {number for number, object_ in st.objects.items() if object_.kind == OUTER and object_.state == ABSENT}
        self.next_frame += 1
        frame = Frame(routine, self.next_frame, at)
        self.frames.append(frame)
        try:
            for position, parameter in enumerate(routine.parameters):
                self._bind(parameter, arguments[position] if position < len(arguments) else None, st)
            fallen = self.run_body(routine, st)
            self.leave_all(fallen, routine.end)
            frame.returns += [(state, None) for state in fallen]
        finally:
            self.frames.pop()
        for state, _ in frame.returns:
            _close_scope(state, before, absent)
        return self._grouped(frame.returns)

    def _bind(self, parameter: Var, value: Value | None, st: State) -> None:
        """Give a parameter its value."""
        if parameter.is_reference or parameter.kind == ir.THIS:
            value = value if isinstance(value, Ptr) else None
        elif isinstance(value, Record) or parameter.in_memory:
            type_, size = parameter.type, self.size_of(parameter.type)
            number = self.new_object(
                st, STACK, name=parameter.name, type_=type_, size=size, content=ANY, at=parameter.offset
            )
            object_ = st.objects[number]
            if isinstance(value, Record):
                object_.cells = dict(value.cells)
                object_.content = value.default
            elif value is not None:
                object_.cells[0] = (type_.size or 8, value)
            st.env[parameter] = number
            return
        if value is None:
            st.env.pop(parameter, None)
        else:
            st.env[parameter] = value

    def _grouped(self, returns: Outcomes) -> Outcomes:
        """At most four outcomes, kept apart by what a caller can test: null or not, zero or not."""
        if len(returns) <= 1:
            return returns
        if all(value is None for _, value in returns):
            return [(state, None) for state in self.fewer([state for state, _ in returns], 2)]
        groups: dict[object, Outcomes] = {}
        for state, value in returns:
            groups.setdefault(_group_of(value), []).append((state, value))
        made: Outcomes = []
        for group in groups.values():
            for number, (state, value) in enumerate(group):
                if number == 0 and len(made) < _MOST_OUTCOMES:
                    made.append((state, value))
                    continue
                earlier, earlier_value = made[-1]
                both = joined(earlier, state)
                made[-1] = (both, _joined_result(earlier_value, value, both))
        return made


def _come_back(st: State) -> None:
    """`setjmp` returns once more, after what follows: what has no value yet may have one then."""
    for var in [var for var, value in st.env.items() if isinstance(value, Uninitialized)]:
        del st.env[var]
    for number, object_ in list(st.objects.items()):
        if object_.kind == STACK and object_.content == UNSET:
            st.change(number).content = ANY


def _close_scope(st: State, before: set[Var], absent: set[int]) -> None:
    """Forget the variables of a body that was left; what it made sure of is no doubt of its caller."""
    for var in [var for var in st.env if var not in before]:
        if var.kind not in (ir.GLOBAL, ir.STATIC):
            del st.env[var]
    for number, object_ in list(st.objects.items()):
        if object_.kind == OUTER and object_.state == ABSENT and number not in absent:
            restored = st.change(number)
            restored.state, restored.null = LIVE, UNTESTED


def _group_of(value: Value | None) -> object:
    """What a caller can test of a result."""
    if isinstance(value, Num):
        if value.is_constant and -16 <= value.lo <= 16:
            return value.lo
        return "not 0" if truth(value) else "number"
    if isinstance(value, (Ptr, Code)):
        return "pointer"
    return "none" if value is None else "?"


def _joined_result(a: Value | None, b: Value | None, st: State) -> Value | None:
    """A result that stands for both, in the state that their states were joined to."""
    if a is b:
        return a
    if isinstance(a, Num) and isinstance(b, Num):
        made = hull(a, b)
        return Num(made.lo, made.hi, made.bits & (TAINT | RANDOM | NONZERO), source=made.source)
    for pointer, other in ((a, b), (b, a)):
        if isinstance(pointer, Ptr) and is_zero(other) and pointer.object in st.objects:
            _may_be_null(pointer, st)
            return pointer
    if isinstance(a, Ptr) and isinstance(b, Ptr) and a.object == b.object:
        return a
    for each in (a, b):
        if isinstance(each, Ptr) and each.object in st.objects and st.objects[each.object].kind == HEAP:
            st.change(each.object).escaped = True  # the caller has it, but which one is not known
    return None


def _may_be_null(pointer: Ptr, st: State) -> None:
    """What a call returned is null on another path."""
    object_ = st.change(pointer.object)
    if object_.null == SURE:
        object_.null = MAY_FAIL if object_.kind == HEAP and object_.state == LIVE else UNTESTED
