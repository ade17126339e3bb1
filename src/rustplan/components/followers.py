"""Files that follow others: declaring headers, generated files, tests and examples go where what they speak of lives."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from posixpath import basename, dirname, splitext

import msgspec

from rustplan.components.coupling import Coupling
from rustplan.components.files import Inventory
from rustplan.components.groups import Group
from rustplan.model.component import Provenance
from rustplan.model.source import Role

_NEUTRAL = frozenset(
    {
        "test",
        "tests",
        "testing",
        "testsuite",
        "unittest",
        "unittests",
        "unit",
        "t",
        "src",
        "lib",
        "source",
        "main",
        "java",
        "include",
        "inc",
    }
)
_TEST_NAME = re.compile(r"^(?:test_|Test(?=[A-Z]))?(?P<stem>.+?)(?:_?(?:unit)?tests?|Tests?|TestCase|IT)?$")

_Place = Callable[[str], int | None]


def attach_followers(
    groups: Sequence[Group], inventory: Inventory, coupling: Coupling
) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """Give every remaining file to a group, or report it as unassigned.

    Headers: the twin directory, the group that defines most of what they declare, the strongest coupling, the directory.
    Generated files: the file of the same name beside them, the directory. Tests: the file they are named after, what they call, the twin directory, the directory.
    Examples and contributed code: the product's code in the same folder, else what all the files of the folder that use each other call.
    """
    places = _Places(groups, inventory, coupling)
    methods: dict[Role, tuple[_Place, ...]] = {
        Role.SOURCE: (places.by_twin_directory, places.by_declared_symbols, places.by_coupling, places.by_directory),
        Role.GENERATED: (places.by_file_twin, places.by_directory, places.by_coupling),
        Role.TEST: (places.by_test_name, places.by_coupling, places.by_twin_directory, places.by_directory),
        Role.EXAMPLE: (places.by_neighbours, places.by_coupling_of_fellows, places.by_twin_directory),
    }
    added: dict[int, list[str]] = defaultdict(list)
    left = []
    for path, file in inventory.files.items():
        if path in places.owner:
            continue
        found = (method(path) for method in methods.get(file.role, ()))
        number = next((host for host in found if host is not None and _may_follow(file.role, groups[host])), None)
        if number is None:
            left.append(path)
        else:
            added[number].append(path)
    grown = [_with_files(group, added[number], inventory) for number, group in enumerate(groups)]
    lone = _header_groups([path for path in left if inventory.role(path) is Role.SOURCE], inventory)
    unassigned = tuple(path for path in left if inventory.role(path) is not Role.SOURCE)
    return (*grown, *lone), unassigned


def _may_follow(role: Role, host: Group) -> bool:
    """The project's own code never joins somebody else's."""
    return role is not Role.SOURCE or host.provenance.source != "vendored"


class _Places:
    """Where a file may belong, one method per reason; each answers a group number, or None when it has nothing to say."""

    def __init__(self, groups: Sequence[Group], inventory: Inventory, coupling: Coupling) -> None:
        self._inventory = inventory
        self._coupling = coupling
        self.owner = {path: number for number, group in enumerate(groups) for path in group.files}
        self._by_folder: dict[str, Counter[int]] = defaultdict(Counter)
        self._by_essence: dict[str, Counter[int]] = defaultdict(Counter)
        self._below: dict[str, set[int]] = defaultdict(set)
        self._by_stem: dict[str, set[int]] = defaultdict(set)
        self._by_symbol: dict[str, set[int]] = defaultdict(set)
        self._sources_in: dict[str, Counter[int]] = defaultdict(Counter)
        self._by_twin: dict[str, int] = {}
        self._fellows_of: dict[str, tuple[str, ...]] = {}
        for path, number in self.owner.items():
            self._index(path, number)

    def _index(self, path: str, number: int) -> None:
        folder = dirname(path)
        self._by_folder[folder][number] += 1
        if self._inventory.role(path) is not Role.SOURCE:
            return
        self._by_twin.setdefault(splitext(path)[0], number)
        self._sources_in[folder][number] += 1
        self._by_essence[_essence(folder)][number] += 1
        self._by_stem[_stem(path).lower()].add(number)
        facts = self._inventory.facts.get(path)
        for function in facts.functions if facts else ():
            self._by_symbol[function.name].add(number)
        while folder:
            self._below[folder].add(number)
            folder = dirname(folder)

    def by_twin_directory(self, path: str) -> int | None:
        """`include/net/x.h` and `tests/net/x_test.c` go to `src/net`."""
        essence = _essence(dirname(path))
        return _most(self._by_essence.get(essence, Counter())) if essence else None

    def by_declared_symbols(self, path: str) -> int | None:
        """The group that defines most of the functions which the header declares."""
        facts = self._inventory.facts.get(path)
        names = {declaration.name for declaration in facts.declarations} if facts else set()
        owners = [self._by_symbol.get(name, set()) for name in sorted(names)]
        return _most(Counter(next(iter(found)) for found in owners if len(found) == 1))

    def by_coupling(self, path: str) -> int | None:
        """The group with the heaviest edges to or from the file."""
        row = self._coupling.to_groups([path], self.owner)
        return max(row, key=lambda number: (row[number], -number)) if row else None

    def by_file_twin(self, path: str) -> int | None:
        """The group of `crc32.c` for a generated `crc32.h` in the same folder."""
        return self._by_twin.get(splitext(path)[0])

    def by_neighbours(self, path: str) -> int | None:
        """The group with most of the product's code in the same folder."""
        folder = dirname(path)
        return _most(self._sources_in.get(folder, Counter())) if folder else None

    def by_coupling_of_fellows(self, path: str) -> int | None:
        """The group with the heaviest edges to or from the file and those of its folder and role that it is connected with."""
        row = self._coupling.to_groups(self._fellows(path), self.owner)
        return max(row, key=lambda number: (row[number], -number)) if row else None

    def _fellows(self, path: str) -> tuple[str, ...]:
        """The file and all that are connected with it by edges between files of one folder and role; each set is found once."""
        if path not in self._fellows_of:
            role, folder = self._inventory.role(path), dirname(path)
            found, waiting = {path}, [path]
            while waiting:
                for other in self._coupling.neighbours(waiting.pop()):
                    if other not in found and dirname(other) == folder and self._inventory.role(other) is role:
                        found.add(other)
                        waiting.append(other)
            self._fellows_of.update(dict.fromkeys(found, tuple(sorted(found))))
        return self._fellows_of[path]

    def by_directory(self, path: str) -> int | None:
        """The group with most files in the same folder, else the nearest folder above that belongs to one group."""
        folder = dirname(path)
        if not folder:
            return _most(self._by_folder.get("", Counter()))
        while folder:
            if folder in self._by_folder:
                return _most(self._by_folder[folder])
            if len(self._below.get(folder, ())) == 1:
                return next(iter(self._below[folder]))
            folder = dirname(folder)
        return None

    def by_test_name(self, path: str) -> int | None:
        """`parser_test.c`, `test_parser.c` and `ParserTest.java` go where `parser` lives, if that is one group."""
        match = _TEST_NAME.match(_stem(path))
        found = self._by_stem.get(match["stem"].lower(), set()) if match else set()
        return next(iter(found)) if len(found) == 1 else None


def _most(votes: Counter[int]) -> int | None:
    return min(votes, key=lambda number: (-votes[number], number)) if votes else None


def _essence(folder: str) -> str:
    return "/".join(segment for segment in folder.split("/") if segment.lower() not in _NEUTRAL)


def _stem(path: str) -> str:
    return splitext(basename(path))[0]


def _with_files(group: Group, paths: Iterable[str], inventory: Inventory) -> Group:
    files = tuple(sorted((*group.files, *paths)))
    sloc = sum(inventory.sloc(path) for path in files if inventory.role(path) is Role.SOURCE)
    return msgspec.structs.replace(group, files=files, sloc=sloc)


def _header_groups(paths: Sequence[str], inventory: Inventory) -> list[Group]:
    """Headers that nothing claims: one group per folder, so that no source file is lost."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[dirname(path)].append(path)
    return [
        Group(
            path=folder,
            files=tuple(sorted(files)),
            sloc=sum(inventory.sloc(path) for path in files),
            provenance=Provenance(
                source="directory",
                because=f"headers of {folder or 'the top directory'} that no code implements",
                confidence=0.3,
            ),
            directory=folder,
        )
        for folder, files in sorted(folders.items())
    ]
