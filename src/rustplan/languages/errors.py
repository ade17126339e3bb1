"""Where the parser gave up, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rustplan.languages.base import ByteSpan
from rustplan.languages.text import outermost, total
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import QuerySet, Tree


def error_spans(language: Language, tree: Tree) -> tuple[ByteSpan, ...]:
    """Outermost ERROR nodes, sorted. Missing tokens have no bytes and stay out."""
    root = tree.root_node
    if not root.has_error:
        return ()
    nodes = (captures["error"][0] for _, captures in _query(language).matches(root))
    return outermost((node.start_byte, node.end_byte) for node in nodes)


def parse_errors(language: Language, tree: Tree, blanked: Sequence[ByteSpan] = ()) -> tuple[tuple[DegradeReason, str], ...]:
    """The reason to report when part of the file was not understood; `blanked` was cut out so that the rest could be."""
    if not tree.root_node.has_error and not blanked:
        return ()
    spans = outermost([*error_spans(language, tree), *blanked])
    detail = f"{total(spans)} bytes in {len(spans)} places were not understood" if spans else "tokens are missing"
    return ((DegradeReason.PARSE_ERRORS, detail),)


@cache
def _query(language: Language) -> QuerySet:
    return QuerySet(language, {"facts.error": "(ERROR) @error"})
