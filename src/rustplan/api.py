"""The composition root: the pipeline of stages, from a folder to an Analysis. Nothing here prints or keeps state."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import rustplan
from rustplan import resources
from rustplan.catalog import catalog_digest, load_anchors, load_effort
from rustplan.config import Settings, as_of
from rustplan.coverage import measure
from rustplan.discover import discover_tree, find_repository
from rustplan.model.analysis import SCHEMA_VERSION, Analysis, Tool
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Excerpt, Finding, Kind, Severity
from rustplan.model.roadmap import Roadmap
from rustplan.model.scan import TreeScan
from rustplan.model.score import FileScore, Scorecard
from rustplan.model.source import Role, SourceTree
from rustplan.report import canonical, encode_canonical
from rustplan.rulebook import Rulebook, load_rules
from rustplan.scan import accept, read_excerpts, scan_tree

if TYPE_CHECKING:
    from rustplan.evidence import Told

Progress = Callable[[int, int], None]
"""Called with files done and files in all, seldom; with 0 and 0 while the history is read."""

EXCERPTS_A_COMPONENT = 5
EXCERPTS_WORST = 50


def analyze(root: Path, settings: Settings, *, progress: Progress | None = None) -> Analysis:
    """Read the repository at `root` and return everything learnt. Raises a RustplanError when there is nothing to read.

    With `settings.is_findings_only` it ends after the findings: components, scores and plan are empty.
    """
    if not settings.is_findings_only:
        _check_evidence(settings)
    rulebook = load_rules(resources.folder("rules"), *settings.rule_folders)
    tree = discover_tree(root, settings.discover, rulebook.files_asked, rulebook.files_asked_of_java)
    told = _read_commits(root, tree, settings, progress)
    tree = _dated(tree, told)
    day = as_of(os.environ, tree.project.date).day
    scan, suppressions = accept(scan_tree(root, tree, rulebook, settings.scan, progress), day)
    accepted = tuple(finding for said in suppressions for finding in said.findings)
    if settings.is_findings_only:
        concluded = _files_only(scan)
    else:
        concluded = _conclude(tree, scan, rulebook, settings, accepted, told)
    graph, components, evidence, scorecard, roadmap = concluded
    learnt = Analysis(
        schema=SCHEMA_VERSION,
        tool=tool(rulebook),
        project=tree.project,
        command=settings.command,
        settings=settings.shown(),
        settings_digest=settings.digest,
        coverage=measure(tree, scan, graph),
        findings=scan.findings,
        rules=rulebook.summaries(),
        targets=tree.targets,
        graph=components,
        evidence=evidence,
        scorecard=scorecard,
        roadmap=roadmap,
        excerpts=excerpts(root, scan, scorecard),
        suppressions=suppressions,
    )
    analysis = canonical(learnt)
    return msgspec.structs.replace(analysis, data_digest=data_digest(analysis))


def _check_evidence(settings: Settings) -> None:
    """Refuse evidence that cannot be read before the long work."""
    from rustplan.evidence import check_evidence, check_sarif

    check_evidence(_paths(settings.evidence.profiles))
    check_sarif(_paths(settings.evidence.sarif))


def _paths(names: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(Path(name) for name in names)


def _read_commits(root: Path, tree: SourceTree, settings: Settings, progress: Progress | None) -> Told:
    """Read the history of the files and the vulnerability records; of a run for findings the commit's day alone."""
    from rustplan.evidence import read_commits

    if progress is not None and settings.evidence.history and not settings.is_findings_only:
        progress(0, 0)
    repository = find_repository(os.fsencode(root.resolve()))
    paths = [file.path for file in tree.files]
    return read_commits(root, repository, paths, settings.evidence, is_date_only=settings.is_findings_only)


def _dated(tree: SourceTree, told: Told) -> SourceTree:
    """Give the project the day of its commit, so that what expires does so by that day and not by the calendar."""
    if tree.project.date is not None or told.date is None:
        return tree
    return msgspec.structs.replace(tree, project=msgspec.structs.replace(tree.project, date=told.date))


