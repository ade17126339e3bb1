"""What the history tells of memory-safety fixes in a component, for the case for and against each option."""

from __future__ import annotations

from dataclasses import dataclass

from rustplan.model.score import FactorEvidence
from rustplan.plan.subject import Subject

FACTOR = "memory-fix-history"
SHOWN = 2


@dataclass(frozen=True, slots=True)
class PastFixes:
    """A sentence (empty when nothing is told), the commits, and whether there was a history to read."""

    words: str
    evidence: tuple[FactorEvidence, ...]
    is_read: bool

    @property
    def is_told(self) -> bool:
        """True when some commit says that it mended a memory error or another security error."""
        return bool(self.evidence)


def past_fixes(subject: Subject) -> PastFixes:
    """Return what is told; an unread history is unknown, and a history that tells of none is no proof."""
    factor = subject.risk_factor(FACTOR)
    if factor is None or factor.is_absent:
        return PastFixes("", (), is_read=False)
    if not factor.value or not factor.evidence:
        return PastFixes("", (), is_read=True)
    newest = factor.evidence[0]
    head = factor.because.partition(". ")[0].partition(", a commit counted")[0]
    return PastFixes(f"{head}, such as {newest.what} ({newest.path}).", factor.evidence[:SHOWN], is_read=True)
