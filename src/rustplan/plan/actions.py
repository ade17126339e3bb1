"""What to do first on Monday, and what a person must confirm before anybody relies on the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rustplan.model.code_graph import CodeGraph, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.finding import Confidence, Kind, Track
from rustplan.model.roadmap import Crossing, Direction, Option
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Role
from rustplan.plan.java_memory import hardening_steps, is_java_memory
from rustplan.plan.subject import Subject, has_main
from rustplan.plan.waves import Move
from rustplan.plan.wording import count, door, name_list

HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++")
LEAF_LINES = 30
MEASURED_SHOWN = 2
CALLED = (EdgeKind.CALL, EdgeKind.JNI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Where a component is seen from outside and where it hangs together inside."""

    declared: Mapping[str, tuple[str, ...]]
    """Function -> headers of role source that declare it."""
    inner_needs: Mapping[str, int]
    """File -> number of siblings of its component that it needs."""
    callers: Mapping[str, int]
    """File -> number of other source files that call into it."""
    test_paths: Mapping[str, tuple[str, ...]]
    """Component -> test files that use it, most uses first."""


def find_surface(scan: TreeScan, components: ComponentGraph, graph: CodeGraph) -> Surface:
    """Read headers, leaf files and tests from the edges."""
    owner = {path: component.name for component in components.components for path in component.files}
    roles = {file.path: file.role for file in scan.files}
    tests: dict[str, Counter[str]] = defaultdict(Counter)
    needs: dict[str, set[str]] = defaultdict(set)
    callers: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        used, user = owner.get(edge.dependency, ""), owner.get(edge.dependent, "")
        is_test = roles.get(edge.dependent) is Role.TEST
        if is_test and roles.get(edge.dependency) is Role.SOURCE:
            tests[used][edge.dependent] += edge.count
        if used == user and edge.dependency != edge.dependent:
            needs[edge.dependent].add(edge.dependency)
        if edge.kind in CALLED and roles.get(edge.dependent) is Role.SOURCE and edge.dependency != edge.dependent:
            callers[edge.dependency].add(edge.dependent)
    return Surface(
        declared=_declared(scan),
        inner_needs={path: len(found) for path, found in needs.items()},
        callers={path: len(found) for path, found in callers.items()},
        test_paths={name: _most_first(counts) for name, counts in tests.items()},
    )


