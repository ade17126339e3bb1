"""Functions of one file whose calls say more than their names: variadic ones, and thin wrappers of allocation and release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from rustplan.model.facts import Function
from rustplan.rulebook.file_view import FileView

VARIADIC, FORMAT, HEAP = "variadic", "format", "heap"
_MAKERS = frozenset(("malloc", "calloc", "realloc", "reallocarray", "aligned_alloc", "strdup", "strndup"))
_RELEASERS = frozenset(("free",))
_MAX_LINES = 12
_RETURNS_IT = re.compile(
    rb"\breturn\s{1,4}(?:\([\w\s*]{1,60}\)\s{0,4})?(?:std::)?(?:malloc|[cm]alloc|realloc|reallocarray|aligned_alloc|strn?dup)\s{0,2}\("
)
_KEEPS_IT = re.compile(
    rb"\b(\w{1,60})\s{0,4}=\s{0,4}(?:\([\w\s*]{1,60}\)\s{0,4})?(?:std::)?(?:malloc|calloc|realloc|reallocarray|aligned_alloc|strn?dup)\s{0,2}\("
)
_ONLY_FREES = re.compile(
    rb"\{\s{0,40}(?:if\s{0,2}\([^(){};]{1,60}\)\s{0,40}\{?\s{0,40})?(?:std::)?free\s{0,2}\(\s{0,4}(?:\([\w\s*]{1,60}\)\s{0,4})?(\w{1,60})\s{0,4}\)\s{0,4};\s{0,40}\}"
)

_known: WeakKeyDictionary[FileView, Mapping[str, str]] = WeakKeyDictionary()


def told_functions(file: FileView) -> Mapping[str, str]:
    """Name -> its traits in one text, for the functions of this file that have any; read once per file."""
    known = _known.get(file)
    if known is None:
        known = _known[file] = _told(file)
    return known


def _told(file: FileView) -> dict[str, str]:
    functions = file.facts.functions
    told = {one.name: _variadic(one, file) for one in functions if one.is_variadic and one.has_body}
    wrapping = {call.function for call in file.facts.calls if call.callee in _MAKERS or call.callee in _RELEASERS}
    for index in sorted(wrapping - {-1}):
        function = functions[index]
        if function.sloc <= _MAX_LINES and not function.container and _wraps(function, file):
            told.setdefault(function.name, HEAP)
    return told


def _variadic(function: Function, file: FileView) -> str:
    """`variadic format` when an attribute tells the compiler to check the arguments against the format."""
    name = re.escape(function.name.encode())
    checked = (
        rb"\b"
        + name
        + rb"\s{0,4}\([^;{}]{0,600}\bformat(?:__)?\s{0,2}\(|\bformat(?:__)?\s{0,2}\([^;{}]{0,200}\b"
        + name
        + rb"\s{0,4}\("
    )
    is_checked = b"format" in file.source and re.search(checked, file.source) is not None
    return f"{VARIADIC} {FORMAT}" if is_checked else VARIADIC


def _wraps(function: Function, file: FileView) -> bool:
    """True for a body that returns what an allocator gave, or that only frees a parameter."""
    node = file.functions_by_line.get(function.start_line)
    body = None if node is None else node.child_by_field_name("body")
    if body is None:
        return False
    text = file.source[body.start_byte : body.end_byte]
    if function.return_type.rstrip().endswith("*"):
        kept = _KEEPS_IT.search(text)
        returned = kept is not None and re.search(rb"\breturn\s{1,4}" + kept.group(1) + rb"\s{0,4};", text) is not None
        return returned or _RETURNS_IT.search(text) is not None
    freed = _ONLY_FREES.fullmatch(text)
    return freed is not None and freed.group(1).decode("utf-8", "replace") in {one.name for one in function.parameters}
