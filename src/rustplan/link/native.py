"""Which C or C++ function a call by name means: file-local first, then the linker's view, then the headers seen, then the nearest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from rustplan.link.known_names import STD_MEMBERS, is_known_function
from rustplan.link.nearest import LAST_RESORT, Neighbours
from rustplan.link.reach import Reach
from rustplan.model.facts import Call, FileFacts, Function, FunctionKind
from rustplan.model.scan import FileScan
from rustplan.model.source import Language

_ENTRY_POINTS = frozenset(("main", "wmain", "WinMain", "wWinMain", "DllMain", "_tmain", "LLVMFuzzerTestOneInput"))
"""Called by the system, never by name from another file."""

_CONSTRUCTIBLE = frozenset((FunctionKind.FUNCTION, FunctionKind.CONSTRUCTOR))


@dataclass(frozen=True, slots=True)
class Site:
    """A function where it is defined."""

    path: str
    function: Function


class NativeIndex:
    """All C and C++ functions, prototypes and function-like macros by name."""

    def __init__(self, scans: Iterable[FileScan]) -> None:
        self.exported: dict[str, list[Site]] = defaultdict(list)
        self.local: dict[str, list[Site]] = defaultdict(list)
        self.in_file: dict[str, dict[str, list[Site]]] = {}
        self.declaring: dict[str, set[str]] = defaultdict(set)
        self.macros: dict[str, set[str]] = defaultdict(set)
        self.aliases: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self.wrappers: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.bases: dict[str, tuple[str, ...]] = {}
        for scan in scans:
            self._add(scan.path, scan.facts)

    def _add(self, path: str, facts: FileFacts) -> None:
        here: dict[str, list[Site]] = defaultdict(list)
        for function in facts.functions:
            if function.has_body and function.name not in _ENTRY_POINTS:
                site = Site(path, function)
                here[function.name].append(site)
                (self.exported if function.is_exported else self.local)[function.name].append(site)
        self.in_file[path] = dict(here)
        for declaration in facts.declarations:
            self.declaring[declaration.name].add(path)
        for macro in facts.macros:
            if macro.is_function_like:
                self.macros[macro.name].add(path)
                self.wrappers[macro.name].setdefault(path, set()).add(macro.alias)
            elif macro.alias:
                self.aliases[macro.name].setdefault(path, set()).add(macro.alias)
        for declared in facts.types:
            self.types[_last(declared.name)].add(path)
            if declared.supertypes:
                self.bases.setdefault(_last(declared.name), declared.supertypes)


class NativeCalls:
    """Resolves calls of C and C++ files."""

    def __init__(self, index: NativeIndex, neighbours: Neighbours, reach: Reach) -> None:
        self._index = index
        self._neighbours = neighbours
        self._reach = reach

    def resolve(self, scan: FileScan, call: Call) -> list[Site] | None:
        """Return the functions that `call` may mean, one a file; an empty list when it stays in its file, None when nothing fits."""
        path, facts = scan.path, scan.facts
        call = self._unaliased(path, call)
        caller = facts.functions[call.function] if 0 <= call.function < len(facts.functions) else None
        if call.callee in _ENTRY_POINTS or _is_pointer_call(facts.language, caller, call):
            return None
        if path in self._index.macros.get(call.callee, ()):
            return []
        fits = _Fit(facts.language, call, caller, self._index.bases)
        if any(fits(site) for site in self._index.in_file[path].get(call.callee, ())):
            return []
        candidates = [
            site for site in self._visible(path, call.callee) if fits(site) and self._is_in_sight(path, fits, site)
        ]
        if call.qualifier == "" and is_known_function(call.callee):
            candidates = self._replacements(path, call.callee, candidates)
        chosen = self._choose(path, call, candidates) if candidates else []
        if chosen:
            return chosen
        return [] if call.callee in self._index.macros and not call.qualifier else None

    def _replacements(self, path: str, name: str, candidates: list[Site]) -> list[Site]:
        """A function of the standard library is meant, unless the file sees a declaration of the project's own version."""
        if not self._index.declaring.get(name, set()).isdisjoint(self._reach(path)):
            return candidates
        in_sight = self._declared_in_sight(path, name, {site.path for site in candidates})
        return [site for site in candidates if site.path in in_sight]

    def by_name(self, path: str, name: str) -> Site | None:
        """Return the one free function called `name` that another file defines, for an address taken; None when unsure."""
        if name in self._index.in_file[path] or name in _ENTRY_POINTS:
            return None
        sites = [site for site in self._index.exported.get(name, ()) if not site.function.container]
        paths = {site.path for site in sites}
        if not sites or not (path in self._index.declaring[name] or self._declared_in_sight(path, name, paths)):
            return None
        nearest = self._neighbours.narrow(path, paths)
        return next(site for site in sites if site.path == nearest[0]) if len(nearest) == 1 else None

    def _unaliased(self, path: str, call: Call) -> Call:
        """The call under the name that the macros in sight give it, when the tree defines that one and not the name as written."""
        written = call.callee
        if call.qualifier or not (written in self._index.aliases or written in self._index.wrappers):
            return call
        if not is_known_function(written) and self._is_defined(path, written):
            return call
        names = self._renamings(path, written)
        name = next((name for name in names if self._is_defined(path, name)), "")
        if name:
            arguments = -1 if written in self._index.macros else call.arguments
            return msgspec.structs.replace(call, callee=name, arguments=arguments)
        if written in self._index.macros:
            return call
        known = (name for name in reversed(names) if name in self._index.declaring or is_known_function(name))
        return msgspec.structs.replace(call, callee=next(known, written))

    def _renamings(self, path: str, name: str) -> list[str]:
        """What `name` becomes step by step, until it is no macro, or one of several meanings of which not just one is defined."""
        chain: list[str] = []
        while name not in chain:
            chain.append(name)
            meant = self._meanings(path, name)
            if len(meant) > 1:
                meant = {other for other in meant if self._is_defined(path, other)}
            if len(meant) == 1:
                (name,) = meant
        return chain[1:]

    def _meanings(self, path: str, name: str) -> set[str]:
        """The aliases that the file holds, or else those it includes; failing that what all macros of the name that take arguments call."""
        renamed = self._held(path, self._index.aliases.get(name, {}))
        if renamed:
            return renamed
        called = self._held(path, self._index.wrappers.get(name, {}))
        is_substitute = is_known_function(name) and any(other.strip("_") != name for other in called)
        return set() if "" in called or is_substitute else called

    def _held(self, path: str, places: dict[str, set[str]]) -> set[str]:
        holders = {path} if path in places else self._reach(path) & places.keys()
        return {other for holder in holders for other in places[holder]}

    def _is_defined(self, path: str, name: str) -> bool:
        """Tell whether a function that `path` may well mean is called `name`."""
        if name in self._index.in_file[path]:
            return True
        free = (site for site in self._visible(path, name) if not site.function.container)
        return any(self._neighbours.rank(path, site.path) < LAST_RESORT for site in free)

    def _visible(self, path: str, name: str) -> list[Site]:
        """Exported functions, and file-local ones that reach this file through an `#include`."""
        sites = list(self._index.exported.get(name, ()))
        local = self._index.local.get(name)
        if local:
            reach = self._reach(path)
            sites += [site for site in local if site.path in reach]
        return sites

    def _is_in_sight(self, path: str, fits: _Fit, site: Site) -> bool:
        """A member called on a receiver of unknown type counts only when the caller sees the declaration of its class.

        Many classes share a last name (`Iterator`): the declaration must be one that the member's own file sees or holds.
        """
        if not fits.by_receiver(site):
            return True
        declaring = self._index.types.get(_last(site.function.container), set())
        own = declaring & {site.path, *self._reach(site.path)}
        return path in own or not own.isdisjoint(self._reach(path))

    def _choose(self, path: str, call: Call, candidates: list[Site]) -> list[Site]:
        if len(candidates) > 1:
            candidates = _best_arity(call, candidates)
        if call.qualifier not in ("", "this", "new") and len({site.function.container for site in candidates}) > 1:
            return sorted({site.path: site for site in candidates}.values(), key=lambda site: site.path)
        paths = {site.path for site in candidates}
        best = min(self._neighbours.rank(path, other) for other in paths)
        paths = {other for other in paths if self._neighbours.rank(path, other) == best}
        if best >= LAST_RESORT:
            paths = self._declared_in_sight(path, call.callee, paths)
        elif len(paths) > 1:
            paths = self._declared_in_sight(path, call.callee, paths) or paths
        nearest = self._neighbours.narrow(path, paths)
        return [next(site for site in candidates if site.path == chosen) for chosen in nearest]

    def _declared_in_sight(self, path: str, name: str, candidates: set[str]) -> set[str]:
        """Those candidates that the caller includes, or that name a header which declares the function and which the caller sees too."""
        reach = self._reach(path)
        headers = self._index.declaring.get(name, set()) & reach
        return {other for other in candidates if other in reach or not headers.isdisjoint(self._reach.direct(other))}


