"""How much an allocation site weighs by where it stands: shared by every exposure of the latency track."""

from __future__ import annotations

import re

from rustplan.model.finding import Kind, Track
from rustplan.rulebook.file_view import C_FAMILY, FileView
from rustplan.rulebook.place import Place
from rustplan.rulebook.rule import Rule
from rustplan.rulebook.written import Matcher
from rustplan.syntax import Node

IN_THROW = 0.001
SELDOM = 0.02
_COLD = ("throw_statement", "assert_statement", "catch_clause")
_KINDS = (*_COLD, "static_initializer", "if_statement", "field_declaration")
_GROWS = re.compile(r"^_?(?:grow|resize|rehash|ensure|expand)(?:[A-Z]\w{0,40})?$")
_FAILS = re.compile(r"(?:Exception|Error|Throwable)$")
_TELLS_FAILURE = re.compile(r"^_?(?:throw|fail|raise|report|fatal)(?:[A-Z_]\w{0,60})?$")
_WARNS = re.compile(r"^(?:error|warn|warning|severe)$")
_LOG_GUARD = re.compile(rb"is(?:Trace|Debug|Info|Fine|Finer|Finest)Enabled|isLoggable")
_MOST_SHOWN = 400
_MOST_NESTED = 6


def kinds(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """Node types whose ranges the weights need; none without a rule of the latency track."""
    return _KINDS if any(_applies(rule) for rule in rules) else ()


def bytes_of(rule: Rule, matcher: Matcher, place: Place) -> float:
    """Bytes that a place allocates on JDK 17 when it runs once: its own size where the check knows it, else the measured cost."""
    cost = matcher.cost or rule.cost
    if not _applies(rule) or cost is None:
        return 0.0
    return (cost.jdk17 if place.size is None else place.size) * place.share


def factor(rule: Rule, place: Place, file: FileView) -> float:
    """1, or less where the site runs seldom.

    On the way to an exception, or to a call named `fail`, `throw...`, `report...` or the like, it is 0.001; in an `assert` or `catch`, once a class, to grow, to make something the first time, and behind
    a log-level test 0.02.
    """
    if not _applies(rule) or place.node is None or file.language in C_FAMILY:
        return 1.0
    node = place.node
    around = file.enclosing(node, _COLD)
    if around is not None:
        return IN_THROW if around.type == "throw_statement" else SELDOM
    told = _told_to(node, file)
    if told != 1.0:
        return told
    function = file.function_of(node)
    if function is None:
        return SELDOM if _is_of_class(node, file) else 1.0
    known = file.cold_functions.get(function.start_byte)
    if known is None:
        known = file.cold_functions[function.start_byte] = _of_function(function, file)
    return SELDOM if known == 1.0 and _is_conditional(node, file) else known


def _applies(rule: Rule) -> bool:
    return rule.kind is Kind.EXPOSURE and Track.LATENCY in rule.tracks


def _told_to(node: Node, file: FileView) -> float:
    """What the call that the site is an argument of lowers: a report of a failure, or a warning."""
    own = node.child_by_field_name("name") if node.type == "method_invocation" else None
    if own is not None and _TELLS_FAILURE.match(file.text(own)):
        return IN_THROW
    holder = node.parent
    for _ in range(_MOST_NESTED):
        if holder is None or holder.type not in ("argument_list", "binary_expression", "parenthesized_expression"):
            break
        if holder.type == "argument_list":
            call = holder.parent
            name = None if call is None else call.child_by_field_name("name")
            text = "" if name is None else file.text(name)
            return IN_THROW if _TELLS_FAILURE.match(text) else SELDOM if _WARNS.match(text) else 1.0
        holder = holder.parent
    return 1.0


def _of_function(function: Node, file: FileView) -> float:
    """What a function as a whole lowers: it makes or throws an exception, grows something, or runs once a class."""
    if function.type == "static_initializer":
        return SELDOM
    name, kind = function.child_by_field_name("name"), function.child_by_field_name("type")
    if kind is not None and _FAILS.search(file.text(kind)):
        return IN_THROW
    if _ends_by_throwing(function, file):
        return IN_THROW
    return SELDOM if name is not None and _GROWS.match(file.text(name)) else 1.0


def _ends_by_throwing(function: Node, file: FileView) -> bool:
    """True when the last statement throws and nothing returns."""
    body = function.child_by_field_name("body")
    last = None if body is None or not body.named_child_count else body.named_child(body.named_child_count - 1)
    if body is None or last is None or last.type != "throw_statement":
        return False
    return b"return" not in file.source[body.start_byte : body.end_byte]


def _is_of_class(node: Node, file: FileView) -> bool:
    """The initial value of a static field."""
    field = file.enclosing(node, ("field_declaration",))
    return field is not None and "static" in file.text(field)[:80].split("=")[0].split()


def _is_conditional(node: Node, file: FileView) -> bool:
    """Behind a log-level test, or in the branch that grows or first makes what the site becomes."""
    test = file.enclosing(node, ("if_statement",))
    for _ in range(_MOST_NESTED):
        condition = None if test is None else test.child_by_field_name("condition")
        if test is None or condition is None:
            return False
        text = file.source[condition.start_byte : min(condition.end_byte, condition.start_byte + _MOST_SHOWN)]
        if _LOG_GUARD.search(text) or (_is_in_branch(node, test) and _makes_room(node, text, file)):
            return True
        test = file.enclosing(test, ("if_statement",))
    return False


def _is_in_branch(node: Node, test: Node) -> bool:
    branch = test.child_by_field_name("consequence")
    return branch is not None and branch.start_byte <= node.start_byte < branch.end_byte


def _makes_room(node: Node, condition: bytes, file: FileView) -> bool:
    """The site becomes a name whose capacity the condition asks for, or a field that the condition finds empty."""
    if b"null" not in condition and b".length" not in condition:
        return False
    holder = node.parent
    for _ in range(_MOST_NESTED):
        if holder is None or holder.type in ("assignment_expression", "block"):
            break
        holder = holder.parent
    left = holder.child_by_field_name("left") if holder is not None and holder.type == "assignment_expression" else None
    if left is None:
        return False
    name = file.name(left).removeprefix("this.")
    text = b"".join(condition.split()).replace(b"this.", b"")
    if re.search(rb"(?<![\w.])" + re.escape(name.encode()) + rb"\.length(?!\w)", text):
        return True
    is_empty = re.search(rb"(?<![\w.])" + re.escape(name.encode()) + rb"==null", text) is not None
    return is_empty and not file.java.is_local(name, node)
