"""Native methods of Java that a library registers at run time: read from its tables of `JNINativeMethod`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rustplan.link.native import Site
from rustplan.model.facts import Function, NativeLinkKind
from rustplan.model.scan import FileScan


@dataclass(frozen=True, slots=True)
class Registration:
    """An entry of a table: the file it stands in, and the function behind the method where one is known."""

    path: str
    site: Site | None


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    classes: frozenset[str]
    """Simple names of the classes that the entry may belong to; none when the file names none."""
    function: str


class Registrations:
    """All tables of the native files, by method."""

    def __init__(self, native: Iterable[FileScan]) -> None:
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        self._functions: dict[str, list[Site]] = defaultdict(list)
        self._in_file: dict[str, list[Site]] = {}
        for scan in native:
            self._add(scan)

    def _add(self, scan: FileScan) -> None:
        links = scan.facts.native_links
        classes = frozenset(_simple(link.name) for link in links if link.kind is NativeLinkKind.CLASS)
        for link in links:
            if link.kind is NativeLinkKind.TABLE:
                self._entries[link.name].append(_Entry(scan.path, classes, link.target))
            elif link.kind is NativeLinkKind.TABLE_OF_CLASS:
                self._entries[link.name].append(_Entry(scan.path, frozenset({link.target}), ""))
        sites = [Site(scan.path, function) for function in scan.facts.functions]
        if links:
            self._in_file[scan.path] = sites
        for site in sites:
            self._functions[site.function.name].append(site)

    def find(self, method: Function) -> list[Registration]:
        """Return the entries for a native method: those of files that name its class, else those of files that name no class at all."""
        name = _simple(method.container)
        entries = self._entries.get(method.name, ())
        own = [entry for entry in entries if name in entry.classes] or [entry for entry in entries if not entry.classes]
        return [Registration(entry.path, self._site(entry, method)) for entry in own]

    def _site(self, entry: _Entry, method: Function) -> Site | None:
        """The function of the entry: in its file, else wherever only one has the name. A macro's is looked for by the method's name."""
        if entry.function:
            known = self._functions.get(entry.function, ())
            near = [site for site in known if site.path == entry.path]
            return near[0] if near else known[0] if len(known) == 1 else None
        ending = f"_{_simple(method.container)}_{method.name}"
        sites = self._in_file.get(entry.path, ())
        return next((site for site in sites if site.function.name.endswith(ending)), None)


def _simple(name: str) -> str:
    """`a.b.Outer$Inner` -> `Inner`."""
    return name.rpartition(".")[2].rpartition("$")[2]
