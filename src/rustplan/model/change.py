"""What became of the findings between two analyses."""

from __future__ import annotations

import msgspec

from rustplan.model.finding import Finding


class ChangedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that came, went or moved: `places` is how many of its places did; `before` is where it was, for one that moved."""

    finding: Finding
    places: int
    before: Finding | None = None


class FindingChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Findings by what became of them, each group by place; `unchanged` counts places."""

    new: tuple[ChangedFinding, ...] = ()
    fixed: tuple[ChangedFinding, ...] = ()
    moved: tuple[ChangedFinding, ...] = ()
    unchanged: int = 0
