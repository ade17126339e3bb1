"""Many repositories side by side: of each what an owner of a programme asks first, and what is not known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity, Track
from rustplan.model.roadmap import Effort
from rustplan.report.diff import unsafe_lines
from rustplan.report.lookup import Lookup
from rustplan.report.text import first_step
from rustplan.report.trend import point_of
from rustplan.report.view.numbers import counted
from rustplan.report.words import share

FULL = 0.9995
"""Share of the source from which on nothing is said to be missing: what prints as 100.0 %, give or take a rounding."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What to begin with: component, option, wave (None for in no wave), effort and why."""

    component: str
    option: str
    wave: int | None
    effort: Effort
    because: str


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """One analysis. Numbers that are not known are None; `unknown` says in words what is not known of it, most important first.

    `source` is the name of its file, which tells it from another of the same `project`.
    """

    project: str
    source: str
    commit: str | None
    date: str | None
    rules_digest: str
    catalog_digest: str
    data_digest: str
    unsafe_lines: int
    safe_lines: int | None
    components: int
    highest_risk: float | None
    riskiest: str
    critical: int
    high: int
    crossings: int
    coverage: float
    files_not_read: int
    move: Move | None
    unknown: tuple[str, ...]


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """Repositories, highest risk first, those without a score last; and what makes them hard to compare."""

    repositories: tuple[Repository, ...]
    notes: tuple[str, ...]


def portfolio_of(repositories: Iterable[Repository]) -> Portfolio:
    """Order them. The same analysis twice counts once; of several of the same name each gets the name of its file besides."""
    given = list(repositories)
    unique = {(one.data_digest or str(place), one.project): one for place, one in enumerate(given)}
    ordered = tuple(sorted(unique.values(), key=_by_risk))
    names = Counter(one.project for one in ordered)
    told = tuple(
        msgspec.structs.replace(one, project=f"{one.project} ({one.source})")
        if names[one.project] > 1 and one.source
        else one
        for one in ordered
    )
    return Portfolio(repositories=told, notes=tuple(_notes(ordered, len(given))))


def repository_of(analysis: Analysis, source: str = "") -> Repository:
    """What one analysis says; `source` is the name of its file."""
    lookup, point = Lookup(analysis), point_of(analysis)
    scores = lookup.scores(Track.MEMORY_SAFETY)
    worst = min(scores, key=lambda score: (-score.risk, score.component), default=None)
    return Repository(
        project=point.project,
        source=source,
        commit=point.commit,
        date=point.date,
        rules_digest=point.rules_digest,
        catalog_digest=point.catalog_digest,
        data_digest=point.data_digest,
        unsafe_lines=unsafe_lines(analysis),
        safe_lines=point.safe_lines,
        components=len(analysis.graph.components),
        highest_risk=worst.risk if worst else None,
        riskiest=worst.component if worst else "",
        critical=lookup.defects[Severity.CRITICAL],
        high=lookup.defects[Severity.HIGH],
        crossings=point.crossings,
        coverage=point.coverage,
        files_not_read=point.files_not_read,
        move=_move(lookup),
        unknown=tuple(_unknown(lookup)),
    )


def _by_risk(one: Repository) -> tuple[float, int, str, str, str]:
    risk = float("inf") if one.highest_risk is None else -one.highest_risk
    return risk, -one.unsafe_lines, one.project, one.date or "", one.data_digest


def _move(lookup: Lookup) -> Move | None:
    step = first_step(lookup)
    if step is None:
        return None
    return Move(
        component=step.component,
        option=step.choice.option.value,
        wave=step.wave,
        effort=step.effort,
        because=step.choice.because,
    )


def _unknown(lookup: Lookup) -> Iterator[str]:
    """What an owner must not take for known."""
    analysis = lookup.analysis
    coverage = analysis.coverage
    if not lookup.scores(Track.MEMORY_SAFETY):
        yield "no component was scored on the memory-safety track"
    if coverage.share < FULL:
        yield f"{share(coverage.share)} of the source was read"
    if coverage.skipped:
        yield f"{counted(len(coverage.skipped), 'file')} not read at all"
    if analysis.project.commit is None:
        yield "which commit was scanned"
    elif analysis.project.date is None:
        yield "the date of the commit"
    if coverage.other_languages is None:
        yield "lines outside C, C++ and Java"
    unpriced = sum(1 for step in analysis.roadmap.steps if step.effort.p50 is None)
    if unpriced:
        yield f"the effort of {counted(unpriced, 'step')}"
    yield from (f"{absent.name}: {absent.because}" for absent in analysis.evidence.absent)


def _notes(repositories: tuple[Repository, ...], given: int) -> Iterator[str]:
    if len(repositories) < given:
        yield f"The same analysis was given more than once: {given - len(repositories)} of {given} files are left out."
    names = Counter(one.project for one in repositories)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        yield f"More than one analysis is called {', '.join(twice[:5])}: each stands for itself, and all are in the sums."
    if len({one.rules_digest for one in repositories}) > 1:
        yield "The rules differ between the analyses: counts of findings cannot be held against each other. Scan again with one version."
    if len({one.catalog_digest for one in repositories}) > 1:
        yield "The catalogues of facts differ between the analyses: risks and efforts cannot be held against each other."
