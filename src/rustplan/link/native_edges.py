"""Edges among C and C++ files: calls, addresses taken, base classes, and variables declared `extern` where they are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rustplan.link.edges import ADDRESS_SHARE, MOST_CANDIDATES, Edges, Tally
from rustplan.link.known_names import STD_MEMBERS, is_known_function
from rustplan.link.native import NativeCalls, NativeIndex, Site
from rustplan.link.nearest import LAST_RESORT, Neighbours
from rustplan.link.reach import Reach
from rustplan.model.code_graph import EdgeKind
from rustplan.model.facts import Call, TypeDeclaration
from rustplan.model.scan import FileScan

_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inl", ".ipp", ".tpp")


def link_native(
    scans: Sequence[FileScan],
    index: NativeIndex,
    neighbours: Neighbours,
    reach: Reach,
    edges: Edges,
) -> tuple[Tally, list[Site]]:
    """Add the symbol edges of C and C++ files; return how calls were resolved and the functions that edges point at."""
    calls = NativeCalls(index, neighbours, reach)
    tally = Tally()
    used: list[Site] = []
    for scan in scans:
        used += _link_calls(scan, calls, neighbours, edges, tally)
        used += _link_addresses(scan, calls, edges)
    _link_bases(scans, neighbours, reach, edges)
    _link_globals(scans, neighbours, edges)
    return tally, used


def _link_calls(
    scan: FileScan, calls: NativeCalls, neighbours: Neighbours, edges: Edges, tally: Tally
) -> Iterator[Site]:
    for call, count in grouped(scan.facts.calls):
        sites = calls.resolve(scan, call)
        if sites is None:
            _count_outside(call, count, tally)
            continue
        tally.candidates(max(1, len(sites)), count)
        if len(sites) > MOST_CANDIDATES:
            continue
        for site in sites:
            edges.add(
                dependent=scan.path,
                dependencies=[site.path],
                kind=EdgeKind.CALL,
                symbol=site.function.qualified_name,
                line=call.line,
                count=count,
                share=1 / len(sites),
                is_ambiguous=len(sites) > 1 or neighbours.rank(scan.path, site.path) >= LAST_RESORT,
            )
        yield from sites


def _count_outside(call: Call, count: int, tally: Tally) -> None:
    qualifier = call.qualifier.removeprefix("::")
    if qualifier in ("", "this", "new"):
        is_known = is_known_function(call.callee)
    else:
        is_known = qualifier == "std" or qualifier.startswith("std::") or call.callee in STD_MEMBERS
    if is_known:
        tally.external += count
    else:
        tally.unknown += count


def grouped(calls: Sequence[Call]) -> list[tuple[Call, int]]:
    """Return calls that mean the same (callee, qualifier, arguments, caller) once: the first of each, and how many there are."""
    groups: dict[tuple[str, str, int, int], list[Call]] = defaultdict(list)
    for call in calls:
        groups[call.callee, call.qualifier, call.arguments, call.function].append(call)
    return [(min(group, key=lambda call: call.line), len(group)) for group in groups.values()]


def _link_addresses(scan: FileScan, calls: NativeCalls, edges: Edges) -> Iterator[Site]:
    if scan.path.endswith(_HEADERS) and not _has_values(scan):
        return
    for name in scan.facts.address_taken:
        site = calls.by_name(scan.path, name)
        if site is not None:
            edges.add(
                dependent=scan.path,
                dependencies=[site.path],
                kind=EdgeKind.CALL,
                symbol=site.function.qualified_name,
                line=1,
                share=ADDRESS_SHARE,
                is_ambiguous=True,
            )
            yield site


def _has_values(scan: FileScan) -> bool:
    """Tell whether a file holds code or data: a header without any names functions in macros and pragmas only."""
    facts = scan.facts
    return any(one.has_body for one in facts.functions) or any(not one.is_extern for one in facts.globals)


def _link_bases(scans: Sequence[FileScan], neighbours: Neighbours, reach: Reach, edges: Edges) -> None:
    declaring: dict[str, set[str]] = defaultdict(set)
    for scan in scans:
        for declared in scan.facts.types:
            declaring[_plain(declared.name)].add(scan.path)
    for scan in scans:
        for declared, base in _bases(scan):
            found = declaring.get(_plain(base), set())
            if found and scan.path not in found:
                usable = {path for path in found if neighbours.rank(scan.path, path) < LAST_RESORT}
                edges.add(
                    dependent=scan.path,
                    dependencies=neighbours.narrow(scan.path, found & reach(scan.path) or usable),
                    kind=EdgeKind.IMPLEMENTS,
                    symbol=_plain(base),
                    line=declared.line,
                )


def _bases(scan: FileScan) -> Iterator[tuple[TypeDeclaration, str]]:
    for declared in scan.facts.types:
        for base in declared.supertypes:
            yield declared, base


def _plain(name: str) -> str:
    return name.partition("<")[0].strip().rpartition("::")[2]


def _link_globals(scans: Sequence[FileScan], neighbours: Neighbours, edges: Edges) -> None:
    """A source file that declares a variable `extern` uses that of another; a header that does so only announces it."""
    defining: dict[str, set[str]] = defaultdict(set)
    for scan in scans:
        for variable in scan.facts.globals:
            if not variable.is_extern and not variable.is_static:
                defining[variable.name].add(scan.path)
    for scan in scans:
        if scan.path.endswith(_HEADERS):
            continue
        for variable in scan.facts.globals:
            found = defining.get(variable.name, set())
            if variable.is_extern and scan.path not in found:
                edges.add(
                    dependent=scan.path,
                    dependencies=neighbours.narrow(scan.path, found),
                    kind=EdgeKind.GLOBAL,
                    symbol=variable.name,
                    line=variable.line,
                )
