"""How much an allocation site weighs by where it stands: shared by every exposure of the latency track."""

from __future__ import annotations

import re

from rustplan.model.finding import Kind, Track
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place
from rustplan.rulebook.rule import Rule
from rustplan.syntax import Node

IN_THROW = 0.001
SELDOM = 0.02
_KINDS = ("throw_statement", "assert_statement", "static_initializer", "if_statement", "field_declaration")
_GROWS = re.compile(r"^(?:grow|resize|rehash|ensure|expand)(?:[A-Z]\w{0,40})?$")
_LOG_GUARD = re.compile(r"is(?:Trace|Debug|Info|Fine|Finer|Finest)Enabled|isLoggable")


def kinds(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """Node types whose ranges the weights need; none without a rule of the latency track."""
    return _KINDS if any(_applies(rule) for rule in rules) else ()


def factor(rule: Rule, place: Place, file: FileView) -> float:
    """1, or less where the site runs seldom: on the way to an exception, once a class, to grow, behind a log-level test."""
    if not _applies(rule) or place.node is None:
        return 1.0
    node = place.node
    if file.enclosing(node, ("throw_statement",)) is not None:
        return IN_THROW
    if file.enclosing(node, ("assert_statement",)) is not None or _runs_once(node, file) or _is_guarded(node, file):
        return SELDOM
    function = file.function_at(place.line)
    return SELDOM if function is not None and _GROWS.match(function.name) else 1.0


def _applies(rule: Rule) -> bool:
    return rule.kind is Kind.EXPOSURE and Track.LATENCY in rule.tracks


def _runs_once(node: Node, file: FileView) -> bool:
    """In a static initialiser, or the initial value of a static field."""
    function = file.function_of(node)
    if function is not None:
        return function.type == "static_initializer"
    field = file.enclosing(node, ("field_declaration",))
    return field is not None and "static" in file.text(field)[:80].split("=")[0].split()


def _is_guarded(node: Node, file: FileView) -> bool:
    test = file.enclosing(node, ("if_statement",))
    condition = None if test is None else test.child_by_field_name("condition")
    return condition is not None and _LOG_GUARD.search(file.text(condition)[:400]) is not None
