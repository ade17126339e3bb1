"""How the terminal and the page say what is known of a component and data from outside: the same sentences in both."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.model.exposure import (
    ComponentExposure,
    ComponentRole,
    Distances,
    ExposurePath,
    InputGroup,
    InputSource,
    LegState,
    PathStep,
    RuleOfTwo,
    StepKind,
)
from rustplan.report.escape import clip, visible
from rustplan.report.view.numbers import counted, listed, whole

CONFIRM = "to confirm"
PATHS = 3
COLUMNS = ("0", "1", "2", "3", "4+")
GROUP_WORDS = {
    InputGroup.OUTSIDE: "data from outside",
    InputGroup.LOCAL: "environment or command line",
    InputGroup.API: "exported functions",
}
LEG_WORDS = {LegState.HOLDS: "yes", LegState.UNCLEAR: "unclear", LegState.DENIED: "no"}
LIMITS = (
    "Distances count calls by name; a way is no proof that bytes travel along it, and where no way was found, none is claimed to be absent. "
    "“?” marks a call through a pointer, a virtual call, a name that fits several functions, or a source known by its name alone."
)
_NAME = 60


def role_words(role: ComponentRole) -> str:
    """`parser: decodes a byte format by hand, 3 places, confidence medium`."""
    return f"{role.role}: {role.words}, {counted(role.places, 'place')}, confidence {role.confidence.value}"


def role_places(role: ComponentRole) -> tuple[str, ...]:
    """Where the signals of a role stand."""
    return tuple(f"{visible(place.path)}:{place.line}" for place in role.evidence)


def rule_words(rule: RuleOfTwo) -> str:
    """What the three legs come to."""
    if rule.is_flagged:
        return f"all three found ({CONFIRM}): untrusted input meets memory-unsafe code, and no sandbox was found"
    if rule.is_open:
        names = listed([leg.name for leg in rule.legs if leg.state is LegState.UNCLEAR])
        return f"not decided: unclear is {names}"
    names = listed([leg.name for leg in rule.legs if leg.state is LegState.DENIED])
    return f"not all three: {names} does not hold"


def leg_words(rule: RuleOfTwo) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(name and state, why, places) of each leg."""
    return tuple(
        (
            f"{leg.name}: {LEG_WORDS[leg.state]}",
            visible(leg.because),
            tuple(f"{visible(place.path)}:{place.line} {clip(visible(place.what), 120)}" for place in leg.evidence),
        )
        for leg in rule.legs
    )


def source_words(exposure: ComponentExposure) -> str:
    """How many functions data of each kind enters."""
    if not exposure.source_counts:
        return "nothing recognised in this component"
    return listed([f"{one.kind.words} ({counted(one.functions, 'function')})" for one in exposure.source_counts])


def source_places(sources: Iterable[InputSource]) -> tuple[str, ...]:
    """Where data enters."""
    return tuple(
        f"{visible(one.path)}:{one.line} {clip(visible(one.function), _NAME)} ({one.kind.value}: {clip(visible(one.symbol), _NAME)}{', by name only' if one.is_guess else ''})"
        for one in sources
    )


def groups(exposure: ComponentExposure) -> tuple[tuple[str, Distances], ...]:
    """The three histograms with their names."""
    return (
        (GROUP_WORDS[InputGroup.OUTSIDE], exposure.distances),
        (GROUP_WORDS[InputGroup.LOCAL], exposure.local_distances),
        (GROUP_WORDS[InputGroup.API], exposure.api_distances),
    )


def distance_words(distances: Distances) -> str:
    """`3 at 0 calls, 5 at 1; 4 no way found (2 behind pointers); 1 outside of functions`."""
    far = [f"{whole(count)} at {COLUMNS[at]}" for at, count in enumerate(distances.steps) if count]
    parts = [", ".join(far) + (" calls" if far else "")] if far else []
    if distances.ambiguous:
        parts[-1] += f" ({whole(distances.ambiguous)} of them over a call that is not certain)"
    if distances.no_way:
        behind = f" ({whole(distances.by_pointer)} in functions whose address is taken)" if distances.by_pointer else ""
        parts.append(f"{whole(distances.no_way)} no way found{behind}")
    if distances.outside:
        parts.append(f"{whole(distances.outside)} outside of functions")
    return "; ".join(parts) or "no unsafe place was found"


def path_words(path: ExposurePath) -> str:
    """One line for a way: where it begins, how far, and what it leads to."""
    away = "in the same function" if path.distance == 0 else counted(path.distance, "call")
    doubt = ", not certain" if path.is_ambiguous else ""
    rules = f"{visible(path.rule)} in {clip(visible(path.function), _NAME)}"
    if path.places > 1:
        rules += f" and {counted(path.places - 1, 'other place')} there"
    return f"{path.source.kind.words}, {away}{doubt}: {rules}"


def step_words(step: PathStep, source: InputSource) -> tuple[str, str]:
    """(what happens, place) of a step."""
    name = clip(visible(step.function), _NAME)
    doubt = " ?" if step.is_ambiguous else ""
    said = {
        StepKind.SOURCE: _entry_words(source, name),
        StepKind.RETURNS: f"back to {name}, which calls it",
        StepKind.CALLS: f"calls {name}",
    }[step.kind]
    return said + doubt, f"{visible(step.path)}:{step.line}"


def site_words(path: ExposurePath) -> tuple[str, str]:
    """(what stands at the end, place)."""
    return f"unsafe: {visible(path.rule)}", f"{visible(path.path)}:{path.line}"


def _entry_words(source: InputSource, name: str) -> str:
    symbol = clip(visible(source.symbol), _NAME)
    if source.kind.group is InputGroup.API:
        return f"{name} is exported (declared in {symbol})"
    return f"{name}: data enters" + (f" ({symbol})" if symbol != name else "")
