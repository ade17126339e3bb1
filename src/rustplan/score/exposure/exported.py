"""Functions that code outside the tree may call: those that a public header declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rustplan.catalog.exposure import SourceTable
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.score.exposure.call_graph import FunctionGraph


def exported_functions(graph: FunctionGraph, table: SourceTable) -> Iterator[tuple[int, str]]:
    """Yield (function, header that declares it) for C and C++ functions that take something, by their number."""
    declared: dict[str, str] = {}
    classes: dict[str, str] = {}
    for file in graph.files:
        if file.role is Role.SOURCE and _is_public(file, table):
            for one in file.facts.declarations:
                declared.setdefault(one.name, file.path)
            for named in file.facts.types:
                if named.kind in ("class", "struct"):
                    classes.setdefault(named.name.rpartition("::")[2], file.path)
    ambiguous = _defined_often(graph, declared)
    for file in graph.files:
        if file.role is not Role.SOURCE or file.facts.language is Language.JAVA:
            continue
        base = graph.base(file.path) or 0
        for at, function in enumerate(file.facts.functions):
            header = declared.get(function.name)
            if header is None or not function.is_exported or not function.parameters or function.name in ambiguous:
                continue
            if not function.container or function.container.rpartition("::")[2] in classes:
                yield base + at, header


def _is_public(file: FileScan, table: SourceTable) -> bool:
    """True for a header in a public folder, or one that offers C functions."""
    if file.facts.language is Language.JAVA or not file.path.rpartition(".")[2].lower().startswith("h"):
        return False
    folders = file.path.split("/")[:-1]
    if not table.public_folders.isdisjoint(folders):
        return True
    return any(finding.rule in table.api_rules for finding in file.findings)


def _defined_often(graph: FunctionGraph, declared: dict[str, str]) -> frozenset[str]:
    """Names that several programs of the tree define as free functions, such as `main`: the header means one of them, and which is unknown."""
    places: dict[str, set[str]] = defaultdict(set)
    for file in graph.files:
        if file.role is Role.SOURCE:
            for function in file.facts.functions:
                if function.name in declared and function.is_exported and not function.container:
                    places[function.name].add(file.path)
    return frozenset(name for name, paths in places.items() if len(paths) > 4)
