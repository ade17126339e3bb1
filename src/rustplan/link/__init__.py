"""Turns the facts of single files into one graph: who includes, imports, calls, implements and reaches whom, and what leads outside."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.link.edges import Edges, Tally
from rustplan.link.foreign import link_foreign
from rustplan.link.includes import IncludeResolver, link_includes
from rustplan.link.java_edges import link_imports, link_java
from rustplan.link.java_types import JavaTypes
from rustplan.link.jni import escape, link_jni
from rustplan.link.native import NativeIndex, Site
from rustplan.link.native_edges import link_native
from rustplan.link.nearest import Neighbours
from rustplan.link.reach import Reach
from rustplan.link.unresolved import Unresolvables
from rustplan.model.code_graph import CodeGraph, Definition, LinkCounts
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, SourceTree

__all__ = ["link"]


def link(tree: SourceTree, scan: TreeScan) -> CodeGraph:
    """Resolve includes, imports, calls, supertypes and native methods by name; nothing is compiled or run.

    A name with several equally near targets makes an edge to each, of a share of the weight and marked ambiguous; with more than five
    it makes none. What leads nowhere in the tree is counted and, for includes, imports and native methods, listed.
    """
    java = [file for file in scan.files if file.facts.language is Language.JAVA]
    native = [file for file in scan.files if file.facts.language is not Language.JAVA]
    neighbours = Neighbours(tree)
    edges, missing = Edges(), Unresolvables()

    resolver = IncludeResolver(tree, neighbours, generated=_jni_headers(java))
    includes = link_includes(native, resolver, edges, missing)
    native_calls, native_sites = link_native(native, NativeIndex(native), neighbours, Reach(edges.all()), edges)

    types = JavaTypes(java, neighbours)
    imports = link_imports(java, types, edges, missing)
    java_calls, java_sites = link_java(java, types, neighbours, edges)
    jni_sites = link_jni(java, native, neighbours, edges, missing)
    foreign_sites = link_foreign(java, native, neighbours, edges, missing)

    languages = {file.path: file.facts.language for file in scan.files}
    return CodeGraph(
        edges=edges.all(),
        definitions=_definitions([*native_sites, *java_sites, *jni_sites, *foreign_sites], languages),
        unresolved=missing.all(),
        calls=_sum(native_calls, java_calls),
        includes=_sum(includes, imports),
    )


def _jni_headers(java: Iterable[FileScan]) -> frozenset[str]:
    """Names of the headers that `javac -h` makes for classes with native methods, or that `javah -o` is mostly told to make."""
    classes = {function.container for file in java for function in file.facts.functions if function.is_native}
    simple = {name.rpartition(".")[2] for name in classes}
    return frozenset(f"{escape(name)}.h" for name in classes | simple)


def _sum(one: Tally, other: Tally) -> LinkCounts:
    return LinkCounts(
        resolved=one.resolved + other.resolved,
        ambiguous=one.ambiguous + other.ambiguous,
        external=one.external + other.external,
        unknown=one.unknown + other.unknown,
    )


def _definitions(sites: Iterable[Site], languages: dict[str, Language]) -> tuple[Definition, ...]:
    """One definition for each file and qualified name that an edge points at; of overloads the first one used by line."""
    chosen: dict[tuple[str, str], Site] = {}
    for site in sites:
        key = (site.path, site.function.qualified_name)
        known = chosen.get(key)
        if known is None or site.function.start_line < known.function.start_line:
            chosen[key] = site
    return tuple(
        _definition(site, languages[site.path]) for _, site in sorted(chosen.items(), key=lambda item: item[0])
    )


def _definition(site: Site, language: Language) -> Definition:
    function = site.function
    return Definition(
        path=site.path,
        name=function.name,
        qualified_name=function.qualified_name,
        line=function.start_line,
        language=language,
        kind=function.kind,
        parameters=function.parameters,
        return_type=function.return_type,
        container=function.container,
        is_variadic=function.is_variadic,
        is_template=function.is_template,
        is_virtual=function.is_virtual,
        is_c_linkage=function.is_c_linkage,
    )
