"""Where each method allocates and how much: findings of the rules, and objects of which no rule speaks."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rustplan.catalog import EntryPoints
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.scan import FileScan
from rustplan.model.score import AllocationSite
from rustplan.score.java.calls import CallGraph
from rustplan.score.java.frequency import context_factor

OBJECT = "object creation"
_BYTES_A_POINT = 16.0
"""Bytes that a point of a finding's weight stands for where its rule has no measured cost."""


@dataclass(slots=True)
class Sites:
    """What a method allocates: bytes of one run, with loops and guards, and each place."""

    bytes: float = 0.0
    places: list[AllocationSite] = field(default_factory=list)

    def add(self, rule: str, path: str, line: int, size: float, factor: float) -> None:
        """Add one place that runs `factor` times a run."""
        self.bytes += size * factor
        self.places.append(AllocationSite(rule=rule, path=path, line=line, bytes=size * factor, guard=_guard(factor)))


def is_allocation(finding: Finding) -> bool:
    """True for an exposure of the latency track."""
    return finding.kind is Kind.EXPOSURE and Track.LATENCY in finding.tracks


def allocation_sites(graph: CallGraph, table: EntryPoints) -> dict[str, Sites]:
    """Return the sites of every method by qualified name."""
    found: dict[str, Sites] = defaultdict(Sites)
    for file in graph.hierarchy.files:
        _FileSites(file, table).read(found)
    return {name: sites for name, sites in found.items() if sites.bytes > 0}


class _FileSites:
    """Findings and creations of one file, charged to methods."""

    def __init__(self, file: FileScan, table: EntryPoints) -> None:
        self._file = file
        self._table = table
        java = file.facts.java
        self._factors = [context_factor(one, table) for one in java.contexts]
        self._lines = [line for line, _ in java.regions]
        self._prefix = f"{file.facts.package}." if file.facts.package else ""
        self._fields = sorted((one.line, one.end_line, one.owner, one.is_static) for one in java.fields)
        self._object_lines: set[int] = set()

    def read(self, found: dict[str, Sites]) -> None:
        """Add all sites of the file."""
        for finding in self._file.findings:
            if is_allocation(finding):
                self._add_finding(finding, found)
        facts = self._file.facts
        for call, more in zip(facts.calls, facts.java.calls, strict=False):
            if (
                call.qualifier != "new"
                or call.callee.endswith(("Exception", "Error"))
                or call.line in self._object_lines
            ):
                continue
            name = (
                facts.functions[call.function].qualified_name
                if call.function >= 0
                else f"{self._prefix}{more.owner}.{'<clinit>' if more.is_static else '<init>'}"
            )
            factor = self._factors[more.context]
            found[name].add(OBJECT, self._file.path, call.line, self._table.creation_bytes, factor)

    def _add_finding(self, finding: Finding, found: dict[str, Sites]) -> None:
        lines = finding.lines or (finding.line,)
        size = (finding.bytes or finding.weight * _BYTES_A_POINT) / len(lines)
        for line in lines:
            if finding.rule in ("object-allocation", "unsized-collection"):
                self._object_lines.add(line)
            name = finding.function or self._initialiser(line)
            if name:
                found[name].add(finding.rule, self._file.path, line, size, self._factor(line))

    def _initialiser(self, line: int) -> str:
        """The method that runs the initialiser of the field on a line."""
        place = bisect_right(self._fields, (line, 1 << 60)) - 1
        if place < 0 or self._fields[place][1] < line:
            return ""
        _, _, owner, is_static = self._fields[place]
        return f"{self._prefix}{owner}.{'<clinit>' if is_static else '<init>'}"

    def _factor(self, line: int) -> float:
        place = bisect_right(self._lines, line)
        return self._factors[self._file.facts.java.regions[place - 1][1]] if place else self._factors[0]


def _guard(factor: float) -> str:
    """What raises or lowers a place, in words."""
    if factor <= 0.01:
        return "in code that seldom runs (an error path, a log)"
    if factor < 0.5:
        return "behind conditions"
    return ""


def bytes_of(sites: Mapping[str, Sites], name: str) -> float:
    """Bytes of one run of a method, 0 for one without sites."""
    known = sites.get(name)
    return known.bytes if known is not None else 0.0


def heaviest(sites: Sequence[AllocationSite], most: int) -> tuple[AllocationSite, ...]:
    """The places with most bytes, largest first, then by place."""
    return tuple(sorted(sites, key=lambda one: (-one.bytes, one.path, one.line, one.rule))[:most])
