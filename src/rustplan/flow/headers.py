"""The headers of a tree: which file an `#include` means, and what it declares; each header is read once for a process."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

from rustplan.flow.declarations import Declarations, Included, Registry
from rustplan.flow.file_level import read_declarations
from rustplan.syntax import Node

_INCLUDE = re.compile(rb'^[ \t]{0,40}#[ \t]{0,40}include[ \t]{0,40}["<]([^">\n]{1,200})[">]', re.MULTILINE)
MOST_HEADERS = 120
"""Headers that one file is given the declarations of."""
_MOST_CANDIDATES = 200

Parsed = Callable[[str], "tuple[bytes, Node] | None"]
"""The text and the tree of a header by its path; None when it cannot be read."""


class Headers:
    """Finds and remembers the declarations of the tree's headers."""

    def __init__(self, paths: Iterable[str], parsed: Parsed) -> None:
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(paths):
            self._by_name.setdefault(posixpath.basename(path), []).append(path)
        self._parsed = parsed
        self._own: dict[str, Declarations | None] = {}
        self._includes: dict[str, tuple[str, ...]] = {}
        self._closures: dict[str, list[str]] = {}
        self._needs: dict[str, list[str]] = {}
        self._registry = Registry()

    def of(self, path: str, source: bytes) -> Included:
        """The declarations of everything that a file includes, directly or not."""
        return self._included(self._closure(path, self._targets(path, source)))

    def resolved(self, target: str, here: str) -> str | None:
        """The file of the tree that `#include "target"` means in a file of the folder `here`; None for none of them."""
        return self._resolved(target, here)

    def _included(self, order: list[str]) -> Included:
        return Included([found for each in order if (found := self._declarations(each)) is not None], self._registry)

    def _closure(self, path: str, first: tuple[str, ...]) -> list[str]:
        order: list[str] = []
        seen = {path}
        level = first
        while level and len(order) < MOST_HEADERS:
            following: list[str] = []
            for header in level:
                if header not in seen and len(order) < MOST_HEADERS:
                    seen.add(header)
                    order.append(header)
                    following += self._includes_of(header)
            level = tuple(following)
        return order

    def _includes_of(self, header: str) -> tuple[str, ...]:
        if header not in self._includes:
            parsed = self._parsed(header)
            self._includes[header] = () if parsed is None else self._targets(header, parsed[0])
        return self._includes[header]

    def _reached(self, header: str) -> list[str]:
        """Everything that a header includes, directly or not."""
        if header not in self._closures:
            self._closures[header] = self._closure(header, self._includes_of(header))
        return self._closures[header]

    def _needed(self, header: str) -> list[str]:
        """The headers that must be read before one: all it includes, save those that include it in turn.

        One that reaches as many as are followed is read alone: whether it lies on a ring cannot be told. So nothing here needs itself,
        and it does not matter which header is met first.
        """
        if header not in self._needs:
            reached = self._reached(header)
            is_cut = len(reached) >= MOST_HEADERS
            self._needs[header] = [] if is_cut else [each for each in reached if header not in self._reached(each)]
        return self._needs[header]

    def _declarations(self, header: str) -> Declarations | None:
        """What one header declares itself; types that it takes from its own includes are looked up there, so they are read before."""
        pending = [header]
        while pending:
            current = pending[-1]
            missing = (
                [each for each in self._needed(current) if each not in self._own] if current not in self._own else []
            )
            if missing:
                pending += missing
                continue
            pending.pop()
            if current not in self._own:
                self._own[current] = self._read(current)
        return self._own[header]

    def _read(self, header: str) -> Declarations | None:
        parsed = self._parsed(header)
        if parsed is None:
            return None
        source, root = parsed
        known = [found for each in self._needed(header) if (found := self._own[each]) is not None]
        made = read_declarations(root, source, Included(known, self._registry))
        self._registry.add(made)
        return made

    def _targets(self, path: str, source: bytes) -> tuple[str, ...]:
        here = posixpath.dirname(path)
        found = (self._resolved(match.group(1).decode("utf-8", "replace"), here) for match in _INCLUDE.finditer(source))
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def _resolved(self, target: str, here: str) -> str | None:
        """The file of the tree that an include means: beside the includer, else the one whose path ends so and is nearest."""
        candidates = self._by_name.get(posixpath.basename(target))
        if candidates is None:
            return None
        beside = posixpath.normpath(posixpath.join(here, target))
        if beside in candidates:
            return beside
        tail = "/" + posixpath.normpath(target).lstrip("./")
        fitting = [path for path in candidates[:_MOST_CANDIDATES] if ("/" + path).endswith(tail)]
        return min(fitting, key=lambda path: (-_shared(path, here), len(path), path), default=None)


def _shared(path: str, here: str) -> int:
    """How many leading folders two paths have in common."""
    count = 0
    for a, b in zip(path.split("/"), here.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count
