"""The fixed anchors that scores are read against: `catalog/anchors.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.reading import load_catalogue


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of constants: where they come from and when that was last looked at (YYYY-MM-DD)."""

    source: str
    checked: str


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One public package of the reference corpus; measures are counts per code line."""

    name: str
    version: str
    code_lines: int
    length_words: float
    raw_memory: float


class Corpus(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the means were counted on."""

    packages: tuple[Package, ...]


class MeasureAnchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reference mean of one measure per code line and its exponent in the file formula."""

    mean: float
    weight: float
    words: str


class FileAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file formula; `prior_lines` of reference code pull small files towards 1."""

    prior_lines: float
    measures: dict[str, MeasureAnchor]


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one factor's value becomes a level, and what a full level adds."""

    weight: float
    shape: Literal["damped", "ratio", "share"]
    low: float
    high: float
    unit: str


class TrackAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The factors of one track by name, in the order in which they are shown."""

    factors: dict[str, Scale]


class DensityAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines of clean code mixed into densities per 1,000 lines, and lines of reference code mixed into a component's average line.

    A crossing costs about as much work as `lines_per_crossing` lines of a port.
    """

    prior_lines: float
    prior_component_lines: float
    lines_per_crossing: float


class SeverityPoints(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points of a defect: severity times confidence."""

    severity: dict[str, float]
    confidence: dict[str, float]


class SignalAnchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How strongly a signal speaks (0-1) and what it says of the component."""

    strength: float
    words: str


class SignalAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signals by rule id for each track; the first place gives the share `first_place` of a strength, `enough_places` all of it."""

    enough_places: float
    first_place: float
    memory_safety: dict[str, SignalAnchor]
    latency: dict[str, SignalAnchor]


class ReachAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How bytes of the network travel along calls.

    Functions with findings of the rules `sources` read the network; where there are any, functions whose name ends in a word of
    `receiving_words` and that fill a buffer count as 1 call away. Callers up to `most_steps` calls away count, with `strengths` by steps;
    components at most `hands_over_until` steps away hand bytes over to what they call with a constant buffer, or with any buffer when its
    name holds a word of `incoming_words`; never when it holds one of `outgoing_words`.
    Signals in functions that nothing calls keep the share `idle`, those of a program that do not read the network the share `program`;
    in a component above `undiluted_lines` all of them shrink towards the share `diluted` with the files that hold none.
    """

    sources: tuple[str, ...]
    other_sources: tuple[str, ...]
    receiving_words: frozenset[str]
    incoming_words: frozenset[str]
    outgoing_words: frozenset[str]
    most_steps: int
    hands_over_until: int
    strengths: tuple[float, ...]
    idle: float
    program: float
    undiluted_lines: int
    diluted: float


class EntryPoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Java methods that a framework calls often; `rate` is log10 of calls and only ranks."""

    rate: float
    words: str
    methods: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


class EntryPoints(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of entry points and how their rates spread along calls.

    A call is made `call_factor` times for each run of its caller, because many stand behind a condition; a loop multiplies by
    `loop_factor` (at most `most_loops` times), a call with more than `most_targets` possible targets says nothing; among methods that
    call each other, rates pass on `circle_passes` times and loops do not multiply,
    10^`cap` is the most, `request_rate` and above is a handler;
    an allocation that nothing known calls keeps the share `coolest`; `creation_weight` is an object creation that no rule speaks of.
    """

    call_factor: float
    loop_factor: float
    circle_passes: int
    most_loops: int
    most_targets: int
    cap: float
    public_rate: float
    main_rate: float
    request_rate: float
    coolest: float
    creation_weight: float
    cold_factor: float
    cold_words: tuple[str, ...]
    entries: tuple[EntryPoint, ...]


class FeasibilityAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels (0-1) of the feasibility factors."""

    no_tests: float
    indirect_tests: float
    few_tests: float
    enough_test_files: int
    no_fuzzing: float
    per_blocker: float
    per_obstacle_kind: float
    least_obstacles: float
    cycle: float
    blockers: tuple[str, ...]


class ScoreAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exponents of risk, feasibility and value; lower edges of the upper three bands."""

    exponents: tuple[float, float, float]
    bands: tuple[float, float, float]


class ConfidenceNeeds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Least coverage and provenance, most ambiguous edges (all shares 0-1)."""

    coverage: float
    provenance: float
    ambiguous: float


class ConfidenceAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What high and medium confidence need; the rest is low."""

    high: ConfidenceNeeds
    medium: ConfidenceNeeds


class Anchors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All anchors; `version` changes with any of them."""

    version: str
    corpus: Corpus
    files: FileAnchors
    memory_safety: TrackAnchors
    latency: TrackAnchors
    densities: DensityAnchors
    severity_points: SeverityPoints
    signals: SignalAnchors
    reach: ReachAnchors
    entry_points: EntryPoints
    feasibility: FeasibilityAnchors
    score: ScoreAnchors
    confidence: ConfidenceAnchors


@lru_cache(maxsize=1)
def load_anchors() -> Anchors:
    """Return the shipped anchors. Raises CatalogError when they are missing or malformed."""
    return load_catalogue("anchors.yaml", Anchors)
