"""What a component holds: its files, the findings that may count, and how much of it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import Component, ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Finding, Kind, RuleSummary, RustEffect, Track
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role

MENDED = (Kind.DEFECT, Kind.EXPOSURE)
"""Kinds that claim something Rust would remove."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A component with its scanned files. Only files of role source count for risk; `others` are its tests, examples, generated files."""

    component: Component
    sources: tuple[FileScan, ...]
    others: tuple[FileScan, ...]
    coverage: float
    ambiguous: float

    @property
    def unsafe_sources(self) -> tuple[FileScan, ...]:
        """Its C and C++ files of role source."""
        return tuple(file for file in self.sources if file.facts.language.is_memory_unsafe)

    @property
    def java_sources(self) -> tuple[FileScan, ...]:
        """Its Java files of role source."""
        return tuple(file for file in self.sources if not file.facts.language.is_memory_unsafe)


def take_stock(scan: TreeScan, components: ComponentGraph, graph: CodeGraph) -> tuple[Holding, ...]:
    """Return the holdings of all components, by name."""
    scans = {file.path: file for file in scan.files}
    skipped = {file.path: file.size for file in scan.skipped if file.language is not None}
    ambiguity = _ambiguity(components, graph)
    holdings = []
    for component in sorted(components.components, key=lambda component: component.name):
        files = [scans[path] for path in sorted(component.files) if path in scans]
        sources = tuple(file for file in files if file.role is Role.SOURCE)
        lost = sum(skipped.get(path, 0) for path in component.files)
        holdings.append(
            Holding(
                component=component,
                sources=sources,
                others=tuple(file for file in files if file.role is not Role.SOURCE),
                coverage=_share_read(sources, lost),
                ambiguous=ambiguity.get(component.name, 0.0),
            )
        )
    return tuple(holdings)


def counted(holding: Holding, kind: Kind, track: Track, rules: Mapping[str, RuleSummary]) -> tuple[Finding, ...]:
    """Return the findings of a kind that may raise a score on a track: role source only.

    Defects and exposures count when Rust does something about them. Signals say what a component is for, whatever Rust does.
    """
    return tuple(
        finding
        for file in holding.sources
        for finding in file.findings
        if finding.kind is kind
        and track in finding.tracks
        and (kind not in MENDED or _is_helped_by_rust(finding, rules))
    )


def why_absent(evidence: Evidence, word: str, otherwise: str) -> str:
    """Return the reason why evidence of a name that holds `word` is absent."""
    for absent in evidence.absent:
        if word in absent.name:
            return absent.because
    return otherwise


def _is_helped_by_rust(finding: Finding, rules: Mapping[str, RuleSummary]) -> bool:
    summary = rules.get(finding.rule)
    return summary is None or summary.rust_effect is not RustEffect.NOT_PREVENTED


def _share_read(sources: tuple[FileScan, ...], lost_bytes: int) -> float:
    """Share of the bytes of role source that were understood; skipped files count as unread."""
    size = sum(file.facts.coverage.total_bytes for file in sources) + lost_bytes
    unread = sum(file.facts.coverage.unread_bytes for file in sources) + lost_bytes
    return 1.0 if size == 0 else round(max(0.0, 1.0 - unread / size), 6)


def _ambiguity(components: ComponentGraph, graph: CodeGraph) -> dict[str, float]:
    """Share of the edges that touch a component and have more than one possible target."""
    owner = {path: component.name for component in components.components for path in component.files}
    edges: dict[str, int] = {}
    unclear: dict[str, int] = {}
    for edge in graph.edges:
        for name in {owner.get(edge.dependent, ""), owner.get(edge.dependency, "")}:
            edges[name] = edges.get(name, 0) + 1
            unclear[name] = unclear.get(name, 0) + edge.is_ambiguous
    return {name: unclear[name] / edges[name] for name in edges}
