"""Macros that code itself defines to be nothing, an attribute, a keyword or a type: no spelling has to be guessed for them.

Definitions are read from the text, wherever they stand: a macro that is an attribute for one compiler and nothing for another is both.
One that is something else in any place is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rustplan.languages.base import MacroWords
from rustplan.languages.c_family.pieces import Piece, pieces_of
from rustplan.languages.c_family.words import CONVENTIONS, NEVER_MACROS, PRIMITIVES, QUALIFIERS, STORAGE, TAGS
from rustplan.languages.text import C_TOKENS

MOST_BODY = 400
"""Bytes of a macro's body that are looked at; a longer one is code."""

MOST_NAMES = 200_000
"""Macros of one tree that are remembered; those that come later are not learnt."""

_MOST_NEEDS = 16
_MOST_DEFINITIONS = 64
_ROUNDS = 6

_DEFINE = re.compile(rb"define[ \t]+([A-Za-z_]\w{0,200})(\([^()\n]{0,200}\))?(?![\w(])")
_VALUE = re.compile(rb"[ \t]+[-(0-9\"'{]")
"""How the body of a macro begins that is a value: those are most, and nobody writes one where a declaration has an attribute."""

_BEFORE = re.compile(rb"#[ \t]*\Z")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_TAKES_ARGUMENTS = frozenset(
    {b"__attribute__", b"__attribute", b"__declspec", b"_declspec", b"_Pragma", b"__pragma", b"alignas", b"_Alignas"}
)
_NOTHING = STORAGE | CONVENTIONS | QUALIFIERS
_HIDES = frozenset({b"static"})

_Need = tuple[bytes, bool]
"""A macro that another one is made of, and whether it has arguments there."""


@dataclass(slots=True)
class _Known:
    """All definitions of one macro taken together."""

    takes_arguments: bool = False
    is_object: bool = False
    is_other: bool = False
    is_type: bool = False
    is_empty: bool = False
    is_wrapper: bool = False
    hides: bool = False
    needs: set[_Need] = field(default_factory=set)
    definitions: int = 0

    def add(self, body: bytes, parameters: bytes | None) -> None:
        """One more definition."""
        if parameters is None:
            self.is_object = True
        else:
            self.takes_arguments = True
        self.definitions += 1
        if (self.is_object and self.takes_arguments) or len(body) > MOST_BODY or self.definitions > _MOST_DEFINITIONS:
            self.is_other = True
        if self.is_other:
            return
        names = set(_WORD.findall(parameters)) if parameters else set()
        if body in names:
            self.is_wrapper = True
            return
        if body.startswith(b"[[") and body.endswith(b"]]"):
            self.is_empty = True
            return
        self._add_pieces(pieces_of(body, 0, len(body)), names)
        self.is_other |= len(self.needs) > _MOST_NEEDS

    def _add_pieces(self, pieces: list[Piece], parameters: set[bytes]) -> None:
        has_type = False
        needs: set[_Need] = set()
        previous = b""
        is_linkage = any(piece.text == b"extern" for piece in pieces)
        for index, piece in enumerate(pieces):
            before, previous = previous, piece.text
            if piece.is_group:
                if not _WORD.fullmatch(before):
                    self.is_other = True
            elif piece.is_word and piece.text not in parameters:
                has_group = index + 1 < len(pieces) and pieces[index + 1].is_group
                if has_group:
                    if piece.text not in _TAKES_ARGUMENTS:
                        needs.add((piece.text, True))
                elif piece.text in _NOTHING:
                    self.hides |= piece.text in _HIDES
                elif piece.text in PRIMITIVES or piece.text in TAGS or before in TAGS:
                    has_type = True
                else:
                    needs.add((piece.text, False))
            elif not (piece.text == b'"' and is_linkage) and not (piece.text == b"*" and has_type):
                self.is_other = True
        if has_type:
            self.is_type = True
            self.is_other |= bool(needs)
        elif needs:
            self.needs |= needs
        else:
            self.is_empty = True


