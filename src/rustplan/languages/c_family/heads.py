"""Declarations at file level whose macros the grammar cannot read: which bytes to blank so that a plain declaration is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rustplan.languages.base import ByteSpan

_OUTSIDE = re.compile(rb"[{}();=]")
_INSIDE = re.compile(rb"[{}]")
_PIECE = re.compile(rb"[A-Za-z_]\w*|\(|::|<|[^\s\w]|\d[\w.]*")
_PARENTHESES = re.compile(rb"[()]")
_TRANSPARENT = re.compile(rb'\s*(?:extern\s*"[^"]*"|(?:inline\s+)?namespace\b[^(]*|(?:typedef\s+)?(?:struct|union|class)\b[^(=]*)\s*\Z')
_UPPER = re.compile(rb"[A-Z_][A-Z0-9_]*[A-Z][A-Z0-9_]*|[A-Z]{2,}")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_MAX_HEAD = 4_000

_STORAGE = frozenset(
    (b"static", b"extern", b"inline", b"__inline", b"__inline__", b"__forceinline", b"const", b"volatile", b"register", b"typedef")
    + (b"virtual", b"explicit", b"friend", b"constexpr", b"consteval", b"constinit", b"mutable", b"restrict", b"__restrict", b"_Noreturn")
    + (b"thread_local", b"_Thread_local", b"__thread", b"__extension__", b"__cdecl", b"__stdcall", b"__fastcall", b"__attribute__", b"__declspec")
)
_PRIMITIVES = frozenset(
    (b"void", b"char", b"short", b"int", b"long", b"float", b"double", b"signed", b"unsigned", b"bool", b"_Bool", b"auto", b"wchar_t")
    + (b"size_t", b"ssize_t", b"ptrdiff_t", b"int8_t", b"int16_t", b"int32_t", b"int64_t", b"uint8_t", b"uint16_t", b"uint32_t", b"uint64_t")
)
_TAGS = frozenset((b"struct", b"union", b"enum", b"class"))
_SKIPPED = frozenset((b"template", b"using", b"operator", b"return", b"if", b"else", b"for", b"while", b"switch", b"case", b"goto", b"namespace"))
_ACCESS = frozenset((b"public", b"private", b"protected", b"signals", b"slots", b"default"))
_ATTRIBUTES = frozenset((b"__attribute__", b"__declspec", b"throw", b"noexcept", b"__asm__", b"asm", b"decltype", b"alignas"))


@dataclass(slots=True)
class Heads:
    """Spans to blank, and the functions that macros make: offset of the name -> the macro call as written."""

    spans: list[ByteSpan] = field(default_factory=list)
    made: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, a whole parenthesis, or a punctuation mark of a declaration's head."""

    text: bytes
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[:1].isalpha() or self.text[:1] == b"_"

    @property
    def is_group(self) -> bool:
        return self.text == b"("

    @property
    def is_upper(self) -> bool:
        return self.is_word and _UPPER.fullmatch(self.text) is not None


def heads_to_blank(plain: bytes, learnt: frozenset[bytes]) -> Heads:
    """What to blank in a text without comments, literals and directives. `learnt` are words the file itself defines to be nothing."""
    heads = Heads()
    for start, end, terminator in _items(plain):
        if end - start <= _MAX_HEAD:
            pieces = _without_access(_pieces(plain, start, end))
            if pieces and not any(piece.text in _SKIPPED for piece in pieces):
                heads.spans += _clean(plain, pieces, terminator, learnt, heads.made)
    heads.spans += _before_primitives(plain)
    return heads


