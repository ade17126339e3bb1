"""What a language offers to the scan: preparation, queries, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rustplan.model.facts import FileFacts
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import Captures, Tree

Matches = Mapping[str, list[Captures]]
"""Query name -> its matches, in document order."""

ByteSpan = tuple[int, int]
"""First byte, one past the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One file, ready to be read. `original`, `text` and `code` have the same length and the same line breaks.

    `text` is what `tree` was parsed from: the file with macros blanked where that made it readable. `code` is the file without comments,
    without the content of literals and without `#if 0` bodies; `comments` are the byte offsets where comments start. `unread` are spans
    that were blanked although they are code (the other arm of a conditional); `masked` are all blanked spans. `made`
    holds, by the offset of their names, the functions that macros make, with the macro call as written.
    """

    language: Language
    original: bytes
    text: bytes
    code: bytes
    tree: Tree
    comments: tuple[int, ...] = ()
    masked: tuple[ByteSpan, ...] = ()
    unread: tuple[ByteSpan, ...] = ()
    made: Mapping[int, str] = field(default_factory=dict)
    degraded: tuple[tuple[DegradeReason, str], ...] = ()

    @property
    def masked_bytes(self) -> int:
        """How many bytes were blanked before parsing."""
        return sum(end - start for start, end in self.masked)


class LanguageSupport(Protocol):
    """Everything the scan needs to know about a language."""

    language: Language
    queries: Mapping[str, str]

    def prepare(self, data: bytes) -> Prepared:
        """Decode, mask what the grammar cannot read, parse. Never fails: what cannot be read is reported as degraded."""

    def extract(self, prepared: Prepared, tree: Tree, matches: Matches) -> FileFacts:
        """Turn the captures of `queries` into facts."""
