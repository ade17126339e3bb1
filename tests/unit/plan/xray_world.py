"""A small library under X-ray: facts read from real C, linked by hand."""

from __future__ import annotations

from language_facts import facts
from rustplan.catalog import load_effort
from rustplan.model.code_graph import CodeGraph, Definition, Edge, EdgeKind
from rustplan.model.component import Component, ComponentGraph, Provenance
from rustplan.model.finding import Track
from rustplan.model.roadmap import Alternative, Effort, Option, Step
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role
from rustplan.plan.boundary import boundary_of, draw_boundaries
from rustplan.plan.xray import with_xrays

WHY = Alternative(option=Option.REWRITE, because="")


class Tree:
    """Sources by component, and the edges between them."""

    def __init__(self):
        self.files, self.owners, self.edges = [], {}, []

    def source(self, path, text, *, component, language=None, findings=()):
        language = language or (
            Language.JAVA if path.endswith(".java") else Language.CPP if path.endswith((".cc", ".hpp")) else Language.C
        )
        self.files.append(
            FileScan(
                path=path, role=Role.SOURCE, sha256="0" * 64, facts=facts(language, text), findings=tuple(findings)
            )
        )
        self.owners[path] = component
        return self

    def edge(self, dependent, dependency, symbol, kind=EdgeKind.CALL, line=1, *, is_ambiguous=False):
        self.edges.append(
            Edge(
                dependent=dependent,
                dependency=dependency,
                kind=kind,
                symbol=symbol,
                line=line,
                is_ambiguous=is_ambiguous,
            )
        )
        return self

    def boundary(self, name, *, is_jni=False, track=Track.MEMORY_SAFETY):
        """The boundary of a component under X-ray."""
        files = tuple(sorted(self.files, key=lambda file: file.path))
        scan = TreeScan(files=files)
        graph = CodeGraph(edges=tuple(sorted(self.edges)), definitions=tuple(sorted(self._definitions())))
        components = ComponentGraph(components=tuple(self._component(one) for one in sorted(set(self.owners.values()))))
        component = next(one for one in components.components if one.name == name)
        crossings = draw_boundaries(scan, components, graph, load_effort())[name]
        sources = [file for file in files if self.owners[file.path] == name]
        boundary = boundary_of(component, track, crossings, has_main=False, is_jni=is_jni, sources=sources)
        none = Effort(p10=None, p50=None, p90=None, size="", because="")
        step = Step(
            component=name, track=track, unit=name, choice=WHY, runner_up=WHY, case_against="", boundary=boundary,
            effort=none, wave=None,
        )  # fmt: skip
        return with_xrays((step,), scan, components, graph)[0].boundary

    def crossing(self, name, symbol, **more):
        boundary = self.boundary(name, **more)
        return next(one for one in (*boundary.crossings, *boundary.beside) if one.symbol == symbol)

    def kinds(self, name, symbol, **more):
        return {aspect.kind.value for aspect in self.crossing(name, symbol, **more).aspects} - {"function"}

    def _definitions(self):
        for file in self.files:
            for one in file.facts.functions:
                yield Definition(
                    path=file.path, name=one.name, qualified_name=one.qualified_name, line=one.start_line,
                    language=file.facts.language, kind=one.kind, parameters=one.parameters, return_type=one.return_type,
                    container=one.container, is_variadic=one.is_variadic, is_template=one.is_template,
                    is_virtual=one.is_virtual, is_c_linkage=one.is_c_linkage,
                )  # fmt: skip

    def _component(self, name):
        mine = [file for file in self.files if self.owners[file.path] == name]
        languages = {}
        for file in mine:
            languages[file.facts.language] = languages.get(file.facts.language, 0) + file.facts.sloc
        return Component(
            name=name, files=tuple(file.path for file in mine), provenance=Provenance(source="directory", because=name, confidence=0.5),
            sloc=sum(languages.values()), languages=languages,
            unsafe_sloc=sum(number for language, number in languages.items() if language.is_memory_unsafe),
        )  # fmt: skip
