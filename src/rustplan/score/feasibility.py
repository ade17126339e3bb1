"""How feasible a cut is: levels of 0-1 that are multiplied, each with its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import Anchors, FeasibilityAnchors
from rustplan.model.code_graph import CodeGraph, EdgeKind
from rustplan.model.component import ComponentGraph, Unit
from rustplan.model.finding import Finding, Kind
from rustplan.model.scan import TreeScan
from rustplan.model.score import Factor, FactorEvidence
from rustplan.model.source import Role
from rustplan.score.holdings import Holding
from rustplan.score.levels import level_factor
from rustplan.score.wording import count, heaviest_places, name_list, top_rules

CARRIED = (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.JNI)
"""Kinds of use that a boundary must carry; includes and imports vanish with the code."""
TESTING = (Role.TEST, Role.EXAMPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What other files do with each component."""

    inbound: Mapping[str, int]
    outbound: Mapping[str, int]
    test_files: Mapping[str, tuple[str, ...]]
    indirect_tests: Mapping[str, tuple[str, ...]]
    """Test files that reach a component only through one that calls it."""
    harnesses: Mapping[str, tuple[Finding, ...]]
    units: Mapping[str, Unit]
    cycles: Mapping[str, tuple[int, int]]
    """Component -> size of the cycle it is part of before that was divided, and the number of places where it was cut."""
    own_tests: Mapping[str, tuple[str, ...]]
    calling_tests: Mapping[str, tuple[str, ...]]
    """Test files that call into a component, wherever they belong; `test_files` also holds what only includes or imports it."""


def look_around(scan: TreeScan, components: ComponentGraph, graph: CodeGraph) -> Surroundings:
    """Count the symbols over every component's border and the tests that reach it."""
    owner = {path: component.name for component in components.components for path in component.files}
    roles = {file.path: file.role for file in scan.files}
    inbound: dict[str, set[tuple[str, str]]] = defaultdict(set)
    outbound: dict[str, set[tuple[str, str]]] = defaultdict(set)
    tests: dict[str, set[str]] = defaultdict(set)
    callers: dict[str, set[str]] = defaultdict(set)
    calling: dict[str, set[str]] = defaultdict(set)
    own: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        used, user = owner.get(edge.dependency, ""), owner.get(edge.dependent, "")
        if roles.get(edge.dependent) is Role.TEST and roles.get(edge.dependency) is Role.SOURCE:
            tests[used].add(edge.dependent)
            if edge.kind in CARRIED:
                calling[used].add(edge.dependent)
        if (
            used == user
            or edge.kind not in CARRIED
            or roles.get(edge.dependent) in TESTING
            or roles.get(edge.dependency) in TESTING
        ):
            continue
        inbound[used].add((edge.dependency, edge.symbol))
        outbound[user].add((edge.dependency, edge.symbol))
        callers[used].add(user)
    for file in scan.files:
        if file.role is Role.TEST and file.path in owner:
            tests[owner[file.path]].add(file.path)
            own[owner[file.path]].add(file.path)
    return Surroundings(
        inbound={name: len(symbols) for name, symbols in inbound.items()},
        outbound={name: len(symbols) for name, symbols in outbound.items()},
        test_files={name: tuple(sorted(paths)) for name, paths in tests.items()},
        indirect_tests={
            name: tuple(sorted(set().union(*(tests.get(caller, set()) for caller in sorted(users)))))
            for name, users in callers.items()
        },
        harnesses=_harnesses(scan, graph, owner),
        units={name: unit for unit in components.units for name in unit.components},
        cycles=_cycles(components),
        own_tests={name: tuple(sorted(paths)) for name, paths in own.items()},
        calling_tests={name: tuple(sorted(paths)) for name, paths in calling.items()},
    )


def _cycles(components: ComponentGraph) -> dict[str, tuple[int, int]]:
    """Size and number of cuts by member, for every cycle that was divided into units."""
    unit_of = {name: unit.name for unit in components.units for name in unit.components}
    found = {}
    for cycle in components.cycles:
        members = set(cycle)
        cuts = sum(
            1
            for unit in components.units
            for cut in unit.cuts
            if {cut.dependent, cut.dependency} <= members and unit_of[cut.dependent] != unit_of[cut.dependency]
        )
        found.update(dict.fromkeys(cycle, (len(cycle), cuts)))
    return found


def feasibility_factors(holding: Holding, around: Surroundings, anchors: Anchors) -> tuple[Factor, ...]:
    """Return the factors whose product is the feasibility."""
    levels = anchors.feasibility
    return (
        _boundary(holding, around, anchors),
        _tests(holding, around, levels),
        _fuzzing(holding, around, levels),
        _obstacles(holding, levels),
        _cycle(holding, around, levels),
    )


def _harnesses(scan: TreeScan, graph: CodeGraph, owner: Mapping[str, str]) -> dict[str, tuple[Finding, ...]]:
    """Fuzz harnesses by the components that hold or call into them."""
    harnesses = {
        file.path: [finding for finding in file.findings if finding.rule == "fuzz-harness"] for file in scan.files
    }
    reached: dict[str, set[str]] = defaultdict(set)
    for path, findings in harnesses.items():
        if findings and path in owner:
            reached[owner[path]].add(path)
    for edge in graph.edges:
        if harnesses.get(edge.dependent) and edge.kind in CARRIED:
            reached[owner.get(edge.dependency, "")].add(edge.dependent)
    return {
        name: tuple(finding for path in sorted(paths) for finding in harnesses[path]) for name, paths in reached.items()
    }


