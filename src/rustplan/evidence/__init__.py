"""Reads what is known besides the source: what a program told when it ran (profiles, compilation lists, benchmarks, garbage collection
logs), what other tools found (SARIF), and what commits and vulnerability records tell.

The kind of a file is told by its content. Every sample is charged to a function of the scanned tree, and what could not be is said.
Memory and time are bounded whatever a file holds.
"""

from rustplan.evidence.commits import NO_RECORDS, Told, add_commits, bounded, read_commits
from rustplan.evidence.read import NO_PAUSES, NO_PROFILE, check_evidence, read_evidence
from rustplan.evidence.sarif import NO_IMPORTED, check_sarif, read_sarif

__all__ = [
    "NO_IMPORTED",
    "NO_PAUSES",
    "NO_PROFILE",
    "NO_RECORDS",
    "Told",
    "add_commits",
    "bounded",
    "check_evidence",
    "check_sarif",
    "read_commits",
    "read_evidence",
    "read_sarif",
]
