"""Nodes of a Java file that rules ask for by what declares them."""

from __future__ import annotations

from rustplan.rulebook.file_view import FileView
from rustplan.syntax import Node

_MAX_CLIMB = 1000
_CLASSES = ("class_declaration", "enum_declaration", "record_declaration", "interface_declaration")
_WITHOUT_CONSTRUCTOR = ("object_creation_expression", "enum_constant")


def declaration_at(offset: int, file: FileView) -> Node | None:
    """The declaration of a field or local variable whose name begins at a byte; None for a parameter and the like."""
    root = _root(file)
    name = None if root is None else root.descendant_for_byte_range(offset, offset + 1)
    declarator = None if name is None else name.parent
    holder = None if declarator is None else declarator.parent
    is_declaration = holder is not None and holder.type in ("field_declaration", "local_variable_declaration")
    return holder if is_declaration else None


def constructor_of(node: Node, file: FileView) -> str:
    """The qualified name of the constructors that set the initial value of an object's field; empty for what stands elsewhere.

    A class need not write its constructor; an anonymous one has none.
    """
    if file.function_of(node) is not None:
        return ""
    names: list[str] = []
    holder = node.parent
    for _ in range(_MAX_CLIMB):
        if holder is None:
            break
        if holder.type in _WITHOUT_CONSTRUCTOR and any(one.type == "class_body" for one in holder.named_children):
            return ""
        name = holder.child_by_field_name("name") if holder.type in _CLASSES else None
        names += [] if name is None else [file.text(name)]
        if holder.type == "constant_declaration" or (holder.type == "field_declaration" and _is_static(holder, file)):
            return ""
        holder = holder.parent
    package = f"{file.facts.package}." if file.facts.package else ""
    return f"{package}{'$'.join(reversed(names))}.<init>" if names else ""


def runs_per_object(node: Node, file: FileView) -> bool:
    """True in a function, and in the initial value of an object's field."""
    return file.function_of(node) is not None or bool(constructor_of(node, file))


def _is_static(declaration: Node, file: FileView) -> bool:
    first = declaration.named_child(0)
    return first is not None and first.type == "modifiers" and "static" in file.text(first).split()


def _root(file: FileView) -> Node | None:
    """The root of the tree that the functions are of; None without functions."""
    node = file.functions.nodes[0] if file.functions.nodes else None
    for _ in range(_MAX_CLIMB):
        if node is None or node.parent is None:
            break
        node = node.parent
    return node
