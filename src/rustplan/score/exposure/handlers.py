"""Java methods that a framework calls with what came from outside: handlers of messages and requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rustplan.catalog import EntryPoints
from rustplan.catalog.anchors import EntryPoint
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan
from rustplan.model.source import Language
from rustplan.score.java.names import simple_name

_MOST_ABOVE = 64


class HandlerEntries:
    """Recognises handlers by the table of entry points; of supertypes the simple names are compared."""

    def __init__(self, files: Iterable[FileScan], table: EntryPoints, wanted: frozenset[str]) -> None:
        self._entries = [entry for entry in table.entries if entry.words in wanted]
        self._methods = frozenset(name for entry in self._entries for name in entry.methods)
        self._by_annotation = {name: entry for entry in self._entries for name in entry.annotations}
        self._above = _supertypes(files)

    def of(self, file: FileScan) -> Iterator[tuple[int, str]]:
        """Yield (position of the function, what it handles) for a Java file."""
        for at, function in enumerate(file.facts.functions):
            entry = self._entry(function)
            if entry is not None:
                yield at, entry.words

    def _entry(self, function: Function) -> EntryPoint | None:
        for mark in function.annotations:
            entry = self._by_annotation.get(simple_name(mark.lstrip("@").partition("(")[0]))
            if entry is not None:
                return entry
        if function.name in self._methods or function.parameters:
            return next((entry for entry in self._entries if self._fits(entry, function)), None)
        return None

    def _fits(self, entry: EntryPoint, function: Function) -> bool:
        """All that the entry asks for must hold; one that asks for annotations alone was looked at before."""
        if entry.methods and function.name not in entry.methods:
            return False
        if entry.parameters and not any(simple_name(one.type) in entry.parameters for one in function.parameters):
            return False
        if not entry.types:
            return bool(entry.methods or entry.parameters)
        above = self._all_above(simple_name(function.container))
        return any(
            name.endswith(kind[1:]) if kind.startswith("*") else name == kind for kind in entry.types for name in above
        )

    def _all_above(self, name: str) -> list[str]:
        """Supertypes of a class by simple name, as far as the tree tells."""
        found: list[str] = []
        waiting = list(self._above.get(name, ()))
        while waiting and len(found) < _MOST_ABOVE:
            above = waiting.pop()
            if above not in found:
                found.append(above)
                waiting += self._above.get(above, ())
        return found


def _supertypes(files: Iterable[FileScan]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for file in files:
        if file.facts.language is Language.JAVA:
            for one in file.facts.java.classes:
                found[simple_name(one.name)].update(simple_name(written) for written in one.supertypes)
    return {name: tuple(sorted(above)) for name, above in found.items()}
