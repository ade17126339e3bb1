"""Section 6: why this component, how, at what cost, why not, what it needs, and the lines that say so."""

from __future__ import annotations

from collections import Counter, defaultdict

from rustplan.model.component import Component, Dependency
from rustplan.model.finding import Finding, Kind, RelatedLocation, Track
from rustplan.report import words as phrases
from rustplan.report.escape import clip, visible
from rustplan.report.view.arithmetic import ScoreView, build_score
from rustplan.report.view.exposure import ExposureView, build_exposure
from rustplan.report.view.frames import FrameLine, build_frame, source_link
from rustplan.report.view.lookup import PageIndex, is_severe, shown
from rustplan.report.view.numbers import counted, percent, whole
from rustplan.report.view.proposal import ProposalView, build_proposal
from rustplan.report.view.shapes import Link, Mark, View, component_link, finding_mark
from rustplan.report.view.splits import SplitView, build_split
from rustplan.report.view.words import EDGE_WORDS, EFFECT_WORDS, TRACK_WORDS, named

NEIGHBOURS, EVIDENCE, SAME_RULE, RELATED = 8, 3, 2, 4


class NeighbourView(View, frozen=True, kw_only=True):
    """A dependency or a dependent, with its weight in words and one place."""

    component: Link
    parts: str
    place: str


class EvidenceView(View, frozen=True, kw_only=True):
    """One finding with its source lines."""

    id: str
    rule: str
    title: str
    severity: Mark
    kind: str
    cwe: str
    message: str
    place: str
    href: str
    frame: tuple[FrameLine, ...]
    related: tuple[str, ...]
    why: str
    in_rust: str
    effect: str


class CardView(View, frozen=True, kw_only=True):
    """One component card."""

    number: int
    name: str
    headline: tuple[str, ...]
    band: str
    option: str
    confidence: str
    provenance: str
    scores: tuple[ScoreView, ...]
    exposure: ExposureView | None
    proposals: tuple[ProposalView, ...]
    parked: tuple[str, ...]
    moves_with: tuple[Link, ...]
    depends_on: tuple[NeighbourView, ...]
    depends_more: str
    needed_by: tuple[NeighbourView, ...]
    needed_more: str
    neighbours_words: str
    evidence: tuple[EvidenceView, ...]
    findings: str
    split: SplitView | None = None


def build_cards(index: PageIndex) -> tuple[CardView, ...]:
    """Return the cards of the best-ranked components."""
    needs: dict[str, list[Dependency]] = defaultdict(list)
    needed: dict[str, list[Dependency]] = defaultdict(list)
    for edge in sorted(
        index.analysis.graph.dependencies, key=lambda edge: (-edge.weight, edge.dependent, edge.dependency)
    ):
        needs[edge.dependent].append(edge)
        needed[edge.dependency].append(edge)
    return tuple(_card(index, index.components[name], needs[name], needed[name]) for name in index.carded)


def _card(index: PageIndex, component: Component, needs: list[Dependency], needed: list[Dependency]) -> CardView:
    name = component.name
    scores = [index.score_of[name, track] for track in Track if (name, track) in index.score_of]
    steps = [index.steps[name, track] for track in Track if (name, track) in index.steps]
    parked = [index.parked[name, track] for track in Track if (name, track) in index.parked]
    findings = index.findings_of.get(name, ())
    unit = index.units.get(name)
    proposals = tuple(build_proposal(index, step) for step in steps)
    return CardView(
        number=index.numbers[name],
        name=shown(name),
        headline=_headline(index, component),
        band=index.band(scores[0].risk),
        option=proposals[0].option if proposals else "",
        confidence=scores[0].confidence.value,
        provenance=_provenance(component),
        scores=tuple(build_score(index, score) for score in scores),
        exposure=build_exposure(index, name),
        proposals=proposals,
        parked=tuple(f"{TRACK_WORDS[entry.track]}: {clip(visible(entry.because), 300)}" for entry in parked),
        moves_with=tuple(component_link(index, other) for other in unit.components if other != name) if unit else (),
        depends_on=tuple(_neighbour(index, edge, edge.dependency, "calls") for edge in needs[:NEIGHBOURS]),
        depends_more=_more(len(needs) - NEIGHBOURS),
        needed_by=tuple(_neighbour(index, edge, edge.dependent, "its Java calls") for edge in needed[:NEIGHBOURS]),
        needed_more=_more(len(needed) - NEIGHBOURS),
        neighbours_words=_neighbours_words(len(needs), len(needed)),
        evidence=_evidence(index, name, findings),
        findings=_findings_words(findings),
        split=build_split(index, name),
    )


