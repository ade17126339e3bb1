"""Evidence from outside the source text. What is absent says so and why; it never counts as zero."""

from __future__ import annotations

import msgspec

from rustplan.model.history import History, Vulnerabilities
from rustplan.model.imported import ImportedFinding, ImportedRun
from rustplan.model.pauses import Pauses
from rustplan.model.profile import Profile


class AbsentEvidence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A kind of evidence that was not available, why, and what was done about it."""

    name: str
    because: str
    effect: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was read besides the source, and what was not. `imported_findings` are sorted by path and line."""

    absent: tuple[AbsentEvidence, ...] = ()
    profiles: tuple[Profile, ...] = ()
    pauses: Pauses | None = None
    imported: tuple[ImportedRun, ...] = ()
    imported_findings: tuple[ImportedFinding, ...] = ()
    history: History | None = None
    vulnerabilities: Vulnerabilities | None = None