def _items(plain: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Heads at file level (namespaces, `extern "C"` and class bodies count as such) with the mark that ends them: `{`, `;` or `=`."""
    start = at = parentheses = 0
    ended = False
    while match := _OUTSIDE.search(plain, at):
        mark, place = match.group(), match.start()
        at = place + 1
        if mark == b"(":
            parentheses += 1
        elif mark == b")":
            parentheses = max(0, parentheses - 1)
        elif mark == b"}":
            start, parentheses, ended = at, 0, False
        elif mark == b"{" and (parentheses == 0 or plain[place - 1 : place] == b"\n"):
            parentheses = 0
            if not ended:
                yield start, place, mark
            if not ended and _TRANSPARENT.fullmatch(plain, start, place):
                start = at
                continue
            at = _after_body(plain, at)
            if not ended and (b")" in plain[start:place] or plain[start:place].isspace()):
                start = at
            else:
                ended = True
        elif mark == b"=" and not parentheses and not ended:
            yield start, place, mark
            ended = True
        elif mark == b";" and not parentheses:
            if not ended:
                yield start, place, mark
            start, ended = at, False


def _after_body(plain: bytes, at: int) -> int:
    """One past the brace that closes a body; a brace in column 0 closes any."""
    depth = 1
    while match := _INSIDE.search(plain, at):
        at = match.end()
        depth += 1 if match.group() == b"{" else -1
        if depth == 0 or (match.group() == b"}" and plain[at - 2 : at - 1] == b"\n"):
            return at
    return len(plain)


def _pieces(plain: bytes, start: int, end: int) -> list[_Piece]:
    pieces = []
    at = start
    while match := _PIECE.search(plain, at, end):
        at = match.end()
        if match.group() == b"(":
            at = _closing(plain, at, end)
        pieces.append(_Piece(match.group(), match.start(), at))
    return pieces


def _closing(plain: bytes, at: int, end: int) -> int:
    """One past the parenthesis that closes the one before `at`."""
    depth = 1
    while match := _PARENTHESES.search(plain, at, end):
        at = match.end()
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return at
    return end


def _without_access(pieces: list[_Piece]) -> list[_Piece]:
    """Drop `public:` and its like in front."""
    while len(pieces) > 1 and pieces[0].is_word and pieces[1].text == b":" and pieces[0].text in _ACCESS:
        pieces = pieces[2:]
    return pieces


def _clean(
    plain: bytes, pieces: list[_Piece], terminator: bytes, learnt: frozenset[bytes], made: dict[int, str]
) -> Iterator[ByteSpan]:
    blanked = [piece for piece in pieces if piece.text in learnt]
    yield from ((piece.start, piece.end) for piece in blanked)
    pieces = [piece for piece in pieces if piece not in blanked]
    while len(pieces) > 2 and pieces[0].text in _STORAGE:
        pieces = pieces[1:]
    if len(pieces) == 2 and terminator == b";" and pieces[0].is_upper and pieces[1].is_group and _names_types(plain, pieces[1]):
        yield pieces[0].start, pieces[1].end
        return
    keep = _function_maker(plain, pieces)
    if keep:
        start, end = pieces[0].start, pieces[1].end
        made[keep[-1][0]] = " ".join(plain[start:end].decode("utf-8", "replace").split())
        yield from _complement(start, end, keep)
        return
    pieces = list(pieces)
    for index in range(len(pieces) - 1):
        inner = _wrapped(plain, pieces[index], pieces[index + 1]) if index else None
        if inner is not None:
            yield pieces[index].start, inner.start
            yield inner.end, pieces[index + 1].end
            pieces[index : index + 2] = [inner]
            break
    if any(piece.text in _TAGS for piece in pieces) and terminator == b"{" and not any(piece.is_group for piece in pieces):
        yield from _tag_attributes(pieces)
        return
    yield from _around_name(plain, pieces, terminator)


def _names_types(plain: bytes, group: _Piece) -> bool:
    """True for `DEFINE_FLAG(int, name, 1)`: no expression, so no call."""
    arguments = [plain[slice(*span)] for span in _arguments(plain, group)]
    return any(one in _PRIMITIVES for one in arguments) and not any(one.startswith(b"(") for one in arguments)


def _wrapped(plain: bytes, word: _Piece, group: _Piece) -> _Piece | None:
    """`OF((args))`: the inner parenthesis, when an upper-case word wraps one."""
    if not (word.is_upper and group.is_group):
        return None
    inside = plain[group.start + 1 : group.end - 1]
    if not inside.strip().startswith(b"(") or not inside.strip().endswith(b")"):
        return None
    start = group.start + 1 + len(inside) - len(inside.lstrip())
    end = _closing(plain, start + 1, group.end - 1)
    return _Piece(b"(", start, end) if not plain[end : group.end - 1].strip() else None


def _function_maker(plain: bytes, pieces: list[_Piece]) -> list[ByteSpan]:
    """`MACRO(type, name, (args), ...)` and `MACRO(type, ..., name)(args)`: the spans to keep, the name last; empty for anything else."""
    if len(pieces) < 2 or not (pieces[0].is_upper and pieces[1].is_group):
        return []
    arguments = _arguments(plain, pieces[1])
    if len(pieces) > 2 and pieces[2].is_group:
        if not all(_is_plain(plain, span) for span in arguments):
            return []
        return [*arguments[: len(arguments) > 1], _last_word(plain, arguments[-1])]
    place = next((index for index, (start, end) in enumerate(arguments) if index and plain[start:end].startswith(b"(")), None)
    if place is None or not plain[slice(*arguments[place])].endswith(b")"):
        return []
    return [arguments[place], *arguments[max(0, place - 2) : place - 1], _last_word(plain, arguments[place - 1])]


def _is_plain(plain: bytes, span: ByteSpan) -> bool:
    """Words and stars only."""
    text = plain[slice(*span)]
    return bool(text) and not text.translate(None, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_* \t\r\n")


def _arguments(plain: bytes, group: _Piece) -> list[ByteSpan]:
    """The arguments of a macro call, without the space around them."""
    spans = []
    start = at = group.start + 1
    end = group.end - 1
    while at < end:
        byte = plain[at : at + 1]
        if byte == b"(":
            at = _closing(plain, at + 1, end)
            continue
        if byte == b",":
            spans.append((start, at))
            start = at + 1
        at += 1
    spans.append((start, end))
    return [_stripped(plain, span) for span in spans]


def _stripped(plain: bytes, span: ByteSpan) -> ByteSpan:
    text = plain[slice(*span)]
    start = span[0] + len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def _last_word(plain: bytes, span: ByteSpan) -> ByteSpan:
    """The name in `PNGAPI name`: calling conventions stand before it."""
    matches = list(_WORD.finditer(plain, *span))
    return matches[-1].span() if matches else span


def _complement(start: int, end: int, keep: list[ByteSpan]) -> list[ByteSpan]:
    spans = []
    for kept_start, kept_end in sorted(keep):
        spans.append((start, kept_start))
        start = kept_end
    return [*spans, (start, end)]


def _tag_attributes(pieces: list[_Piece]) -> Iterator[ByteSpan]:
    """`class EXPORT Name {`: the word between tag and name."""
    for index, piece in enumerate(pieces[:-2]):
        word, name = pieces[index + 1], pieces[index + 2]
        if piece.text in _TAGS and word.is_upper and name.is_word and name.text not in (b"final", b"override"):
            yield word.start, word.end


def _around_name(plain: bytes, pieces: list[_Piece], terminator: bytes) -> Iterator[ByteSpan]:
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
    while rest and rest[0].text in _STORAGE:
        rest = rest[1:]
    if rest and terminator in b"{;" and all(piece.is_upper or piece.is_group for piece in rest) and rest[0].is_word:
        yield rest[0].start, rest[-1].end


def _variable_attribute(plain: bytes, pieces: list[_Piece], terminator: bytes) -> int | None:
    """The place of `GUARDED_BY` in `type name GUARDED_BY(mutex);`."""
    if terminator == b"{" or len(pieces) < 4 or not pieces[-1].is_group or not pieces[-2].is_upper:
        return None
    inside = plain[pieces[-1].start + 1 : pieces[-1].end - 1].strip()
    name, kind = pieces[-3], pieces[-4]
    is_name = name.is_word and name.text not in _PRIMITIVES and name.text not in _STORAGE
    is_type = (kind.is_word and kind.text not in _STORAGE) or kind.text in (b"*", b"&", b">")
    return len(pieces) - 2 if is_name and is_type and _WORD.fullmatch(inside) and inside not in _PRIMITIVES else None


def _without_qualifier(pieces: list[_Piece]) -> list[_Piece]:
    """Drop `ns::Class<T>::` before the name: it is no type."""
    while len(pieces) > 1 and pieces[-1].text == b"::":
        pieces = pieces[:-1]
        if pieces[-1].text == b">":
            opening = next((index for index in range(len(pieces) - 1, -1, -1) if pieces[index].text == b"<"), 0)
            pieces = pieces[:opening]
        pieces = pieces[:-1]
    return pieces


def _parameter_group(pieces: list[_Piece]) -> int | None:
    """Which parenthesis holds the parameters: the first one that is not the argument of an attribute macro in front."""
    for index, piece in enumerate(pieces):
        if not piece.is_group or index == 0:
            continue
        before = pieces[index - 1]
        if before.text in _ATTRIBUTES or not before.is_word:
            continue
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if before.is_upper and following is not None and following.is_word and _has_name_and_group(pieces[index + 1 :]):
            continue
        return index
    return None


def _has_name_and_group(pieces: list[_Piece]) -> bool:
    """True when a function's own name and parameters are still to come."""
    return any(one.is_word and two.is_group and not one.is_upper for one, two in zip(pieces, pieces[1:], strict=False))


def _before_name(pieces: list[_Piece]) -> Iterator[ByteSpan]:
    """Blank the words in front of a name that are neither storage nor the type."""
    words: list[tuple[int, _Piece]] = []
    has_type = False
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].text if index + 1 < len(pieces) else b""
        previous = pieces[index - 1].text if index else b""
        if previous in _TAGS or piece.text in _PRIMITIVES or piece.text == b"~":
            has_type = True
        elif piece.is_word and piece.text not in _STORAGE and piece.text not in _TAGS:
            if following in (b"::", b"<") or previous in (b"::", b"<", b","):
                has_type = True
            else:
                words.append((index, piece))
    if not has_type and words:
        mixed = [pair for pair in words if not pair[1].is_upper]
        words.remove(mixed[-1] if mixed else words[0])
    for index, piece in words:
        following_piece = pieces[index + 1] if index + 1 < len(pieces) else None
        yield piece.start, following_piece.end if following_piece is not None and following_piece.is_group else piece.end


