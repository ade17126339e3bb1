"""What to do about a candidate, cheapest first: measure, set a flag, mend it in Java, and only then cut."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.catalog.crossings import CrossingCosts
from rustplan.model.score import Candidate, Factor
from rustplan.plan.latency.choice import NAMES, NONE, Choice
from rustplan.plan.latency.situation import Situation

MEASURE = (
    "Measure first, under real load: jcmd <pid> JFR.start duration=60s filename=load.jfr settings=profile, and run with "
    "-Xlog:gc*,safepoint:file=gc.log; then rustplan scan --profile load.jfr --profile gc.log."
)
COMPARE = (
    "Compare pauses and stalls with a concurrent collector (-XX:+UseZGC) in a test environment before changing code."
)
_MOST_FIXES = 3


def advice_for(
    candidate: Candidate, choice: Choice, factors: Sequence[Factor], situation: Situation, costs: CrossingCosts
) -> tuple[str, ...]:
    """Return the advice in the order in which it should be tried."""
    said = [] if candidate.level.is_measured else [MEASURE]
    said.append(_flag(situation))
    said += _fixes(candidate, costs)
    said.append(_cut(choice, factors, costs))
    return tuple(text for text in said if text)


def _flag(situation: Situation) -> str:
    if situation.pause_words and situation.pause_verdict in ("flag", "code", "unknown"):
        return situation.pause_words
    return "" if situation.pause_verdict else COMPARE


def _fixes(candidate: Candidate, costs: CrossingCosts) -> list[str]:
    """The heaviest sites whose rule has a change in Java."""
    sites = sorted(candidate.sites, key=lambda site: (-site.bytes, site.path, site.line, site.rule))
    chosen: dict[str, str] = {}
    for site in sites:
        fix = costs.fixes.words.get(site.rule)
        if fix is not None:
            chosen.setdefault(site.rule, f"In Java first: {fix} ({site.rule}, {site.path}:{site.line}).")
    return list(chosen.values())[:_MOST_FIXES]


def _cut(choice: Choice, factors: Sequence[Factor], costs: CrossingCosts) -> str:
    """The boundary, with the refactoring that its lowest shape factor asks for; without one, what would open a seam."""
    if choice.boundary == NONE:
        closing = next((one.because for one in factors if one.name == choice.closed_by and one.name != "gain"), "")
        return f"No cut as it stands. What would open one: {closing}" if closing else ""
    low = [one for one in factors if one.name != "gain" and one.level < costs.score.low_factor]
    first = f"Only then {NAMES[choice.boundary]}: sketch it and measure one crossing before writing the rest."
    return f"{first} Before: {min(low, key=lambda one: (one.level, one.name)).because}" if low else first
