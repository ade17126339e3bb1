"""Declarations at file level whose macros the grammar cannot read: which bytes to blank so that a plain declaration is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rustplan.languages.base import ByteSpan, MacroWords, Made
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
_DEFINING = (b"DEFINE", b"DECLARE", b"IMPLEMENT", b"CALL")
"""Parts of the names of macros whose first argument is the name of what they define."""


@dataclass(slots=True)
class Heads:
    """Spans to blank, single bytes to replace, and the functions that macros make, by the offset of their names."""

    spans: list[ByteSpan] = field(default_factory=list)
    edits: list[tuple[int, int]] = field(default_factory=list)
    made: dict[int, Made] = field(default_factory=dict)


def heads_to_blank(plain: bytes, near: Sequence[ByteSpan], learnt: MacroWords, *, is_cpp: bool) -> Heads:
    """What to change in a text without comments, literals and directives, in and around the spans `near`.

    `learnt` are the macros that are known.
    """
    heads = Heads()
    place = 0
    for start, end, terminator in heads_at_file_level(plain):
        while place < len(near) and near[place][1] < start:
            place += 1
        if place == len(near):
            break
        if near[place][0] > end or _is_too_long(plain, start, end):
            continue
        pieces = _without_access(pieces_of(plain, start, end))
        if not pieces or any(piece.text in STATEMENTS for piece in pieces):
            continue
        if is_cpp or terminator != b"{" or not _defining_macro(plain, pieces, learnt, heads):
            heads.spans += _clean(plain, pieces, terminator, learnt, heads.made)
    heads.spans += _before_primitives(plain, near)
    heads.spans += words_to_blank(plain, near, learnt)
    loops_to_write(plain, heads)
    return heads


def _is_too_long(plain: bytes, start: int, end: int) -> bool:
    """A long comment before a declaration, which is blank here, does not make its head long."""
    return end - start > _MAX_HEAD and len(plain[start:end].lstrip()) > _MAX_HEAD


def _defining_macro(plain: bytes, pieces: list[Piece], learnt: MacroWords, heads: Heads) -> bool:
    """`SYSCALL_DEFINE2(name, type, a, type, b) {`: make the plain definition that it stands for, or leave a call without arguments."""
    while len(pieces) > 2 and (pieces[0].text in STORAGE or pieces[0].text in learnt.empty):
        if pieces[0].text in learnt.empty:
            heads.spans.append((pieces[0].start, pieces[0].end))
        pieces = pieces[1:]
    if len(pieces) != 2 or not (pieces[0].is_upper and pieces[1].is_group) or _function_maker(plain, pieces):
        return False
    word, group = pieces
    arguments = arguments_of(plain, group)
    call = written(plain, word.start, group.end)
    name, pairs = arguments[0], arguments[1:]
    is_name = _WORD.fullmatch(plain, *name) is not None and plain[slice(*name)] not in BEFORE_A_TYPE
    if is_name and pairs and len(pairs) % 2 == 0 and _are_parameters(plain, pairs):
        heads.spans.append((group.start, group.start + 1))
        heads.edits.append((plain.index(b",", name[1]), ord("(")))
        heads.edits += [(plain.index(b",", kind[1]), ord(" ")) for kind in pairs[::2]]
        heads.made[name[0]] = Made(call)
    elif is_name:
        heads.spans.append((name[1], group.end - 1))
        heads.made[word.start] = Made(call, made_name(word.text, plain[slice(*name)]))
    elif group.end - group.start > 2:
        heads.spans.append((group.start + 1, group.end - 1))
        heads.edits.append((group.start + 1, ord("_")))
        heads.made[word.start] = Made(call)
    return True


def _are_parameters(plain: bytes, pairs: Sequence[ByteSpan]) -> bool:
    """True for `type, name, type, name`."""
    return all(_PLAIN.fullmatch(plain, *kind) for kind in pairs[::2]) and all(
        _WORD.fullmatch(plain, *name) for name in pairs[1::2]
    )


def made_name(macro: bytes, argument: bytes) -> str:
    """The name of the function that `macro(argument, ...) {` defines; empty when the macro's own has to do."""
    if _WORD.fullmatch(argument) and any(word in macro for word in _DEFINING):
        return argument.decode("ascii")
    return ""


def written(plain: bytes, start: int, end: int) -> str:
    """A macro call on one line."""
    return " ".join(plain[start:end].decode("utf-8", "replace").split())


