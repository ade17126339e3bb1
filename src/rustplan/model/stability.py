"""How firmly a ranking stands: what other weights would do to it, and where it parts from the rankings that teams make by hand."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Track


class RankRange(msgspec.Struct, frozen=True, kw_only=True):
    """Where a component stands, first and last in the middle `share` (0-1) of the draws, and the share of draws that put it into the first five."""

    component: str
    track: Track
    rank: int
    best: int
    worst: int
    in_top: float


class NaiveDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A component that a naive ranking places elsewhere: its ranks in both and the parts of its score that make the difference."""

    component: str
    rank: int
    naive_rank: int
    because: str


class NaiveComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A naive ranking of the same components: how many of its first five are in ours, and the largest differences, largest first."""

    name: str
    shared_top: int
    top: int
    agreement: float
    """Kendall's tau, -1 to 1."""
    differences: tuple[NaiveDifference, ...] = ()


class Stability(msgspec.Struct, frozen=True, kw_only=True):
    """Ranges by rank, and comparisons of the memory-safety track; `draws` weights were drawn, each times a log-normal factor of `spread`."""

    draws: int
    share: float
    spread: float
    ranges: tuple[RankRange, ...] = ()
    comparisons: tuple[NaiveComparison, ...] = ()
