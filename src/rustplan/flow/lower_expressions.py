"""Expressions: names resolved, types attached, constants folded."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.constants import EXTREMES
from rustplan.flow.ctypes import (
    ARRAY,
    FUNCTION,
    INT,
    LONG,
    POINTER,
    REFERENCE,
    SIGNED,
    SIZE,
    UNKNOWN,
    UNKNOWN_TYPE,
    UNSIGNED,
    CType,
    common,
    pointer_to,
)
from rustplan.flow.ir import Expr
from rustplan.flow.lower_calls import CallLowering
from rustplan.flow.lower_literals import Literals
from rustplan.flow.type_reading import decayed
from rustplan.syntax import Node

_BINARY = {
    "+": ir.ADD,
    "-": ir.SUB,
    "*": ir.MUL,
    "/": ir.DIV,
    "%": ir.MOD,
    "&": ir.BAND,
    "|": ir.BOR,
    "^": ir.BXOR,
    "<<": ir.SHL,
    ">>": ir.SHR,
    "<": ir.LESS,
    "<=": ir.LESS_EQUAL,
    "==": ir.EQUAL,
    "!=": ir.NOT_EQUAL,
    "&&": ir.AND,
    "||": ir.OR,
    "and": ir.AND,
    "or": ir.OR,
}


_COMPARISONS = (ir.LESS, ir.LESS_EQUAL, ir.EQUAL, ir.NOT_EQUAL)

_MAX_NODES = 30_000
_MAX_DEPTH = 100


class TooLarge(Exception):
    """The function has more expressions than the engine takes."""


class ExpressionLowering(Literals, CallLowering):
    """Lowers expressions."""

    def expression(self, node: Node | None) -> Expr:
        """The compact form of one expression node."""
        if node is None:
            return (ir.OPAQUE, UNKNOWN_TYPE, 0, ())
        self._nodes += 1
        handler = EXPRESSIONS.get(node.type)
        if self._nodes > _MAX_NODES or self._depth > _MAX_DEPTH:
            raise TooLarge
        self._depth += 1
        try:
            return self._opaque(node) if handler is None else handler(self, node)
        finally:
            self._depth -= 1

    def _opaque(self, node: Node) -> Expr:
        """Something that is evaluated for what it does only."""
        parts = tuple(self.expression(child) for child in node.named_children[:20] if child.type in EXPRESSIONS)
        return (ir.OPAQUE, UNKNOWN_TYPE, self.at(node), parts)

    # ---- names ----

    def _identifier(self, node: Node) -> Expr:
        name = self.types.text(node)
        if self._arguments and name in self._arguments[-1]:
            return self._arguments[-1][name]
        at = self.at(node)
        var = self._lookup(name)
        return self._outer_name(name, at) if var is None else (ir.VAR, var.type, at, var)

    def _outer_name(self, name: str, at: int) -> Expr:
        """A name that is no local one: member, constant, function, macro, or global."""
        member = self._member_of_this(name, at)
        if member is not None:
            return member
        value = self.declarations.constant(name)
        if value is not None:
            is_null = name in ("NULL", "nullptr")
            return (ir.CONST, pointer_to(UNKNOWN_TYPE) if is_null else _smallest(value), at, value, name in EXTREMES)
        if name in self.functions or self.declarations.result_of(name) is not None:
            return (ir.CODE, pointer_to(CType(FUNCTION, target=self.declarations.result_of(name))), at, name)
        text = self.declarations.macro_text(name)
        made = self._unfolded(name, text, {}, at) if text else None
        if made is not None:
            return made
        var = self._globals[name] = self._global(name)
        return (ir.VAR, var.type, at, var)

    def _qualified(self, node: Node) -> Expr:
        text = self.types.text(node).replace(" ", "")
        name = text.rsplit("::", 1)[-1]
        if text.startswith("std::") and name == "npos":
            return (ir.CONST, SIZE, self.at(node), (1 << 64) - 1)
        return self._outer_name(name, self.at(node))

    def _this_pointer(self, node: Node) -> Expr:
        if self._this is None:
            return (ir.OPAQUE, UNKNOWN_TYPE, self.at(node), ())
        return (ir.VAR, self._this.type, self.at(node), self._this)

    # ---- operators ----

    def _parenthesized(self, node: Node) -> Expr:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1 or inner[0].type == "compound_statement":
            return self._opaque(node)
        return self.expression(inner[0])

    def _binary(self, node: Node) -> Expr:
        operator = node.children[1].type if node.child_count >= 3 else ""
        if node.child_count > 3:
            found = node.child_by_field_name("operator")
            operator = found.type if found is not None else operator
        if operator in ("&", "*", "-", "+"):
            cast_to = self._cast_before(node, operator)
            if cast_to is not None:
                return self._ambiguous_cast(node, operator, cast_to)
        left, right = (
            self.expression(node.child_by_field_name("left")),
            self.expression(node.child_by_field_name("right")),
        )
        at = self.at(node)
        if operator in (">", ">="):
            return (ir.LESS if operator == ">" else ir.LESS_EQUAL, SIGNED, at, right, left)
        op = _BINARY.get(operator)
        if op is None:
            return (ir.OPAQUE, UNKNOWN_TYPE, at, (left, right))
        return self.combined(op, left, right, at)

    def _cast_before(self, node: Node, operator: str) -> CType | None:
        """The type in `(name)&place` and the like; a name that nobody declares is one when the sign stands close between its operands."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "parenthesized_expression":
            return None
        named = self._type_in_parentheses(left)
        if named is not None and named.kind != UNKNOWN:
            return named
        if (
            operator != "&"
            or self.source[left.end_byte : right.start_byte] != b"&"
            or right.type not in ("identifier", "field_expression", "subscript_expression")
        ):
            return None
        if named is None and left.named_child_count == 1 and left.named_children[0].type == "identifier":
            text = self.declarations.macro_text(self.types.text(left.named_children[0]))
            return UNKNOWN_TYPE if text is not None and text.endswith(b"*") else None
        return named

    def _ambiguous_cast(self, node: Node, operator: str, type_: CType) -> Expr:
        """`(name)&place` parses as arithmetic; where the name is no variable it is a cast of an address, a pointee, a signed number."""
        at = self.at(node)
        value = self.expression(node.child_by_field_name("right"))
        if operator == "&":
            value = self._address_of(value, at)
        elif operator == "*":
            pointer = decayed(value[1])
            value = (
                ir.DEREF,
                pointer.target if pointer.kind == POINTER and pointer.target is not None else UNKNOWN_TYPE,
                at,
                value,
            )
        elif operator == "-":
            value = (ir.NEG, value[1], at, value)
        return (ir.CAST, type_, at, value, True)

    def combined(self, op: int, left: Expr, right: Expr, at: int) -> Expr:
        """A binary operation with the type that C gives it."""
        if op in _COMPARISONS or op in (ir.AND, ir.OR):
            return (op, SIGNED, at, left, right)
        a, b = decayed(left[1]), decayed(right[1])
        if op == ir.ADD and b.kind == POINTER and a.kind != POINTER:
            left, right, a, b = right, left, b, a
        if a.kind == POINTER:
            type_ = LONG if op == ir.SUB and b.kind == POINTER else a
        elif op in (ir.SHL, ir.SHR):
            type_ = common(a, SIGNED) if a.kind == INT and a.bits < 32 else a
        else:
            type_ = common(a, b)
        return (op, type_, at, left, right)

    def _unary(self, node: Node) -> Expr:
        operator = node.children[0].type
        value = self.expression(node.child_by_field_name("argument"))
        at = self.at(node)
        if operator in ("!", "not"):
            return (ir.NOT, SIGNED, at, value)
        type_ = common(value[1], SIGNED) if value[1].kind == INT else value[1]
        if operator == "-":
            if value[0] == ir.CONST:
                return (ir.CONST, type_, at, -value[3])
            return (ir.NEG, type_, at, value)
        if operator == "~":
            return (ir.INVERT, type_, at, value)
        return value

    def _assignment(self, node: Node) -> Expr:
        place = self.expression(node.child_by_field_name("left"))
        value = self.expression(node.child_by_field_name("right"))
        operator = node.child_by_field_name("operator")
        at = self.at(node)
        self._mark_assigned(place)
        sign = operator.type if operator is not None else "="
        if sign == "=":
            return (ir.ASSIGN, place[1], at, place, value)
        op = _BINARY.get(sign[:-1])
        if op is None:
            return (ir.OPAQUE, place[1], at, (place, value))
        return (ir.UPDATE, place[1], at, op, place, value)

    def _update(self, node: Node) -> Expr:
        place = self.expression(node.child_by_field_name("argument"))
        self._mark_assigned(place)
        first = node.children[0]
        is_prefix = first.type in ("++", "--")
        sign = first.type if is_prefix else node.children[-1].type
        return (ir.STEP, place[1], self.at(node), place, 1 if sign == "++" else -1, is_prefix)

    def _conditional(self, node: Node) -> Expr:
        test = self.expression(node.child_by_field_name("condition"))
        consequence = node.child_by_field_name("consequence")
        then = self.expression(consequence) if consequence is not None else test
        other = self.expression(node.child_by_field_name("alternative"))
        a, b = decayed(then[1]), decayed(other[1])
        type_ = a if a.kind == POINTER and b.kind != POINTER else b if b.kind == POINTER and a.kind != POINTER else a
        if a.kind == POINTER and b.kind == POINTER and (a.target is None or a.target.kind == UNKNOWN):
            type_ = b
        elif a.kind == INT and b.kind == INT:
            type_ = common(a, b)
        return (ir.CHOICE, type_, self.at(node), test, then, other, self._fixed is not None)

    def _comma(self, node: Node) -> Expr:
        parts = tuple(self.expression(child) for child in node.named_children if child.type != "comment")
        return (ir.COMMA, parts[-1][1] if parts else UNKNOWN_TYPE, self.at(node), parts)

    # ---- places ----

    def _pointer(self, node: Node) -> Expr:
        operator = node.children[0].type
        value = self.expression(node.child_by_field_name("argument"))
        at = self.at(node)
        if operator == "*":
            type_ = decayed(value[1])
            if type_.kind == POINTER and type_.target is not None:
                if type_.target.kind == FUNCTION:
                    return value
                return (ir.DEREF, type_.target, at, value)
            return (ir.DEREF, UNKNOWN_TYPE, at, value)
        return self._address_of(value, at)

    def _address_of(self, value: Expr, at: int) -> Expr:
        if value[0] == ir.CODE:
            return value
        if value[0] == ir.DEREF:
            pointer: Expr = value[3]
            return pointer
        if value[0] == ir.VAR:
            value[3].in_memory = True
            value[3].writes += 2
            self._touched.add(value[3])
        return (ir.ADDRESS, pointer_to(value[1]), at, value)

    def _subscript(self, node: Node) -> Expr:
        base = self.expression(node.child_by_field_name("argument"))
        index_node = node.child_by_field_name("index")
        if index_node is None:
            listed = node.child_by_field_name("indices")
            index_node = listed.named_child(0) if listed is not None and listed.named_child_count else None
        index = self.expression(index_node)
        if base[1].kind == INT and index[1].kind in (POINTER, ARRAY):
            base, index = index, base
        type_ = base[1].target if base[1].kind in (POINTER, ARRAY) and base[1].target is not None else UNKNOWN_TYPE
        return (ir.INDEX, type_, self.at(node), base, index)

    def _field(self, node: Node) -> Expr:
        base = self.expression(node.child_by_field_name("argument"))
        name_node = node.child_by_field_name("field")
        name = self.types.text(name_node) if name_node is not None else ""
        name = name.rsplit("::", 1)[-1]
        operator = node.child_by_field_name("operator")
        at = self.at(node)
        bound = self._arguments[-1].get(name) if self._arguments else None
        if bound is not None:  # a parameter of the macro that names a member
            if bound[0] not in (ir.VAR, ir.CODE):
                return (ir.OPAQUE, UNKNOWN_TYPE, at, (base,))
            name = bound[3].name if bound[0] == ir.VAR else bound[3]
        if operator is not None and operator.type == "->":
            pointer = decayed(base[1])
            record = pointer.target if pointer.kind == POINTER and pointer.target is not None else UNKNOWN_TYPE
            base = (ir.DEREF, record, at, base)
        else:
            record = base[1]
            if record.kind == REFERENCE and record.target is not None:
                record = record.target
        members = self.declarations.members(record)
        if record.kind == UNKNOWN and record.name:
            self.declarations.used_as_records.add(record.name)
            if base[0] == ir.VAR:
                base[3].in_memory = True
        offset, type_ = members.get(name, (None, UNKNOWN_TYPE)) if members is not None else (None, UNKNOWN_TYPE)
        return (ir.MEMBER, type_, at, base, name, offset)

    # ---- types ----

    def _cast(self, node: Node) -> Expr:
        type_ = self.types.of_descriptor(node.child_by_field_name("type"))
        value_node = node.child_by_field_name("value")
        if value_node is None:
            return self._opaque(node)
        if value_node.type == "initializer_list":
            return self._initializer(value_node, type_)
        type_node = node.child_by_field_name("type")
        is_volatile = type_node is not None and any(
            child.type == "type_qualifier" and child.text == b"volatile" for child in type_node.children
        )
        return (ir.CAST, type_, self.at(node), self.expression(value_node), True, is_volatile)

    def _compound_literal(self, node: Node) -> Expr:
        type_ = self.types.of_descriptor(node.child_by_field_name("type"))
        value = node.child_by_field_name("value")
        return self._initializer(value, type_) if value is not None else self._opaque(node)

    def _sizeof(self, node: Node) -> Expr:
        at = self.at(node)
        type_node = node.child_by_field_name("type")
        if type_node is not None:
            if type_node.child_by_field_name("declarator") is None:
                inner = type_node.child_by_field_name("type")
                if inner is not None and inner.type == "type_identifier":
                    var = self._lookup(self.types.text(inner))
                    if var is not None:
                        return (ir.SIZEOF, SIZE, at, var.type, (ir.VAR, var.type, at, var))
            return (ir.SIZEOF, SIZE, at, self.types.of_descriptor(type_node), None)
        value_node = node.child_by_field_name("value")
        named = self._type_in_parentheses(value_node)
        if named is not None:
            return (ir.SIZEOF, SIZE, at, named, None)
        value = self.expression(value_node)
        return (ir.SIZEOF, SIZE, at, value[1], value)

    def _type_in_parentheses(self, node: Node | None) -> CType | None:
        """`sizeof(name)` parses as an expression; a name that is no variable is a type."""
        if node is None or node.type != "parenthesized_expression" or node.named_child_count != 1:
            return None
        inner = node.named_children[0]
        if inner.type not in ("identifier", "qualified_identifier"):
            return None
        name = self.types.text(inner).rsplit("::", 1)[-1]
        if (
            (self._arguments and name in self._arguments[-1])
            or self._lookup(name) is not None
            or self._member_of_this(name, 0) is not None
        ):
            return None
        if self.declarations.global_of(name) is not None or self.declarations.constant(name) is not None:
            return None
        if self.declarations.macro_text(name) is not None and self.declarations.typedef(name) is None:
            return None
        return self.types.by_name(name)


