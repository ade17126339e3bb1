"""The second pass over a tree: calls that hand something of interest to a function of another file are followed there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Protocol

import msgspec

from rustplan.flow.engine import FileProgram
from rustplan.flow.events import Event
from rustplan.flow.headers import Headers
from rustplan.flow.models import Models
from rustplan.flow.project import run_across
from rustplan.languages import MacroWords, Prepared, support
from rustplan.model.facts import Function
from rustplan.model.finding import Finding
from rustplan.model.options import ScanOptions
from rustplan.model.scan import FileScan
from rustplan.model.source import DegradedFile, DegradeReason, Language, Role, SkippedFile, SourceFile
from rustplan.plugins import prepared as prepared_text
from rustplan.rulebook import CompiledRules, Rulebook, compile_rules, findings_of_events
from rustplan.rulebook.place import Lines
from rustplan.scan.executors import Executor, LocalPool, Order
from rustplan.scan.pool import Failure
from rustplan.scan.read import Place, read_source
from rustplan.scan.trace import Seen, TracedProject, Trail
from rustplan.syntax import Node

HEADER_SUFFIXES = (".h", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".ipp", ".tcc")
MOST_HEADER_BYTES = 1_000_000
"""A larger header is scanned like any file; those that include it do without its declarations."""

MOST_LINES = 60
"""Code lines of a function that calls from other files are followed into."""

MOST_PROGRAMS = 250
"""Files whose functions one worker keeps ready."""

C_FAMILY = (Language.C, Language.CPP)


class Task(msgspec.Struct, frozen=True, array_like=True):
    """One file of the second pass: the byte offsets of the functions to run again."""

    path: str
    offsets: tuple[int, ...]


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What comes of a task: findings, and in words what was not followed ("" for nothing).

    `seen` is what it was made from; None for what must not be kept.
    """

    findings: tuple[Finding, ...] = ()
    unfollowed: str = ""
    seen: Seen | None = None


class Setup(msgspec.Struct, frozen=True):
    """What every worker of the second pass knows: the files by path, and the one definition of each name that is called across files.

    `hashes` are the SHA-256 of the files by path; None when nothing is kept.
    """

    root: Place
    files: dict[str, SourceFile]
    rulebook: Rulebook
    words: MacroWords
    definers: dict[str, str]
    variables: dict[str, str]
    hashes: Mapping[str, bytes] | None = None


def header_paths(files: Iterable[SourceFile]) -> Iterator[str]:
    """The C and C++ files whose declarations others get by an include."""
    return (
        file.path
        for file in files
        if file.language in C_FAMILY and file.size <= MOST_HEADER_BYTES and file.path.endswith(HEADER_SUFFIXES)
    )


class Sources:
    """Reads, prepares and remembers files of one tree for the engine; the oldest are dropped first."""

    def __init__(
        self,
        root: Place,
        files: Mapping[str, SourceFile],
        words: MacroWords,
        hashes: Mapping[str, bytes] | None = None,
    ) -> None:
        self._root = root
        self._files = files
        self._words = words
        self._hashes = hashes
        self.is_stale = False
        """True once a file was read that is not the one whose SHA-256 is in `hashes`: nothing made from here on may be kept."""
        self.headers = Headers(header_paths(files.values()), self._parsed)
        self._prepared: dict[str, Prepared | None] = {}
        self._programs: dict[str, FileProgram] = {}

    def prepared(self, path: str) -> Prepared | None:
        """The prepared file; None when it cannot be read any more."""
        if path not in self._prepared:
            while len(self._prepared) >= MOST_PROGRAMS:
                del self._prepared[next(iter(self._prepared))]
            file = self._files.get(path)
            data = read_source(self._root, file) if file is not None else None
            self._compare(path, data)
            if file is None or data is None or isinstance(data, SkippedFile):
                self._prepared[path] = None
            else:
                self._prepared[path] = support(file.language).prepare(prepared_text(path, data), self._words)
        return self._prepared[path]

    def _compare(self, path: str, data: bytes | SkippedFile | None) -> None:
        if self._hashes is not None:
            found = hashlib.sha256(data).digest() if isinstance(data, bytes) else None
            self.is_stale |= found != self._hashes.get(path)

    def keep(self, path: str, prepared: Prepared) -> None:
        """Remember a header that was prepared to be scanned: others will include it."""
        if not path.endswith(HEADER_SUFFIXES):
            return
        self._compare(path, prepared.original)
        while len(self._prepared) >= MOST_PROGRAMS:
            del self._prepared[next(iter(self._prepared))]
        self._prepared[path] = prepared

    def _parsed(self, path: str) -> tuple[bytes, Node] | None:
        found = self.prepared(path)
        return None if found is None else (found.text, found.tree.root_node)

    def program(self, path: str) -> FileProgram | None:
        """The functions of one file, with the declarations of its headers."""
        if path not in self._programs:
            file, found = self._files.get(path), self.prepared(path)
            if file is None or found is None:
                return None
            included = self.headers.of(path, found.text)
            self._programs[path] = FileProgram(path, file.language, found.text, found.tree, included)
        return self._programs[path]

    def begin(self) -> None:
        """Before each task: what running functions showed is forgotten, so that a result does not depend on the tasks before it."""
        if len(self._programs) > MOST_PROGRAMS:
            self._programs.clear()
        for program in self._programs.values():
            program.forget_runs()


