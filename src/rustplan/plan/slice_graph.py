"""The functions of one component as a graph: who calls whom inside, who calls in from outside, which tests reach what."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.model.finding import Kind
from rustplan.model.roadmap import Direction
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.plan.subject import Subject

FAR = 4
"""A test that reaches a function by more calls than this says little about it."""
MOST_TARGETS = 3
"""A call with more candidates than this says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One function with its place. `users` counts uses from outside the component, `places` defects and exposures inside it;
    `is_pointed` says that its address is taken, so that somebody may call it without its name.

    A Java method calls a native function by another name, so a crossing is known by its line, too.
    """

    path: str
    name: str
    start: int
    end: int
    lines: int
    users: int
    places: int = 0
    is_pointed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceGraph:
    """Functions by number, calls in both directions, symbols that each needs from other components, and tests by function."""

    nodes: tuple[Node, ...]
    callees: tuple[frozenset[int], ...]
    callers: tuple[frozenset[int], ...]
    needs: tuple[frozenset[str], ...]
    tests: tuple[frozenset[str], ...]
    by_path: Mapping[str, frozenset[int]]
    """Functions of each file: a file that is divided shares more than calls."""

    def around(self, node: int) -> frozenset[int]:
        """Functions that call it or that it calls."""
        return self.callees[node] | self.callers[node]


def slice_graph(subject: Subject, tests_by_callee: Mapping[str, Sequence[str]]) -> SliceGraph:
    """Return the graph of a component's C and C++ functions. Calls are resolved by name, in the same file first."""
    files = [file for file in subject.sources if file.facts.language.is_memory_unsafe]
    nodes, index = _nodes(subject, files)
    callees: list[set[int]] = [set() for _ in nodes]
    needs: list[set[str]] = [set() for _ in nodes]
    beyond = {item.symbol for item in subject.boundary.crossings if item.direction is Direction.OUTBOUND}
    by_name, in_file = _names(files, index)
    for file in files:
        for call in file.facts.calls:
            node = index.get((file.path, call.function))
            if node is None:
                continue
            found = in_file.get((file.path, call.callee)) or by_name.get(call.callee, [])
            callees[node].update(
                other for other in found[:MOST_TARGETS] if other != node and len(found) <= MOST_TARGETS
            )
            if not found and call.callee in beyond:
                needs[node].add(call.callee)
    callers: list[set[int]] = [set() for _ in nodes]
    for node, found_callees in enumerate(callees):
        for other in found_callees:
            callers[other].add(node)
    return SliceGraph(
        nodes=nodes, callees=tuple(map(frozenset, callees)), callers=tuple(map(frozenset, callers)),
        needs=tuple(map(frozenset, needs)), tests=_reached(nodes, callees, tests_by_callee),
        by_path=_by_path(nodes),
    )  # fmt: skip


def calls_of_tests(scan: TreeScan) -> dict[str, tuple[str, ...]]:
    """Return the test files of C and C++ that call each name."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in scan.files:
        if file.role is Role.TEST and file.facts.language.is_memory_unsafe:
            for call in file.facts.calls:
                found[call.callee].add(file.path)
    return {name: tuple(sorted(paths)) for name, paths in sorted(found.items())}


def _nodes(subject: Subject, files: Sequence[FileScan]) -> tuple[tuple[Node, ...], dict[tuple[str, int], int]]:
    users: dict[tuple[str, str], int] = defaultdict(int)
    by_line: dict[tuple[str, int], int] = defaultdict(int)
    for crossing in subject.boundary.crossings:
        if crossing.direction is Direction.INBOUND:
            users[crossing.path, crossing.symbol.rpartition("::")[2]] += max(1, crossing.uses)
            by_line[crossing.path, crossing.line] += max(1, crossing.uses)
    places = _places(files)
    pointed = {name for file in files for name in file.facts.address_taken}
    nodes: list[Node] = []
    index: dict[tuple[str, int], int] = {}
    for file in files:
        for place, function in enumerate(file.facts.functions):
            if function.has_body:
                index[file.path, place] = len(nodes)
                nodes.append(
                    Node(
                        path=file.path, name=function.qualified_name, start=function.start_line, end=function.end_line,
                        lines=max(1, function.sloc),
                        users=users.get((file.path, function.name), 0) or by_line.get((file.path, function.start_line), 0),
                        places=sum(function.start_line <= line <= function.end_line for line in places.get(file.path, ())),
                        is_pointed=function.name in pointed,
                    )
                )  # fmt: skip
    return tuple(nodes), index


def _places(files: Sequence[FileScan]) -> dict[str, list[int]]:
    """Lines of defects and exposures by file."""
    return {
        file.path: sorted(
            {
                line
                for finding in file.findings
                if finding.kind in (Kind.DEFECT, Kind.EXPOSURE)
                for line in finding.lines or (finding.line,)
            }
        )
        for file in files
    }


def _by_path(nodes: Sequence[Node]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, node in enumerate(nodes):
        found[node.path].add(number)
    return {path: frozenset(numbers) for path, numbers in found.items()}


def _names(
    files: Sequence[FileScan], index: Mapping[tuple[str, int], int]
) -> tuple[dict[str, list[int]], dict[tuple[str, str], list[int]]]:
    """Functions by plain name: those seen from outside their file, and those of each file."""
    by_name: dict[str, list[int]] = defaultdict(list)
    in_file: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in files:
        for place, function in enumerate(file.facts.functions):
            node = index.get((file.path, place))
            if node is not None:
                in_file[file.path, function.name].append(node)
                if function.is_exported:
                    by_name[function.name].append(node)
    return by_name, in_file


def _reached(
    nodes: Sequence[Node], callees: Sequence[set[int]], tests_by_callee: Mapping[str, Sequence[str]]
) -> tuple[frozenset[str], ...]:
    """Tests that reach each function within a few calls."""
    found: list[set[str]] = [set(tests_by_callee.get(node.name.rpartition("::")[2], ())) for node in nodes]
    waiting = deque((node, 0) for node, tests in enumerate(found) if tests)
    while waiting:
        node, steps = waiting.popleft()
        if steps == FAR:
            continue
        for other in sorted(callees[node]):
            if not found[node] <= found[other]:
                found[other] |= found[node]
                waiting.append((other, steps + 1))
    return tuple(map(frozenset, found))
