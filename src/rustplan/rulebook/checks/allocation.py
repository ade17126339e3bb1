"""A failing realloc keeps its block."""

from __future__ import annotations

import re

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place

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
