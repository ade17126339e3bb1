"""Machines and what the Rust compiler has for them, and what a literal translation cannot carry over: `catalog/targets.yaml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.anchors import Sourced
from rustplan.catalog.reading import load_catalogue

Tier = Literal["1", "2", "3", "none"]


class Machine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family of processors, by the names that build files use for it. `target` is empty when rustc has none."""

    id: str
    words: str
    tier: Tier
    std: Literal["full", "partial", "none"]
    names: tuple[str, ...]
    target: str = ""
    also: str = ""


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operating system."""

    id: str
    words: str
    tier: Tier
    names: tuple[str, ...]


class Blocker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an obstacle rule finds, in the words of the translator's own list."""

    rule: str
    grade: str
    words: str


class Translation(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The translator's list of limits."""

    read: str
    blockers: tuple[Blocker, ...]


class Targets(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All machines and systems."""

    version: str
    read: str
    machines: tuple[Machine, ...]
    systems: tuple[System, ...]
    translation: Translation


@lru_cache(maxsize=1)
def load_targets() -> Targets:
    """Return the shipped machines. Raises CatalogError when they are missing or malformed."""
    return load_catalogue("targets.yaml", Targets)
