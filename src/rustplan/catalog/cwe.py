"""The weaknesses that findings name, as CWE publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType

import msgspec

from rustplan.catalog.reading import load_catalogue


class MappingUsage(str, Enum):
    """What CWE says about naming a weakness as the root cause of a finding."""

    ALLOWED = "allowed"
    ALLOWED_WITH_REVIEW = "allowed-with-review"
    DISCOURAGED = "discouraged"
    PROHIBITED = "prohibited"


class InSafeRust(str, Enum):
    """What becomes of a weakness in safe Rust: the most that a rule which prints it may claim."""

    IMPOSSIBLE = "impossible"
    PANICS = "panics"
    PARTLY = "partly"
    OPTION = "option"
    NOT_ADDRESSED = "not-addressed"


class Weakness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One CWE entry. `is_memory_safety`: a member of CWE-1399, Comprehensive Categorization: Memory Safety.

    `in_safe_rust` is None where nobody judged it; then no rule may print the weakness.
    """

    id: int
    name: str
    usage: MappingUsage
    is_memory_safety: bool = False
    in_safe_rust: InSafeRust | None = None

    @property
    def may_be_printed(self) -> bool:
        """True when a finding may name it."""
        return self.usage in (MappingUsage.ALLOWED, MappingUsage.ALLOWED_WITH_REVIEW)

    @property
    def url(self) -> str:
        """Its page at MITRE."""
        return f"https://cwe.mitre.org/data/definitions/{self.id}.html"


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """catalog/cwe.yaml as it lies on disk."""

    version: str
    cwe_version: str
    source: str
    url: str
    checked: str
    weaknesses: tuple[Weakness, ...]


@cache
def cwe_version() -> str:
    """The release of CWE that the catalogue was made from."""
    return load_catalogue("cwe.yaml", _Document).cwe_version


@cache
def load_weaknesses() -> Mapping[int, Weakness]:
    """The catalogued weaknesses by number. Raises CatalogError when the shipped file is broken."""
    document = load_catalogue("cwe.yaml", _Document)
    return MappingProxyType({weakness.id: weakness for weakness in document.weaknesses})
