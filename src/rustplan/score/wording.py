"""Counting and saying, shared by the factors of both tracks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from rustplan.catalog import DensityAnchors, SeverityPoints, SignalAnchors
from rustplan.model.finding import Finding
from rustplan.model.score import FactorEvidence
from rustplan.score.levels import PLACES_SHOWN

RULES_SHOWN = 3


def per_kloc(amount: float, lines: int, anchors: DensityAnchors) -> float:
    """Return an amount per 1,000 lines, with the prior mixed in."""
    return amount / ((lines + anchors.prior_lines) / 1000)


def points(finding: Finding, table: SeverityPoints) -> float:
    """Return the severity points of a defect: severity times confidence."""
    severity = table.severity.get(finding.severity.value, 0.0) if finding.severity else 0.0
    return severity * table.confidence.get(finding.confidence.value, 0.0)


def share_of_strength(places: int, anchors: SignalAnchors) -> float:
    """One place says most of it, more places the rest."""
    grown = min(1.0, math.log(places) / math.log(anchors.enough_places))
    return anchors.first_place + (1.0 - anchors.first_place) * grown


def top_rules(findings: Sequence[Finding], *, most: int = RULES_SHOWN) -> str:
    """Name the rules with the most places: `pointer-arithmetic (210), c-string (34)`."""
    places: Counter[str] = Counter()
    for finding in findings:
        places[finding.rule] += finding.places
    ordered = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{rule} ({number:,})" for rule, number in ordered[:most])
    return shown if len(ordered) <= most else f"{shown} and {count(len(ordered) - most, 'other rule')}"


def mostly(findings: Sequence[Finding]) -> str:
    """Continue a count with its rules: `: c-string (3)` when all of them fit, else `, mostly pointer-cast (9), ... and 2 other rules`."""
    shown = top_rules(findings)
    return f", mostly {shown}" if len({finding.rule for finding in findings}) > RULES_SHOWN else f": {shown}"


def heaviest_places(findings: Sequence[Finding]) -> tuple[FactorEvidence, ...]:
    """Return the places of the findings with the greatest weight."""
    ordered = sorted(findings, key=lambda finding: (-finding.weight, -finding.places, *_place(finding)))
    return tuple(_evidence(finding) for finding in ordered[:PLACES_SHOWN])


def worst_places(findings: Sequence[Finding], table: SeverityPoints) -> tuple[FactorEvidence, ...]:
    """Return the places of the findings with the most severity points."""
    ordered = sorted(findings, key=lambda finding: (-points(finding, table), *_place(finding)))
    return tuple(_evidence(finding) for finding in ordered[:PLACES_SHOWN])


def count(number: float, noun: str) -> str:
    """Return `1 line`, `12,400 lines`, `3 entries`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,.0f} {plural}"


def name_list(names: Sequence[str]) -> str:
    """Join names the way a sentence does: `a`, `a and b`, `a, b and c`."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return finding.path, finding.line, finding.column, finding.rule


def _evidence(finding: Finding) -> FactorEvidence:
    where = f" in {finding.function}" if finding.function else ""
    more = f" ({count(finding.places, 'place')})" if finding.places > 1 else ""
    return FactorEvidence(path=finding.path, line=finding.line, what=f"{finding.rule}{where}{more}")