class _Fit:
    """Whether a function can be what a call names: by scope and receiver, as far as words tell."""

    def __init__(
        self, language: Language, call: Call, caller: Function | None, bases: dict[str, tuple[str, ...]]
    ) -> None:
        self._is_c = language is Language.C
        self._qualifier = call.qualifier
        self._scoped = f"{call.qualifier}::{call.callee}"
        has_receiver = call.qualifier not in ("", "this", "new") and "::" not in call.qualifier
        self._may_be_member = has_receiver and call.callee not in STD_MEMBERS
        own = caller.container if caller is not None else ""
        self._classes = _with_bases(own, bases) if own and call.qualifier in ("", "this") else frozenset()

    def __call__(self, site: Site) -> bool:
        function = site.function
        if self._is_c:
            return not function.container and (function.qualified_name == function.name or function.is_c_linkage)
        if self._qualifier == "new":
            return function.kind is FunctionKind.CONSTRUCTOR
        if self._is_scoped(function):
            return True
        if self._qualifier in ("", "this"):
            is_free = function.kind in _CONSTRUCTIBLE and not self._qualifier
            return is_free or _last(function.container) in self._classes
        return self.by_receiver(site)

    def by_receiver(self, site: Site) -> bool:
        """Tell whether only the name fits: a member of some class, called on a receiver whose type is not known."""
        function = site.function
        return self._may_be_member and function.kind is FunctionKind.METHOD and not self._is_scoped(function)

    def _is_scoped(self, function: Function) -> bool:
        if self._scoped.startswith("::"):
            return function.qualified_name == self._scoped.removeprefix("::")
        return function.qualified_name == self._scoped or function.qualified_name.endswith(f"::{self._scoped}")


def _is_pointer_call(language: Language, caller: Function | None, call: Call) -> bool:
    """A call through a parameter, or in C through a member, names no function."""
    if language is Language.C and call.qualifier:
        return True
    return caller is not None and any(parameter.name == call.callee for parameter in caller.parameters)


def _best_arity(call: Call, candidates: list[Site]) -> list[Site]:
    """Those with as many parameters as the call has arguments, else those that may take defaults or more; else all."""
    exact = [site for site in candidates if _arity(site.function) == call.arguments]
    loose = [site for site in candidates if site.function.is_variadic or _arity(site.function) > call.arguments]
    return exact or loose or candidates


def _arity(function: Function) -> int:
    parameters = function.parameters
    return 0 if len(parameters) == 1 and parameters[0].type == "void" else len(parameters)


def _with_bases(container: str, bases: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Plain names of a class and all its base classes in the tree."""
    seen: set[str] = set()
    pending = [_last(container)]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += [_last(base.partition("<")[0].strip()) for base in bases.get(name, ())]
    return frozenset(seen)


def _last(name: str) -> str:
    return name.rpartition("::")[2]
