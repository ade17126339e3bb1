"""Where the parser gave up, in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rustplan.languages.base import ByteSpan
from rustplan.languages.text import outermost, total
from rustplan.model.source import DegradeReason
from rustplan.syntax import Tree

_MISSING_COST = 8
_MOST = 20_000
"""Places that were not understood, or one in a hundred bytes, above which nothing was: it is no code of this language."""

_BODIES = frozenset({"compound_statement", "block", "constructor_body"})
_FILE_LEVEL = frozenset({"translation_unit", "declaration_list"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What went wrong in a parse: outermost ERROR nodes, where the parser made up tokens, and blocks that belong to no function.

    A semicolon that the parser adds inside a body is no fault: macros that end in one, or that loop, are written without.
    """

    errors: tuple[ByteSpan, ...] = ()
    missing: tuple[int, ...] = ()
    loose: tuple[ByteSpan, ...] = ()
    is_hopeless: bool = False

    @property
    def misread(self) -> int:
        """A figure in bytes for what went wrong without an ERROR node."""
        return _MISSING_COST * len(self.missing) + total(self.loose)

    @property
    def is_clean(self) -> bool:
        """True when nothing went wrong."""
        return not self.errors and not self.misread


def diagnose(tree: Tree) -> Diagnosis:
    """Look at a tree once, only where it has errors; it must not be too deep."""
    root = tree.root_node
    if not root.has_error:
        return Diagnosis()
    errors: list[ByteSpan] = []
    missing: list[int] = []
    loose: list[ByteSpan] = []
    most = max(_MOST, root.end_byte // 100)
    pending = [(root, False)]
    while pending:
        node, is_inside = pending.pop()
        if node.is_error:
            errors.append((node.start_byte, node.end_byte))
            continue
        is_file_level = node.type in _FILE_LEVEL
        is_inside = is_inside or (not is_file_level and node.type in _BODIES)
        for child in node.children:
            if is_file_level and child.type == "compound_statement":
                loose.append((child.start_byte, child.end_byte))
            if child.is_missing:
                if not (is_inside and child.type == ";"):
                    missing.append(child.start_byte)
            elif child.has_error:
                pending.append((child, is_inside))
        if len(errors) + len(missing) > most:
            return Diagnosis(errors=((0, root.end_byte),), is_hopeless=True)
    return Diagnosis(errors=outermost(errors), missing=tuple(sorted(missing)), loose=outermost(loose))


def parse_errors(errors: Sequence[ByteSpan]) -> tuple[tuple[DegradeReason, str], ...]:
    """The reason to report when spans of the file were not understood."""
    if not errors:
        return ()
    return (
        (
            DegradeReason.PARSE_ERRORS,
            f"{total(errors)} bytes in {len(errors)} {'place' if len(errors) == 1 else 'places'} were not understood",
        ),
    )
