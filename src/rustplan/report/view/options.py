"""The five options of a component beside each other, and what they rest on for the whole tree: libraries, hardening, machines, Rust."""

from __future__ import annotations

from rustplan.catalog.hardening import load_hardening
from rustplan.catalog.targets import load_targets
from rustplan.model.choices import HardeningMeasure, Platform, Replacement
from rustplan.model.roadmap import OptionAssessment, Step
from rustplan.model.score import FactorEvidence
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, effort_range, whole
from rustplan.report.view.shapes import View
from rustplan.report.view.words import OPTION_WORDS

TEXT, LONG, PLACES, ROWS = 260, 620, 3, 40
_ABI = {"drop-in": "drop-in", "partial": "partial", "own": "its own", "none": "none"}
_TIER = {"1": "tier 1", "2": "tier 2", "3": "tier 3", "none": "no target"}
_STD = {"full": "", "partial": "standard library in part", "none": "without the standard library (no_std)"}


class OptionRow(View, frozen=True, kw_only=True):
    """One option."""

    option: str
    state: str
    cost: str
    because: str
    residual: str
    source: str
    places: str


class OptionsView(View, frozen=True, kw_only=True):
    """The options of one step, with the oracle, what a translation loses, and comparable ports."""

    rows: tuple[OptionRow, ...]
    oracle: str
    blockers: tuple[str, ...]
    ports: tuple[str, ...]


class LibraryRow(View, frozen=True, kw_only=True):
    """A library and what could take over."""

    library: str
    how: str
    crate: str
    abi: str
    licence: str
    maturity: str
    caveat: str
    places: str
    checked: str
    url: str


class MeasureRow(View, frozen=True, kw_only=True):
    """A hardening measure."""

    words: str
    state: str
    buys: str
    since: str
    places: str


class PlatformRow(View, frozen=True, kw_only=True):
    """A machine or system."""

    words: str
    tier: str
    target: str
    note: str
    places: str


class TreeOptionsView(View, frozen=True, kw_only=True):
    """What holds for the whole tree."""

    libraries: tuple[LibraryRow, ...]
    libraries_more: str
    measures: tuple[MeasureRow, ...]
    guide: str
    platforms: tuple[PlatformRow, ...]
    platforms_source: str
    rust: str

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return not (self.libraries or self.measures or self.platforms)


def build_options(index: PageIndex, step: Step) -> OptionsView | None:
    """Return the options of a step; None for one without."""
    if not step.assessments:
        return None
    score = index.score_of.get((step.component, step.track))
    oracle = score.oracle if score is not None else None
    return OptionsView(
        rows=tuple(_row(one, step) for one in step.assessments),
        oracle=f"Grade {oracle.grade} of A to E: {clip(visible(oracle.because), TEXT)}" if oracle is not None else "",
        blockers=tuple(
            f"{visible(one.words)} ({visible(one.grade)}): {counted(one.places, 'place')}, such as {_places(one.evidence)}"
            for one in step.blockers
        ),
        ports=tuple(
            f"{visible(port.name)} ({port.outcome}). Comparable in: {visible(port.comparable_in)}; differs in: {visible(port.differs_in)}. "
            f"{visible(port.effort)} {visible(port.caveat)} Source: {visible(port.source)}, checked {visible(port.checked)}."
            for port in step.comparable
        ),
    )


def build_tree_options(index: PageIndex) -> TreeOptionsView:
    """Return what was recognised in the whole tree."""
    roadmap = index.analysis.roadmap
    guide, targets = load_hardening(), load_targets()
    more = len(roadmap.replacements) - ROWS
    rust = roadmap.rust_present
    return TreeOptionsView(
        libraries=tuple(_library(one) for one in roadmap.replacements[:ROWS]),
        libraries_more=f"{whole(more)} more in replacements.csv." if more > 0 else "",
        measures=tuple(_measure(one) for one in roadmap.hardening),
        guide=f"{guide.guide} ({guide.source}), checked {guide.checked}. A compiler or a distribution may turn on what no build file names.",
        platforms=tuple(_platform(one) for one in roadmap.platforms[:ROWS]),
        platforms_source=f"{targets.source}, checked {targets.checked}. Newer compilers may know more targets.",
        rust=f"Rust is here already: {_places(rust)}." if rust else "No Rust was found in the repository.",
    )


def _row(one: OptionAssessment, step: Step) -> OptionRow:
    state = "chosen" if one.option is step.choice.option else "lost" if one.is_available else "not available"
    if one.option is step.runner_up.option:
        state = "runner-up"
    cost = f"{effort_range(one.p10, one.p50, one.p90)} PM" if one.p50 is not None else "not estimated"
    why = "" if one.p50 is not None else f" {clip(visible(one.cost_because), TEXT)}"
    length = LONG if one.option.value == "harden" else TEXT
    is_told = state in ("chosen", "runner-up") and one.option.value != "harden"
    return OptionRow(
        option=OPTION_WORDS[one.option],
        state=state,
        cost=cost,
        because=f"{'As above.' if is_told else clip(visible(one.because), length)}{why}",
        residual=clip(visible(one.residual), TEXT),
        source=clip(visible(one.residual_source), TEXT),
        places=_places(one.evidence),
    )


def _places(evidence: tuple[FactorEvidence, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{shown(place.path, 80)}:{place.line}" for place in evidence[:PLACES]))


def _library(one: Replacement) -> LibraryRow:
    how = {"held": "its files are here", "linked": "in use", "named": "named by a build file, no use found"}
    return LibraryRow(
        library=visible(one.library),
        how=how[one.holding.value],
        crate=visible(one.crate),
        abi=_ABI.get(one.c_abi, visible(one.c_abi)),
        licence=visible(one.licence),
        maturity=visible(one.maturity),
        caveat=clip(visible(one.caveat), TEXT),
        places="; ".join(
            f"{shown(place.path, 80)}:{place.line} {clip(visible(place.what), 80)}" for place in one.evidence[:PLACES]
        ),
        checked=visible(one.checked),
        url=visible(one.url),
    )


def _measure(one: HardeningMeasure) -> MeasureRow:
    return MeasureRow(
        words=visible(one.words),
        state=one.state.value,
        buys=visible(one.buys),
        since=visible(one.since),
        places=_places(one.evidence) or "–",
    )


def _platform(one: Platform) -> PlatformRow:
    notes = [_STD.get(one.std, ""), one.also, "named by CI jobs or tests only" if one.is_aside else ""]
    return PlatformRow(
        words=visible(one.words),
        tier=_TIER.get(one.tier, visible(one.tier)),
        target=visible(one.target) or "–",
        note=visible("; ".join(words for words in notes if words)) or "–",
        places="; ".join(
            f"{clip(visible(place.what), 60)} in {shown(place.path, 80)}:{place.line}" for place in one.evidence[:2]
        ),
    )
