"""Scores that show their arithmetic."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.exposure import ComponentExposure
from rustplan.model.finding import Confidence, Track
from rustplan.model.source import Language, Role
from rustplan.model.stability import Stability


class FactorEvidence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A place that fed a factor."""

    path: str
    line: int
    what: str


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """One named part of a score.

    `value` in `unit` is what was measured; `anchor` says against which fixed values it was read; `level` is the 0-1 result;
    `weight` is what a full level would add; `contribution` = level x weight. An absent factor has level and contribution 0, weight 0
    and says why in `because`; its weight has gone to the others.
    """

    name: str
    value: float
    unit: str
    anchor: str
    level: float
    weight: float
    contribution: float
    because: str
    is_absent: bool = False
    evidence: tuple[FactorEvidence, ...] = ()


class FileScore(msgspec.Struct, frozen=True, kw_only=True):
    """One row of files.csv. `risk` says where fixes will land, `risk_per_line` what a rewritten line buys; None when not scored.

    Both are for C and C++ of role source; generated code has a risk, and none per line. `risk_per_line` is `spatial` x `temporal`, each 1
    for average reference code: what the text says, where errors of bounds show, and what the history says, where errors of lifetimes
    show. `temporal` is None, and counts as 1, where there is no history.
    """

    path: str
    component: str
    role: Role
    language: Language
    sloc: int
    coverage: float
    sha256: str
    risk: float | None = None
    risk_per_line: float | None = None
    findings: int = 0
    spatial: float | None = None
    temporal: float | None = None


class Oracle(msgspec.Struct, frozen=True, kw_only=True):
    """What can compare old and new: grade A (fuzzed and tested) to E (nothing found)."""

    grade: str
    because: str
    evidence: tuple[FactorEvidence, ...] = ()


class ComponentScore(msgspec.Struct, frozen=True, kw_only=True):
    """A component on one track.

    `risk` (0-100) is the sum of the contributions of `risk_factors`. `feasibility` and `value` (0-1) are products of the levels of
    their factors. `score` = 100 x (risk/100)^a x feasibility^b x value^c with the exponents of the scorecard.
    `risk_low`-`risk_high` is what the unread share of the code could make of it. `network_steps` are the calls between it and a read of
    the network (0: it reads itself), None when no way was found or it was not looked for.
    """

    component: str
    track: Track
    risk: float
    risk_low: float
    risk_high: float
    feasibility: float
    value: float
    score: float
    confidence: Confidence
    coverage: float
    risk_factors: tuple[Factor, ...]
    feasibility_factors: tuple[Factor, ...] = ()
    value_factors: tuple[Factor, ...] = ()
    network_steps: int | None = None
    oracle: Oracle | None = None


class EvidenceLevel(str, Enum):
    """How a candidate of the latency track is known, best first."""

    MEASURED_ALLOCATION = "measured-allocation"
    MEASURED_CPU = "measured-cpu"
    COMPILED = "compiled"
    DECLARED = "declared"
    STATIC = "static"

    @property
    def rank(self) -> int:
        """0 for measured allocation to 4 for static: sorts best first."""
        return list(EvidenceLevel).index(self)

    @property
    def is_measured(self) -> bool:
        """True when a profile of this program names the method: only then may it be called hot."""
        return self in (EvidenceLevel.MEASURED_ALLOCATION, EvidenceLevel.MEASURED_CPU)


class RouteStep(msgspec.Struct, frozen=True, kw_only=True):
    """One method on the way from an entry point, and how it is reached (the entry's words, or the call with its loops)."""

    method: str
    path: str
    line: int
    how: str


class AllocationSite(msgspec.Struct, frozen=True, kw_only=True):
    """Where a candidate allocates: the rule, an estimate of bytes for one run of the method, and what lowers it ("" for nothing)."""

    rule: str
    path: str
    line: int
    bytes: float
    guard: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A Java method, or a whole class when `method` is "", that may allocate on a hot path; "hot" only when `level` is measured.

    `class_name` is binary, `method` may be `<init>` or `<clinit>`. `score` ranks and measures nothing; `evidence` says in words what it
    rests on. `heat` is log10 of the estimated calls; `bytes_per_call` an estimate from the rules' costs; `share` (0-1) is measured, of
    the profile's mapped total, None without a profile.
    """

    class_name: str
    method: str
    score: float
    evidence: str
    path: str
    line: int
    component: str = ""
    level: EvidenceLevel = EvidenceLevel.STATIC
    heat: float = 0.0
    bytes_per_call: float = 0.0
    share: float | None = None
    route: tuple[RouteStep, ...] = ()
    sites: tuple[AllocationSite, ...] = ()
    triggers: tuple[str, ...] = ()


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """Component scores best first within a track, file scores by path, and the exponents that were used."""

    components: tuple[ComponentScore, ...] = ()
    files: tuple[FileScore, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    candidate_classes: tuple[Candidate, ...] = ()
    exponents: tuple[float, float, float] = (1.0, 0.5, 0.5)
    anchors_version: str = ""
    stability: Stability | None = None
    exposures: tuple[ComponentExposure, ...] = ()
