"""The effort model and the plan's thresholds: `catalog/effort.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.anchors import Sourced
from rustplan.catalog.reading import load_catalogue


class Productivity(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Legacy code lines a person-month turns into safe, tested Rust: log-normal around `lines_per_month`.

    The spread has a part the whole team shares and one of each component, so that totals do not look falsely precise.
    """

    lines_per_month: float
    sigma_team: float
    sigma_component: float
    hours_per_month: float
    least_months: float
    least_difficulty: float
    most_difficulty: float
    least_coverage: float
    split_above_lines: int
    draws: int
    seed: int
    label: str
    sizes: dict[str, float]


class RuleDriver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A driver counted by rules. `presence` adds all at the first place; `density` adds `add` for every `per` places per 1,000 lines."""

    name: str
    rules: tuple[str, ...]
    mode: Literal["presence", "density"]
    add: float
    most: float
    words: str
    per: float = 1.0


class LinearDriver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A driver that grows in a straight line from 0 at `low` to `most` at `high`."""

    low: float
    high: float
    most: float
    words: str


class ParityDriver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tests take from the difficulty and their absence adds to it."""

    fuzzed: float
    tested: float
    untested: float
    words: str


class Drivers(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that makes a port harder or easier than its lines say."""

    rules: tuple[RuleDriver, ...]
    pointer_work: LinearDriver
    mutable_globals: LinearDriver
    tests: ParityDriver


class CrossingHours(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of one crossing by the shape of its signature."""

    hours: dict[str, float]


class CalibrationNeeds(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many finished ports a team must give before they move the prior."""

    least_actuals: int


class RampUp(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Person-months until one person without Rust experience is productive."""

    low: float
    high: float


class OptionCost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Person-months of an option other than rewriting: base, per 1,000 lines, and the share of the boundary's hours it must pay."""

    base: float
    per_kloc: float
    hours_share: float


class OptionCosts(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Costs by option; `measure_first` is the latency track's profile, flags and allocation fixes; `safe_java` moves Java to checked interfaces."""

    wrap: OptionCost
    harden: OptionCost
    replace: OptionCost
    safe_java: OptionCost
    measure_first: OptionCost


class OptionThresholds(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one option gives way to another.

    `most_boundary_share` is boundary months over porting months, `gc_most_object_share` the share of crossings that may carry Java
    objects, `exposed_within_steps` the calls between a component and the network up to which it is exposed, `parsing_signals` the rules
    that say it decodes a format, `cryptography_places` the places from which cryptography is what a component is for.
    """

    retain_below_risk: float
    rewrite_from_risk: float
    rewrite_small_months: float
    least_feasibility: float
    most_boundary_share: float
    narrow_interface: int
    cryptography_places: int
    gc_retain_below: float
    gc_rewrite_from: float
    gc_narrow_interface: int
    gc_most_object_share: float
    exposed_within_steps: int
    parsing_signals: tuple[str, ...]


class WaveLimits(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much goes into one wave, how many are planned, below how many lines a component moves with a neighbour, and how
    many lines a rewrite in the first wave may have.

    Scores in the same step of `tie_points` are not told apart; `latency_steps` of a wave are kept for the latency track when both
    tracks have moves.
    """

    most_steps: int
    most_waves: int
    tiny_lines: int
    opening_lines: int
    tie_points: float
    latency_steps: int


class PilotLimits(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pilot may be: its median person-months, its code lines, the crossings of its border, and the share of its cost that is boundary."""

    most_months: float
    least_lines: int
    most_crossings: int
    most_boundary_share: float


class FrontierLimits(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the frontier is searched: exactly up to `exact_components`, by min-cut above; at most `most_components` enter, riskiest
    first, and `most_corners` corners are looked for.

    `budgets` are shares of the cost of everything; `most_nodes` bounds the exact search of one budget.
    """

    exact_components: int
    most_components: int
    most_corners: int
    most_nodes: int
    budgets: tuple[float, ...]


class SliceLimits(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one change may hold in code lines, how many are proposed for a component, how many places growth begins at, and the crossings
    that one more file, or a file that is divided, counts as. A line with a hazard counts as `lines_per_place` more lines."""

    least_lines: int
    most_lines: int
    most_slices: int
    most_seeds: int
    most_functions: int
    file_crossings: float
    untested_crossings: float
    lines_per_place: float


class EffortModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every constant of the plan; `version` changes with any of them."""

    version: str
    productivity: Productivity
    drivers: Drivers
    crossings: CrossingHours
    ramp_up: RampUp
    costs: OptionCosts
    calibration: CalibrationNeeds
    options: OptionThresholds
    waves: WaveLimits
    pilot: PilotLimits
    frontier: FrontierLimits
    slices: SliceLimits


@lru_cache(maxsize=1)
def load_effort() -> EffortModel:
    """Return the shipped effort model. Raises CatalogError when it is missing or malformed."""
    return load_catalogue("effort.yaml", EffortModel)
