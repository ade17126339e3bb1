"""Who belongs together, who needs whom, and who can only move together."""

from __future__ import annotations

import msgspec

from rustplan.model.code_graph import EdgeKind
from rustplan.model.source import Language


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Why these files are one component: the source (config, cmake, maven, directory, ...), the file that says so, 0-1 confidence."""

    source: str
    because: str
    confidence: float


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of files that would be ported, wrapped or kept together.

    `files` are all its files, of every role; `sloc` counts code lines of role `source` only, `unsafe_sloc` those in C and C++,
    `languages` maps a language to its sloc of role `source`. `test_files` counts files of role test that were assigned to it;
    `vendored_sloc` the code lines of role vendored, which are in none of the other sizes. `raw_java_sloc` counts the code lines of Java
    functions of role `source` that hold raw memory (see `FileScan.raw_sloc`).
    """

    name: str
    files: tuple[str, ...]
    provenance: Provenance
    sloc: int
    unsafe_sloc: int
    languages: dict[Language, int]
    functions: int = 0
    test_files: int = 0
    aliases: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    vendored_sloc: int = 0
    raw_java_sloc: int = 0

    @property
    def raw_sloc(self) -> int:
        """What the memory-safety track counts: C and C++, and the Java functions that hold raw memory."""
        return self.unsafe_sloc + self.raw_java_sloc


class DependencyEvidence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One concrete reason for a dependency: in `path` at `line`, `symbol` of `target` is used `count` times."""

    path: str
    line: int
    symbol: str
    target: str
    kind: EdgeKind
    count: int = 1
    is_ambiguous: bool = False


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """`dependent` needs `dependency`. `parts` holds the weight by kind; `weight` is their sum. `evidence` has the heaviest places, capped; `places` counts all.

    `native_functions` counts what Java reaches on the other side, `looked_up` those of them that it names itself (FFM, JNA or JNR).
    """

    dependent: str
    dependency: str
    weight: float
    parts: dict[EdgeKind, float]
    places: int
    evidence: tuple[DependencyEvidence, ...] = ()
    native_functions: int = 0
    looked_up: int = 0


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A dependency inside a unit whose removal would help to break the cycle.

    Of its `places`, `firm` are calls and data that a linker or the JVM must find: those tie, includes and types are only words.
    `evidence` has the firm ones first, capped.
    """

    dependent: str
    dependency: str
    weight: float
    places: int
    evidence: tuple[DependencyEvidence, ...] = ()
    firm: int = 0


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """Components that move together: a strongly connected set of the graph. One member means no cycle. `cuts` are the cheapest to break it.

    A strongly connected set too large for one step has been divided along its cheapest cuts. Each of those is a cut of the unit of its
    dependent; its `dependency` then lies in another unit, which may come later.
    """

    components: tuple[str, ...]
    cuts: tuple[Cut, ...] = ()

    @property
    def name(self) -> str:
        """The first member's name stands for the unit."""
        return self.components[0]

    @property
    def is_cycle(self) -> bool:
        """True when two or more components need each other."""
        return len(self.components) > 1


class InnerCycle(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle that no component shows: source files of one component (`level` file), or Java packages (`level` package, component "").

    The ends of `cuts` are members. No cuts are worked out for a cycle of very many members.
    """

    level: str
    component: str
    members: tuple[str, ...]
    cuts: tuple[Cut, ...] = ()


class SplitPart(msgspec.Struct, frozen=True, kw_only=True):
    """Files that use each other more than the rest of their component; `name` is that of the largest file."""

    name: str
    files: tuple[str, ...]
    sloc: int


class SplitSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """How a component too large to plan for may fall apart. A suggestion for a person, never applied.

    `modularity` says how much more the parts hold together than chance would make them (0-1), `agreement` is the mean adjusted Rand
    index over all pairs of `runs` seeded runs. `loose` counts files that nothing ties to a part.
    """

    component: str
    parts: tuple[SplitPart, ...]
    modularity: float
    agreement: float
    runs: int
    loose: int = 0


class ComponentGraph(msgspec.Struct, frozen=True, kw_only=True):
    """Components by name, dependencies by ends, and units in dependency order (a unit comes after those it needs, cuts set aside).

    `cycles` are the strongly connected sets of two or more components before any was divided into units, largest first.
    `inner_cycles` are those of files and of Java packages, largest first and capped; `inner_cycles_found` counts all.
    `suggestions` are stable splits of components too large to plan for.
    """

    components: tuple[Component, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    units: tuple[Unit, ...] = ()
    unassigned: tuple[str, ...] = ()
    cycles: tuple[tuple[str, ...], ...] = ()
    inner_cycles: tuple[InnerCycle, ...] = ()
    inner_cycles_found: int = 0
    suggestions: tuple[SplitSuggestion, ...] = ()
