"""From the files a user named to the evidence of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from rustplan.evidence.gc_advice import judge
from rustplan.evidence.jfr_pauses import RECORDED
from rustplan.evidence.jfr_tool import require_tool
from rustplan.evidence.profile_charge import Frames
from rustplan.evidence.profile_input import digest
from rustplan.evidence.profile_read import Read, Request, read_profile
from rustplan.evidence.profile_sniff import Format, sniff
from rustplan.evidence.profile_tree import TreeIndex
from rustplan.evidence.repository_settings import collector_flags, memory_limit_mb
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.options import EvidenceOptions
from rustplan.model.pauses import PauseLog, Pauses
from rustplan.model.profile import Profile
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language

NO_PROFILE = AbsentEvidence(
    name="profile",
    because="no profile was given (--profile)",
    effect="Java results are candidates, none is measured",
)
NO_PAUSES = AbsentEvidence(
    name="pauses",
    because="no garbage collection log was given (--profile)",
    effect="nothing is said about pauses against the budget",
)


def check_evidence(files: Sequence[Path]) -> None:
    """Look at every file before the long work begins. Raises InputError for one that cannot be read or is of no known kind."""
    for path in files:
        if Format.JFR in sniff(path):
            require_tool(path)


def read_evidence(files: Sequence[Path], scan: TreeScan, options: EvidenceOptions) -> Evidence:
    """Read profiles and logs and charge them to the functions of the tree; the same file given twice counts once. Raises InputError.

    Each file's kind follows from its content. Kinds of evidence that no file held are listed as absent; pauses only where there is Java.
    """
    index = TreeIndex(scan)
    frames = Frames(index)
    found: list[Read] = []
    seen: set[str] = set()
    for path in files:
        sha256 = digest(path)
        if sha256 in seen:
            continue
        seen.add(sha256)
        request = Request(path=path, sha256=sha256, index=index, frames=frames, budget_ms=options.pause_budget_ms)
        found.extend(read_profile(format, request) for format in sniff(path))
    profiles = sorted((one for read in found for one in read.profiles), key=_profile_order)
    pauses = _pauses([log for read in found for log in read.pauses], scan, options)
    has_java = any(file.facts.language is Language.JAVA for file in scan.files)
    absent = (*(() if profiles else (NO_PROFILE,)), *(() if pauses or not has_java else (NO_PAUSES,)))
    return Evidence(absent=absent, profiles=tuple(profiles), pauses=pauses)


def _pauses(logs: Sequence[PauseLog], scan: TreeScan, options: EvidenceOptions) -> Pauses | None:
    """All logs against the budget. Recordings speak only where no log of the collector does: the same stops would count twice."""
    if not logs:
        return None
    recorded = [log for log in logs if log.format == RECORDED]
    written = [log for log in logs if log.format != RECORDED]
    pauses = judge(
        written or recorded,
        options.pause_budget_ms,
        gc_flags=collector_flags(scan),
        memory_limit_mb=memory_limit_mb(scan),
    )
    if not written or not recorded:
        return pauses
    names = ", ".join(sorted({log.name for log in recorded}))
    told = f"The stops in {names} were left out: logs were given besides, and the same stops would count twice."
    return msgspec.structs.replace(pauses, notes=(*pauses.notes, told))


def _profile_order(profile: Profile) -> tuple[str, str, str]:
    return profile.name, profile.sha256, profile.kind.value