def _declared(scan: TreeScan) -> dict[str, tuple[str, ...]]:
    """Function -> headers of role source that declare it."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in scan.files:
        if file.role is Role.SOURCE and file.path.endswith(HEADERS):
            names = [item.name for item in file.facts.declarations] + [item.name for item in file.facts.functions]
            for name in names:
                found[name].add(file.path)
    return {name: tuple(sorted(paths)) for name, paths in found.items()}


def first_actions(move: Move, surface: Surface, host: str = "") -> tuple[str, ...]:
    """Return the concrete first steps of a move; retained components need none. `host` is the neighbour whose batch it is in."""
    subject = move.subject
    if move.option is Option.RETAIN:
        return ()
    batch = (f"Batched with {host}: {count(subject.lines, 'line')}, done together with it.",) if host else ()
    if subject.score.track is Track.LATENCY:
        return batch + _latency_actions(subject, move.option)
    if is_java_memory(subject.component, subject.score.track):
        return batch + tuple(text for text in hardening_steps(subject) if text)
    builders = {Option.REWRITE: _rewrite, Option.WRAP: _wrap, Option.REPLACE: _replace, Option.HARDEN: _harden}
    return batch + tuple(text for text in builders[move.option](subject, surface) if text)


def needs_confirmation(move: Move) -> tuple[str, ...]:
    """Return what a scanner cannot know about this move."""
    subject = move.subject
    said = []
    if subject.score.track is Track.LATENCY:
        if any(seam.level.is_measured for seam in subject.seams):
            said.append("That the load which was recorded is the load that matters.")
        else:
            said.append(
                "Candidate: no profile given that names it. Confirm with a JFR recording, an async-profiler profile or a GC log."
            )
        said.append("That pauses or footprint miss a goal at all: Java earns no memory-safety credit.")
    else:
        factor = subject.risk_factor("untrusted-input")
        if factor is not None and factor.value:
            said.append(
                factor.because.replace("; read from names and calls, to confirm", ", as names and calls suggest")
            )
        if subject.test_files and move.option is Option.REWRITE:
            said.append(f"That its {count(subject.test_files, 'test file')} would notice a change of behaviour.")
        if move.option is Option.REWRITE:
            said.append("That the team has the Rust experience that security-critical code needs.")
    if subject.score.coverage < 1.0:
        said.append(
            f"{1 - subject.score.coverage:.1%} of it was not read; its risk may be up to {subject.score.risk_high:.0f}."
        )
    if subject.component.provenance.confidence < 0.7:
        said.append(f"That these files belong together: {subject.component.provenance.because}")
    if subject.score.confidence is Confidence.LOW:
        said.append("Confidence is low: check the component's files and edges before relying on its rank.")
    said.append("Owner and date: not set; only a person can.")
    return tuple(said)


def _rewrite(subject: Subject, surface: Surface) -> list[str]:
    return [
        _freeze(subject, surface),
        _parity(subject, surface),
        _unblock(subject),
        _leaf(subject, surface),
        f"Build the crate beside the old code behind {door(subject.boundary)}, run both on the same inputs, cut over, then delete the old code.",
    ]


def _wrap(subject: Subject, surface: Surface) -> list[str]:
    return [
        _freeze(subject, surface),
        f"Put a Rust layer that checks lengths and bounds before {_entries(subject, 3)}; reject what the format forbids.",
        "Or run it in a process of its own with no more rights than it needs, and pass buffers, not pointers.",
        _fuzz(subject),
    ]


def _replace(subject: Subject, surface: Surface) -> list[str]:
    return [
        "Name the upstream project and version of the copy, and subscribe to its advisories.",
        f"Compare maintained memory-safe libraries on the functions used here: {_entries(subject, 5)}.",
        _parity(subject, surface),
    ]


def _harden(subject: Subject, surface: Surface) -> list[str]:
    tests = surface.test_paths.get(subject.name, ())
    named = f" (such as {tests[0]})" if tests else ""
    return [
        "Turn on FORTIFY_SOURCE=3, stack protector, control-flow protection and hardened standard-library checks for its build.",
        f"Run its tests{named} under AddressSanitizer and UndefinedBehaviorSanitizer in CI."
        if subject.test_files
        else f"Write the first tests, for {_entries(subject, 3)}, and run them under AddressSanitizer.",
        "" if subject.harnesses else _fuzz(subject),
        _review(subject),
    ]


def _latency_actions(subject: Subject, option: Option) -> tuple[str, ...]:
    """What its measured candidates ask for; without one, what would measure it."""
    measured = [seam for seam in subject.seams if seam.level.is_measured]
    if measured:
        return tuple(dict.fromkeys(text for seam in measured[:MEASURED_SHOWN] for text in seam.advice))
    factor = subject.risk_factor("allocation-pressure")
    places = [f"{item.what} ({item.path}:{item.line})" for item in factor.evidence[:2]] if factor else []
    actions = [
        "Record a profile under real load: jcmd <pid> JFR.start duration=60s filename=load.jfr settings=profile, with -Xlog:gc*,safepoint.",
        "Compare pauses and stalls with a concurrent collector (-XX:+UseZGC) in a test environment before changing code.",
    ]
    if places:
        actions.append(f"If the profile names them, remove these allocations first: {name_list(places)}.")
    if option is Option.REWRITE:
        actions.append(
            "Sketch a boundary with few coarse calls over byte buffers, and measure one call before writing the rest."
        )
    return tuple(actions)


def _freeze(subject: Subject, surface: Surface) -> str:
    inbound = [item for item in subject.boundary.crossings if item.direction is Direction.INBOUND]
    headers = _most_first(
        Counter(path for item in inbound for path in surface.declared.get(item.symbol.rpartition("::")[2], ()))
    )
    where = f" in {name_list(headers[:2])}" if headers else ""
    if not subject.inbound:
        return f"Write down what it may not change{where}: no call from other components was found."
    return f"Freeze the interface{where}: {count(subject.inbound, 'symbol')} that others use, most of all {_entries(subject, 3)}."


def _parity(subject: Subject, surface: Surface) -> str:
    tests = surface.test_paths.get(subject.name, ())
    entry = _entries(subject, 1)
    if tests:
        return f"Run {name_list(tests[:2])} against old and new; add recorded inputs and outputs of {entry}."
    return f"Write a parity test for {entry} before anything moves: no test that calls into it was found."


def _unblock(subject: Subject) -> str:
    for rule, words in (("computed-goto", "labels as values"), ("inline-assembly", "inline assembly")):
        found = subject.findings.get(rule, ())
        if found:
            return f"Decide about {words} first ({found[0].path}:{found[0].line}): keep it behind the boundary or rewrite it in C."
    return ""


def _leaf(subject: Subject, surface: Surface) -> str:
    """Name the file to port first: one that others call, so that the port is used at once, and that needs little of its component."""
    files = [
        file for file in subject.sources if file.facts.sloc >= LEAF_LINES and not file.path.endswith(HEADERS)
        and file.facts.language.is_memory_unsafe
    ]  # fmt: skip
    used = [file for file in files if surface.callers.get(file.path) and not has_main((file,))]
    if len(files) < 2 or not used:
        return ""

    def rank(file: FileScan) -> tuple[int, int, int, str]:
        callers = surface.callers.get(file.path, 0)
        return surface.inner_needs.get(file.path, 0), -callers, file.facts.sloc, file.path

    leaf = min(used, key=rank)
    needs, callers = surface.inner_needs.get(leaf.path, 0), surface.callers.get(leaf.path, 0)
    return (
        f"Port {leaf.path} first ({count(leaf.facts.sloc, 'line')}): {count(callers, 'file')} {'calls' if callers == 1 else 'call'} it, "
        f"and it needs {count(needs, 'other file')} of its component."
    )


def _fuzz(subject: Subject) -> str:
    found = [
        item
        for rule in ("parses-file-format", "reads-network", "untrusted-input")
        for item in subject.findings.get(rule, ())
    ]
    if found:
        name = found[0].function or found[0].path
        return f"Write a fuzz harness for {name} ({found[0].path}:{found[0].line})."
    return f"Write a fuzz harness for {_entries(subject, 1)}."


def _review(subject: Subject) -> str:
    defects = [item for found in subject.findings.values() for item in found if item.kind is Kind.DEFECT]
    if not defects:
        return ""
    worst = min(
        defects,
        key=lambda item: (item.severity.rank if item.severity else 9, item.confidence.rank, item.path, item.line),
    )
    return f"Review its {count(len(defects), 'likely defect')}, first {worst.rule} at {worst.path}:{worst.line}."


def _entries(subject: Subject, most: int) -> str:
    """Name the most used symbols that others call, with their place; else its largest function."""
    inbound = [item for item in subject.boundary.crossings if item.direction is Direction.INBOUND]
    inbound.sort(key=_most_used)
    if inbound:
        return name_list([f"{item.symbol} ({item.path}:{item.line})" for item in inbound[:most]])
    functions = [(file.path, function) for file in subject.sources for function in file.facts.functions]
    if not functions:
        return "its entry points"
    path, largest = min(functions, key=lambda pair: (-pair[1].sloc, pair[0], pair[1].start_line))
    return f"{largest.qualified_name} ({path}:{largest.start_line})"


def _most_used(crossing: Crossing) -> tuple[int, str]:
    return -crossing.uses, crossing.symbol


def _most_first(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
