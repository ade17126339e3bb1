"""Syntax nodes of one function to the compact form: what the function is called, where it belongs, its parameters, its body."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import FUNCTION, SIGNED, UNKNOWN, UNKNOWN_TYPE, VOID, CType, pointer_to
from rustplan.flow.ir import Routine, Stmt, Var
from rustplan.flow.lower_expressions import TooLarge
from rustplan.flow.lower_statements import StatementLowering
from rustplan.flow.type_reading import decayed
from rustplan.syntax import Node

__all__ = ["Lowerer", "TooLarge"]

_MAX_NESTING = 40
_MAX_OUTER = 6


class Lowerer(StatementLowering):
    """Turns function definitions of one file into routines."""

    def routine(self, node: Node) -> Routine | None:
        """The compact form of one `function_definition`; None when it has no body or no name."""
        body = node.child_by_field_name("body")
        if body is None or body.type not in ("compound_statement", "try_statement"):
            return None
        base = self.types.of_specifier(node.child_by_field_name("type"))
        declarator = node.child_by_field_name("declarator")
        qualified, type_ = self.types.declared(declarator, base)
        if not qualified or type_.kind != FUNCTION:
            return None
        self._forget_function()
        self._container = self._container_of(node, qualified)
        self._this = self._receiver(node)
        parameters, is_variadic = self._parameters(node, declarator)
        made = Routine(
            qualified.rsplit("::", 1)[-1],
            qualified,
            self._container if self._this is not None else "",
            parameters if self._this is None else (self._this, *parameters),
            type_.target or UNKNOWN_TYPE,
            self._body(node, body),
            node.start_byte,
            node.end_byte,
        )
        made.conditions = self._compiled_under(node)
        made.path, made.is_variadic, made.calls = self.path, is_variadic, frozenset(self._calls)
        made.globals = tuple(self._globals.values())
        return made

    def _container_of(self, node: Node, qualified: str) -> str:
        if "::" in qualified:
            return qualified.rsplit("::", 2)[-2].split("<")[0]
        outer = node.parent
        for _ in range(_MAX_OUTER):
            if outer is None:
                return ""
            if outer.type in ("class_specifier", "struct_specifier"):
                name = outer.child_by_field_name("name")
                return self.types.text(name).split("<")[0] if name is not None else ""
            outer = outer.parent
        return ""

    def _receiver(self, node: Node) -> Var | None:
        """The variable `this` of a method that is not static."""
        if not self._container or any(
            child.type == "storage_class_specifier" and child.text == b"static" for child in node.children
        ):
            return None
        record = self.declarations.record(self._container)
        if record is None and self.declarations.class_of(self._container) is None:
            return None
        return Var("this", pointer_to(record or CType(UNKNOWN, name=self._container)), ir.THIS, node.start_byte)

    def _body(self, node: Node, body: Node) -> Stmt:
        """Member initialisers and statements."""
        initialized = [
            statement
            for child in node.named_children
            if child.type == "field_initializer_list"
            for statement in self._member_initializers(child)
        ]
        lowered = self._statement(body)
        for var, value in self._statics:
            if var not in self._touched:  # nothing writes it: it always has the value it starts with
                var.value = value
        return (ir.BLOCK, body.start_byte, (*initialized, lowered), ()) if initialized else lowered

    # ---- parameters ----

    def _parameters(self, node: Node, declarator: Node | None) -> tuple[tuple[Var, ...], bool]:
        """The parameters, and whether more arguments may follow."""
        function = _parameter_list_of(declarator)
        listed = function.child_by_field_name("parameters") if function is not None else None
        if listed is None:
            return (), False
        old_style = self._old_style(node)
        made: list[Var] = []
        is_variadic = False
        for child in listed.children:
            if child.type == "identifier":
                name = self.types.text(child)
                type_ = decayed(old_style.get(name, SIGNED))
                made.append(self._declare(name, type_, ir.PARAMETER, child.start_byte))
            elif child.type in ("parameter_declaration", "optional_parameter_declaration"):
                base = self.types.of_specifier(child.child_by_field_name("type"))
                name, type_ = self.types.declared(child.child_by_field_name("declarator"), base)
                if type_.kind == FUNCTION:
                    type_ = pointer_to(type_)
                if name or type_.kind != VOID:
                    made.append(self._declare(name or "?", decayed(type_), ir.PARAMETER, child.start_byte))
            elif child.type in ("variadic_parameter", "..."):
                is_variadic = True
        return tuple(made), is_variadic

    def _old_style(self, node: Node) -> dict[str, CType]:
        """`f(a, b) int a; char *b; { ... }`: the types that follow the names."""
        made: dict[str, CType] = {}
        for child in node.named_children:
            if child.type == "declaration":
                base = self.types.of_specifier(child.child_by_field_name("type"))
                for each in child.children_by_field_name("declarator"):
                    name, type_ = self.types.declared(each, base)
                    made[name] = type_
        return made

    def _member_initializers(self, node: Node) -> list[Stmt]:
        made: list[Stmt] = []
        for child in node.named_children:
            if child.type != "field_initializer":
                continue
            parts = child.named_children
            if len(parts) < 2 or self._this is None:
                continue
            name = self.types.text(parts[0])
            values = (
                [part for part in parts[1].named_children if part.type != "comment"]
                if parts[1].type in ("argument_list", "initializer_list")
                else []
            )
            place = self._member_of_this(name, child.start_byte)
            if place is None or len(values) != 1:
                continue
            made.append(
                (ir.EVAL, child.start_byte, (ir.ASSIGN, place[1], child.start_byte, place, self.expression(values[0])))
            )
        return made


def _parameter_list_of(declarator: Node | None) -> Node | None:
    """The innermost function declarator: the one next to the name."""
    found: Node | None = None
    node = declarator
    for _ in range(_MAX_NESTING):
        if node is None:
            break
        if node.type == "function_declarator":
            found = node
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type in ("parenthesized_declarator", "reference_declarator"):
            inner = node.named_child(0)
        node = inner
    return found
