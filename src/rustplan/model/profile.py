"""What a profiler measured, charged to methods of the scanned tree."""

from __future__ import annotations

from enum import Enum

import msgspec


class ProfileKind(str, Enum):
    """What the numbers of a profile count."""

    ALLOCATION = "allocation"
    """Bytes allocated (or samples of allocations, when the recording holds no sizes: see `Profile.unit`)."""
    CPU = "cpu"
    """Samples on a processor."""
    COMPILED = "compiled"
    """Methods that the just-in-time compiler took: a list, no amounts. `value` is the highest tier."""
    BENCHMARK = "benchmark"
    """Bytes per operation of a benchmark method."""


class Amount(msgspec.Struct, frozen=True, array_like=True):
    """A part of a method's value, by name (an allocated type, a library method on the way)."""

    name: str
    value: float


class MeasuredMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A function of the tree and what was charged to it.

    `name` is its `qualified_name` (constructors `<init>`, lambdas under the method around them); overloads of one name are one method.
    `value` is charged to the first function of the tree from the top of the stack, so what a library allocates for it counts for it.
    `line` is its most sampled line, its first line when the profile has no lines.
    """

    name: str
    path: str
    line: int
    value: float
    types: tuple[Amount, ...] = ()
    """At most five allocated types, most bytes first."""
    through: tuple[Amount, ...] = ()
    """At most five library methods that it called directly above the charge, most first."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One profile file. `name` is its file name without folders; `total` what it holds in `unit`, `mapped` what was charged to the tree.

    What is not mapped was spent in no function of the tree; `unmapped` names the largest of it. Methods are sorted by value, largest
    first, then name. `seconds` is the length of the recording, None when it does not say.
    """

    name: str
    format: str
    kind: ProfileKind
    unit: str
    sha256: str
    events: int
    total: float
    mapped: float
    methods: tuple[MeasuredMethod, ...] = ()
    unmapped: tuple[Amount, ...] = ()
    seconds: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def share_mapped(self) -> float:
        """Share (0-1) of the total that was charged to the tree; 0 for an empty profile."""
        return self.mapped / self.total if self.total else 0.0
