"""Java `native` methods and the C or C++ functions behind them: by the name JNI prescribes, by a registered table, else by naming habits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rustplan.link.edges import Edges
from rustplan.link.foreign import is_bound_by_name
from rustplan.link.native import Site
from rustplan.link.nearest import Neighbours
from rustplan.link.registered import Registration, Registrations
from rustplan.link.unresolved import Unresolvables
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan


def link_jni(
    java: Sequence[FileScan],
    native: Sequence[FileScan],
    neighbours: Neighbours,
    edges: Edges,
    missing: Unresolvables,
) -> list[Site]:
    """Add an edge from each Java file to the code behind its native methods; return the functions that edges point at."""
    index, registrations = _JniIndex(native), Registrations(native)
    used: list[Site] = []
    for scan in java:
        if is_bound_by_name(scan):
            continue
        for function in scan.facts.functions:
            if function.is_native:
                used += _link_method(scan.path, function, index, registrations, neighbours, edges, missing)
    return used


def _link_method(
    path: str,
    method: Function,
    index: _JniIndex,
    registrations: Registrations,
    neighbours: Neighbours,
    edges: Edges,
    missing: Unresolvables,
) -> list[Site]:
    """The prescribed name decides, then a registered table, then naming habits; else the method is listed."""
    prescribed = index.prescribed(method)
    registered = [] if prescribed else registrations.find(method)
    guessed = [] if prescribed or registered else index.guessed(method)
    if registered:
        return _add_registered(path, method, registered, neighbours, edges)
    if not prescribed and not guessed:
        missing.add(method.qualified_name, EdgeKind.JNI, UnresolvedKind.UNKNOWN, path, method.start_line)
    return list(_add(path, method, prescribed or guessed, neighbours, edges, is_guess=not prescribed))


def _add_registered(
    path: str, method: Function, entries: Sequence[Registration], neighbours: Neighbours, edges: Edges
) -> list[Site]:
    """Where the function's name comes from a macro, the edge leads to the file of the table and carries the method's name."""
    by_path: dict[str, Registration] = {}
    for entry in entries:
        by_path.setdefault(entry.site.path if entry.site else entry.path, entry)
    nearest = neighbours.narrow(path, by_path)
    for chosen in nearest:
        site = by_path[chosen].site
        edges.add(
            dependent=path, dependencies=[chosen], kind=EdgeKind.JNI,
            symbol=site.function.qualified_name if site else method.qualified_name,
            line=method.start_line, share=1 / len(nearest), is_ambiguous=len(nearest) > 1,
        )  # fmt: skip
    return [site for site in (by_path[chosen].site for chosen in nearest) if site is not None]


def _add(
    path: str, method: Function, sites: Sequence[Site], neighbours: Neighbours, edges: Edges, *, is_guess: bool
) -> Iterator[Site]:
    """Of a guess the first function of a file is taken; of functions with the prescribed name all: they are the method's overloads."""
    by_path: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        if not is_guess or not by_path[site.path]:
            by_path[site.path].append(site)
    nearest = neighbours.narrow(path, by_path) if by_path else []
    chosen = [site for name in nearest for site in by_path[name]]
    for site in chosen:
        edges.add(
            dependent=path,
            dependencies=[site.path],
            kind=EdgeKind.JNI,
            symbol=site.function.qualified_name,
            line=method.start_line,
            share=1 / len(chosen),
            is_ambiguous=is_guess or len(nearest) > 1,
        )
        yield site


class _JniIndex:
    """C and C++ functions under the names that a Java virtual machine looks for."""

    def __init__(self, native: Iterable[FileScan]) -> None:
        self._exact: dict[str, list[Site]] = defaultdict(list)
        self._overloads: dict[str, list[Site]] = defaultdict(list)
        self._registered: dict[str, list[Site]] = defaultdict(list)
        self._by_method: dict[str, list[Site]] = defaultdict(list)
        self._about_class: dict[str, list[Site]] = defaultdict(list)
        for scan in native:
            for function in scan.facts.functions:
                self._add(Site(scan.path, function))

    def _add(self, site: Site) -> None:
        name = site.function.name
        if name.startswith("Java_"):
            self._exact[name].append(site)
            for short in _shorter(name):
                self._overloads[short].append(site)
        elif _takes_environment(site.function):
            words = name.split("_")
            self._by_method[words[-1]].append(site)
            self._registered["_".join([*map(str.lower, words[-2:-1]), words[-1]])].append(site)
            for word in dict.fromkeys(words):
                self._about_class[word.lower()].append(site)

    def prescribed(self, method: Function) -> list[Site]:
        """Return the functions that have the method's `Java_` name."""
        symbol = jni_symbol(method)
        return self._exact.get(symbol) or self._overloads.get(symbol, [])

    def guessed(self, method: Function) -> list[Site]:
        """Return the functions that naming habits say are behind a method that is registered in a way that was not read.

        They take a JNIEnv and are mostly called `..._class_method` or at least `..._method`; when even that fails (their names may come
        from a macro), functions called `..._class_...` show the file.
        """
        name = method.container.rpartition(".")[2].rpartition("$")[2].lower()
        by_name = self._registered.get(f"{name}_{method.name}") or self._by_method.get(method.name)
        return by_name or self._about_class.get(name, [])


def _takes_environment(function: Function) -> bool:
    return bool(function.parameters) and function.parameters[0].type.startswith("JNIEnv")


def jni_symbol(method: Function) -> str:
    """Return the short symbol of a native method: `Java_` + class + `_` + method, each escaped."""
    return f"Java_{escape(method.container)}_{escape(method.name)}"


def escape(name: str) -> str:
    """Escape a binary class or method name as the JNI specification has it: `.` to `_`, `_` to `_1`, other signs to `_0xxxx`."""
    return "".join(_escaped(letter) for letter in name)


def _escaped(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    plain = {".": "_", "/": "_", "_": "_1", ";": "_2", "[": "_3"}.get(letter)
    if plain is not None:
        return plain
    units = letter.encode("utf-16-be")
    return "".join(f"_0{units[index : index + 2].hex()}" for index in range(0, len(units), 2))


def _shorter(symbol: str) -> Iterator[str]:
    """Yield what stands before each `__`: an overloaded method's symbol goes on with its signature there."""
    at = symbol.find("__")
    while at != -1:
        yield symbol[:at]
        at = symbol.find("__", at + 1)
