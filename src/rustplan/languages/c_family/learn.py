"""Macros a file itself defines to be nothing, an attribute or a keyword: no spelling has to be guessed for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rustplan.languages.c_family.directives import Directive

_DEFINE = re.compile(rb"\s*([A-Za-z_]\w*)(\([^)]*\))?\s*")
_ATTRIBUTE = re.compile(
    rb"(?:(?:__attribute__|__declspec|_declspec|__attribute|_Pragma|alignas)\s*\(.*\)|\[\[.*\]\]"
    rb"|extern|static|inline|__inline|__inline__|__forceinline|register|__stdcall|__cdecl|_cdecl|__fastcall|WINAPI|APIENTRY|__extension__|\s)*",
    re.DOTALL,
)


def empty_macros(code: bytes, directives: Sequence[Directive]) -> frozenset[bytes]:
    """Names whose every definition in the file is empty, an attribute, a linkage or a calling convention."""
    good: set[bytes] = set()
    bad: set[bytes] = set()
    for one in directives:
        if one.keyword != b"define":
            continue
        match = _DEFINE.match(code, one.arguments, one.end)
        if match is None or match.group(2) is not None:
            continue
        body = code[match.end() : one.end].replace(b"\\\n", b" ").strip()
        (good if _ATTRIBUTE.fullmatch(body) else bad).add(match.group(1))
    return frozenset(good - bad)
