"""What is known about Java's garbage collectors, with sources: `catalog/collectors.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue
from rustplan.errors import CatalogError


class CollectorSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a fact is from. Without an address it was found by running (grade L)."""

    id: str
    title: str
    url: str
    grade: Literal["P", "Q", "L"]
    checked: str


class Since(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first JDK feature release with a property."""

    jdk: int
    source: str


class Versions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Since when the virtual machine has what advice names."""

    zgc_production: Since
    zgc_experimental: Since
    zgc_generational: Since
    zgc_generational_default: Since
    shenandoah_production: Since
    region_pinning: Since
    biased_locking_off: Since


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one program showed, in milliseconds, MB and seconds."""

    zgc_least_ms: float
    zgc_most_ms: float
    g1_median_ms: float
    g1_worst_ms: float
    small_heap_mb: int
    small_heap_stalls: int
    small_heap_seconds: float
    small_heap_worst_stall_ms: float


class Enough(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a log must be to speak of a worst case, and the share (0-1) of a memory limit at which a heap cannot grow."""

    least_seconds: float
    least_stops: int
    full_share_of_memory: float


class CollectorFact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence that advice relies on."""

    id: str
    source: str
    text: str


class Collectors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that advice on pauses may say."""

    version: str
    sources: tuple[CollectorSource, ...]
    versions: Versions
    measured: Measured
    enough: Enough
    facts: tuple[CollectorFact, ...]

    def fact(self, identity: str) -> str:
        """The sentence with this id."""
        return next(fact.text for fact in self.facts if fact.id == identity)

    def cited(self, *identities: str) -> tuple[str, ...]:
        """What to cite for facts or sources with these ids: title and address, in this order, each once."""
        of_fact = {fact.id: fact.source for fact in self.facts}
        sources = {source.id: source for source in self.sources}
        found = (sources[of_fact.get(identity, identity)] for identity in identities)
        return tuple(dict.fromkeys(f"{one.title} ({one.url})" if one.url else one.title for one in found))


@lru_cache(maxsize=1)
def load_collectors() -> Collectors:
    """Return the shipped facts. Raises CatalogError when they are missing, malformed or cite an unknown source."""
    found = load_catalogue("collectors.yaml", Collectors)
    problems = _problems(found)
    if problems:
        raise CatalogError(f"catalog/collectors.yaml: {problems[0]}")
    return found


def _problems(found: Collectors) -> list[str]:
    """Facts without a source, and sources that nobody can look at."""
    known = {source.id for source in found.sources}
    since = msgspec.structs.asdict(found.versions)
    cited = [(fact.id, fact.source) for fact in found.facts] + [(name, entry.source) for name, entry in since.items()]
    return [
        *(f"{name}: unknown source {source!r}" for name, source in cited if source not in known),
        *(
            f"{source.id}: a source that was not run needs an https address"
            for source in found.sources
            if (source.grade == "L") != (not source.url.startswith("https://"))
        ),
    ]
