"""The end of a function: blocks that nothing points to any more, addresses of its variables that get out, what a caller wants to know."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.calls import Calls
from rustplan.flow.ctypes import POINTER, REFERENCE
from rustplan.flow.ir import Expr, Routine, Var
from rustplan.flow.memory import HEAP, INPUT, LIVE, OUTER, RELEASED, STACK, STATIC, Object, State
from rustplan.flow.run import CHANGES, RETURNS, Frame
from rustplan.flow.values import Num, Ptr, Record, Value


class Leaving(Calls):
    """Leaves functions."""

    def leave(self, st: State, value: Value | None, at: int) -> None:
        """A function is left: look for what it loses and what outlives it."""
        frame = self.frames[-1]
        if len(self.frames) == 1:
            self.returned = True
            self._note_effects(st, value)
        self._locals_left_behind(st, at)
        suspects = [
            number
            for number, object_ in st.objects.items()
            if object_.kind == HEAP and object_.state == LIVE and not object_.escaped and object_.frame >= frame.number
        ]
        if not suspects:
            return
        reachable = self._reachable(st, value)
        for number in suspects:
            if number not in reachable and st.objects[number].family != "alloca":
                self._leaked(number, st.objects[number], st, at)

    def _returned_place(self, e: Expr, state: State, frame: Frame, at: int) -> None:
        """A function that returns a reference: the place itself goes to the caller."""
        place = self.place(e, state)
        if isinstance(place, Var):
            steps = ((frame.routine.path, place.offset, f"{place.name} is declared here"),)
            self.report("address-escape", e[2], state, place.name, {"object": place.name, "how": "returned"}, steps)
            place = None
        else:
            self._returned_address(place, e, frame.routine, state)
        self.leave(state, place, at)
        frame.returns.append((state, place))

    def _returned_address(self, value: Value | None, e: Expr, routine: Routine, state: State) -> None:
        """The address of a local variable is returned, or that of a block that was released."""
        if not isinstance(value, Ptr) or routine.result.kind not in (POINTER, REFERENCE):
            return
        object_ = state.objects.get(value.object)
        if object_ is None:
            return
        if object_.kind == HEAP and object_.state == RELEASED and routine.result.kind == POINTER:
            self.alive(value, object_, state, e, "return")
            return
        is_own = object_.kind == STACK and object_.frame == self.frames[-1].number
        if is_own and object_.name != "a temporary" and object_.state != RELEASED:
            captures = {"object": object_.name, "how": "returned"}
            self.report("address-escape", e[2], state, object_.name, captures, self.object_steps(object_))

    def _note_effects(self, st: State, value: Value | None) -> None:
        """Remember what a caller in another file would want to know."""
        is_chosen = isinstance(value, Num) and value.is_constant and self.frames[0].routine.result.kind == POINTER
        if self._is_hot(value, st) or is_chosen:
            self.effects |= RETURNS
        if not self.effects & CHANGES and any(self._is_changed(object_, st) for object_ in st.objects.values()):
            self.effects |= CHANGES

    def _is_changed(self, object_: Object, st: State) -> bool:
        """True for an object of the caller that was released, or that holds something of interest now."""
        if object_.kind not in (OUTER, STATIC):
            return False
        if object_.state == RELEASED:
            return True
        return object_.was_assigned and (
            object_.content == INPUT or any(self._is_hot(cell[1], st) for cell in object_.cells.values())
        )

    def _leaked(self, number: int, object_: Object, st: State, at: int) -> None:
        """Nothing points to a block: shown where it was made when that is in this function, or else where the function is left."""
        current = self.frames[-1].routine
        name = object_.name or "the block"
        made_by = object_.source[1] if object_.source is not None and object_.content != INPUT else object_.family
        captures = {"object": name, "family": object_.family, "made_by": made_by}
        chain = ((current.path, at, f"nothing points to {name} any more"),)
        if object_.path == current.path and current.offset <= object_.offset < current.end:
            self.report("leak", object_.offset, st, name, captures, chain, about=number)
        else:
            self.report("leak", at, st, name, captures, (*self.object_steps(object_), *chain), about=number)
        st.change(number).escaped = True

    def _reachable(self, st: State, value: Value | None) -> set[int]:
        """The objects that somebody can still reach: through the result, the callers' variables, what outlives the function."""
        pending = _objects_in(value)
        pending += self._held_outside(st)
        pending += (number for number, object_ in st.objects.items() if self._outlives(object_))
        for object_ in st.objects.values():
            pending += object_.lost  # somebody may have it
        seen: set[int] = set()
        while pending:
            number = pending.pop()
            if number in seen:
                continue
            seen.add(number)
            found = st.objects.get(number)
            if found is not None:
                for cell in found.cells.values():
                    pending += _objects_in(cell[1])
        return seen

    def _held_outside(self, st: State) -> list[int]:
        """The objects that variables outside of the function lead to."""
        made: list[int] = []
        parameters = set(self.frames[-1].routine.parameters)
        is_outermost = len(self.frames) == 1
        for var, held in st.env.items():
            if var.kind in (ir.GLOBAL, ir.STATIC) or not (is_outermost or self._belongs_here(var)):
                made += [held] if isinstance(held, int) else _objects_in(held)
            elif var in parameters and (var.kind == ir.THIS or var.is_reference):
                made += _objects_in(held)
        return made

    def _outlives(self, object_: Object) -> bool:
        """True for what the caller has or somebody else keeps, and for objects whose destructor has not run yet."""
        if object_.kind in (OUTER, STATIC) or object_.escaped:
            return True
        if object_.kind in (STACK, HEAP) and object_.frame < self.frames[-1].number:
            return True
        return object_.kind == STACK and bool(object_.class_name) and self._cleans_up(object_.class_name)

    def _cleans_up(self, class_name: str) -> bool:
        """True for classes with a destructor, and for those nobody knows."""
        return (
            self.program.method(class_name, "~" + class_name) is not None
            or self.program.declarations.class_of(class_name) is None
        )

    def _belongs_here(self, var: Var) -> bool:
        """True when a variable belongs to the function that is being left, not to one of its callers."""
        routine = self.frames[-1].routine
        if var in routine.parameters:
            return True
        return routine.offset <= var.offset < routine.end and not any(
            var in outer.routine.parameters
            or (
                outer.routine is not routine
                and outer.routine.path == routine.path
                and outer.routine.offset <= var.offset < outer.routine.end
            )
            for outer in self.frames[:-1]
        )

    def _locals_left_behind(self, st: State, at: int) -> None:
        """The address of a local variable that something outliving the function still holds."""
        for object_ in st.objects.values():
            if object_.kind in (OUTER, STATIC):
                for cell in object_.cells.values():
                    target = st.objects.get(cell[1].object) if isinstance(cell[1], Ptr) else None
                    if target is not None and self._is_own_variable(target):
                        self._left_behind(target, object_, st, at)

    def _is_own_variable(self, object_: Object) -> bool:
        is_own = object_.kind == STACK and object_.frame == self.frames[-1].number
        return is_own and object_.type is not None and bool(object_.name)

    def _left_behind(self, target: Object, holder: Object, st: State, at: int) -> None:
        path = self.frames[-1].routine.path
        captures = {"object": target.name, "how": "stored in " + (holder.name or "an object of the caller")}
        steps = (*self.object_steps(target), (path, at, "the function returns here"))
        self.report("address-escape", at, st, target.name, captures, steps, 1 if holder.kind == STATIC else 2)


def _objects_in(item: object) -> list[int]:
    """The objects that a value leads to."""
    if isinstance(item, Ptr):
        return [item.object]
    if isinstance(item, Record):
        return [number for cell in item.cells.values() for number in _objects_in(cell[1])]
    return []
