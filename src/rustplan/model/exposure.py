"""How data from outside comes near unsafe code, what a component is for, and whether three bad things meet in it.

Names and calls are all that is known: a way is a chain of calls, no proof that bytes travel along it. Where no way was found, none is
claimed to be absent.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.finding import Confidence

HISTOGRAM_STEPS = 5
"""Distances 0, 1, 2, 3 and 4 or more calls."""


class CodePlace(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A line that says something, and what."""

    path: str
    line: int
    what: str


class InputGroup(str, Enum):
    """Who chooses the data."""

    OUTSIDE = "outside"
    """Anyone who can reach the socket, file, queue or handler."""
    LOCAL = "local"
    """Whoever starts the program."""
    API = "api"
    """Code outside the tree that calls it: what that hands over is not known."""


class InputKind(str, Enum):
    """What brings data in, the one an attacker reaches most easily first."""

    NETWORK = "network"
    FUZZ_TARGET = "fuzz-target"
    HANDLER = "handler"
    IPC = "ipc"
    USER_SPACE = "user-space"
    JNI = "jni"
    HOST = "host"
    FILE = "file"
    ENVIRONMENT = "environment"
    ARGUMENTS = "arguments"
    EXPORTED_API = "exported-api"

    @property
    def rank(self) -> int:
        """0 for the network to 10 for exported functions."""
        return list(InputKind).index(self)

    @property
    def words(self) -> str:
        """How every page and report says it."""
        return _KIND_WORDS[self]

    @property
    def group(self) -> InputGroup:
        """Who chooses the data."""
        if self is InputKind.EXPORTED_API:
            return InputGroup.API
        return InputGroup.LOCAL if self in (InputKind.ENVIRONMENT, InputKind.ARGUMENTS) else InputGroup.OUTSIDE


_KIND_WORDS = {
    InputKind.NETWORK: "network",
    InputKind.FUZZ_TARGET: "fuzz target",
    InputKind.HANDLER: "request handler",
    InputKind.IPC: "other processes",
    InputKind.USER_SPACE: "programs, into the kernel",
    InputKind.JNI: "Java, through JNI",
    InputKind.HOST: "the program that loads it",
    InputKind.FILE: "files, pipes and devices",
    InputKind.ENVIRONMENT: "environment",
    InputKind.ARGUMENTS: "command line",
    InputKind.EXPORTED_API: "exported functions",
}


class InputSource(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A function that data enters from outside, the line where it does, and `symbol`, the name that says so (`recv`, `main`).

    For an exported function `symbol` is the header that declares it. `is_guess`: only names speak for it.
    """

    kind: InputKind
    path: str
    line: int
    function: str
    symbol: str
    is_guess: bool = False


class StepKind(str, Enum):
    """How a way goes from one function to the next."""

    SOURCE = "source"
    """The first function: data enters here."""
    RETURNS = "returns"
    """Back to a function that calls the one before, which may be handed what it brought in."""
    CALLS = "calls"
    """On to a function that the one before calls."""


class PathStep(msgspec.Struct, frozen=True, array_like=True):
    """A function on a way. `path` and `line` are the place of the call that leads here, for the first the place where data enters.

    `is_ambiguous`: the call is through a pointer, virtual, or its name fits several functions; it may lead here. A source is when it is a guess.
    """

    function: str
    path: str
    line: int
    kind: StepKind
    is_ambiguous: bool = False


class ExposurePath(msgspec.Struct, frozen=True, kw_only=True):
    """A shortest way from a source to a function with unsafe sites.

    `path`, `line` and `rule` are the first of its `places` unsafe sites. `distance` counts calls; 0 when data enters in the same function.
    """

    source: InputSource
    steps: tuple[PathStep, ...]
    path: str
    line: int
    function: str
    rule: str
    places: int

    @property
    def distance(self) -> int:
        """Calls between the source and the unsafe sites."""
        return len(self.steps) - 1

    @property
    def is_ambiguous(self) -> bool:
        """True when one of its calls may lead elsewhere."""
        return any(step.is_ambiguous for step in self.steps)


class SiteDistance(msgspec.Struct, frozen=True, array_like=True):
    """A function with unsafe sites: the worst, how many, and calls from data outside, from what the starter chooses and from exported functions.

    None: no way found.
    """

    path: str
    line: int
    function: str
    places: int
    steps: int | None = None
    steps_local: int | None = None
    steps_api: int | None = None


class Distances(msgspec.Struct, frozen=True, kw_only=True):
    """Places with unsafe code by distance. `steps` are those 0, 1, 2, 3 and 4 or more calls away.

    `no_way` are those to which no way was found, `by_pointer` those of them in functions whose address is taken, so that a pointer may lead to
    them; `outside` stand in no function (macros, initialisers). `ambiguous` of `steps` are reached only over an ambiguous call.
    """

    steps: tuple[int, ...] = (0,) * HISTOGRAM_STEPS
    no_way: int = 0
    by_pointer: int = 0
    outside: int = 0
    ambiguous: int = 0

    @property
    def reached(self) -> int:
        """Places to which a way was found."""
        return sum(self.steps)

    @property
    def total(self) -> int:
        """All places with unsafe code."""
        return self.reached + self.no_way + self.outside


class ComponentRole(msgspec.Struct, frozen=True, kw_only=True):
    """What a component seems to be for, by its code. `places` counts all signals, `evidence` shows the first of them."""

    role: str
    words: str
    places: int
    confidence: Confidence
    evidence: tuple[CodePlace, ...]
    needs_confirmation: bool = True


class LegState(str, Enum):
    """Whether one of the three holds, as far as the code shows."""

    HOLDS = "holds"
    UNCLEAR = "unclear"
    DENIED = "denied"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three, why it is held to be so, and the places that say it."""

    name: str
    state: LegState
    because: str
    evidence: tuple[CodePlace, ...] = ()


class RuleOfTwo(msgspec.Struct, frozen=True, kw_only=True):
    """Code should not do all three: be written in an unsafe language, work on untrusted input, and run without a sandbox."""

    language: Leg
    untrusted: Leg
    sandbox: Leg

    @property
    def legs(self) -> tuple[Leg, Leg, Leg]:
        """Return the three in the order in which they are told."""
        return self.language, self.untrusted, self.sandbox

    @property
    def is_flagged(self) -> bool:
        """True when all three hold as far as the code shows."""
        return all(leg.state is LegState.HOLDS for leg in self.legs)

    @property
    def is_open(self) -> bool:
        """True when none is ruled out, but not all hold."""
        return not self.is_flagged and all(leg.state is not LegState.DENIED for leg in self.legs)


class KindCount(msgspec.Struct, frozen=True, array_like=True):
    """How many functions of a component data of a kind enters."""

    kind: InputKind
    functions: int


class ComponentExposure(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a component and data from outside.

    `distances` are from data outside, `local_distances` from the environment and the command line, `api_distances` from exported functions. `sources` are the first of those that `source_counts` counts;
    `paths` the nearest ways, `sites` the nearest functions with unsafe code, both capped: `functions` counts all of these.
    """

    component: str
    rule_of_two: RuleOfTwo
    distances: Distances = Distances()
    local_distances: Distances = Distances()
    api_distances: Distances = Distances()
    functions: int = 0
    source_counts: tuple[KindCount, ...] = ()
    sources: tuple[InputSource, ...] = ()
    paths: tuple[ExposurePath, ...] = ()
    sites: tuple[SiteDistance, ...] = ()
    roles: tuple[ComponentRole, ...] = ()
