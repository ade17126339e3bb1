"""Declarations inside of functions: variables with their first values, types."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import ARRAY, FLOAT, FUNCTION, INT, POINTER, REFERENCE, UNKNOWN, UNKNOWN_TYPE, CType
from rustplan.flow.initialisers import extent_from
from rustplan.flow.ir import Expr, Stmt, Var
from rustplan.flow.lower_expressions import ExpressionLowering
from rustplan.flow.type_reading import decayed
from rustplan.model.source import Language
from rustplan.syntax import Node


class DeclarationLowering(ExpressionLowering):
    """Lowers declarations."""

    def _declaration(self, node: Node) -> Stmt:
        words = {child.text for child in node.children if child.type in ("storage_class_specifier", "type_qualifier")}
        base = self.types.of_specifier(node.child_by_field_name("type"))
        kind = ir.STATIC if b"static" in words else ir.GLOBAL if b"extern" in words else ir.LOCAL
        made: list[Stmt] = []
        for declarator in node.children_by_field_name("declarator"):
            value_node, inner = None, declarator
            if declarator.type == "init_declarator":
                value_node = declarator.child_by_field_name("value")
                inner = declarator.child_by_field_name("declarator") or declarator
            name, type_ = self.types.declared(inner, base)
            if not name or type_.kind == FUNCTION:
                if type_.kind == FUNCTION and self.language is Language.CPP and inner.type == "function_declarator":
                    made.append(self._constructed(inner, base, kind))
            elif kind == ir.GLOBAL:
                self._scopes[-1][name] = self._global(name)
            else:
                at = self.at(declarator)
                var, value = self._variable(name, type_, kind, inner, value_node, at)
                var.is_volatile = b"volatile" in words
                if kind == ir.STATIC and value is not None:
                    self._note_static(var, value, is_const=b"const" in words)
                made.append((ir.DECLARE, at, var, value))
        if len(made) == 1:
            return made[0]
        return (ir.BLOCK, self.at(node), tuple(made), ()) if made else (ir.NOTHING, node.start_byte)

    def _variable(
        self, name: str, type_: CType, kind: int, inner: Node, value_node: Node | None, at: int
    ) -> tuple[Var, Expr | None]:
        """A new variable and its first value."""
        if type_.kind == UNKNOWN and type_.name.startswith("auto"):
            type_ = UNKNOWN_TYPE
        if type_.kind != ARRAY or _extent_node(inner) is None:
            type_ = extent_from(value_node, type_, self.types)
        value = self._first_value(value_node, type_, at) if value_node is not None else None
        if (
            type_ is UNKNOWN_TYPE
            and value is not None
            and value_node is not None
            and value_node.type != "argument_list"
        ):
            type_ = decayed(value[1])
        var = self._declare(name, type_, kind, at)
        if type_.kind == ARRAY and type_.count is None and kind == ir.LOCAL:
            extent = _extent_node(inner)
            var.extent = self.expression(extent) if extent is not None else None
        if var.is_reference and value is not None and value[0] == ir.VAR:
            value[3].in_memory = True
        for assigned in self._assigned:
            assigned.add(var)
        var.writes += value is not None
        return var, value

    def _first_value(self, node: Node, type_: CType, at: int) -> Expr:
        """`= value`, or `(arguments)` of a constructor."""
        if node.type != "argument_list":
            return self._initializer(node, type_)
        arguments = tuple(self.expression(child) for child in node.named_children if child.type != "comment")
        if type_.kind in (INT, POINTER, FLOAT, REFERENCE) and len(arguments) == 1:
            return arguments[0]
        if type_.name:
            self._calls.add(type_.name)
        return (ir.CALL, type_, at, type_.name, None, arguments, None)

    def _note_static(self, var: Var, value: Expr, *, is_const: bool) -> None:
        """The value that a static variable always has, when nothing writes it."""
        if is_const or var.name in self.constant_globals:
            var.value = value[3] if value[0] == ir.CONST else value
        elif value[0] == ir.CONST and var.type.kind == INT and self.language is Language.C:
            self._statics.append((var, value[3]))

    def _declaration_condition(self, node: Node) -> tuple[Stmt, Expr]:
        base = self.types.of_specifier(node.child_by_field_name("type"))
        name, type_ = self.types.declared(node.child_by_field_name("declarator"), base)
        value_node = node.child_by_field_name("value")
        value = self.expression(value_node)
        if type_.kind == UNKNOWN:
            type_ = decayed(value[1])
        var = self._declare(name or "?", type_, ir.LOCAL, self.at(node))
        return (ir.DECLARE, self.at(node), var, value), (ir.VAR, type_, self.at(node), var)

    def _constructed(self, node: Node, base: CType, kind: int) -> Stmt:
        """`Guard g(lock);` may parse as a function declaration."""
        inner = node.child_by_field_name("declarator")
        if inner is None or inner.type != "identifier":
            return (ir.NOTHING, node.start_byte)
        at = self.at(node)
        arguments = self._as_arguments(node)
        var = self._declare(self.types.text(inner), base, kind, at)
        if arguments is None:
            return (ir.DECLARE, at, var, (ir.OPAQUE, base, at, ()))
        self._mark_store()
        if base.name:
            self._calls.add(base.name)
        return (ir.DECLARE, at, var, (ir.CALL, base, at, base.name, None, arguments, None))

    def _as_arguments(self, node: Node) -> tuple[Expr, ...] | None:
        """The parameters of what is no function declaration: plain names of variables."""
        listed = node.child_by_field_name("parameters")
        made: list[Expr] = []
        for child in listed.named_children if listed is not None else ():
            type_node = child.child_by_field_name("type") if child.type == "parameter_declaration" else None
            var = (
                self._lookup(self.types.text(type_node))
                if type_node is not None and child.child_by_field_name("declarator") is None
                else None
            )
            if var is None or type_node is None:
                return None
            made.append((ir.VAR, var.type, self.at(type_node), var))
        return tuple(made) if made else None

    def _local_type(self, node: Node) -> Stmt:
        if node.type == "type_definition":
            base = self.types.of_specifier(node.child_by_field_name("type"))
            for declarator in node.children_by_field_name("declarator"):
                name, type_ = self.types.declared(declarator, base)
                if name:
                    self.declarations.typedefs.setdefault(name, type_)
        else:
            self.types.of_specifier(node)
        return (ir.NOTHING, node.start_byte)


def _extent_node(declarator: Node) -> Node | None:
    node: Node | None = declarator
    found: Node | None = None
    for _ in range(20):
        if node is None:
            break
        if node.type == "array_declarator":
            found = node.child_by_field_name("size")  # the first extent is the one next to the name
        node = node.child_by_field_name("declarator")
    return found