def _headline(index: PageIndex, component: Component) -> tuple[str, ...]:
    words = [
        phrases.languages(component.languages),
        counted(component.sloc, "line"),
        counted(len(component.files), "file"),
    ]
    words.append(counted(component.test_files, "own test file"))
    words.append(f"wave {index.waves[component.name]}" if component.name in index.waves else "in no wave")
    return tuple(words)


def _provenance(component: Component) -> str:
    origin = component.provenance
    because = clip(visible(origin.because), 200)
    source = shown(named(origin.source), 40)
    said = because if because.lower().startswith(source.lower()) else f"{source}: {because}"
    return f"Taken for one component by {said} (confidence {percent(origin.confidence)})"


def _neighbour(index: PageIndex, edge: Dependency, name: str, verb: str) -> NeighbourView:
    native = phrases.native_words(edge)
    kinds = sorted(edge.parts, key=lambda kind: (-edge.parts[kind], kind.value))
    first = edge.evidence[0] if edge.evidence else None
    return NeighbourView(
        component=component_link(index, name),
        parts=f"{counted(edge.places, 'place')}: {', '.join(EDGE_WORDS[kind] for kind in kinds)}"
        + (f"; {verb} {native}" if native else ""),
        place=f"{shown(first.symbol, 50)} in {shown(first.path, 70)}:{first.line}" if first else "",
    )


def _neighbours_words(needs: int, needed: int) -> str:
    if not needs and not needed:
        return "Depends on nothing in this repository, needed by nothing in it"
    return f"Depends on {counted(needs, 'component') if needs else 'none'}, needed by {whole(needed) if needed else 'none'}"


def _more(count: int) -> str:
    return f"{whole(count)} more in rustplan.json." if count > 0 else ""


def chosen_evidence(index: PageIndex, findings: tuple[Finding, ...]) -> list[Finding]:
    """The worst findings: severe defects, then those with source lines, and not the same rule over and over."""
    telling = [finding for finding in findings if finding.kind is not Kind.SIGNAL]
    seen: Counter[str] = Counter()
    ranked = []
    for place, finding in enumerate(telling):
        has_frame = index.excerpt(finding) is not None
        ranked.append(
            (
                not is_severe(finding) or seen[finding.rule] >= SAME_RULE,
                seen[finding.rule] // SAME_RULE,
                not has_frame,
                place,
            )
        )
        seen[finding.rule] += 1
    return [telling[place] for *_, place in sorted(ranked)[:EVIDENCE]]


def evidence_anchor(index: PageIndex, owner: str, place: int) -> str:
    """The id of a finding on the card of its component; `place` counts from 0."""
    return f"c{index.numbers[owner]}-e{place + 1}"


def _evidence(index: PageIndex, owner: str, findings: tuple[Finding, ...]) -> tuple[EvidenceView, ...]:
    """The chosen findings; what a rule has to say is said once in a card."""
    told: set[str] = set()
    views = []
    for place, finding in enumerate(chosen_evidence(index, findings)):
        anchor = evidence_anchor(index, owner, place)
        views.append(_evidence_view(index, finding, anchor, is_told=finding.rule in told))
        told.add(finding.rule)
    return tuple(views)


def _evidence_view(index: PageIndex, finding: Finding, anchor: str, *, is_told: bool) -> EvidenceView:
    rule = index.rules.get(finding.rule)
    return EvidenceView(
        id=anchor,
        rule=shown(finding.rule, 60),
        title=visible(rule.title) if rule else "",
        severity=finding_mark(finding),
        kind=finding.kind.value,
        cwe=f"CWE-{finding.cwe}" if finding.cwe is not None else "",
        message=clip(visible(finding.message), 300),
        place=f"{shown(finding.path)}:{finding.line}",
        href=source_link(index, finding.path, finding.line),
        frame=build_frame(index, finding),
        related=tuple(_told(place) for place in finding.related[:RELATED]),
        why=visible(rule.why) if rule and not is_told else "",
        in_rust=visible(rule.in_rust) if rule and not is_told else "",
        effect=EFFECT_WORDS[rule.rust_effect] if rule else "",
    )


def _told(place: RelatedLocation) -> str:
    """One more place of the evidence, in the finding's own file or another."""
    where = f"{shown(place.path)}:{place.line}" if place.path else f"line {place.line}"
    return f"{where}: {clip(visible(place.message), 160)}"


def _findings_words(findings: tuple[Finding, ...]) -> str:
    kinds = Counter(finding.kind for finding in findings)
    parts = [counted(kinds[kind], kind.value) for kind in Kind if kinds[kind]]
    return f"{counted(len(findings), 'finding')} ({', '.join(parts)})" if parts else "no findings"
