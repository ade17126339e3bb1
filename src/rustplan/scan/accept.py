"""Takes the findings out that comments in the source accept, and says what each comment did."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from rustplan.model.finding import Finding
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.suppression import Suppression, SuppressionComment

USED, UNUSED, EXPIRED, MALFORMED = "used", "unused", "expired", "malformed"


def accept(scan: TreeScan, as_of: str) -> tuple[TreeScan, tuple[Suppression, ...]]:
    """The scan without accepted findings, and every comment with what it accepts.

    `as_of` (YYYY-MM-DD) decides what has expired: from the day after `until` on its findings count again.
    """
    files: list[FileScan] = []
    said: list[Suppression] = []
    for file in scan.files:
        if file.comments:
            file, more = _accept_in(file, as_of)
            said += more
        files.append(file)
    return msgspec.structs.replace(scan, files=tuple(files)), tuple(said)


def _accept_in(file: FileScan, as_of: str) -> tuple[FileScan, list[Suppression]]:
    holding = {
        comment.line: comment for comment in file.comments if not comment.problem and not _is_over(comment, as_of)
    }
    kept: list[Finding] = []
    accepted: dict[int, list[Finding]] = defaultdict(list)
    for finding in file.findings:
        line = finding.accepted_at or _covering(finding, file.comments)
        if line in holding:
            accepted[line].append(msgspec.structs.replace(finding, accepted_at=line))
        else:
            kept.append(msgspec.structs.replace(finding, accepted_at=0) if finding.accepted_at else finding)
    said = [
        Suppression(comment=one, state=_state(one, bool(accepted[one.line]), as_of), findings=tuple(accepted[one.line]))
        for one in file.comments
    ]
    return msgspec.structs.replace(file, findings=tuple(kept)), said


def _covering(finding: Finding, comments: tuple[SuppressionComment, ...]) -> int:
    """The comment for a finding of one place that was made after the file was read: 0 for none."""
    if finding.places > 1:
        return 0
    covers = (
        one.line
        for one in comments
        if not one.problem and one.first <= finding.line <= one.last and finding.rule in one.rules
    )
    return next(covers, 0)


def _is_over(comment: SuppressionComment, as_of: str) -> bool:
    return bool(comment.until) and comment.until < as_of


def _state(comment: SuppressionComment, is_used: bool, as_of: str) -> str:
    if comment.problem:
        return MALFORMED
    if _is_over(comment, as_of):
        return EXPIRED
    return USED if is_used else UNUSED
