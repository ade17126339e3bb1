"""Unsafe sites of a component by the function that holds them, and how far each of these is from data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.model.exposure import HISTOGRAM_STEPS, Distances, InputGroup, SiteDistance
from rustplan.model.finding import Finding, Kind, RuleSummary, Track
from rustplan.score.exposure.call_graph import FunctionGraph
from rustplan.score.exposure.distances import Nearness
from rustplan.score.holdings import MENDED, Holding, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A function with unsafe places: how many, and the finding that stands for them (the worst)."""

    node: int
    places: int
    worst: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Functions of a component with unsafe places, by number, and the places that stand in none."""

    functions: tuple[Site, ...]
    outside: int


def find_sites(holding: Holding, graph: FunctionGraph, rules: Mapping[str, RuleSummary]) -> Sites:
    """Group what the risk counts, exposures and defects of memory safety, by function."""
    found: dict[int, list[Finding]] = {}
    outside = 0
    findings = [one for kind in MENDED for one in counted(holding, kind, Track.MEMORY_SAFETY, rules)]
    for finding in sorted(findings, key=lambda one: (one.path, one.line, one.rule)):
        node = graph.node(finding.path, finding.function, finding.line) if finding.function else None
        if node is None:
            outside += finding.places
        else:
            found.setdefault(node, []).append(finding)
    return Sites(functions=tuple(_site(node, found[node]) for node in sorted(found)), outside=outside)


def _site(node: int, findings: Sequence[Finding]) -> Site:
    return Site(node=node, places=sum(one.places for one in findings), worst=min(findings, key=_worst_first))


def _worst_first(finding: Finding) -> tuple[bool, int, int, float, int, str]:
    """Defects before exposures, then by severity, confidence and weight."""
    severity = finding.severity.rank if finding.severity is not None else 9
    weight = -finding.weight
    return finding.kind is not Kind.DEFECT, severity, finding.confidence.rank, weight, finding.line, finding.rule


def count_distances(sites: Sites, graph: FunctionGraph, near: Nearness, taken: frozenset[str]) -> Distances:
    """Return how many places are how many calls away; nothing is capped."""
    steps = [0] * HISTOGRAM_STEPS
    no_way = by_pointer = ambiguous = 0
    for site in sites.functions:
        distance = near.distance(site.node)
        if distance is None:
            no_way += site.places
            by_pointer += site.places if graph.place(site.node)[1].name in taken else 0
            continue
        steps[min(distance, HISTOGRAM_STEPS - 1)] += site.places
        ambiguous += site.places if near.is_unsure(site.node) else 0
    return Distances(
        steps=tuple(steps), no_way=no_way, by_pointer=by_pointer, outside=sites.outside, ambiguous=ambiguous
    )


def list_sites(
    sites: Sites, graph: FunctionGraph, near: Mapping[InputGroup, Nearness], most: int
) -> tuple[SiteDistance, ...]:
    """Return the nearest functions with unsafe places, at most `most`, with their distance from data of each group."""
    rows = []
    for site in sites.functions:
        file, function = graph.place(site.node)
        steps = [near[group].distance(site.node) for group in InputGroup]
        row = SiteDistance(file.path, site.worst.line, function.qualified_name, site.places, *steps)
        rows.append(((*map(_far, steps), -site.places, site.node), row))
    rows.sort(key=lambda one: one[0])
    return tuple(row for _, row in rows[:most])


def _far(steps: int | None) -> int:
    return 1 << 30 if steps is None else steps
