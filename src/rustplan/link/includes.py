"""Which file an `#include` means, without running a preprocessor: by folder, include directories, and the longest suffix of its text."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rustplan.link import known_headers
from rustplan.link.edges import MOST_CANDIDATES, Edges, Tally
from rustplan.link.nearest import Neighbours
from rustplan.link.unresolved import Unresolvables
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import Include
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role, SourceTree

_UPWARD = re.compile(r"^(\.\./)+")
_LIBC_FOLDERS = ("sys/", "arpa/", "net/", "netinet/", "bits/")
"""Folders of the C library's own headers: a file of that name in the tree stands in for one only where the build says so."""


@dataclass(frozen=True, slots=True)
class IncludeTarget:
    """Where an include leads: files of the tree (several when it cannot be told), or the kind of place outside it."""

    paths: tuple[str, ...] = ()
    outside: UnresolvedKind | None = None
    is_guess: bool = False


def link_includes(scans: Sequence[FileScan], resolver: IncludeResolver, edges: Edges, missing: Unresolvables) -> Tally:
    """Add an edge for every include that leads into the tree; note the others."""
    tally = Tally()
    for scan in scans:
        for include in scan.facts.includes:
            target = resolver.resolve(scan.path, include)
            if target.paths:
                tally.candidates(1 if len(target.paths) == 1 else 2)
            elif target.outside in (UnresolvedKind.SYSTEM, UnresolvedKind.THIRD_PARTY):
                tally.external += 1
            else:
                tally.unknown += 1
            if target.outside is not None:
                missing.add(include.target, EdgeKind.INCLUDE, target.outside, scan.path, include.line)
            edges.add(
                dependent=scan.path,
                dependencies=target.paths,
                kind=EdgeKind.INCLUDE,
                symbol=include.target,
                line=include.line,
                is_ambiguous=target.is_guess,
            )
    return tally


@dataclass(slots=True)
class IncludeResolver:
    """Looks includes up among all files of the tree."""

    tree: SourceTree
    neighbours: Neighbours
    generated: frozenset[str] = frozenset()
    _paths: frozenset[str] = field(init=False)
    _by_name: dict[str, list[str]] = field(init=False)
    _by_folded_name: dict[str, list[str]] = field(init=False)
    _directories: tuple[str, ...] = field(init=False)
    _target_directories: dict[str, tuple[str, ...]] = field(init=False)
    _suffixes: dict[str, tuple[str, ...]] = field(init=False)
    _known: dict[tuple[str, Role, frozenset[str], str, bool], IncludeTarget] = field(init=False)

    def __post_init__(self) -> None:
        native = [file.path for file in self.tree.files if file.language is not Language.JAVA]
        self._paths = frozenset(native)
        self._by_name, self._by_folded_name = defaultdict(list), defaultdict(list)
        for path in native:
            name = path.rpartition("/")[2]
            self._by_name[name].append(path)
            self._by_folded_name[name.lower()].append(path)
        self._target_directories = _directories_by_target(self.tree)
        self._directories = tuple(sorted({folder for each in self._target_directories.values() for folder in each}))
        self._suffixes, self._known = {}, {}

    def resolve(self, path: str, include: Include) -> IncludeTarget:
        """Return where `include` in the file `path` leads."""
        if include.is_computed:
            return IncludeTarget(outside=UnresolvedKind.COMPUTED)
        key = (
            path.rpartition("/")[0],
            self.neighbours.role(path),
            self.neighbours.targets(path),
            include.target,
            include.is_system,
        )
        found = self._known.get(key)
        if found is None:
            text = posixpath.normpath(include.target.replace("\\", "/"))
            found = self._known[key] = self._resolve(path, text, include.is_system)
        return found

    def _resolve(self, path: str, text: str, is_system: bool) -> IncludeTarget:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        if not is_system and beside in self._paths:
            return IncludeTarget(paths=(beside,))
        listed = self._in_directories(path, text)
        if listed is not None:
            return IncludeTarget(paths=(listed,))
        if is_system and known_headers.is_system(text) and ("/" not in text or text.startswith(_LIBC_FOLDERS)):
            return IncludeTarget(outside=UnresolvedKind.SYSTEM)
        text = _UPWARD.sub("", text)
        candidates = self._by_suffix(text)
        if candidates:
            return self._nearest(path, candidates)
        outside = known_headers.classify(text, generated=self.generated)
        folded = self._by_folded_suffix(text) if outside is UnresolvedKind.UNKNOWN else ()
        if folded:
            return self._nearest(path, folded, is_guess=True)
        is_foreign = is_system and outside is UnresolvedKind.UNKNOWN
        return IncludeTarget(outside=UnresolvedKind.THIRD_PARTY if is_foreign else outside)

    def _in_directories(self, path: str, text: str) -> str | None:
        """The first hit in the include directories of the file's own targets, then the only hit in those of all others."""
        for target in sorted(self.neighbours.targets(path)):
            for folder in self._target_directories.get(target, ()):
                if (candidate := posixpath.normpath(posixpath.join(folder, text))) in self._paths:
                    return candidate
        hits = {posixpath.normpath(posixpath.join(folder, text)) for folder in self._directories} & self._paths
        return hits.pop() if len(hits) == 1 else None

    def _by_suffix(self, text: str) -> tuple[str, ...]:
        """Files whose path ends in `text`, else in the longest tail of it that still names a folder."""
        known = self._suffixes.get(text)
        if known is None:
            named = self._by_name.get(text.rpartition("/")[2], ())
            known = self._suffixes[text] = _longest_suffix(text, named)
        return known

    def _by_folded_suffix(self, text: str) -> tuple[str, ...]:
        folded = text.lower()
        named = self._by_folded_name.get(folded.rpartition("/")[2], ())
        return tuple(path for path in named if f"/{path.lower()}".endswith(f"/{folded}"))

    def _nearest(self, path: str, candidates: Sequence[str], *, is_guess: bool = False) -> IncludeTarget:
        left = [candidate for candidate in self.neighbours.narrow(path, candidates) if candidate != path]
        if not left:
            return IncludeTarget(outside=UnresolvedKind.UNKNOWN)
        return IncludeTarget(paths=tuple(left[: MOST_CANDIDATES + 1]), is_guess=is_guess)


def _directories_by_target(tree: SourceTree) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for target in tree.targets:
        for folder in target.include_directories:
            found[target.name][folder.rstrip("/") or "."] = None
    return {name: tuple(folders) for name, folders in found.items()}


def _longest_suffix(text: str, paths: Sequence[str]) -> tuple[str, ...]:
    parts = text.split("/")
    shortest = 1 if len(parts) == 1 else 2
    for length in range(len(parts), shortest - 1, -1):
        tail = "/" + "/".join(parts[-length:])
        hits = tuple(path for path in paths if f"/{path}".endswith(tail))
        if hits:
            return hits
    return ()