def _without_access(pieces: list[Piece]) -> list[Piece]:
    """Drop `public:` and its like in front."""
    while len(pieces) > 1 and pieces[0].is_word and pieces[1].text == b":" and pieces[0].text in ACCESS:
        pieces = pieces[2:]
    return pieces


def _clean(
    plain: bytes, pieces: list[Piece], terminator: bytes, learnt: MacroWords, made: dict[int, Made]
) -> Iterator[ByteSpan]:
    pieces, blanked = _without_learnt(pieces, learnt)
    yield from blanked
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
        made[keep[-1][0]] = Made(written(plain, start, end))
        yield from complement(start, end, keep)
        return
    pieces = list(pieces)
    for index in range(len(pieces) - 1):
        inner = _wrapped(plain, pieces[index], pieces[index + 1], learnt) if index else None
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
    yield from _around_name(plain, pieces, terminator, learnt)


def _without_learnt(pieces: list[Piece], learnt: MacroWords) -> tuple[list[Piece], list[ByteSpan]]:
    """Drop the macros that are known to add nothing, but never the name of a function: `name(args)` may be a macro elsewhere."""
    if not any(piece.text in learnt.empty or piece.text in learnt.calls for piece in pieces):
        return pieces, []
    is_known = [piece.text in learnt.empty or piece.text in learnt.calls for piece in pieces]
    has_group = [index + 1 < len(pieces) and pieces[index + 1].is_group for index in range(len(pieces))]
    has_name = any(piece.is_word and has_group[index] and not is_known[index] for index, piece in enumerate(pieces))
    kept: list[Piece] = []
    spans: list[ByteSpan] = []
    skip = -1
    for index, piece in enumerate(pieces):
        if index == skip:
            continue
        if piece.text in learnt.empty and (not has_group[index] or has_name):
            spans.append((piece.start, piece.end))
        elif piece.text in learnt.calls and has_group[index] and has_name:
            spans.append((piece.start, pieces[index + 1].end))
            skip = index + 1
        else:
            kept.append(piece)
    return kept, spans


def _names_types(plain: bytes, group: Piece) -> bool:
    """True for `DEFINE_FLAG(int, name, 1)`: no expression, so no call."""
    arguments = [plain[slice(*span)] for span in arguments_of(plain, group)]
    return any(one in PRIMITIVES for one in arguments) and not any(one.startswith(b"(") for one in arguments)


def _wrapped(plain: bytes, word: Piece, group: Piece, learnt: MacroWords) -> Piece | None:
    """`OF((args))`: the inner parenthesis, when a macro wraps one."""
    if not ((word.is_upper or word.text in learnt.wrappers) and group.is_group):
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


def _around_name(plain: bytes, pieces: list[Piece], terminator: bytes, learnt: MacroWords) -> Iterator[ByteSpan]:
    """Words that cannot belong to a declaration `[storage] type name (args) [attributes]`."""
    attribute = _variable_attribute(plain, pieces, terminator)
    if attribute is not None:
        yield pieces[attribute].start, pieces[attribute + 1].end
        return
    arguments = _parameter_group(pieces)
    if arguments is None:
        if not any(piece.is_group for piece in pieces):
            stop = next((index for index, piece in enumerate(pieces) if piece.text in (b"[", b",", b":")), len(pieces))
            yield from _before_name(_without_qualifier(pieces[: stop - 1]), learnt)
        return
    yield from _before_name(_without_qualifier(pieces[: arguments - 1]), learnt)
    rest = pieces[arguments + 1 :]
    while rest and rest[0].text in STORAGE:
        rest = rest[1:]
    if rest and terminator in b"{;" and rest[0].is_word and all(_is_attribute(piece) for piece in rest):
        yield rest[0].start, rest[-1].end


def _is_attribute(piece: Piece) -> bool:
    """True for what may follow parameters as a macro: `MUST_CHECK`, `__releases(lock)`."""
    return piece.is_upper or piece.is_group or (piece.text.startswith(b"__") and piece.text not in ATTRIBUTES)


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


def _before_name(pieces: list[Piece], learnt: MacroWords) -> Iterator[ByteSpan]:
    """Blank the words in front of a name that are neither storage nor the type."""
    words: list[tuple[int, Piece]] = []
    has_type = False
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].text if index + 1 < len(pieces) else b""
        previous = pieces[index - 1].text if index else b""
        if previous in TAGS or piece.text in PRIMITIVES or piece.text in learnt.types or piece.text == b"~":
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


