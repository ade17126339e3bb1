"""Third-party code kept in the repository: replaced or updated, never ported here, because a port would fork it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rustplan.catalog import EffortModel
from rustplan.model.choices import Holding, Replacement
from rustplan.model.component import Component, ComponentGraph
from rustplan.model.finding import Track
from rustplan.model.roadmap import Alternative, Boundary, Crossing, Direction, Option, Parked, Step
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.plan.assess import vendored_options
from rustplan.plan.boundary import boundary_of
from rustplan.plan.effort import replacement
from rustplan.plan.without_rust import replacement_words
from rustplan.plan.wording import count, name_list

PLAN = "Vendored: part of the external dependency plan (CMSR-4)"


def vendored_steps(
    scan: TreeScan,
    components: ComponentGraph,
    scored: Iterable[str],
    crossings: Mapping[str, tuple[Crossing, ...]],
    effort: EffortModel,
    libraries: Mapping[str, tuple[Replacement, ...]] = MappingProxyType({}),
) -> tuple[tuple[Step, ...], tuple[Parked, ...]]:
    """Return a step, and why it stands in no wave, for each component that holds third-party C or C++ only."""
    known = set(scored)
    scans = {file.path: file for file in scan.files}
    steps, parked = [], []
    for component in sorted(components.components, key=lambda item: item.name):
        lines = third_party_lines(component, scans)
        if not lines or component.name in known:
            continue
        users = sorted(
            {item.dependent for item in components.dependencies if item.dependency == component.name} & known
        )
        held = tuple(one for one in libraries.get(component.name, ()) if one.holding is Holding.HELD)
        step = _step(component, lines, users, crossings.get(component.name, ()), effort, held)
        steps.append(step)
        parked.append(
            Parked(
                component=component.name,
                track=Track.MEMORY_SAFETY,
                because=f"{PLAN}. {count(lines, 'line')} of third-party C and C++, not scored: porting a copy here would fork it; "
                "replace it, or follow its upstream releases.",
            )
        )
    return tuple(steps), tuple(parked)


def third_party_lines(component: Component, scans: Mapping[str, FileScan]) -> int:
    """C and C++ code lines of vendored files in a component."""
    return sum(
        scans[path].facts.sloc
        for path in component.files
        if path in scans and scans[path].role is Role.VENDORED and scans[path].facts.language.is_memory_unsafe
    )


def _step(
    component: Component,
    lines: int,
    users: list[str],
    crossings: tuple[Crossing, ...],
    effort: EffortModel,
    held: tuple[Replacement, ...] = (),
) -> Step:
    boundary = boundary_of(component, Track.MEMORY_SAFETY, crossings, has_main=False, is_jni=False)
    choice, runner_up = _choice(lines, users, held)
    inbound = sum(crossing.hours for crossing in crossings if crossing.direction is Direction.INBOUND)
    return Step(
        component=component.name,
        track=Track.MEMORY_SAFETY,
        unit=component.name,
        choice=choice,
        runner_up=runner_up,
        case_against="A replacement may behave differently at the edges, and its licence and upkeep must be checked; a copy that stays "
        "falls behind its upstream unless somebody watches the advisories.",
        boundary=boundary,
        effort=(cost := replacement(lines, inbound, effort)),
        assessments=vendored_options(choice, runner_up, lines, cost, held, users),
        wave=None,
        first_actions=_actions(choice.option, boundary),
        needs_confirmation=(
            f"That it is {name_list([one.library for one in held])}, and which version."
            if held
            else f"Which project and version it is: its path says only `{component.name}`.",
            "Decide with upstream: whether a maintained memory-safe alternative or a system package exists and fits.",
            "Owner and date: not set; only a person can.",
        ),
    )


def _choice(lines: int, users: list[str], held: tuple[Replacement, ...] = ()) -> tuple[Alternative, Alternative]:
    """Replace what the project's own code uses; what only tests and tools use is kept and updated."""
    replace = Alternative(
        option=Option.REPLACE,
        because=f"{count(lines, 'line')} of third-party C and C++ that {name_list(users) or 'no scored component'} "
        f"{'use' if len(users) > 1 else 'uses'}: a maintained memory-safe library or a package of the system takes over its upkeep."
        + (f" {replacement_words(held[0])}" if held else ""),
    )
    if users:
        return replace, Alternative(
            option=Option.RETAIN,
            because="Updating the copy is cheaper; it lost because the unsafe lines stay with their next advisory.",
        )
    keep = Alternative(
        option=Option.RETAIN,
        because=f"Update it with upstream. No component of the project's own code was found to use these {count(lines, 'line')}, "
        "so replacing them would buy little.",
    )
    lost = "A maintained library or a system package would end its upkeep here; it lost because no use of it was found."
    return keep, Alternative(option=Option.REPLACE, because=lost)


def _actions(option: Option, boundary: Boundary) -> tuple[str, ...]:
    named = "Name the upstream project and version of the copy, and subscribe to its advisories."
    if option is Option.RETAIN:
        return (named, "Update it on the schedule of its upstream releases.")
    inbound = [crossing for crossing in boundary.crossings if crossing.direction is Direction.INBOUND]
    inbound.sort(key=lambda crossing: (-crossing.uses, crossing.symbol))
    symbols = [f"{item.symbol} ({item.path}:{item.line})" for item in inbound[:5]]
    compare = f"Compare maintained memory-safe libraries on what is used here: {name_list(symbols)}." if symbols else ""
    return tuple(text for text in (named, compare) if text)
