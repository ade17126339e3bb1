"""What an initialiser says about the variable: the characters of a string literal, the extent of an array."""

from __future__ import annotations

from rustplan.flow.ctypes import ARRAY, CType, array_of
from rustplan.flow.type_reading import Types
from rustplan.syntax import Node

_STRINGS = ("string_literal", "concatenated_string")


_SIMPLE = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"0": b"\0",
    b"\\": b"\\",
    b'"': b'"',
    b"'": b"'",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


def extent_from(value: Node | None, type_: CType, types: Types) -> CType:
    """`char a[] = "..."` and `int a[] = {...}`: the initialiser says the extent."""
    if value is None or type_.kind != ARRAY or type_.count is not None or type_.target is None:
        return type_
    text: Node | None = value if value.type in _STRINGS else None
    if value.type == "initializer_list":
        parts = [child for child in value.named_children if child.type != "comment"]
        items = [child for child in parts if child.type != "initializer_pair"]
        if len(items) == 1 and items[0].type in _STRINGS and type_.target.size in (1, 4):
            text = items[0]
        elif len(items) == len(parts):
            return array_of(type_.target, len(items))
    data = string_value(text, types.source) if text is not None else None
    return type_ if data is None else array_of(type_.target, len(data) + 1)


def string_value(node: Node, source: bytes) -> bytes | None:
    """The characters of a string literal, one byte each (a wide or multi-byte character counts once).

    None when macros are part of it.
    """
    if node.type == "concatenated_string":
        parts = [string_value(child, source) for child in node.named_children if child.type != "comment"]
        known = [part for part in parts if part is not None]
        return b"".join(known) if len(known) == len(parts) else None
    if node.type == "raw_string_literal":
        inner = next((child for child in node.named_children if child.type == "raw_string_content"), None)
        return b"" if inner is None else source[inner.start_byte : inner.end_byte]
    if node.type != "string_literal":
        return None
    made = []
    for child in node.named_children:
        text = source[child.start_byte : child.end_byte]
        made.append(_escaped(text) if child.type == "escape_sequence" else text)
    return b"".join(made)


def _escaped(text: bytes) -> bytes:
    """The character of an escape sequence."""
    if len(text) > 1 and text[1:2] in b"01234567":
        return bytes([int(text[1:], 8) & 255])
    if text[1:2] in b"xX":
        return bytes([int(text[2:] or b"0", 16) & 255])
    return _SIMPLE.get(text[1:2], b"?")
