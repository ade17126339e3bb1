"""Libraries of the repository that a maintained Rust library could take over from: recognised by files, headers, calls and build files together."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from rustplan.catalog.crates import KnownLibrary, load_libraries
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.choices import Holding, Replacement
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import FileFacts
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import FactorEvidence
from rustplan.model.source import Language, Role

SHOWN = 6
NOT_LOOKED_AT = (Role.TEST, Role.EXAMPLE, Role.BUILD_OUTPUT)
LEVELS = 3
"""A library's files lie in one folder, or in subfolders of one; so many levels up are looked at."""

_NOT_CATALOGUED = {
    "c_abi": "none",
    "licence": "unknown",
    "maturity": "unknown",
    "caveat": "Named by this project's configuration; rustplan has not looked at it, and its C interface is unknown.",
    "url": "rustplan.yml",
    "checked": "by this project alone",
}
"""What is said of a library that the team names itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """What is looked up for every library, arranged once."""

    scans: Mapping[str, FileScan]
    by_name: Mapping[str, tuple[str, ...]]
    includers: Mapping[str, tuple[tuple[str, int], ...]]
    importers: Mapping[str, tuple[tuple[str, int], ...]]
    """First parts of imports (two of them) -> files and lines."""
    packages: frozenset[str]
    mentions: Mapping[tuple[MentionKind, str], tuple[BuildMention, ...]]
    owners: Mapping[str, str]


def find_replacements(scan: TreeScan, components: ComponentGraph, notes: BuildNotes) -> tuple[Replacement, ...]:
    """Return the libraries that were recognised, by name: held ones first, then those in use, then those that only a build file names."""
    tree = _arrange(scan, components, notes)
    found = [one for row in load_libraries().libraries if (one := _recognised(row, tree)) is not None]
    order = list(Holding)
    return tuple(sorted(found, key=lambda one: (one.is_java, order.index(one.holding), one.library, one.id)))


def with_own_choice(found: Iterable[Replacement], own: Mapping[str, str]) -> tuple[Replacement, ...]:
    """Put the team's own choice, by row, in the place of the catalogue's; an empty one leaves the library out."""
    return tuple(
        msgspec.structs.replace(one, crate=own[one.id], **_NOT_CATALOGUED) if one.id in own else one
        for one in found
        if own.get(one.id) != ""
    )


def _arrange(scan: TreeScan, components: ComponentGraph, notes: BuildNotes) -> _Tree:
    by_name: dict[str, list[str]] = defaultdict(list)
    includers: dict[str, list[tuple[str, int]]] = defaultdict(list)
    importers: dict[str, list[tuple[str, int]]] = defaultdict(list)
    packages = set()
    for file in scan.files:
        if file.role in NOT_LOOKED_AT:
            continue
        by_name[posixpath.basename(file.path)].append(file.path)
        if file.facts.language is Language.JAVA and file.role is not Role.VENDORED:
            packages.add(file.facts.package)
        if file.role is not Role.SOURCE:
            continue
        for include in file.facts.includes:
            includers[include.target].append((file.path, include.line))
        for one in file.facts.imports:
            importers[_first_parts(one.name)].append((file.path, one.line))
    mentions: dict[tuple[MentionKind, str], list[BuildMention]] = defaultdict(list)
    for mention in notes.mentions:
        mentions[mention.kind, mention.name.lower()].append(mention)
    return _Tree(
        scans={file.path: file for file in scan.files},
        by_name={name: tuple(paths) for name, paths in by_name.items()},
        includers={name: tuple(places) for name, places in includers.items()},
        importers={name: tuple(places) for name, places in importers.items()},
        packages=frozenset(packages),
        mentions={key: tuple(found) for key, found in mentions.items()},
        owners={path: component.name for component in components.components for path in component.files},
    )


def _first_parts(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _recognised(row: KnownLibrary, tree: _Tree) -> Replacement | None:
    if row.language == "java":
        return _java(row, tree)
    held = _held(row, tree)
    if held:
        return _said(row, Holding.HELD, held, tree)
    named = _mentioned(row, tree)
    used = _used(row, tree, bool(named))
    if used:
        return _said(row, Holding.LINKED, (*used, *named), tree)
    product = [place for place, is_test in _with_role(row, tree) if not is_test]
    return _said(row, Holding.NAMED, product, tree) if product else None


def _held(row: KnownLibrary, tree: _Tree) -> tuple[FactorEvidence, ...]:
    """Enough of its files in one folder, and a name in them that only this library defines."""
    if not row.files:
        return ()
    paths = [path for name in row.files for path in tree.by_name.get(name, ())]
    if len({posixpath.basename(path) for path in paths}) < row.need:
        return ()
    together = _together(paths, row.need)
    marks = frozenset(row.marks)
    found = [place for path in sorted(together) if (place := _mark(tree.scans[path].facts, path, marks)) is not None]
    if not found:
        beside = {posixpath.dirname(path) for path in together}
        for path in sorted(tree.scans):
            if len(found) < SHOWN and posixpath.dirname(path) in beside and tree.scans[path].role not in NOT_LOOKED_AT:
                place = _mark(tree.scans[path].facts, path, marks)
                found += [place] if place is not None else []
    if not found:
        return ()
    files = [FactorEvidence(path=path, line=1, what="one of its files") for path in sorted(together)]
    return (*found[:2], *[file for file in files if file.path not in {place.path for place in found[:2]}])


def _together(paths: Sequence[str], need: int) -> set[str]:
    """The files that lie in folders which hold enough of them; the deepest folders that do."""
    for level in range(LEVELS):
        folders: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            folder = path
            for _ in range(level + 1):
                folder = posixpath.dirname(folder)
            if level == 0 or folder:
                folders[folder].add(path)
        enough = [inside for inside in folders.values() if len({posixpath.basename(path) for path in inside}) >= need]
        if enough:
            return set().union(*enough)
    return set()


def _mark(facts: FileFacts, path: str, marks: frozenset[str]) -> FactorEvidence | None:
    """Where one of the marks is defined in a file."""
    for macro in facts.macros:
        if macro.name in marks:
            return FactorEvidence(path=path, line=macro.line, what=f"defines {macro.name}")
    for function in facts.functions:
        if function.name in marks:
            return FactorEvidence(path=path, line=function.start_line, what=f"defines {function.name}")
    for kind in facts.types:
        if kind.name in marks:
            return FactorEvidence(path=path, line=kind.line, what=f"defines {kind.name}")
    return None


def _used(row: KnownLibrary, tree: _Tree, is_named: bool) -> tuple[FactorEvidence, ...]:
    """Files that include one of its headers and call it; without calls to know it by, a build file must name it.

    A header of the same name in the tree makes the include the tree's own: then both a call and a build file are asked for.
    """
    found = []
    for header in row.headers:
        places = tree.includers.get(header, ())
        is_own = any(
            path == header or path.endswith(f"/{header}") for path in tree.by_name.get(posixpath.basename(header), ())
        )
        for path, line in places:
            called = _called(row, tree.scans[path])
            if (called and (is_named or not is_own)) or (is_named and not is_own):
                what = f"includes {header}" + (f", calls {called[0]} on line {called[1]}" if called else "")
                found.append(FactorEvidence(path=path, line=line, what=what))
    return tuple(sorted(found))


def _called(row: KnownLibrary, file: FileScan) -> tuple[str, int] | None:
    whole = {name for name in row.calls if not name.endswith("*")}
    starts = tuple(name[:-1] for name in row.calls if name.endswith("*"))
    for call in file.facts.calls:
        if call.callee in whole or (starts and call.callee.startswith(starts)):
            return call.callee, call.line
    return None


def _with_role(row: KnownLibrary, tree: _Tree) -> list[tuple[FactorEvidence, bool]]:
    asked = [(MentionKind.LINK, name) for name in row.link] + [(MentionKind.PACKAGE, name) for name in row.package]
    asked += [(MentionKind.MAVEN, name) for name in row.maven]
    return [
        (FactorEvidence(path=one.path, line=one.line, what=f"names {one.name}"), one.is_test)
        for kind, name in asked
        for one in tree.mentions.get((kind, name.lower()), ())
    ]


def _mentioned(row: KnownLibrary, tree: _Tree) -> tuple[FactorEvidence, ...]:
    return tuple(place for place, _ in sorted(_with_role(row, tree), key=lambda pair: (pair[1], pair[0])))


def _java(row: KnownLibrary, tree: _Tree) -> Replacement | None:
    """By imports, whose names only this library has; a tree whose own packages begin so is the library itself, and nothing is said."""
    starts = tuple(f"{name}." for name in row.imports)
    if any(f"{package}.".startswith(starts) for package in tree.packages):
        return None
    heads = {_first_parts(name) for name in row.imports}
    places = [place for head in sorted(heads) for place in tree.importers.get(head, ())]
    used = []
    for path, line in places:
        name = next((one.name for one in tree.scans[path].facts.imports if one.line == line), "")
        if f"{name}.".startswith(starts):
            used.append(FactorEvidence(path=path, line=line, what=f"imports {name}"))
    named = [place for place, is_test in _with_role(row, tree) if not is_test]
    if used:
        return _said(row, Holding.LINKED, (*sorted(used), *named), tree)
    return _said(row, Holding.NAMED, named, tree) if named else None


def _said(row: KnownLibrary, holding: Holding, evidence: Iterable[FactorEvidence], tree: _Tree) -> Replacement:
    places = list(evidence)
    owners = {tree.owners[place.path] for place in places if place.path in tree.owners}
    partly = _partly(owners, places, tree) if holding is Holding.HELD else set()
    build = [place for place in places if place.path not in tree.owners]
    code = [place for place in places if place.path in tree.owners]
    return Replacement(
        id=row.id,
        library=row.library,
        holding=holding,
        crate=row.crate,
        c_abi=row.c_abi,
        licence=row.licence,
        maturity=row.maturity,
        caveat=row.caveat,
        url=row.url,
        checked=row.checked,
        components=tuple(sorted(owners - partly)),
        partly=tuple(sorted(partly)),
        evidence=(*code[: SHOWN - 2], *build[:2]),
        is_java=row.language == "java",
        is_own=holding is Holding.HELD and all(tree.scans[place.path].role is not Role.VENDORED for place in places),
    )


def _partly(owners: set[str], places: Sequence[FactorEvidence], tree: _Tree) -> set[str]:
    """Components whose own code is mostly something else than the library's files; vendored code is nobody's own."""
    held = {place.path for place in places}
    lines: dict[str, list[int]] = {name: [0, 0] for name in owners}
    for path, name in tree.owners.items():
        file = tree.scans.get(path)
        if name in owners and file is not None and file.role is Role.SOURCE and file.facts.language.is_memory_unsafe:
            lines[name][path in held] += file.facts.sloc
    return {name for name, (other, own) in lines.items() if other > own}
