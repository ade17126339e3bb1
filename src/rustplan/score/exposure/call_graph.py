"""The graph of functions in flat arrays: who calls whom at which line, and which calls may lead elsewhere."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rustplan.catalog.exposure import PointerTable
from rustplan.model.code_graph import CodeGraph
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.score.exposure.targets import Targets

HARNESS = "fuzz-harness"
Edge = tuple[int, int, int, int, bool, bool]
"""Caller, callee, lines of the first and of the last call, whether one stands in a loop, and whether the call only may lead there."""

MOST_LINES = 2**31 - 1
MOST_OF_A_NAME = 64
MOST_AROUND = 16
_READ = (Role.SOURCE, Role.GENERATED, Role.VENDORED)


@dataclass(frozen=True, slots=True)
class Calls:
    """Edges grouped by one end: those of node `n` are `others[start[n]:start[n + 1]]`, with the lines of the first and the last call.

    `in_loop`: one of them stands in a loop. `is_may`: the call may lead elsewhere.
    """

    start: array[int]
    others: array[int]
    lines: array[int]
    lasts: array[int]
    in_loop: bytearray
    is_may: bytearray

    def of(self, node: int) -> range:
        """Positions of a node's edges."""
        return range(self.start[node], self.start[node + 1])


class FunctionGraph:
    """All functions of the files that were read, numbered file by file, and their calls in both directions.

    `takes` and `gives` tell of each whether it can be handed data at all, and whether it can hand some back. `native` are those that
    implement a native method of Java.
    """

    def __init__(self, files: Sequence[FileScan]) -> None:
        self.files = files
        self.first = array("q", [0])
        self.takes, self.gives = bytearray(), bytearray()
        for file in files:
            self.first.append(self.first[-1] + len(file.facts.functions))
            self.takes += bytes(_takes(function) for function in file.facts.functions)
            self.gives += bytes(_gives(function) for function in file.facts.functions)
        self._at = {file.path: index for index, file in enumerate(files)}
        self._named: tuple[int, dict[str, list[int]]] = (-1, {})
        self.native: frozenset[int] = frozenset()
        self._starts: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._loops: tuple[str, frozenset[int]] = ("", frozenset())
        self.callees = self.callers = _by_caller(len(self), ())

    def __len__(self) -> int:
        """How many functions there are."""
        return self.first[-1]

    def place(self, node: int) -> tuple[FileScan, Function]:
        """The file and the function of a node."""
        index = bisect_right(self.first, node) - 1
        return self.files[index], self.files[index].facts.functions[node - self.first[index]]

    def base(self, path: str) -> int | None:
        """The number of a file's first function; None for a file that is not in the graph."""
        index = self._at.get(path)
        return None if index is None else self.first[index]

    def file(self, path: str) -> FileScan | None:
        """A file of the graph by path."""
        index = self._at.get(path)
        return None if index is None else self.files[index]

    def node(self, path: str, qualified_name: str, line: int) -> int | None:
        """The function of that name around a line; of functions of the name elsewhere the first; None when there is none."""
        index = self._at.get(path)
        if index is None:
            return None
        if self._named[0] != index:
            self._named = (index, _positions(self.files[index].facts.functions))
        functions = self.files[index].facts.functions
        found = [
            (not functions[at].start_line <= line <= functions[at].end_line, at)
            for at in self._named[1].get(qualified_name, ())
        ]
        return self.first[index] + min(found)[1] if found else None

    def around(self, path: str, line: int) -> int | None:
        """The function of a file that holds a line, the innermost of a few that begin before it."""
        index = self._at.get(path)
        if index is None:
            return None
        functions = self.files[index].facts.functions
        if self._starts[0] != index:
            self._starts = (index, sorted((one.start_line, at) for at, one in enumerate(functions)))
        starts = self._starts[1]
        before = bisect_right(starts, (line, len(functions)))
        for _, at in reversed(starts[max(0, before - MOST_AROUND) : before]):
            if functions[at].end_line >= line:
                return self.first[index] + at
        return None

    def calls_in_loop(self, path: str, line: int) -> bool:
        """True when a call on that line of a file stands in a loop."""
        if self._loops[0] != path:
            file = self.file(path)
            calls = file.facts.calls if file is not None else ()
            self._loops = (path, frozenset(call.line for call in calls if call.loop_depth))
        return line in self._loops[1]

    def set_edges(self, edges: Iterable[Edge]) -> None:
        """Take the calls of the graph, ordered by caller."""
        self.callees = _by_caller(len(self), edges)
        self.callers = _turned(self.callees)


