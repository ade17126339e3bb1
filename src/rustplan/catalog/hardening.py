"""What a compiler hardening guide adds to a build: `catalog/hardening.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue

Need = Literal["always", "cpp", "executable", "x86_64", "aarch64"]


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flag of the guide; `set_by` and `weaker` are expressions over flags as build files write them."""

    id: str
    flag: str
    since: str
    needs: Need
    set_by: tuple[str, ...]
    buys: str
    weaker: tuple[str, ...] = ()


class Practice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something besides flags; `reason` says what in a scan asks for it."""

    id: str
    title: str
    buys: str
    reason: str
    set_by: tuple[str, ...] = ()


class HardeningGuide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The guide, where it was read, and its measures."""

    version: str
    guide: str
    source: str
    read: str
    checked: str
    measures: tuple[Measure, ...]
    practices: tuple[Practice, ...]


@lru_cache(maxsize=1)
def load_hardening() -> HardeningGuide:
    """Return the shipped guide. Raises CatalogError when it is missing or malformed."""
    return load_catalogue("hardening.yaml", HardeningGuide)
