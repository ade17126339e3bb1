"""Binary names of Java classes (`pkg.Outer$Inner`, `pkg.Outer$1`, `pkg.Outer$1Local`) and what each function belongs to."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from rustplan.languages.base import Matches
from rustplan.syntax import Node

_KINDS = ("class", "interface", "enum", "record", "annotation")
_FUNCTIONS = ("method", "constructor", "static", "instance")


class JavaClass(NamedTuple):
    """A class body, named or anonymous. `name` is the binary name without the package; `is_local` when a function declares it."""

    name: str
    plain_name: str
    kind: str
    start: int
    node: Node
    is_local: bool


class JavaFunction(NamedTuple):
    """A method, constructor or initialiser and its class; None when broken code left it without one."""

    node: Node
    kind: str
    name: Node | None
    start: int
    end: int
    owner: JavaClass | None


def find_members(matches: Matches, view: bytes) -> tuple[list[JavaClass], list[JavaFunction]]:
    """Classes and functions in the order of the text, each with its place in the nest.

    Anonymous and local classes are numbered within the class around them, in the order of the text, as compilers do.
    """
    classes: list[JavaClass] = []
    functions: list[JavaFunction] = []
    numbers: Counter[tuple[str, str]] = Counter()
    around: list[tuple[int, JavaClass | None, bool]] = []
    for start, negative_end, kind, node, name in _starts(matches):
        while around and around[-1][0] <= start:
            around.pop()
        owner = next((one for _, one, _ in reversed(around) if one is not None), None)
        in_function = bool(around) and around[-1][2]
        if kind in _FUNCTIONS:
            functions.append(JavaFunction(node, kind, name, start, -negative_end, owner))
            around.append((-negative_end, None, True))
            continue
        plain = view[name.start_byte : name.end_byte].decode("utf-8", "replace") if name is not None else ""
        outer = owner.name if owner is not None else ""
        binary = f"{outer}${plain}" if outer else plain
        if name is None or in_function:
            numbers[(outer, plain)] += 1
            binary = f"{outer}${numbers[(outer, plain)]}{plain}"
        found = JavaClass(
            binary, plain, kind, start, node, in_function or (owner is not None and owner.is_local) or name is None
        )
        classes.append(found)
        around.append((-negative_end, found, False))
    return classes, functions


def _starts(matches: Matches) -> list[tuple[int, int, str, Node, Node | None]]:
    found = []
    for captures in matches.get("facts.class", ()):
        kind = next((one for one in _KINDS if one in captures), "anonymous")
        node = captures[kind][0]
        found.append((node.start_byte, -node.end_byte, kind, node, captures["name"][0] if "name" in captures else None))
    for captures in matches.get("facts.function", ()):
        kind = next(one for one in _FUNCTIONS if one in captures)
        node = captures[kind][0]
        found.append((node.start_byte, -node.end_byte, kind, node, captures["name"][0] if "name" in captures else None))
    found.sort(key=lambda one: one[:2])
    return found
