"""Libraries that maintained Rust libraries could take over from: `catalog/crates.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue
from rustplan.errors import CatalogError

MARKERS = ("files", "marks", "headers", "calls", "link", "package", "imports", "maven")
"""Fields that tell a library from all others: no name stands twice in one of them."""


class KnownLibrary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A library, how it is recognised, and the Rust library that could take over. `need` of `files` must lie together."""

    id: str
    library: str
    language: Literal["c", "cpp", "java"]
    crate: str
    c_abi: Literal["drop-in", "partial", "own", "none"]
    licence: str
    maturity: Literal["mature", "usable", "young", "experimental"]
    caveat: str
    url: str
    read: str
    checked: str
    files: tuple[str, ...] = ()
    need: int = 0
    marks: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    maven: tuple[str, ...] = ()


class KnownLibraries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rows."""

    version: str
    libraries: tuple[KnownLibrary, ...]


@lru_cache(maxsize=1)
def load_libraries() -> KnownLibraries:
    """Return the shipped rows. Raises CatalogError when they are missing, malformed or share a marker."""
    known = load_catalogue("crates.yaml", KnownLibraries)
    problems = problems_of(known)
    if problems:
        raise CatalogError(f"catalog/crates.yaml: {problems[0]}")
    return known


def problems_of(known: KnownLibraries) -> list[str]:
    """Rows that could be taken for each other, or cannot be recognised at all."""
    found = []
    for field in MARKERS:
        owners: dict[str, str] = {}
        for row in known.libraries:
            for marker in getattr(row, field):
                other = owners.setdefault(marker.lower(), row.id)
                if other != row.id:
                    found.append(f"{row.id} and {other} both claim {marker!r} of {field}")
    for row in known.libraries:
        if row.files and (row.need < 1 or row.need > len(row.files) or not row.marks):
            found.append(f"{row.id}: `need` must lie between 1 and the number of files, with a mark")
        if not (row.files or row.headers or row.imports):
            found.append(f"{row.id}: nothing recognises it")
        if not row.url.startswith("https://"):
            found.append(f"{row.id}: the address must be https")
    return found
