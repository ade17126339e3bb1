"""The plan: what to do with each component, behind which boundary, at what cost, in which order."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.boundary import Aspect, Xray
from rustplan.model.choices import ComparablePort, HardeningMeasure, Platform, Replacement, TranslationBlocker
from rustplan.model.finding import Track
from rustplan.model.score import EvidenceLevel, Factor, FactorEvidence


class Option(str, Enum):
    """What to do with a component."""

    REWRITE = "rewrite"
    WRAP = "wrap"
    HARDEN = "harden"
    REPLACE = "replace"
    RETAIN = "retain"


class Direction(str, Enum):
    """Which way a crossing goes, seen from the component."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Crossing(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One symbol over the boundary. `shape` is the class of its signature (scalars, pointer-length, struct-pointer, callback, ownership,
    class-value, template-or-virtual, jni-primitive, jni-object, variadic, global, macro, unknown); `hours` its prior cost.

    `abi` is the language of the symbol: c, cpp or java. `used_path` and `used_line` are the first use, "" where no use was read.
    `is_ambiguous`: the use has more than one possible target. `aspects` are what is special in it, for binding tools."""

    symbol: str
    direction: Direction
    shape: str
    hours: float
    path: str
    line: int
    other: str
    uses: int = 1
    signature: str = ""
    abi: str = ""
    used_path: str = ""
    used_line: int = 0
    is_ambiguous: bool = False
    aspects: tuple[Aspect, ...] = ()


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """The surface of a cut. `mechanism` is c-abi, cxx, jni, ffm, pyo3, napi, kernel-crate, no-std, wasm, process or none, on the latency
    track also resident-loop; `because` says why that one, `evidence` where that was read, and `runner_up` is the next best kind.

    `beside` are crossings that carry no hours: macros used as functions, and variables that headers offer.
    """

    mechanism: str
    because: str
    crossings: tuple[Crossing, ...] = ()
    hours: float = 0.0
    runner_up: str = ""
    runner_up_because: str = ""
    evidence: tuple[FactorEvidence, ...] = ()
    beside: tuple[Crossing, ...] = ()
    xray: Xray = Xray()

    @property
    def inbound(self) -> int:
        """Number of symbols others call in this component."""
        return sum(1 for crossing in self.crossings if crossing.direction is Direction.INBOUND)

    @property
    def outbound(self) -> int:
        """Number of symbols this component calls in others."""
        return len(self.crossings) - self.inbound


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """Person-months as a range. None everywhere when it is not estimated, with the reason in `because`.

    The range is that of `spread` (the median of a log-normal) plus `fixed`, both in person-months: what a sum over several steps needs.
    """

    p10: float | None
    p50: float | None
    p90: float | None
    size: str
    because: str
    factors: tuple[Factor, ...] = ()
    spread: float | None = None
    fixed: float = 0.0


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """An option with the words for or against it."""

    option: Option
    because: str


class OptionAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """One of the five options for one component: what it would cost in person-months, what it leaves, and on which evidence.

    None instead of a cost is "not estimated", and `cost_because` says why. An option that is not available says why in `because`.
    `residual` is the risk that stays, `residual_source` what that is known from.
    """

    option: Option
    p10: float | None
    p50: float | None
    p90: float | None
    cost_because: str
    residual: str
    residual_source: str
    because: str
    evidence: tuple[FactorEvidence, ...] = ()
    is_available: bool = True


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One component's move on one track: the choice, the runner-up, the case against, what it costs and what it needs."""

    component: str
    track: Track
    unit: str
    choice: Alternative
    runner_up: Alternative
    case_against: str
    boundary: Boundary
    effort: Effort
    wave: int | None
    first_actions: tuple[str, ...] = ()
    needs_confirmation: tuple[str, ...] = ()
    assessments: tuple[OptionAssessment, ...] = ()
    """All five options, in the order of `Option`."""
    blockers: tuple[TranslationBlocker, ...] = ()
    comparable: tuple[ComparablePort, ...] = ()


class SeamProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Where a latency candidate could be cut, and whether it should be.

    `method` is the qualified name, `members` the methods only it reaches that would move along. `seam` (0-100) is the product of
    `factors` as `because` says; each low factor's `because` names the refactoring that would open the seam. `boundary` is jni, ffm, wasm,
    resident-loop, process or none. `break_even_ns` is the least work for one call at which the crossing costs a tenth, None for none.
    `level` says how the candidate is known: unless it is measured, the boundary is what would fit if a profile confirmed it.
    """

    method: str
    members: tuple[str, ...]
    path: str
    line: int
    component: str
    seam: float
    factors: tuple[Factor, ...]
    boundary: str
    because: str
    runner_up: str
    runner_up_because: str
    crossing_ns: float | None = None
    break_even_ns: float | None = None
    body_ns: float | None = None
    body_because: str = ""
    advice: tuple[str, ...] = ()
    level: EvidenceLevel = EvidenceLevel.STATIC


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Steps doable in parallel. Effort sums are quantiles of the sum, not sums of quantiles. `temporary_hours`: crossings kept for a later wave."""

    number: int
    components: tuple[str, ...]
    starts_when: str
    outcome: str
    p10: float | None
    p50: float | None
    p90: float | None
    unsafe_sloc: int
    risk_share: float
    temporary_hours: float = 0.0
    projected: str | None = None


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A component that is in no wave, and why."""

    component: str
    track: Track
    because: str


class Pilot(msgspec.Struct, frozen=True, kw_only=True):
    """The first port, chosen to learn from: `component` is empty when nothing fits, and `because` then says what was missing.

    `reasons` name what speaks for it; `runner_up` is the next best with why it lost, both empty when there is none.
    """

    component: str
    because: str
    reasons: tuple[str, ...] = ()
    runner_up: str = ""
    runner_up_because: str = ""


class FrontierPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A set of components that removes the most risk for what it costs.

    `months` is the median cost that was optimised: efforts plus the crossings that leave the set. `p10`-`p90` are person-months by seeded
    draws. `risk_share` is of the risk of all files, `effort_share` of the median of porting everything that was priced, with a band of its
    own. `method` is `branch-and-bound` (exact for `budget` person-months), `min-cut` (exact for its own cost), `filled` (between two of
    those, not proven best) or `plan`.
    """

    components: tuple[str, ...]
    risk_share: float
    effort_share: float
    effort_share_low: float
    effort_share_high: float
    months: float
    p10: float
    p50: float
    p90: float
    boundary_hours: float
    method: str
    budget: float | None = None


