"""Which component of one analysis is which of another: by name, then by the files they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component

LEAST_SHARED = 0.5
"""A component was renamed when at least this share of the larger one's files are the same, by path or by content."""


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """A component under its new name. `shared` of `files` files, those of the larger of both, are the same."""

    before: str
    after: str
    shared: int
    files: int


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """Components only in the new analysis, only in the old one, renamed ones, and every pair as (new name, old name)."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    pairs: tuple[tuple[str, str], ...]


def pair_components(old: Analysis, new: Analysis) -> Pairing:
    """Pair what has the same name; of the rest those that share most files, the surest first."""
    before = {component.name: component for component in old.graph.components}
    after = {component.name: component for component in new.graph.components}
    gone = [component for name, component in before.items() if name not in after]
    come = [component for name, component in after.items() if name not in before]
    renamed = _renamed(old, new, gone, come)
    known = {entry.before for entry in renamed} | {entry.after for entry in renamed}
    same = [(name, name) for name in after if name in before]
    return Pairing(
        added=tuple(sorted(component.name for component in come if component.name not in known)),
        removed=tuple(sorted(component.name for component in gone if component.name not in known)),
        renamed=renamed,
        pairs=tuple(sorted([*same, *((entry.after, entry.before) for entry in renamed)])),
    )


def _renamed(old: Analysis, new: Analysis, gone: list[Component], come: list[Component]) -> tuple[Renamed, ...]:
    found = sorted(_likely(old, new, gone, come), key=lambda one: (-one.shared / one.files, one.before, one.after))
    taken_before: set[str] = set()
    taken_after: set[str] = set()
    kept = []
    for one in found:
        if one.before not in taken_before and one.after not in taken_after:
            taken_before.add(one.before)
            taken_after.add(one.after)
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.after))


def _likely(old: Analysis, new: Analysis, gone: list[Component], come: list[Component]) -> Iterable[Renamed]:
    """Every pair that shares enough files."""
    contents_before = {file.path: file.sha256 for file in old.scorecard.files}
    contents_after = {file.path: file.sha256 for file in new.scorecard.files}
    holders: dict[str, set[str]] = defaultdict(set)
    sizes = {component.name: len(component.files) for component in gone}
    for component in gone:
        for path in component.files:
            holders[path].add(component.name)
            if path in contents_before:
                holders[contents_before[path]].add(component.name)
    for component in come:
        shared: Counter[str] = Counter()
        for path in component.files:
            shared.update(holders.get(path, set()) | holders.get(contents_after.get(path, ""), set()))
        for name, count in shared.items():
            files = max(sizes[name], len(component.files))
            if count / files >= LEAST_SHARED:
                yield Renamed(before=name, after=component.name, shared=min(count, files), files=files)
