"""Builds small model worlds for the score and plan stages: files with findings, components, edges."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from rustplan.catalog import load_anchors, load_effort
from rustplan.model.code_graph import CodeGraph, Definition, Edge, EdgeKind
from rustplan.model.component import Component, ComponentGraph, Cut, Dependency, Provenance, Unit
from rustplan.model.evidence import AbsentEvidence, Evidence
from rustplan.model.facts import FileFacts, Function, Measures, Parameter, ParseCoverage
from rustplan.model.finding import Confidence, Finding, Kind, RuleSummary, RustEffect, Severity, Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Roadmap
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.score import ComponentScore, Scorecard
from rustplan.model.source import Language, Role, SkippedFile, SkipReason
from rustplan.plan import plan
from rustplan.score import score

NO_HISTORY = Evidence(absent=(AbsentEvidence(name="history", because="shallow clone", effect="weights moved"),))
BOTH = (Track.MEMORY_SAFETY, Track.LATENCY)


def defect(path, line=10, *, rule="use-after-free", severity=Severity.HIGH, confidence=Confidence.HIGH, **more):
    return _finding(Kind.DEFECT, path, line, rule, severity=severity, confidence=confidence, **more)


def exposure(path, line=20, *, rule="pointer-arithmetic", weight=3.0, **more):
    return _finding(Kind.EXPOSURE, path, line, rule, weight=weight, **more)


def signal(path, line=30, *, rule="reads-network", **more):
    return _finding(Kind.SIGNAL, path, line, rule, **more)


def obstacle(path, line=40, *, rule="nonlocal-jump", **more):
    return _finding(Kind.OBSTACLE, path, line, rule, **more)


def _finding(kind, path, line, rule, **more):
    return Finding(
        rule=rule, kind=kind, path=path, line=line, column=1, end_line=line, end_column=2, message=rule, **more
    )


def rule(name, *, kind=Kind.DEFECT, effect=RustEffect.COMPILE_ERROR):
    return RuleSummary(id=name, kind=kind, title=name, why="", in_rust="", rust_effect=effect)


def function(name, *, line=1, types=(), returns="void", **more):
    values = {"sloc": 20, "complexity": 3, "loop_depth": 0} | more
    return Function(
        name=name.rpartition(".")[2], qualified_name=name, start_line=line, end_line=line + 20,
        parameters=tuple(Parameter(text) for text in types), return_type=returns, **values,
    )  # fmt: skip


class World:
    """A repository in the making; every method returns the world."""

    def __init__(self):
        self.files: dict[str, FileScan] = {}
        self.owners: dict[str, str] = {}
        self.edges: list[Edge] = []
        self.definitions: list[Definition] = []
        self.dependencies: list[Dependency] = []
        self.units: list[tuple[str, ...]] = []
        self.cycles: list[tuple[str, ...]] = []
        self.cuts: list[Cut] = []
        self.skipped: list[SkippedFile] = []
        self.rules: list[RuleSummary] = []

    def file(
        self, path, *, component=None, language=Language.C, role=Role.SOURCE, sloc=1000, raw=100, length=100,
        findings=(), functions=(), calls=(), unread=0, **facts,
    ):  # fmt: skip
        self.files[path] = FileScan(
            path=path, role=role, sha256="0" * 64, findings=tuple(findings),
            facts=FileFacts(
                language=language, lines=sloc * 2, sloc=sloc,
                coverage=ParseCoverage(total_bytes=sloc * 30, function_bytes=sloc * 20, unread_bytes=unread),
                measures=Measures(length_words=length, raw_memory=raw), functions=tuple(functions), calls=tuple(calls), **facts,
            ),
        )  # fmt: skip
        self.owners[path] = component or posixpath.dirname(path)
        return self

    def skip(self, path, *, component, size, language=Language.C):
        self.skipped.append(SkippedFile(path=path, reason=SkipReason.TOO_LARGE, language=language, size=size))
        self.owners[path] = component
        return self

    def edge(self, dependent, dependency, symbol, *, kind=EdgeKind.CALL, count=1, is_ambiguous=False):
        self.edges.append(
            Edge(
                dependent=dependent, dependency=dependency, kind=kind, symbol=symbol, line=1, count=count,
                weight=float(count), is_ambiguous=is_ambiguous,
            )
        )  # fmt: skip
        return self

    def define(self, path, name, *, types=(), returns="int", language=Language.C, line=5, **more):
        self.definitions.append(
            Definition(
                path=path, name=name, qualified_name=name, line=line, language=language,
                parameters=tuple(Parameter(text) for text in types), return_type=returns, **more,
            )
        )  # fmt: skip
        return self

    def depend(self, dependent, dependency, *, weight=1.0):
        self.dependencies.append(
            Dependency(
                dependent=dependent, dependency=dependency, weight=weight, parts={EdgeKind.CALL: weight}, places=1
            )
        )
        return self

    def unit(self, *names):
        self.units.append(tuple(names))
        return self

    def cycle(self, *names, cuts=()):
        """A cycle that was divided into units along `cuts`, pairs of a dependent and its dependency."""
        self.cycles.append(tuple(names))
        self.cuts += [Cut(dependent=one, dependency=other, weight=1.0, places=1) for one, other in cuts]
        return self

    @property
    def scan(self):
        return TreeScan(
            files=tuple(self.files[path] for path in sorted(self.files)), skipped=tuple(sorted(self.skipped))
        )

    @property
    def graph(self):
        return CodeGraph(edges=tuple(sorted(self.edges)), definitions=tuple(sorted(self.definitions)))

    @property
    def components(self):
        members = defaultdict(list)
        for path, name in sorted(self.owners.items()):
            members[name].append(path)
        grouped = {name for unit in self.units for name in unit}
        units = self.units + [(name,) for name in sorted(members) if name not in grouped]
        return ComponentGraph(
            components=tuple(self._component(name, paths) for name, paths in sorted(members.items())),
            dependencies=tuple(self.dependencies),
            units=tuple(
                Unit(components=unit, cuts=tuple(cut for cut in self.cuts if cut.dependent in unit)) for unit in units
            ),
            cycles=tuple(self.cycles),
        )

    def _component(self, name, paths):
        sources = [self.files[path] for path in paths if path in self.files and self.files[path].role is Role.SOURCE]
        languages = defaultdict(int)
        for file in sources:
            languages[file.facts.language] += file.facts.sloc
        return Component(
            name=name, files=tuple(paths), provenance=Provenance(source="directory", because=f"{name}/", confidence=0.5),
            sloc=sum(languages.values()),
            unsafe_sloc=sum(lines for language, lines in languages.items() if language.is_memory_unsafe),
            languages=dict(languages),
            raw_java_sloc=sum(file.raw_sloc for file in sources if not file.facts.language.is_memory_unsafe),
            test_files=sum(1 for path in paths if path in self.files and self.files[path].role is Role.TEST),
        )  # fmt: skip

    def score(self, options=None, evidence=NO_HISTORY) -> Scorecard:
        return score(
            self.scan,
            self.components,
            self.graph,
            tuple(self.rules),
            evidence,
            load_anchors(),
            options or PlanOptions(),
        )

    def plan(self, options=None, effort=None) -> Roadmap:
        options = options or PlanOptions()
        return plan(self.scan, self.components, self.graph, self.score(options), effort or load_effort(), options)

    def card(self, name, track=Track.MEMORY_SAFETY) -> ComponentScore:
        return next(card for card in self.score().components if card.component == name and card.track is track)

    def step(self, name, track=Track.MEMORY_SAFETY, **more):
        return next(step for step in self.plan(**more).steps if step.component == name and step.track is track)


def risky_findings(path, *, defects=12):
    """Findings that lift a component of some thousand lines above the rewrite threshold."""
    return (
        *(defect(path, 10 + i, severity=Severity.CRITICAL) for i in range(defects)),
        exposure(path, 500, weight=2500.0, lines=tuple(range(500, 700))),
        *(signal(path, 800 + i) for i in range(6)),
        *(signal(path, 900 + i, rule="parses-file-format") for i in range(6)),
    )


def allocation_free_java(world):
    """Add a quiet Java component `j`."""
    return world.file("j/A.java", language=Language.JAVA, functions=(function("p.A.call"),), package="p")
