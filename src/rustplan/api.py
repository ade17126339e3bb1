"""The composition root: the pipeline of stages, from a folder to an Analysis. Nothing here prints or keeps state."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

import rustplan
from rustplan import resources
from rustplan.catalog import catalog_digest, load_anchors, load_effort
from rustplan.components import find_components
from rustplan.config import Settings
from rustplan.coverage import measure
from rustplan.discover import discover_tree
from rustplan.link import link
from rustplan.model.analysis import SCHEMA_VERSION, Analysis, Tool
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.finding import Excerpt, Finding, Kind, Severity
from rustplan.model.scan import TreeScan
from rustplan.model.score import Scorecard
from rustplan.model.source import Role
from rustplan.plan import plan
from rustplan.report import encode_analysis
from rustplan.rulebook import Rulebook, load_rules
from rustplan.scan import read_excerpts, scan_tree
from rustplan.score import score

Progress = Callable[[int, int], None]
"""Called with files done and files in all; called seldom."""

EXCERPTS_A_COMPONENT = 5
EXCERPTS_WORST = 50


def analyze(root: Path, settings: Settings, *, progress: Progress | None = None) -> Analysis:
    """Read the repository at `root` and return everything learnt. Raises a RustplanError when there is nothing to read."""
    rulebook = load_rules(resources.folder("rules"), *settings.rule_folders)
    tree = discover_tree(root, settings.discover, rulebook.files_asked)
    scan = scan_tree(root, tree, rulebook, settings.scan, progress)
    graph = link(tree, scan)
    components = find_components(tree, scan, graph, settings.components)
    evidence = absent_evidence()
    scorecard = score(scan, components, graph, rulebook.summaries(), evidence, load_anchors(), settings.plan)
    roadmap = plan(scan, components, graph, scorecard, load_effort(), settings.plan)
    analysis = Analysis(
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
    )
    return msgspec.structs.replace(analysis, data_digest=data_digest(analysis))


def tool(rulebook: Rulebook) -> Tool:
    """Name the version, rules and facts that made an analysis."""
    return Tool(
        name="rustplan", version=rustplan.__version__, rules_digest=rulebook.digest, catalog_digest=catalog_digest()
    )


def data_digest(analysis: Analysis) -> str:
    """SHA-256 of the JSON document with an empty `data_digest`: ties every view to its data."""
    return hashlib.sha256(encode_analysis(msgspec.structs.replace(analysis, data_digest=""))).hexdigest()


def absent_evidence() -> Evidence:
    """What this version cannot read, said aloud: it is unknown, not zero."""
    return Evidence(
        absent=(
            AbsentEvidence(
                name="history",
                because="git history is not read by this version",
                effect="churn and memory-safety fixes are unknown; their weight went to the other factors",
            ),
            AbsentEvidence(
                name="imported findings",
                because="findings of other tools are not imported by this version",
                effect="only rustplan's own rules speak",
            ),
            AbsentEvidence(
                name="profile",
                because="runtime profiles and GC logs are not read by this version",
                effect="Java results are candidates, none is measured",
            ),
        )
    )


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
