"""Small trees made of facts, for the tests of link."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.link import link
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.facts import (
    Call,
    Declaration,
    FileFacts,
    Function,
    FunctionKind,
    Import,
    Include,
    Macro,
    Parameter,
    ParseCoverage,
    TypeDeclaration,
)
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import BuildTarget, Language, Project, Role, SourceFile, SourceTree

_LANGUAGES = {"c": Language.C, "h": Language.C, "cc": Language.CPP, "hpp": Language.CPP, "java": Language.JAVA}


def function(
    name: str, *, parameters: int | tuple[tuple[str, str], ...] = 0, line: int = 1, **more: object
) -> Function:
    """A function of one line."""
    pairs = tuple(("int", f"p{index}") for index in range(parameters)) if isinstance(parameters, int) else parameters
    values = {
        "name": name,
        "qualified_name": name,
        "start_line": line,
        "end_line": line,
        "sloc": 1,
        "complexity": 1,
        "loop_depth": 0,
        "parameters": tuple(Parameter(type=kind, name=label) for kind, label in pairs),
        **more,
    }
    return Function(**values)


def method(container: str, name: str, *, separator: str = "::", **more: object) -> Function:
    """A method of a C++ class; `separator` "." makes it Java's."""
    more.setdefault("kind", FunctionKind.METHOD)
    return function(name, qualified_name=f"{container}{separator}{name}", container=container, **more)


def java_method(container: str, name: str, **more: object) -> Function:
    """A method of a Java class, by its binary name."""
    return method(container, name, separator=".", **more)


def call(callee: str, *, qualifier: str = "", arguments: int = 0, line: int = 1, caller: int = 0) -> Call:
    """A call made by the first function of the file."""
    return Call(callee=callee, line=line, function=caller, arguments=arguments, qualifier=qualifier)


def file(
    path: str,
    *,
    role: Role = Role.SOURCE,
    includes: Iterable[str] = (),
    imports: Iterable[str] = (),
    declares: Iterable[str] = (),
    macros: Iterable[str] = (),
    aliases: Iterable[tuple[str, str]] = (),
    types: Iterable[tuple[str, tuple[str, ...]]] = (),
    **facts: object,
) -> FileScan:
    """One scanned file; `includes` as written with their delimiters, `imports` as in Java (`static a.B.c`, `a.*`)."""
    language = _LANGUAGES[path.rpartition(".")[2]]
    return FileScan(
        path=path,
        role=role,
        sha256="",
        facts=FileFacts(
            language=language,
            lines=10,
            sloc=10,
            coverage=ParseCoverage(total_bytes=100, function_bytes=50, unread_bytes=0),
            includes=tuple(_include(text, line) for line, text in enumerate(includes, start=1)),
            imports=tuple(_import(text, line) for line, text in enumerate(imports, start=1)),
            declarations=tuple(Declaration(name=name, line=1) for name in declares),
            macros=(
                *(Macro(name=name, line=1, is_function_like=True) for name in macros),
                *(Macro(name=name, line=1, alias=other) for name, other in aliases),
            ),
            types=tuple(TypeDeclaration(name=name, kind="class", line=3, supertypes=above) for name, above in types),
            **facts,
        ),
    )


def _include(text: str, line: int) -> Include:
    if text[0] in '<"':
        return Include(target=text[1:-1], line=line, is_system=text[0] == "<")
    return Include(target=text, line=line, is_computed=True)


def _import(text: str, line: int) -> Import:
    is_static = text.startswith("static ")
    name = text.removeprefix("static ")
    is_wildcard = name.endswith(".*")
    return Import(name=name.removesuffix(".*"), line=line, is_static=is_static, is_wildcard=is_wildcard)


def linked(*files: FileScan, targets: tuple[BuildTarget, ...] = ()) -> CodeGraph:
    """Link a tree of these files."""
    ordered = sorted(files, key=lambda scan: scan.path)
    tree = SourceTree(
        project=Project(name="case"),
        files=tuple(
            SourceFile(path=scan.path, language=scan.facts.language, role=scan.role, size=100) for scan in ordered
        ),
        targets=targets,
    )
    return link(tree, TreeScan(files=tuple(ordered)))


def arrows(graph: CodeGraph, kind: EdgeKind) -> list[str]:
    """Edges of one kind as `dependent -> dependency: symbol`, with ` ?` when ambiguous."""
    return [_arrow(edge) for edge in graph.edges if edge.kind is kind]


def _arrow(edge: Edge) -> str:
    return f"{edge.dependent} -> {edge.dependency}: {edge.symbol}{' ?' if edge.is_ambiguous else ''}"
