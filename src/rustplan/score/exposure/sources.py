"""Where data from outside enters, function by function, with the line and the name that says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from rustplan.catalog.exposure import SourceRow, SourceTable
from rustplan.model.exposure import InputKind
from rustplan.model.facts import Call, FileFacts, Function
from rustplan.model.finding import Confidence, Finding
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.score.exposure.call_graph import HARNESS, FunctionGraph
from rustplan.score.exposure.entries import Entry, Sources, make_entry
from rustplan.score.exposure.exported import exported_functions
from rustplan.score.exposure.handlers import HandlerEntries
from rustplan.score.exposure.receivers import fills_buffer
from rustplan.score.names import words_in_order

_JNI_NAME = "Java_"
"""What registers natives, or runs when a library is loaded, is given no data."""
_MOST_ON_A_LINE = 32
_NETWORK_RULES = ("reads-network",)


def find_sources(
    graph: FunctionGraph,
    table: SourceTable,
    handlers: HandlerEntries,
    idle: Collection[tuple[str, str]] = frozenset(),
    without: Collection[InputKind] = (),
) -> Sources:
    """Return every function that data enters. Reads in `idle` functions, which nothing calls, are no sources, nor are those of kinds in `without`."""
    found: list[Entry] = []
    reader = _Reader(graph, table, idle)
    for file in graph.files:
        if file.role is Role.SOURCE or file.role is Role.GENERATED:
            found += reader.of(file)
            if file.facts.language is Language.JAVA:
                found += _handled(graph, file, handlers)
        elif file.role is not Role.VENDORED:
            found += reader.harness(file)
    found += _behind_java(graph)
    found += _exported(graph, table)
    return Sources(entry for entry in found if entry.source.kind not in without)


class _Reader:
    """Finds what reads from outside in one file after the other."""

    def __init__(self, graph: FunctionGraph, table: SourceTable, idle: Collection[tuple[str, str]]) -> None:
        self._graph = graph
        self._table = table
        self._idle = idle
        self._by_rule = {rule: row for row in table.rows for rule in row.rules}
        self._by_call = _by_name(table.rows)
        self._java_calls = _by_name(table.java)
        self._receiving = re.compile(table.receiving_macros)
        self._by_function = {name: row for row in table.rows for name in row.functions}
        self._macros = {
            macro.name for file in graph.files for macro in file.facts.macros if macro.is_function_like and not macro.alias
        }  # fmt: skip
        self._reads_network = any(
            finding.rule in _NETWORK_RULES for file in graph.files for finding in file.findings if file.role is Role.SOURCE
        )  # fmt: skip
        self._defined = {
            function.name for file in graph.files if file.facts.language is not Language.JAVA for function in file.facts.functions
        }  # fmt: skip

    def of(self, file: FileScan) -> Iterator[Entry]:
        """Every source of a file of the product."""
        yield from self._called(file)
        if file.facts.language is not Language.JAVA:
            yield from self._told(file)
            yield from self._hosted(file)
            yield from self._guessed(file)
        else:
            yield from self._java_mains(file)

    def harness(self, file: FileScan) -> Iterator[Entry]:
        """The fuzzing entry points of a test; what else it reads is the test's own."""
        for finding in file.findings:
            node = self._around(file, finding) if finding.rule == HARNESS else None
            if node is not None:
                row = self._by_rule[HARNESS]
                yield make_entry(self._graph, node, row, finding.line, self._graph.place(node)[1].name)

    def _told(self, file: FileScan) -> Iterator[Entry]:
        """What findings say: each of their lines, with the name that is called there."""
        calls = _calls_by_line(file.facts) if file.findings else {}
        for finding in file.findings:
            row = self._by_rule.get(finding.rule)
            node = self._around(file, finding) if row is not None else None
            if row is None or node is None or (row.is_read and self._is_idle(file, node)):
                continue
            if finding.confidence is Confidence.LOW and finding.rule not in _NETWORK_RULES:
                continue
            function = self._graph.place(node)[1]
            if row.kind is InputKind.JNI and not function.name.startswith(_JNI_NAME):
                continue
            for line in finding.lines or (finding.line,):
                told, symbol = self._row_of(row, finding, calls.get(line, ()), function)
                if symbol not in self._table.no_data and not (told.is_read and self._is_no_input(function)):
                    is_data = symbol not in self._table.connections
                    yield make_entry(self._graph, node, told, line, symbol, is_data=is_data)

    def _row_of(
        self, row: SourceRow, finding: Finding, calls: Iterable[Call], function: Function
    ) -> tuple[SourceRow, str]:
        """The kind by what is called on the line; sockets of this machine alone are no network."""
        if finding.confidence is Confidence.LOW and finding.rule in _NETWORK_RULES:
            row = next((one for one in self._table.rows if one.kind is InputKind.IPC), row)
        if row.kind is not InputKind.FILE:
            return row, _named_in(finding, calls) or function.name
        for call in calls:
            if call.callee in self._by_call:
                return self._by_call[call.callee], call.callee
        named = _named_in(finding, calls)
        if named or function.name not in self._by_function:
            return row, named or function.name
        return self._by_function[function.name], function.name

    def _called(self, file: FileScan) -> Iterator[Entry]:
        """Calls of functions that the tree does not define."""
        is_java = file.facts.language is Language.JAVA
        table = self._java_calls if is_java else self._by_call
        base = self._graph.base(file.path) or 0
        told: frozenset[tuple[int, str]] | None = None
        for call in file.facts.calls:
            row = table.get(call.callee)
            if row is None or not 0 <= call.function < len(file.facts.functions):
                continue
            if row.qualifiers and call.qualifier.rpartition(".")[2] not in row.qualifiers:
                continue
            if not is_java and (call.callee in self._defined or self._is_idle(file, base + call.function)):
                continue
            if told is None:
                told = _told_calls(file)
            if not is_java and (call.line, call.callee) in told:
                continue
            yield make_entry(self._graph, base + call.function, row, call.line, call.callee)

    def _guessed(self, file: FileScan) -> Iterator[Entry]:
        """Functions that fill a buffer by a macro that is called like a read, where the tree reads from the network."""
        if not self._reads_network:
            return
        row = next(one for one in self._table.rows if one.kind is InputKind.NETWORK)
        base = self._graph.base(file.path) or 0
        for call in file.facts.calls:
            if call.callee in self._macros and 0 <= call.function < len(file.facts.functions):
                fills = fills_buffer(file.facts.functions[call.function])
                if fills and self._receiving.search(call.callee) and not self._is_idle(file, base + call.function):
                    yield make_entry(self._graph, base + call.function, row, call.line, call.callee, is_guess=True)

    def _is_no_input(self, function: Function) -> bool:
        """True for a function that reads randomness, or that empties a connection before it closes it."""
        words = words_in_order(function.name)
        is_random = any(word.startswith(self._table.random_words) for word in words)
        return is_random or not self._table.draining_words.isdisjoint(words[-1:])

    def _hosted(self, file: FileScan) -> Iterator[Entry]:
        """Functions that a table hands to the program or kernel that loads the code."""
        if not any(finding.rule in self._table.host_rules for finding in file.findings):
            return
        row = SourceRow(kind=InputKind.HOST)
        base, taken = self._graph.base(file.path) or 0, frozenset(file.facts.address_taken)
        for at, function in enumerate(file.facts.functions):
            if function.name in taken and function.parameters:
                yield make_entry(self._graph, base + at, row, function.start_line, function.name)

    def _java_mains(self, file: FileScan) -> Iterator[Entry]:
        row = SourceRow(kind=InputKind.ARGUMENTS)
        base = self._graph.base(file.path) or 0
        for at, function in enumerate(file.facts.functions):
            if function.name == "main" and function.is_exported and function.parameters:
                yield make_entry(self._graph, base + at, row, function.start_line, "main")

    def _around(self, file: FileScan, finding: Finding) -> int | None:
        """The function of a finding, or the one around its line."""
        if finding.function:
            return self._graph.node(file.path, finding.function, finding.line)
        return self._graph.around(file.path, finding.line)

    def _is_idle(self, file: FileScan, node: int) -> bool:
        return (file.path, self._graph.place(node)[1].qualified_name) in self._idle


