"""Analyses made of real findings in small texts, for tests of baseline, policy and suppressions."""

from __future__ import annotations

from functools import cache

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component, ComponentGraph
from rustplan.model.finding import Finding
from rustplan.model.roadmap import Roadmap
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import FileScore, Scorecard
from rustplan.model.source import Language, Role
from rustplan.model.suppression import Suppression
from rustplan.rulebook import Rulebook, load_rules
from rustplan.scan import accept, scan_bytes
from sample_analysis import sample_analysis

TODAY = "2026-11-20"


@cache
def rulebook() -> Rulebook:
    """The shipped rules."""
    return load_rules()


def scanned(path: str, code: str) -> FileScan:
    """One C file as a scan sees it."""
    return scan_bytes(path, Role.SOURCE, Language.C, code.encode(), rulebook())


def findings_in(code: str, path: str = "src/a.c") -> tuple[Finding, ...]:
    """The findings of one C text."""
    return scanned(path, code).findings


def accepted_in(code: str, day: str = TODAY) -> tuple[tuple[Finding, ...], tuple[Suppression, ...]]:
    """What is left of the findings, and what the comments did."""
    scan, said = accept(TreeScan(files=(scanned("src/a.c", code),)), day)
    return scan.files[0].findings, said


def analysis_of(files: dict[str, str]) -> Analysis:
    """An analysis of C texts by path; the first folder of a path is its component."""
    scans = [scanned(path, code) for path, code in sorted(files.items())]
    owners = {scan.path: scan.path.partition("/")[0] for scan in scans}
    names = sorted(set(owners.values()))
    components = tuple(_component(name, [scan for scan in scans if owners[scan.path] == name]) for name in names)
    return msgspec.structs.replace(
        sample_analysis(),
        findings=tuple(finding for scan in scans for finding in scan.findings),
        graph=ComponentGraph(components=components),
        roadmap=Roadmap(),
        scorecard=Scorecard(files=tuple(_file(scan, owners[scan.path]) for scan in scans)),
    )


def _component(name: str, scans: list[FileScan]) -> Component:
    template = sample_analysis().graph.components[0]
    lines = sum(scan.facts.sloc for scan in scans)
    return msgspec.structs.replace(
        template, name=name, files=tuple(scan.path for scan in scans), sloc=lines, unsafe_sloc=lines
    )


def _file(scan: FileScan, owner: str) -> FileScore:
    return FileScore(
        path=scan.path,
        component=owner,
        role=scan.role,
        language=scan.facts.language,
        sloc=scan.facts.sloc,
        coverage=1.0,
        sha256=scan.sha256,
    )
