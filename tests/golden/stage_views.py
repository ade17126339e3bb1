"""The pipeline, stage by stage, written as lines a reviewer can read in a diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rustplan import resources
from rustplan.catalog import load_anchors, load_effort
from rustplan.components import find_components
from rustplan.discover import discover_tree
from rustplan.link import link
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.options import ComponentOptions, DiscoverOptions, PlanOptions, ScanOptions
from rustplan.model.roadmap import Roadmap
from rustplan.model.scan import TreeScan
from rustplan.model.score import Factor, Scorecard
from rustplan.model.source import SourceTree
from rustplan.plan import plan
from rustplan.rulebook import load_rules
from rustplan.scan import scan_tree
from rustplan.score import score

STAGES = ("discover", "scan", "link", "components", "score", "plan")


def run_stages(root: Path) -> dict[str, str]:
    """Return the text view of every stage's value for the repository at `root`."""
    rulebook = load_rules(resources.folder("rules"))
    tree = discover_tree(root, DiscoverOptions())
    scan = scan_tree(root, tree, rulebook, ScanOptions(jobs=1))
    graph = link(tree, scan)
    components = find_components(tree, scan, graph, ComponentOptions())
    options = PlanOptions()
    scorecard = score(scan, components, graph, rulebook.summaries(), Evidence(), load_anchors(), options)
    roadmap = plan(scan, components, graph, scorecard, load_effort(), options)
    views = (
        _discover(tree),
        _scan(scan),
        _link(graph),
        _components(components),
        _score(scorecard),
        _plan(roadmap),
    )
    return {stage: "\n".join(view) + "\n" for stage, view in zip(STAGES, views, strict=True)}


def _discover(tree: SourceTree) -> Iterator[str]:
    for file in tree.files:
        yield f"{file.path}  {file.language.value}  {file.role.value}  ({file.role_because})"
    for target in tree.targets:
        yield f"target {target.name}  {target.kind.value}  {target.system}  {target.manifest}  needs {', '.join(target.dependencies) or '-'}"
    for skipped in tree.skipped:
        yield f"skipped {skipped.path}  {skipped.reason.value}"
    yield f"other files: {tree.other_files}"


def _scan(scan: TreeScan) -> Iterator[str]:
    for file in scan.files:
        facts = file.facts
        yield f"{file.path}  sloc {facts.sloc}  calls {len(facts.calls)}  unread {facts.coverage.unread_bytes}"
        for function in facts.functions:
            lines = f"{function.start_line}-{function.end_line}"
            yield f"  function {function.qualified_name}  {lines}  complexity {function.complexity}  loops {function.loop_depth}"
        for finding in file.findings:
            places = ",".join(map(str, finding.lines)) or str(finding.line)
            yield f"  {finding.kind.value} {finding.rule}  {places}  {finding.function or '-'}  {finding.message}"


def _link(graph: CodeGraph) -> Iterator[str]:
    for edge in graph.edges:
        mark = "  ambiguous" if edge.is_ambiguous else ""
        yield f"{edge.dependent}:{edge.line} -> {edge.dependency}  {edge.kind.value} {edge.symbol} x{edge.count}{mark}"
    for reference in graph.unresolved:
        yield f"unresolved {reference.edge.value} {reference.reference}  {reference.kind.value} x{reference.count}"


def _components(graph: ComponentGraph) -> Iterator[str]:
    for component in graph.components:
        yield f"{component.name}  sloc {component.sloc}  unsafe {component.unsafe_sloc}  from {component.provenance.source}: {component.provenance.because}"
        for path in component.files:
            yield f"  {path}"
    for dependency in graph.dependencies:
        yield f"{dependency.dependent} -> {dependency.dependency}  weight {dependency.weight:.2f}  places {dependency.places}"
    for unit in graph.units:
        yield f"unit {' + '.join(unit.components)}"


def _score(scorecard: Scorecard) -> Iterator[str]:
    for entry in scorecard.components:
        yield f"{entry.track.value}  {entry.component}  score {entry.score:.1f}  risk {entry.risk:.1f}  feasibility {entry.feasibility:.2f}"
        for factor in (*entry.risk_factors, *entry.feasibility_factors, *entry.value_factors):
            yield f"  {_factor(factor)}"
    for candidate in scorecard.candidates:
        yield f"candidate {candidate.class_name}.{candidate.method}  {candidate.score:.2f}  {candidate.evidence}"


def _factor(factor: Factor) -> str:
    if factor.is_absent:
        return f"{factor.name}: absent: {factor.because}"
    return f"{factor.name}: {factor.value:.2f} {factor.unit} -> {factor.level:.2f} x {factor.weight:.1f} = {factor.contribution:.1f}  {factor.because}"


def _plan(roadmap: Roadmap) -> Iterator[str]:
    for step in roadmap.steps:
        effort = step.effort
        cost = "not estimated" if effort.p50 is None else f"{effort.p10:.1f}-{effort.p90:.1f} ({effort.p50:.1f})"
        yield f"{step.track.value}  {step.component}  {step.choice.option.value}  wave {step.wave or '-'}  {step.boundary.mechanism}  {cost}"
        yield f"  because {step.choice.because}"
        yield f"  runner-up {step.runner_up.option.value}: {step.runner_up.because}"
        yield f"  against {step.case_against}"
        for crossing in step.boundary.crossings:
            yield f"  crossing {crossing.direction.value} {crossing.symbol}  {crossing.shape}  {crossing.hours:.1f} h"
    for wave in roadmap.waves:
        yield f"wave {wave.number}: {', '.join(wave.components)}  {wave.outcome}"
    for parked in roadmap.parked:
        yield f"parked {parked.component}  {parked.track.value}: {parked.because}"
