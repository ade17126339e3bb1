"""Library functions do what their model says: in what order, and in which states they return."""

from __future__ import annotations

from rustplan.flow.arguments import LibraryCall, Outcomes, is_zero
from rustplan.flow.ir import Expr
from rustplan.flow.memory import State
from rustplan.flow.models import FunctionModel
from rustplan.flow.results import Results


class Library(Results):
    """Runs the model of a function."""

    def run_model(self, e: Expr, name: str, model: FunctionModel, st: State) -> Outcomes:
        """A call of a function that a model speaks for."""
        given: tuple[Expr, ...] = e[5]
        arguments = [self.evaluate(each, st) for each in given]
        if model.asserts:
            if len(given) < model.asserts:
                return [(st, None)]
            return [(state, None) for state in self._asserted(given[model.asserts - 1], st)]
        if model.asserts_not and len(given) >= model.asserts_not:
            return [(state, None) for state in self.split(given[model.asserts_not - 1], st)[1]]
        if model.ends:
            return []
        source = (e[2], model.says or f"read from outside by {name}", self.frames[-1].routine.path)
        call = LibraryCall(e, name, model, arguments, source)
        self.check_arguments(call, st)
        self.check_sizeof_arguments(call, st)
        self._run_effects(call, st)
        return self._results(call, st)

    def _asserted(self, e: Expr, st: State) -> list[State]:
        """The states in which an assertion holds."""
        self.lenient += 1
        try:
            trues, _ = self.split(e, st)
        finally:
            self.lenient -= 1
        return trues

    def _run_effects(self, call: LibraryCall, st: State) -> None:
        """Read, write, keep, release."""
        model = call.model
        for read in model.reads:
            self.read_through(call, read, st)
        for write in model.writes:
            self.write_through(call, write, st)
        if model.format is not None:
            self.run_format(call, model.format, st)
        for position in model.keeps:
            kept = call.pointer(position)
            if kept is not None and kept.object in st.objects:
                st.change(kept.object).escaped = True
        released = call.pointer(model.releases.argument) if model.releases is not None else None
        if model.releases is not None and released is not None:
            families = (model.releases.family, *model.releases.families)
            self.release(released, call.expression(model.releases.argument), families, st, call.at)

    def _results(self, call: LibraryCall, st: State) -> Outcomes:
        """The states that the call returns in."""
        spec = call.model.allocates
        if call.model.reallocates is not None:
            return self.reallocated(call, call.model.reallocates, st)
        if spec is None or _has_room(call, spec.when_null):
            return [(st, self.result(call, st))]
        if spec.into:
            return self.stored(call, spec, st)
        if spec.memory == "handle" and spec.fails_with is not None:
            return self.allocated_or_number(call, spec, spec.fails_with, st)
        return [(st, self.allocated(call, spec, st))]


def _has_room(call: LibraryCall, position: int) -> bool:
    """True when an argument that null asks to allocate for is not known to be null."""
    return 0 < position <= len(call.given) and not is_zero(call.value(position))
