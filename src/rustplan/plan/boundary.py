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
from rustplan.model.facts import GlobalVariable
from rustplan.model.finding import Track
from rustplan.model.roadmap import Boundary, Crossing, Direction
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role
from rustplan.plan.java_memory import boundary_of_java, is_java_memory
from rustplan.plan.jni_side import declared_in_java, implements
from rustplan.plan.mechanism import choose_mechanism
from rustplan.plan.public_api import BEYOND, C_ABI_RULE, HEADERS, PublicApi, find_public_api
from rustplan.plan.signature import KnownTypes, known_types, shape_of, signature_text

CARRIED = (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.JNI)
TESTING = (Role.TEST, Role.EXAMPLE)
TESTS = "tests and examples"
OUTSIDE = "files in no component"
NOT_COUNTED = "Public API not counted: functions that nobody calls are there, and no header was recognised as public."


@dataclass(slots=True)
class _Use:
    """All uses of one symbol over one border."""

    edge: Edge
    others: Counter[str] = field(default_factory=Counter)
    is_ambiguous: bool = True
    """True when every use has more than one possible target."""


def draw_boundaries(
    scan: TreeScan, components: ComponentGraph, graph: CodeGraph, effort: EffortModel, api: PublicApi | None = None
) -> dict[str, tuple[Crossing, ...]]:
    """Return the crossings of every component by name, sorted. `api` is the public API when it is known already."""
    definitions = _definitions(graph) | _natives(scan, graph)
    known = _known_types(scan)
    public = (api or find_public_api(scan, components, graph)).functions
    uses = _uses(scan, components, graph)
    variables = _variables(scan)
    in_c = _declared_for_c(scan)
    languages = {file.path: file.facts.language for file in scan.files}
    result: dict[str, tuple[Crossing, ...]] = {}
    for component in components.components:
        crossings = [
            _placed(_crossing(direction, use, definitions, known, effort.crossings.hours), variables, languages)
            for (direction, _, _), use in uses.get(component.name, {}).items()
        ]
        offered = public.get(component.name, ())
        found = _with_public(crossings, offered, known, effort.crossings.hours)
        result[component.name] = tuple(
            sorted(structs.replace(one, abi="c") if one.abi == "cpp" and one.symbol in in_c else one for one in found)
        )
    return result


def boundary_of(
    component: Component,
    track: Track,
    crossings: Sequence[Crossing],
    *,
    has_main: bool,
    is_jni: bool,
    public: PublicApi | None = None,
    sources: Sequence[FileScan] = (),
) -> Boundary:
    """Return the boundary of a component on a track with the mechanism that carries it, why that one, and how its public API was found."""
    if is_java_memory(component, track):
        return boundary_of_java(crossings)
    chosen = choose_mechanism(component, track, crossings, sources, has_main=has_main, is_jni=is_jni)
    because = chosen.because
    if public is not None and track is Track.MEMORY_SAFETY:
        if component.name in public.because:
            because += f" {public.because[component.name]}"
        elif component.name in public.uncounted and not has_main and not is_jni:
            because += f" {NOT_COUNTED}"
    hours = math.fsum(crossing.hours for crossing in crossings)
    return Boundary(
        mechanism=chosen.kind,
        because=because,
        crossings=tuple(crossings),
        hours=hours,
        runner_up=chosen.runner_up,
        runner_up_because=chosen.runner_up_because,
        evidence=chosen.evidence,
    )


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


def _natives(scan: TreeScan, graph: CodeGraph) -> dict[tuple[str, str], Definition]:
    """What Java says of native functions that the graph names by their Java name, at the line of the C function if one fits."""
    files = {file.path: file.facts for file in scan.files}
    found: dict[tuple[str, str], Definition] = {}
    for edge in graph.edges:
        if edge.kind is not EdgeKind.JNI or edge.symbol.startswith("Java_") or edge.dependent not in files:
            continue
        native = declared_in_java(edge.symbol, files[edge.dependent].functions)
        if native is not None and edge.dependency in files:
            body = implements(edge.symbol, files[edge.dependency].functions)
            found[edge.dependency, edge.symbol] = Definition(
                path=edge.dependency, name=native.name, qualified_name=edge.symbol, line=body.start_line if body else 1,
                language=Language.JAVA, parameters=native.parameters, return_type=native.return_type,
            )  # fmt: skip
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
    use.is_ambiguous = use.is_ambiguous and edge.is_ambiguous


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
        line=definition.line if definition and definition.path == edge.dependency else 1,
        other=_main_other(use.others),
        uses=sum(use.others.values()),
        signature=signature_text(definition) if definition else "",
        abi=_abi(definition, edge.kind) if definition else "",
        used_path=edge.dependent,
        used_line=edge.line,
        is_ambiguous=use.is_ambiguous,
    )


def _abi(definition: Definition, kind: EdgeKind = EdgeKind.CALL) -> str:
    """The language whose rules the symbol follows."""
    if definition.language is Language.JAVA or (kind is EdgeKind.JNI and _speaks_jni(definition)):
        return "java"
    return "c" if definition.language is Language.C or definition.is_c_linkage else "cpp"


def _speaks_jni(definition: Definition) -> bool:
    return definition.name.startswith("Java_") or any("JNIEnv" in parameter.type for parameter in definition.parameters)


def _declared_for_c(scan: TreeScan) -> frozenset[str]:
    """Functions that headers offer under the calling convention of C; their definitions need not say so again."""
    return frozenset(
        declaration.name
        for file in scan.files
        if file.path.endswith(HEADERS) and any(finding.rule == C_ABI_RULE for finding in file.findings)
        for declaration in file.facts.declarations
    )


def _variables(scan: TreeScan) -> dict[tuple[str, str], GlobalVariable]:
    """Definitions of variables by file and name."""
    return {
        (file.path, variable.name): variable
        for file in scan.files
        for variable in file.facts.globals
        if not variable.is_extern
    }


def _placed(
    crossing: Crossing, variables: Mapping[tuple[str, str], GlobalVariable], languages: Mapping[str, Language]
) -> Crossing:
    """Give a variable its line and type, and what has no definition the language of its file."""
    variable = variables.get((crossing.path, crossing.symbol)) if crossing.shape == "global" else None
    if variable is not None:
        crossing = structs.replace(crossing, line=variable.line, signature=f"{variable.type} {variable.name}")
    if crossing.abi:
        return crossing
    language = languages.get(crossing.path)
    if language is Language.JAVA:
        return structs.replace(crossing, abi="java")
    is_c = language is Language.C or crossing.shape == "global"
    return structs.replace(crossing, abi="c" if is_c else "cpp")


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
                    abi="java" if _speaks_jni(definition) else _abi(definition),
                )
            )  # fmt: skip
    return result


def _main_other(others: Counter[str]) -> str:
    """Name the component with the most uses; tests stand in only when nobody else uses it."""
    return min(others, key=lambda name: (name == TESTS, -others[name], name))
