"""What a function assigns to its names."""

from __future__ import annotations

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import walk
from rustplan.syntax import Node


def assignments(node: Node, name: str, file: FileView) -> list[tuple[Node, Node]]:
    """(value, whole) for each initialiser and assignment of `name` in the function around `node`; the walk is made once a function."""
    function = file.function_of(node)
    if function is None:
        return []
    known = file.assigned_in(function)
    if not known:
        known[""] = []
        for inner in walk(function):
            target, value = _target_and_value(inner)
            if target is not None and value is not None:
                known.setdefault(file.name(target), []).append((value, inner))
    return known.get(name, [])


def declared_name(declarator: Node) -> Node | None:
    """The name that a declarator gives."""
    node: Node | None = declarator
    for _ in range(16):
        if node is None or node.type == "identifier":
            break
        node = node.child_by_field_name("declarator")
    return node


def _target_and_value(node: Node) -> tuple[Node | None, Node | None]:
    if node.type == "assignment_expression":
        return node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "init_declarator":
        return None, None
    return declared_name(node), node.child_by_field_name("value")