class Frontier(msgspec.Struct, frozen=True, kw_only=True):
    """Risk removed for effort spent, cheapest point first. `points` is empty when there is nothing to choose from, and `because` says why.

    `plan` is where the rewrites of the waves stand. `left_out` are components without a price, whose risk stays in the total.
    """

    because: str
    method: str = ""
    points: tuple[FrontierPoint, ...] = ()
    plan: FrontierPoint | None = None
    priced: int = 0
    left_out: tuple[str, ...] = ()
    total_months: float = 0.0


class SlicePart(msgspec.Struct, frozen=True, kw_only=True):
    """One function of a slice, in the order of work: what it calls inside the slice comes before it."""

    path: str
    start_line: int
    end_line: int
    lines: int
    symbol: str
    is_entry: bool = False


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a component of the size of one change. `entries` are its functions that code outside calls, `needs` what it calls outside.

    `tests` reach it by calls; `entry_calls` counts the functions outside that call in; `crossings` is entries plus needs; `places` are its
    lines with a defect or an exposure.
    """

    component: str
    number: int
    lines: int
    parts: tuple[SlicePart, ...]
    entries: tuple[str, ...]
    needs: tuple[str, ...]
    entry_calls: int
    tests: tuple[str, ...]
    because: str
    places: int = 0

    @property
    def crossings(self) -> int:
        """Functions that cross its border, in both directions."""
        return len(self.entries) + len(self.needs)


class ExitCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold before a step may leave a phase: parity, parallel, cut-over or retire.

    `blank` names what only the owner can decide; empty when nothing is open. `evidence` are symbols, tests or files that it speaks of.
    """

    component: str
    track: Track
    phase: str
    criterion: str
    blank: str = ""
    evidence: tuple[str, ...] = ()


class GuideItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the training plan or the dependency plan. `element` is the id in the guidance catalogue; `state` computed, drafted or blank."""

    element: str
    topic: str
    state: str
    text: str


class Actual(msgspec.Struct, frozen=True, kw_only=True):
    """What one port took, as the team says: code lines of the old component and person-months. `line` is that of the file."""

    component: str
    lines: int
    person_months: float
    difficulty: float | None = None
    line: int = 0


class CheckedActual(msgspec.Struct, frozen=True, kw_only=True):
    """An actual beside what the prior would have said. `difficulty_because` says whose difficulty that is."""

    component: str
    lines: int
    person_months: float
    difficulty: float
    difficulty_because: str
    p10: float
    p50: float
    p90: float
    is_inside: bool


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the effort model was moved by the team's own actuals.

    `before` and `after` are P10, P50 and P90 of code lines a person-month; `plan_before` and `plan_after` the same of the person-months of
    all waves. They are equal while `is_applied` is false, and `because` says why. `sigma_team` is the team's part of the spread in effect,
    None for that of the prior.
    """

    is_applied: bool
    because: str
    label: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    actuals: tuple[CheckedActual, ...] = ()
    plan_before: tuple[float, float, float] | None = None
    plan_after: tuple[float, float, float] | None = None
    sigma_team: float | None = None


class Override(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A constant of a catalogue that the configuration replaced."""

    name: str
    shipped: float
    used: float


class Roadmap(msgspec.Struct, frozen=True, kw_only=True):
    """Steps by track and rank, waves in order, and what is left out with the reason."""

    steps: tuple[Step, ...] = ()
    waves: tuple[Wave, ...] = ()
    parked: tuple[Parked, ...] = ()
    ramp_up: Effort | None = None
    capacity: str = ""
    capacity_because: str = ""
    notes: tuple[str, ...] = ()
    seams: tuple[SeamProposal, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    """Libraries of the whole tree that a Rust library could take over from, by name."""
    hardening: tuple[HardeningMeasure, ...] = ()
    """What the build files set of the hardening guide, and what was not found, in the guide's order."""
    platforms: tuple[Platform, ...] = ()
    """Machines and systems that build files name, those without Rust first."""
    rust_present: tuple[FactorEvidence, ...] = ()
    """Where the repository has Rust already."""
    pilot: Pilot | None = None
    frontier: Frontier | None = None
    slices: tuple[Slice, ...] = ()
    exit_criteria: tuple[ExitCriterion, ...] = ()
    guide: tuple[GuideItem, ...] = ()
    calibration: Calibration | None = None
    overrides: tuple[Override, ...] = ()
