"""Which functions a call may lead to, and how sure that is, from names, the edges between files, and what function pointers are set to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rustplan.catalog.exposure import PointerTable
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.facts import Call, Function
from rustplan.model.scan import FileScan
from rustplan.model.source import Language
from rustplan.score.names import words_in_order

Target = tuple[int, bool]
"""A function by number, and whether the call only may lead there."""

_MOST_OF_A_NAME, _MOST_OF_A_WORD = 64, 2000
"""More functions of one name in a file, or behind pointers with one last word, are not looked at: no tree of people has them."""
_HERE = ("", "this", "self", "super")
_CONSTRUCTOR = "<init>"


class Numbered(Protocol):
    """What is asked of the graph under construction."""

    files: Sequence[FileScan]

    def base(self, path: str) -> int | None:
        """The number of a file's first function."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A function whose address is taken, with what tells it from others."""

    number: int
    words: tuple[str, ...]
    parameters: int
    is_variadic: bool
    folder: str


class Targets:
    """Looks calls up: in the same file, along the edges between files, then among methods and functions behind pointers."""

    def __init__(self, functions: Numbered, graph: CodeGraph, pointers: PointerTable) -> None:
        self._functions = functions
        self._named: dict[str, dict[str, list[int]]] = {file.path: _by_name(file) for file in functions.files}
        self._scans = {file.path: file for file in functions.files}
        self._edges = graph.edges
        self._elsewhere = self._across()
        self._aliases = _aliases(functions.files)
        self._virtual = self._virtual_methods()
        self._most = pointers.most_candidates
        self._leading = pointers.leading_words
        self._taken = self._taken_by_word()
        self._alike: dict[tuple[str, int], list[_Taken]] = {}

    def of(self, file: FileScan, call: Call) -> list[Target]:
        """Return the functions a call leads or may lead to; none when nothing in the tree fits."""
        if file.facts.language is Language.C and call.qualifier not in _HERE:
            return self._through_field(file, call)
        found = self._directly(file, call, call.callee)
        if not found and call.callee in self._aliases:
            alias, is_may = self._aliases[call.callee]
            found = [(number, is_may or unsure) for number, unsure in self._directly(file, call, alias)]
        if file.facts.language is Language.CPP and call.qualifier not in ("", "new"):
            return self._with_overrides(found, call) or self._through_field(file, call)
        return found

    def native_edges(self) -> Iterator[tuple[int, int, int, int, bool, bool]]:
        """Yield (native method, function behind it, line, line, loop, may) from the edges between Java and native code."""
        for edge in self._edges:
            if edge.kind is not EdgeKind.JNI or edge.dependent not in self._scans or edge.dependency not in self._named:
                continue
            methods = [
                self._number(edge.dependent, at)
                for at, function in enumerate(self._scans[edge.dependent].facts.functions)
                if function.is_native and function.start_line == edge.line
            ]
            for target in self._by_symbol(edge) or self._named_by_macro(edge):
                for method in methods[:1]:
                    yield method, target, edge.line, edge.line, False, edge.is_ambiguous

    def _directly(self, file: FileScan, call: Call, name: str) -> list[Target]:
        """Functions of the file first; a name that it defines hides those of other files."""
        functions = file.facts.functions
        across = self._elsewhere.get((file.path, name), [])
        here = _fitting(functions, self._named[file.path].get(name, []), call)
        if not here or (across and call.qualifier not in _HERE):
            return across
        own = [at for at in here if _is_certain(functions[at], functions[call.function], call.qualifier)]
        names = {functions[at].qualified_name for at in own}
        return [(self._number(file.path, at), len(names) != 1) for at in (own or here)[: self._most]]

    def _with_overrides(self, found: list[Target], call: Call) -> list[Target]:
        """A call on an object may lead to every virtual method of that name, too."""
        methods = self._virtual.get((call.callee, call.arguments), [])
        known = {number for number, _ in found}
        if not methods or len(methods) > self._most or (found and not known.intersection(methods)):
            return found
        every = sorted(known.union(methods))
        return [(number, len(every) > 1) for number in every]

    def _through_field(self, file: FileScan, call: Call) -> list[Target]:
        """`x->do_read(...)` may call every function whose address is taken and that is called alike; of many those of the folder."""
        key = (call.callee, call.arguments)
        if key not in self._alike:
            self._alike[key] = self._called_alike(*key)
        found = self._alike[key]
        if len(found) > self._most:
            folder = file.path.rpartition("/")[0]
            found = [one for one in found if one.folder == folder]
        return [(one.number, True) for one in found] if len(found) <= self._most else []

    def _called_alike(self, field: str, arguments: int) -> list[_Taken]:
        words = words_in_order(field)
        while words and words[0] in self._leading:
            words = words[1:]
        if not words:
            return []
        return [
            one
            for one in self._taken.get(words[-1], ())
            if one.words[-len(words) :] == words and (one.parameters == arguments or one.is_variadic)
        ]

    def _taken_by_word(self) -> Mapping[str, list[_Taken]]:
        """C and C++ functions whose address is taken anywhere, by the last word of their name."""
        taken = {name for file in self._functions.files for name in file.facts.address_taken}
        found: dict[str, list[_Taken]] = defaultdict(list)
        for file in self._functions.files:
            if file.facts.language is Language.JAVA:
                continue
            folder = file.path.rpartition("/")[0]
            for at, function in enumerate(file.facts.functions):
                words = words_in_order(function.name) if function.name in taken else ()
                if words and len(found[words[-1]]) < _MOST_OF_A_WORD:
                    number, parameters = self._number(file.path, at), len(function.parameters)
                    found[words[-1]].append(_Taken(number, words, parameters, function.is_variadic, folder))
        return found

    def _virtual_methods(self) -> Mapping[tuple[str, int], list[int]]:
        """C++ methods marked virtual or override, by name and number of parameters."""
        found: dict[tuple[str, int], list[int]] = defaultdict(list)
        for file in self._functions.files:
            if file.facts.language is Language.CPP:
                for at, function in enumerate(file.facts.functions):
                    if function.is_virtual and function.container:
                        found[function.name, len(function.parameters)].append(self._number(file.path, at))
        return found

    def _across(self) -> Mapping[tuple[str, str], list[Target]]:
        """(file, called name) -> functions of other files, from the call edges; they may be meant when there are several."""
        found: dict[tuple[str, str], dict[tuple[str, str], Edge]] = defaultdict(dict)
        for edge in self._edges:
            if edge.kind is EdgeKind.CALL and edge.dependent in self._named and edge.dependency in self._named:
                found[edge.dependent, _called_as(edge.symbol)][edge.dependency, edge.symbol] = edge
        return {
            key: [
                (number, edge.is_ambiguous or len(edges) > 1)
                for edge in edges.values()
                for number in self._by_symbol(edge)
            ]
            for key, edges in found.items()
        }

    def _by_symbol(self, edge: Edge) -> list[int]:
        """Functions of the edge's target with its qualified name, else with that plain name."""
        named = self._named[edge.dependency]
        functions = self._scans[edge.dependency].facts.functions
        plain = _last_part(edge.symbol)
        at = [number for number in named.get(plain, ()) if functions[number].qualified_name == edge.symbol]
        return [self._number(edge.dependency, number) for number in at[:4]]

    def _named_by_macro(self, edge: Edge) -> list[int]:
        """Where a macro makes the function's name of the method's, the edge carries the method's and the function is read by that."""
        at = self._named[edge.dependency].get(_last_part(edge.symbol), [])
        return [self._number(edge.dependency, number) for number in at[:4]]

    def _number(self, path: str, at: int) -> int:
        return (self._functions.base(path) or 0) + at


