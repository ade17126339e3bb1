"""Puts together what is known of every component and data from outside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import Anchors
from rustplan.catalog.exposure import ExposureCatalogue, load_exposure
from rustplan.model.code_graph import CodeGraph
from rustplan.model.exposure import ComponentExposure, InputGroup, InputSource, KindCount
from rustplan.model.finding import Finding, RuleSummary
from rustplan.model.scan import TreeScan
from rustplan.model.source import Role
from rustplan.score.exposure.call_graph import FunctionGraph, build_function_graph
from rustplan.score.exposure.distances import Nearness, measure_nearness
from rustplan.score.exposure.entries import Sources
from rustplan.score.exposure.handlers import HandlerEntries
from rustplan.score.exposure.paths import nearest_paths, nearest_sure_path
from rustplan.score.exposure.receivers import guess_receivers
from rustplan.score.exposure.roles import RoleReader
from rustplan.score.exposure.rule_of_two import judge
from rustplan.score.exposure.sites import count_distances, find_sites, list_sites
from rustplan.score.exposure.sources import find_sources
from rustplan.score.holdings import Holding

PATHS_KEPT = 12
SITES_KEPT = 100
SOURCES_KEPT = 8
ALL_KEPT = 20_000
"""Ways and functions that are kept in the whole tree; what is counted is never capped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is the same for every component."""

    graph: FunctionGraph
    sources: Sources
    near: Mapping[InputGroup, Nearness]
    taken: frozenset[str]
    by_file: Mapping[str, tuple[InputSource, ...]]
    confined: tuple[Finding, ...]
    reader: RoleReader
    table: ExposureCatalogue
    texts: Mapping[str, Sequence[Finding]]
    share: int


def find_exposures(
    scan: TreeScan,
    graph: CodeGraph,
    holdings: Sequence[Holding],
    rules: Mapping[str, RuleSummary],
    anchors: Anchors,
    idle: frozenset[tuple[str, str]],
) -> tuple[ComponentExposure, ...]:
    """Return one entry for each component with unsafe code, sources or roles, by name. Reads in `idle` functions do not count."""
    table = load_exposure()
    functions = build_function_graph(scan, graph, table.pointers)
    handlers = HandlerEntries(functions.files, anchors.entry_points, table.sources.handlers)
    known_sources = find_sources(functions, table.sources, handlers, idle)
    sources, near = measure_all(functions, known_sources, anchors, table)
    known = _Known(
        graph=functions,
        sources=sources,
        near=near,
        taken=frozenset(name for file in functions.files for name in file.facts.address_taken),
        by_file=_by_file(sources),
        confined=_confined(scan, table.rule_of_two.sandbox_rules),
        reader=RoleReader(table.roles),
        table=table,
        texts=_by_component(scan.texts, holdings),
        share=max(1, ALL_KEPT // max(1, len(holdings))),
    )
    found = [_exposure(holding, rules, known) for holding in holdings]
    return tuple(one for one in found if one.distances.total or one.sources or one.roles)


def measure_all(
    graph: FunctionGraph, sources: Sources, anchors: Anchors, table: ExposureCatalogue
) -> tuple[Sources, Mapping[InputGroup, Nearness]]:
    """Search from data of each group; what looks like a receiver and was not met as one is added to the sources first."""
    most = table.sources.most_back
    outside = InputGroup.OUTSIDE
    first = measure_nearness(graph, sources.starts(outside), most)
    more = guess_receivers(graph, sources, first, anchors.reach, table.sources.handling_rules)
    near = {
        group: measure_nearness(graph, more.starts(group), most)
        for group in InputGroup
        if group is not outside or more is not sources
    }
    return more, {outside: first, **near}


def _exposure(holding: Holding, rules: Mapping[str, RuleSummary], known: _Known) -> ComponentExposure:
    sites = find_sites(holding, known.graph, rules)
    entered = sorted(
        (one for path in holding.component.files for one in known.by_file.get(path, ())),
        key=lambda one: (one.kind.rank, one.path, one.line, one.function),
    )
    counts = Counter(one.kind for one in entered)
    findings = [finding for file in holding.sources for finding in file.findings]
    roles = known.reader.roles([*findings, *known.texts.get(holding.component.name, ())])
    most = min(PATHS_KEPT, known.share)
    paths = nearest_paths(sites, known.graph, known.sources, known.near, most)
    sure = nearest_sure_path(sites, known.graph, known.sources, known.near[InputGroup.OUTSIDE])
    nearest = paths[0] if paths else None
    return ComponentExposure(
        component=holding.component.name,
        rule_of_two=judge(holding, sure, nearest, roles, known.confined, known.table.rule_of_two),
        distances=count_distances(sites, known.graph, known.near[InputGroup.OUTSIDE], known.taken),
        local_distances=count_distances(sites, known.graph, known.near[InputGroup.LOCAL], known.taken),
        api_distances=count_distances(sites, known.graph, known.near[InputGroup.API], known.taken),
        functions=len(sites.functions),
        source_counts=tuple(KindCount(kind, counts[kind]) for kind in sorted(counts, key=lambda kind: kind.rank)),
        sources=tuple(entered[:SOURCES_KEPT]),
        paths=paths,
        sites=list_sites(sites, known.graph, known.near, min(SITES_KEPT, known.share)),
        roles=roles,
    )


def _by_file(sources: Sources) -> Mapping[str, tuple[InputSource, ...]]:
    found: dict[str, list[InputSource]] = defaultdict(list)
    for entry in sources.entries:
        found[entry.source.path].append(entry.source)
    return {path: tuple(entered) for path, entered in found.items()}


def _by_component(texts: Sequence[Finding], holdings: Sequence[Holding]) -> Mapping[str, Sequence[Finding]]:
    """What build and packaging files say of the one component that has source files beside them; where several have, it is not known of which."""
    owners: dict[str, set[str]] = defaultdict(set)
    for holding in holdings:
        for file in holding.sources:
            owners[_folder(file.path)].add(holding.component.name)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in texts:
        beside = owners.get(_folder(finding.path), set())
        if len(beside) == 1:
            found[min(beside)].append(finding)
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _confined(scan: TreeScan, rules: frozenset[str]) -> tuple[Finding, ...]:
    """Sandbox calls of the product's own code and of its build files, by place."""
    in_code = [one for file in scan.files if file.role is Role.SOURCE for one in file.findings if one.rule in rules]
    found = [*in_code, *(one for one in scan.texts if one.rule in rules)]
    return tuple(sorted(found, key=lambda one: (one.path, one.line)))
