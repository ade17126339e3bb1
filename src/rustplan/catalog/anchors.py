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
    long_functions: float


class Corpus(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the means were counted on."""

    packages: tuple[Package, ...]


class MeasureAnchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reference mean of one measure per code line and its exponent in the file formula."""

    mean: float
    weight: float
    words: str


class FoundAnchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings of a kind: a density of `one_in` (places per code line) doubles the base of the power with this exponent."""

    one_in: float
    weight: float
    words: str


class HistoryAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the history adds to the file formula, per code line of decayed sums; `prior_lines` of a reference history are mixed in.

    Of the security fixes whose message names no memory error, the share `memory_share_of_security` mends one.
    """

    prior_lines: float
    memory_share_of_security: float
    measures: dict[str, MeasureAnchor]


class FileAnchors(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file formula; `prior_lines` of reference code pull small files towards 1. `risk_exponent` damps densities where lines multiply them."""

    prior_lines: float
    measures: dict[str, MeasureAnchor]
    shape: dict[str, MeasureAnchor]
    found: dict[str, FoundAnchor]
    history: HistoryAnchors
    risk_exponent: float


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one factor's value becomes a level, and what a full level adds.

    A factor `from_neutral` begins at the level of the others together and takes its weight from all of them: a value of 0 changes nothing.
    """

    weight: float
    shape: Literal["damped", "ratio", "share"]
    low: float
    high: float
    unit: str
    from_neutral: bool = False


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
    """Signals by rule id for each track; the first place gives the share `first_place` of a strength, `enough_places` all of it.

    What files besides source text say keeps the share `text_confidence`, by how sure it is.
    """

    enough_places: float
    first_place: float
    text_confidence: dict[str, float]
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
    """Java methods that a framework calls often; `rate` is log10 of calls and only ranks.

    All that is given must hold: the method's name, a supertype of its class (`*X`: one whose name ends so), a parameter's type, an
    annotation, a loop that does not end by itself (`endless`). `is_declared`: its authors say that it is hot. `is_fallback`: what implements
    an interface of the platform counts only where nothing else is known to be called often.
    """

    rate: float
    words: str
    methods: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    endless: bool = False
    is_declared: bool = False
    is_fallback: bool = False


class EntryPoints(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of entry points, how their rates spread along calls, and how candidates are ranked.

    What stands in a loop runs `loop_factor` times for each run of its method (at most `most_loops` loops deep), in a branch
    `branch_factor` times, in an arm of a switch `arm_factor`, in a branch that is seldom taken `rare_factor`, in cold code `cold_factor`; a
    method whose name begins with one of `cold_words` is called `cold_method_factor` times as often. A call is shared among its targets; one
    with more than `most_targets` says nothing; of a call on one of `platform_types` the repository gets `platform_share`. What a method
    calls is divided by the sum of its calls to the power of `fan_out`. Among methods that call each other rates pass on
    `circle_passes` times, each call at most `circle_most` times. 10^`cap` is the most; `request_rate` and above is a handler.
    `main_rate`, `public_rate` and `static_rate` are those of a program's start, of the public methods of a library and of static
    initialisers; where entry points reach less than the share `least_reached` of the methods, public ones begin at `unreached_rate`.
    An allocation that nothing known calls keeps the share `coolest`. `callbacks` are methods that libraries call on objects they are
    given, `callback_factor` times.
    The score of a method is ((runs x bytes)^`estimate_exponent` x likelihood^`likelihood_exponent`)^`score_exponent`, where the likelihood
    is that of the best way from an entry point without its loops. Classes are ordered by the product of (`rank_offset` + rank) in two
    orders, lines and the sum of (runs x bytes)^`estimate_exponent`. Methods without a sample weigh together at most as `prior_samples`
    samples of a profile; with a list of compiled methods the others keep the share `uncompiled_factor`. The first `described` candidates carry their way and their sites.
    `creation_bytes` is an object of which no rule speaks.
    """

    loop_factor: float
    most_loops: int
    branch_factor: float
    arm_factor: float
    rare_factor: float
    cold_factor: float
    cold_method_factor: float
    fan_out: float
    circle_passes: int
    circle_most: float
    most_targets: int
    cap: float
    public_rate: float
    main_rate: float
    request_rate: float
    static_rate: float
    unreached_rate: float
    least_reached: float
    coolest: float
    platform_share: float
    platform_types: frozenset[str]
    callbacks: tuple[str, ...]
    callback_factor: float
    cold_words: tuple[str, ...]
    estimate_exponent: float
    likelihood_exponent: float
    score_exponent: float
    rank_offset: float
    described: int
    creation_bytes: float
    prior_samples: float
    uncompiled_factor: float
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