def scan_across(
    root: Path,
    files: Sequence[SourceFile],
    scans: Sequence[FileScan],
    rulebook: Rulebook,
    words: MacroWords,
    options: ScanOptions,
    jobs: int,
    memory: Memory | None = None,
    executor: Executor | None = None,
    sources: Sources | None = None,
) -> tuple[list[Finding], list[DegradedFile]]:
    """Findings that only show when calls into other files are followed, sorted; and the files where that was not done to the end.

    `memory` knows what came of tasks before; without an `executor` the tasks run in `jobs` processes of this machine.
    `sources` are those of the same tree that this process has read from already.
    """
    definers, variables = _definitions(scans)
    tasks = _tasks(scans, definers)
    if not tasks:
        return [], []
    needed = {file.path: file for file in files if file.language in C_FAMILY}
    hashes = None if memory is None else memory.hashes
    setup = Setup(root.absolute(), needed, rulebook, words, definers, variables, hashes)
    known = {} if memory is None else memory.recall(tasks, setup)
    tasks = [task for task in tasks if task not in known]
    found: list[Finding] = []
    cut_short: list[DegradedFile] = []
    is_small = executor is None and (jobs <= 1 or len(tasks) < 4)
    if is_small:
        work = _here(setup, tasks, sources)
    else:
        work = _batched(root, setup, tasks, options, executor or LocalPool(jobs))
    with closing(work) as outcomes:
        for task, outcome in chain(known.items(), outcomes):
            found += outcome.findings
            if outcome.unfollowed:
                reason = DegradeReason.ANALYSIS_CUT_SHORT
                cut_short.append(DegradedFile(path=task.path, reason=reason, detail=outcome.unfollowed))
            if memory is not None and task not in known:
                memory.keep(task, outcome)
    return _one_a_place(found), sorted(cut_short)


class Memory(Protocol):
    """What remembers the outcomes of tasks from scan to scan."""

    @property
    def hashes(self) -> Mapping[str, bytes]:
        """The SHA-256 of the files of the tree, by path."""

    def recall(self, tasks: Sequence[Task], setup: Setup) -> dict[Task, Outcome]:
        """The outcomes that still hold."""

    def keep(self, task: Task, outcome: Outcome) -> None:
        """Remember an outcome, when it says what it was made from."""


def _one_a_place(found: Sequence[Finding]) -> list[Finding]:
    """One finding of a rule on a line: the one with the shortest chain of the many callers that may lead there."""
    best: dict[tuple[str, int, str], Finding] = {}
    for finding in sorted(found, key=_shortest_first):
        best.setdefault((finding.path, finding.line, finding.rule), finding)
    return [finding for _, finding in sorted(best.items())]


def _shortest_first(finding: Finding) -> tuple[object, ...]:
    places = [(place.path, place.line, place.message) for place in finding.related]
    return len(places), finding.confidence.rank, finding.message, places


def _here(setup: Setup, tasks: Sequence[Task], sources: Sources | None) -> Generator[tuple[Task, Outcome], None, None]:
    work = start_across(setup, sources)
    for task in tasks:
        yield task, _decoded(work(task))


