"""What a change did to the code: findings that came and went, and the risk of the components that it touched."""

from __future__ import annotations

import msgspec

from rustplan.model.change import FindingChanges
from rustplan.model.finding import Track
from rustplan.model.verdict import Verdict

SINCE_SCHEMA = "rustplan-since-1"


class ComponentChange(msgspec.Struct, frozen=True, kw_only=True):
    """A component that the change touched, or whose risk moved with it. Risk is 0-100; None where there is no such component.

    `lines` are its memory-unsafe code lines; `files` are those of its files that were added, removed or edited; `added` and `fixed` are
    places of findings.
    """

    component: str
    track: Track
    risk_before: float | None
    risk_after: float | None
    lines_before: int = 0
    lines_after: int = 0
    added: int = 0
    fixed: int = 0
    files: int = 0

    @property
    def moved(self) -> float:
        """How much risk was added; negative when it was removed."""
        return (self.risk_after or 0.0) - (self.risk_before or 0.0)


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """The work tree against one commit. `called` is what the person called it; `left_out` says what the comparison does not look at.

    `files` are the source files that were added, removed or edited, sorted. `components` are ordered by how much their risk moved.
    """

    schema: str
    tool: str
    base: str
    called: str
    files: tuple[str, ...]
    findings: FindingChanges
    components: tuple[ComponentChange, ...]
    left_out: tuple[str, ...]
    verdict: Verdict
