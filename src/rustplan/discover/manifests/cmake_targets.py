"""The CMake commands that declare targets, and the targets they build up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rustplan.discover.manifests.cmake_values import Scope
from rustplan.discover.manifests.draft import Draft, NotUnderstood, Tree
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "cmake", 0.75
_MAX_TARGETS = 20_000
_KEYWORDS = frozenset(
    [
        "PUBLIC",
        "PRIVATE",
        "INTERFACE",
        "LINK_PUBLIC",
        "LINK_PRIVATE",
        "LINK_INTERFACE_LIBRARIES",
        "debug",
        "optimized",
        "general",
    ]
)
_TYPES = frozenset(
    [
        "STATIC",
        "SHARED",
        "MODULE",
        "OBJECT",
        "INTERFACE",
        "UNKNOWN",
        "WIN32",
        "MACOSX_BUNDLE",
        "EXCLUDE_FROM_ALL",
        "GLOBAL",
        "MANUAL_FINALIZATION",
    ]
)
_OBJECTS = re.compile(r"\$<TARGET_OBJECTS:([^<>]+)>")
_LAST = re.compile(r"([^<>:;]+)>+$")
_NAME = re.compile(r"[\w.+:/-]{1,200}\Z")


COMMANDS = frozenset(
    [
        "add_library",
        "add_executable",
        "pybind11_add_module",
        "target_sources",
        "target_link_libraries",
        "target_include_directories",
        "include_directories",
        "add_test",
        "gtest_discover_tests",
        "catch_discover_tests",
        "gtest_add_tests",
        "install",
    ]
)


class Targets:
    """The targets of all list files by name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._drafts: dict[str, Draft] = {}
        self._tests: set[str] = set()
        self._installed: set[str] = set()
        self._commands: dict[str, Callable[[list[str], Scope], None]] = {
            "add_library": self._add_library,
            "add_executable": self._add_executable,
            "pybind11_add_module": self._add_library,
            "target_sources": self._sources,
            "target_link_libraries": self._link,
            "target_include_directories": self._include,
            "include_directories": self._include_all,
            "add_test": self._add_test,
            "gtest_discover_tests": self._discover_tests,
            "catch_discover_tests": self._discover_tests,
            "gtest_add_tests": self._add_test,
            "install": self._install,
        }

    def evaluate(self, name: str, arguments: list[str], scope: Scope) -> None:
        """Take a command into account when it speaks of targets."""
        command = self._commands.get(name)
        if command is not None and arguments:
            command(arguments, scope)

    def drafts(self) -> list[Draft]:
        """Return the targets; an executable that is registered as a test and not installed is a test."""
        for name in self._tests - self._installed:
            draft = self._drafts.get(name)
            if draft is not None and draft.kind is TargetKind.EXECUTABLE:
                draft.kind = TargetKind.TEST
        return list(self._drafts.values())

    def _add_library(self, arguments: list[str], scope: Scope) -> None:
        name, *rest = arguments
        if rest[:1] == ["ALIAS"] and len(rest) >= 2:
            if rest[1] in self._drafts:
                self._drafts[rest[1]].aliases.append(name)
        elif "IMPORTED" not in rest:
            self._declare(name, TargetKind.LIBRARY, rest, scope)

    def _add_executable(self, arguments: list[str], scope: Scope) -> None:
        name, *rest = arguments
        if "IMPORTED" not in rest and rest[:1] != ["ALIAS"]:
            self._declare(name, TargetKind.EXECUTABLE, rest, scope)

    def _declare(self, name: str, kind: TargetKind, sources: list[str], scope: Scope) -> None:
        if not _NAME.match(name) or name in _TYPES:
            return
        if len(self._drafts) >= _MAX_TARGETS:
            raise NotUnderstood(f"more than {_MAX_TARGETS} targets")
        draft = self._drafts.get(name)
        if draft is None:
            draft = self._drafts[name] = Draft(name, kind, SYSTEM, scope.manifest, CONFIDENCE)
            draft.is_conditional = scope.is_conditional
        draft.include_directories.extend(scope.include_directories)
        self._add_sources(draft, sources, scope)

    def _sources(self, arguments: list[str], scope: Scope) -> None:
        draft = self._drafts.get(arguments[0])
        if draft is not None:
            self._add_sources(draft, arguments[1:], scope)

    def _add_sources(self, draft: Draft, words: Iterable[str], scope: Scope) -> None:
        for word in words:
            if word in _TYPES or word in _KEYWORDS:
                continue
            draft.uses.extend(_OBJECTS.findall(word))
            path = self._tree.source(scope.folder, _plain(word))
            if path is not None:
                draft.sources.append(path)
                draft.is_conditional = draft.is_conditional or word.startswith("$<")

    def _link(self, arguments: list[str], scope: Scope) -> None:
        del scope
        draft = self._drafts.get(arguments[0])
        if draft is None:
            return
        for word in arguments[1:]:
            name = _OBJECTS.sub(r"\1", word)
            name = _plain(name).removeprefix("-l")
            if word not in _KEYWORDS and _NAME.match(name) and not name.startswith(("-", "/")):
                draft.uses.append(name)

    def _include(self, arguments: list[str], scope: Scope) -> None:
        draft = self._drafts.get(arguments[0])
        if draft is not None:
            draft.include_directories.extend(self._directories(arguments[1:], scope))

    def _include_all(self, arguments: list[str], scope: Scope) -> None:
        scope.include_directories.extend(self._directories(arguments, scope))

    def _directories(self, words: Iterable[str], scope: Scope) -> list[str]:
        names = (re.sub(r"^\$<\w+:|>$", "", word) for word in words if word not in _KEYWORDS)
        found = (self._tree.directory(scope.folder, name) for name in names)
        return [place for place in found if place is not None]

    def _add_test(self, arguments: list[str], scope: Scope) -> None:
        """Remember which target a test runs."""
        del scope
        for keyword in ("COMMAND", "TARGET"):
            if keyword in arguments:
                self._tests.update(_file_target(word) for word in arguments[arguments.index(keyword) + 1 :][:1])
                return
        self._tests.update(_file_target(word) for word in arguments[1:2])

    def _discover_tests(self, arguments: list[str], scope: Scope) -> None:
        del scope
        self._tests.add(arguments[0])

    def _install(self, arguments: list[str], scope: Scope) -> None:
        del scope
        if arguments[0] == "TARGETS":
            self._installed.update(arguments[1:])


def _plain(word: str) -> str:
    """Return what a generator expression may yield; other words stay."""
    if not word.startswith("$<"):
        return word
    match = _LAST.search(word[-4096:])
    return match.group(1) if match else ""


def _file_target(word: str) -> str:
    """Return the target behind `$<TARGET_FILE:name>` or a path to it."""
    name = word.removeprefix("$<TARGET_FILE:").removesuffix(">") if word.startswith("$<") else word
    return name.rpartition("/")[2]
