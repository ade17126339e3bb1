"""tree-sitter's only door: bytes to a tree, queries to captures. Trees and nodes never leave the worker that made them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

import tree_sitter
import tree_sitter_c
import tree_sitter_cpp
import tree_sitter_java
from tree_sitter import Node, Tree

from rustplan.model.source import Language

__all__ = ["Captures", "Node", "QueryProblem", "QuerySet", "Tree", "parse", "reparse"]

Captures = dict[str, list[Node]]
"""Capture name -> nodes, for one match of one pattern."""


class QueryProblem(ValueError):
    """A query that tree-sitter refuses; `name` is the one it was given under."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


@cache
def _grammar(language: Language) -> tree_sitter.Language:
    module = {Language.C: tree_sitter_c, Language.CPP: tree_sitter_cpp, Language.JAVA: tree_sitter_java}[language]
    return tree_sitter.Language(module.language())


@cache
def _parser(language: Language) -> tree_sitter.Parser:
    return tree_sitter.Parser(_grammar(language))


def parse(language: Language, source: bytes) -> Tree:
    """Parse one file. tree-sitter recovers from anything: what it could not read lies under ERROR or MISSING nodes."""
    return _parser(language).parse(source)


_MOST_EDITS = 2_000
"""Changed spans from which parsing everything again is cheaper than telling the tree about each."""


def reparse(language: Language, source: bytes, tree: Tree, changed: Sequence[tuple[int, int]]) -> Tree:
    """Parse a text that differs from that of `tree` in the sorted, separate spans `changed` only, with the same length and line breaks.

    What lies away from the changes is taken from `tree`, which itself stays as it is.
    """
    if len(changed) > _MOST_EDITS:
        return parse(language, source)
    edited = tree.copy()
    row = at = 0
    for start, end in changed:
        row += source.count(b"\n", at, start)
        first = (row, start - source.rfind(b"\n", 0, start) - 1)
        row += source.count(b"\n", start, end)
        last = (row, end - source.rfind(b"\n", 0, end) - 1)
        edited.edit(start, end, end, first, last, last)
        at = end
    return _parser(language).parse(source, edited)


class QuerySet:
    """Named queries of one language, compiled into a single tree-sitter query, so that a tree is matched once, in C.

    A name may hold several patterns; each match is reported under its name.
    """

    def __init__(self, language: Language, queries: Mapping[str, str]) -> None:
        texts = [f"{text}\n" for text in queries.values()]
        try:
            self._query = tree_sitter.Query(_grammar(language), "".join(texts))
        except (tree_sitter.QueryError, ValueError):
            _blame(language, queries)
            raise
        ends = list(accumulate(len(text.encode()) for text in texts))
        names = list(queries)
        self._names = [
            names[bisect_right(ends, self._query.start_byte_for_pattern(pattern))]
            for pattern in range(self._query.pattern_count)
        ]

    def matches(self, node: Node) -> Iterator[tuple[str, Captures]]:
        """Yield every match below `node` in document order, under the name of its query."""
        names = self._names
        for pattern, captures in tree_sitter.QueryCursor(self._query).matches(node):
            yield names[pattern], captures

    def by_name(self, node: Node) -> dict[str, list[Captures]]:
        """Every match below `node`, in document order under the name of its query; names without a match are left out."""
        found: dict[str, list[Captures]] = {}
        names = self._names
        for pattern, captures in tree_sitter.QueryCursor(self._query).matches(node):
            name = names[pattern]
            if name in found:
                found[name].append(captures)
            else:
                found[name] = [captures]
        return found


def _blame(language: Language, queries: Mapping[str, str]) -> None:
    """Find the query that tree-sitter refuses by compiling them one by one: too slow to do for good ones."""
    for name, text in queries.items():
        try:
            tree_sitter.Query(_grammar(language), text)
        except (tree_sitter.QueryError, ValueError) as error:
            raise QueryProblem(name, str(error)) from None
