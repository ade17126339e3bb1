"""What a Java method changes besides its own variables, and how much it does: what a cut around it would have to carry."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from rustplan.languages.base import Matches
from rustplan.languages.java.classes import JavaFunction
from rustplan.languages.regions import OUTSIDE, Regions
from rustplan.model.facts import MethodState

STATE_QUERIES = {
    "state.write": """
        (assignment_expression left: [(identifier) (field_access) (array_access)] @target)
        (update_expression [(identifier) (field_access) (array_access)] @target)
        """,
    "state.lock": """
        (synchronized_statement) @lock
        (method_declaration (modifiers "synchronized") @lock)
        """,
}

DEEPEST = 3
"""Loops deeper than this are counted with it."""

_MOST_NAMES = 50
_TARGET = re.compile(rb"(?:(?:[A-Z]\w*\s*\.\s*)?this\s*\.\s*)?(\w+)(?:\s*\.\s*(\w+))?")


def method_states(
    functions: Sequence[JavaFunction], matches: Matches, view: bytes, regions: Regions
) -> tuple[MethodState, ...]:
    """State of every function that changes a field, takes a lock or has a statement, by the function's index."""
    fields, statics = _fields(matches, view)
    writes: dict[int, set[str]] = defaultdict(set)
    static_writes: dict[int, set[str]] = defaultdict(set)
    for captures in matches.get("state.write", ()):
        node = captures["target"][0]
        function = regions.at(node.start_byte)[0]
        if function != OUTSIDE:
            name, is_static = _changed(view[node.start_byte : node.end_byte], fields, statics)
            if name:
                (static_writes if is_static else writes)[function].add(name)
    locks = {regions.at(captures["lock"][0].start_byte)[0] for captures in matches.get("state.lock", ())}
    statements = _statements(len(functions), view, regions)
    return tuple(
        MethodState(
            function=index,
            fields_written=_named(writes.get(index, set()), parameters),
            statics_written=_named(static_writes.get(index, set()), parameters),
            statements=statements[index],
            is_locked=index in locks,
        )
        for index, parameters in enumerate(_parameter_names(one, view) for one in functions)
        if index in writes or index in static_writes or index in locks or any(statements[index])
    )


def _fields(matches: Matches, view: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Names of the instance fields and of the static fields of all classes of the file."""
    fields: set[bytes] = set()
    statics: set[bytes] = set()
    for captures in matches.get("facts.field", ()):
        declaration = captures["declaration"][0]
        names = captures.get("name", [])
        is_static = bool(names) and b"static" in view[declaration.start_byte : names[0].start_byte].split()
        for node in names:
            (statics if is_static else fields).add(view[node.start_byte : node.end_byte])
    return frozenset(fields), frozenset(statics)


def _changed(target: bytes, fields: frozenset[bytes], statics: frozenset[bytes]) -> tuple[str, bool]:
    """Name of the field that an assignment changes, itself or an element of it, and whether it is static; "" for anything else.

    `this.x` is a field even where a parameter has its name: it comes back with a dot in front.
    """
    match = _TARGET.match(target)
    if match is None:
        return "", False
    name, member = match.group(1), match.group(2)
    if member is not None and name[:1].isupper() and member in statics:
        return f".{member.decode()}", True
    mark = "." if b"this" in target[: match.start(1)] else ""
    if name in fields:
        return mark + name.decode("utf-8", "replace"), False
    return (mark + name.decode("utf-8", "replace"), True) if name in statics else ("", False)


def _named(names: set[str], parameters: frozenset[str]) -> tuple[str, ...]:
    """Sorted names without those that are really a parameter of the method."""
    kept = {name.removeprefix(".") for name in names if name.startswith(".") or name not in parameters}
    return tuple(islice(sorted(kept), _MOST_NAMES))


def _parameter_names(one: JavaFunction, view: bytes) -> frozenset[str]:
    around = one.node.child_by_field_name("parameters")
    found = (child.child_by_field_name("name") for child in around.named_children) if around is not None else ()
    return frozenset(
        view[name.start_byte : name.end_byte].decode("utf-8", "replace") for name in found if name is not None
    )


def _statements(functions: int, view: bytes, regions: Regions) -> list[tuple[int, ...]]:
    """Semicolons of each function by the loops around them, `DEEPEST` and deeper together."""
    counts = [[0] * (DEEPEST + 1) for _ in range(functions)]
    for start, end, function, depth in regions.stretches(len(view)):
        if function != OUTSIDE:
            counts[function][min(depth, DEEPEST)] += view.count(b";", start, end)
    return [tuple(one) for one in counts]
