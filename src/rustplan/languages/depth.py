"""Trees too deep to query: tree-sitter's cursor counts levels in 16 bits and crawls beyond them."""

from __future__ import annotations

from itertools import accumulate

from rustplan.languages.text import BLANK
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Tree, parse

DEPTH_LIMIT = 2_000
"""Levels of a syntax tree, or of brackets, above which a file is not read."""

_STEP = {ord(opener): 1 for opener in "([{"} | {ord(closer): -1 for closer in ")]}"}
_LESS, _GREATER = b"<>"
_NO_ANGLES = bytes(byte for byte in range(256) if byte not in b"<>;{}")
_OTHERS = bytes(byte for byte in range(256) if byte not in _STEP)


def parse_unless_deep(
    language: Language, text: bytes, code: bytes
) -> tuple[bytes, Tree, tuple[tuple[DegradeReason, str], ...]]:
    """Parse, or give back a blank text and its tree when brackets or syntax are nested beyond the limit."""
    if not brackets_are_deep(code) and not angles_are_deep(code):
        tree = parse(language, text)
        if not tree_is_deep(tree):
            return text, tree, ()
    return (
        text.translate(BLANK),
        nothing(language),
        ((DegradeReason.NESTED_TOO_DEEP, f"code is nested more than {DEPTH_LIMIT} levels deep"),),
    )


def nothing(language: Language) -> Tree:
    """The tree of a blank text of any length."""
    return parse(language, b"")


def brackets_are_deep(code: bytes, limit: int = DEPTH_LIMIT) -> bool:
    """True when brackets are nested beyond the limit; a closing one too many does not count against later ones."""
    if code.count(b"(") + code.count(b"[") + code.count(b"{") <= limit:
        return False
    steps = map(_STEP.__getitem__, code.translate(None, _OTHERS))
    return any(depth > limit for depth in accumulate(steps, lambda depth, step: max(0, depth + step)))


def angles_are_deep(code: bytes, limit: int = DEPTH_LIMIT) -> bool:
    """True when one statement opens more `<` than the limit: the C++ and Java grammars take quadratic time over them. Shifts open none."""
    if code.count(b"<") <= limit:
        return False
    depth = 0
    for mark in code.replace(b"<<", b"").translate(None, _NO_ANGLES):
        depth = depth + 1 if mark == _LESS else max(0, depth - 1) if mark == _GREATER else 0
        if depth > limit:
            return True
    return False


def tree_is_deep(tree: Tree, limit: int = DEPTH_LIMIT) -> bool:
    """True when some node lies more than `limit` levels below the root; looks only where enough nodes are left to get there."""
    pending = [(tree.root_node, 0)]
    while pending:
        node, depth = pending.pop()
        if depth >= limit:
            return True
        if node.descendant_count > limit - depth:
            pending += [(child, depth + 1) for child in node.children if child.descendant_count >= limit - depth]
    return False
