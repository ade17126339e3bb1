"""What all parts of the lowering share: the text at hand, the scopes, and what a name stands for."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, INT, POINTER, UNKNOWN_TYPE, CType
from rustplan.flow.declarations import Declarations
from rustplan.flow.ir import Expr, Var
from rustplan.flow.type_reading import Types
from rustplan.model.source import Language
from rustplan.syntax import Node


class Names:
    """The state of the lowering. `source` is the text that the tree was parsed from."""

    def __init__(self, source: bytes, declarations: Declarations, language: Language, path: str = "") -> None:
        self.source = source
        self.language = language
        self.path = path
        self.declarations = declarations
        self.types = Types(source, declarations)
        declarations.is_c = language is Language.C
        self.globals: dict[str, Var] = {}
        self.constant_globals: frozenset[str] = frozenset()
        """Variables at file level that nothing writes."""
        self.functions: frozenset[str] = frozenset()
        """The functions that the file defines."""
        self.elsewhere: Callable[[str, str], Var | None] | None = None
        """Finds the definition of a variable in the other files."""
        self._parsed: dict[tuple[str, int], tuple[bytes, Node] | None] = {}
        self._forget_function()

    def _forget_function(self) -> None:
        """Be ready for the next function."""
        self._scopes: list[dict[str, Var]] = [{}]
        self._assigned: list[set[Var]] = [set()]
        self._stores = [False]
        self._globals: dict[str, Var] = {}
        self._calls: set[str] = set()
        self._container = ""
        self._this: Var | None = None
        self._fixed: int | None = None
        self._arguments: list[dict[str, Expr]] = []
        self._nodes = 0
        self._depth = 0
        self._statics: list[tuple[Var, int]] = []
        self._touched: set[Var] = set()

    def expression(self, node: Node | None) -> Expr:
        """The compact form of one expression node."""
        raise NotImplementedError

    def _initializer(self, node: Node, type_: CType) -> Expr:
        """An initialiser as a value."""
        raise NotImplementedError

    def at(self, node: Node) -> int:
        """The byte offset that a finding at this node shows."""
        return node.start_byte if self._fixed is None else self._fixed

    def _declare(self, name: str, type_: CType, kind: int, offset: int) -> Var:
        var = Var(name, type_, kind, offset if self._fixed is None else self._fixed)
        self._scopes[-1][name] = var
        return var

    def _lookup(self, name: str) -> Var | None:
        for scope in reversed(self._scopes):
            found = scope.get(name)
            if found is not None:
                return found
        return None

    def _global(self, name: str) -> Var:
        """The variable at file level of that name; one that nobody declares is taken as an external one of unknown type."""
        found = self.globals.get(name)
        if found is not None:
            return found
        declared = self.declarations.global_of(name)
        if self.elsewhere is not None and (declared is None or declared.is_extern):
            defined = self.elsewhere(name, self.path)
            if defined is not None:
                self.globals[name] = defined
                return defined
        if declared is None:
            var = self.globals[name] = Var(name, UNKNOWN_TYPE, ir.GLOBAL)
            var.is_extern = True
            return var
        var = self.globals[name] = Var(name, declared.type, ir.GLOBAL, declared.offset)
        var.is_extern = declared.is_extern
        is_own = self.declarations.globals.get(name) is declared
        if declared.value is not None and is_own and (declared.is_const or name in self.constant_globals):
            self._note_value(var, declared.value)
        return var

    def _note_value(self, var: Var, node: Node) -> None:
        """The value that a variable at file level always has."""
        value = self.types.constant(node)
        if value is not None and var.type.kind in (INT, POINTER):
            var.value = value
        elif var.type.kind in (ARRAY, POINTER):
            saved, self._scopes = self._scopes, [{}]
            var.value = self._initializer(node, var.type)
            self._scopes = saved

    def file_variable(self, name: str) -> Var:
        """The variable at file level of that name."""
        return self._global(name)

    def _member_of_this(self, name: str, at: int) -> Expr | None:
        if self._this is None:
            return None
        record = self._this.type.target
        members = self.declarations.members(record) if record is not None else None
        if members is None or name not in members:
            return None
        offset, type_ = members[name]
        place = (ir.DEREF, record, at, (ir.VAR, self._this.type, at, self._this))
        return (ir.MEMBER, type_, at, place, name, offset)

    # ---- what a loop changes ----

    def _mark_assigned(self, place: Expr) -> None:
        if place[0] == ir.VAR:
            self._touched.add(place[3])
            place[3].writes += 1
            for assigned in self._assigned:
                assigned.add(place[3])
            if place[3].in_memory or place[3].is_reference:
                self._mark_store()
        else:
            self._mark_store()

    def _mark_store(self) -> None:
        self._stores[:] = [True] * len(self._stores)
