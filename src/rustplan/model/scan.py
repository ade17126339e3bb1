"""The result of reading one file, and of reading them all."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rustplan.model.facts import FileFacts, Function
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.source import DegradedFile, Role, SkippedFile
from rustplan.model.suppression import SuppressionComment


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
    comments: tuple[SuppressionComment, ...] = ()
    flow: FlowFacts = FlowFacts()

    @property
    def raw_sloc(self) -> int:
        """Code lines that the memory-safety track counts: all of a C or C++ file, of a Java file those of the functions that hold raw memory.

        A Java function holds raw memory when an exposure or defect of the track stands in it; outside of functions the line itself counts.
        """
        if self.facts.language.is_memory_unsafe:
            return self.facts.sloc
        lines = {line for finding in self.findings if _is_raw(finding) for line in (finding.lines or (finding.line,))}
        return _lines_of_functions(self.facts.functions, sorted(lines)) if lines else 0


def _is_raw(finding: Finding) -> bool:
    return finding.kind in (Kind.EXPOSURE, Kind.DEFECT) and Track.MEMORY_SAFETY in finding.tracks


def _lines_of_functions(functions: Sequence[Function], lines: Sequence[int]) -> int:
    """Code lines of the innermost functions around sorted line numbers, none counted twice; a line outside of functions counts as one."""
    waiting = sorted(functions, key=lambda one: (-one.start_line, one.end_line))
    around: list[Function] = []
    holders: dict[tuple[int, int], int] = {}
    loose = 0
    for line in lines:
        while waiting and waiting[-1].start_line <= line:
            around.append(waiting.pop())
        while around and around[-1].end_line < line:
            around.pop()
        if around:
            holders[around[-1].start_line, -around[-1].end_line] = around[-1].sloc
        else:
            loose += 1
    last_end = 0
    for (_, end), sloc in sorted(holders.items()):
        if -end > last_end:
            loose, last_end = loose + sloc, -end
    return loose


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
