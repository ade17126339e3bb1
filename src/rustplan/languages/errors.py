"""Where the parser gave up, in bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from rustplan.languages.base import ByteSpan
from rustplan.languages.text import outermost, total
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Node, QuerySet, Tree


def error_spans(language: Language, tree: Tree) -> tuple[ByteSpan, ...]:
    """Outermost ERROR nodes, sorted. Missing tokens have no bytes and stay out."""
    root = tree.root_node
    if not root.has_error:
        return ()
    return outermost((node.start_byte, node.end_byte) for node in _found(language, root, "error"))


def missing_tokens(language: Language, tree: Tree) -> int:
    """How many tokens the parser made up to go on."""
    root = tree.root_node
    return sum(1 for _ in _found(language, root, "missing")) if root.has_error else 0


def _found(language: Language, root: Node, name: str) -> Iterator[Node]:
    return (captures[name][0] for found, captures in _query(language).matches(root) if found == name)


def parse_errors(
    language: Language, tree: Tree, blanked: Sequence[ByteSpan] = ()
) -> tuple[tuple[DegradeReason, str], ...]:
    """The reason to report when part of the file was not understood; `blanked` was cut out so that the rest could be."""
    if not tree.root_node.has_error and not blanked:
        return ()
    spans = outermost([*error_spans(language, tree), *blanked])
    detail = f"{total(spans)} bytes in {len(spans)} places were not understood" if spans else "tokens are missing"
    return ((DegradeReason.PARSE_ERRORS, detail),)


@cache
def _query(language: Language) -> QuerySet:
    return QuerySet(language, {"error": "(ERROR) @error", "missing": "(MISSING) @missing"})
