"""The memory-safe roadmap's six elements and the crosswalk: what is computed, what is drafted, what only a person can fill in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rustplan.catalog.cwe import load_weaknesses
from rustplan.catalog.guidance import Expectation, load_guidance
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.finding import Kind, Track
from rustplan.model.roadmap import Option
from rustplan.model.score import ComponentScore
from rustplan.model.source import Language, Role
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, listed, percent, whole
from rustplan.report.view.shapes import Mark, View, state_mark

SECTIONS = {
    1: "Summary",
    2: "Roadmap",
    3: "Priorities",
    4: "Risk map",
    5: "Dependencies",
    6: "Components",
    7: "Findings",
    8: "Progress",
    9: "Evidence and method",
}
_NAMED, _LISTED = 5, 10
_PLATFORM = ("java.", "javax.", "jdk.", "sun.")


class ExpectationView(View, frozen=True, kw_only=True):
    """One expectation: its wording, its source, the state it is in, what was computed, and the blanks that remain."""

    id: str
    heading: str
    quoted: bool
    asks: str
    source: int
    page: str
    state: Mark
    facts: tuple[str, ...]
    blanks: tuple[str, ...]
    where: str
    href: str
    in_summary: bool


def build_expectations(index: PageIndex, group: str) -> tuple[ExpectationView, ...]:
    """Return the expectations of a group (`element` or `crosswalk`) in the order of the catalogue."""
    return tuple(_view(index, entry) for entry in load_guidance().expectations if entry.group == group)


def _view(index: PageIndex, entry: Expectation) -> ExpectationView:
    planned = [item for item in index.analysis.roadmap.guide if item.element == entry.id]
    facts = tuple(_FACTS[entry.id](index)) if entry.id in _FACTS else ()
    facts += tuple(
        f"{clip(visible(item.topic), 80)} ({item.state}): {clip(visible(item.text), 500)}"
        for item in planned
        if item.state != "blank"
    )
    if index.is_redacted and entry.id in _OF_THE_SOURCE:
        facts = ("What the scan found is withheld in this edition for publication.",)
    state = entry.state if facts or entry.state == "provided" else "human"
    return ExpectationView(
        id=entry.id,
        heading=entry.heading,
        quoted=entry.quoted,
        asks=entry.asks,
        source=load_guidance().number(entry.source),
        page=entry.page,
        state=state_mark(state),
        facts=facts,
        blanks=(*entry.blanks, *(clip(visible(item.text), 200) for item in planned if item.state == "blank")),
        where=f"{entry.section} {SECTIONS[entry.section]}" if entry.section else "",
        href=f"#s{entry.section}" if entry.section else "",
        in_summary=entry.in_summary,
    )


def _phases(index: PageIndex) -> list[str]:
    waves = index.analysis.roadmap.waves
    if not waves:
        return []
    moved = {name for wave in waves for name in wave.components}
    words = [
        f"{counted(len(waves), 'wave')} with {counted(len(moved), 'component')}: order, outcome and effort range of each are in the table above."
    ]
    pilot = _pilot(index)
    if pilot:
        words.append(pilot)
    words.extend(_signals(index, "Inputs for the threat model, to be confirmed"))
    return words


def _pilot(index: PageIndex) -> str:
    """The pilot of the plan, or why it has none."""
    pilot = index.analysis.roadmap.pilot
    if pilot is None:
        return ""
    if not pilot.component:
        return clip(visible(pilot.because), 300)
    return f"A pilot to consider: {shown(pilot.component, 60)}. The box above says why."


def _new_code(index: PageIndex) -> list[str]:
    total = sum(entry.sloc for entry in index.analysis.coverage.languages if entry.role is Role.SOURCE)
    if not total:
        return []
    return [
        f"Today {percent(index.unsafe_sloc / total)} of the source lines that were read are C or C++. How much of the new code is cannot be told from one scan."
    ]


def _training(index: PageIndex) -> list[str]:
    systems = Counter(target.system for target in index.analysis.targets)
    if not systems:
        return []
    named = [f"{shown(name, 30)} ({counted(count, 'target')})" for name, count in sorted(systems.items())]
    return [f"Builds that Rust must be integrated into: {listed(named)}."]


def _dependencies(index: PageIndex) -> list[str]:
    vendored = [
        entry
        for entry in index.analysis.coverage.languages
        if entry.role is Role.VENDORED and entry.language.is_memory_unsafe and entry.sloc
    ]
    external = sorted({name for component in index.analysis.graph.components for name in component.external})
    words = []
    if vendored:
        parts = [
            f"{counted(entry.sloc, 'line')} of {entry.language.label} in {counted(entry.files, 'file')}"
            for entry in vendored
        ]
        words.append(f"Vendored in this repository: {listed(parts)}.")
    if external:
        rest = f" and {whole(len(external) - 12)} more" if len(external) > 12 else ""
        words.append(
            f"Named by build files, not in this repository: {', '.join(shown(name, 40) for name in external[:12])}{rest}."
        )
    return words + _from_outside(index)


def _from_outside(index: PageIndex) -> list[str]:
    """Third-party headers and packages that are used and not here. Java classes are counted by package; the platform is no third party."""
    headers: Counter[str] = Counter()
    packages: Counter[str] = Counter()
    for entry in index.analysis.coverage.unresolved:
        if entry.kind is not UnresolvedKind.THIRD_PARTY:
            continue
        if entry.edge is EdgeKind.INCLUDE:
            headers[entry.reference] += entry.count
        elif not entry.reference.startswith(_PLATFORM):
            packages[entry.reference.removesuffix(".*").rpartition(".")[0] or entry.reference] += entry.count
    leads = (("Native code from outside", headers), ("Java packages from outside", packages))
    return [f"{lead}: {_most_used(names)}." for lead, names in leads if names]


def _most_used(names: Counter[str]) -> str:
    ordered = sorted(names, key=lambda name: (-names[name], name))
    words = [f"{shown(name, 50)} ({counted(names[name], 'file')})" for name in ordered[:_LISTED]]
    return ", ".join(words) + (f" and {whole(len(ordered) - _LISTED)} more" if len(ordered) > _LISTED else "")


def _transparency(index: PageIndex) -> list[str]:
    return [
        f"Every number of this report stands in rustplan.json (schema {index.analysis.schema}); the same commit, rules and settings give the same bytes, so two dates can be compared."
    ]


def _cwes(index: PageIndex) -> list[str]:
    findings = [finding for finding in index.source_findings() if finding.kind in (Kind.DEFECT, Kind.EXPOSURE)]
    if not findings:
        return []
    known = load_weaknesses()
    named = [finding.cwe for finding in findings if finding.cwe is not None]
    members = sum(1 for cwe in named if cwe in known and known[cwe].is_memory_safety)
    return [
        f"{whole(len(named))} of {counted(len(findings), 'defect or exposure', 'defects and exposures')} suggest a CWE, {whole(members)} of them a member of CWE-1399 (memory safety). No CVE record was read."
    ]


def _priority_code(index: PageIndex) -> list[str]:
    return _signals(index, "Components with such code by what was found, to be confirmed")


def _same_code(index: PageIndex) -> list[str]:
    return ["The list at CMSR-P3."] if _priority_code(index) else []


def _signals(index: PageIndex, lead: str) -> list[str]:
    """The best-ranked components that have signals on the memory-safety track, with the rules that say so."""
    named = []
    for score in index.ranked[Track.MEMORY_SAFETY]:
        rules = sorted(
            {
                finding.rule
                for finding in index.findings_of.get(score.component, ())
                if finding.kind is Kind.SIGNAL and Track.MEMORY_SAFETY in finding.tracks
            }
        )
        if rules:
            named.append(f"{shown(score.component, 40)} ({', '.join(rules[:3])})")
    if not named:
        return []
    rest = f" and {whole(len(named) - _NAMED)} more" if len(named) > _NAMED else ""
    return [f"{lead}: {', '.join(named[:_NAMED])}{rest}."]


def _self_contained(index: PageIndex) -> list[str]:
    pilot = index.analysis.roadmap.pilot
    if pilot is None or not pilot.component:
        return []
    return [
        f"Proposed to begin with: {shown(pilot.component, 60)}. Section 2 says why, and what is compared before the old code goes."
    ]


def _instrumented(index: PageIndex) -> list[str]:
    """Fuzz harnesses as the scorecard counted them; what runs in production is in no source text."""
    ranked = index.ranked[Track.MEMORY_SAFETY]
    fuzzed = [score.component for score in ranked if _feasible(score, "fuzzing") > 0]
    if not ranked:
        return []
    if not fuzzed:
        return ["No fuzz harness in this repository reaches a ranked component."]
    named = ", ".join(shown(name, 40) for name in fuzzed[:_NAMED])
    rest = f" and {whole(len(fuzzed) - _NAMED)} more" if len(fuzzed) > _NAMED else ""
    return [f"Fuzz harnesses of this repository reach {named}{rest}."]


def _feasible(score: ComponentScore, name: str) -> float:
    return next((factor.value for factor in score.feasibility_factors if factor.name == name), 0.0)


def _changing(index: PageIndex) -> list[str]:
    """The components that change most often, from the history; nothing is said where there is none."""
    rates = []
    for score in index.ranked[Track.MEMORY_SAFETY]:
        churn = next((factor for factor in score.risk_factors if factor.name == "churn" and not factor.is_absent), None)
        if churn is not None and churn.value > 0:
            rates.append((-churn.value, score.component))
    named = [f"{shown(name, 40)} ({-rate:.2g})" for rate, name in sorted(rates)[:_NAMED]]
    return [f"Changed most often, in commits per file and month: {', '.join(named)}."] if named else []


def _hardened(index: PageIndex) -> list[str]:
    steps = [step for step in index.analysis.roadmap.steps if step.track is Track.MEMORY_SAFETY]
    names = sorted(step.component for step in steps if step.choice.option is Option.HARDEN)
    if not steps:
        return []
    if not names:
        return ["No component is proposed to be hardened; what is retained is in the parked list of section 2."]
    rest = f" and {whole(len(names) - _NAMED)} more" if len(names) > _NAMED else ""
    return [f"Proposed to be hardened: {', '.join(shown(name, 40) for name in names[:_NAMED])}{rest}."]


def _cpu_bound(index: PageIndex) -> list[str]:
    if Language.JAVA not in index.languages:
        return []
    components = len(index.ranked[Track.LATENCY])
    methods = len(index.analysis.scorecard.candidates)
    return [
        f"{counted(components, 'Java component')} and {counted(methods, 'method')} are candidates by static evidence; a profile must confirm them."
    ]


def _wrapped(index: PageIndex) -> list[str]:
    names = sorted(step.component for step in index.analysis.roadmap.steps if step.choice.option is Option.WRAP)
    if not names:
        return ["No component is proposed to be wrapped."] if index.analysis.roadmap.steps else []
    rest = f" and {whole(len(names) - _NAMED)} more" if len(names) > _NAMED else ""
    return [f"Proposed to be wrapped: {', '.join(shown(name, 40) for name in names[:_NAMED])}{rest}."]


def _reduction(index: PageIndex) -> list[str]:
    waves = index.analysis.roadmap.waves
    if not waves or not index.unsafe_sloc:
        return []
    covered = min(1.0, sum(wave.unsafe_sloc for wave in waves) / index.unsafe_sloc)
    return [
        f"The waves would remove {percent(covered)} of the memory-unsafe lines. This is a projection of a model, not a measured reduction."
    ]


def _boundaries(index: PageIndex) -> list[str]:
    steps = [step for step in index.analysis.roadmap.steps if step.boundary.crossings]
    if not steps:
        return []
    crossings = sum(len(step.boundary.crossings) for step in steps)
    return [
        f"{counted(crossings, 'crossing')} listed for {counted(len(steps), 'component')}, each with the shape of its signature."
    ]


def _measurability(index: PageIndex) -> list[str]:
    if not index.analysis.scorecard.components:
        return []
    return [
        "Every score shows its parts, fixed anchors and the range that unread code leaves open. It is a heuristic, not a count of vulnerabilities."
    ]


def _shares(index: PageIndex) -> list[str]:
    lines = [entry for entry in index.analysis.coverage.languages if entry.role is Role.SOURCE]
    if not lines:
        return []
    parts = [f"{entry.language.label} {counted(entry.sloc, 'line')}" for entry in lines]
    return [f"{listed(parts)}, role source only."]


_OF_THE_SOURCE = frozenset(
    (
        "CMSR-3",
        "CMSR-4",
        "CMSR-6",
        "CMSR-P2",
        "CMSR-P3",
        "CMSR-P4",
        "CMSR-P5",
        "CMSR-P6",
        "PSBP-3",
        "NSA25-1",
        "NSA25-2",
        "ONCD-2",
    )
)
"""Answers that name what is in the source, or the parts of a score: an edition for publication withholds them."""

_FACTS: dict[str, Callable[[PageIndex], list[str]]] = {
    "CMSR-1": _phases,
    "CMSR-2": _new_code,
    "CMSR-3": _training,
    "CMSR-4": _dependencies,
    "CMSR-5": _transparency,
    "CMSR-6": _cwes,
    "CMSR-M": _hardened,
    "CMSR-P2": _self_contained,
    "CMSR-P3": _priority_code,
    "CMSR-P4": _instrumented,
    "CMSR-P5": _changing,
    "CMSR-P6": _cpu_bound,
    "CMSR-P8": _wrapped,
    "PSBP-3": _same_code,
    "PSBP-4": _reduction,
    "NSA25-1": _boundaries,
    "NSA25-2": _same_code,
    "ONCD-2": _measurability,
    "OSS24": _shares,
}
