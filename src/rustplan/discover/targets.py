"""What build files say about roles: a helper that only tests build is test code, and contributed code that the product builds is source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rustplan.discover.manifests.draft import Draft
from rustplan.discover.manifests.finish import test_names
from rustplan.discover.roles import CONTRIBUTED, Decision
from rustplan.discover.suffixes import is_header
from rustplan.model.source import Role, TargetKind

_SPEAKS_OF_TESTS = re.compile(r"(?i)test|bench|fuzz|mock")


def refine_roles(decided: Mapping[str, Decision], drafts: Iterable[Draft]) -> dict[str, Decision]:
    """Return the roles with what the targets add; a file's own name must agree before a target makes it test code."""
    roles = {path: role for path, (role, _) in decided.items()}
    ordered = sorted(drafts, key=lambda draft: (draft.manifest, draft.name))
    tests = test_names(ordered, roles)
    builders: dict[str, list[Draft]] = {}
    for draft in ordered:
        for path in draft.sources:
            builders.setdefault(path, []).append(draft)
    refined = dict(decided)
    for path in sorted(builders.keys() & decided.keys()):
        change = _change(path, roles, builders[path], tests)
        if change is not None:
            refined[path] = change
    _take_headers_along(refined)
    return refined


def _change(path: str, roles: Mapping[str, Role], builders: list[Draft], tests: frozenset[str]) -> Decision | None:
    """Return the role that the targets of one file give it, or None when they add nothing."""
    if roles[path] is Role.SOURCE and _speaks_of_tests(path):
        if all(draft.name in tests or _is_aside(draft, roles) for draft in builders):
            return (
                Role.TEST,
                f"only tests and benchmarks are built from it ({builders[0].name} in {builders[0].manifest})",
            )
    elif roles[path] is Role.EXAMPLE and CONTRIBUTED in path.split("/"):
        folder = path[: path.index(f"{CONTRIBUTED}/") + len(CONTRIBUTED) + 1]
        outside = [draft for draft in builders if not draft.manifest.startswith(folder)]
        for draft in outside:
            if draft.name in tests:
                return Role.TEST, f"the test {draft.name} of {draft.manifest} is built from it"
        for draft in outside:
            if draft.kind in (TargetKind.LIBRARY, TargetKind.EXECUTABLE):
                return Role.SOURCE, f"the target {draft.name} of {draft.manifest} is built from it"
    return None


def _is_aside(draft: Draft, roles: Mapping[str, Role]) -> bool:
    """Tell whether an executable is a benchmark or an example: one of its files is."""
    return draft.kind is TargetKind.EXECUTABLE and any(roles.get(path) is Role.EXAMPLE for path in draft.sources)


def _take_headers_along(refined: dict[str, Decision]) -> None:
    """Give a header that speaks of tests the role of the file of the same name beside it."""
    stems = {
        path.rpartition(".")[0]: path
        for path, (role, _) in refined.items()
        if role is Role.TEST and not is_header(path)
    }
    for path, (role, _) in list(refined.items()):
        twin = stems.get(path.rpartition(".")[0])
        if role is Role.SOURCE and twin is not None and is_header(path) and _speaks_of_tests(path):
            refined[path] = Role.TEST, f"{twin} beside it is test code"


def _speaks_of_tests(path: str) -> bool:
    return _SPEAKS_OF_TESTS.search(path.rpartition("/")[2]) is not None
