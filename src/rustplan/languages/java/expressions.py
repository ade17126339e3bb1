"""Short forms of the expressions before a method name: what the call graph resolves to a type."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rustplan.syntax import Node

UNKNOWN = "?"
_NAMES = re.compile(r"[\w$]+(?:\s*\.\s*[\w$]+)*")
_LONGEST = 120
_DEEPEST = 24
_LITERALS = {"string_literal": "(String)", "class_literal": "(Class)"}


def short_form(node: Node | None, view: bytes, results: Mapping[int, int]) -> str:
    """Return the form that `JavaCall.receiver` describes; `results` gives the call that ends at a byte."""
    behind = ""
    for _ in range(_DEEPEST):
        if node is None:
            return UNKNOWN
        kind = node.type
        if kind in ("identifier", "this", "super"):
            return _text(node, view) + behind
        if kind == "method_invocation":
            call = results.get(node.end_byte)
            return UNKNOWN if call is None else f"#{call}{behind}"
        if kind == "field_access":
            whole = _text(node, view)
            if len(whole) <= _LONGEST and _NAMES.fullmatch(whole):
                return "".join(whole.split()) + behind
            behind = f".{_text(node.child_by_field_name('field'), view)}{behind}"
            node = node.child_by_field_name("object")
        elif kind == "array_access":
            behind = f"[]{behind}"
            node = node.child_by_field_name("array")
        elif kind == "parenthesized_expression":
            node = node.named_child(0)
        elif kind == "assignment_expression":
            node = node.child_by_field_name("right")
        elif kind == "ternary_expression":
            node = node.child_by_field_name("consequence")
        else:
            return _typed(node, kind, view, behind)
    return UNKNOWN


def _typed(node: Node, kind: str, view: bytes, behind: str) -> str:
    """Expressions that name their type, or are one (the receiver of a method reference may be)."""
    if kind == "object_creation_expression":
        return f"new {_type(node.child_by_field_name('type'), view)}{behind}"
    if kind == "cast_expression":
        return f"({_type(node.child_by_field_name('type'), view)}){behind}"
    if kind in ("type_identifier", "scoped_type_identifier", "generic_type"):
        return f"{_type(node, view).partition('<')[0]}{behind}"
    return _LITERALS.get(kind, UNKNOWN) + behind if kind in _LITERALS else UNKNOWN


def _type(node: Node | None, view: bytes) -> str:
    text = _text(node, view)
    return text if len(text) <= _LONGEST else text[:_LONGEST].partition("<")[0]


def _text(node: Node | None, view: bytes) -> str:
    if node is None:
        return ""
    text = view[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return text if text.isidentifier() else " ".join(text.split())
