"""Holds components against the states that their owners have declared: a ratchet that only turns one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rustplan.gate.baseline import Baseline, Budget, budgets_of
from rustplan.gate.compare import Comparison
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.model.options import ComponentPolicy
from rustplan.model.verdict import PolicyResult

OPEN, NO_NEW_UNSAFE, NO_NEW_C, FROZEN, RUST_ONLY = "open", "no-new-unsafe", "no-new-c", "frozen", "rust-only"


def judge_policies(
    analysis: Analysis,
    policy: Mapping[str, ComponentPolicy],
    baseline: Baseline | None,
    comparison: Comparison | None,
    day: str,
) -> tuple[PolicyResult, ...]:
    """Judge every component that has a policy, by name. A name that is no component counts as broken: a renamed one must not slip out."""
    now = {budget.component: budget for budget in budgets_of(analysis)}
    known = {component.name for component in analysis.graph.components}
    before = {budget.component: budget for budget in baseline.components} if baseline else {}
    fresh = _fresh(analysis, comparison)
    results = []
    for component, wanted in sorted(policy.items()):
        is_in_force = not wanted.since or wanted.since <= day
        broken = ""
        if component not in known:
            broken = "there is no such component any more; rename or remove its policy"
        elif is_in_force and wanted.state != OPEN:
            broken = _broken(wanted.state, component, now.get(component), before.get(component), fresh, baseline)
        results.append(
            PolicyResult(
                component=component, state=wanted.state, since=wanted.since, is_in_force=is_in_force, broken=broken
            )
        )
    return tuple(results)


def _fresh(analysis: Analysis, comparison: Comparison | None) -> Counter[str]:
    """New places on the memory-safety track by component."""
    owner = {file.path: file.component for file in analysis.scorecard.files}
    fresh: Counter[str] = Counter()
    for new in comparison.new if comparison else ():
        if Track.MEMORY_SAFETY in new.finding.tracks:
            fresh[owner.get(new.finding.path, "")] += new.places
    return fresh


def _broken(
    state: str,
    component: str,
    now: Budget | None,
    before: Budget | None,
    fresh: Counter[str],
    baseline: Baseline | None,
) -> str:
    now = now or Budget(component=component, lines=0, sites=0, crossings=0)
    if state == RUST_ONLY:
        return f"{now.lines} lines of C or C++ are left" if now.lines else ""
    if baseline is None:
        return "there is no baseline to compare with"
    before = before or Budget(component=component, lines=0, sites=0, crossings=0)
    grown = {
        "unsafe lines": (before.lines, now.lines),
        "unsafe places": (before.sites, now.sites),
        "crossings": (before.crossings, now.crossings),
    }
    asked = {NO_NEW_UNSAFE: ("unsafe places",), NO_NEW_C: ("unsafe lines",), FROZEN: tuple(grown)}[state]
    told = [f"{name} {old} -> {new}" for name, (old, new) in grown.items() if name in asked and new > old]
    if state in (NO_NEW_UNSAFE, FROZEN) and fresh[component]:
        told.append(f"{fresh[component]} new unsafe places")
    return ", ".join(told)
