"""A sheet: a short page about more than one analysis (diff, trend, portfolio), as values that every format prints."""

from __future__ import annotations

from markupsafe import Markup

from rustplan.report.view.shapes import View

UNKNOWN = "not known"


class Head(View, frozen=True, kw_only=True):
    """A column: its words, and what stands in it: words, number or code."""

    words: str
    kind: str = "words"


class Table(View, frozen=True, kw_only=True):
    """Rows under heads; `more` says what is not listed, `nothing` what is said instead of an empty table. The first cell names its row.

    `has_long_end` marks a last column of sentences, which a terminal prints below the row.
    """

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str = ""
    nothing: str = ""
    has_long_end: bool = False


class Figure(View, frozen=True, kw_only=True):
    """A chart with its caption."""

    drawing: Markup
    name: str
    caption: str


class Part(View, frozen=True, kw_only=True):
    """A section: what it asks, what it says, its charts and the tables that hold the same numbers."""

    words: str
    question: str
    said: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


class Tile(View, frozen=True, kw_only=True):
    """One number to begin with."""

    value: str
    words: str
    detail: str


class Sheet(View, frozen=True, kw_only=True):
    """The whole page. `cautions` are what makes the numbers hard to compare; they stand before everything else."""

    kind: str
    title: str
    facts: tuple[str, ...]
    lead: str
    cautions: tuple[str, ...]
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    footer: tuple[str, ...]
    running_head: str


def heads(*words: str) -> tuple[Head, ...]:
    """Columns from words: `#Lines` is a number, `$Path` is code, anything else words."""
    kinds = {"#": "number", "$": "code"}
    return tuple(Head(words=one.lstrip("#$"), kind=kinds.get(one[:1], "words")) for one in words)
