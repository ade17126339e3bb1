"""Measured costs of calls between Java and native code, and the constants of the seam score: `catalog/crossings.yaml` as typed values."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from rustplan.catalog.anchors import Sourced
from rustplan.catalog.reading import load_catalogue

Payload = Literal["none", "direct-buffer", "array-copy", "array-critical", "string", "upcall"]
"""What crosses besides two integers; `upcall` is one call back into Java."""


class CostRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nanoseconds of one whole call over a boundary with a payload, on the JDK it was measured with."""

    boundary: str
    jdk: int
    payload: Payload
    ns: float


class Costs(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All measured rows."""

    rows: tuple[CostRow, ...]


class OtherBoundaries(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of boundaries whose single call was not measured."""

    wasm_least_body_ns: float
    wasm_slowdown_low: float
    wasm_slowdown_high: float
    grpc_ns: float


class Gaps(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Gaps over 40 ms in 5 s next to a thread that makes garbage: fewest and most of the runs."""

    java_loop: tuple[int, int]
    native_loop: tuple[int, int]


class SeamConstants(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exponents, limits and priors of the seam score.

    `static_gain` is what a share by static estimate counts; `low_factor` the level below which a factor's words name the refactoring that
    opens the seam; `closed_return` and `closed_callbacks` the levels at which no seam is proposed when both are reached.
    """

    gain_exponent: float
    shape_exponent: float
    static_gain: float
    break_even: float
    statement_ns: float
    loop_factor: float
    deepest_loop: int
    most_body_ns: float
    least_seam: float
    closed_return: float
    closed_callbacks: float
    ffm_from_jdk: int
    service_body_ns: float
    low_factor: float
    most_members: int
    most_proposals: int
    most_each_component: int
    least_share: float
    allocation_ns_per_byte: float


class Fixes(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change in Java, by rule."""

    words: dict[str, str]


class CrossingCosts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the choice of a boundary rests on; `version` changes with any of it."""

    version: str
    costs: Costs
    others: OtherBoundaries
    gaps: Gaps
    score: SeamConstants
    fixes: Fixes

    def call_ns(self, boundary: str, jdk: int | None, payload: Payload = "none") -> float:
        """Return nanoseconds of a call with a payload, 0 where the boundary has no such row.

        Of several JDKs the newest that is not newer than `jdk` counts, else the oldest; None is unknown and means the oldest.
        """
        rows = sorted(
            (row for row in self.costs.rows if row.boundary == boundary and row.payload == payload),
            key=lambda row: row.jdk,
        )
        if not rows:
            return 0.0
        fitting = [row for row in rows if jdk is not None and row.jdk <= jdk]
        return (fitting or rows[:1])[-1].ns

    def payload_ns(self, boundary: str, jdk: int | None, payload: Payload) -> float:
        """Return what a payload adds to a call, at least 0."""
        whole = self.call_ns(boundary, jdk, payload)
        return max(0.0, whole - self.call_ns(boundary, jdk)) if whole else 0.0


@lru_cache(maxsize=1)
def load_crossings() -> CrossingCosts:
    """Return the shipped costs. Raises CatalogError when they are missing or malformed."""
    return load_catalogue("crossings.yaml", CrossingCosts)
