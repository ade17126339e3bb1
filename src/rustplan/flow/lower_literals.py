"""Literals and braced initialisers."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.constants import character, literal
from rustplan.flow.ctypes import (
    ARRAY,
    BOOL,
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    POINTER,
    REFERENCE,
    SIGNED,
    SIZE,
    UNKNOWN_TYPE,
    UNSIGNED,
    WCHAR,
    CType,
    array_of,
    pointer_to,
)
from rustplan.flow.initialisers import string_value
from rustplan.flow.ir import Expr
from rustplan.flow.lower_names import Names
from rustplan.model.source import Language
from rustplan.syntax import Node

_MAX_ITEMS = 2000


class Literals(Names):
    """Lowers literals and initialisers."""

    def _number(self, node: Node) -> Expr:
        text = self.source[node.start_byte : node.end_byte]
        is_negative = text[:1] == b"-"  # the grammar takes a sign into the literal
        text = text.lstrip(b"+-").lstrip()
        value = literal(text)
        if value is None:
            return (ir.OPAQUE, DOUBLE, self.at(node), ())
        type_ = _type_of_number(text, value)
        if is_negative:
            value = -value if type_.signed else (-value) % (1 << type_.bits)
        return (ir.CONST, type_, self.at(node), value)

    def _character(self, node: Node) -> Expr:
        value = character(self.types.text(node))
        type_ = CHAR if self.language is Language.CPP else SIGNED
        return (ir.CONST, type_, self.at(node), value) if value is not None else (ir.OPAQUE, type_, self.at(node), ())

    def _string(self, node: Node) -> Expr:
        data = self._string_value(node)
        is_wide = self.source[node.start_byte : node.start_byte + 1] == b"L"
        element = WCHAR if is_wide else CHAR
        if data is None:
            return (ir.TEXT, array_of(element, None), self.at(node), None, element.size)
        return (ir.TEXT, array_of(element, len(data) + 1), self.at(node), data, element.size)

    def _string_value(self, node: Node) -> bytes | None:
        """The characters; macros between the pieces (`"%" PRIu64`) are unfolded when they are strings themselves."""
        if node.type != "concatenated_string":
            return string_value(node, self.source)
        made: list[bytes] = []
        for child in node.named_children:
            if child.type == "comment":
                continue
            is_name = child.type == "identifier"
            piece = self._macro_string(child) if is_name else string_value(child, self.source)
            if piece is None:
                return None
            made.append(piece)
        return b"".join(made)

    def _macro_string(self, name: Node) -> bytes | None:
        """The characters of a macro that is one plain string."""
        text = self.declarations.macro_text(self.types.text(name))
        if text is None or len(text) < 2 or not (text.startswith(b'"') and text.endswith(b'"')):
            return None
        return text[1:-1] if b"\\" not in text and b'"' not in text[1:-1] else None

    def _boolean(self, node: Node) -> Expr:
        return (
            ir.CONST,
            BOOL if self.language is Language.CPP else SIGNED,
            self.at(node),
            1 if node.type == "true" else 0,
        )

    def _null(self, node: Node) -> Expr:
        return (ir.CONST, pointer_to(UNKNOWN_TYPE), self.at(node), 0)

    def _list(self, node: Node) -> Expr:
        return self._initializer(node, UNKNOWN_TYPE)

    def _initializer(self, node: Node, type_: CType) -> Expr:
        """An initialiser as a value; a braced list names members or elements, the rest is zero."""
        if node.type != "initializer_list":
            return self.expression(node)
        items = [child for child in node.named_children if child.type != "comment"]
        if type_.kind == REFERENCE and type_.target is not None:
            type_ = type_.target
        if len(items) == 1:
            is_text = type_.kind == ARRAY and items[0].type in ("string_literal", "concatenated_string")
            if is_text or type_.kind in (INT, POINTER, FLOAT):
                return self.expression(items[0])
        found = self.declarations.members(type_) if type_.is_record else None
        members = {name: member for name, (_, member) in (found or {}).items()}
        names = list(members)
        made: list[tuple[object, Expr]] = []
        position = 0
        for child in items[:_MAX_ITEMS]:
            key: object = position
            value_node: Node | None = child
            if child.type == "initializer_pair":
                key = self._designated(child, position)
                value_node = child.child_by_field_name("value")
                if key is None or value_node is None:
                    continue
                if isinstance(key, int):
                    position = key
                elif key in members:
                    position = names.index(str(key))
            if type_.is_record:
                key = names[key] if isinstance(key, int) and 0 <= key < len(names) else key
                inner_type = members.get(str(key), UNKNOWN_TYPE)
            else:
                inner_type = type_.target if type_.kind == ARRAY and type_.target is not None else UNKNOWN_TYPE
            if value_node is not None:
                made.append((key, self._initializer(value_node, inner_type)))
            position += 1
        return (ir.INIT, type_, self.at(node), tuple(made))

    def _designated(self, pair: Node, position: int) -> object:
        """The member or element that `.name = ` or `[3] = ` names; None when that is not known."""
        designators = pair.children_by_field_name("designator")
        if len(designators) != 1:
            return None
        inner = designators[0].named_child(0)
        if designators[0].type == "field_designator" and inner is not None:
            return self.types.text(inner)
        if designators[0].type == "subscript_designator":
            return self.types.constant(inner)
        return position


def _type_of_number(text: bytes, value: int) -> CType:
    """The type of an integer literal, from its suffix, its base and its size."""
    suffix = text[-4:].lower()
    is_hex = text[:2] in (b"0x", b"0X")
    is_long = b"l" in suffix
    if text[-1:] in b"uU" if is_hex else b"u" in suffix:
        return UNSIGNED if value < 1 << 32 and not is_long else SIZE
    if not is_long and value < 1 << 31:
        return SIGNED
    if value >= 1 << 63:
        return SIZE
    return UNSIGNED if is_hex and value < 1 << 32 and not is_long else LONG
