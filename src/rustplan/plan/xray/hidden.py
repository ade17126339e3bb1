"""What crosses without standing in a signature: `errno`, threads, exceptions, addresses of functions."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rustplan.model.boundary import Aspect, CrossingKind
from rustplan.model.code_graph import CodeGraph, EdgeKind
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language
from rustplan.plan.xray.types import HEADERS

LINES_AFTER = 10
"""A test of `errno` this many lines after a call is taken to be about that call, when the callee sets it."""
LINES_AT_ONCE = 3
"""The same for a callee that does not set it itself: a function of the system that it calls may."""

THREAD_RULES = {
    "thread-start": "starts a thread",
    "manual-locking": "takes a lock",
    "thread-shared-state": "touches state that threads share",
}
ATTACHES = frozenset({"AttachCurrentThread", "AttachCurrentThreadAsDaemon"})
EXCEPTION_RULE = "exception-across-boundary"


class Hidden:
    """Indexes over the tree, and the questions asked of them for one crossing."""

    def __init__(self, scan: TreeScan, graph: CodeGraph) -> None:
        self._files = {file.path: file for file in scan.files}
        self._users: dict[tuple[str, str], list[str]] = defaultdict(list)
        for edge in graph.edges:
            if edge.kind is EdgeKind.CALL:
                self._users[edge.dependency, edge.symbol].append(edge.dependent)
        self._lines: dict[str, dict[str, list[int]]] = {}

    def aspects(self, path: str, symbol: str, function: Function) -> Iterator[Aspect]:
        """Yield what a function does besides its signature, seen from those who call it."""
        file = self._files.get(path)
        if file is None:
            return
        yield from self._errno(file, symbol, function)
        yield from _by_findings(file, function)

    def address_taken(self, path: str, symbol: str, outside: Mapping[str, str], component: str) -> Aspect | None:
        """Return a callback aspect when another component takes the function's address and never calls it by name."""
        for user in sorted(self._users.get((path, symbol), ())):
            if outside.get(user, component) == component or user.endswith(HEADERS):
                continue
            facts = self._files[user].facts if user in self._files else None
            if facts is not None and symbol in facts.address_taken and not self._calls(user, symbol):
                return Aspect(CrossingKind.CALLBACK, "its address is taken there", user, 0)
        return None

    def _errno(self, file: FileScan, symbol: str, function: Function) -> Iterator[Aspect]:
        """A callee that sets `errno`, or one whose caller tests it at once."""
        inside = [use for use in file.facts.errno_uses if function.start_line <= use.line <= function.end_line]
        sets = [use.line for use in inside if use.is_write and not use.is_reset]
        place = self._tested(file.path, symbol, LINES_AFTER if sets else LINES_AT_ONCE)
        if sets:
            tested = f", tested in {place[0]}:{place[1]}" if place else ""
            yield Aspect(CrossingKind.ERRNO, f"sets errno{tested}", file.path, sets[0], is_inferred=not place)
        elif place and file.facts.language is Language.C and not file.path.endswith(HEADERS):
            yield Aspect(CrossingKind.ERRNO, "the caller tests errno at once", *place, is_inferred=True)

    def _tested(self, path: str, symbol: str, within: int) -> tuple[str, int] | None:
        """The first place where a caller reads `errno` soon after calling the function."""
        for user in sorted(set(self._users.get((path, symbol), ()))):
            file = self._files.get(user)
            reads = [use.line for use in file.facts.errno_uses if not use.is_write] if file is not None else []
            for called in self._calls(user, symbol) if reads else ():
                at = bisect_left(reads, called)
                if at < len(reads) and reads[at] <= called + within:
                    return user, reads[at]
        return None

    def _calls(self, path: str, symbol: str) -> list[int]:
        """Lines of a file that call a name."""
        if path not in self._files:
            return []
        if path not in self._lines:
            lines: dict[str, list[int]] = defaultdict(list)
            for call in self._files[path].facts.calls:
                lines[call.callee].append(call.line)
            self._lines[path] = lines
        return self._lines[path].get(symbol.rpartition("::")[2], [])


def thread_of(files: Iterable[FileScan]) -> tuple[str, int] | None:
    """Return the first place where the files of a component start a thread, or attach one to a Java machine."""
    for file in files:
        lines = [finding.line for finding in file.findings if finding.rule == "thread-start"]
        lines += [call.line for call in file.facts.calls if call.callee in ATTACHES]
        if lines:
            return file.path, min(lines)
    return None


def _by_findings(file: FileScan, function: Function) -> Iterator[Aspect]:
    """Threads and exceptions that rules found inside the function."""
    own = [finding for finding in file.findings if finding.function == function.qualified_name]
    for rule, words in THREAD_RULES.items():
        places = [line for finding in own if finding.rule == rule for line in finding.lines or (finding.line,)]
        inside = [line for line in places if function.start_line <= line <= function.end_line]
        if inside:
            yield Aspect(CrossingKind.THREAD, words, file.path, min(inside))
            break
    thrown = [finding.line for finding in own if finding.rule == EXCEPTION_RULE]
    if thrown:
        yield Aspect(CrossingKind.EXCEPTION, "an exception can leave it", file.path, min(thrown))
