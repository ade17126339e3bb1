"""One analysis, indexed once for the page: everything its views ask by name."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import msgspec

from rustplan.catalog.anchors import load_anchors
from rustplan.model.analysis import Analysis
from rustplan.model.component import Unit
from rustplan.model.finding import Excerpt, Finding, Kind, Severity, Track
from rustplan.model.options import ReportOptions
from rustplan.model.roadmap import Parked, Step
from rustplan.model.score import ComponentScore
from rustplan.model.source import Language, Role
from rustplan.report.escape import NAME_LENGTH, clip_middle, visible
from rustplan.report.lookup import Lookup
from rustplan.report.svg.axis import Team
from rustplan.report.view.words import band_of

CARDS = 24
LATENCY_CARDS = 8

_KINDS = tuple(Kind)


def shown(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name of the repository as a reader may see it: nothing hidden, cut in the middle, never empty."""
    return clip_middle(visible(name), length) or "(no name)"


def worst_first(finding: Finding) -> tuple[int, int, int, float, str, int, int, str]:
    """Sort key: kind (defects first), severity, confidence, weight, then place. An exposure is surface: its weight decides, not a severity."""
    is_defect = finding.kind is Kind.DEFECT
    return (
        _KINDS.index(finding.kind),
        finding.severity.rank if finding.severity and is_defect else len(Severity),
        finding.confidence.rank if is_defect else 0,
        -finding.weight,
        finding.path,
        finding.line,
        finding.column,
        finding.rule,
    )


def is_severe(finding: Finding) -> bool:
    """True for a critical or high defect: what a reader must hear of first."""
    return finding.kind is Kind.DEFECT and finding.severity in (Severity.CRITICAL, Severity.HIGH)


class Economy(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out to stay within the size: rungs of a ladder, each announced on the page."""

    are_excerpts_of_worst_only: bool = False
    are_low_counted: bool = False
    is_capped: bool = False


class PageIndex(Lookup):
    """The indexes of the page. Components have numbers by sorted name, so that no name is ever an id or an anchor."""

    def __init__(self, analysis: Analysis, options: ReportOptions, economy: Economy | None = None) -> None:
        super().__init__(analysis)
        self.options = options
        self.economy = economy or Economy()

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each component, from 1."""
        return {name: number for number, name in enumerate(sorted(self.components), 1)}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, worst first; those of role source before the others."""
        return tuple(
            sorted(
                self.analysis.findings,
                key=lambda finding: (self.role(finding.path) is not Role.SOURCE, *worst_first(finding)),
            )
        )

    @cached_property
    def severe_defects(self) -> tuple[Finding, ...]:
        """Critical and high defects of role source, worst first."""
        return tuple(
            finding for finding in self.findings if is_severe(finding) and self.role(finding.path) is Role.SOURCE
        )

    @cached_property
    def vendored(self) -> tuple[Step, ...]:
        """Steps of components that carry no score: other people's code, decided apart from the rankings."""
        return tuple(step for place, step in self.steps.items() if place not in self.score_of)

    @cached_property
    def findings_of(self) -> dict[str, tuple[Finding, ...]]:
        """Findings in the source files of each component, worst first."""
        groups: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            owner = self.owners.get(finding.path)
            if owner is not None and self.role(finding.path) is Role.SOURCE:
                groups[owner].append(finding)
        return {name: tuple(group) for name, group in groups.items()}

    def excerpt(self, finding: Finding) -> Excerpt | None:
        """Source lines around a finding; none when they were not kept, not asked for, or there is no room for them."""
        is_worst = finding.severity in (Severity.CRITICAL, Severity.HIGH)
        if self.options.excerpts == "none" or (self.economy.are_excerpts_of_worst_only and not is_worst):
            return None
        return self.excerpts.get((finding.path, finding.line))

    @cached_property
    def ranked(self) -> dict[Track, tuple[ComponentScore, ...]]:
        """Scores of each track, best first, as the scorecard ordered them."""
        return {track: self.scores(track) for track in Track}

    @cached_property
    def ranks(self) -> dict[tuple[str, Track], int]:
        """The rank of a component on a track, from 1."""
        return {
            (score.component, track): rank
            for track, scores in self.ranked.items()
            for rank, score in enumerate(scores, 1)
        }

    @cached_property
    def score_of(self) -> dict[tuple[str, Track], ComponentScore]:
        """Scores by component and track."""
        return {(score.component, score.track): score for score in self.analysis.scorecard.components}

    @cached_property
    def parked(self) -> dict[tuple[str, Track], Parked]:
        """What is in no wave, by component and track."""
        return {(parked.component, parked.track): parked for parked in self.analysis.roadmap.parked}

    @cached_property
    def waves(self) -> dict[str, int]:
        """The first wave in which each component moves."""
        found: dict[str, int] = {}
        for wave in self.analysis.roadmap.waves:
            for name in wave.components:
                found.setdefault(name, wave.number)
        return found

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The unit of each component."""
        return {name: unit for unit in self.analysis.graph.units for name in unit.components}

    @cached_property
    def carded(self) -> tuple[str, ...]:
        """Components that get a card: the best ranked, with room kept for the latency track."""
        if self.is_redacted:
            return ()
        memory = [score.component for score in self.ranked[Track.MEMORY_SAFETY]]
        latency = [score.component for score in self.ranked[Track.LATENCY]]
        kept = min(LATENCY_CARDS, len(latency))
        ordered = [*memory[: CARDS - kept], *latency, *memory[CARDS - kept :]]
        return tuple(name for name in dict.fromkeys(ordered) if name in self.components)[:CARDS]

    @property
    def is_redacted(self) -> bool:
        """True for an edition for publication: what it does not hold is withheld, not absent."""
        return self.options.redact != "none"

    @cached_property
    def languages(self) -> frozenset[Language]:
        """Languages with at least one file that was read."""
        return frozenset(entry.language for entry in self.analysis.coverage.languages if entry.files)

    @cached_property
    def unsafe_sloc(self) -> int:
        """Memory-unsafe code lines of role source."""
        return sum(
            entry.sloc
            for entry in self.analysis.coverage.languages
            if entry.role is Role.SOURCE and entry.language.is_memory_unsafe
        )

    @cached_property
    def team(self) -> Team:
        """Who does the work, as far as the settings say."""
        settings = self.analysis.settings
        engineers, availability = settings.get("plan.engineers"), settings.get("plan.availability")
        if not engineers or not availability:
            return Team()
        year, _, month = str(settings.get("plan.start") or "").partition("-")
        start = (int(year), int(month)) if year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12 else None
        return Team(float(engineers) * float(availability), start)

    def anchor(self, name: str) -> str:
        """The link target of a component's card; "" when it has none."""
        return f"#c{self.numbers[name]}" if name in self.carded else ""

    def band(self, risk: float) -> str:
        """The fixed band of a risk (0-100)."""
        return band_of(risk, load_anchors().score.bands)
