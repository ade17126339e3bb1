"""File ranking: where memory-safety fixes will land, and what a rewritten line buys.

What a line buys is the product of two parts, each 1 for average reference code: `spatial` from the text, which says where errors of
bounds will be mended, and `temporal` from the history, which says best where errors of lifetimes will.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from rustplan.catalog import FileAnchors
from rustplan.model.facts import FileFacts
from rustplan.model.history import FileHistory, History
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import FileScore
from rustplan.model.source import Role
from rustplan.score.file_measures import finding_counts, history_counts, word_counts

_COMPILED = (Role.SOURCE, Role.GENERATED)


def score_files(
    scan: TreeScan, owners: Mapping[str, str], anchors: FileAnchors, history: History | None = None
) -> tuple[FileScore, ...]:
    """Return one row for every file that was read, by path; only C and C++ that is the product's own is scored.

    A fix lands in generated code, too, but nobody rewrites it by hand: it gets a risk and none per line.
    """
    known = history.by_path() if history is not None else {}
    return tuple(
        _row(file, owners.get(file.path, ""), known.get(file.path), anchors)
        for file in sorted(scan.files, key=lambda file: file.path)
    )


def word_density(facts: FileFacts, anchors: FileAnchors) -> float:
    """Return the file's density of length words and raw-memory work; 1 is the median of the reference corpus.

    `prior_lines` of reference code are mixed in, so that a file of ten lines is not judged by ten lines.
    """
    counts = word_counts(facts)
    return math.prod(
        math.pow(_relative(counts[name], facts.sloc, anchor.mean, anchors.prior_lines), anchor.weight)
        for name, anchor in anchors.measures.items()
    )


def spatial_density(file: FileScan, anchors: FileAnchors) -> float:
    """Return what the text says of one line: words, long functions, likely defects, decoding by hand."""
    facts, words, found = file.facts, word_counts(file.facts), finding_counts(file.findings)
    result = word_density(facts, anchors)
    for name, shape in anchors.shape.items():
        result *= math.pow(_relative(words[name], facts.sloc, shape.mean, anchors.prior_lines), shape.weight)
    for name, anchor in anchors.found.items():
        density = found.get(name, 0.0) / (facts.sloc + anchors.prior_lines)
        result *= math.pow(1.0 + density / anchor.one_in, anchor.weight)
    return result


def temporal_density(history: FileHistory, sloc: int, anchors: FileAnchors) -> float:
    """Return what the history says of one line: fixes and changes, late ones most; 1 is the median of the reference histories."""
    counts, past = history_counts(history), anchors.history
    return math.prod(
        math.pow(_relative(counts[name], sloc, anchor.mean, past.prior_lines), anchor.weight)
        for name, anchor in past.measures.items()
    )


def _relative(count: float, sloc: int, mean: float, prior_lines: float) -> float:
    return (count + prior_lines * mean) / (sloc + prior_lines) / mean


def _row(file: FileScan, component: str, history: FileHistory | None, anchors: FileAnchors) -> FileScore:
    facts = file.facts
    spatial = temporal = per_line = None
    if facts.language.is_memory_unsafe and file.role in _COMPILED:
        spatial = spatial_density(file, anchors)
        temporal = None if history is None else temporal_density(history, facts.sloc, anchors)
        per_line = spatial * (1.0 if temporal is None else temporal)
    return FileScore(
        path=file.path,
        component=component,
        role=file.role,
        language=facts.language,
        sloc=facts.sloc,
        coverage=round(facts.coverage.share_read, 6),
        sha256=file.sha256,
        risk=None if per_line is None else round(facts.sloc * per_line**anchors.risk_exponent, 4),
        risk_per_line=None if per_line is None or file.role is not Role.SOURCE else round(per_line, 6),
        spatial=_rounded(spatial),
        temporal=_rounded(temporal),
        findings=len(file.findings),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
