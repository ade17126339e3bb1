"""Preprocessor lines, read from the text: an include counts wherever it stands, also where the tree is broken."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rustplan.languages.base import ByteSpan, Directive
from rustplan.languages.c_family.functions import CPP_KEYWORDS
from rustplan.languages.text import Lines, blank_spans
from rustplan.model.facts import Include, Macro

_DIRECTIVE = re.compile(
    rb"#[ \t]*(include_next|include|import|define|ifdef|ifndef|if|elifdef|elifndef|elif|else|endif|[a-z]+)\b"
)
_NOT_CODE = re.compile(rb"0[xX]?0*[uUlL]*|false|FALSE")
_ALIAS = re.compile(rb"[ \t]+([A-Za-z_]\w*)\s*")
_NAME = re.compile(rb"\s*([A-Za-z_]\w*)(\()?")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_CALL = re.compile(rb"[\s\\]*(?:\([ \t]*void[ \t]*\)[\s\\]*)?([A-Za-z_]\w*)[ \t]*\(")
_PARENTHESIS = re.compile(rb"[()]")
OPENERS = frozenset((b"if", b"ifdef", b"ifndef"))
NEXT_ARMS = frozenset((b"elif", b"else", b"elifdef", b"elifndef"))


def find_directives(code: bytes) -> list[Directive]:
    """All directives of a text without comments, in order."""
    found = []
    end = 0
    for match in _DIRECTIVE.finditer(code):
        at = match.start()
        if at < end:
            continue
        line = code.rfind(b"\n", max(0, at - 200), at) + 1
        if code[line:at].strip():
            continue
        end = _line_end(code, match.end())
        found.append(Directive(match.group(1), line, match.end(), end))
    return found


def _line_end(code: bytes, start: int) -> int:
    """Where the logical line ends: a backslash before the line break continues it."""
    while True:
        end = code.find(b"\n", start)
        if end < 0:
            return len(code)
        if not code[max(start, end - 2) : end].rstrip(b"\r").endswith(b"\\"):
            return end
        start = end + 1


def without_dead_arms(code: bytes) -> tuple[bytes, list[Directive], tuple[ByteSpan, ...]]:
    """Blank the bodies of `#if 0`; return the text, the directives that are left, and the blanked spans."""
    directives = find_directives(code)
    spans = tuple(_dead_spans(code, directives))
    if not spans:
        return code, directives, ()
    starts = [start for start, _ in spans]
    alive = [one for one in directives if not _is_inside(one.start, spans[bisect_right(starts, one.start) - 1])]
    return blank_spans(code, spans), alive, spans


def _is_inside(offset: int, span: ByteSpan) -> bool:
    return span[0] <= offset < span[1]


def _dead_spans(code: bytes, directives: list[Directive]) -> Iterator[ByteSpan]:
    """Bodies of `#if 0`, and the other arms of `#if 1`."""
    depth = 0
    dead_depth = dead_start = 0
    only_first: set[int] = set()
    for one in directives:
        if one.keyword in OPENERS:
            depth += 1
            if not dead_depth and one.keyword == b"if":
                condition = code[one.arguments : one.end].strip()
                if _NOT_CODE.fullmatch(condition):
                    dead_depth, dead_start = depth, min(one.end + 1, len(code))
                elif condition == b"1":
                    only_first.add(depth)
            continue
        is_end = one.keyword == b"endif"
        if not is_end and one.keyword not in NEXT_ARMS:
            continue
        if dead_depth and dead_depth == depth and (is_end or depth not in only_first):
            dead_depth = 0
            if one.start > dead_start:
                yield dead_start, one.start
        elif not is_end and not dead_depth and depth in only_first:
            dead_depth, dead_start = depth, min(one.end + 1, len(code))
        if is_end:
            if not dead_depth or dead_depth > depth:
                only_first.discard(depth)
            depth -= depth > 0


def includes(original: bytes, directives: Sequence[Directive], lines: Lines) -> tuple[Include, ...]:
    """`#include` lines; the target is read from the file itself because literals are blank in the text without comments."""
    found = []
    for one in directives:
        if one.keyword not in (b"include", b"include_next", b"import"):
            continue
        rest = original[one.arguments : one.end].decode("utf-8", "replace").strip()
        line = lines.at(one.start)
        if rest.startswith('"'):
            found.append(Include(rest[1:].partition('"')[0], line))
        elif rest.startswith("<"):
            found.append(Include(rest[1:].partition(">")[0], line, is_system=True))
        elif rest:
            found.append(Include(rest.split()[0], line, is_computed=True))
    return tuple(found)


def macros(code: bytes, directives: Sequence[Directive], lines: Lines) -> tuple[Macro, ...]:
    """`#define` lines."""
    found = []
    for one in directives:
        if one.keyword == b"define" and (match := _NAME.match(code, one.arguments, one.end)):
            name, is_function_like = match.group(1), match.group(2) is not None
            if is_function_like:
                other = _wrapped(code, match.end(), one.end)
            else:
                alias = _ALIAS.fullmatch(code, match.end(), one.end)
                other = alias.group(1) if alias else b""
            other = b"" if other == name else other
            found.append(Macro(name.decode("ascii"), lines.at(one.start), is_function_like, other.decode("ascii")))
    return tuple(found)


def _wrapped(code: bytes, start: int, end: int) -> bytes:
    """The one function that a macro with arguments calls, if that call is the whole body; `start` is behind the opening parenthesis."""
    closing = code.find(b")", start, end)
    call = _CALL.match(code, closing + 1, end) if closing >= 0 else None
    if call is None:
        return b""
    name = call.group(1)
    if name.decode("ascii") in CPP_KEYWORDS or name in _WORD.findall(code, start, closing):
        return b""
    return name if _is_closed_at_end(code, call.end(), end) else b""


def _is_closed_at_end(code: bytes, start: int, end: int) -> bool:
    """Tell whether the parenthesis that opened before `start` is closed by the last thing of the text."""
    depth = 1
    for match in _PARENTHESIS.finditer(code, start, end):
        depth += 1 if match.group() == b"(" else -1
        if not depth:
            return code[match.end() : end].strip() in (b"", b";")
    return False
