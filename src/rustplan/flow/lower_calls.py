"""Calls, `new` and `delete`."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import FUNCTION, POINTER, REFERENCE, UNKNOWN, UNKNOWN_TYPE, CType, array_of, pointer_to
from rustplan.flow.declarations import Macro
from rustplan.flow.ir import Expr
from rustplan.flow.macros import Macros, called_alone, uses_parameters
from rustplan.flow.type_reading import decayed
from rustplan.model.source import Language
from rustplan.syntax import Node

_CASTS = frozenset(("static_cast", "reinterpret_cast", "const_cast", "dynamic_cast"))
_MAX_ALIASES = 4


class CallLowering(Macros):
    """Lowers calls."""

    def _opaque(self, node: Node) -> Expr:
        """Something that is evaluated for what it does only."""
        raise NotImplementedError

    def _field(self, node: Node) -> Expr:
        """A member of a record."""
        raise NotImplementedError

    def _call(self, node: Node) -> Expr:
        at = self.at(node)
        function = node.child_by_field_name("function")
        given = _parts(node.child_by_field_name("arguments"))
        if function is None:
            return self._opaque(node)
        while function.type == "parenthesized_expression" and function.named_child_count == 1:
            function = function.named_children[0]
        kind = function.type
        if kind == "template_function":
            return self._template_call(function, given, at)
        if kind in ("primitive_type", "sized_type_specifier") and len(given) == 1:
            return (ir.CAST, self.types.of_specifier(function), at, self.expression(given[0]), True)
        if kind == "identifier":
            return self._plain_call(function, given, at)
        if kind == "qualified_identifier":
            return self._qualified_call(function, given, at)
        if kind == "field_expression":
            return self._method_call(function, given, at)
        callee = self.expression(function)
        if callee[0] == ir.CODE:
            return self._made_call(callee[3], None, None, given, at)
        return self._made_call("", callee, None, given, at)

    def _plain_call(self, function: Node, given: list[Node], at: int) -> Expr:
        """A call by plain name, which may be that of a variable or of a parameter of the macro at hand."""
        name = self.types.text(function)
        bound = self._arguments[-1].get(name) if self._arguments else None
        if bound is not None:
            if bound[0] == ir.CODE:
                return self._made_call(bound[3], None, None, given, at)
            return self._made_call("", bound, None, given, at)
        if self._lookup(name) is not None:
            return self._made_call("", self.expression(function), None, given, at)
        return self._named_call(name, given, at)

    def _qualified_call(self, function: Node, given: list[Node], at: int) -> Expr:
        text = self.types.text(function).replace(" ", "").split("<")[0]
        name = text.rsplit("::", 1)[-1]
        if text in ("std::move", "std::forward", "move") and len(given) == 1:
            value = self.expression(given[0])
            return (ir.MOVE, value[1], at, value)
        if "::" in text:
            scope = text.rsplit("::", 2)[-2]
            if self.declarations.class_of(scope) is not None or (not scope and self._container):
                name = f"{scope}::{name}"
        return self._made_call(name, None, None, given, at)

    def _named_call(self, name: str, given: list[Node], at: int) -> Expr:
        """A call of what no variable is named: a macro is unfolded, an alias followed, a type's name is a conversion."""
        macro = None if name in self.functions else self.declarations.function_macro(name)
        if macro is not None and self.declarations.result_of(name) is not None and not uses_parameters(macro):
            macro = None  # stands for the function where that is left out
        if macro is not None:
            made = self._unfolded_call(name, macro, given, at)
            if made is not None:
                return made
            name = called_alone(macro)
        for _ in range(_MAX_ALIASES):
            text = self.declarations.macro_text(name)
            if text is None or not text.isascii() or not text.decode().isidentifier():
                break
            name = text.decode()
        info = self.declarations.class_of(self._container) if self._this is not None else None
        is_method = info is not None and name in info.methods and name not in self.functions
        if self._this is not None and is_method:
            receiver = (ir.DEREF, self._this.type.target, at, (ir.VAR, self._this.type, at, self._this))
            return self._made_call(name, None, receiver, given, at)
        if name not in self.functions:
            is_class = self.declarations.class_of(name) is not None
            if is_class and self.language is Language.CPP and len(given) == 1:
                return (ir.OPAQUE, CType(UNKNOWN, name=name), at, (self.expression(given[0]),))
            global_ = self.declarations.global_of(name)
            if global_ is not None:
                return self._made_call("", (ir.VAR, global_.type, at, self._global(name)), None, given, at)
        return self._made_call(name, None, None, given, at)

    def _unfolded_call(self, name: str, macro: Macro, given: list[Node], at: int) -> Expr | None:
        """A macro with its arguments put in; an invocation that may do anything; None for one that only hands them on."""
        made: Expr | None = None
        if macro.parameters and macro.parameters[-1] != "..." and len(macro.parameters) == len(given):
            arguments = dict(zip(macro.parameters, [self.expression(child) for child in given], strict=True))
            made = self._unfolded(name, macro.text, arguments, at)
        elif not given and not macro.parameters:
            made = self._unfolded(name, macro.text, {}, at)
        if made is not None or called_alone(macro):
            return made
        self._mark_store()
        parts = tuple(self.expression(child) for child in given)
        for part in parts:
            self._mark_assigned(part)
        return (ir.MACRO, UNKNOWN_TYPE, at, name, parts)

    def _method_call(self, function: Node, given: list[Node], at: int) -> Expr:
        place = self._field(function)
        if place[1].kind == POINTER or (place[1].kind == UNKNOWN and self.language is Language.C):
            return self._made_call("", place, None, given, at)
        return self._made_call(place[4], None, place[3], given, at)

    def _template_call(self, function: Node, given: list[Node], at: int) -> Expr:
        name_node = function.child_by_field_name("name")
        name = self.types.text(name_node) if name_node is not None else ""
        listed = function.child_by_field_name("arguments")
        if name in _CASTS and listed is not None and listed.named_child_count == 1 and len(given) == 1:
            return (ir.CAST, self.types.of_descriptor(listed.named_children[0]), at, self.expression(given[0]), True)
        if name in ("move", "forward") and len(given) == 1:
            value = self.expression(given[0])
            return (ir.MOVE, value[1], at, value)
        return self._made_call(name, None, None, given, at)

    def _made_call(self, name: str, callee: Expr | None, receiver: Expr | None, given: list[Node], at: int) -> Expr:
        arguments = tuple(self.expression(child) for child in given)
        self._mark_store()
        plain = name.rsplit("::", 1)[-1]
        if plain:
            self._calls.add(plain)
        result = self.declarations.result_of(plain) if plain else None
        if result is None and callee is not None:
            type_ = callee[1]
            for _ in range(2):
                if type_.kind in (POINTER, REFERENCE) and type_.target is not None:
                    type_ = type_.target
            if type_.kind == FUNCTION and type_.target is not None:
                result = type_.target
        return (ir.CALL, result or UNKNOWN_TYPE, at, name, callee, arguments, receiver)

    def _new(self, node: Node) -> Expr:
        at = self.at(node)
        base = self.types.of_specifier(node.child_by_field_name("type"))
        declarator = node.child_by_field_name("declarator")
        listed = node.child_by_field_name("arguments")
        arguments = tuple(self.expression(child) for child in _parts(listed))
        placement = node.child_by_field_name("placement")
        if placement is not None:
            where = [self.expression(child) for child in _parts(placement)]
            if len(where) == 1 and decayed(where[0][1]).kind == POINTER and not arguments:
                return (ir.CAST, pointer_to(base), at, where[0], True)
            return (ir.OPAQUE, pointer_to(base), at, arguments)
        count: Expr | None = None
        if declarator is not None:
            count = self.expression(declarator.child_by_field_name("length"))
            base = self._new_element(declarator, base)
        elif listed is None:
            for _ in range(self._stars_after(node)):
                base = pointer_to(base)
        self._mark_store()
        if base.name:
            self._calls.add(base.name)
        is_zeroed = listed is not None and not arguments
        return (ir.NEW, pointer_to(base), at, base, count, arguments, declarator is not None, is_zeroed)

    def _new_element(self, declarator: Node, base: CType) -> CType:
        """`new T[n][3]`: the element is an array itself."""
        inner = declarator.child_by_field_name("declarator") or _nested(declarator)
        while inner is not None:
            base = array_of(base, self.types.constant(inner.child_by_field_name("length")))
            inner = _nested(inner)
        return base

    def _stars_after(self, node: Node) -> int:
        """`new T *;`: the grammar leaves the stars outside of the expression."""
        rest = self.source[node.end_byte : node.end_byte + 16].split(b";")
        stars = rest[0].replace(b" ", b"")
        return len(stars) if len(rest) > 1 and stars.strip(b"*") == b"" else 0

    def _delete(self, node: Node) -> Expr:
        self._mark_store()
        is_array = any(child.type == "[" for child in node.children)
        value = self.expression(node.named_children[-1]) if node.named_child_count else self.expression(None)
        target = value[1].target
        if target is not None and target.name:
            self._calls.add("~" + target.name)
        return (ir.DELETE, UNKNOWN_TYPE, self.at(node), value, is_array)

    def _lambda(self, node: Node) -> Expr:
        captured = []
        for child in node.named_children:
            if child.type == "lambda_capture_specifier":
                for name in child.named_children:
                    var = self._lookup(self.types.text(name)) if name.type == "identifier" else None
                    if var is not None:
                        captured.append(var)
        self._mark_store()
        return (ir.LAMBDA, UNKNOWN_TYPE, self.at(node), tuple(captured))


def _parts(listed: Node | None) -> list[Node]:
    return [child for child in listed.named_children if child.type != "comment"] if listed is not None else []


def _nested(declarator: Node) -> Node | None:
    return next((child for child in declarator.named_children if child.type == "new_declarator"), None)
