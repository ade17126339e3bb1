"""Native functions that Java names as text: looked up through the foreign-function interface, or bound by JNA and JNR interfaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rustplan.link.edges import MOST_CANDIDATES, Edges
from rustplan.link.known_names import is_known_function
from rustplan.link.native import Site
from rustplan.link.nearest import Neighbours
from rustplan.link.unresolved import Unresolvables
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import NativeLinkKind
from rustplan.model.scan import FileScan
from rustplan.model.source import Language

_BY_NAME = (NativeLinkKind.SYMBOL, NativeLinkKind.BOUND)


def link_foreign(
    java: Sequence[FileScan],
    native: Sequence[FileScan],
    neighbours: Neighbours,
    edges: Edges,
    missing: Unresolvables,
) -> list[Site]:
    """Add an edge from each Java file to the functions that it names for a lookup; return them. What is nowhere in the tree is listed."""
    exported = _exported(native)
    used: list[Site] = []
    for scan in java:
        for name, line in _named(scan):
            sites = exported.get(name, {})
            if not sites:
                kind = UnresolvedKind.SYSTEM if is_known_function(name) else UnresolvedKind.THIRD_PARTY
                missing.add(name, EdgeKind.JNI, kind, scan.path, line)
                continue
            nearest = neighbours.narrow(scan.path, sites)
            edges.add(
                dependent=scan.path, dependencies=nearest, kind=EdgeKind.JNI, symbol=name, line=line,
                is_ambiguous=len(nearest) > 1,
            )  # fmt: skip
            used += [sites[path] for path in nearest[:MOST_CANDIDATES]]
    return used


def is_bound_by_name(scan: FileScan) -> bool:
    """Tell whether the native methods of a Java file are bound to functions of their own names."""
    return any(link.kind is NativeLinkKind.DIRECT for link in scan.facts.native_links)


def _named(scan: FileScan) -> Iterator[tuple[str, int]]:
    """Every name once, with its first line."""
    lines: dict[str, int] = {}
    for link in scan.facts.native_links:
        if link.kind in _BY_NAME:
            lines.setdefault(link.name, link.line)
    if is_bound_by_name(scan):
        for function in scan.facts.functions:
            if function.is_native:
                lines.setdefault(function.name, function.start_line)
    yield from sorted(lines.items())


def _exported(native: Sequence[FileScan]) -> dict[str, dict[str, Site]]:
    """Functions that a library can export under their plain name, by name and file."""
    found: dict[str, dict[str, Site]] = defaultdict(dict)
    for scan in native:
        for function in scan.facts.functions:
            if function.has_body and function.is_exported and (
                scan.facts.language is Language.C or function.is_c_linkage
            ):  # fmt: skip
                found[function.name].setdefault(scan.path, Site(scan.path, function))
    return found
