"""Names, parameters and types out of C and C++ declarators, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rustplan.model.facts import Parameter
from rustplan.syntax import Node

_MAX_DEPTH = 64
_NAMES = frozenset(
    {
        "identifier",
        "field_identifier",
        "destructor_name",
        "operator_name",
        "qualified_identifier",
        "template_function",
        "operator_cast",
    }
)
_WRAPPERS = frozenset(
    {
        "parenthesized_declarator",
        "attributed_declarator",
        "reference_declarator",
        "init_declarator",
        "ms_based_modifier",
    }
)
_TEMPLATE_ARGUMENTS = re.compile(r"<[^<>]*>")
_STORAGE = frozenset(
    {
        "static",
        "extern",
        "inline",
        "__inline",
        "__inline__",
        "__forceinline",
        "virtual",
        "explicit",
        "constexpr",
        "consteval",
        "constinit",
    }
    | {
        "friend",
        "register",
        "_Noreturn",
        "__extension__",
        "thread_local",
        "_Thread_local",
        "__thread",
        "typedef",
        "mutable",
    }
)


@dataclass(frozen=True, slots=True)
class FunctionDeclarator:
    """The parts of a function's declarator: the node of its name, the declarator around the parameters, and the parameters."""

    name: Node
    function: Node
    parameters: Node | None


def function_declarator(declarator: Node) -> FunctionDeclarator | None:
    """Find the innermost function declarator, that of the function itself; None when what looks like a function is none."""
    node: Node | None = declarator
    innermost: Node | None = None
    for _ in range(_MAX_DEPTH):
        if node is None:
            return None
        kind = node.type
        if kind == "qualified_identifier" and innermost is None:
            node = _conversion(node)
            continue
        if kind == "operator_cast" and innermost is None:
            inner = node.child_by_field_name("declarator")
            return FunctionDeclarator(
                node, node, inner.child_by_field_name("parameters") if inner is not None else None
            )
        if kind in _NAMES:
            return (
                FunctionDeclarator(node, innermost, innermost.child_by_field_name("parameters"))
                if innermost is not None
                else None
            )
        if kind == "function_declarator":
            innermost = node
        following = node.child_by_field_name("declarator")
        if following is None and kind in _WRAPPERS and node.named_child_count:
            following = node.named_child(node.named_child_count - 1)
        node = following
    return None


def _conversion(node: Node) -> Node | None:
    """`A::operator bool()` has no function declarator around its name."""
    inner = node.child_by_field_name("name")
    for _ in range(_MAX_DEPTH):
        if inner is None or inner.type != "qualified_identifier":
            break
        inner = inner.child_by_field_name("name")
    return inner if inner is not None and inner.type == "operator_cast" else None


def fold(text: bytes) -> str:
    """One line, single spaces."""
    return " ".join(text.decode("utf-8", "replace").split())


def without_template_arguments(name: str) -> str:
    """`A<B<int>>::f` becomes `A::f`; operators that are spelled with angle brackets stay."""
    head, operator, tail = name.partition("operator")
    for _ in range(8):
        shorter = _TEMPLATE_ARGUMENTS.sub("", head)
        if shorter == head:
            break
        head = shorter
    return head + operator + tail


def without_storage(words: str) -> str:
    """A type without the words that say where a thing lives or who sees it."""
    return " ".join(word for word in words.split() if word not in _STORAGE)


def parameters_of(view: bytes, parameters: Node | None, definition: Node) -> tuple[tuple[Parameter, ...], bool]:
    """Parameters with names removed from their types, and whether the function is variadic."""
    if parameters is None:
        return (), False
    found: list[Parameter] = []
    names: list[str] = []
    is_variadic = False
    for child in parameters.children:
        kind = child.type
        if kind in ("...", "variadic_parameter"):
            is_variadic = True
        elif kind == "identifier":
            names.append(fold(view[child.start_byte : child.end_byte]))
        elif child.is_named and kind.endswith("parameter_declaration"):
            found.append(_parameter(view, child))
    if names:
        return _old_style(view, names, definition), is_variadic
    if len(found) == 1 and found[0] == Parameter("void"):
        return (), is_variadic
    return tuple(found), is_variadic


def _parameter(view: bytes, node: Node) -> Parameter:
    end = node.end_byte
    default = node.child_by_field_name("default_value")
    declarator = node.child_by_field_name("declarator")
    if declarator is not None:
        name = name_in(declarator)
        end = declarator.end_byte
        if name is not None:
            text = view[node.start_byte : name.start_byte] + b" " + view[name.end_byte : end]
            return Parameter(without_storage(fold(text)), fold(view[name.start_byte : name.end_byte]))
    elif default is not None:
        end = view.rfind(b"=", node.start_byte, default.start_byte)
    return Parameter(without_storage(fold(view[node.start_byte : end])))


def _old_style(view: bytes, names: list[str], definition: Node) -> tuple[Parameter, ...]:
    declared = {}
    for child in definition.named_children:
        if child.type != "declaration":
            continue
        base = child.child_by_field_name("type")
        for declarator in child.children_by_field_name("declarator"):
            name = name_in(declarator)
            if name is not None and base is not None:
                prefix = view[child.start_byte : base.end_byte]
                text = (
                    prefix
                    + b" "
                    + view[declarator.start_byte : name.start_byte]
                    + view[name.end_byte : declarator.end_byte]
                )
                declared[fold(view[name.start_byte : name.end_byte])] = without_storage(fold(text))
    return tuple(Parameter(declared.get(name, "int"), name) for name in names)


def name_in(declarator: Node) -> Node | None:
    """The identifier inside a declarator; None when it is abstract."""
    node: Node | None = declarator
    for _ in range(_MAX_DEPTH):
        if node is None or node.type in ("identifier", "field_identifier", "type_identifier"):
            return node
        following = node.child_by_field_name("declarator")
        if (
            following is None
            and node.named_child_count
            and (node.type in _WRAPPERS or node.type == "variadic_declarator")
        ):
            following = node.named_child(node.named_child_count - 1)
        node = following
    return None
