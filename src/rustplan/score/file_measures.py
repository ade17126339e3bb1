"""What the file ranking counts in a file and in its history, by the names that the anchors use."""

from __future__ import annotations

from collections.abc import Mapping

from rustplan.model.facts import FileFacts
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.history import FileHistory

LONG_FUNCTION_LINES = 30
"""Code lines of a function that do not count as excess."""


def word_counts(facts: FileFacts) -> Mapping[str, float]:
    """Return counts of telling words, and the code lines by which functions exceed a length that is read at a glance."""
    return {
        "length_words": facts.measures.length_words,
        "raw_memory": facts.measures.raw_memory,
        "long_functions": sum(max(0, function.sloc - LONG_FUNCTION_LINES) for function in facts.functions),
    }


def finding_counts(findings: tuple[Finding, ...]) -> Mapping[str, float]:
    """Return the number of likely memory defects, and places of each signal by its rule."""
    counts: dict[str, float] = {"defects": 0.0}
    for finding in findings:
        if finding.kind is Kind.DEFECT and Track.MEMORY_SAFETY in finding.tracks:
            counts["defects"] += 1
        elif finding.kind is Kind.SIGNAL:
            counts[finding.rule] = counts.get(finding.rule, 0.0) + finding.places
    return counts


def history_counts(history: FileHistory) -> Mapping[str, float]:
    """Return the decayed sums of a file's history."""
    return {
        "commits": history.commits_decayed,
        "fixes": history.fixes_decayed,
        "security_fixes": history.security_decayed,
        "memory_fixes": history.memory_decayed,
    }
