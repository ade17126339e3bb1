"""CSV tables of the options: all five for each component, libraries that could be replaced, hardening, machines, comparable ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rustplan.model.score import FactorEvidence
from rustplan.report.lookup import Lookup

Cell = str | int | float | None

OPTIONS = (
    "component", "track", "option", "state", "effort_p10", "effort_p50", "effort_p90", "cost_because", "because", "residual",
    "residual_source", "evidence",
)  # fmt: skip
REPLACEMENTS = (
    "library", "holding", "components", "partly", "rust_library", "c_abi", "licence", "maturity", "caveat", "url", "checked", "evidence",
)  # fmt: skip
HARDENING = ("measure", "state", "buys", "since", "evidence")
PLATFORMS = ("machine", "tier", "std", "target", "is_system", "is_aside", "evidence")
PORTS = (
    "component",
    "track",
    "port",
    "outcome",
    "comparable_in",
    "differs_in",
    "effort",
    "caveat",
    "source",
    "checked",
)
ORACLES = ("component", "track", "grade", "because", "evidence")


def option_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row an option of a step."""
    for step in lookup.analysis.roadmap.steps:
        for one in step.assessments:
            state = "lost" if one.is_available else "not available"
            if one.option is step.runner_up.option:
                state = "runner-up"
            if one.option is step.choice.option:
                state = "chosen"
            yield (
                step.component, step.track.value, one.option.value, state, one.p10, one.p50, one.p90, one.cost_because, one.because,
                one.residual, one.residual_source, _places(one.evidence),
            )  # fmt: skip


def replacement_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row a library."""
    for one in lookup.analysis.roadmap.replacements:
        yield (
            one.library, one.holding.value, "; ".join(one.components), "; ".join(one.partly), one.crate, one.c_abi, one.licence,
            one.maturity, one.caveat, one.url, one.checked, _places(one.evidence),
        )  # fmt: skip


def hardening_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row a measure of the guide."""
    for one in lookup.analysis.roadmap.hardening:
        yield one.words, one.state.value, one.buys, one.since, _places(one.evidence)


def platform_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row a machine or system."""
    for one in lookup.analysis.roadmap.platforms:
        yield one.words, one.tier, one.std, one.target, str(one.is_system), str(one.is_aside), _places(one.evidence)


def port_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row a public port that a component was compared with."""
    for step in lookup.analysis.roadmap.steps:
        for one in step.comparable:
            yield (
                step.component, step.track.value, one.name, one.outcome, one.comparable_in, one.differs_in, one.effort, one.caveat,
                one.source, one.checked,
            )  # fmt: skip


def oracle_rows(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """One row a scored component."""
    for score in lookup.analysis.scorecard.components:
        if score.oracle is not None:
            oracle = score.oracle
            yield score.component, score.track.value, oracle.grade, oracle.because, _places(oracle.evidence)


def _places(evidence: Iterable[FactorEvidence]) -> str:
    return "; ".join(f"{place.path}:{place.line} {place.what}" for place in evidence)