def _smallest(value: int) -> CType:
    """The type of a constant that a name stands for."""
    if -(1 << 31) <= value < 1 << 31:
        return SIGNED
    if 0 <= value < 1 << 32:
        return UNSIGNED
    return LONG if value < 1 << 63 else SIZE


EXPRESSIONS: dict[str, Callable[[ExpressionLowering, Node], Expr]] = {
    "identifier": ExpressionLowering._identifier,
    "number_literal": ExpressionLowering._number,
    "char_literal": ExpressionLowering._character,
    "string_literal": ExpressionLowering._string,
    "concatenated_string": ExpressionLowering._string,
    "raw_string_literal": ExpressionLowering._string,
    "parenthesized_expression": ExpressionLowering._parenthesized,
    "binary_expression": ExpressionLowering._binary,
    "unary_expression": ExpressionLowering._unary,
    "pointer_expression": ExpressionLowering._pointer,
    "subscript_expression": ExpressionLowering._subscript,
    "field_expression": ExpressionLowering._field,
    "assignment_expression": ExpressionLowering._assignment,
    "update_expression": ExpressionLowering._update,
    "conditional_expression": ExpressionLowering._conditional,
    "cast_expression": ExpressionLowering._cast,
    "compound_literal_expression": ExpressionLowering._compound_literal,
    "sizeof_expression": ExpressionLowering._sizeof,
    "comma_expression": ExpressionLowering._comma,
    "call_expression": ExpressionLowering._call,
    "new_expression": ExpressionLowering._new,
    "delete_expression": ExpressionLowering._delete,
    "initializer_list": ExpressionLowering._list,
    "lambda_expression": ExpressionLowering._lambda,
    "this": ExpressionLowering._this_pointer,
    "true": ExpressionLowering._boolean,
    "false": ExpressionLowering._boolean,
    "null": ExpressionLowering._null,
    "qualified_identifier": ExpressionLowering._qualified,
    "gnu_asm_expression": ExpressionLowering._opaque,
}
