"""Where the parser gave up, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rustplan.languages.base import ByteSpan
from rustplan.languages.depth import tree_is_deep
from rustplan.languages.text import outermost, total
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Node, QuerySet, Tree

_MISSING_COST = 8
_QUERIES = {"error": "(ERROR) @node", "missing": "(MISSING) @node"}
_LOOSE = "[(translation_unit (compound_statement) @node) (declaration_list (compound_statement) @node)]"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What went wrong in a parse: outermost ERROR nodes, tokens the parser made up, and bytes of blocks that belong to no function."""

    errors: tuple[ByteSpan, ...] = ()
    missing: int = 0
    loose: int = 0

    @property
    def misread(self) -> int:
        """A figure in bytes for what went wrong without an ERROR node."""
        return _MISSING_COST * self.missing + self.loose


def diagnose(language: Language, tree: Tree) -> Diagnosis:
    """Look at a tree once; one that is too deep to query counts as not understood at all."""
    root = tree.root_node
    if tree_is_deep(tree):
        return Diagnosis(errors=((0, root.end_byte),), loose=root.end_byte)
    if not root.has_error:
        return Diagnosis()
    found: dict[str, list[Node]] = {"error": [], "missing": [], "loose": []}
    for name, captures in _query(language).matches(root):
        found[name] += captures["node"]
    return Diagnosis(errors=_spans(found["error"]), missing=len(found["missing"]), loose=total(_spans(found["loose"])))


def _spans(nodes: Sequence[Node]) -> tuple[ByteSpan, ...]:
    return outermost((node.start_byte, node.end_byte) for node in nodes)


@cache
def _query(language: Language) -> QuerySet:
    return QuerySet(language, _QUERIES if language is Language.JAVA else {**_QUERIES, "loose": _LOOSE})


def parse_errors(errors: Sequence[ByteSpan]) -> tuple[tuple[DegradeReason, str], ...]:
    """The reason to report when spans of the file were not understood."""
    if not errors:
        return ()
    return ((DegradeReason.PARSE_ERRORS, f"{total(errors)} bytes in {len(errors)} places were not understood"),)
