"""Which class a simple Java name means in a file: its own, imported, of the same package, or behind a wildcard."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rustplan.link.known_names import JAVA_LANG, is_jdk
from rustplan.link.native import Site
from rustplan.link.nearest import Neighbours
from rustplan.model.facts import FileFacts
from rustplan.model.scan import FileScan

_NOISE = re.compile(r"<.{0,500}>|\[\s*\]|\.\.\.|@\w+(\([^)]*\))?|\b(final|extends|super)\b|[?&]", re.DOTALL)


class JavaTypes:
    """All classes of the tree by binary name (`pkg.Outer$Inner`), their methods and supertypes."""

    def __init__(self, scans: Iterable[FileScan], neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self._files: dict[str, list[str]] = defaultdict(list)
        self._scopes: dict[str, _Scope] = {}
        self._methods: dict[tuple[str, str], list[Site]] = defaultdict(list)
        self._supertypes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._packages: set[str] = set()
        self._known: dict[tuple[str, str], str | None] = {}
        self._imported: dict[str, frozenset[str]] = {}
        self._bare: dict[str, str] = {}
        self.by_method: dict[str, list[Site]] = defaultdict(list)
        for scan in scans:
            self._add(scan.path, scan.facts)

    def _add(self, path: str, facts: FileFacts) -> None:
        self._packages.add(facts.package)
        names = _binary_names(facts)
        self._scopes[path] = _Scope(facts, names)
        for name in names:
            self._files[name].append(path)
        for declared in facts.types:
            name = _binary_name(facts.package, declared.name)
            self._supertypes[name] += [(path, supertype) for supertype in declared.supertypes]
        for function in facts.functions:
            site = Site(path, function)
            self._methods[_container(facts.package, function.container), function.name].append(site)
            self.by_method[function.name].append(site)

    def resolve(self, path: str, name: str) -> str | None:
        """Return the binary name of the class of the tree that `name`, as written in the file `path`, means; None for others."""
        key = (path, name)
        if key not in self._known:
            self._known[key] = self._resolve(self._scopes[path], self._without_noise(name))
        return self._known[key]

    def _without_noise(self, name: str) -> str:
        """A type as written without its arguments, brackets and annotations."""
        bare = self._bare.get(name)
        if bare is None:
            bare = self._bare[name] = _NOISE.sub("", name).strip()
        return bare

    def _resolve(self, scope: _Scope, name: str) -> str | None:
        head, _, rest = name.partition(".")
        if not head:
            return None
        found = next((candidate for candidate in scope.candidates(head) if candidate in self._files), None)
        if found is None:
            return self.named(name) if rest else None
        nested = f"{found}${rest.replace('.', '$')}"
        return nested if rest and nested in self._files else found

    def named(self, name: str) -> str | None:
        """Return the binary name for a fully qualified one as imports write it (`pkg.Outer.Inner`), or for its longest known part."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            outer = ".".join(parts[:end])
            if outer in self._files:
                nested = "$".join([outer, *parts[end:]])
                return nested if nested in self._files else outer
        return None

    def is_outside(self, path: str, name: str) -> bool:
        """Tell whether `name` is plainly a class of the platform or of a library: imported from elsewhere, or of java.lang."""
        head = self._without_noise(name).partition(".")[0]
        return head in JAVA_LANG or head in self._scopes[path].single or is_jdk(name)

    def files(self, path: str, name: str) -> list[str]:
        """Return the files that declare the class `name` and that `path` most likely means."""
        found = self._files[name]
        return found if len(found) == 1 else self._neighbours.narrow(path, found)

    def is_in_sight(self, path: str, other: str) -> bool:
        """Tell whether `path` can name the classes of the file `other` or their subclasses without spelling out a package."""
        here, there = self._scopes[path], self._scopes[other]
        return here.package == there.package or there.package in here.wildcards or other in self._files_imported(path)

    def _files_imported(self, path: str) -> frozenset[str]:
        """The files of all imported classes and of their supertypes."""
        known = self._imported.get(path)
        if known is None:
            named = [self.named(name) for name in self._scopes[path].single.values()]
            classes = {above for name in named if name is not None for above in self._with_supertypes(name)}
            known = self._imported[path] = frozenset(file for name in classes for file in self._files[name])
        return known

    def has_package(self, name: str) -> bool:
        """Tell whether a package lies in the tree."""
        return name in self._packages

    def methods(self, class_name: str, method: str) -> list[Site]:
        """Return the methods of that name in a class, else in the nearest of its supertypes that has one, else of the classes around it."""
        while class_name:
            for name in self._with_supertypes(class_name):
                if (name, method) in self._methods:
                    return self._methods[name, method]
            class_name = class_name.rpartition("$")[0]
        return []

    def inherited(self, class_name: str, method: str) -> list[Site]:
        """Return the methods of that name in the nearest supertype that has one: what `super.method()` means."""
        for name in self._with_supertypes(class_name):
            if name != class_name and (name, method) in self._methods:
                return self._methods[name, method]
        return []

    def supertypes(self, class_name: str) -> Iterator[str]:
        """Yield the direct supertypes that lie in the tree."""
        for path, written in self._supertypes.get(class_name, ()):
            found = self.resolve(path, written)
            if found is not None:
                yield found

    def _with_supertypes(self, class_name: str) -> Iterator[str]:
        """Yield a class and its supertypes, breadth first."""
        seen = {class_name}
        level = [class_name]
        while level:
            yield from level
            above = [name for each in level for name in self.supertypes(each)]
            level = [name for name in dict.fromkeys(above) if name not in seen]
            seen.update(level)


class _Scope:
    """What simple names may mean in one file, in the order the language looks."""

    def __init__(self, facts: FileFacts, own: Sequence[str]) -> None:
        self._own = {name.rpartition("$")[2].rpartition(".")[2]: name for name in own}
        self.package = facts.package
        types = [name for name in facts.imports if not name.is_static]
        self.single = {name.name.rpartition(".")[2]: name.name for name in types if not name.is_wildcard}
        self.wildcards = [name.name for name in facts.imports if name.is_wildcard]

    def candidates(self, head: str) -> Iterator[str]:
        if head in self._own:
            yield self._own[head]
        if head in self.single:
            yield from _nestings(self.single[head])
            return
        yield f"{self.package}.{head}" if self.package else head
        for package in self.wildcards:
            yield f"{package}.{head}"
            yield from _nestings(f"{package}.{head}")


def _nestings(name: str) -> Iterator[str]:
    """Yield `a.b.C.D`, `a.b.C$D`, `a.b$C$D`, ...: an import does not say where the package ends."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        yield "$".join([".".join(parts[:end]), *parts[end:]])


def _binary_names(facts: FileFacts) -> list[str]:
    names = [_binary_name(facts.package, declared.name) for declared in facts.types]
    names += [_container(facts.package, function.container) for function in facts.functions if function.container]
    return list(dict.fromkeys(names))


def _binary_name(package: str, name: str) -> str:
    """Both `Outer$Inner` and `pkg.Outer$Inner` are given the package."""
    return name if not package or name.startswith(f"{package}.") else f"{package}.{name}"


def _container(package: str, container: str) -> str:
    return _binary_name(package, container)
