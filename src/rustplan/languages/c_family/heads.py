"""Declarations at file level whose macros the grammar cannot read: which bytes to blank so that a plain declaration is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from rustplan.languages.base import ByteSpan
from rustplan.languages.c_family.pieces import (
    Piece,
    arguments_of,
    closing,
    complement,
    heads_at_file_level,
    last_word,
    pieces_of,
)
from rustplan.languages.c_family.words import ACCESS, ATTRIBUTES, BEFORE_A_TYPE, PRIMITIVES, STATEMENTS, STORAGE, TAGS

_MAX_HEAD = 4_000
_WORD = re.compile(rb"[A-Za-z_]\w*")
_PLAIN = re.compile(rb"[\w\s*]+")


@dataclass(slots=True)
class Heads:
    """Spans to blank, and the functions that macros make: offset of the name -> the macro call as written."""

    spans: list[ByteSpan] = field(default_factory=list)
    made: dict[int, str] = field(default_factory=dict)


def heads_to_blank(plain: bytes, learnt: frozenset[bytes]) -> Heads:
    """What to blank in a text without comments, literals and directives. `learnt` are words the file itself defines to be nothing."""
    heads = Heads()
    for start, end, terminator in heads_at_file_level(plain):
        if end - start <= _MAX_HEAD:
            pieces = _without_access(pieces_of(plain, start, end))
            if pieces and not any(piece.text in STATEMENTS for piece in pieces):
                heads.spans += _clean(plain, pieces, terminator, learnt, heads.made)
    heads.spans += _before_primitives(plain)
    return heads


def _without_access(pieces: list[Piece]) -> list[Piece]:
    """Drop `public:` and its like in front."""
    while len(pieces) > 1 and pieces[0].is_word and pieces[1].text == b":" and pieces[0].text in ACCESS:
        pieces = pieces[2:]
    return pieces


def _clean(
    plain: bytes, pieces: list[Piece], terminator: bytes, learnt: frozenset[bytes], made: dict[int, str]
) -> Iterator[ByteSpan]:
    blanked = [piece for piece in pieces if piece.text in learnt]
    yield from ((piece.start, piece.end) for piece in blanked)
    pieces = [piece for piece in pieces if piece not in blanked]
    while len(pieces) > 2 and pieces[0].text in STORAGE:
        pieces = pieces[1:]
    if (
        len(pieces) == 2
        and terminator == b";"
        and pieces[0].is_upper
        and pieces[1].is_group
        and _names_types(plain, pieces[1])
    ):
        yield pieces[0].start, pieces[1].end
        return
    keep = _function_maker(plain, pieces)
    if keep:
        start, end = pieces[0].start, pieces[1].end
        made[keep[-1][0]] = " ".join(plain[start:end].decode("utf-8", "replace").split())
        yield from complement(start, end, keep)
        return
    pieces = list(pieces)
    for index in range(len(pieces) - 1):
        inner = _wrapped(plain, pieces[index], pieces[index + 1]) if index else None
        if inner is not None:
            yield pieces[index].start, inner.start
            yield inner.end, pieces[index + 1].end
            pieces[index : index + 2] = [inner]
            break
    if (
        any(piece.text in TAGS for piece in pieces)
        and terminator == b"{"
        and not any(piece.is_group for piece in pieces)
    ):
        yield from _tag_attributes(pieces)
        return
    yield from _around_name(plain, pieces, terminator)


def _names_types(plain: bytes, group: Piece) -> bool:
    """True for `DEFINE_FLAG(int, name, 1)`: no expression, so no call."""
    arguments = [plain[slice(*span)] for span in arguments_of(plain, group)]
    return any(one in PRIMITIVES for one in arguments) and not any(one.startswith(b"(") for one in arguments)


def _wrapped(plain: bytes, word: Piece, group: Piece) -> Piece | None:
    """`OF((args))`: the inner parenthesis, when an upper-case word wraps one."""
    if not (word.is_upper and group.is_group):
        return None
    inside = plain[group.start + 1 : group.end - 1]
    if not inside.strip().startswith(b"(") or not inside.strip().endswith(b")"):
        return None
    start = group.start + 1 + len(inside) - len(inside.lstrip())
    end = closing(plain, start + 1, group.end - 1)
    return Piece(b"(", start, end) if not plain[end : group.end - 1].strip() else None


def _function_maker(plain: bytes, pieces: list[Piece]) -> list[ByteSpan]:
    """`MACRO(type, name, (args), ...)` and `MACRO(type, ..., name)(args)`: the spans to keep, the name last; empty for anything else."""
    if len(pieces) < 2 or not (pieces[0].is_upper and pieces[1].is_group):
        return []
    arguments = arguments_of(plain, pieces[1])
    if len(pieces) > 2 and pieces[2].is_group:
        if not all(_PLAIN.fullmatch(plain, *span) for span in arguments):
            return []
        return [*arguments[: len(arguments) > 1], last_word(plain, arguments[-1])]
    place = next(
        (index for index, (start, end) in enumerate(arguments) if index and plain[start:end].startswith(b"(")), None
    )
    if place is None or not plain[slice(*arguments[place])].endswith(b")"):
        return []
    return [arguments[place], *arguments[max(0, place - 2) : place - 1], last_word(plain, arguments[place - 1])]


def _tag_attributes(pieces: list[Piece]) -> Iterator[ByteSpan]:
    """`class EXPORT Name {`: the word between tag and name."""
    for index, piece in enumerate(pieces[:-2]):
        word, name = pieces[index + 1], pieces[index + 2]
        if piece.text in TAGS and word.is_upper and name.is_word and name.text not in (b"final", b"override"):
            yield word.start, word.end


def _around_name(plain: bytes, pieces: list[Piece], terminator: bytes) -> Iterator[ByteSpan]:
    """Words that cannot belong to a declaration `[storage] type name (args) [attributes]`."""
    attribute = _variable_attribute(plain, pieces, terminator)
    if attribute is not None:
        yield pieces[attribute].start, pieces[attribute + 1].end
        return
    arguments = _parameter_group(pieces)
    if arguments is None:
        if not any(piece.is_group for piece in pieces):
            stop = next((index for index, piece in enumerate(pieces) if piece.text in (b"[", b",", b":")), len(pieces))
            yield from _before_name(_without_qualifier(pieces[: stop - 1]))
        return
    yield from _before_name(_without_qualifier(pieces[: arguments - 1]))
    rest = pieces[arguments + 1 :]
    while rest and rest[0].text in STORAGE:
        rest = rest[1:]
    if rest and terminator in b"{;" and all(piece.is_upper or piece.is_group for piece in rest) and rest[0].is_word:
        yield rest[0].start, rest[-1].end


def _variable_attribute(plain: bytes, pieces: list[Piece], terminator: bytes) -> int | None:
    """The place of `GUARDED_BY` in `type name GUARDED_BY(mutex);`."""
    if terminator == b"{" or len(pieces) < 4 or not pieces[-1].is_group or not pieces[-2].is_upper:
        return None
    inside = plain[pieces[-1].start + 1 : pieces[-1].end - 1].strip()
    name, kind = pieces[-3], pieces[-4]
    is_name = name.is_word and name.text not in PRIMITIVES and name.text not in STORAGE
    is_type = (kind.is_word and kind.text not in STORAGE) or kind.text in (b"*", b"&", b">")
    return len(pieces) - 2 if is_name and is_type and _WORD.fullmatch(inside) and inside not in PRIMITIVES else None


def _without_qualifier(pieces: list[Piece]) -> list[Piece]:
    """Drop `ns::Class<T>::` before the name: it is no type."""
    while len(pieces) > 1 and pieces[-1].text == b"::":
        pieces = pieces[:-1]
        if pieces[-1].text == b">":
            opening = next((index for index in range(len(pieces) - 1, -1, -1) if pieces[index].text == b"<"), 0)
            pieces = pieces[:opening]
        pieces = pieces[:-1]
    return pieces


def _parameter_group(pieces: list[Piece]) -> int | None:
    """Which parenthesis holds the parameters: the first one that is not the argument of an attribute macro in front."""
    for index, piece in enumerate(pieces):
        if not piece.is_group or index == 0:
            continue
        before = pieces[index - 1]
        if before.text in ATTRIBUTES or not before.is_word:
            continue
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if before.is_upper and following is not None and following.is_word and _has_name_and_group(pieces[index + 1 :]):
            continue
        return index
    return None


def _has_name_and_group(pieces: list[Piece]) -> bool:
    """True when a function's own name and parameters are still to come."""
    return any(one.is_word and two.is_group and not one.is_upper for one, two in pairwise(pieces))


