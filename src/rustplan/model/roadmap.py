"""The plan: what to do with each component, behind which boundary, at what cost, in which order."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.finding import Track
from rustplan.model.score import EvidenceLevel, Factor


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
    class-value, template-or-virtual, jni-primitive, jni-object, variadic, global, unknown); `hours` its prior cost."""

    symbol: str
    direction: Direction
    shape: str
    hours: float
    path: str
    line: int
    other: str
    uses: int = 1
    signature: str = ""


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """The surface of a cut. `mechanism` is c-abi, cxx, jni, ffm, process or none, on the latency track also
    wasm or resident-loop; `because` says why that one."""

    mechanism: str
    because: str
    crossings: tuple[Crossing, ...] = ()
    hours: float = 0.0

    @property
    def inbound(self) -> int:
        """Number of symbols others call in this component."""
        return sum(1 for crossing in self.crossings if crossing.direction is Direction.INBOUND)

    @property
    def outbound(self) -> int:
        """Number of symbols this component calls in others."""
        return len(self.crossings) - self.inbound


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """Person-months as a range. None everywhere when it is not estimated, with the reason in `because`."""

    p10: float | None
    p50: float | None
    p90: float | None
    size: str
    because: str
    factors: tuple[Factor, ...] = ()


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """An option with the words for or against it."""

    option: Option
    because: str


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
