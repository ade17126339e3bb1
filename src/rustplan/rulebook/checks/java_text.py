"""Text in Java code: what is joined, built, logged and decoded, and which of these the compiler folds."""

from __future__ import annotations

import re

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.java_types import plain
from rustplan.rulebook.place import Place, arguments_of
from rustplan.syntax import Node

MAX_OPERANDS = 200
SELDOM = 0.02
"""Share of the runs of a cold path."""
_LITERALS = frozenset(
    (
        *("string_literal", "character_literal", "decimal_integer_literal", "hex_integer_literal", "true", "false"),
        *("decimal_floating_point_literal", "null_literal", "octal_integer_literal", "binary_integer_literal"),
    )
)
_CONSTANT = re.compile(r"^(?:\w{1,60}\.){0,3}[A-Z][A-Z0-9_]{1,60}$")
_LOG_CALLS = frozenset(("trace", "debug", "info", "fine", "finer", "finest", "config", "log", "v", "d"))
_LOGGER = re.compile(r"(?i)^(?:this\.)?\w{0,30}log(?:ger)?$")
_BUILT = frozenset(
    ("StringBuilder", "StringBuffer", "StringWriter", "ByteArrayOutputStream", "CharArrayWriter", "StringJoiner")
)
_TEXT_STEPS = frozenset(("append", "insert", "reverse", "deleteCharAt", "replace"))


def joined_text(place: Place, file: FileView) -> Place | None:
    """The whole of a `+` chain that has text in it and something that is not constant, outside logging calls."""
    node = place.node
    if node is None or not _is_whole(node):
        return None
    operands = _operands(node)
    if all(_is_constant(one, file) for one in operands) or not any(_is_text(one, file) for one in operands):
        return None
    if node.parent is not None and node.parent.type in ("element_value_pair", "annotation_argument_list"):
        return None
    if log_call_around(node, file) is not None:
        return None
    function = file.function_at(place.line)
    place.share = SELDOM if function is not None and function.name == "toString" else 1.0
    return place


def appended_text(place: Place, file: FileView) -> Place | None:
    """`+=` on a text."""
    node = place.node
    left = None if node is None else node.child_by_field_name("left")
    right = None if node is None else node.child_by_field_name("right")
    if left is None or right is None:
        return None
    known = file.java.of(left)
    if known == "String" or (known is None and any(one.type == "string_literal" for one in _operands(right))):
        return place
    return None


def built_text(place: Place, file: FileView) -> Place | None:
    """`toString()` of a builder, a string writer or a stream of bytes, or of a chain of `append`."""
    receiver = place.captures.get("receiver")
    if receiver is None or isinstance(receiver, str):
        return None
    known = file.java.of(receiver)
    if known is not None and plain(known) in _BUILT:
        return place
    if receiver.type != "method_invocation":
        return None
    name = receiver.child_by_field_name("name")
    return place if name is not None and file.text(name) in _TEXT_STEPS else None


def log_arguments(place: Place, file: FileView) -> Place | None:
    """A logging call below warning whose arguments join or build text, or are more than two values."""
    receiver, node = place.captures.get("receiver"), place.node
    if node is None or receiver is None or not _LOGGER.match(file.name(receiver)[:80]):
        return None
    given = arguments_of(node)
    if any(_builds(one, file) for one in given):
        return place
    if len(given) > 3 and given[0].type == "string_literal":
        place.size = float(16 + 4 * (len(given) - 1) + 7 & ~7)
        return place
    return None


def log_call_around(node: Node, file: FileView) -> Node | None:
    """The logging call below warning that a node is an argument of; None when it is none."""
    listed = node.parent
    call = None if listed is None or listed.type != "argument_list" else listed.parent
    if call is None or call.type != "method_invocation":
        return None
    name, receiver = call.child_by_field_name("name"), call.child_by_field_name("object")
    if name is None or receiver is None or file.text(name) not in _LOG_CALLS:
        return None
    return call if _LOGGER.match(file.name(receiver)[:80]) else None


def text_of_bytes(place: Place, file: FileView) -> Place | None:
    """`new String(...)` of an array, in a method."""
    node = place.node
    argument = place.captures.get("argument1")
    if node is None or argument is None or isinstance(argument, str) or file.function_of(node) is None:
        return None
    known = file.java.of(argument)
    return None if known is not None and not known.endswith("[]") else place


def only_compared(place: Place, file: FileView) -> Place | None:
    """What the call returns is only compared with something: `equals`, `startsWith`, `length`."""
    node = place.node
    parent = None if node is None else node.parent
    if node is None or parent is None or parent.type != "method_invocation":
        return None
    name = parent.child_by_field_name("name")
    is_receiver = parent.child_by_field_name("object") == node
    return place if is_receiver and name is not None and file.text(name) in ("equals", "startsWith", "length") else None


def caught_here(place: Place, file: FileView) -> Place | None:
    """What is thrown is caught by a `try` of the same method."""
    node, kind = place.node, place.captures.get("exception")
    attempt = None if node is None else file.enclosing(node, ("try_statement",))
    if node is None or attempt is None or kind is None:
        return None
    body = attempt.child_by_field_name("body")
    if body is None or not body.start_byte <= node.start_byte < body.end_byte:
        return None
    wanted = (file.text(kind), "Exception", "Throwable", "RuntimeException", "Error")
    for child in attempt.named_children:
        if child.type == "catch_clause" and re.search(
            rf"\b(?:{'|'.join(map(re.escape, wanted))})\b", _heading(child, file)
        ):
            place.share = SELDOM
            return place
    return None


def caught_in_loop(place: Place, file: FileView) -> Place | None:
    """Always; how often the text is no number is not known, so it counts as a cold path."""
    del file
    place.share = SELDOM
    return place


def _heading(clause: Node, file: FileView) -> str:
    first = clause.named_child(0)
    return "" if first is None else file.text(first)[:200]


def _is_whole(node: Node) -> bool:
    """True when the `+` is not part of a longer chain or of a `+=`."""
    parent = node.parent
    if parent is None:
        return True
    if parent.type == "parenthesized_expression" and parent.parent is not None:
        parent = parent.parent
    if parent.type not in ("binary_expression", "assignment_expression"):
        return True
    operator = parent.child_by_field_name("operator")
    return operator is None or operator.type not in ("+", "+=")


def _operands(node: Node) -> list[Node]:
    """What stands between the `+` of a chain."""
    found: list[Node] = []
    pending = [node]
    while pending and len(found) < MAX_OPERANDS:
        one = pending.pop()
        operator = one.child_by_field_name("operator") if one.type == "binary_expression" else None
        if operator is not None and operator.type == "+":
            pending += [side for side in (one.child_by_field_name("right"), one.child_by_field_name("left")) if side]
        elif one.type == "parenthesized_expression" and one.named_child_count == 1:
            pending += one.named_children
        else:
            found.append(one)
    return found


def _is_constant(node: Node, file: FileView) -> bool:
    return node.type in _LITERALS or (
        node.type in ("identifier", "field_access") and bool(_CONSTANT.match(file.name(node)))
    )


def _is_text(node: Node, file: FileView) -> bool:
    return node.type == "string_literal" or file.java.of(node) == "String"


def _builds(node: Node, file: FileView) -> bool:
    """True for a joined text and for `String.format(...)`."""
    if node.type == "binary_expression":
        operands = _operands(node)
        return any(_is_text(one, file) for one in operands) and not all(_is_constant(one, file) for one in operands)
    return node.type == "method_invocation" and file.text(node).startswith("String.format")
