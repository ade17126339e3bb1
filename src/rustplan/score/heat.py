"""How often a Java method may run, from the calls that lead to it: a static estimate that ranks and measures nothing.

Rates start at the entry points of the catalogue and flow along calls; a call inside a loop multiplies, a call with several possible
targets is shared among them. Among methods that call each other rates pass on a few times only, so recursion cannot feed itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rustplan.catalog import EntryPoints
from rustplan.model.facts import FileFacts, Function
from rustplan.model.scan import FileScan
from rustplan.score.circles import callers_first
from rustplan.score.targets import ANY_NUMBER, Targets, class_of, plain_name, simple_name

_Flows = Mapping[str, Mapping[str, tuple[float, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """All overloads of one name in one class, where the first of them stands, and which entry point it is."""

    class_name: str
    path: str
    line: int
    package: str
    arities: frozenset[int]
    """Parameter counts of its overloads; -1 when one of them takes any number."""
    entry: str
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Estimated calls of each method by qualified name, and the call that brought most of them."""

    methods: Mapping[str, Method]
    calls: Mapping[str, float]
    hottest_caller: Mapping[str, tuple[str, int]]
    """Method -> (caller, loop depth of the call)."""
    callees: Mapping[str, tuple[str, ...]]


def estimate_heat(files: Sequence[FileScan], table: EntryPoints) -> Heat:
    """Return the heat of all methods of these Java files."""
    methods = _methods(files, table)
    flows = _flows(files, methods, table)
    spread = _Spread({name: method.base for name, method in methods.items()}, flows, table)
    for circle in callers_first(sorted(methods), {name: sorted(targets) for name, targets in flows.items()}):
        spread.inside(circle)
        spread.onward(circle)
    return Heat(
        methods=methods,
        calls=spread.calls,
        hottest_caller=spread.hottest,
        callees={name: tuple(sorted(targets)) for name, targets in flows.items()},
    )


class _Spread:
    """Rates on their way along the calls."""

    def __init__(self, calls: dict[str, float], flows: _Flows, table: EntryPoints) -> None:
        self.calls = calls
        self.flows = flows
        self.table = table
        self.most = 10.0**table.cap
        self.hottest: dict[str, tuple[str, int]] = {}
        self._best: dict[str, float] = {}

    def inside(self, circle: tuple[str, ...]) -> None:
        """Pass rates on among methods that call each other, a few times and without the loops."""
        if len(circle) == 1:
            return
        members = set(circle)
        fresh = {name: self.calls[name] for name in circle}
        for _ in range(self.table.circle_passes):
            arriving: dict[str, float] = defaultdict(float)
            for caller in circle:
                for target, (factor, depth) in self.flows.get(caller, {}).items():
                    if target in members and target != caller and fresh[caller]:
                        rate = fresh[caller] * min(self.table.call_factor, factor)
                        arriving[target] += rate
                        self._note(caller, target, rate, depth)
            for name, rate in arriving.items():
                self.calls[name] = min(self.most, self.calls[name] + rate)
            fresh = {name: min(self.most, arriving.get(name, 0.0)) for name in circle}

    def onward(self, circle: tuple[str, ...]) -> None:
        """Pass rates on to methods outside the circle."""
        members = set(circle)
        for caller in circle:
            for target, (factor, depth) in self.flows.get(caller, {}).items():
                if target not in members:
                    rate = self.calls[caller] * factor
                    self.calls[target] = min(self.most, self.calls[target] + rate)
                    self._note(caller, target, rate, depth)

    def _note(self, caller: str, target: str, rate: float, depth: int) -> None:
        """Remember the call that brought most."""
        if rate > self._best.get(target, 0.0):
            self._best[target] = rate
            self.hottest[target] = (caller, depth)


def _methods(files: Sequence[FileScan], table: EntryPoints) -> dict[str, Method]:
    """Collect methods; without any entry or `main`, the public methods of the library take its place."""
    found: dict[str, Method] = {}
    public: set[str] = set()
    for file in files:
        supertypes = _supertypes(file.facts)
        for function in file.facts.functions:
            entry, rate = _entry(function, supertypes, table)
            name = function.qualified_name
            if function.is_exported:
                public.add(name)
            arity = ANY_NUMBER if function.is_variadic else len(function.parameters)
            known = found.get(name)
            method = Method(
                class_name=class_of(name),
                path=file.path if known is None else known.path,
                line=function.start_line if known is None else known.line,
                package=file.facts.package,
                arities=frozenset((arity,)) | (known.arities if known else frozenset()),
                entry=entry or (known.entry if known else ""),
                base=max(10.0**rate if entry else 0.0, known.base if known else 0.0),
            )
            found[name] = method
    if any(method.entry for method in found.values()):
        return found
    return {name: method if name not in public else _as_public(method, table) for name, method in found.items()}


def _as_public(method: Method, table: EntryPoints) -> Method:
    return replace(method, base=10.0**table.public_rate)


def _supertypes(facts: FileFacts) -> dict[str, set[str]]:
    """Simple names of the supertypes of each type in the file, by the type's simple name."""
    return {simple_name(declared.name): {simple_name(text) for text in declared.supertypes} for declared in facts.types}


def _entry(function: Function, supertypes: Mapping[str, set[str]], table: EntryPoints) -> tuple[str, float]:
    """Return what calls this method from outside and at which rate; ("", 0) when nothing known does."""
    name = plain_name(function.qualified_name)
    if name == "main":
        return "program start", table.main_rate
    bases = supertypes.get(simple_name(class_of(function.qualified_name)), set())
    marks = {simple_name(annotation.lstrip("@").partition("(")[0]) for annotation in function.annotations}
    for entry in table.entries:
        if marks & set(entry.annotations):
            return entry.words, entry.rate
        if name in entry.methods and (not entry.types or bases & set(entry.types)):
            return entry.words, entry.rate
    return "", 0.0


def _flows(files: Sequence[FileScan], methods: Mapping[str, Method], table: EntryPoints) -> _Flows:
    """Caller -> target -> (calls of the target for each call of the caller, deepest loop around the call)."""
    targets_of = Targets(
        {name: method.arities for name, method in methods.items()},
        {name: method.package for name, method in methods.items()},
        (file.facts for file in files),
    )
    cold = {name for name in methods if is_cold(name, table)}
    flows: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    for file in files:
        functions = file.facts.functions
        for call in file.facts.calls:
            if not 0 <= call.function < len(functions):
                continue
            caller = functions[call.function].qualified_name
            targets = targets_of.of(call, caller)
            if not 0 < len(targets) <= table.most_targets:
                continue
            share = table.call_factor * table.loop_factor ** min(call.loop_depth, table.most_loops) / len(targets)
            for target in targets:
                known, depth = flows[caller].get(target, (0.0, 0))
                flows[caller][target] = (
                    known + share * (table.cold_factor if target in cold else 1.0),
                    max(depth, call.loop_depth),
                )
    return flows


def is_cold(qualified_name: str, table: EntryPoints) -> bool:
    """True for methods whose names say that they report errors or grow a buffer: called rarely, whatever calls them."""
    return plain_name(qualified_name).lower().lstrip("_").startswith(table.cold_words)
