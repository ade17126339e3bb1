"""The result of reading one file, and of reading them all."""

from __future__ import annotations

import msgspec

from rustplan.model.facts import FileFacts
from rustplan.model.finding import Finding
from rustplan.model.source import DegradedFile, Role, SkippedFile


class FlowFacts(msgspec.Struct, frozen=True, array_like=True):
    """What the second pass over a tree asks of the first: for the scan only, no report holds it.

    `effects`: function (`f`, `Class::f`) and what a caller in another file would want to know of it, as bits. `foreign`: byte offset of a
    function of this file, a function that it calls and this file does not define, and whether something of interest is handed over.
    """

    effects: tuple[tuple[str, int], ...] = ()
    foreign: tuple[tuple[int, str, bool], ...] = ()


class FileScan(msgspec.Struct, frozen=True, kw_only=True):
    """Facts and findings of one file. `sha256` is that of the bytes as read."""

    path: str
    role: Role
    sha256: str
    facts: FileFacts
    findings: tuple[Finding, ...] = ()
    degraded: tuple[DegradedFile, ...] = ()
    flow: FlowFacts = FlowFacts()


class TreeScan(msgspec.Struct, frozen=True, kw_only=True):
    """All files of the tree, sorted by path; every discovered file is in `files` or in `skipped`.

    `texts` are the findings in build, packaging and CI files, which belong to no component.
    """

    files: tuple[FileScan, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    texts: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, sorted by path, line, column and rule."""
        found = [*(finding for file in self.files for finding in file.findings), *self.texts]
        return tuple(sorted(found, key=lambda finding: (finding.path, finding.line, finding.column, finding.rule)))
