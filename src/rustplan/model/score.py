"""Scores that show their arithmetic."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Confidence, Track
from rustplan.model.source import Language, Role


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
    """One row of files.csv. `risk` says where fixes will land, `risk_per_line` what a rewritten line buys; None when not scored (not C or C++, or not role source)."""

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


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A Java method that may allocate on a hot path: a candidate from static evidence, never "hot". `class_name` is binary, `method` may be `<init>` or `<clinit>`."""

    class_name: str
    method: str
    score: float
    evidence: str
    path: str
    line: int
    component: str = ""


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """Component scores best first within a track, file scores by path, and the exponents that were used."""

    components: tuple[ComponentScore, ...] = ()
    files: tuple[FileScore, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    exponents: tuple[float, float, float] = (1.0, 0.5, 0.5)
    anchors_version: str = ""
