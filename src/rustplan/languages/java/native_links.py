"""Ways from Java to native code that are written as text: symbols looked up, interfaces bound to a library, libraries loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rustplan.languages.text import Lines
from rustplan.model.facts import NativeLink, NativeLinkKind

_SIGNS = (b"loadLibrary", b"System.load", b"SymbolLookup", b"downcallHandle", b"Native.", b"LibraryLoader", b"Library")
_LIBRARY = re.compile(
    rb'\b(?:System\s{0,9}\.\s{0,9}(?:loadLibrary|load)|Native\s{0,9}\.\s{0,9}(?:load|loadLibrary|register))\s{0,9}\(\s{0,9}"'
)
_SYMBOL = re.compile(
    rb'(?:\.\s{0,9}(?:find|findOrThrow|lookup|lookupOrThrow|findNative)|\b(?:downcallHandle|requireDowncall))\s{0,9}\(\s{0,9}"'
)
_BOUND = re.compile(
    rb"\b(?:Native\s{0,9}\.\s{0,9}(?:load|loadLibrary)|LibraryLoader\s{0,9}\.\s{0,9}create)\s{0,9}\([^;{}]{0,200}?\b(\w+)\s{0,9}\.\s{0,9}class\b"
)
_DIRECT = re.compile(rb"\bNative\s{0,9}\.\s{0,9}register\s{0,9}\(")
_INTERFACE = re.compile(rb"\binterface\s+(\w+)([^{};]{0,400})\{")
_LIBRARY_TYPE = re.compile(rb"\bextends\b.*\b(?:Library|StdCallLibrary|Win32Library)\b", re.DOTALL)
_LAST_WORD = re.compile(rb"\b([A-Za-z_]\w{0,200})\s{0,9}\Z")
_LONGEST_HEAD = 600
_SIGN = re.compile(rb"[{}();]")
_LITERAL_END = 400
_MOST_SIGNS = 200_000
_MOST = 5_000


def native_links(view: bytes, original: bytes, lines: Lines) -> tuple[NativeLink, ...]:
    """Links of one file, by line. `view` has blanks for comments and the text of literals, which `original` still holds."""
    if not any(sign in view for sign in _SIGNS):
        return ()
    found = {*_libraries(view, original, lines), *_symbols(view, original, lines), *_bound_methods(view, lines)}
    found.update(NativeLink(NativeLinkKind.DIRECT, "", lines.at(match.start())) for match in _DIRECT.finditer(view))
    return tuple(sorted(found, key=lambda link: (link.line, link.kind.value, link.name, link.target))[:_MOST])


def _libraries(view: bytes, original: bytes, lines: Lines) -> Iterator[NativeLink]:
    for match in _LIBRARY.finditer(view):
        name = _literal(view, original, match.end())
        if name:
            yield NativeLink(NativeLinkKind.LIBRARY, name, lines.at(match.start()))


def _symbols(view: bytes, original: bytes, lines: Lines) -> Iterator[NativeLink]:
    """Names handed to a symbol lookup, in files that speak of one."""
    if b"SymbolLookup" not in view and b"downcallHandle" not in view:
        return
    for match in _SYMBOL.finditer(view):
        name = _literal(view, original, match.end())
        if re.fullmatch(r"[A-Za-z_]\w*", name):
            yield NativeLink(NativeLinkKind.SYMBOL, name, lines.at(match.start()))


def _literal(view: bytes, original: bytes, start: int) -> str:
    """The text of the string literal whose content starts here; "" when it does not end soon."""
    end = view.find(b'"', start, start + _LITERAL_END)
    return "" if end < 0 else original[start:end].decode("utf-8", "replace")


def _bound_methods(view: bytes, lines: Lines) -> Iterator[NativeLink]:
    """Methods of the interfaces that a library is bound to: each is a function of that library, by name."""
    bound = {match.group(1) for match in _BOUND.finditer(view)}
    left = _MOST_SIGNS
    for match in _INTERFACE.finditer(view):
        if match.group(1) in bound or _LIBRARY_TYPE.search(match.group(2)):
            owner = match.group(1).decode()
            names, read = _declared(view, match.end(), left)
            left -= read
            for name, place in names:
                yield NativeLink(NativeLinkKind.BOUND, name, lines.at(place), owner)


def _declared(view: bytes, start: int, most: int) -> tuple[list[tuple[str, int]], int]:
    """Method names directly in the body that starts here, with their places, and how many brackets were read, at most `most`.

    Calls in the values of constants are no methods.
    """
    found: list[tuple[str, int]] = []
    depth, begin, read = 0, start, 0
    for match in islice(_SIGN.finditer(view, start), most):
        sign, place = match.group(), match.start()
        read += 1
        if sign == b"(" and depth == 0:
            head = max(begin, place - _LONGEST_HEAD)
            name = _LAST_WORD.search(view, head, place)
            if name is not None and b"=" not in view[head:place] and view[name.start() - 1 : name.start()] != b"@":
                found.append((name.group(1).decode(), name.start()))
        depth += (sign in b"{(") - (sign in b"})")
        if depth < 0:
            break
        if depth == 0 and sign in b";}":
            begin = match.end()
    return found, read
