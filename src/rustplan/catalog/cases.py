"""Public ports to Rust, finished and not: `catalog/cases.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One port; `lines` are the old program's code lines where they are public."""

    id: str
    name: str
    language: Literal["c", "cpp", "java"]
    roles: tuple[str, ...]
    effort: str
    how: str
    outcome: Literal["shipped", "unfinished", "abandoned"]
    caveat: str
    source: str
    read: str
    grade: Literal["P", "Q"]
    checked: str
    lines: int | None = None


class Cases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All ports."""

    version: str
    cases: tuple[Case, ...]


@lru_cache(maxsize=1)
def load_cases() -> Cases:
    """Return the shipped ports. Raises CatalogError when they are missing or malformed."""
    return load_catalogue("cases.yaml", Cases)
