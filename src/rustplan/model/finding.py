"""A rule's hit and what a reader needs to judge it."""

from __future__ import annotations

from enum import Enum

import msgspec


class Kind(str, Enum):
    """What a finding speaks of."""

    DEFECT = "defect"
    EXPOSURE = "exposure"
    OBSTACLE = "obstacle"
    SEAM = "seam"
    SIGNAL = "signal"


class Severity(str, Enum):
    """How bad. Only defects and exposures carry one."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical to 3 for low: sorts worst first."""
        return ("critical", "high", "medium", "low").index(self.value)


class Confidence(str, Enum):
    """How sure the match is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for high to 2 for low."""
        return ("high", "medium", "low").index(self.value)


class RustEffect(str, Enum):
    """What safe Rust does about it."""

    COMPILE_ERROR = "compile-error"
    PANIC = "panic"
    GONE = "gone"
    UNSAFE = "unsafe"
    NOT_PREVENTED = "not-prevented"
    NOT_APPLICABLE = "not-applicable"

    @property
    def words(self) -> str:
        """How every page and report says it."""
        return _EFFECT_WORDS[self]


_EFFECT_WORDS = {
    RustEffect.COMPILE_ERROR: "rejected by the compiler",
    RustEffect.PANIC: "becomes a panic",
    RustEffect.GONE: "does not exist in safe Rust",
    RustEffect.UNSAFE: "possible in unsafe code only",
    RustEffect.NOT_PREVENTED: "not prevented by Rust",
    RustEffect.NOT_APPLICABLE: "does not apply",
}


class Track(str, Enum):
    """The two rankings, never mixed."""

    MEMORY_SAFETY = "memory-safety"
    LATENCY = "latency"


class RelatedLocation(msgspec.Struct, frozen=True, array_like=True):
    """One more place of the evidence, with what happens there. `path` is empty for the finding's own file."""

    line: int
    message: str
    path: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One hit of a rule. Exposures of one rule in one function are one finding whose `lines` lists every place.

    `line` is the first of `lines`; `function` is the qualified name of the function around it ("" at file level). `weight` is the
    exposure's prior (1-5) times the number of places; 0 for other kinds. `marks` recognise it
    when its code moves, one for each statement that holds a place: see `rulebook.marks`. `accepted_at` is the line of the
    comment in the same file that accepts it, 0 for none. `bytes` is what all places allocate when each runs once, by the
    rule's measured cost on JDK 17 times what lowers each (latency track only). `cwe` is the number a finding prints, None for none.
    """

    rule: str
    kind: Kind
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    severity: Severity | None = None
    confidence: Confidence = Confidence.MEDIUM
    cwe: int | None = None
    function: str = ""
    weight: float = 0.0
    bytes: float = 0.0
    lines: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()
    accepted_at: int = 0
    related: tuple[RelatedLocation, ...] = ()
    tracks: tuple[Track, ...] = (Track.MEMORY_SAFETY,)

    @property
    def places(self) -> int:
        """How many places of the source this finding stands for."""
        return max(1, len(self.lines))


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Source lines around a finding, as they stood when scanned. `first_line` is the number of `lines[0]`."""

    path: str
    line: int
    first_line: int
    lines: tuple[str, ...]


class AllocationCost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Measured bytes of one operation by generation of the JDK, and what was measured."""

    jdk17: float
    jdk25: float
    what: str


class RuleSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a report needs to know of a rule, so that it can be rebuilt without the rulebook."""

    id: str
    kind: Kind
    title: str
    why: str
    in_rust: str
    rust_effect: RustEffect
    cwe: tuple[int, ...] = ()
    severity: Severity | None = None
    confidence: Confidence = Confidence.MEDIUM
    tracks: tuple[Track, ...] = ()
    weight: float = 0.0
    limits: tuple[str, ...] = ()
    cost: AllocationCost | None = None
    triggers: tuple[str, ...] = ()
