"""A dependency says how many native functions Java reaches over it, and how many of them it names itself."""

from rustplan.components.dependencies import find_dependencies
from rustplan.components.files import Inventory
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.component import Component, Provenance
from rustplan.model.facts import FileFacts, NativeLink, NativeLinkKind, ParseCoverage
from rustplan.model.source import Language, Role, SourceFile


def component(name, path):
    origin = Provenance(source="config", because="", confidence=1.0)
    return Component(name=name, files=(path,), provenance=origin, sloc=10, unsafe_sloc=0, languages={})


def reached(symbols, *, named=(), kind=EdgeKind.JNI, link=NativeLinkKind.SYMBOL):
    files = {"j/A.java": Language.JAVA, "c/a.c": Language.C}
    links = tuple(NativeLink(link, name, 3) for name in named)
    inventory = Inventory(
        files={path: SourceFile(path=path, language=language, role=Role.SOURCE, size=1) for path, language in files.items()},
        facts={
            "j/A.java": FileFacts(
                language=Language.JAVA, lines=9, sloc=9, native_links=links,
                coverage=ParseCoverage(total_bytes=9, function_bytes=9, unread_bytes=0),
            )
        },
    )  # fmt: skip
    edges = tuple(
        Edge(dependent="j/A.java", dependency="c/a.c", kind=kind, symbol=name, line=line)
        for line, name in enumerate(symbols, 1)
    )
    parts = (component("c", "c/a.c"), component("j", "j/A.java"))
    (dependency,), _, _ = find_dependencies(parts, CodeGraph(edges=edges), inventory)
    return dependency.native_functions, dependency.looked_up


def test_each_native_function_counts_once():
    assert reached(["Java_A_open", "Java_A_close", "Java_A_open"]) == (2, 0)


def test_what_java_names_itself_is_told_apart():
    assert reached(["Java_A_open", "frame_length", "frame_read"], named=["frame_length", "frame_read", "other"]) == (
        3,
        2,
    )


def test_other_edges_reach_no_native_function():
    assert reached(["open"], kind=EdgeKind.CALL) == (0, 0)


def test_native_methods_that_are_bound_by_name_are_no_jni():
    assert reached(["frame_length"], named=[""], link=NativeLinkKind.DIRECT) == (1, 1)
    assert reached(["frame_length"], named=["frames"], link=NativeLinkKind.LIBRARY) == (1, 0)
