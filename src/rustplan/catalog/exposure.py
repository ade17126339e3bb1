"""Where data enters, what a component is for, and the Rule of 2: `catalog/exposure.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from rustplan.catalog.anchors import Sourced
from rustplan.catalog.reading import load_catalogue
from rustplan.model.exposure import InputKind
from rustplan.model.finding import Confidence


class SourceRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a function a source of a kind: a finding of a rule, a call out of the tree (on one of `qualifiers`, if there are any), or its own name."""

    kind: InputKind
    rules: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    is_read: bool = False


class SourceTable(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that brings data in. `most_back` counts the calls that data which was read is followed back to callers.

    Calls of `no_data` bring in none, those of `connections` none yet; a function with a word that begins like one of `random_words` reads randomness, one whose last word
    is of `draining_words` throws away what it reads; `receiving_macros` is a
    pattern for macros that receive; a finding of `handling_rules` says that a function works on bytes instead of receiving them.
    """

    rows: tuple[SourceRow, ...]
    java: tuple[SourceRow, ...]
    host_rules: frozenset[str]
    handlers: frozenset[str]
    api_rules: frozenset[str]
    public_folders: frozenset[str]
    no_data: frozenset[str]
    connections: frozenset[str]
    random_words: tuple[str, ...]
    draining_words: frozenset[str]
    receiving_macros: str
    handling_rules: frozenset[str]
    most_back: int


class PointerTable(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a call through a pointer is guessed; `leading_words` of a field's name say nothing."""

    most_candidates: int
    leading_words: frozenset[str]


class RoleRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings that speak for a role. `function` and `message` are patterns that must be found in the finding's; "" asks for nothing."""

    role: str
    words: str
    rules: tuple[str, ...]
    function: str = ""
    message: str = ""
    confidence: tuple[Confidence, ...] = ()


class RoleTable(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All roles, in the order in which they are told. From `confident` places on a role is more than a hint."""

    confident: int
    rows: tuple[RoleRow, ...]


class RuleOfTwoRow(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule in words, and what counts for each of the three."""

    words: str
    sandbox_rules: frozenset[str]
    parser_role: str
    holds_within: int


class ExposureCatalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every fact about exposure; `version` changes with any of them."""

    version: str
    sources: SourceTable
    pointers: PointerTable
    roles: RoleTable
    rule_of_two: RuleOfTwoRow


@lru_cache(maxsize=1)
def load_exposure() -> ExposureCatalogue:
    """Return the shipped table. Raises CatalogError when it is missing or malformed."""
    return load_catalogue("exposure.yaml", ExposureCatalogue)