_BEFORE_PRIMITIVE = re.compile(rb"([A-Za-z_]\w*)[ \t]+(?=(?:void|char|int|short|long|unsigned|signed|float|double)\b)")
_CAN_STAND_BEFORE = (
    _STORAGE | _PRIMITIVES | _TAGS | _SKIPPED
    | {b"do", b"sizeof", b"new", b"delete", b"typename", b"default", b"throw", b"and", b"or", b"not", b"catch", b"alignof", b"co_return"}
    | {b"_Atomic", b"_Complex", b"__volatile__", b"__const", b"__signed__", b"__restrict__", b"co_yield", b"requires", b"concept", b"final"}
)


def _before_primitives(plain: bytes) -> Iterator[ByteSpan]:
    """A word that is no keyword directly before `char` and its like can only be a macro: `(z_const char *)`."""
    for match in _BEFORE_PRIMITIVE.finditer(plain):
        if match.group(1) not in _CAN_STAND_BEFORE:
            yield match.span(1)


_LONE_CALL = re.compile(
    rb"^[ \t]*([A-Z][A-Z0-9_]{2,}) ?\([^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200}){0,8}\)(?=[ \t\r]*\n\s*[A-Za-z_}#*])", re.MULTILINE
)


def lone_calls(plain: bytes) -> Iterator[ByteSpan]:
    """Upper-case macro calls that are a line of their own without a semicolon: `UNUSED(x)`."""
    for match in _LONE_CALL.finditer(plain):
        before = plain[max(0, match.start() - 4_000) : match.start()].rstrip()[-1:]
        if before in (b";", b"{", b"}", b")", b""):
            yield match.start(1), match.end()
