"""Methods, constructors and initialisers of Java as facts."""

from __future__ import annotations

from rustplan.languages.java.classes import JavaClass, JavaFunction
from rustplan.languages.text import Lines
from rustplan.model.facts import Function, FunctionKind, Parameter
from rustplan.syntax import Node

_PARAMETERS = ("formal_parameter", "spread_parameter")
_ANNOTATIONS = ("marker_annotation", "annotation")
_ACCESS = frozenset({"public", "protected"})


def fold(view: bytes, node: Node | None) -> str:
    """The text of a node in one line, single spaces."""
    if node is None:
        return ""
    text = view[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return text if text.isidentifier() else " ".join(text.split())


def modifiers_of(view: bytes, node: Node) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words and annotation names in front of a declaration."""
    first = node.named_child(0) if node.named_child_count else None
    if first is None or first.type != "modifiers":
        return frozenset(), ()
    children = first.children
    words = frozenset(child.type for child in children if child.type not in _ANNOTATIONS)
    return words, tuple(
        fold(view, child.child_by_field_name("name")) for child in children if child.type in _ANNOTATIONS
    )


def has_code(one: JavaFunction, view: bytes) -> bool:
    """True for functions with a body and for `native` methods; the others only declare."""
    return (
        one.kind != "method"
        or one.node.child_by_field_name("body") is not None
        or "native" in modifiers_of(view, one.node)[0]
    )


def describe(one: JavaFunction, package: str, view: bytes, lines: Lines, *, branches: int, loop_depth: int) -> Function:
    """One function; `branches` are its decisions."""
    words, annotations = modifiers_of(view, one.node)
    container = _container(one.owner, package)
    name = _name(one, view)
    parameters, is_variadic = _parameters(one, view)
    first, last = lines.at(one.start), lines.at(max(one.start, one.end - 1))
    is_native = "native" in words
    return Function(
        name=name,
        qualified_name=f"{container}.{name}" if container else name,
        start_line=first,
        end_line=last,
        sloc=lines.sloc_between(first, last),
        complexity=1 + branches,
        loop_depth=loop_depth,
        parameters=parameters,
        return_type=fold(view, one.node.child_by_field_name("type")) if one.kind == "method" else "",
        container=container,
        kind=_kind(one),
        is_exported=_is_exported(one, words),
        is_variadic=is_variadic,
        is_template=one.node.child_by_field_name("type_parameters") is not None,
        is_virtual=one.kind == "method" and not words & {"static", "private", "final"},
        is_native=is_native,
        has_body=not is_native,
        annotations=annotations,
    )


def _container(owner: JavaClass | None, package: str) -> str:
    name = owner.name if owner is not None else ""
    return f"{package}.{name}" if package and name else name


def _name(one: JavaFunction, view: bytes) -> str:
    if one.kind == "static":
        return "<clinit>"
    return fold(view, one.name) if one.kind == "method" else "<init>"


def _kind(one: JavaFunction) -> FunctionKind:
    if one.kind == "constructor":
        return FunctionKind.CONSTRUCTOR
    return FunctionKind.METHOD if one.kind == "method" else FunctionKind.INITIALIZER


def _is_exported(one: JavaFunction, words: frozenset[str]) -> bool:
    if one.owner is not None and one.owner.kind in ("interface", "annotation"):
        return "private" not in words
    return bool(words & _ACCESS)


def _parameters(one: JavaFunction, view: bytes) -> tuple[tuple[Parameter, ...], bool]:
    node = one.node
    if node.type == "compact_constructor_declaration" and one.owner is not None:
        node = one.owner.node
    around = node.child_by_field_name("parameters")
    if around is None:
        return (), False
    nodes = [child for child in around.named_children if child.type in _PARAMETERS]
    return tuple(_parameter(child, view) for child in nodes), any(child.type == "spread_parameter" for child in nodes)


def _parameter(node: Node, view: bytes) -> Parameter:
    if node.type == "spread_parameter":
        parts = [child for child in node.named_children if child.type != "modifiers"]
        name = parts[-1].child_by_field_name("name") or parts[-1]
        return Parameter(fold(view, parts[0]) + "...", fold(view, name))
    dimensions = fold(view, node.child_by_field_name("dimensions"))
    return Parameter(
        fold(view, node.child_by_field_name("type")) + dimensions, fold(view, node.child_by_field_name("name"))
    )
