"""From drafts to targets: names made unique, dependencies told from what lies outside, tests recognised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rustplan.discover.manifests.draft import Draft, folder_of
from rustplan.discover.roles import is_test_folder
from rustplan.discover.suffixes import is_header
from rustplan.model.paths import model_path
from rustplan.model.source import BuildTarget, Role, TargetKind

_MAX_NAME = 200
_TEST_NAME = re.compile(
    r"(?i)^(?:unit)?tests?(?:[-_.]|$)|(?:[-_.]|^)(?:unit)?tests?$|unittest|^fuzz(?:er)?[-_]|[-_]fuzz(?:er)?$"
)


def finish(drafts: Iterable[Draft], roles: Mapping[str, Role]) -> tuple[BuildTarget, ...]:
    """Return the targets sorted; `roles` are those of the files, by raw path."""
    by_system: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.name and len(draft.name) <= _MAX_NAME:
            by_system.setdefault(draft.system, []).append(draft)
    tested = test_names((draft for group in by_system.values() for draft in group), roles)
    found = [target for group in by_system.values() for target in _targets(group, tested)]
    return tuple(sorted(found, key=lambda target: (target.name, target.system, target.manifest, target.sources)))


def _targets(group: list[Draft], tested: frozenset[str]) -> list[BuildTarget]:
    """Return the targets of one build system."""
    names = _unique_names(group)
    known: dict[str, str] = {}
    for draft, name in zip(group, names, strict=True):
        for spelling in (draft.name, *draft.aliases):
            known.setdefault(spelling, name)
    found = []
    for draft, name in zip(group, names, strict=True):
        uses = sorted({use for use in draft.uses if use and len(use) <= _MAX_NAME})
        inside = {known[use] for use in uses if use in known} - {name}
        is_test = draft.name in tested and draft.kind in (TargetKind.EXECUTABLE, TargetKind.LIBRARY)
        found.append(
            BuildTarget(
                name=model_path(name),
                kind=TargetKind.TEST if is_test else draft.kind,
                system=draft.system,
                manifest=model_path(draft.manifest),
                sources=_paths(draft.sources),
                dependencies=_paths(inside),
                external=_paths(use for use in uses if use not in known),
                include_directories=tuple(dict.fromkeys(map(model_path, draft.include_directories))),
                confidence=draft.confidence,
                is_conditional=draft.is_conditional,
            )
        )
    return found


def _unique_names(group: list[Draft]) -> list[str]:
    """Return each target's name: as written, with its directory in front when several of one system share it."""
    short = [draft.name.rpartition(":")[2] if draft.system == "bazel" else draft.name for draft in group]
    shared = Counter(short)
    folders = (folder_of(draft.manifest) for draft in group)
    return [
        f"{folder}:{name}" if shared[name] > 1 and folder else name for name, folder in zip(short, folders, strict=True)
    ]


def test_names(drafts: Iterable[Draft], roles: Mapping[str, Role]) -> frozenset[str]:
    """Return the names of the targets that exist for tests; what one build system says holds for its namesakes in others."""
    return frozenset(draft.name for draft in drafts if _is_test(draft, roles))


def _is_test(draft: Draft, roles: Mapping[str, Role]) -> bool:
    """Tell whether a target exists for tests: the build says so, where it is declared, what it is built from, or its name."""
    if draft.kind is TargetKind.TEST:
        return True
    if draft.kind not in (TargetKind.EXECUTABLE, TargetKind.LIBRARY):
        return False
    if is_test_folder(draft.manifest.split("/")[:-1]):
        return True
    found = [roles[path] for path in draft.sources if path in roles and not is_header(path)]
    if draft.kind is TargetKind.LIBRARY:
        return bool(found) and all(role is Role.TEST for role in found)
    return Role.TEST in found or _TEST_NAME.search(draft.name.rpartition(":")[2]) is not None


def _paths(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({model_path(item) for item in items}))
