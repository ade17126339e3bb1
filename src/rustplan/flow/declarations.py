"""What the file level of C and C++ sources declares, as tables: types, constants, macros, globals, functions, classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rustplan.flow import constants
from rustplan.flow.ctypes import CType, named
from rustplan.syntax import Node


@dataclass(slots=True)
class Macro:
    """A function-like macro: its parameters and its text with lines joined."""

    parameters: tuple[str, ...]
    text: bytes


@dataclass(slots=True)
class ClassInfo:
    """A C++ class or struct: its bases, and which of its methods are virtual."""

    name: str
    bases: tuple[str, ...] = ()
    virtual: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    has_destructor: bool = False
    initialises: bool = False
    """True when it has a constructor, or a member with an initialiser."""


@dataclass(slots=True)
class GlobalVariable:
    """A variable at file level: type, initialiser node, storage."""

    name: str
    type: CType
    value: Node | None
    offset: int
    is_static: bool
    is_extern: bool
    is_const: bool


TABLES = ("typedefs", "records", "enumerators", "macros", "function_macros", "globals", "results", "classes")


class Registry:
    """Which headers declare a name; shared by all files of a process."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, list[Declarations]]] = {table: {} for table in TABLES}

    def add(self, declarations: Declarations) -> None:
        """Enter what one header declares itself."""
        for table, names in self.tables.items():
            for name in getattr(declarations, table):
                names.setdefault(name, []).append(declarations)


class Included:
    """The headers that one file includes, directly or not: the nearest has the lowest rank."""

    def __init__(self, headers: Iterable[Declarations], registry: Registry) -> None:
        self._ranks = {id(header): rank for rank, header in enumerate(headers)}
        self._registry = registry
        self._known: dict[tuple[str, str], tuple[Any, ...]] = {}

    def found(self, table: str, name: str) -> tuple[Any, ...]:
        """Every entry of that name among these headers, nearest first."""
        declaring = self._registry.tables[table].get(name)
        if declaring is None:
            return ()
        key = table, name
        known = self._known.get(key)
        if known is None:  # the headers were all read before this was made: what they declare does not change
            ranked = sorted(
                [
                    (rank, index)
                    for index, each in enumerate(declaring)
                    if (rank := self._ranks.get(id(each))) is not None
                ]
            )
            known = self._known[key] = tuple([getattr(declaring[index], table)[name] for _, index in ranked])
        return known


@dataclass(slots=True)
class Declarations:
    """What one file declares itself, and its includes."""

    typedefs: dict[str, CType] = field(default_factory=dict)
    records: dict[str, CType] = field(default_factory=dict)
    enumerators: dict[str, int] = field(default_factory=dict)
    macros: dict[str, bytes] = field(default_factory=dict)
    function_macros: dict[str, Macro] = field(default_factory=dict)
    globals: dict[str, GlobalVariable] = field(default_factory=dict)
    results: dict[str, CType] = field(default_factory=dict)
    classes: dict[str, ClassInfo] = field(default_factory=dict)
    values: dict[str, int | None] = field(default_factory=dict)
    """Macros whose value was asked for."""
    included: Included | None = None
    is_c: bool = False
    used_as_records: set[str] = field(default_factory=set)
    """Types declared nowhere whose members are named: records of unknown layout."""

    def found(self, table: str, name: str) -> tuple[Any, ...]:
        """Every entry of that name: the file's own first, then those of its includes, nearest first."""
        own = getattr(self, table).get(name)
        others = () if self.included is None else self.included.found(table, name)
        return others if own is None else (own, *others)

    def nearest(self, table: str, name: str) -> Any:
        """The first of these entries; None when there is none."""
        own = getattr(self, table).get(name)
        if own is not None or self.included is None:
            return own
        others = self.included.found(table, name)
        return others[0] if others else None

    def record(self, name: str) -> CType | None:
        """A struct, union or class by its tag; a complete one when there is any."""
        first = None
        for record in self.found("records", name):
            if record.members is not None:
                return record  # type: ignore[no-any-return]
            first = first or record
        return first

    def typedef(self, name: str) -> CType | None:
        """A type by its name."""
        found: CType | None = self.nearest("typedefs", name)
        return named(name) if found is None else found

    def constant(self, name: str) -> int | None:
        """An enumerator, or an object-like macro that is an integer."""
        value: int | None = self.nearest("enumerators", name)
        if value is not None:
            return value
        text = self.macro_text(name)
        if text is None:
            return constants.known(name)
        if name not in self.values:
            self.values[name] = constants.of_macro(text, _Texts(self))
        return self.values[name]

    def macro_text(self, name: str) -> bytes | None:
        """The replacement text of an object-like macro."""
        found: bytes | None = self.nearest("macros", name)
        return found

    def function_macro(self, name: str) -> Macro | None:
        """A function-like macro."""
        found: Macro | None = self.nearest("function_macros", name)
        return found

    def result_of(self, function: str) -> CType | None:
        """What a declared function returns."""
        found: CType | None = self.nearest("results", function)
        return found

    def class_of(self, name: str) -> ClassInfo | None:
        """A class by its plain name."""
        found: ClassInfo | None = self.nearest("classes", name)
        return found

    def global_of(self, name: str) -> GlobalVariable | None:
        """A variable at file level: its definition rather than a declaration of it."""
        first = None
        for variable in self.found("globals", name):
            if not variable.is_extern:
                return variable  # type: ignore[no-any-return]
            first = first or variable
        return first

    def members(self, type_: CType, depth: int = 0) -> dict[str, tuple[int | None, CType]] | None:
        """The members of a record with their offsets; those of a base class too. None when the record is not known."""
        if type_.members is None and type_.name:
            type_ = self.record(type_.name) or type_
        if type_.members is None:
            return None
        info = self.class_of(type_.name) if depth < 4 else None
        if info is None or not info.bases:
            return type_.members
        found = dict(type_.members)
        for base in info.bases:
            inherited = self.record(base)
            for name, (_, member) in ((inherited and self.members(inherited, depth + 1)) or {}).items():
                found.setdefault(name, (None, member))
        return found


class _Texts(dict[str, bytes]):
    """The macros of a file and its includes as one mapping."""

    def __init__(self, declarations: Declarations) -> None:
        super().__init__()
        self._declarations = declarations

    def get(self, name: str, default: bytes | None = None) -> bytes | None:  # type: ignore[override]
        found = self._declarations.macro_text(name)
        return default if found is None else found
