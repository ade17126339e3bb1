"""Which methods a Java call may reach, by names and parameter counts: no types are resolved, so a call may have several targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rustplan.model.facts import Call, FileFacts

ANY_NUMBER = -1
"""Parameter count of a method that takes any number of arguments."""


class Targets:
    """An index of methods by plain name and, for constructors, by class."""

    def __init__(
        self, arities: Mapping[str, frozenset[int]], packages: Mapping[str, str], files: Iterable[FileFacts]
    ) -> None:
        self.arities = arities
        self.packages = packages
        self.by_name: dict[str, list[str]] = defaultdict(list)
        self.constructors: dict[str, list[str]] = defaultdict(list)
        self.supertypes: dict[str, set[str]] = defaultdict(set)
        for qualified in sorted(arities):
            if plain_name(qualified) == "<init>":
                self.constructors[simple_name(class_of(qualified))].append(qualified)
            else:
                self.by_name[plain_name(qualified)].append(qualified)
        for facts in files:
            for declared in facts.types:
                self.supertypes[simple_name(declared.name)].update(simple_name(text) for text in declared.supertypes)

    def of(self, call: Call, caller: str) -> Sequence[str]:
        """Return the possible targets: of the named class, else of the own class and its relatives, else of the package, else all."""
        if call.qualifier == "new":
            return self._fitting(self.constructors.get(simple_name(call.callee), ()), call)
        candidates = self._fitting(self.by_name.get(call.callee, ()), call)
        qualifier = simple_name(call.qualifier)
        if qualifier in ("", "this", "super"):
            return self._related(candidates, caller) or candidates
        if qualifier[:1].isupper():
            return [name for name in candidates if simple_name(class_of(name)) == qualifier]
        near = [name for name in candidates if self.packages[name] == self.packages.get(caller)]
        return near or candidates

    def _fitting(self, candidates: Sequence[str], call: Call) -> list[str]:
        """Keep the methods that take as many arguments as the call gives."""
        return [name for name in candidates if call.arguments in self.arities[name] or ANY_NUMBER in self.arities[name]]

    def _related(self, candidates: Sequence[str], caller: str) -> list[str]:
        """Keep the methods of the caller's class, else those of its supertypes and the classes around it."""
        own = [name for name in candidates if class_of(name) == class_of(caller)]
        if own:
            return own
        around = class_of(caller).rpartition(".")[2].split("$")
        relatives = set(around).union(*(self.supertypes.get(name, ()) for name in around))
        return [name for name in candidates if simple_name(class_of(name)) in relatives]


@lru_cache(maxsize=200_000)
def plain_name(qualified_name: str) -> str:
    """Return the method part of `pkg.Outer$Inner.name`."""
    return qualified_name.rpartition(".")[2]


@lru_cache(maxsize=200_000)
def class_of(qualified_name: str) -> str:
    """Return the binary class name of `pkg.Outer$Inner.name`."""
    return qualified_name.rpartition(".")[0]


@lru_cache(maxsize=200_000)
def simple_name(name: str) -> str:
    """Return the last identifier of a type as written: `a.b.Outer$Inner<T>` -> `Inner`."""
    return name.partition("<")[0].rpartition(".")[2].rpartition("$")[2].strip()
