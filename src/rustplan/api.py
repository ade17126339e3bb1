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
from rustplan.catalog.overrides import with_effort, with_weights
from rustplan.config import Settings, as_of
from rustplan.config.settings import FILES_OF
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
from rustplan.plugins import installed_plugins, rule_packs
from rustplan.report import canonical, encode_canonical
from rustplan.rulebook import Rulebook, load_rules
from rustplan.rulebook.load import shipped_texts
from rustplan.scan import Cache, Survey, accept, read_excerpts, scan_tree, survey

if TYPE_CHECKING:
    from rustplan.evidence import Told
    from rustplan.scan.executors import Executor

Progress = Callable[[int, int], None]
"""Called with files done and files in all, seldom; with 0 and 0 while the history is read."""

EXCERPTS_A_COMPONENT = 5
EXCERPTS_WORST = 50


def analyze(
    root: Path,
    settings: Settings,
    *,
    progress: Progress | None = None,
    cache: Cache | None = None,
    executor: Executor | None = None,
) -> Analysis:
    """Read the repository at `root` and return everything learnt. Raises a RustplanError when there is nothing to read.

    With `settings.is_findings_only` it ends after the findings: components, scores and plan are empty. What `cache` knows is not
    found out again; the result is the same with and without one. `executor` reads the files; without one, processes of this machine do.
    """
    if not settings.is_findings_only:
        _check_evidence(settings)
    rulebook = rulebook_of(settings, cache)
    tree = discover_tree(root, settings.discover, rulebook.files_asked, rulebook.files_asked_of_java, cache)
    told = _read_commits(root, tree, settings, progress)
    tree = _dated(tree, told)
    day = as_of(os.environ, tree.project.date).day
    surveyed = survey(root, tree, rulebook, settings.scan, cache)
    parts = everything_read(tree, surveyed, rulebook, settings, told, day)
    if cache is not None and parts is not None:
        known = cache.value(Analysis, "analysis", *parts)
        if known is not None:
            return known
    scan, suppressions = accept(scan_tree(root, tree, rulebook, settings.scan, progress, surveyed, executor), day)
    accepted = tuple(finding for said in suppressions for finding in said.findings)
    if settings.is_findings_only:
        concluded = _files_only(scan)
    else:
        concluded = _conclude(tree, scan, rulebook, settings, accepted, told)
    graph, components, evidence, scorecard, roadmap = concluded
    places = _worth_an_excerpt(scan, scorecard)
    depth = settings.scan.depth
    learnt = Analysis(
        schema=SCHEMA_VERSION,
        tool=tool(rulebook),
        project=tree.project,
        command=settings.command,
        settings=settings.shown(),
        settings_digest=settings.digest,
        coverage=measure(tree, scan, graph, depth, rulebook.not_run_at(depth), rulebook.run_in_part_at(depth)),
        findings=scan.findings,
        rules=rulebook.summaries(),
        targets=tree.targets,
        graph=components,
        evidence=evidence,
        scorecard=scorecard,
        roadmap=roadmap,
        excerpts=read_excerpts(root, places, scan.files),
        suppressions=suppressions,
    )
    analysis = canonical(learnt)
    analysis = msgspec.structs.replace(analysis, data_digest=data_digest(analysis))
    if cache is not None and parts is not None and surveyed.is_whole and len(analysis.excerpts) == len(places):
        cache.keep_value(analysis, "analysis", *parts)
    return analysis


def rulebook_of(settings: Settings, cache: Cache | None) -> Rulebook:
    """The rules of a run. The shipped ones are read from their texts once, and then from the cache as long as no text changes."""
    if cache is None or settings.rule_folders or rule_packs():
        return load_rules(resources.folder("rules"), *rule_packs(), *settings.rule_folders)
    texts = [part for name, data in shipped_texts() for part in (name, data)]
    rulebook = cache.value(Rulebook, "rulebook", *texts)
    if rulebook is None:
        rulebook = load_rules(resources.folder("rules"))
        cache.keep_value(rulebook, "rulebook", *texts)
    return rulebook


