"""How many calls lie between each component and a read of the network, in the direction in which the bytes travel.

A function that reads hands bytes to its callers; a function that holds them hands them on to what it calls with a pointer to bytes.
Names and resolved calls are all that is known: the result ranks, and its words say which call led to it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rustplan.catalog import ReachAnchors
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import Call, FileFacts, Function
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import FactorEvidence
from rustplan.model.source import Role

_LAST_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_BYTES = re.compile(r"\b(?:char|void|uint8_t|u_char|byte|BYTE)\b\s*(?:const\s*)?\*(?!\s*\*)")
_LENGTH = re.compile(r"\b(?:size_t|ssize_t|int|unsigned|long|uint32_t)\b(?!\s*\*)")
_PUBLIC = "include"

_Node = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """The shortest way found from a read of the network to a component: 0 steps when it reads itself."""

    steps: int
    because: str
    evidence: FactorEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Hops by component, functions whose signals say little, files near the network, and components that are programs of their own.

    `idle` functions are called by nothing in the tree, or only stand in for a function of the platform (`#define recv wrapped_recv`).
    """

    hops: Mapping[str, Hop]
    idle: frozenset[_Node]
    near_files: frozenset[str]
    programs: frozenset[str]


def find_reach(scan: TreeScan, components: ComponentGraph, graph: CodeGraph, anchors: ReachAnchors) -> Reach:
    """Follow the bytes of every network read backwards to callers and one step forward to what these call in other components."""
    files = {
        file.path: file for file in scan.files if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe
    }
    owner = {path: component.name for component in components.components for path in component.files}
    idle = _uncalled(scan, files, graph) | _stand_ins(files)
    calls = _Calls(files, graph)
    readers = _readers(files, idle, anchors)
    nodes = _nodes_near(calls, readers, anchors)
    hops = _handed_over(calls, nodes, _nearest(nodes, readers, owner), owner, anchors)
    return Reach(
        hops=hops,
        idle=idle,
        near_files=frozenset(path for path, _ in nodes),
        programs=_programs(files, owner, graph),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """A function and how it comes by bytes of the network."""

    steps: int
    line: int
    because: str


class _Calls:
    """Functions by file and name, and who calls whom as far as one target is known."""

    def __init__(self, files: Mapping[str, FileScan], graph: CodeGraph) -> None:
        self.files = files
        self.functions: dict[_Node, Function] = {}
        for path, file in files.items():
            for function in file.facts.functions:
                self.functions.setdefault((path, function.qualified_name), function)
        self.defined = {function.name for function in self.functions.values()}
        self._elsewhere = _targets_elsewhere(files, graph)
        self._here = {
            path: {function.name: function.qualified_name for function in file.facts.functions}
            for path, file in files.items()
        }

    def pairs(self) -> Iterable[tuple[_Node, _Node, int]]:
        """Yield (caller, callee, line), sorted by file."""
        for path, file in self.files.items():
            for caller, call in _within_functions(file.facts):
                for callee in self._targets(path, call):
                    if callee in self.functions and callee != (path, caller):
                        yield (path, caller), callee, call.line

    def indirect(self) -> Iterable[tuple[_Node, Call]]:
        """Yield the calls through a field, such as `filter->do_recv(...)`."""
        for path, file in self.files.items():
            for caller, call in _within_functions(file.facts):
                if call.qualifier and call.callee not in self.defined:
                    yield (path, caller), call

    def _targets(self, path: str, call: Call) -> list[_Node]:
        here = self._here[path].get(call.callee)
        if here is not None and not call.qualifier:
            return [(path, here)]
        return self._elsewhere.get((path, call.callee), [])


def _within_functions(facts: FileFacts) -> Iterable[tuple[str, Call]]:
    for call in facts.calls:
        if 0 <= call.function < len(facts.functions):
            yield facts.functions[call.function].qualified_name, call


def _targets_elsewhere(files: Mapping[str, FileScan], graph: CodeGraph) -> dict[_Node, list[_Node]]:
    """(file, called name) -> functions of other files, from the clear call edges."""
    names: dict[str, dict[str, str]] = {}
    for path, file in files.items():
        names[path] = {function.name: function.qualified_name for function in file.facts.functions}
        names[path].update({function.qualified_name: function.qualified_name for function in file.facts.functions})
    found: dict[_Node, list[_Node]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind is EdgeKind.CALL and not edge.is_ambiguous and edge.dependent != edge.dependency:
            target = names.get(edge.dependency, {}).get(edge.symbol)
            if target is not None:
                found[edge.dependent, edge.symbol.rpartition("::")[2]].append((edge.dependency, target))
    return found


def _uncalled(scan: TreeScan, files: Mapping[str, FileScan], graph: CodeGraph) -> frozenset[_Node]:
    """Functions of C files that no call, no edge and no address in the tree leads to, and that no public header declares."""
    used = {edge.symbol for edge in graph.edges}
    for file in scan.files:
        used.update(call.callee for call in file.facts.calls)
        used.update(file.facts.address_taken)
        if _PUBLIC in file.path.split("/")[:-1]:
            used.update(declared.name for declared in file.facts.declarations)
    return frozenset(
        (path, function.qualified_name)
        for path, file in files.items()
        if file.facts.language.value == "c"
        for function in file.facts.functions
        if function.name not in used and function.name != "main" and not function.name.startswith("Java_")
    )


def _stand_ins(files: Mapping[str, FileScan]) -> frozenset[_Node]:
    """Functions that a macro puts in place of one from outside the tree, in files where one of them calls what it replaces."""
    replaced: dict[str, set[str]] = defaultdict(set)
    defined: set[str] = set()
    called: set[str] = set()
    for file in files.values():
        defined.update(function.name for function in file.facts.functions)
        called.update(call.callee for call in file.facts.calls)
        for macro in file.facts.macros:
            if macro.alias:
                replaced[macro.alias].add(macro.name)
    found: set[_Node] = set()
    for path, file in files.items():
        outside = {
            function.qualified_name: replaced[function.name] - defined
            for function in file.facts.functions
            if function.name in replaced and function.name not in called
        }
        if any(call.callee in outside.get(caller, ()) for caller, call in _within_functions(file.facts)):
            found.update((path, name) for name, originals in outside.items() if originals)
    return frozenset(found)


def _readers(files: Mapping[str, FileScan], idle: frozenset[_Node], anchors: ReachAnchors) -> dict[_Node, _Near]:
    """Functions that read the network, at 0 steps; where there are any, functions named and shaped like receivers count as 1 themselves."""
    found: dict[_Node, _Near] = {}
    files_read: set[_Node] = set()
    for path, file in files.items():
        for finding in file.findings:
            node = (path, finding.function)
            if finding.rule in anchors.sources and finding.function and node not in idle:
                found.setdefault(node, _Near(steps=0, line=finding.line, because="it reads from the network itself"))
            elif finding.rule in anchors.other_sources:
                files_read.add(node)
    if not found:
        return {}
    for path, file in files.items():
        for function in file.facts.functions:
            node = (path, function.qualified_name)
            if node not in found and node not in files_read and node not in idle and receives(function, anchors):
                said = f"`{function.name}` is named like a function that receives"
                found[node] = _Near(steps=1, line=function.start_line, because=said)
    return found


def receives(function: Function, anchors: ReachAnchors) -> bool:
    """True for `x_read(..., char *into, size_t room)`: the name ends like a read, and there is a buffer to fill."""
    types = [parameter.type for parameter in function.parameters]
    has_buffer = any(_BYTES.search(text) and "const" not in text for text in types)
    is_named = last_word(function.name) in anchors.receiving_words and not anchors.outgoing_words & words_of(
        function.name
    )
    return is_named and has_buffer and any(map(_LENGTH.search, types))  # fmt: skip


def _nodes_near(calls: _Calls, readers: Mapping[_Node, _Near], anchors: ReachAnchors) -> dict[_Node, _Near]:
    """Walk from the readers to their callers; what only fills its caller's buffer is no step of its own."""
    callers = _callers(calls, readers, anchors)
    found = dict(readers)
    wave = sorted(readers)
    for steps in range(1, anchors.most_steps + 1):
        following: list[_Node] = []
        for node in wave:
            for caller, line in callers.get(node, ()):
                if caller not in found:
                    said = f"`{_plain(caller)}` calls `{_plain(node)}`, which brings bytes from the network"
                    found[caller] = _Near(steps=steps, line=line, because=said)
                    following.append(caller)
        wave = sorted(following)
    return found


def _nearest(nodes: Mapping[_Node, _Near], readers: Mapping[_Node, _Near], owner: Mapping[str, str]) -> dict[str, Hop]:
    """Keep the nearest function of each component, and one that calls a reader rather than one that is only named like it."""
    hops: dict[str, Hop] = {}
    ordered = sorted(nodes, key=lambda node: (nodes[node].steps, node in readers, node))
    for node in ordered:
        near, name = nodes[node], owner.get(node[0], "")
        if name and name not in hops:
            place = FactorEvidence(path=node[0], line=near.line, what=_step_words(near.steps, _plain(node)))
            hops[name] = Hop(steps=near.steps, because=near.because, evidence=place)
    return hops


def _callers(
    calls: _Calls, readers: Mapping[_Node, _Near], anchors: ReachAnchors
) -> dict[_Node, list[tuple[_Node, int]]]:
    """Callers of each function. A call through a field may lead to every reader whose name ends in the same word."""
    found: dict[_Node, list[tuple[_Node, int]]] = defaultdict(list)
    for caller, callee, line in calls.pairs():
        found[callee].append((caller, line))
    by_word: dict[str, list[_Node]] = defaultdict(list)
    taken = {(path, name) for path, file in calls.files.items() for name in file.facts.address_taken}
    for node in sorted(readers):
        if (node[0], _plain(node)) in taken:
            by_word[last_word(_plain(node))].append(node)
    for caller, call in calls.indirect():
        word = last_word(call.callee)
        if word in anchors.receiving_words:
            for node in by_word.get(word, ()):
                found[node].append((caller, call.line))
    return found


def _handed_over(
    calls: _Calls,
    nodes: Mapping[_Node, _Near],
    hops: Mapping[str, Hop],
    owner: Mapping[str, str],
    anchors: ReachAnchors,
) -> dict[str, Hop]:
    """Add what components near the network call in others with a buffer to read: they hand their bytes over."""
    result = dict(hops)
    for caller, callee, line in calls.pairs():
        giver, taker = owner.get(caller[0], ""), owner.get(callee[0], "")
        hop = hops.get(giver)
        if not taker or giver == taker or hop is None or hop.steps > anchors.hands_over_until:
            continue
        if not _takes_bytes(calls.functions[callee], anchors):
            continue
        near = nodes.get(caller)
        steps = (near.steps if near is not None else hop.steps) + 1
        if taker not in result or steps < result[taker].steps:
            place = FactorEvidence(path=caller[0], line=line, what=f"hands bytes to {_plain(callee)}")
            because = f"`{_plain(callee)}` is handed bytes by {giver}, which {_distance_words(hop.steps)}"
            result[taker] = Hop(steps=steps, because=because, evidence=place)
    return {name: hop for name, hop in result.items() if hop.steps <= anchors.most_steps}


def _takes_bytes(function: Function, anchors: ReachAnchors) -> bool:
    """True when it takes bytes to read (const, or its name says that it parses) and its name does not say that it writes, logs or frees."""
    words = words_of(function.name)
    if function.is_variadic or anchors.outgoing_words & words:
        return False
    buffers = [parameter.type for parameter in function.parameters if _BYTES.search(parameter.type)]
    return any("const" in text for text in buffers) or bool(buffers and anchors.incoming_words & words)


def _programs(files: Mapping[str, FileScan], owner: Mapping[str, str], graph: CodeGraph) -> frozenset[str]:
    """Components with a `main` that no other component's code uses."""
    mains = {
        owner.get(path, "")
        for path, file in files.items()
        if any(function.qualified_name == "main" for function in file.facts.functions)
    }
    used = {owner.get(edge.dependency, "") for edge in graph.edges if _is_use(edge, files, owner)}
    return frozenset(mains - used - {""})


def _is_use(edge: Edge, files: Mapping[str, FileScan], owner: Mapping[str, str]) -> bool:
    carries = edge.kind in (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.JNI) and not edge.is_ambiguous
    return carries and edge.dependent in files and owner.get(edge.dependent) != owner.get(edge.dependency)


def words_of(name: str) -> set[str]:
    """Return the words of an identifier in lower case: `Curl_readHeader` -> curl, read, header."""
    return {word.lower() for word in _LAST_WORD.findall(name)}


def last_word(name: str) -> str:
    """Return the last word of an identifier in lower case: `do_recv` -> recv."""
    found = _LAST_WORD.findall(name)
    return found[-1].lower() if found else ""


def _plain(node: _Node) -> str:
    return node[1].rpartition("::")[2]


def _step_words(steps: int, name: str) -> str:
    return (
        f"reads the network in {name}" if steps == 0 else f"{name}, {steps} call{'s' if steps > 1 else ''} from a read"
    )


def _distance_words(steps: int) -> str:
    return (
        "reads from the network" if steps == 0 else f"is {steps} call{'s' if steps > 1 else ''} away from the network"
    )
