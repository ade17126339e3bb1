"""What the grammars call their nodes."""

from __future__ import annotations

from functools import cache

from rustplan.model.source import Language
from rustplan.syntax import parse


@cache
def node_kinds(language: Language) -> frozenset[str]:
    """The named node types of a grammar."""
    grammar = parse(language, b"").language
    return frozenset(
        kind
        for number in range(grammar.node_kind_count)
        if grammar.node_kind_is_named(number) and (kind := grammar.node_kind_for_id(number)) is not None
    )