def _by_name(file: FileScan) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, function in enumerate(file.facts.functions):
        known = found.setdefault(function.name, [])
        if len(known) < _MOST_OF_A_NAME:
            known.append(number)
    return found


def _aliases(files: Iterable[FileScan]) -> Mapping[str, tuple[str, bool]]:
    """Macros that stand for one function; those that stand for several in different files are left out.

    One without arguments may stand for it on some platform or in some build only (`#define bind wrapped_bind`).
    """
    found: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for file in files:
        for macro in file.facts.macros:
            if macro.alias and macro.alias != macro.name:
                found[macro.name].add((macro.alias, not macro.is_function_like))
    return {name: next(iter(targets)) for name, targets in found.items() if len(targets) == 1}


def _fitting(functions: Sequence[Function], here: Sequence[int], call: Call) -> Sequence[int]:
    """Overloads that take as many arguments as are given, else all of the name."""
    if len(here) < 2:
        return here
    exact = [at for at in here if len(functions[at].parameters) == call.arguments]
    return exact or here


def _is_certain(called: Function, caller: Function, qualifier: str) -> bool:
    """True for a free function, a method of the caller's own class, a constructor, or a class that is named before the call."""
    if qualifier in _HERE:
        return not called.container or called.container == caller.container
    return qualifier == "new" or (bool(called.container) and _last_part(called.container) == _last_part(qualifier))


def _last_part(symbol: str) -> str:
    """The plain name in a qualified one, of C++ or Java."""
    return symbol.rpartition("::")[2] if "::" in symbol else symbol.rpartition(".")[2]


def _called_as(symbol: str) -> str:
    """The name in a call of a function: a Java constructor is called by its class."""
    plain = _last_part(symbol)
    if plain != _CONSTRUCTOR:
        return plain
    return symbol.rpartition(".")[0].rpartition(".")[2].rpartition("$")[2]
