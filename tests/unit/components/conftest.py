"""Hand-made trees: a path and its code lines are enough to ask who belongs together."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from rustplan.components import find_components
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import Declaration, FileFacts, Function, ParseCoverage
from rustplan.model.options import ComponentOptions
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import BuildTarget, Language, Project, Role, SourceFile, SourceTree

Find = Callable[..., ComponentGraph]


@pytest.fixture
def find() -> Find:
    return _find


def _find(
    sizes: Mapping[str, int],
    *,
    edges: Sequence[Edge] = (),
    targets: Sequence[BuildTarget] = (),
    roles: Mapping[str, Role] | None = None,
    declared: Mapping[str, Sequence[str]] | None = None,
    defined: Mapping[str, Sequence[str]] | None = None,
    packages: Mapping[str, str] | None = None,
    unread: Sequence[str] = (),
    options: ComponentOptions | None = None,
    project: str = "demo",
) -> ComponentGraph:
    roles, declared, defined, packages = roles or {}, declared or {}, defined or {}, packages or {}
    files = tuple(
        SourceFile(path=path, language=_language(path), role=roles.get(path, Role.SOURCE), size=sloc)
        for path, sloc in sorted(sizes.items())
    )
    scans = tuple(
        FileScan(
            path=file.path,
            role=file.role,
            sha256="",
            facts=_facts(file, declared.get(file.path, ()), defined.get(file.path), packages.get(file.path, "")),
        )
        for file in files
        if file.path not in unread
    )
    tree = SourceTree(project=Project(name=project), files=files, targets=tuple(targets))
    graph = CodeGraph(edges=tuple(sorted(edges)))
    return find_components(tree, TreeScan(files=scans), graph, options or ComponentOptions())


def _language(path: str) -> Language:
    return {"java": Language.JAVA, "cc": Language.CPP}.get(path.rsplit(".", 1)[1], Language.C)


def _facts(file: SourceFile, declared: Sequence[str], defined: Sequence[str] | None, package: str) -> FileFacts:
    names = defined if defined is not None else ([] if file.path.endswith(".h") else [f"f_{file.path}"])
    functions = tuple(
        Function(
            name=name,
            qualified_name=name,
            start_line=1,
            end_line=2,
            sloc=file.size // len(names),
            complexity=1,
            loop_depth=0,
        )
        for name in names
    )
    return FileFacts(
        language=file.language,
        lines=file.size,
        sloc=file.size,
        coverage=ParseCoverage(total_bytes=1, function_bytes=1, unread_bytes=0),
        package=package,
        functions=functions,
        declarations=tuple(Declaration(name, 1) for name in declared),
    )


@pytest.fixture
def uses() -> Callable[..., Edge]:
    return _uses


def _uses(
    dependent: str,
    dependency: str,
    *,
    kind: EdgeKind = EdgeKind.CALL,
    weight: float = 1.0,
    symbol: str = "symbol",
    line: int = 1,
    is_ambiguous: bool = False,
) -> Edge:
    return Edge(
        dependent=dependent,
        dependency=dependency,
        kind=kind,
        symbol=symbol,
        line=line,
        weight=weight,
        is_ambiguous=is_ambiguous,
    )
