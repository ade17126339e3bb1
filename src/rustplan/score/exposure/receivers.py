"""Functions that look like receivers of the network without a call that says so: guesses, and every way from them says it."""

from __future__ import annotations

import re

from rustplan.catalog import ReachAnchors
from rustplan.catalog.exposure import SourceRow
from rustplan.model.exposure import InputGroup, InputKind
from rustplan.model.facts import Function
from rustplan.model.source import Language, Role
from rustplan.score.exposure.call_graph import FunctionGraph
from rustplan.score.exposure.distances import Nearness
from rustplan.score.exposure.entries import Sources, make_entry
from rustplan.score.names import words_in_order
from rustplan.score.reach import receives

_BUFFER = re.compile(r"\b(?:char|void|uint8_t|u_char|byte|BYTE)\b\s*\*(?!\s*\*)")
_LENGTH = re.compile(r"\b(?:size_t|ssize_t|int|unsigned|long|uint32_t)\b(?!\s*\*)")


def guess_receivers(
    graph: FunctionGraph, sources: Sources, near: Nearness, anchors: ReachAnchors, handling: frozenset[str]
) -> Sources:
    """Add functions that are named and shaped like receivers, where the tree reads from the network and no way leads back to them.

    Mostly they read through a table of functions that was not followed. They are guesses, and every way from them says so. Of functions whose
    address is taken only those named for receiving count: what is called `..._read` there mostly gives, to whoever calls it back. One with a finding
    of a rule in `handling` works on bytes that others received.
    """
    taken = {name for file in graph.files for name in file.facts.address_taken}
    row = SourceRow(kind=InputKind.NETWORK, is_read=True)
    if not any(entry.source.kind is InputKind.NETWORK for entry in sources.entries):
        return sources
    known = {entry.node for entry in sources.entries if entry.source.kind.group is InputGroup.OUTSIDE}
    found = list(sources.entries)
    for file in graph.files:
        base = graph.base(file.path) or 0
        if file.role is not Role.SOURCE or file.facts.language is Language.JAVA:
            continue
        working = {finding.function for finding in file.findings if finding.rule in handling}
        for at, function in enumerate(file.facts.functions):
            if function.qualified_name in working:
                continue
            node = base + at
            is_callback = function.name in taken and not _is_named_receiver(function)
            if node not in known and not is_callback and not near.is_back(node) and receives(function, anchors):
                found.append(make_entry(graph, node, row, function.start_line, function.name, is_guess=True))
    return Sources(found)


def _is_named_receiver(function: Function) -> bool:
    return words_in_order(function.name)[-1:] != ("read",)


def fills_buffer(function: Function) -> bool:
    """True for `f(..., char *into, size_t room)`."""
    types = [parameter.type for parameter in function.parameters]
    return any(_BUFFER.search(text) and "const" not in text for text in types) and any(map(_LENGTH.search, types))
