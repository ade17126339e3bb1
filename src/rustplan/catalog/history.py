"""How commits are counted: `catalog/history.yaml` as typed values."""

from __future__ import annotations

from functools import cache

import msgspec

from rustplan.catalog.reading import load_catalogue


class Decay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Half-lives in days by name of the sum, and what counts as recent."""

    source: str
    checked: str
    recent_days: int
    half_life_days: dict[str, float]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many files on a commit says nothing about one of them.

    More than `sweeping_files` (with words of routine in the subject, more than `sweeping_files_when_routine`) make a mass change; a fix
    touches at most `fix_source_files` source files; pairs are counted in commits of at most `pair_files` files.
    """

    source: str
    checked: str
    sweeping_files: int
    sweeping_files_when_routine: int
    fix_source_files: int
    pair_files: int
    least_shared: int
    most_partners: int


class Shallow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days a cut-off history must reach back to count as evidence."""

    source: str
    checked: str
    least_days: int


class HistoryRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """catalog/history.yaml as it lies on disk."""

    version: str
    decay: Decay
    limits: Limits
    shallow: Shallow


@cache
def load_history_rules() -> HistoryRules:
    """The shipped rules of counting. Raises CatalogError when the file is broken."""
    return load_catalogue("history.yaml", HistoryRules)
