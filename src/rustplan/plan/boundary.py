"""The boundary of each component: every symbol that crosses it, in both directions, with its shape and prior hours."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from rustplan.catalog import EffortModel
from rustplan.model.code_graph import CodeGraph, Definition, Edge, EdgeKind
from rustplan.model.component import Component, ComponentGraph
from rustplan.model.finding import Track
from rustplan.model.roadmap import Boundary, Crossing, Direction
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role
from rustplan.plan.java_memory import boundary_of_java, is_java_memory
from rustplan.plan.public_api import PublicApi, find_public_api
from rustplan.plan.signature import KnownTypes, known_types, shape_of, signature_text
from rustplan.plan.wording import count

CARRIED = (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.JNI)
TESTING = (Role.TEST, Role.EXAMPLE)
TESTS = "tests and examples"
OUTSIDE = "files in no component"
BEYOND = "outside this repository"
NOT_COUNTED = "Public API not counted: functions that nobody calls are there, and no header was recognised as public."
CXX_SHAPES = frozenset({"class-value", "template-or-virtual"})


@dataclass(slots=True)
class _Use:
    """All uses of one symbol over one border."""

    edge: Edge
    others: Counter[str] = field(default_factory=Counter)


def draw_boundaries(
    scan: TreeScan, components: ComponentGraph, graph: CodeGraph, effort: EffortModel
) -> dict[str, tuple[Crossing, ...]]:
    """Return the crossings of every component by name, sorted."""
    definitions = _definitions(graph)
    known = _known_types(scan)
    public = find_public_api(scan, components, graph).functions
    uses = _uses(scan, components, graph)
    result: dict[str, tuple[Crossing, ...]] = {}
    for component in components.components:
        crossings = [
            _crossing(direction, use, definitions, known, effort.crossings.hours)
            for (direction, _, _), use in uses.get(component.name, {}).items()
        ]
        offered = public.get(component.name, ())
        result[component.name] = tuple(sorted(_with_public(crossings, offered, known, effort.crossings.hours)))
    return result


def boundary_of(
    component: Component,
    track: Track,
    crossings: Sequence[Crossing],
    *,
    has_main: bool,
    is_jni: bool,
    public: PublicApi | None = None,
) -> Boundary:
    """Return the boundary of a component on a track with the mechanism that carries it, why that one, and how its public API was found."""
    if is_java_memory(component, track):
        return boundary_of_java(crossings)
    mechanism, because = _mechanism(component, track, crossings, has_main=has_main, is_jni=is_jni)
    if public is not None and track is Track.MEMORY_SAFETY:
        if component.name in public.because:
            because += f" {public.because[component.name]}"
        elif component.name in public.uncounted and not has_main and not is_jni:
            because += f" {NOT_COUNTED}"
    hours = math.fsum(crossing.hours for crossing in crossings)
    return Boundary(mechanism=mechanism, because=because, crossings=tuple(crossings), hours=hours)


def reached_from_java(components: ComponentGraph, graph: CodeGraph) -> frozenset[str]:
    """Return the names of the components whose native functions Java calls."""
    owner = {path: component.name for component in components.components for path in component.files}
    return frozenset(owner.get(edge.dependency, "") for edge in graph.edges if edge.kind is EdgeKind.JNI)


def _definitions(graph: CodeGraph) -> dict[tuple[str, str], Definition]:
    """Definitions by file and by plain or qualified name; the first line wins."""
    found: dict[tuple[str, str], Definition] = {}
    for definition in sorted(graph.definitions, key=lambda item: (item.path, item.line, item.name)):
        found.setdefault((definition.path, definition.qualified_name), definition)
    for definition in sorted(graph.definitions, key=lambda item: (item.path, item.line, item.name)):
        found.setdefault((definition.path, definition.name), definition)
    return found


def _known_types(scan: TreeScan) -> KnownTypes:
    declared: dict[str, set[str]] = defaultdict(set)
    for file in scan.files:
        if file.facts.language.is_memory_unsafe:
            for item in file.facts.types:
                declared[item.kind].add(item.name)
    return known_types(declared)


def _uses(
    scan: TreeScan, components: ComponentGraph, graph: CodeGraph
) -> dict[str, dict[tuple[Direction, str, str], _Use]]:
    """Group the edges that cross a border by component, direction and symbol."""
    owner = {path: component.name for component in components.components for path in component.files}
    roles = {file.path: file.role for file in scan.files}
    uses: dict[str, dict[tuple[Direction, str, str], _Use]] = defaultdict(dict)
    for edge in sorted(graph.edges):
        user, used = owner.get(edge.dependent, ""), owner.get(edge.dependency, "")
        is_test = roles.get(edge.dependent) in TESTING
        if edge.kind not in CARRIED or (user == used and not is_test) or roles.get(edge.dependency) in TESTING:
            continue
        if used:
            _add(uses[used], Direction.INBOUND, edge, TESTS if is_test else user or OUTSIDE)
        if user and not is_test:
            _add(uses[user], Direction.OUTBOUND, edge, used or OUTSIDE)
    return uses


def _add(uses: dict[tuple[Direction, str, str], _Use], direction: Direction, edge: Edge, other: str) -> None:
    use = uses.setdefault((direction, edge.dependency, edge.symbol), _Use(edge=edge))
    use.others[other] += edge.count


def _crossing(
    direction: Direction,
    use: _Use,
    definitions: Mapping[tuple[str, str], Definition],
    known: KnownTypes,
    hours: Mapping[str, float],
) -> Crossing:
    edge = use.edge
    definition = definitions.get((edge.dependency, edge.symbol))
    shape = shape_of(definition, known) if definition else "unknown"
    if edge.kind is EdgeKind.GLOBAL:
        shape = "global"
    return Crossing(
        symbol=edge.symbol,
        direction=direction,
        shape=shape,
        hours=hours.get(shape, hours["unknown"]),
        path=edge.dependency,
        line=definition.line if definition else 1,
        other=_main_other(use.others),
        uses=sum(use.others.values()),
        signature=signature_text(definition) if definition else "",
    )


def _with_public(
    crossings: Sequence[Crossing], offered: Sequence[Definition], known: KnownTypes, hours: Mapping[str, float]
) -> list[Crossing]:
    """Add the public functions that no other component calls; where only tests call one, they stand for the code outside."""
    places = {(definition.path, definition.line) for definition in offered}
    result = [
        structs.replace(crossing, other=BEYOND)
        if crossing.other == TESTS and (crossing.path, crossing.line) in places
        else crossing
        for crossing in crossings
    ]
    present = {(item.path, item.line) for item in crossings if item.direction is Direction.INBOUND}
    for definition in offered:
        if (definition.path, definition.line) not in present:
            shape = shape_of(definition, known)
            result.append(
                Crossing(
                    symbol=definition.name, direction=Direction.INBOUND, shape=shape, hours=hours.get(shape, hours["unknown"]),
                    path=definition.path, line=definition.line, other=BEYOND, uses=0, signature=signature_text(definition),
                )
            )  # fmt: skip
    return result


def _main_other(others: Counter[str]) -> str:
    """Name the component with the most uses; tests stand in only when nobody else uses it."""
    return min(others, key=lambda name: (name == TESTS, -others[name], name))


def _is_looked_up(crossings: Sequence[Crossing]) -> bool:
    """True when no function that crosses speaks JNI: Java then calls plain C functions."""
    inbound = [crossing.shape for crossing in crossings if crossing.direction is Direction.INBOUND]
    return bool(inbound) and not any(shape.startswith("jni") or shape == "unknown" for shape in inbound)


def _mechanism(
    component: Component, track: Track, crossings: Sequence[Crossing], *, has_main: bool, is_jni: bool
) -> tuple[str, str]:
    """Choose what carries the crossings from what crosses."""
    shapes = {crossing.shape for crossing in crossings}
    if not crossings:
        return (
            "none",
            "No function or variable crosses its border in what was read: it can move as a whole or as a process.",
        )
    if track is Track.LATENCY:
        return (
            "jni",
            "Java calls it: JNI works on every JDK; where production runs JDK 22 or newer, FFM is the simpler choice. "
            "Few coarse calls with buffers, because a call for every message removes garbage but not pauses.",
        )
    if is_jni:
        return (
            (
                "ffm",
                "Java looks its functions up by name (FFM, JNA or JNR): the Rust library exports the same C symbols.",
            )
            if _is_looked_up(crossings)
            else ("jni", "Java reaches it through native methods: the Rust library exports the same JNI names.")
        )
    if has_main and not any(crossing.direction is Direction.INBOUND for crossing in crossings):
        return (
            "process",
            "It is a program (it has a main function) that nobody else calls: it links what it needs over the C ABI.",
        )
    if shapes & CXX_SHAPES:
        dear = sum(1 for crossing in crossings if crossing.shape in CXX_SHAPES)
        return (
            "cxx",
            f"{dear} of {count(len(crossings), 'crossing')} {'passes' if dear == 1 else 'pass'} C++ classes by value, templates or virtual functions.",
        )
    if component.languages.get(Language.CPP):
        return (
            "c-abi",
            'C++ code, but only plain values, pointers and callbacks cross: extern "C" functions carry them.',
        )
    return "c-abi", "C functions with plain values, pointers and callbacks: the C ABI carries them as they are."
