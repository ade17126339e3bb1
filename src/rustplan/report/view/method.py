"""Section 9: what was read, where the numbers come from, and how to get the same ones again."""

from __future__ import annotations

from collections import Counter, defaultdict

from rustplan.catalog.anchors import load_anchors
from rustplan.catalog.guidance import GRADE_WORDS, Source, load_guidance
from rustplan.model.finding import RuleSummary, Track
from rustplan.model.score import Factor
from rustplan.model.source import DegradedFile, IgnoredPath, SkippedFile
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, decimal, percent, size_of, whole
from rustplan.report.view.shapes import Group, Mark, View, severity_mark
from rustplan.report.view.words import (
    EDGE_WORDS,
    EFFECT_WORDS,
    ROLE_WORDS,
    TRACK_WORDS,
    UNRESOLVED_WORDS,
    named,
    reason_words,
    sentence,
)

LISTED = 40


class LanguageRow(View, frozen=True, kw_only=True):
    """One language in one role."""

    language: str
    role: str
    files: str
    lines: str
    functions: str
    share: str
    unread: str
    masked: str


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

    share: str
    languages: tuple[LanguageRow, ...]
    other_files: str
    skipped: tuple[Group, ...]
    degraded: tuple[Group, ...]
    ignored: tuple[Group, ...]
    links: tuple[tuple[str, str, str, str, str], ...]
    unresolved: tuple[Group, ...]
    unassigned: Group | None
    absent: tuple[tuple[str, str, str], ...]
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
    coverage = analysis.coverage
    counts = Counter(finding.rule for finding in analysis.findings)
    return MethodView(
        share=percent(coverage.share),
        languages=_languages(index),
        other_files=counted(coverage.other_files, "file"),
        skipped=_skipped(coverage.skipped),
        degraded=_degraded(coverage.degraded),
        ignored=_ignored(coverage.ignored),
        links=_links(index),
        unresolved=_unresolved(index),
        unassigned=_unassigned(index),
        absent=tuple(
            (visible(entry.name), visible(entry.because), visible(entry.effect)) for entry in analysis.evidence.absent
        ),
        exponents=_exponents(analysis.scorecard.exponents),
        factors=_factors(index),
        anchors_version=visible(analysis.scorecard.anchors_version or anchors.version),
        anchor_sources=(("memory safety", anchors.memory_safety.source), ("latency", anchors.latency.source)),
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


def _languages(index: PageIndex) -> tuple[LanguageRow, ...]:
    return tuple(
        LanguageRow(
            language=entry.language.label,
            role=ROLE_WORDS[entry.role],
            files=whole(entry.files),
            lines=whole(entry.sloc),
            functions=whole(entry.functions),
            share=percent(entry.share_read),
            unread=size_of(entry.unread_bytes) if entry.unread_bytes else "none",
            masked=size_of(entry.masked_bytes) if entry.masked_bytes else "none",
        )
        for entry in index.analysis.coverage.languages
    )


def _skipped(files: tuple[SkippedFile, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in files:
        groups[reason_words(entry.reason)].append((shown(entry.path), visible(entry.detail)))
    return _groups(groups)


def _degraded(files: tuple[DegradedFile, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in files:
        groups[reason_words(entry.reason)].append((shown(entry.path), visible(entry.detail)))
    return _groups(groups)


def _ignored(paths: tuple[IgnoredPath, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in paths:
        groups[f"by {shown(entry.origin, 60)}"].append((shown(entry.path), f"pattern {shown(entry.pattern, 60)}"))
    return _groups(groups)


def _unresolved(index: PageIndex) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in sorted(index.analysis.coverage.unresolved, key=lambda entry: (-entry.count, entry)):
        words = f"{counted(entry.count, 'place')}, first {shown(entry.path, 80)}:{entry.line}"
        groups[f"{UNRESOLVED_WORDS[entry.kind]} ({EDGE_WORDS[entry.edge]})"].append((shown(entry.reference, 80), words))
    return _groups(groups)


def _unassigned(index: PageIndex) -> Group | None:
    paths = index.analysis.graph.unassigned
    if not paths:
        return None
    return _group("in no component", [(shown(path), "") for path in paths])


def _groups(groups: dict[str, list[tuple[str, str]]]) -> tuple[Group, ...]:
    """Largest group first; each lists its first entries and says how many more there are."""
    return tuple(
        _group(words, rows) for words, rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _group(words: str, rows: list[tuple[str, str]]) -> Group:
    more = len(rows) - LISTED
    shown_rows = tuple((name, clip(detail, 160)) for name, detail in rows[:LISTED])
    return Group(
        words=words,
        count=whole(len(rows)),
        rows=shown_rows,
        more=f"{whole(more)} more in rustplan.json." if more > 0 else "",
    )


def _links(index: PageIndex) -> tuple[tuple[str, str, str, str, str], ...]:
    coverage = index.analysis.coverage
    rows = (("calls", coverage.calls), ("includes and imports", coverage.includes))
    return tuple(
        (name, whole(count.resolved), whole(count.ambiguous), whole(count.external), whole(count.unknown))
        for name, count in rows
    )


def _exponents(exponents: tuple[float, float, float]) -> tuple[str, str, str]:
    return (f"{exponents[0]:g}", f"{exponents[1]:g}", f"{exponents[2]:g}")


def _factors(index: PageIndex) -> tuple[FactorRow, ...]:
    """Each factor once per track, with the weight it has when nothing is absent as the catalogue gives it."""
    anchors = load_anchors()
    scales = {Track.MEMORY_SAFETY: anchors.memory_safety.factors, Track.LATENCY: anchors.latency.factors}
    rows: dict[tuple[Track, str], Factor] = {}
    for score in index.analysis.scorecard.components:
        for factor in score.risk_factors:
            rows.setdefault((score.track, factor.name), factor)
    found = []
    for (track, name), factor in rows.items():
        scale = scales[track].get(name)
        weight = f"{decimal(scale.weight, 0)} of 100" if scale else "–"
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
