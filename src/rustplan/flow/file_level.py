"""The file level of one C or C++ source, read into tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.flow.ctypes import FUNCTION, CType
from rustplan.flow.declarations import Declarations, GlobalVariable, Included, Macro
from rustplan.flow.initialisers import extent_from
from rustplan.flow.type_reading import RECORDS, Types
from rustplan.syntax import Node

_MAX_MACRO = 600

FILE_LEVEL = frozenset(
    (
        "translation_unit",
        "linkage_specification",
        "declaration_list",
        "namespace_definition",
        "preproc_if",
        "preproc_ifdef",
        "preproc_else",
        "preproc_elif",
        "preproc_elifdef",
        "template_declaration",
        "ERROR",
    )
)
"""Nodes around definitions that still stand at file level."""


_DEFINE = re.compile(
    rb"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w{0,100})(\([\w\s,.]{0,200}\))?(?:[ \t]+((?:[^\n\\]|\\(?:\r?\n)?){0,2000}))?",
    re.MULTILINE,
)


_COMMENT = re.compile(rb"/\*[^*]{0,400}(?:\*[^/][^*]{0,400}){0,20}\*/|//[^\n]*")


def read_declarations(root: Node, source: bytes, included: Included | None = None) -> Declarations:
    """Take down what the file level of one tree declares; `included` are its headers."""
    made = Declarations(included=included)
    types = Types(source, made)
    _read_macros(source, made)
    for node in _file_level(root):
        kind = node.type
        if kind in RECORDS or kind == "enum_specifier":
            types.of_specifier(node)
        elif kind == "type_definition":
            _read_typedefs(node, types, made)
        elif kind == "alias_declaration":
            name_node = node.child_by_field_name("name")
            if name_node is not None:
                made.typedefs[types.text(name_node)] = types.of_descriptor(node.child_by_field_name("type"))
        elif kind == "declaration":
            _read_variables(node, types, made)
        elif kind == "function_definition":
            base = types.of_specifier(node.child_by_field_name("type"))
            name, type_ = types.declared(node.child_by_field_name("declarator"), base)
            result = _result(type_)
            if name and result is not None:
                made.results[name.rsplit("::", 1)[-1]] = result
    return made


def _read_typedefs(node: Node, types: Types, made: Declarations) -> None:
    base = types.of_specifier(node.child_by_field_name("type"))
    for declarator in node.children_by_field_name("declarator"):
        name, type_ = types.declared(declarator, base)
        if name:
            if base.is_record and not base.name and type_ is base:
                base.name = name
            made.typedefs[name] = type_


def _read_macros(source: bytes, made: Declarations) -> None:
    if b"define" not in source:
        return
    for match in _DEFINE.finditer(source):
        name, text = match.group(1).decode(), match.group(3) or b""
        if len(text) > _MAX_MACRO:
            continue
        if b"\\" in text:
            text = text.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
        if b"/" in text:
            text = _COMMENT.sub(b" ", text)
        if match.group(2) is None:
            made.macros[name] = text.strip()
        else:
            parameters = tuple(
                part.strip() for part in match.group(2)[1:-1].decode("ascii", "replace").split(",") if part.strip()
            )
            made.function_macros[name] = Macro(parameters, text.strip())


def _read_variables(node: Node, types: Types, made: Declarations) -> None:
    words = {child.text for child in node.children if child.type in ("storage_class_specifier", "type_qualifier")}
    base = types.of_specifier(node.child_by_field_name("type"))
    for declarator in node.children_by_field_name("declarator"):
        value: Node | None = None
        inner: Node | None = declarator
        if declarator.type == "init_declarator":
            value, inner = declarator.child_by_field_name("value"), declarator.child_by_field_name("declarator")
        name, type_ = types.declared(inner, base)
        name = name.rsplit("::", 1)[-1]
        if not name:
            continue
        result = _result(type_)
        if result is not None:
            made.results.setdefault(name, result)
            continue
        made.globals[name] = GlobalVariable(
            name=name,
            type=type_ if _has_extent(inner) else extent_from(value, type_, types),
            value=value,
            offset=declarator.start_byte,
            is_static=b"static" in words,
            is_extern=b"extern" in words and value is None,
            is_const=b"const" in words or b"constexpr" in words,
        )


def _has_extent(declarator: Node | None) -> bool:
    """True when the extent next to the name is written down."""
    first = declarator
    while first is not None and first.type == "array_declarator":
        nested = first.child_by_field_name("declarator")
        if nested is None or nested.type != "array_declarator":
            return first.child_by_field_name("size") is not None
        first = nested
    return False


def _result(type_: CType) -> CType | None:
    """What a declared function returns; None when the declarator declares no function."""
    return type_.target if type_.kind == FUNCTION else None


def _file_level(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        groups = []
        for child in node.named_children:
            if child.type in FILE_LEVEL:
                groups.append(child)
            else:
                yield child
        pending += reversed(groups)
