"""What can be told of a body without running it: whether it returns, and whether running it is worth its steps."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.arguments import bare, is_null
from rustplan.flow.ir import Expr, Loop, Routine, Stmt, Var
from rustplan.flow.memory import ABSENT, INPUT, RELEASED, State
from rustplan.flow.models import FunctionModel
from rustplan.flow.run import MAX_DEPTH
from rustplan.flow.strangers import Strangers
from rustplan.flow.values import Num, Ptr, Value

_SMALL_BODY = 200
"""Bytes of a body that is run whatever it gets."""
_DEAR = 3_000
"""Steps of a body that is not run inside its callers."""
_CALLS_SEARCHED = 4
_CALLS_FOLLOWED = 6
_CELLS_LOOKED_AT = 8


class Callees(Strangers):
    """Finds methods and judges bodies."""

    def method_of(self, receiver: Expr, name: str, st: State) -> Routine | None:
        """The method that a call means: of the class the object was made as, else of its declared one."""
        classes: list[str] = []
        place = self.place(receiver, st) if receiver[0] in (ir.DEREF, ir.VAR, ir.MEMBER) else None
        if isinstance(place, Ptr) and place.object in st.objects:
            if receiver[0] == ir.DEREF and st.objects[place.object].state in (RELEASED, ABSENT):
                self.alive(place, st.objects[place.object], st, receiver, name)
            classes.append(st.objects[place.object].class_name)
        type_ = receiver[1]
        if type_.target is not None and not type_.is_record:
            type_ = type_.target
        classes.append(type_.name)
        for class_name in classes:
            found = self.program.method(class_name, name) if class_name else None
            if found is not None:
                return found
        return None

    def model_of(self, name: str) -> FunctionModel | None:
        """The model that speaks for a name; none does for what the scanned tree defines."""
        return None if self.program.is_defined(name) else self.models.get(name)

    # ---- is it worth running ----

    def _may_enter(self, routine: Routine) -> bool:
        return len(self.frames) < MAX_DEPTH and all(frame.routine is not routine for frame in self.frames)

    def pays(self, routine: Routine, arguments: list[Value | None], e: Expr, st: State) -> bool:
        """True when running a body can tell more than leaving it out."""
        if routine.end - routine.offset < _SMALL_BODY:
            return True
        if routine.cost > _DEAR or self.steps > self.limit // 2:
            return False
        if any(self._is_hot(value, st) for value in arguments):
            return True
        if any(_is_telling(given, value) for given, value in zip(e[5], arguments, strict=False)):
            return True
        if any(self._was_handed(var, st) for var in routine.globals):
            return True
        if routine.cost and not routine.reaches:
            return routine.effects != 0
        return self._reaches(routine, 0)

    def _was_handed(self, var: Var, st: State) -> bool:
        """True when this path has put something of interest into a variable at file level."""
        number = st.env.get(var)
        object_ = st.objects.get(number) if type(number) is int else None
        if object_ is None or not object_.was_assigned:
            return False
        if object_.content == INPUT:
            return True
        values = [cell[1] for cell in list(object_.cells.values())[:_CELLS_LOOKED_AT]]
        return any(self._is_hot(value, st) or (isinstance(value, Num) and value.is_constant) for value in values)

    def _reaches(self, routine: Routine, depth: int) -> bool:
        """Whether the routine calls, itself or through others, something that makes, releases, reads or ends."""
        if routine.reaches is not None:
            return routine.reaches
        if depth > _CALLS_SEARCHED:
            return False
        routine.reaches = False  # a body that calls itself
        routine.reaches = any(self._is_reaching(name, routine, depth) for name in sorted(routine.calls))
        return routine.reaches

    def _is_reaching(self, name: str, caller: Routine, depth: int) -> bool:
        model = self.model_of(name)
        if model is not None:
            return _is_of_interest(model)
        callee = self.program.routine(name, caller) if self.program.is_near(name, caller) else None
        return callee is not None and self._reaches(callee, depth + 1)

    # ---- does it return ----

    def never_returns(self, routine: Routine, depth: int = 0) -> bool:
        """Whether no path of a body comes to its end: all end in a call that does not come back."""
        if routine.never is None:
            routine.never = False  # a body that calls itself is taken to come back
            if depth <= _CALLS_FOLLOWED:
                leaves = [False]
                routine.never = not self._passes(routine.body, routine, leaves, depth) and not leaves[0]
        return routine.never

    def _passes(self, statement: Stmt, routine: Routine, leaves: list[bool], depth: int) -> bool:
        """Whether a path gets to the end of a statement; `leaves` is set when one returns before."""
        op = statement[0]
        if op == ir.BLOCK:
            return self._block_passes(statement[2], routine, leaves, depth)
        if op == ir.EVAL:
            return not self._ends_here(statement[2], routine, depth)
        if op == ir.IF:
            then = self._passes(statement[3], routine, leaves, depth)
            return statement[4] is None or self._passes(statement[4], routine, leaves, depth) or then
        if op == ir.LOOP:
            inside = self._passes(statement[2].body, routine, leaves, depth)
            return _loop_passes(statement[2], inside=inside)
        if op == ir.EITHER:
            passing = [self._passes(arm, routine, leaves, depth) for arm in statement[2]]
            return any(passing)
        if op == ir.RETURN:
            value: Expr | None = statement[2]
            leaves[0] = leaves[0] or value is None or not self._ends_here(value, routine, depth)
            return False
        if op in (ir.SWITCH, ir.TRY):
            leaves[0] = True
            return False
        return op not in (ir.BREAK, ir.CONTINUE, ir.GOTO, ir.THROW)

    def _block_passes(self, statements: tuple[Stmt, ...], routine: Routine, leaves: list[bool], depth: int) -> bool:
        going = True
        for inner in statements:
            if inner[0] == ir.LABEL:
                going = True
            elif going:
                going = self._passes(inner, routine, leaves, depth)
        return going

    def _ends_here(self, e: Expr, routine: Routine, depth: int) -> bool:
        """Whether an expression is a call that does not come back."""
        e = bare(e)
        if e[0] != ir.CALL or e[4] is not None or e[6] is not None or not e[3]:
            return False
        callee = self.program.routine(e[3], routine)
        if callee is not None:
            return self.never_returns(callee, depth + 1)
        model = self.model_of(e[3])
        return model is not None and model.ends


def _loop_passes(loop: Loop, *, inside: bool) -> bool:
    """Whether a loop comes to its end, given whether its body does."""
    if loop.is_late:
        return inside or loop.exits_early
    condition = loop.condition
    is_endless = condition is None or (condition[0] == ir.CONST and bool(condition[3]))
    return loop.exits_early or not is_endless


def _is_telling(given: Expr, value: Value | None) -> bool:
    """True for a null pointer that is written out, and for a variable whose value is one number."""
    is_number = isinstance(value, Num) and value.is_constant
    return is_number and (given[0] not in (ir.CONST, ir.SIZEOF) or is_null(given))


def _is_of_interest(model: FunctionModel) -> bool:
    """True for a function that makes, releases, reads or ends."""
    if model.allocates or model.releases or model.reallocates or model.ends:
        return True
    return (model.returns is not None and model.returns.input) or any(write.input for write in model.writes)