def build_function_graph(scan: TreeScan, graph: CodeGraph, pointers: PointerTable) -> FunctionGraph:
    """Number the functions of all files but tests and examples (fuzzing harnesses are taken) and resolve their calls."""
    files = [file for file in scan.files if file.role in _READ or is_harness(file)]
    functions = FunctionGraph(sorted(files, key=lambda file: file.path))
    targets = Targets(functions, graph, pointers)
    functions.set_edges(_all_edges(functions, targets))
    return functions


def _all_edges(functions: FunctionGraph, targets: Targets) -> Iterator[Edge]:
    """All calls, ordered by caller; of one caller the sure ones first, then by line."""
    native: dict[str, list[Edge]] = {}
    for edge in targets.native_edges():
        native.setdefault(functions.place(edge[0])[0].path, []).append(edge)
    functions.native = frozenset(edge[1] for edges in native.values() for edge in edges)
    for file in functions.files:
        edges = [*_edges_of(file, functions, targets), *native.get(file.path, ())]
        yield from sorted(edges, key=lambda edge: (edge[0], edge[5], edge[2], edge[1]))


def is_harness(file: FileScan) -> bool:
    """True for a file with a fuzzing entry point."""
    return any(finding.rule == HARNESS for finding in file.findings)


def _edges_of(file: FileScan, functions: FunctionGraph, targets: Targets) -> Iterator[Edge]:
    """The calls of a file's functions: each pair of functions once, at its first line, sure if one call is."""
    base = functions.base(file.path) or 0
    found: dict[tuple[int, int], tuple[bool, int, int, bool]] = {}
    for call in file.facts.calls:
        if not 0 <= call.function < len(file.facts.functions):
            continue
        caller = base + call.function
        for callee, is_may in targets.of(file, call):
            if callee != caller:
                may, first, last, loop = found.get((caller, callee), (True, call.line, call.line, False))
                lines = (min(first, call.line), max(last, call.line))
                found[caller, callee] = (may and is_may, *lines, loop or call.loop_depth > 0)
    for (caller, callee), (is_may, first, last, loop) in found.items():
        yield caller, callee, first, last, loop, is_may


def _positions(functions: Sequence[Function]) -> dict[str, list[int]]:
    """Functions of one file by qualified name; of very many of one name the first."""
    found: dict[str, list[int]] = {}
    for at, function in enumerate(functions):
        known = found.setdefault(function.qualified_name, [])
        if len(known) < MOST_OF_A_NAME:
            known.append(at)
    return found


def _takes(function: Function) -> bool:
    """A function of no class that takes nothing is handed nothing."""
    return bool(function.parameters) or bool(function.container) or function.is_variadic


def _gives(function: Function) -> bool:
    """A function that returns nothing and fills nothing gives its caller nothing."""
    if function.return_type not in ("void", "") or function.container:
        return True
    return any("*" in one.type or "&" in one.type or "[" in one.type for one in function.parameters)


def _by_caller(size: int, edges: Iterable[Edge]) -> Calls:
    """Write edges that come ordered by caller into arrays."""
    calls = Calls(array("q", [0]) * (size + 1), array("q"), array("i"), array("i"), bytearray(), bytearray())
    for node, other, first, last, loop, may in edges:
        calls.start[node + 1] += 1
        calls.others.append(other)
        calls.lines.append(min(first, MOST_LINES))
        calls.lasts.append(min(last, MOST_LINES))
        calls.in_loop.append(loop)
        calls.is_may.append(may)
    for node in range(size):
        calls.start[node + 1] += calls.start[node]
    return calls


def _turned(calls: Calls) -> Calls:
    """The same edges by their other end, sure ones first: two passes of a counting sort."""
    size, count = len(calls.start) - 1, len(calls.others)
    start = array("q", [0]) * (size + 1)
    for other in calls.others:
        start[other + 1] += 1
    for node in range(size):
        start[node + 1] += start[node]
    turned = Calls(
        start, array("q", [0]) * count, array("i", [0]) * count, array("i", [0]) * count, bytearray(count), bytearray(count)
    )  # fmt: skip
    free = array("q", start)
    for wanted in (False, True):
        for node in range(size):
            for at in calls.of(node):
                if bool(calls.is_may[at]) is wanted:
                    other = calls.others[at]
                    to, free[other] = free[other], free[other] + 1
                    turned.others[to], turned.lines[to], turned.lasts[to] = node, calls.lines[at], calls.lasts[at]
                    turned.in_loop[to], turned.is_may[to] = calls.in_loop[at], calls.is_may[at]
    return turned