def everything_read(
    tree: SourceTree, surveyed: Survey, rulebook: Rulebook, settings: Settings, told: Told, day: str
) -> tuple[bytes | str, ...] | None:
    """All that an analysis is made from. None without fingerprints of the files, and when files besides the tree are read for it.

    A setting that names a file is in FILES_OF; vulnerability records are read already and part of `told`.
    """
    hashes = surveyed.hashes_of(tree)
    if hashes is None or any(settings.value(key) for key in FILES_OF if key != "evidence.osv"):
        return None
    encode = msgspec.msgpack.Encoder(order="deterministic").encode
    texts = [(path, hashlib.sha256(data).digest()) for path, (_, data) in surveyed.texts.items()]
    return (
        encode((tree, surveyed.not_read, told)),
        encode((hashes, texts)),
        encode((tool(rulebook), settings.shown(), settings.command, settings.is_findings_only, settings.discover.only)),
        day,
    )


def _check_evidence(settings: Settings) -> None:
    """Refuse evidence that cannot be read before the long work."""
    from rustplan.evidence import check_evidence, check_sarif
    from rustplan.evidence.actuals import read_actuals

    check_evidence(_paths(settings.evidence.profiles))
    check_sarif(_paths(settings.evidence.sarif))
    if settings.plan.actuals is not None:
        read_actuals(Path(settings.plan.actuals))


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
    from rustplan.evidence.actuals import read_actuals
    from rustplan.link import link
    from rustplan.plan import plan
    from rustplan.score import score

    graph = link(tree, scan)
    components = find_components(tree, scan, graph, settings.components)
    told = read_evidence(_paths(settings.evidence.profiles), scan, settings.evidence)
    imported = read_sarif(_paths(settings.evidence.sarif), told, scan, accepted, rulebook.summaries())
    evidence = add_commits(imported, commits)
    anchors, weights = with_weights(load_anchors(), settings.score)
    scorecard = score(scan, components, graph, rulebook.summaries(), evidence, anchors, settings.plan)
    release = tree.java_level.release if tree.java_level is not None else None
    effort, constants = with_effort(load_effort(), settings.plan.effort)
    actuals = read_actuals(Path(settings.plan.actuals)) if settings.plan.actuals is not None else ()
    roadmap = plan(
        scan,
        components,
        graph,
        scorecard,
        effort,
        settings.plan,
        evidence,
        release,
        actuals,
        (*constants, *weights),
        tree.build_notes,
    )
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
        name="rustplan",
        version=rustplan.__version__,
        rules_digest=rulebook.digest,
        catalog_digest=catalog_digest(),
        plugins=tuple(plugin.words for plugin in installed_plugins()),
    )


def data_digest(analysis: Analysis) -> str:
    """SHA-256 of the JSON document of a canonical analysis, with an empty `data_digest`: ties every view to its data."""
    return hashlib.sha256(encode_canonical(msgspec.structs.replace(analysis, data_digest=""))).hexdigest()


def excerpts(root: Path, scan: TreeScan, scorecard: Scorecard) -> tuple[Excerpt, ...]:
    """Source lines for the findings that reports show."""
    return read_excerpts(root, _worth_an_excerpt(scan, scorecard), scan.files)


def _worth_an_excerpt(scan: TreeScan, scorecard: Scorecard) -> tuple[Finding, ...]:
    """The findings that reports show with their lines: the worst of each component and the worst of all, one a place."""
    owner = {file.path: file.component for file in scorecard.files}
    chosen: dict[tuple[str, int], Finding] = {}
    taken: dict[str, int] = defaultdict(int)
    for position, finding in enumerate(sorted(_source_findings(scan), key=_worst_first)):
        component = owner.get(finding.path, "")
        if position < EXCERPTS_WORST or taken[component] < EXCERPTS_A_COMPONENT:
            chosen.setdefault((finding.path, finding.line), finding)
            taken[component] += 1
    return tuple(chosen[place] for place in sorted(chosen))


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
