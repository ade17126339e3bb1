"""Section 9: what was read, where the numbers come from, and how to get the same ones again."""

from __future__ import annotations

import math
from collections import Counter

from rustplan.catalog.anchors import load_anchors
from rustplan.catalog.guidance import GRADE_WORDS, Source, load_guidance
from rustplan.model.finding import RuleSummary, Track
from rustplan.model.score import Factor
from rustplan.model.stability import Stability
from rustplan.report.escape import clip, visible
from rustplan.report.past_words import evidence_rows
from rustplan.report.stability_words import comparison_words, rank_mark
from rustplan.report.view.coverage import CoverageView, build_coverage
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, decimal, percent, whole
from rustplan.report.view.shapes import Mark, View, severity_mark
from rustplan.report.view.words import (
    EFFECT_WORDS,
    TRACK_WORDS,
    named,
    sentence,
)

MOST_RANKS = 10


class FactorRow(View, frozen=True, kw_only=True):
    """One factor of a track's risk, as it was used."""

    track: str
    name: str
    weight: str
    unit: str
    anchor: str


class RuleRow(View, frozen=True, kw_only=True):
    """One rule that found something."""

    id: str
    title: str
    kind: str
    severity: Mark
    cwe: str
    effect: str
    count: str
    limits: tuple[str, ...]


class SourceView(View, frozen=True, kw_only=True):
    """One cited document with what is relied on."""

    number: int
    publisher: str
    title: str
    published: str
    url: str
    standing: str
    grade: str
    checked: str
    statements: tuple[tuple[str, bool, str, str], ...]


class MethodView(View, frozen=True, kw_only=True):
    """All of the section, coverage first."""

    coverage: CoverageView
    absent: tuple[tuple[str, str, str], ...]
    past: tuple[tuple[str, str], ...]
    firmness: str
    ranks: tuple[tuple[str, str, str], ...]
    naive: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]
    exponents: tuple[str, str, str]
    factors: tuple[FactorRow, ...]
    anchors_version: str
    anchor_sources: tuple[tuple[str, str], ...]
    rules: tuple[RuleRow, ...]
    silent_rules: tuple[str, ...]
    rules_total: str
    sources: tuple[SourceView, ...]
    reproduce: tuple[tuple[str, str], ...]
    footer: str


def build_method(index: PageIndex) -> MethodView:
    """Return the section on evidence and method."""
    analysis, anchors, guidance = index.analysis, load_anchors(), load_guidance()
    counts = Counter(finding.rule for finding in analysis.findings)
    return MethodView(
        coverage=build_coverage(index),
        absent=tuple(
            (visible(entry.name), visible(entry.because), visible(entry.effect)) for entry in analysis.evidence.absent
        ),
        past=tuple((name, visible(words)) for name, words in evidence_rows(analysis.evidence)),
        firmness=_firmness(analysis.scorecard.stability),
        ranks=_ranks(analysis.scorecard.stability),
        naive=_naive(analysis.scorecard.stability),
        exponents=_exponents(analysis.scorecard.exponents),
        factors=_factors(index),
        anchors_version=visible(analysis.scorecard.anchors_version or anchors.version),
        anchor_sources=(
            ("memory safety", anchors.memory_safety.source),
            ("files", anchors.files.source),
            ("latency", anchors.latency.source),
        ),
        rules=tuple(
            _rule(rule, counts[rule.id])
            for rule in sorted(analysis.rules, key=lambda rule: (-counts[rule.id], rule.id))
            if counts[rule.id]
        ),
        silent_rules=tuple(rule.id for rule in analysis.rules if not counts[rule.id]),
        rules_total=counted(len(analysis.rules), "rule"),
        sources=tuple(_source(number, source) for number, source in enumerate(guidance.sources, 1)),
        reproduce=_reproduce(index),
        footer=guidance.footer,
    )


def _firmness(stability: Stability | None) -> str:
    if stability is None or not stability.ranges:
        return ""
    return (
        f"{whole(stability.draws)} times every weight and exponent was multiplied by another random factor (two of three lie between "
        f"{decimal(math.exp(-stability.spread), 2)} and {decimal(math.exp(stability.spread), 2)}). The table says between which ranks a "
        f"component stayed in {percent(stability.share)} of the draws, and in how many it stood among the first five."
    )


