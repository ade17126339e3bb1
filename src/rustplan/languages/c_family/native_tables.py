"""Tables of `JNINativeMethod`: which C function stands behind which native method of Java, as a library registers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rustplan.languages.text import Lines
from rustplan.model.facts import NativeLink, NativeLinkKind

_TABLE = re.compile(rb"\bJNINativeMethod\b[^;{}=]{0,200}=\s{0,40}\{")
_ASSIGNED = re.compile(rb"(?:->|\.)\s{0,9}(name|fnPtr)\s{0,9}=\s{0,9}([^;]{1,300});")
_STRING = re.compile(rb'"[^"\n]*"')
_CLASS = re.compile(rb"L?([A-Za-z_][\w$]*(?:/[A-Za-z_$][\w$]*)+);?")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_METHOD = re.compile(rb"[A-Za-z_$][\w$]*")
_MACRO = re.compile(rb"\s*[A-Za-z_]\w*\s*\(\s*([A-Za-z_]\w*)\s*,")
_NOTHING = frozenset({b"NULL", b"nullptr", b"void"})
_SIGN = re.compile(rb"[{};]")
_MOST_SIGNS = 200_000
_MOST = 10_000


def native_tables(code: bytes, original: bytes, lines: Lines) -> tuple[NativeLink, ...]:
    """Registered methods of one file with the function behind each, and the classes that the file names.

    `code` has blanks for comments and the text of literals, which `original` still holds. Entries that a macro writes give the method
    (its first argument) and the class (its last) instead of a function.
    """
    if b"JNINativeMethod" not in code:
        return ()
    found = {*_entries(code, original, lines), *_assignments(code, original, lines)}
    if found:
        found.update(_classes(code, original, lines))
    return tuple(sorted(found, key=lambda link: (link.line, link.kind.value, link.name, link.target))[:_MOST])


def _entries(code: bytes, original: bytes, lines: Lines) -> Iterator[NativeLink]:
    left = _MOST_SIGNS
    for table in _TABLE.finditer(code):
        spans, read = _inner(code, table.end(), left)
        left -= read
        for start, end in spans:
            link = _entry(code[start:end], original[start:end], lines.at(start))
            if link is not None:
                yield link


def _inner(code: bytes, start: int, most: int) -> tuple[list[tuple[int, int]], int]:
    """Spans of the braces directly inside the one that was opened before `start`, and how many signs were read, at most `most`."""
    found: list[tuple[int, int]] = []
    depth, first, read = 0, start, 0
    for match in islice(_SIGN.finditer(code, start), most):
        sign = match.group()
        read += 1
        if sign == b"{":
            depth += 1
            if depth == 1:
                first = match.end()
        elif sign == b"}":
            if depth == 1:
                found.append((first, match.start()))
            depth -= 1
        if depth < 0 or (sign == b";" and depth == 0):
            break
    return found, read


def _entry(code: bytes, original: bytes, line: int) -> NativeLink | None:
    """One entry: a name as text, a signature, a function; or a macro that writes them."""
    strings = list(_STRING.finditer(code))
    words: list[bytes] = [word for word in _WORD.findall(code) if word not in _NOTHING]
    if strings:
        name = original[strings[0].start() + 1 : strings[0].end() - 1]
        after = [word for word in _WORD.findall(code[strings[-1].end() :]) if word not in _NOTHING]
        if _METHOD.fullmatch(name) and after:
            return NativeLink(NativeLinkKind.TABLE, name.decode(), line, after[-1].decode())
        return None
    macro = _MACRO.match(code)
    if macro is not None and len(words) > 2:
        return NativeLink(NativeLinkKind.TABLE_OF_CLASS, macro.group(1).decode(), line, words[-1].decode())
    return None


def _assignments(code: bytes, original: bytes, lines: Lines) -> Iterator[NativeLink]:
    """Entries that are filled in one by one: a `name`, and the next `fnPtr` after it."""
    name, line = b"", 0
    for match in _ASSIGNED.finditer(code):
        value = match.span(2)
        if match.group(1) == b"name":
            text = original[slice(*value)].strip()
            is_text = len(text) > 2 and text.startswith(b'"') and text.endswith(b'"')
            name, line = (text[1:-1] if is_text and _METHOD.fullmatch(text[1:-1]) else b""), lines.at(match.start())
            continue
        words = [word for word in _WORD.findall(code[slice(*value)]) if word not in _NOTHING]
        if name and words:
            yield NativeLink(NativeLinkKind.TABLE, name.decode(), line, words[-1].decode())
        name = b""


def _classes(code: bytes, original: bytes, lines: Lines) -> Iterator[NativeLink]:
    """Class names in literals: `a/b/C`."""
    for match in _STRING.finditer(code):
        name = _CLASS.fullmatch(original[match.start() + 1 : match.end() - 1])
        if name is not None:
            yield NativeLink(NativeLinkKind.CLASS, name.group(1).decode().replace("/", "."), lines.at(match.start()))
