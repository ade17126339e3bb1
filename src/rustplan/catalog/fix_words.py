"""Words that tell a fix from a commit message: `catalog/fix_words.yaml` as typed values, and phrases as patterns."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

import msgspec

from rustplan.catalog.reading import load_catalogue
from rustplan.model.history import FixKind, FixLevel

_GAP = r"[\s_/-]{0,3}"
_WORDS_BETWEEN = r"(?:[^\w]{1,4}\w{1,40}){0,3}?[^\w]{1,4}"
_TAIL = r"[a-z0-9]{0,20}"


class Where(str, Enum):
    """Which part of a message is searched."""

    SUBJECT = "subject"
    MESSAGE = "message"


class Phrases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases that share one reason."""

    phrases: tuple[str, ...]
    because: str


class FixEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases that tell a fix of one level and, for memory errors, one kind; `unless` phrases on the same line take that back,
    `unless_anywhere` phrases anywhere in the message do."""

    level: FixLevel
    where: Where
    phrases: tuple[str, ...]
    because: str
    kind: FixKind | None = None
    unless: tuple[str, ...] = ()
    unless_anywhere: tuple[str, ...] = ()


class FixWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """catalog/fix_words.yaml as it lies on disk."""

    version: str
    source: str
    checked: str
    areas: tuple[str, ...]
    no_fix: tuple[Phrases, ...]
    no_security: tuple[Phrases, ...]
    no_security_anywhere: tuple[Phrases, ...]
    routine: tuple[Phrases, ...]
    dropped_lines: tuple[str, ...]
    entries: tuple[FixEntry, ...]


@cache
def load_fix_words() -> FixWords:
    """The shipped words. Raises CatalogError when the file is broken."""
    return load_catalogue("fix_words.yaml", FixWords)


def phrase_pattern(phrase: str) -> str:
    """Return the regular expression of one phrase, for lower-case text. Every repetition in it is bounded."""
    body = _WORDS_BETWEEN.join(_run(run) for run in phrase.split(" ~ "))
    return f"(?<![a-z0-9]){body}(?![a-z0-9])"


def anchor_word(phrase: str) -> str:
    """Return the longest piece of a phrase that every match holds: a cheap test before the pattern is tried."""
    return max((word.rstrip("*") for word in phrase.split() if word != "~"), key=len)


def _run(words: str) -> str:
    return _GAP.join(re.escape(word.rstrip("*")) + (_TAIL if word.endswith("*") else "") for word in words.split())
