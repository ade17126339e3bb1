"""Meson: evaluates the part of `meson.build` that names targets, their sources and what they link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rustplan.discover.manifests.draft import Budget, Draft, NotUnderstood, Tree, folder_of, from_root, resolve
from rustplan.discover.manifests.meson_syntax import Node, parse
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "meson", 0.75
_STEPS = 300_000
_MAX_DEPTH = 40
_MAX_ITEMS = 100_000
_KINDS = {
    **dict.fromkeys(
        ("library", "static_library", "shared_library", "both_libraries", "shared_module"), TargetKind.LIBRARY
    ),
    "executable": TargetKind.EXECUTABLE,
    "jar": TargetKind.MODULE,
}


@dataclass(frozen=True, slots=True)
class _Needs:
    """A dependency object: the targets and outside libraries behind it, and the directories and sources it brings."""

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """One reading of all `meson.build` files of a tree. `problems` maps a file to what was wrong with it."""

    tree: Tree
    problems: dict[str, str] = field(default_factory=dict)
    _drafts: list[Draft] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def read(self, manifests: Iterable[str]) -> list[Draft]:
        """Return the targets of all files: outermost first, each once, with the variables of the project that enters it."""
        for manifest in sorted(manifests, key=lambda path: (path.count("/"), path)):
            if manifest not in self._done:
                _Project(self, folder_of(manifest)).run(manifest)
        return self._drafts

    def begin(self, manifest: str) -> tuple[Node, ...]:
        """Return the statements of a file that is read for the first time; problems are noted."""
        self._done.add(manifest)
        try:
            return parse(self.tree.read(manifest))
        except NotUnderstood as error:
            self.problems.setdefault(manifest, str(error))
            return ()

    def is_new(self, manifest: str) -> bool:
        """Tell whether a file exists and was not read yet."""
        return manifest in self.tree.files and manifest not in self._done

    def add(self, draft: Draft) -> None:
        """Add a target."""
        self._drafts.append(draft)

    def made_here(self, names: set[str], manifest: str) -> list[Draft]:
        """Return the executables of one file by name: those that a `test()` beside them exists for."""
        return [
            draft
            for draft in self._drafts
            if draft.name in names and draft.manifest == manifest and draft.kind is TargetKind.EXECUTABLE
        ]


class _Project:
    """One project: its variables are shared by all files that `subdir()` enters."""

    def __init__(self, reader: Reader, top: str) -> None:
        self._reader, self._top, self._tree = reader, top, reader.tree
        self._variables: dict[str, Any] = {}
        self._budget = Budget(_STEPS, self._tree.budget)
        self._folder = self._manifest = ""
        self._conditions = self._depth = 0
        self._functions: dict[str, Callable[[list[Any], dict[str, Any]], Any]] = {
            "files": lambda arguments, _: [from_root(path) for path in self._sources(arguments)],
            "include_directories": self._include_directories,
            "declare_dependency": self._declare_dependency,
            "dependency": lambda arguments, _: _Needs(names=tuple(_texts(arguments[:1]))),
            "subdir": self._subdir,
            "test": self._test,
            "benchmark": self._test,
        }

    def run(self, manifest: str) -> None:
        """Evaluate one file."""
        before = self._folder, self._manifest
        self._folder, self._manifest = folder_of(manifest), manifest
        try:
            self._run(self._reader.begin(manifest))
        except NotUnderstood as error:
            self._reader.problems.setdefault(manifest, str(error))
        finally:
            self._folder, self._manifest = before

    def _run(self, statements: Iterable[Node]) -> None:
        """Evaluate statements; every arm of an `if` is read, marked as conditional."""
        for node in statements:
            self._budget.spend()
            if node.kind == "if":
                self._conditions += 1
                for arm in node.parts:
                    self._run(arm.parts)
                self._conditions -= 1
            elif node.kind == "foreach":
                self._foreach(node)
            elif node.kind == "append" or (node.kind == "assign" and self._conditions and node.word in self._variables):
                value = self._value(node.parts[0])
                self._variables[node.word] = self._joined(self._variables.get(node.word), value)
            elif node.kind == "assign":
                self._variables[node.word] = self._value(node.parts[0])
            else:
                self._value(node)

    def _foreach(self, node: Node) -> None:
        items, *body = node.parts
        names = node.word.split()
        values = self._value(items)
        pairs = (
            values.items()
            if isinstance(values, dict)
            else ((value,) for value in values)
            if isinstance(values, list)
            else ()
        )
        for pair in list(pairs):
            self._variables.update(zip(names, pair, strict=False))
            self._run(body)

    def _value(self, node: Node) -> Any:
        """Return a value: text, list, dictionary, `_Needs`, or None when it is not known."""
        self._budget.spend()
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotUnderstood("nested too deep")
        try:
            return self._evaluate(node)
        finally:
            self._depth -= 1

    def _evaluate(self, node: Node) -> Any:
        if node.kind == "string":
            return node.word
        if node.kind == "name":
            return self._variables.get(node.word)
        if node.kind == "list":
            return [self._value(part) for part in node.parts]
        if node.kind == "dict":
            keys, values = map(self._value, node.parts[::2]), map(self._value, node.parts[1::2])
            return {key: value for key, value in zip(keys, values, strict=False) if isinstance(key, str)}
        if node.kind == "binary" and node.word in ("+", "/"):
            left, right = self._value(node.parts[0]), self._value(node.parts[1])
            return f"{left}/{right}" if node.word == "/" and left and right else self._joined(left, right)
        if node.kind == "choice":
            return self._joined([self._value(node.parts[0])], [self._value(node.parts[1])])
        if node.kind == "index":
            return self._index(*map(self._value, node.parts))
        if node.kind == "method":
            return self._method(node)
        return self._call(node) if node.kind == "call" else None

    def _joined(self, left: Any, right: Any) -> Any:
        """Return `left + right`; of two values that do not fit, the known one."""
        if isinstance(left, str) and isinstance(right, str) and not self._conditions:
            joined: Any = left + right
        elif left is None or right is None:
            return right if left is None else left
        else:
            joined = _listed(left) + _listed(right)
        if len(joined) > _MAX_ITEMS:
            raise NotUnderstood("a value grows without end")
        self._budget.spend(len(joined) // 20)
        return joined

    @staticmethod
    def _index(value: Any, key: Any) -> Any:
        if isinstance(value, dict) and isinstance(key, str):
            return value.get(key)
        return value[0] if isinstance(value, list) and value else None

    def _method(self, node: Node) -> Any:
        """Return what a method gives when it only names a place or a dependency."""
        where, *arguments = node.parts
        if where.word == "meson" and node.word in ("current_source_dir", "source_root", "project_source_root"):
            return from_root(self._folder if node.word == "current_source_dir" else self._top)
        if node.word in ("find_library", "dependency") and arguments:
            return _Needs(names=tuple(_texts([self._value(arguments[0])])))
        return self._value(where) if node.word in ("strip", "as_system", "full_path") else None

    def _call(self, node: Node) -> Any:
        arguments = [self._value(part) for part in node.parts]
        keywords = {name: self._value(value) for name, value in node.keywords}
        if node.word in _KINDS:
            return self._target(_KINDS[node.word], arguments, keywords)
        function = self._functions.get(node.word)
        return function(arguments, keywords) if function else None

    def _target(self, kind: TargetKind, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Write a target down and return the dependency object that stands for it."""
        name = next(_texts(arguments[:1]), "")
        if not name:
            return None
        draft = Draft(name, kind, SYSTEM, self._manifest, CONFIDENCE, is_conditional=self._conditions > 0)
        draft.sources = self._sources([arguments[1:], keywords.get("sources"), keywords.get("objects")])
        for key in ("dependencies", "link_with", "link_whole", "objects"):
            for needs in _flat(keywords.get(key)):
                if isinstance(needs, _Needs):
                    draft.uses.extend(needs.names)
                    draft.include_directories.extend(needs.folders)
                    draft.sources.extend(path for path in needs.sources if key == "dependencies")
        draft.include_directories.extend(self._folders(keywords.get("include_directories")))
        self._reader.add(draft)
        return _Needs(names=(name,))

    def _sources(self, values: Any) -> list[str]:
        found = (self._tree.source(self._folder, text) for text in _texts(values))
        return [path for path in found if path is not None]

    def _folders(self, values: Any) -> list[str]:
        found: list[str] = []
        for value in _flat(values):
            if isinstance(value, _Needs):
                found.extend(value.folders)
            elif isinstance(value, str):
                place = self._tree.directory(self._folder, value)
                found.extend([place] if place is not None else [])
        return found

    def _include_directories(self, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        del keywords
        return _Needs(folders=tuple(self._folders(arguments)))

    def _declare_dependency(self, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        del arguments
        inner = [needs for key in ("link_with", "link_whole", "dependencies") for needs in _flat(keywords.get(key))]
        names = tuple(name for needs in inner if isinstance(needs, _Needs) for name in needs.names)
        folders = tuple(self._folders([keywords.get("include_directories"), inner]))
        return _Needs(names, folders, tuple(self._sources(keywords.get("sources"))))

    def _subdir(self, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        del keywords
        place = resolve(self._folder, next(_texts(arguments), ""))
        manifest = f"{place}/meson.build"
        if place and self._reader.is_new(manifest):
            self.run(manifest)

    def _test(self, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Mark the executable that a test runs, when it is built beside its test."""
        del keywords
        names = {name for needs in _flat(arguments[1:2]) if isinstance(needs, _Needs) for name in needs.names}
        for draft in self._reader.made_here(names, self._manifest):
            draft.kind = TargetKind.TEST


def _flat(value: Any) -> Iterator[Any]:
    """Yield the leaves of nested lists."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif item is not None:
            yield item


def _texts(value: Any) -> Iterator[str]:
    return (item for item in _flat(value) if isinstance(item, str))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