def _by_name(rows: Iterable[SourceRow]) -> Mapping[str, SourceRow]:
    return {name: row for row in rows for name in row.calls}


def _calls_by_line(facts: FileFacts) -> Mapping[int, list[Call]]:
    found: dict[int, list[Call]] = defaultdict(list)
    for call in facts.calls:
        if len(found[call.line]) < _MOST_ON_A_LINE:
            found[call.line].append(call)
    return found


def _named_in(finding: Finding, calls: Iterable[Call]) -> str:
    """The call of the line that the finding's message names, "" for none."""
    named = finding.message.partition("`")[2].partition("`")[0].split(", ")
    return next((call.callee for call in calls if call.callee in named), "")


def _told_calls(file: FileScan) -> frozenset[tuple[int, str]]:
    """(line, name) of the calls that findings name: these tell of them better, also where they hold them to be the program's own settings."""
    return frozenset(
        (line, name)
        for finding in file.findings
        if "`" in finding.message
        for name in finding.message.partition("`")[2].partition("`")[0].split(", ")
        for line in finding.lines
    )


def _handled(graph: FunctionGraph, file: FileScan, handlers: HandlerEntries) -> Iterator[Entry]:
    row = SourceRow(kind=InputKind.HANDLER)
    base = graph.base(file.path) or 0
    for at, words in handlers.of(file):
        yield make_entry(graph, base + at, row, file.facts.functions[at].start_line, words)


def _behind_java(graph: FunctionGraph) -> Iterator[Entry]:
    """Functions that implement a native method of a Java class in the tree."""
    row = SourceRow(kind=InputKind.JNI)
    for node in sorted(graph.native):
        _, function = graph.place(node)
        yield make_entry(graph, node, row, function.start_line, function.name)


def _exported(graph: FunctionGraph, table: SourceTable) -> Iterator[Entry]:
    row = SourceRow(kind=InputKind.EXPORTED_API)
    for node, path in exported_functions(graph, table):
        _, function = graph.place(node)
        yield make_entry(graph, node, row, function.start_line, path)
