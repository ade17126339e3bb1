"""Checks of allocation: what is released was allocated, in the same family, and a failing realloc keeps its block."""

from __future__ import annotations

import re

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.lifetime import assignments
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, bare, line_of
from rustplan.syntax import Node

_FATAL = re.compile(
    r"\b(?:abort|_?exit|errx?|[a-z_]{0,20}(?:die|fatal|panic|oom|no_?mem|out_of_memory)[a-z_]{0,20})\s{0,2}\(|\bassert\b|\bthrow\b"
)
_LOOK_AHEAD = 300
"""Bytes after a realloc in which its failure must be handled to count as handled at once."""

_LOOK_BACK = 20_000


def null_not_fatal(place: Place, file: FileView) -> Place | None:
    """Keep `p = realloc(p, n)` unless its failure ends the program at once, or a copy of the old pointer was taken."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return place
    kept = file.name(place.captures["kept"])
    start = max(function.start_byte, node.start_byte - _LOOK_BACK)
    before = "".join(file.source[start : node.start_byte].decode("utf-8", "replace").split())
    after = file.source[node.end_byte : min(function.end_byte, node.end_byte + _LOOK_AHEAD)].decode("utf-8", "replace")
    tested = re.search(rf"!\s?{re.escape(kept)}\b|{re.escape(kept)}\s?==\s?(?:NULL|0|nullptr)", after)
    if re.search(rf"\bassert\s?\(\s?{re.escape(kept)}\b", after):
        return None
    is_fatal = tested is not None and _FATAL.search(after, tested.end(), tested.end() + 120) is not None
    return None if is_fatal or f"={kept};" in before else place


def frees_no_heap(place: Place, file: FileView) -> Place | None:
    """Keep a release of a local array, of `&local`, or of a string literal."""
    captured = place.captures.get("argument1")
    node = None if isinstance(captured, str) else bare(captured)
    if node is None or place.node is None:
        return None
    if node.type == "string_literal":
        place.captures["what"] = "a string literal"
        return place
    is_address = node.type == "pointer_expression" and file.text(node).startswith("&")
    target = node.child_by_field_name("argument") if is_address else node
    if target is None or target.type != "identifier":
        return None
    name = file.name(target)
    local = file.local(place.node, name)
    if local is None or local.is_reference or (is_address and local.type == "auto"):
        return None
    if is_address or local.is_array:
        place.captures["what"] = f"&{name}" if is_address else f"the array {name}"
        return place
    return None


_MADE_BY = {
    "malloc": "malloc",
    "calloc": "malloc",
    "realloc": "malloc",
    "strdup": "malloc",
    "fopen": "fopen",
    "popen": "popen",
}
_RELEASED_AS = {"malloc": "free", "fopen": "fclose", "popen": "pclose", "new": "delete", "new[]": "delete[]"}


def mismatched_release(place: Place, file: FileView) -> Place | None:
    """Compare a release with the only place that gave the pointer its value."""
    captured, node = place.captures.get("argument1") or place.captures.get("pointer"), place.node
    if node is None or captured is None or isinstance(captured, str):
        return None
    name = file.name(captured)
    local = file.local(node, name)
    given = list(assignments(node, name, file))
    if local is None or local.is_parameter or len(given) != 1:
        return None
    made_by = None if _did_not_parse(given[0][1]) else _maker(given[0][0], file)
    released_by = _releaser(node, file)
    if made_by is None or released_by is None or _RELEASED_AS[made_by] == released_by:
        return None
    place.captures |= {"pointer": name, "made_by": made_by, "released_by": released_by}
    place.related = (RelatedLocation(line_of(given[0][1]), f"made by {made_by} here"),)
    return place


def _did_not_parse(whole: Node) -> bool:
    """The grammar reads `new T *[n]` as `new T` and an error behind it."""
    return whole.parent is None or whole.parent.has_error


def _maker(value: Node, file: FileView) -> str | None:
    inner = bare(value)
    if inner is None:
        return None
    if inner.type == "new_expression":
        if inner.child_by_field_name("placement") is not None:
            return None
        return "new[]" if inner.child_by_field_name("declarator") is not None else "new"
    callee = inner.child_by_field_name("function") if inner.type == "call_expression" else None
    return None if callee is None else _MADE_BY.get(file.name(callee).removeprefix("std::"))


def _releaser(node: Node, file: FileView) -> str | None:
    if node.type == "delete_expression":
        return "delete[]" if any(child.type == "[" for child in node.children) else "delete"
    callee = node.child_by_field_name("function")
    name = "" if callee is None else file.name(callee).removeprefix("std::")
    return name if name in ("free", "fclose", "pclose") else None
