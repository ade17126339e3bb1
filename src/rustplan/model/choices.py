"""What the options of a step rest on: libraries that could be replaced, machines, hardening, and comparable ports."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.score import FactorEvidence


class Holding(str, Enum):
    """How a repository has a library."""

    HELD = "held"
    """Its files lie in the repository."""
    LINKED = "linked"
    """It is included or imported, and called or named by a build file."""
    NAMED = "named"
    """A build file names it; no use in the sources was found."""


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """A library that the repository has, and the Rust library that could take over, as the catalogue says."""

    id: str
    library: str
    holding: Holding
    crate: str
    c_abi: str
    licence: str
    maturity: str
    caveat: str
    url: str
    checked: str
    components: tuple[str, ...] = ()
    """Those that use it, or that are it: at least half of their lines."""
    partly: tuple[str, ...] = ()
    """Those that hold it beside more code of their own."""
    evidence: tuple[FactorEvidence, ...] = ()
    is_java: bool = False
    is_own: bool = False
    """Held among the tree's own code: the tree is that library, or has taken a copy for its own."""

    @property
    def is_swap(self) -> bool:
        """True when callers can stay as they are, at least in part."""
        return self.c_abi in ("drop-in", "partial")


class HardeningState(str, Enum):
    """How a measure stands in the build files."""

    SET = "set"
    WEAKER = "set in a weaker form"
    OPTIONAL = "behind an option that is off"
    TESTS_ONLY = "in CI, packages or tests only"
    OFF = "turned off"
    MISSING = "not found"


class HardeningMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of the guide, or a practice, and where the build files set it."""

    id: str
    words: str
    buys: str
    state: HardeningState
    since: str = ""
    evidence: tuple[FactorEvidence, ...] = ()


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """A machine or system that build files name. `tier` is 1, 2, 3 or none; `std` is full, partial or none (no_std)."""

    id: str
    words: str
    tier: str
    std: str
    target: str
    is_system: bool = False
    also: str = ""
    is_aside: bool = False
    """True when only CI jobs, tests or examples name it."""
    evidence: tuple[FactorEvidence, ...] = ()

    @property
    def has_rust(self) -> bool:
        """True when rustc has a target of any tier."""
        return self.tier != "none"


class TranslationBlocker(msgspec.Struct, frozen=True, kw_only=True):
    """What a literal translation cannot carry over, with its places."""

    rule: str
    grade: str
    words: str
    places: int
    evidence: tuple[FactorEvidence, ...] = ()


class ComparablePort(msgspec.Struct, frozen=True, kw_only=True):
    """A public port that is like a component in some ways and unlike it in others."""

    id: str
    name: str
    outcome: str
    effort: str
    how: str
    caveat: str
    comparable_in: str
    differs_in: str
    source: str
    read: str
    checked: str