Definition = tuple[bytes, "bytes | None", bytes]
"""A macro, its parameters with the parentheses, and the text that it stands for as far as that is looked at."""


def definitions(data: bytes) -> Iterator[Definition]:
    """The definitions of one file that a learner looks at, in their order."""
    at = data.find(b"define")
    while at >= 0:
        match = _DEFINE.match(data, at)
        if match is None or not _BEFORE.search(data, max(0, at - 40), at):
            at = data.find(b"define", at + 6)
            continue
        start = match.end()
        if match.group(2) is None and _VALUE.match(data, start):
            at = data.find(b"define", start)
            continue
        end = _logical_end(data, start)
        yield match.group(1), match.group(2), data[start : min(end, start + 2 * MOST_BODY)]
        at = data.find(b"define", end)


class MacroLearner:
    """Collects definitions file by file; what it knows in the end does not depend on how often a file defines the same."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}
        self._seen: set[tuple[bytes, bytes]] = set()

    def read(self, data: bytes) -> None:
        """Take note of the definitions of one file, with or without its comments."""
        for definition in definitions(data):
            self.take(definition)

    def take(self, definition: Definition) -> None:
        """Take note of one definition, as `definitions` gives it."""
        self._add(*definition)

    def _add(self, name: bytes, parameters: bytes | None, body: bytes) -> None:
        if name in NEVER_MACROS:
            return
        key = (name, parameters + body if parameters else body)
        if key in self._seen:
            return
        known = self._known.get(name)
        if known is None:
            if len(self._known) >= MOST_NAMES:
                return
            known = self._known[name] = _Known()
        if known.is_other:
            return
        self._seen.add(key)
        known.add(_without_noise(body), parameters)

    def words(self) -> MacroWords:
        """What has been learnt so far."""
        candidates = {name: known for name, known in self._known.items() if not known.is_other}
        empty = {
            (name, known.takes_arguments)
            for name, known in candidates.items()
            if known.is_empty and not known.needs and not known.is_type and not known.is_wrapper
        }
        types = {name for name, known in candidates.items() if known.is_type and not known.needs and not known.is_empty}
        undecided = [
            (name, known)
            for name, known in candidates.items()
            if known.needs and not known.is_type and not known.is_wrapper
        ]
        for _ in range(_ROUNDS):
            left = []
            for name, known in undecided:
                if known.needs <= empty or (known.is_empty and self._may_be_empty(known, empty)):
                    empty.add((name, known.takes_arguments))
                    known.hides |= any(candidates[need].hides for need, _ in known.needs if need in candidates)
                elif not known.is_empty and all(need in types and not takes for need, takes in known.needs):
                    types.add(name)
                else:
                    left.append((name, known))
            if len(left) == len(undecided):
                break
            undecided = left
        plain = frozenset(name for name, takes in empty if not takes)
        calls = frozenset(name for name, takes in empty if takes)
        wrappers = frozenset(name for name, known in candidates.items() if known.is_wrapper and not known.is_type)
        return MacroWords(
            empty=plain,
            calls=calls,
            hiding=frozenset(name for name in plain if self._known[name].hides),
            types=frozenset(types),
            wrappers=wrappers,
        )

    def _may_be_empty(self, known: _Known, empty: set[_Need]) -> bool:
        """True when all else that the macro may be are reserved words that nothing defines: keywords of some compiler."""
        return all(need in empty or (need[0].startswith(b"_") and need[0] not in self._known) for need in known.needs)


def _logical_end(data: bytes, start: int) -> int:
    """Where a definition ends; looks no further than a body may be long."""
    at = start
    while True:
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        if not data[max(start, end - 2) : end].rstrip(b"\r").endswith(b"\\") or end - start > MOST_BODY:
            return end
        at = end + 1


def _without_noise(body: bytes) -> bytes:
    """The body without comments, the contents of literals and line continuations."""
    if b"/" in body or b'"' in body or b"'" in body:
        body = C_TOKENS.sub(lambda match: b" " if match.group()[:1] == b"/" else b'""', body)
    return body.replace(b"\\", b" ").strip()
