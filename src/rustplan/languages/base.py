"""What a language offers to the scan: preparation, queries, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from rustplan.model.facts import FileFacts
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Captures, Tree

Matches = Mapping[str, list[Captures]]
"""Query name -> its matches, in document order."""

ByteSpan = tuple[int, int]
"""First byte, one past the last."""


class Directive(NamedTuple):
    """One preprocessor line: its keyword, where its line starts, where its arguments start, and where the (continued) line ends."""

    keyword: bytes
    start: int
    arguments: int
    end: int


@dataclass(frozen=True, slots=True)
class MacroWords:
    """Macros that the code of a tree defines, by what they stand for in a declaration.

    `empty` are nothing, an attribute, a qualifier, a linkage or a calling convention, and `calls` the same with arguments; `hiding` are
    those of `empty` that may be `static`; `types` are types; `wrappers` are their argument, or nothing. A macro that is anything else
    anywhere is in none.
    """

    empty: frozenset[bytes] = frozenset()
    calls: frozenset[bytes] = frozenset()
    hiding: frozenset[bytes] = frozenset()
    types: frozenset[bytes] = frozenset()
    wrappers: frozenset[bytes] = frozenset()


NO_WORDS = MacroWords()


@dataclass(frozen=True, slots=True)
class Made:
    """A function that a macro makes: the macro call as written, and its name where that is not the word in the tree."""

    call: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One file, ready to be read. `original`, `text` and `code` have the same length and the same line breaks.

    `text` is what `tree` was parsed from: the file with macros blanked where that made it readable. `code` is the file without comments,
    without the content of literals and without `#if 0` bodies; `comments` are the byte offsets where comments start. `masked` are all
    blanked spans, `edits` single bytes that were replaced, `dead` the bodies of `#if 0`. `unread` are spans that were blanked although
    they are code: arms of conditionals that nothing reads, and the `odd` ones, which the parser could not read. `made` holds the functions
    that macros make, by the offset of their names. `words` are the macros that were known. `others` are further readings of parts of the
    file, which `reads` says: the arms of conditionals that this one leaves out.
    """

    language: Language
    original: bytes
    text: bytes
    code: bytes
    tree: Tree
    comments: tuple[int, ...] = ()
    masked: tuple[ByteSpan, ...] = ()
    edits: tuple[tuple[int, int], ...] = ()
    dead: tuple[ByteSpan, ...] = ()
    unread: tuple[ByteSpan, ...] = ()
    odd: tuple[ByteSpan, ...] = ()
    made: Mapping[int, Made] = field(default_factory=dict)
    directives: tuple[Directive, ...] = ()
    words: MacroWords = NO_WORDS
    reads: tuple[ByteSpan, ...] = ()
    others: tuple[Prepared, ...] = ()
    degraded: tuple[tuple[DegradeReason, str], ...] = ()

    @property
    def masked_bytes(self) -> int:
        """How many bytes were blanked before parsing."""
        return sum(end - start for start, end in self.masked)


class LanguageSupport(Protocol):
    """Everything the scan needs to know about a language."""

    language: Language
    queries: Mapping[str, str]

    def prepare(self, data: bytes, words: MacroWords = NO_WORDS) -> Prepared:
        """Decode, mask what the grammar cannot read, parse. Never fails: what cannot be read is reported as degraded.

        `words` are the macros of the tree that the file belongs to; without them the file's own definitions are read.
        """

    def extract(self, prepared: Prepared, tree: Tree, matches: Matches) -> FileFacts:
        """Turn the captures of `queries` into facts."""
