"""Finds the function of the scanned tree that a frame of a profile stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rustplan.evidence.profile_frames import source_methods
from rustplan.evidence.profile_input import clean_name
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role


class Place(NamedTuple):
    """A function: its qualified name, its file and first line."""

    name: str
    path: str
    line: int


class _Span(NamedTuple):
    start: int
    end: int
    method: str
    place: Place


class TreeIndex:
    """All functions of a tree by the names that compilers and virtual machines give them.

    Where files define the same name twice, product sources win over tests, examples and vendored code, then the first path.
    """

    def __init__(self, scan: TreeScan) -> None:
        self._methods: dict[str, dict[str, Place]] = defaultdict(dict)
        self._classes: dict[str, Place] = {}
        self._numbered: dict[str, list[str]] = defaultdict(list)
        self._spans: dict[str, list[_Span]] = defaultdict(list)
        self._native: dict[str, Place] = {}
        self.ambiguous: set[str] = set()
        """Native names that several files define."""
        for file in sorted(scan.files, key=lambda one: (_distance(one.role), one.path)):
            if file.facts.language is Language.JAVA:
                self._add_java(file)
            else:
                self._add_native(file)

    def java(self, owner: str, method: str, line: int = 0) -> Place | None:
        """The place of a method of a binary class name; None when the class is not of this tree or the method is a bridge.

        A method that the source does not spell out (a constructor, a record's accessor) is placed at its class. A class that is not
        known by its number is placed by the line, then by the only namesake in its siblings, then in the class around it.
        """
        known = self._class(owner)
        names = source_methods(method)
        if known is None or not names:
            return None
        declared = self._declared(owner, names)
        if owner in self._classes and not _is_numbered(owner):
            return declared or self._at_line(known, names, line) or _implied(known, owner, names)
        return self._at_line(known, names, line) or declared or self._in_relatives(known, owner, names)

    def declares(self, owner: str) -> bool:
        """True for a binary class name that stands in the tree."""
        return owner in self._classes

    def native(self, name: str) -> Place | None:
        """The place of a C or C++ function by its qualified name."""
        return self._native.get(name)

    def _add_java(self, file: FileScan) -> None:
        package = f"{file.facts.package}." if file.facts.package else ""
        for declared in file.facts.types:
            owner = package + declared.name
            self._classes.setdefault(owner, Place(owner, file.path, declared.line))
        for function in file.facts.functions:
            if not function.container:
                continue
            place = Place(function.qualified_name, file.path, function.start_line)
            if function.container not in self._classes:
                self._classes[function.container] = Place(function.container, file.path, function.start_line)
                if _is_numbered(function.container):
                    self._numbered[_around(function.container)].append(function.container)
            self._methods[function.container].setdefault(function.name, place)
            self._spans[file.path].append(_Span(function.start_line, function.end_line, function.name, place))

    def _add_native(self, file: FileScan) -> None:
        for function in file.facts.functions:
            if not function.has_body:
                continue
            known = self._native.setdefault(function.qualified_name, _native_place(function, file.path))
            if known.path != file.path:
                self.ambiguous.add(function.qualified_name)

    def _class(self, owner: str) -> Place | None:
        """The class, or the nearest around it that the tree declares."""
        while owner not in self._classes:
            owner, dollar, _ = owner.rpartition("$")
            if not dollar:
                return None
        return self._classes[owner]

    def _declared(self, owner: str, names: Iterable[str]) -> Place | None:
        methods = self._methods.get(owner, {})
        return next((methods[name] for name in names if name in methods), None)

    def _at_line(self, known: Place, names: tuple[str, ...], line: int) -> Place | None:
        """The innermost function of the class's file at the line, when it has the name (or the name is a lambda's in a lambda)."""
        if line <= 0:
            return None
        spans = [span for span in self._spans.get(known.path, ()) if span.start <= line <= span.end]
        inner = max(spans, key=lambda span: (span.start, -span.end), default=None)
        if inner is None or not (inner.method in names or names[0] == "null"):
            return None
        return inner.place

    def _in_relatives(self, known: Place, owner: str, names: tuple[str, ...]) -> Place:
        siblings = (self._declared(sibling, names) for sibling in self._numbered.get(known.name, ()))
        found = [place for place in siblings if place is not None]
        if len(found) == 1:
            return found[0]
        return self._declared(known.name, names) or _implied(known, owner, names)


def _distance(role: Role) -> int:
    return list(Role).index(role)


def _implied(known: Place, owner: str, names: tuple[str, ...]) -> Place:
    """A method without a text of its own: under its binary name, at the line of the class that holds it."""
    return Place(clean_name(f"{owner}.{names[-1]}"), known.path, known.line)


def _is_numbered(owner: str) -> bool:
    """True for anonymous and local classes: `Outer$1`, `Outer$1Local`."""
    return owner.rpartition("$")[2][:1].isdigit()


def _around(owner: str) -> str:
    return owner.rpartition("$")[0]


def _native_place(function: Function, path: str) -> Place:
    return Place(function.qualified_name, path, function.start_line)


def java_names(benchmark: str) -> Iterator[tuple[str, str]]:
    """Readings of a dotted name `a.b.Outer.Inner.method` as binary class and method, the one without nested classes first."""
    owner, _, method = benchmark.rpartition(".")
    for _ in range(8):
        yield owner, method
        head, dot, tail = owner.rpartition(".")
        if not dot:
            return
        owner = f"{head}${tail}"
