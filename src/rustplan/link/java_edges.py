"""Edges among Java files: imports, supertypes, types in signatures, and calls as far as the receiver's type can be told from words."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.link.edges import Edges, Tally
from rustplan.link.java_types import JavaTypes
from rustplan.link.known_names import JAVA_COMMON_METHODS, is_jdk
from rustplan.link.native import Site
from rustplan.link.native_edges import grouped
from rustplan.link.nearest import LAST_RESORT, Neighbours
from rustplan.link.unresolved import Unresolvables
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import Call, Function, Import
from rustplan.model.scan import FileScan

CONSTRUCTOR = "<init>"


def link_imports(scans: Sequence[FileScan], types: JavaTypes, edges: Edges, missing: Unresolvables) -> Tally:
    """Add an edge for every import of one class of the tree. A wildcard makes none itself: what is used through it does."""
    tally = Tally()
    for scan in scans:
        for imported in scan.facts.imports:
            name = types.named(imported.name)
            if name is not None:
                dependencies = types.files(scan.path, name)
                tally.candidates(len(dependencies))
                edges.add(
                    dependent=scan.path,
                    dependencies=dependencies,
                    kind=EdgeKind.IMPORT,
                    symbol=name,
                    line=imported.line,
                )
            elif imported.is_wildcard and types.has_package(imported.name):
                tally.resolved += 1
            else:
                tally.external += 1
                missing.add(imported.name, EdgeKind.IMPORT, _outside(imported), scan.path, imported.line)
    return tally


def _outside(imported: Import) -> UnresolvedKind:
    return UnresolvedKind.SYSTEM if is_jdk(f"{imported.name}.") else UnresolvedKind.THIRD_PARTY


def link_java(
    scans: Sequence[FileScan], types: JavaTypes, neighbours: Neighbours, edges: Edges
) -> tuple[Tally, list[Site]]:
    """Add the symbol edges of Java files; return how calls were resolved and the functions that edges point at."""
    tally = Tally()
    used: list[Site] = []
    for scan in scans:
        _link_supertypes(scan, types, edges)
        _link_signatures(scan, types, edges)
        used += _FileCalls(scan, types, neighbours, edges, tally).link()
    return tally, used


def _link_supertypes(scan: FileScan, types: JavaTypes, edges: Edges) -> None:
    for declared in scan.facts.types:
        for written in declared.supertypes:
            _add_type(scan, types, edges, written, declared.line, EdgeKind.IMPLEMENTS)


def _link_signatures(scan: FileScan, types: JavaTypes, edges: Edges) -> None:
    for function in scan.facts.functions:
        for written in (function.return_type, *(parameter.type for parameter in function.parameters)):
            _add_type(scan, types, edges, written, function.start_line, EdgeKind.TYPE)
    for variable in scan.facts.globals:
        _add_type(scan, types, edges, variable.type, variable.line, EdgeKind.TYPE)


def _add_type(scan: FileScan, types: JavaTypes, edges: Edges, written: str, line: int, kind: EdgeKind) -> None:
    name = types.resolve(scan.path, written) if written else None
    if name is not None:
        edges.add(dependent=scan.path, dependencies=types.files(scan.path, name), kind=kind, symbol=name, line=line)


class _FileCalls:
    """The calls of one Java file."""

    def __init__(self, scan: FileScan, types: JavaTypes, neighbours: Neighbours, edges: Edges, tally: Tally) -> None:
        self._scan = scan
        self._types = types
        self._neighbours = neighbours
        self._edges = edges
        self._tally = tally
        self._statics = {
            imported.name.rpartition(".")[2]: imported.name.rpartition(".")[0]
            for imported in scan.facts.imports
            if imported.is_static and not imported.is_wildcard
        }
        self._fields = {variable.name: variable.type for variable in scan.facts.globals}
        self._meant: dict[tuple[str, int], list[Site]] = {}

    def link(self) -> list[Site]:
        """Add all edges; return the functions they point at."""
        used: list[Site] = []
        for call, count in grouped(self._scan.facts.calls):
            caller = self._caller(call)
            if call.qualifier == "new":
                used += self._construct(call, count)
            elif call.qualifier in ("", "this", "super"):
                used += self._own(call, count, caller)
            else:
                used += self._on_receiver(call, count, caller)
        return used

    def _caller(self, call: Call) -> Function | None:
        functions = self._scan.facts.functions
        return functions[call.function] if 0 <= call.function < len(functions) else None

    def _construct(self, call: Call, count: int) -> list[Site]:
        name = self._types.resolve(self._scan.path, call.callee)
        if name is None:
            self._outside(call.callee, count)
            return []
        sites = [site for site in self._types.methods(name, CONSTRUCTOR) if site.function.container]
        return self._on_class(call, count, name, sites)

    def _own(self, call: Call, count: int, caller: Function | None) -> list[Site]:
        """A call without a receiver: of the class, its supertypes, the classes around it, or a static import."""
        if call.callee in self._statics:
            return self._on_static_import(call, count)
        own = caller.container if caller is not None else ""
        find = self._types.inherited if call.qualifier == "super" else self._types.methods
        sites = find(self._qualified(own), call.callee)
        if sites:
            return self._on_sites(call, count, sites)
        self._tally.unknown += count
        return []

    def _on_static_import(self, call: Call, count: int) -> list[Site]:
        name = self._types.named(self._statics[call.callee])
        if name is None:
            self._tally.external += count
            return []
        return self._on_class(call, count, name, self._types.methods(name, call.callee))

    def _on_receiver(self, call: Call, count: int, caller: Function | None) -> list[Site]:
        written = self._receiver_type(call.qualifier, caller)
        if written is not None:
            name = self._types.resolve(self._scan.path, written)
            if name is None:
                self._outside(written, count)
                return []
            return self._on_class(call, count, name, self._types.methods(name, call.callee))
        return self._by_method_name(call, count)

    def _receiver_type(self, receiver: str, caller: Function | None) -> str | None:
        """The type as written of a parameter, a field of the file, or of the receiver itself when it names a class."""
        if receiver.startswith("this."):
            receiver = receiver[len("this.") :]
        elif caller is not None:
            for parameter in caller.parameters:
                if parameter.name == receiver:
                    return parameter.type
        if receiver in self._fields:
            return self._fields[receiver]
        is_class = self._types.resolve(self._scan.path, receiver) or self._types.is_outside(self._scan.path, receiver)
        return receiver if is_class else None

    def _by_method_name(self, call: Call, count: int) -> list[Site]:
        """The receiver's type is unknown: a method of that name and arity may be meant if its class is in sight and the platform has none."""
        if call.callee in JAVA_COMMON_METHODS:
            self._tally.unknown += count
            return []
        asked = (call.callee, call.arguments)
        if asked not in self._meant:
            self._meant[asked] = [site for site in self._types.by_method[call.callee] if self._may_be_meant(site, call)]
        sites = self._meant[asked]
        if sites:
            return self._on_sites(call, count, sites, is_guess=True)
        self._tally.unknown += count
        return []

    def _may_be_meant(self, site: Site, call: Call) -> bool:
        here, there = self._scan.path, site.path
        return (
            len(site.function.parameters) == call.arguments
            and self._types.is_in_sight(here, there)
            and self._neighbours.rank(here, there) < LAST_RESORT
        )

    def _on_class(self, call: Call, count: int, name: str, sites: Sequence[Site]) -> list[Site]:
        """The class is known; when it has no such method in the tree (a default constructor, a generated accessor) the class is meant."""
        if sites:
            return self._on_sites(call, count, sites)
        files = self._types.files(self._scan.path, name)
        self._tally.candidates(len(files), count)
        self._edges.add(
            dependent=self._scan.path,
            dependencies=files,
            kind=EdgeKind.CALL,
            symbol=f"{name}.{CONSTRUCTOR if call.qualifier == 'new' else call.callee}",
            line=call.line,
            count=count,
        )
        return []

    def _on_sites(self, call: Call, count: int, sites: Sequence[Site], *, is_guess: bool = False) -> list[Site]:
        exact = [site for site in sites if len(site.function.parameters) == call.arguments]
        by_path: dict[str, Site] = {}
        for site in exact or sites:
            by_path.setdefault(site.path, site)
        if self._scan.path in by_path:
            self._tally.resolved += count
            return []
        nearest = self._neighbours.narrow(self._scan.path, by_path)
        self._tally.candidates(len(nearest) + is_guess, count)
        chosen = [by_path[path] for path in nearest]
        for site in chosen:
            self._edges.add(
                dependent=self._scan.path,
                dependencies=[site.path],
                kind=EdgeKind.CALL,
                symbol=site.function.qualified_name,
                line=call.line,
                count=count,
                share=1 / len(chosen),
                is_ambiguous=is_guess
                or len(chosen) > 1
                or self._neighbours.rank(self._scan.path, site.path) >= LAST_RESORT,
            )
        return chosen

    def _outside(self, written: str, count: int) -> None:
        if self._types.is_outside(self._scan.path, written):
            self._tally.external += count
        else:
            self._tally.unknown += count

    def _qualified(self, container: str) -> str:
        package = self._scan.facts.package
        return container if not package or container.startswith(f"{package}.") else f"{package}.{container}"
