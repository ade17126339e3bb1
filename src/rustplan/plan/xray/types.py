"""What a type in a signature is: a number, bytes, a struct that both sides see, a hidden one, a function, a class."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from rustplan.model.facts import TypeDeclaration
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.plan.signature import CALLBACK_NAME, is_number, own_name

RECORDS = frozenset({"struct", "union", "class"})
HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inl", ".inc")
MOST_ALIASES = 8
"""Typedefs followed one after another; a longer chain is a loop."""

SMART = re.compile(r"\b(?:unique_ptr|shared_ptr|weak_ptr|scoped_refptr|intrusive_ptr)\b")
FUNCTION_TYPE = re.compile(r"\([ ]?[*^&]|\( ?\) ?\(|\bstd::function\b")
FUNCTION_ALIAS = re.compile(FUNCTION_TYPE.pattern + r"|^[\w:*& ]+ ?\([^*]*\)$")
"""A typedef may also stand for the function itself: `int (int)`."""
BRACKETS = re.compile(r"\[[^\]]*\]")
ANONYMOUS = re.compile(r"(?:\w+ )?(?:struct|union|enum) ?\{\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a type is defined."""

    path: str
    line: int
    kind: str

    @property
    def is_in_header(self) -> bool:
        """True when other files can include it."""
        return self.path.endswith(HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type as far as its declarations were read: its own name, how many pointers lead to it, and whether it is a function."""

    name: str
    pointers: int
    is_function: bool = False
    is_guess: bool = False
    alias: str = ""
    is_alias: bool = False
    """True when a typedef was followed."""


class TypeIndex:
    """Records and typedefs of the C and C++ files of a tree, by name."""

    def __init__(self, scan: TreeScan) -> None:
        self._records: dict[str, list[Place]] = defaultdict(list)
        self._aliases: dict[str, list[tuple[str, TypeDeclaration]]] = defaultdict(list)
        self._members: dict[str, tuple[str, ...]] = {}
        self._shapes: dict[str, Shape] = {}
        for file in scan.files:
            if file.facts.language.is_memory_unsafe and file.role not in (Role.TEST, Role.EXAMPLE):
                self._add(file)

    def _add(self, file: FileScan) -> None:
        for item in file.facts.types:
            name = item.name.rpartition("::")[2]
            if item.members:
                self._members.setdefault(name, item.members)
            if item.kind in RECORDS:
                self._records[name].append(Place(path=file.path, line=item.line, kind=item.kind))
            elif item.kind == "typedef" and item.target:
                self._aliases[name].append((file.path, item))
                if ANONYMOUS.fullmatch(item.target):
                    self._records[name].append(Place(path=file.path, line=item.line, kind=_kind(item.target)))

    def places(self, name: str, near: str) -> tuple[Place, ...]:
        """Return where a record is defined: in the file `near` it when that has one of the name, else everywhere."""
        found = self._records.get(name, [])
        own = [place for place in found if place.path == near]
        return tuple(sorted(own or found, key=lambda place: (place.path, place.line)))

    def is_known(self, name: str) -> bool:
        """True when a body of the record was read."""
        return name in self._records

    def calls_back(self, name: str) -> bool:
        """True when a member of the record is a pointer to a function."""
        return any(
            member == "(*)"
            or any(FUNCTION_ALIAS.search(alias.target) for _, alias in self._aliases.get(member, ())[:1])
            for member in self._members.get(name, ())
        )

    def shape(self, text: str) -> Shape:
        """Return what a type as written comes to when its typedefs are unfolded."""
        if text not in self._shapes:
            self._shapes[text] = self._unfolded(text)
        return self._shapes[text]

    def _unfolded(self, text: str) -> Shape:
        text = BRACKETS.sub("[]", text)
        if FUNCTION_TYPE.search(text):
            return Shape(name=own_name(text), pointers=0, is_function=True)
        pointers, name, first = text.count("*") + text.count("&") + text.count("["), own_name(text), own_name(text)
        for _ in range(MOST_ALIASES):
            found = self._aliases.get(name)
            if not found or (name in self._records and not _is_pointer(found)):
                break
            target = found[0][1].target
            if FUNCTION_ALIAS.search(target):
                return Shape(name=first, pointers=pointers, is_function=True, alias=first)
            inner = own_name(target.replace("{}", ""))
            pointers += target.count("*")
            if inner in ("", name):
                break
            name = inner
        is_guess = name not in self._aliases and not self.is_known(name) and bool(CALLBACK_NAME.search(name))
        return Shape(
            name=name, pointers=pointers, is_function=is_guess, is_guess=is_guess, alias=first, is_alias=name != first
        )  # fmt: skip

    def is_plain(self, shape: Shape) -> bool:
        """True for numbers, enumerations and what is nowhere declared as a record."""
        return is_number(shape.name) or not (self.is_known(shape.name) or shape.name in self._aliases)


def _kind(target: str) -> str:
    return next((kind for kind in ("struct", "union") if kind in target.split("{", 1)[0].split()), "enum")


def _is_pointer(found: list[tuple[str, TypeDeclaration]]) -> bool:
    return "*" in found[0][1].target
