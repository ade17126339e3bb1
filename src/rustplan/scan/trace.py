"""What running a file through others looked at: an answer holds for as long as all of that is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from rustplan.flow.engine import FileProgram
from rustplan.flow.ir import Var
from rustplan.flow.project import Load, Project

Lookup = tuple[str, str]
"""A name that was looked up, and the one file that defines it; "" for none."""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """The files whose functions were at hand, and the names that were looked up in the tree."""

    files: tuple[str, ...] = ()
    functions: tuple[Lookup, ...] = ()
    variables: tuple[Lookup, ...] = ()


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """An answer of the second pass with what it was made from: `units` are the fingerprints of `seen.files`, in their order."""

    seen: Seen
    units: tuple[bytes, ...]
    result: bytes

    def holds(
        self,
        unit: Callable[[str], bytes | None],
        functions: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> bool:
        """True when everything that was looked at is the same in the tree at hand."""
        return (
            len(self.units) == len(self.seen.files)
            and all(unit(path) == known for path, known in zip(self.seen.files, self.units, strict=True))
            and all(functions.get(name, "") == path for name, path in self.seen.functions)
            and all(variables.get(name, "") == path for name, path in self.seen.variables)
        )


class Asked(Mapping[str, str]):
    """A mapping that remembers what it was asked since `asked` was last cleared."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self.asked: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """The file that defines the name. Raises KeyError when none does, which is remembered, too."""
        self.asked[name] = self._known.get(name, "")
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Nobody may go through all names: that would be a look at the whole tree."""
        raise TypeError("names are looked up one by one")

    def __len__(self) -> int:
        """Nobody may count the names, for the same reason."""
        raise TypeError("names are looked up one by one")


class Trail:
    """Remembers, for one worker, what the program of each file looked up when its functions were made ready.

    That happens once a program, whichever task is at hand: so it counts for every later task that has the program at hand.
    """

    def __init__(self, functions: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self.functions = Asked(functions)
        self.variables = variables
        self._variables_of: dict[str, dict[str, str]] = {}

    def note_variable(self, asking: str, name: str) -> None:
        """The program of the file `asking` wanted a variable."""
        self._variables_of.setdefault(asking, {})[name] = self.variables.get(name, "")

    def seen(self, at_hand: Iterable[str]) -> Seen:
        """What the task looked at that had these programs at hand; the next task begins."""
        variables: dict[str, str] = {}
        files = set(at_hand)
        pending = sorted(files)
        while pending:
            for name, path in self._variables_of.get(pending.pop(), {}).items():
                variables[name] = path
                if path and path not in files:
                    files.add(path)
                    pending.append(path)
        functions = tuple(sorted(self.functions.asked.items()))
        self.functions.asked.clear()
        return Seen(tuple(sorted(files)), functions, tuple(sorted(variables.items())))


class TracedProject(Project):
    """A project that leaves a trail."""

    def __init__(self, main: FileProgram, load: Load, trail: Trail) -> None:
        super().__init__(main, load, trail.functions, trail.variables)
        self._trail = trail

    def variable(self, name: str, asking: str) -> Var | None:
        """The variable at file level that the tree defines once, when that is in another file."""
        self._trail.note_variable(asking, name)
        return super().variable(name, asking)

    @property
    def at_hand(self) -> tuple[str, ...]:
        """The files whose programs were asked for."""
        return tuple(self._programs)
