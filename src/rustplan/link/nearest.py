"""Which of several files of the same name, or with a function of the same name, is meant: the nearest one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rustplan.model.source import Role, SourceTree

_PRODUCT = {Role.SOURCE: 0, Role.GENERATED: 0, Role.VENDORED: 1, Role.EXAMPLE: 2, Role.TEST: 2, Role.BUILD_OUTPUT: 3}
_TIERS = {
    Role.SOURCE: _PRODUCT,
    Role.GENERATED: _PRODUCT,
    Role.BUILD_OUTPUT: {**_PRODUCT, Role.BUILD_OUTPUT: 0},
    Role.TEST: {**_PRODUCT, Role.TEST: 0, Role.EXAMPLE: 1},
    Role.EXAMPLE: {**_PRODUCT, Role.EXAMPLE: 0},
    Role.VENDORED: {**_PRODUCT, Role.VENDORED: 0, Role.SOURCE: 1, Role.GENERATED: 1},
}
"""Role of the user -> role of the used -> rank. A lower rank hides the higher ones: product code does not depend on a test's double."""

LAST_RESORT = 2
"""From this rank on an edge is kept only for want of anything else, and marked ambiguous."""


class Neighbours:
    """Roles, build targets and folders of all files: what makes one candidate nearer than another."""

    def __init__(self, tree: SourceTree) -> None:
        self._roles = {file.path: file.role for file in tree.files}
        self._by_source: dict[str, set[str]] = defaultdict(set)
        self._needs: dict[str, set[str]] = defaultdict(set)
        for target in tree.targets:
            self._needs[target.name].update(target.dependencies)
            for source in target.sources:
                self._by_source[source].add(target.name)
        self._targets: dict[str, frozenset[str]] = {}
        self._folders: dict[str, tuple[str, ...]] = {}

    def narrow(self, path: str, candidates: Iterable[str]) -> list[str]:
        """Return those of `candidates` that `path` most likely means, sorted: by role, then build target, then folder."""
        left = sorted(set(candidates))
        if len(left) > 1:
            left = self._of_best_rank(path, left)
        if len(left) > 1:
            left = self._of_own_targets(path, left)
        if len(left) > 1:
            left = self._of_nearest_folder(path, left)
        return left

    def rank(self, path: str, candidate: str) -> int:
        """Return how far the roles of two files are apart, 0 for what `path` would naturally use."""
        return _TIERS[self.role(path)][self.role(candidate)]

    def role(self, path: str) -> Role:
        """Return the role of a file."""
        return self._roles.get(path, Role.SOURCE)

    def targets(self, path: str) -> frozenset[str]:
        """Return the names of the build targets that list the file or a folder around it."""
        known = self._targets.get(path)
        if known is None:
            names = set(self._by_source.get(path, ()))
            for end, letter in enumerate(path):
                if letter == "/":
                    names |= self._by_source.get(path[: end + 1], set())
            known = self._targets[path] = frozenset(names)
        return known

    def _of_best_rank(self, path: str, candidates: Sequence[str]) -> list[str]:
        best = min(self.rank(path, candidate) for candidate in candidates)
        return [candidate for candidate in candidates if self.rank(path, candidate) == best]

    def _of_own_targets(self, path: str, candidates: list[str]) -> list[str]:
        own = self.targets(path)
        if not own:
            return candidates
        same = [candidate for candidate in candidates if own & self.targets(candidate)]
        if same:
            return same
        needed = {name for target in own for name in self._needs.get(target, ())}
        return [candidate for candidate in candidates if needed & self.targets(candidate)] or candidates

    def _of_nearest_folder(self, path: str, candidates: Sequence[str]) -> list[str]:
        here = self._folder(path)
        shared = [_common(here, self._folder(candidate)) for candidate in candidates]
        best = max(shared)
        return [candidate for candidate, depth in zip(candidates, shared, strict=True) if depth == best]

    def _folder(self, path: str) -> tuple[str, ...]:
        known = self._folders.get(path)
        if known is None:
            known = self._folders[path] = tuple(path.split("/")[:-1])
        return known


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    depth = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        depth += 1
    return depth
