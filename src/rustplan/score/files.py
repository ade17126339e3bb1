"""File ranking: where memory-safety fixes will land, and what a rewritten line buys."""

from __future__ import annotations

from collections.abc import Mapping

from rustplan.catalog import FileAnchors
from rustplan.model.facts import FileFacts
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import FileScore
from rustplan.model.source import Role


def score_files(scan: TreeScan, owners: Mapping[str, str], anchors: FileAnchors) -> tuple[FileScore, ...]:
    """Return one row for every file that was read, by path; only C and C++ of role source are scored."""
    return tuple(
        _row(file, owners.get(file.path, ""), anchors) for file in sorted(scan.files, key=lambda file: file.path)
    )


def risk_per_line(facts: FileFacts, anchors: FileAnchors) -> float:
    """Return the file's density of length words and raw-memory work; 1 is the median of the reference corpus.

    `prior_lines` of reference code are mixed in, so that a file of ten lines is not judged by ten lines.
    """
    counts = {"length_words": facts.measures.length_words, "raw_memory": facts.measures.raw_memory}
    result = 1.0
    for name, anchor in anchors.measures.items():
        density = (counts[name] + anchors.prior_lines * anchor.mean) / (facts.sloc + anchors.prior_lines)
        result *= (density / anchor.mean) ** anchor.weight
    return result


def _row(file: FileScan, component: str, anchors: FileAnchors) -> FileScore:
    facts = file.facts
    is_scored = facts.language.is_memory_unsafe and file.role is Role.SOURCE
    per_line = risk_per_line(facts, anchors) if is_scored else None
    return FileScore(
        path=file.path,
        component=component,
        role=file.role,
        language=facts.language,
        sloc=facts.sloc,
        coverage=round(facts.coverage.share_read, 6),
        sha256=file.sha256,
        risk=None if per_line is None else round(per_line * facts.sloc, 4),
        risk_per_line=None if per_line is None else round(per_line, 6),
        findings=len(file.findings),
    )