def _before_primitives(plain: bytes, near: Sequence[ByteSpan]) -> Iterator[ByteSpan]:
    """A word that is no keyword directly before `char` and its like can only be a macro: `(z_const char *)`."""
    for start, end in near:
        for match in _BEFORE_PRIMITIVE.finditer(plain, start, end):
            if match.group(1) not in BEFORE_A_TYPE:
                yield match.span(1)


_STAR = re.compile(rb"\s*\*")
_EACH = re.compile(rb"\b(?=\w{5})\w{0,80}(?:for_?each|FOR_?EACH)\w{0,80}[ \t]*\(")
_STATEMENT = re.compile(rb"\s*[A-Za-z_(*+-]")


def loops_to_write(plain: bytes, heads: Heads) -> None:
    """`for_each_item(item, list)` in front of a statement without braces is written as the `while` that it resembles."""
    if b"each" not in plain and b"EACH" not in plain:
        return
    for match in _EACH.finditer(plain):
        word_end = match.end() - 1
        end = closing(plain, match.end(), min(len(plain), match.end() + _MAX_HEAD))
        if plain[end - 1 : end] == b")" and _STATEMENT.match(plain, end):
            start = match.start()
            heads.spans.append((start, word_end))
            heads.edits += [(start + place, byte) for place, byte in enumerate(b"while")]


_REST_OF_WORD = re.compile(rb"\w*")
_AFTER_WORD = re.compile(rb"\s*([A-Za-z_*,;)\[]?)")
_BEFORE_WORD = re.compile(rb"(?:([A-Za-z_]\w*)|([*)]))\s*\Z")
_RESERVED = re.compile(rb"(?<=[\w*])\s+(__[a-z]\w*)(?=\s*\*|\s+[A-Za-z_]\w*\s*[,);=\[])")


def words_to_blank(plain: bytes, near: Sequence[ByteSpan], learnt: MacroWords) -> Iterator[ByteSpan]:
    """Known macros wherever two names stand side by side: parameters, members, locals, casts. Only in the spans that are asked for.

    A reserved word of two underscores between a type and a star or a name is one, too: `char __user *to`.
    """
    for start, cut in near:
        end = len(plain) if (rest := _REST_OF_WORD.match(plain, cut)) is None else rest.end()
        for word in sorted(learnt.empty.intersection(_WORD.findall(plain, start, end))):
            for match in re.compile(rb"\b" + word + rb"\b").finditer(plain, start, end):
                if _stands_beside_a_name(plain, match):
                    yield match.span()
        if plain.find(b"__", start, end) < 0:
            continue
        for match in _RESERVED.finditer(plain, start, end):
            before = _BEFORE_WORD.search(plain, max(0, match.start() - 200), match.start())
            if before is None or before.group(1) in _TAKES_A_TYPE or match.group(1) in BEFORE_A_TYPE:
                continue
            if before.group(1) or _STAR.match(plain, match.end()) is None:
                yield match.span(1)


_TAKES_A_TYPE = frozenset((BEFORE_A_TYPE | {b"while"}) - PRIMITIVES)
"""Words in front of which a reserved word may be a type."""


def _stands_beside_a_name(plain: bytes, match: re.Match[bytes]) -> bool:
    """True when blanking the word cannot take an operand away: a name or a star follows, or a type stands before it."""
    following = _AFTER_WORD.match(plain, match.end())
    mark = following.group(1) if following is not None else b""
    if not mark:
        return False
    if mark not in b"*,;)[":
        return True
    before = _BEFORE_WORD.search(plain, max(0, match.start() - 200), match.start())
    if before is None:
        return False
    if before.group(2):
        return before.group(2) == b")" or mark == b"*"
    return before.group(1) not in STATEMENTS and before.group(1) not in (b"sizeof", b"throw")


_LONE_CALL = re.compile(
    rb"\n[ \t]*([A-Z][A-Z0-9_]{2,}) ?\([^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200}){0,8}\)(?=[ \t\r]*\n\s*[A-Za-z_}#*])",
)


def lone_calls(plain: bytes, near: Sequence[ByteSpan]) -> Iterator[ByteSpan]:
    """Upper-case macro calls that are a line of their own without a semicolon: `UNUSED(x)`. Only in the spans that are asked for."""
    for start, end in near:
        for match in _LONE_CALL.finditer(plain, start, end):
            before = plain[max(0, match.start() - 4_000) : match.start()].rstrip()[-1:]
            if before in (b";", b"{", b"}", b")", b""):
                yield match.start(1), match.end()
