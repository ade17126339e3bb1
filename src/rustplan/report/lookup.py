"""Which component and role a path has, what the plan says of a component, and which findings a reader is shown."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component
from rustplan.model.finding import Excerpt, Finding, Kind, RuleSummary, Severity, Track
from rustplan.model.profile import ProfileKind
from rustplan.model.roadmap import Step
from rustplan.model.score import ComponentScore, EvidenceLevel
from rustplan.model.source import Role
from rustplan.model.stability import RankRange

_LEVEL_OF_KIND = {
    ProfileKind.ALLOCATION: EvidenceLevel.MEASURED_ALLOCATION,
    ProfileKind.CPU: EvidenceLevel.MEASURED_CPU,
    ProfileKind.COMPILED: EvidenceLevel.COMPILED,
}
ALERTS = (Kind.DEFECT, Kind.EXPOSURE)
"""The kinds that carry a severity."""


class Lookup:
    """Indexes over one analysis, each built when first asked for."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    @cached_property
    def owners(self) -> dict[str, str]:
        """Path -> component."""
        return {path: component.name for component in self.analysis.graph.components for path in component.files}

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Path -> role, for every file that was read."""
        texts = {file.path: file.role for file in self.analysis.coverage.texts}
        return texts | {file.path: file.role for file in self.analysis.scorecard.files}

    @cached_property
    def components(self) -> dict[str, Component]:
        """Name -> component."""
        return {component.name: component for component in self.analysis.graph.components}

    @cached_property
    def rules(self) -> dict[str, RuleSummary]:
        """Id -> rule."""
        return {rule.id: rule for rule in self.analysis.rules}

    @cached_property
    def steps(self) -> dict[tuple[str, Track], Step]:
        """Component and track -> what the plan does with it."""
        return {(step.component, step.track): step for step in self.analysis.roadmap.steps}

    @cached_property
    def rank_ranges(self) -> dict[tuple[str, Track], RankRange]:
        """Component and track -> between which ranks it stays under other weights."""
        stability = self.analysis.scorecard.stability
        return {(one.component, one.track): one for one in stability.ranges} if stability else {}

    @cached_property
    def excerpts(self) -> dict[tuple[str, int], Excerpt]:
        """Path and line -> source lines around it."""
        return {(excerpt.path, excerpt.line): excerpt for excerpt in self.analysis.excerpts}

    def role(self, path: str) -> Role:
        """The role of a path; a path that was not scored counts as source, so that nothing is hidden by a gap."""
        return self.roles.get(path, Role.SOURCE)

    def scores(self, track: Track) -> tuple[ComponentScore, ...]:
        """The component scores of one track, best first."""
        return tuple(score for score in self.analysis.scorecard.components if score.track is track)

    def source_findings(self) -> Iterator[Finding]:
        """Findings in role `source`: the ones that scores, tallies and alerts speak of."""
        return (finding for finding in self.analysis.findings if self.role(finding.path) is Role.SOURCE)

    def alerts(self) -> tuple[Finding, ...]:
        """Defects and exposures in role `source`, by path and line."""
        return tuple(finding for finding in self.source_findings() if finding.kind in ALERTS)

    @cached_property
    def kinds(self) -> Counter[Kind]:
        """Findings of role `source` by kind."""
        return Counter(finding.kind for finding in self.source_findings())

    @cached_property
    def defects(self) -> Counter[Severity]:
        """Defects of role `source` by severity."""
        found = (finding for finding in self.source_findings() if finding.kind is Kind.DEFECT)
        return Counter(finding.severity for finding in found if finding.severity is not None)

    @cached_property
    def exposures(self) -> Counter[Track]:
        """Exposures of role `source` by track; one that serves both counts on both."""
        found = (finding for finding in self.source_findings() if finding.kind is Kind.EXPOSURE)
        return Counter(track for finding in found for track in finding.tracks)

    @cached_property
    def evidence_of(self) -> dict[str, tuple[EvidenceLevel, float]]:
        """How each Java component is known best, and its share (0-1) of what that kind of profile charged to the tree (0 unless measured)."""
        known: dict[str, tuple[EvidenceLevel, float]] = {}
        for kind, level in _LEVEL_OF_KIND.items():
            profiles = [profile for profile in self.analysis.evidence.profiles if profile.kind is kind]
            total = sum(profile.mapped for profile in profiles)
            shares: dict[str, float] = defaultdict(float)
            for method in (method for profile in profiles for method in profile.methods):
                owner = self.owners.get(method.path)
                if owner is not None and total:
                    shares[owner] += method.value / total
            for owner, share in shares.items():
                known.setdefault(owner, (level, share if level.is_measured else 0.0))
        return known

    @property
    def accepted(self) -> int:
        """How many findings comments in the source accept."""
        return sum(len(said.findings) for said in self.analysis.suppressions)

    @property
    def elsewhere(self) -> int:
        """How many findings lie in tests, examples, vendored, generated and built code."""
        return len(self.analysis.findings) - sum(self.kinds.values())


def worst_first(finding: Finding) -> tuple[int, int, int, str, int, int, str]:
    """Sort key: defects before exposures, then severity, confidence and place."""
    severity = finding.severity.rank if finding.severity else len(Severity)
    kind = list(Kind).index(finding.kind)
    return (kind, severity, finding.confidence.rank, finding.path, finding.line, finding.column, finding.rule)


def fingerprints(findings: tuple[Finding, ...]) -> Iterator[str]:
    """`fp:ordinal` for each finding, in order: no line number, so code that moves keeps it; equal hits are told apart by the ordinal."""
    seen: dict[str, int] = defaultdict(int)
    for finding in findings:
        parts = (
            finding.path,
            finding.marks[0] if finding.marks else f"{finding.rule}\0{finding.function}\0{finding.message}",
        )
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"
