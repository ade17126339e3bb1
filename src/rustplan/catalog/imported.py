"""What findings of other tools mean: `catalog/imported.yaml` as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from rustplan.catalog.cwe import InSafeRust, load_weaknesses
from rustplan.catalog.reading import load_catalogue

_HELPED = (InSafeRust.IMPOSSIBLE, InSafeRust.PANICS, InSafeRust.PARTLY)


class WeaknessClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weaknesses that two tools may mean when they speak of the same line."""

    name: str
    cwes: tuple[int, ...]


class _Classes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    url: str
    checked: str
    groups: tuple[WeaknessClass, ...]


class RuleWeakness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weakness of rules of other tools; `says` is a piece of the message, lower case, "" for any."""

    ids: tuple[str, ...]
    cwe: int
    says: str = ""


class _Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    url: str
    checked: str
    entries: tuple[RuleWeakness, ...]


class ImportedCatalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """catalog/imported.yaml as it lies on disk."""

    version: str
    classes: _Classes
    rules: _Rules


@cache
def load_imported() -> ImportedCatalogue:
    """The shipped classes and rules. Raises CatalogError when the file is broken."""
    return load_catalogue("imported.yaml", ImportedCatalogue)


def weakness_class(cwe: int) -> str:
    """The name of the class of a weakness; `CWE-n` for one that stands in none."""
    return _classes().get(cwe) or f"CWE-{cwe}"


def is_prevented(cwe: int) -> bool:
    """True when safe Rust does something about the weakness: only then it speaks for a move to Rust."""
    weakness = load_weaknesses().get(cwe)
    return weakness is not None and weakness.in_safe_rust in _HELPED


def weakness_of_rule(rule: str, message: str) -> int | None:
    """The weakness of another tool's rule that names none; None when it is not in the catalogue."""
    plain = message.lower()
    return next((entry.cwe for entry in _rules().get(rule, ()) if entry.says in plain), None)


@cache
def _classes() -> Mapping[int, str]:
    return MappingProxyType({cwe: group.name for group in load_imported().classes.groups for cwe in group.cwes})


@cache
def _rules() -> Mapping[str, tuple[RuleWeakness, ...]]:
    found: dict[str, tuple[RuleWeakness, ...]] = {}
    for entry in load_imported().rules.entries:
        for rule in entry.ids:
            found[rule] = (*found.get(rule, ()), entry)
    return MappingProxyType(found)