def _before_name(pieces: list[Piece]) -> Iterator[ByteSpan]:
    """Blank the words in front of a name that are neither storage nor the type."""
    words: list[tuple[int, Piece]] = []
    has_type = False
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].text if index + 1 < len(pieces) else b""
        previous = pieces[index - 1].text if index else b""
        if previous in TAGS or piece.text in PRIMITIVES or piece.text == b"~":
            has_type = True
        elif piece.is_word and piece.text not in STORAGE and piece.text not in TAGS:
            if following in (b"::", b"<") or previous in (b"::", b"<", b","):
                has_type = True
            else:
                words.append((index, piece))
    if not has_type and words:
        mixed = [pair for pair in words if not pair[1].is_upper]
        words.remove(mixed[-1] if mixed else words[0])
    for index, piece in words:
        following_piece = pieces[index + 1] if index + 1 < len(pieces) else None
        yield (
            piece.start,
            following_piece.end if following_piece is not None and following_piece.is_group else piece.end,
        )


_BEFORE_PRIMITIVE = re.compile(
    rb"\b([A-Za-z_]\w*)[ \t]+(?=(?:void|char|int|short|long|unsigned|signed|float|double)\b)"
)


def _before_primitives(plain: bytes) -> Iterator[ByteSpan]:
    """A word that is no keyword directly before `char` and its like can only be a macro: `(z_const char *)`."""
    for match in _BEFORE_PRIMITIVE.finditer(plain):
        if match.group(1) not in BEFORE_A_TYPE:
            yield match.span(1)


_LONE_CALL = re.compile(
    rb"^[ \t]*([A-Z][A-Z0-9_]{2,}) ?\([^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200}){0,8}\)(?=[ \t\r]*\n\s*[A-Za-z_}#*])",
    re.MULTILINE,
)


def lone_calls(plain: bytes) -> Iterator[ByteSpan]:
    """Upper-case macro calls that are a line of their own without a semicolon: `UNUSED(x)`."""
    for match in _LONE_CALL.finditer(plain):
        before = plain[max(0, match.start() - 4_000) : match.start()].rstrip()[-1:]
        if before in (b";", b"{", b"}", b")", b""):
            yield match.start(1), match.end()
