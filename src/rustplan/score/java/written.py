"""Java types as they are written in source text, taken apart: base name, type arguments, array dimensions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ANNOTATION = re.compile(r"@[\w.]+(?:\([^()]{0,200}\))?\s*")
_WORDS = re.compile(r"\b(?:final|extends|super)\b|[?&]")
_LONGEST = 400


class Written(NamedTuple):
    """`Map.Entry<String, Foo>[]` is ("Map.Entry", ("String", "Foo"), 1)."""

    base: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0


@lru_cache(maxsize=100_000)
def take_apart(text: str) -> Written:
    """Return the parts of one type; of `A | B` and `A & B` the first. Bounds of wildcards stand for the wildcard."""
    text = _ANNOTATION.sub("", text[:_LONGEST]).partition("|")[0] if "@" in text or "|" in text else text[:_LONGEST]
    head, mark, rest = text.partition("<")
    dimensions = text.count("[") - rest.count("[") + (rest.rpartition(">")[2].count("[")) + text.endswith("...")
    head = head.replace("...", "").replace("[", "").replace("]", "")
    if "?" in head or " " in head:
        head = _WORDS.sub(" ", head)
    words = head.split()
    base = words[0] if words else ""
    arguments = split_arguments(rest[: rest.rfind(">")]) if mark and ">" in rest else ()
    return Written(base, arguments, max(0, dimensions))


def split_arguments(text: str) -> tuple[str, ...]:
    """Split at the commas that lie in no inner brackets."""
    if "<" not in text:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "<") - (letter == ">")
        if letter == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return tuple(part for part in parts if part)


def variable_of(parameter: str) -> tuple[str, str]:
    """Name and bound of a type variable as declared: `T extends Foo` is ("T", "Foo")."""
    name, _, bound = parameter.partition(" extends ")
    return _ANNOTATION.sub("", name).strip(), bound.strip()