def _batched(
    root: Path, setup: Setup, tasks: Sequence[Task], options: ScanOptions, executor: Executor
) -> Generator[tuple[Task, Outcome], None, None]:
    """Neighbours in the tree go to one worker: they call each other."""
    size = max(1, -(-len(tasks) // (executor.jobs * 4)))
    order = Order(
        start=start_across,
        setup_at=lambda place: msgspec.structs.replace(setup, root=place),
        batches=[tasks[start : start + size] for start in range(0, len(tasks), size)],
        root=root,
        shared=_asked_for(setup, tasks),
        own=lambda _: None,
        seconds=options.file_seconds,
    )
    with closing(executor.run(order)) as work:
        for task, result in work:
            if isinstance(result, Failure):
                yield task, Outcome(unfollowed=f"calls into other files were not followed: {result.detail}")
            else:
                yield task, _decoded(result)


def _asked_for(setup: Setup, tasks: Sequence[Task]) -> list[SourceFile]:
    """The files that tasks may ask for: their own, those that define what is called or read across files, and headers."""
    paths = {task.path for task in tasks}
    paths.update(setup.definers.values(), setup.variables.values(), header_paths(setup.files.values()))
    return [file for path, file in sorted(setup.files.items()) if path in paths]


def _decoded(result: bytes) -> Outcome:
    return msgspec.msgpack.decode(result, type=Outcome)


def _definitions(scans: Iterable[FileScan]) -> tuple[dict[str, str], dict[str, str]]:
    """The one file that defines each function and each variable that other files can see; names defined twice are left out."""
    functions: dict[str, set[str]] = {}
    variables: dict[str, set[str]] = {}
    for scan in scans:
        if scan.facts.language not in C_FAMILY:
            continue
        for function in scan.facts.functions:
            if function.has_body and (function.is_exported or function.container):
                functions.setdefault(_name(function), set()).add(scan.path)
        for variable in scan.facts.globals:
            if not variable.is_static and not variable.is_extern and variable.name:
                variables.setdefault(variable.name, set()).add(scan.path)
    return _only(functions), _only(variables)


def _name(function: Function) -> str:
    """How calls across files name a function: `f`, `Class::f`."""
    return f"{function.container.rpartition('::')[2]}::{function.name}" if function.container else function.name


def _only(found: Mapping[str, set[str]]) -> dict[str, str]:
    return {name: next(iter(paths)) for name, paths in sorted(found.items()) if len(paths) == 1}


def _tasks(scans: Sequence[FileScan], definers: Mapping[str, str]) -> list[Task]:
    """The functions of the product whose calls into other files can matter: something of interest goes there, or comes back."""
    effects: dict[str, int] = {}
    small: set[str] = set()
    for scan in scans:
        for name, flags in scan.flow.effects:
            if definers.get(name) == scan.path:
                effects[name] = flags
        small.update(
            _name(function)
            for function in scan.facts.functions
            if function.sloc <= MOST_LINES and definers.get(_name(function)) == scan.path
        )
    made = []
    for scan in scans:
        if scan.role is not Role.SOURCE:
            continue
        offsets = {
            offset
            for offset, name, is_hot in scan.flow.foreign
            if name in small and definers[name] != scan.path and (is_hot or effects.get(name, 0))
        }
        if offsets:
            made.append(Task(scan.path, tuple(sorted(offsets))))
    return made


def start_across(setup: Setup, known: Sources | None = None) -> Callable[[Task], bytes]:
    """Make the function a worker runs on each task. Called in the worker, once. `known` are sources of the same tree, ready to use."""
    sources = known or Sources(setup.root, setup.files, setup.words, setup.hashes)
    models = Models(setup.rulebook.models)
    rules: dict[Language, CompiledRules] = {}
    trail = Trail(setup.definers, setup.variables)

    def follow(task: Task) -> Outcome:
        sources.begin()
        program = sources.program(task.path)
        if program is None:
            return Outcome(unfollowed="calls into other files were not followed: the file cannot be read any more")
        language = setup.files[task.path].language
        if language not in rules:
            rules[language] = compile_rules(setup.rulebook, language)
        project = TracedProject(program, sources.program, trail)
        result = run_across(project, task.offsets, models)
        names = named(name for name, _ in result.degraded)
        unfollowed = f"calls into other files were not followed to their end from {names}" if names else ""
        findings = _findings(result.events, sources, rules[language])
        seen = trail.seen(project.at_hand)
        return Outcome(findings, unfollowed, None if setup.hashes is None or sources.is_stale else seen)

    def work(task: Task) -> bytes:
        try:
            outcome = follow(task)
        except Exception as error:  # noqa: BLE001 - whatever one file provokes, the others are still followed, and it is reported
            detail = (
                f"calls into other files were not followed: {type(error).__name__} (a bug in rustplan: please report)"
            )
            outcome = Outcome(unfollowed=detail)
        return msgspec.msgpack.encode(outcome)

    return work


def named(names: Iterable[str]) -> str:
    """At most five names in words, sorted."""
    distinct = sorted(set(names))
    return ", ".join(distinct[:5]) + (f" and {len(distinct) - 5} more" if len(distinct) > 5 else "")


def _findings(events: Sequence[Event], sources: Sources, rules: CompiledRules) -> tuple[Finding, ...]:
    lines: dict[str, Lines | None] = {}

    def position(path: str, offset: int) -> tuple[int, int] | None:
        if path not in lines:
            found = sources.prepared(path)
            lines[path] = None if found is None else Lines(found.text)
        known = lines[path]
        return None if known is None else known.position(offset)

    def code(path: str) -> bytes | None:
        found = sources.prepared(path)
        return None if found is None else found.code

    return findings_of_events(events, rules, position, code)