def _boundary(holding: Holding, around: Surroundings, anchors: Anchors) -> Factor:
    """A boundary against the size of what lies behind it: isolation alone must not make a small helper a first candidate."""
    name = holding.component.name
    inbound, outbound = around.inbound.get(name, 0), around.outbound.get(name, 0)
    lines = max(1, sum(file.facts.sloc for file in holding.sources))
    per_crossing = anchors.densities.lines_per_crossing
    ratio = (inbound + outbound) * per_crossing / lines
    return level_factor(
        name="narrow-boundary",
        value=round(ratio, 4),
        unit="work at the boundary / work on the code",
        anchor=f"1 / (1 + ratio), a crossing like {per_crossing:g} lines: 0.5 when the boundary is as much work as the code",
        level=1.0 / (1.0 + ratio),
        because=f"{count(inbound, 'symbol')} used by other components, {count(outbound, 'symbol')} of others used here, "
        f"{count(lines, 'line')} of code.",
    )


def _tests(holding: Holding, around: Surroundings, anchors: FeasibilityAnchors) -> Factor:
    name = holding.component.name
    paths = around.test_files.get(name, ())
    number = max(len(paths), holding.component.test_files)
    level = 1.0 if number >= anchors.enough_test_files else anchors.few_tests
    because = _test_words(holding, paths, around)
    if not number:
        paths = around.indirect_tests.get(name, ())
        number, level = len(paths), anchors.indirect_tests
        because = f"No test calls it directly; {count(number, 'test file')} {'reaches' if number == 1 else 'reach'} it through a component that uses it."
    if not number:
        level = anchors.no_tests
        because = "No test file that exercises it was found: write parity tests first."
    return level_factor(
        name="tests",
        value=float(number),
        unit="test files",
        anchor=f"{anchors.no_tests:g} without tests, {anchors.indirect_tests:g} through a caller only, {anchors.few_tests:g} with some, "
        f"1 from {anchors.enough_test_files} files",
        level=level,
        because=because,
        evidence=tuple(FactorEvidence(path=path, line=1, what="test") for path in paths),
    )


def _test_words(holding: Holding, paths: Sequence[str], around: Surroundings) -> str:
    """Tell the component's own test files from those of others that reach it: the first count is the one of its description."""
    name = holding.component.name
    own, calling = set(around.own_tests.get(name, ())), set(around.calling_tests.get(name, ()))
    number = max(len(own), holding.component.test_files)
    reached = len(calling - own)
    loose = len(set(paths) - own - calling)
    said = [f"{count(number, 'test file')} of its own" if number else "No test file of its own"]
    if reached:
        more, ending = " more" if number else "", "es" if reached == 1 else ""
        said.append(f"{reached}{more} that reach{ending} it by calls")
    if loose:
        said.append(f"{loose} that only {'names' if loose == 1 else 'name'} what it declares")
    return f"{'; '.join(said)}. What they assert was not read."


def _fuzzing(holding: Holding, around: Surroundings, anchors: FeasibilityAnchors) -> Factor:
    found = around.harnesses.get(holding.component.name, ())
    because = (
        f"Fuzz harnesses reach it in {count(len(found), 'place')}."
        if found
        else "No fuzz harness that reaches it was found."
    )
    return level_factor(
        name="fuzzing",
        value=float(len(found)),
        unit="fuzz harnesses",
        anchor=f"{anchors.no_fuzzing:g} without, 1 with one",
        level=1.0 if found else anchors.no_fuzzing,
        because=because,
        evidence=heaviest_places(found),
    )


def _obstacles(holding: Holding, anchors: FeasibilityAnchors) -> Factor:
    found = [finding for file in holding.sources for finding in file.findings if finding.kind is Kind.OBSTACLE]
    kinds = {finding.rule for finding in found}
    blockers = sorted(kinds.intersection(anchors.blockers))
    level = 1.0 - anchors.per_blocker * len(blockers) - anchors.per_obstacle_kind * (len(kinds) - len(blockers))
    because = f"What makes a port harder: {top_rules(found)}." if found else "Nothing that makes a port hard was found."
    if blockers:
        because += f" {name_list(blockers)} cannot be translated and must be redesigned or kept behind the boundary."
    return level_factor(
        name="obstacles",
        value=float(len(kinds)),
        unit="kinds of obstacle",
        anchor=f"1 without, {anchors.per_blocker:g} less for a blocker, {anchors.per_obstacle_kind:g} for another kind, "
        f"at least {anchors.least_obstacles:g}",
        level=max(anchors.least_obstacles, level),
        because=because,
        evidence=heaviest_places(found),
    )


def _cycle(holding: Holding, around: Surroundings, anchors: FeasibilityAnchors) -> Factor:
    unit = around.units.get(holding.component.name)
    others = [name for name in unit.components if name != holding.component.name] if unit else []
    size, cuts = around.cycles.get(holding.component.name, (0, 0))
    because = "It is in no cycle: it can move alone."
    if others:
        because = f"It is in a cycle with {name_list(others[:3])}{' and more' if len(others) > 3 else ''}: they need each other."
    elif size:
        because = "It can move alone."
    if size > len(others) + 1:
        because += (
            f" It is part of a cycle of {count(size, 'component')} that was cut at {count(cuts, 'place')}; see the cuts of its unit. "
            "Old and new code call each other there, and the crossings are in its boundary."
        )
    return level_factor(
        name="independence",
        value=float(len(others)),
        unit="other components in its unit",
        anchor=f"1 when its unit is it alone, {anchors.cycle:g} in a unit of several",
        level=anchors.cycle if others else 1.0,
        because=because,
    )