_Concluded = tuple[CodeGraph, ComponentGraph, Evidence, Scorecard, Roadmap]


def _conclude(
    tree: SourceTree,
    scan: TreeScan,
    rulebook: Rulebook,
    settings: Settings,
    accepted: tuple[Finding, ...],
    commits: Told,
) -> _Concluded:
    """Link, group, score and plan what was read; these stages are imported here, because a run for findings does without them."""
    from rustplan.components import find_components
    from rustplan.evidence import add_commits, bounded, read_evidence, read_sarif
    from rustplan.link import link
    from rustplan.plan import plan
    from rustplan.score import score

    graph = link(tree, scan)
    components = find_components(tree, scan, graph, settings.components)
    told = read_evidence(_paths(settings.evidence.profiles), scan, settings.evidence)
    imported = read_sarif(_paths(settings.evidence.sarif), told, scan, accepted, rulebook.summaries())
    evidence = add_commits(imported, commits)
    scorecard = score(scan, components, graph, rulebook.summaries(), evidence, load_anchors(), settings.plan)
    release = tree.java_level.release if tree.java_level is not None else None
    roadmap = plan(scan, components, graph, scorecard, load_effort(), settings.plan, evidence, release)
    own = frozenset(file.path for file in scorecard.files if file.role is Role.SOURCE)
    return graph, components, bounded(evidence, own), scorecard, roadmap


def _files_only(scan: TreeScan) -> _Concluded:
    """No conclusions; the rows of the files alone, because they say which role each finding has."""
    files = tuple(
        FileScore(
            path=file.path,
            component="",
            role=file.role,
            language=file.facts.language,
            sloc=file.facts.sloc,
            coverage=file.facts.coverage.share_read,
            sha256=file.sha256,
            findings=len(file.findings),
        )
        for file in scan.files
    )
    return CodeGraph(), ComponentGraph(), Evidence(), Scorecard(files=files), Roadmap()


def tool(rulebook: Rulebook) -> Tool:
    """Name the version, rules and facts that made an analysis."""
    return Tool(
        name="rustplan", version=rustplan.__version__, rules_digest=rulebook.digest, catalog_digest=catalog_digest()
    )


def data_digest(analysis: Analysis) -> str:
    """SHA-256 of the JSON document of a canonical analysis, with an empty `data_digest`: ties every view to its data."""
    return hashlib.sha256(encode_canonical(msgspec.structs.replace(analysis, data_digest=""))).hexdigest()


def excerpts(root: Path, scan: TreeScan, scorecard: Scorecard) -> tuple[Excerpt, ...]:
    """Source lines for the findings that reports show: the worst of each component and the worst of all."""
    owner = {file.path: file.component for file in scorecard.files}
    chosen: dict[tuple[str, int], Finding] = {}
    taken: dict[str, int] = defaultdict(int)
    for position, finding in enumerate(sorted(_source_findings(scan), key=_worst_first)):
        component = owner.get(finding.path, "")
        if position < EXCERPTS_WORST or taken[component] < EXCERPTS_A_COMPONENT:
            chosen.setdefault((finding.path, finding.line), finding)
            taken[component] += 1
    return read_excerpts(root, tuple(chosen[place] for place in sorted(chosen)), scan.files)


def _source_findings(scan: TreeScan) -> Iterable[Finding]:
    for file in scan.files:
        if file.role is Role.SOURCE:
            yield from (finding for finding in file.findings if finding.kind is not Kind.SIGNAL)


def _worst_first(finding: Finding) -> tuple[int, int, int, float, str, int, str]:
    severity = finding.severity.rank if finding.severity else len(Severity)
    return (
        list(Kind).index(finding.kind),
        severity,
        finding.confidence.rank,
        -finding.weight,
        finding.path,
        finding.line,
        finding.rule,
    )