def _ranks(stability: Stability | None) -> tuple[tuple[str, str, str], ...]:
    """The first of the memory-safety track: name, ranks, share of the draws among the first five."""
    if stability is None:
        return ()
    shown_first = [one for one in stability.ranges if one.track is Track.MEMORY_SAFETY][:MOST_RANKS]
    return tuple(
        (
            shown(one.component, 60),
            rank_mark(one.component, one.track, stability).replace("-", "–"),
            percent(one.in_top),
        )
        for one in shown_first
    )


def _naive(stability: Stability | None) -> tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]:
    """Each naive ranking in a sentence, with the components that it places elsewhere."""
    if stability is None:
        return ()
    return tuple(
        (
            comparison_words(comparison),
            tuple(
                (shown(one.component, 60), whole(one.rank), whole(one.naive_rank), visible(one.because))
                for one in comparison.differences
            ),
        )
        for comparison in stability.comparisons
    )


def _exponents(exponents: tuple[float, float, float]) -> tuple[str, str, str]:
    return (f"{exponents[0]:g}", f"{exponents[1]:g}", f"{exponents[2]:g}")


def _factors(index: PageIndex) -> tuple[FactorRow, ...]:
    """Each factor once per track, with the weight it has when nothing is absent as the catalogue gives it."""
    anchors = load_anchors()
    scales = {Track.MEMORY_SAFETY: anchors.memory_safety.factors, Track.LATENCY: anchors.latency.factors}
    replaced = {one.name: one.used for one in index.analysis.roadmap.overrides}
    rows: dict[tuple[Track, str], Factor] = {}
    for score in index.analysis.scorecard.components:
        for factor in score.risk_factors:
            rows.setdefault((score.track, factor.name), factor)
    found = []
    for (track, name), factor in rows.items():
        scale = scales[track].get(name)
        used = replaced.get(f"score.weights.{name}")
        weight = f"{decimal(scale.weight, 0)} of 100" if scale else "–"
        if used is not None and scale:
            weight = f"{used:g} for {scale.weight:g}, replaced"
        found.append(
            FactorRow(
                track=TRACK_WORDS[track],
                name=sentence(named(name)),
                weight=weight,
                unit=visible(factor.unit),
                anchor=visible(factor.anchor),
            )
        )
    return tuple(found)


def _rule(rule: RuleSummary, count: int) -> RuleRow:
    return RuleRow(
        id=shown(rule.id, 60),
        title=visible(rule.title),
        kind=rule.kind.value,
        severity=severity_mark(rule.severity),
        cwe=f"CWE-{rule.cwe[0]}" if rule.cwe else "",
        effect=EFFECT_WORDS[rule.rust_effect],
        count=whole(count),
        limits=tuple(visible(limit) for limit in rule.limits),
    )


def _source(number: int, source: Source) -> SourceView:
    guidance = load_guidance()
    statements = [statement for statement in guidance.statements if statement.source == source.id]
    return SourceView(
        number=number,
        publisher=source.publisher,
        title=source.title,
        published=source.published,
        url=source.url,
        standing=source.standing,
        grade=GRADE_WORDS[source.grade],
        checked=source.checked,
        statements=tuple(
            (entry.text, entry.quoted, entry.page, GRADE_WORDS[entry.grade] if entry.grade != source.grade else "")
            for entry in statements
        ),
    )


def _reproduce(index: PageIndex) -> tuple[tuple[str, str], ...]:
    analysis = index.analysis
    project = analysis.project
    commit = (
        visible(project.commit)
        if project.commit
        else f"not known ({visible(project.commit_because) or 'no reason given'})"
    )
    return (
        ("Command", clip(visible(analysis.command), 1000)),
        ("Tool", f"{visible(analysis.tool.name)} {visible(analysis.tool.version)}"),
        ("Commit", commit),
        ("Commit date", visible(project.date or "") or "not known"),
        ("Rules, SHA-256", analysis.tool.rules_digest),
        ("Catalogues, SHA-256", analysis.tool.catalog_digest),
        ("Settings, SHA-256", analysis.settings_digest),
        ("Data (rustplan.json), SHA-256", analysis.data_digest or "not known"),
        ("Schema", analysis.schema),
    )
