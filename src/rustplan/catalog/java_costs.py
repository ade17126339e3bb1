"""How the costs in the rules for Java were measured."""

from __future__ import annotations

from functools import cache

import msgspec

from rustplan.catalog.reading import load_catalogue


class CostSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The measurement behind every `cost`: what was done, on which releases of the JDK, and when that was last looked at."""

    version: str
    source: str
    jdk17: str
    jdk25: str
    checked: str


@cache
def load_cost_source() -> CostSource:
    """The shipped description. Raises CatalogError when the file is broken."""
    return load_catalogue("java_costs.yaml", CostSource)
