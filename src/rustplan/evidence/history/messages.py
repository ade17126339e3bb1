"""What a commit message claims: a fix, a security fix, the fix of a memory error; and one printable line of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from rustplan.catalog.fix_words import FixEntry, Phrases, Where, anchor_word, load_fix_words, phrase_pattern
from rustplan.model.history import FixKind, FixLevel

BODY_CHARACTERS = 900
SUBJECT_CHARACTERS = 120
_SUBJECT_READ = 400
_MOST_IDS = 5
_URL = re.compile(r"\b[a-z]{2,8}://\S{1,2000}", re.IGNORECASE)
_ID = re.compile(r"\bCVE-\d{4}-\d{4,9}\b|\bGHSA(?:-[a-z0-9]{4}){3}\b", re.IGNORECASE)
_AREA = re.compile(r"\s*\[?([a-z][a-z0-9 _-]{0,30})[\])]?\s*(?:\([^)]{0,40}\))?\s*[:/]")
_RANK = {FixLevel.FIX: 0, FixLevel.SECURITY: 1, FixLevel.MEMORY: 2}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message tells: how much, which kinds of memory error, the words that told, and vulnerability names."""

    level: FixLevel
    kinds: tuple[FixKind, ...]
    matched: str
    ids: tuple[str, ...]

    @property
    def rank(self) -> int:
        """0 for a fix, 1 for a security fix, 2 for the fix of a memory error."""
        return _RANK[self.level]


@dataclass(frozen=True, slots=True)
class _Phrase:
    anchor: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Matcher:
    entry: FixEntry
    phrases: tuple[_Phrase, ...]
    unless: re.Pattern[str] | None
    unless_anywhere: re.Pattern[str] | None


def claim(subject: str, body: str) -> Claim | None:
    """Return what a message claims, or None when it tells no fix of the program."""
    ids = _ids(f"{subject}\n{body}")
    first = _lowered(subject[:_SUBJECT_READ])
    if _is_about_something_else(first):
        return None
    message = first + "\n" + _lowered(_kept_lines(body[:BODY_CHARACTERS]))
    found = [(matcher.entry, words) for matcher in _matchers() if (words := _match(matcher, first, message))]
    if _no_security().search(first) or _no_security_anywhere().search(message):
        found = [(entry, words) for entry, words in found if entry.level is FixLevel.FIX]
    if not found and not ids:
        return None
    levels = [entry.level for entry, _ in found] + ([FixLevel.SECURITY] if ids else [])
    level = max(levels, key=_RANK.__getitem__)
    kinds = {entry.kind for entry, _ in found if entry.kind is not None}
    words = next((words for entry, words in reversed(found) if entry.level is level), ids[0] if ids else "")
    return Claim(level, tuple(kind for kind in FixKind if kind in kinds), words, ids)


def known_memory_fix(told: Claim | None) -> Claim:
    """Return the claim of a commit that a vulnerability record names as the fix of a memory error, whatever its message tells."""
    if told is None:
        return Claim(FixLevel.MEMORY, (), "a vulnerability record", ())
    return replace(told, level=FixLevel.MEMORY)


def is_routine(subject: str) -> bool:
    """Tell whether a subject speaks of layout, notices or names only."""
    return _routine().search(_lowered(subject[:_SUBJECT_READ])) is not None


def speaks_of_memory(text: str) -> bool:
    """Tell whether a text names a memory error, for records that give no CWE."""
    lowered = _lowered(text[: 4 * BODY_CHARACTERS])
    return any(m.entry.level is FixLevel.MEMORY and _match(m, lowered, lowered) for m in _matchers())


def printable(text: str, limit: int = SUBJECT_CHARACTERS) -> str:
    """Return hostile text as one line without control, format (bidirectional) or surrogate characters, cut to `limit` characters."""
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[: 4 * limit])
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _is_about_something_else(subject: str) -> bool:
    area = _AREA.match(subject)
    if area is not None and area.group(1).strip().replace("_", " ") in _areas():
        return True
    return _no_fix().search(subject) is not None


def _match(matcher: _Matcher, subject: str, message: str) -> str:
    """Return the words that an entry's first matching phrase found, "" when none stands there unexcused."""
    text = subject if matcher.entry.where is Where.SUBJECT else message
    for phrase in matcher.phrases:
        if phrase.anchor not in text:
            continue
        for match in phrase.pattern.finditer(text):
            if not _is_excused(matcher, match, message):
                return printable(match.group(), 60)
    return ""


def _is_excused(matcher: _Matcher, match: re.Match[str], message: str) -> bool:
    """Tell whether words on the line of a match, or anywhere in the message, take it back."""
    if matcher.unless is not None and matcher.unless.search(_line_of(match.string, match)):
        return True
    return matcher.unless_anywhere is not None and matcher.unless_anywhere.search(message) is not None


def _line_of(text: str, match: re.Match[str]) -> str:
    end = text.find("\n", match.end())
    return text[text.rfind("\n", 0, match.start()) + 1 : end if end >= 0 else len(text)]


def _kept_lines(body: str) -> str:
    dropped = load_fix_words().dropped_lines
    return "\n".join(line for line in body.split("\n") if not line.lstrip().lower().startswith(dropped))


def _lowered(text: str) -> str:
    return _URL.sub(" ", text).lower()


def _ids(text: str) -> tuple[str, ...]:
    """The vulnerability names in a message, upper case, at most five."""
    return tuple(
        sorted({found.upper() for found in _ID.findall(text[: _SUBJECT_READ + 4 * BODY_CHARACTERS])})[:_MOST_IDS]
    )


@cache
def _matchers() -> tuple[_Matcher, ...]:
    return tuple(
        _Matcher(
            entry,
            tuple(_Phrase(anchor_word(phrase), re.compile(phrase_pattern(phrase))) for phrase in entry.phrases),
            _any_of(entry.unless) if entry.unless else None,
            _any_of(entry.unless_anywhere) if entry.unless_anywhere else None,
        )
        for entry in load_fix_words().entries
    )


@cache
def _areas() -> frozenset[str]:
    return frozenset(load_fix_words().areas)


@cache
def _no_fix() -> re.Pattern[str]:
    return _any_phrase(load_fix_words().no_fix)


@cache
def _no_security() -> re.Pattern[str]:
    return _any_phrase(load_fix_words().no_security)


@cache
def _no_security_anywhere() -> re.Pattern[str]:
    return _any_phrase(load_fix_words().no_security_anywhere)


@cache
def _routine() -> re.Pattern[str]:
    return _any_phrase(load_fix_words().routine)


def _any_phrase(groups: tuple[Phrases, ...]) -> re.Pattern[str]:
    return _any_of(tuple(phrase for group in groups for phrase in group.phrases))


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(phrase_pattern(phrase) for phrase in phrases))
