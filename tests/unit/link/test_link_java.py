"""Imports, supertypes and calls of Java, and the way to native code."""

from __future__ import annotations

import pytest
from link_cases import arrows, call, file, function, java_method, linked

from rustplan.link.jni import escape
from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import FunctionKind


def java(path, package, *, functions=(), **facts):
    """A file whose class has the file's name."""
    name = path.rpartition("/")[2].removesuffix(".java")
    types = [(name, facts.pop("extends", ()))]
    container = f"{package}.{name}"
    return file(
        path,
        package=package,
        types=types,
        functions=tuple(java_method(container, each) if isinstance(each, str) else each for each in functions),
        **facts,
    )


def calls(*files):
    return arrows(linked(*files), EdgeKind.CALL)


WIRE = java("wire/Frame.java", "wire", functions=("encodeFrame",))


def test_imports_lead_to_files_and_the_others_are_listed():
    graph = linked(
        java("app/Main.java", "app", imports=["wire.Frame", "java.util.List", "org.lib.Thing", "wire.*"]), WIRE
    )
    assert arrows(graph, EdgeKind.IMPORT) == ["app/Main.java -> wire/Frame.java: wire.Frame"]
    assert [(each.reference, each.kind) for each in graph.unresolved] == [
        ("java.util.List", UnresolvedKind.SYSTEM),
        ("org.lib.Thing", UnresolvedKind.THIRD_PARTY),
    ]
    assert (graph.includes.resolved, graph.includes.external) == (2, 2)


def test_static_and_nested_imports():
    nested = file(
        "wire/Frame.java", package="wire", types=[("Frame", ()), ("Frame$Header", ())], functions=WIRE.facts.functions
    )
    graph = linked(java("Main.java", "", imports=["static wire.Frame.encodeFrame", "wire.Frame.Header"]), nested)
    assert arrows(graph, EdgeKind.IMPORT) == [
        "Main.java -> wire/Frame.java: wire.Frame",
        "Main.java -> wire/Frame.java: wire.Frame$Header",
    ]


@pytest.mark.parametrize(
    ("package", "imports"), [("app", ["wire.Frame"]), ("wire", []), ("app", ["wire.*"])], ids=["import", "package", "*"]
)
def test_supertypes_and_class_names_are_found(package, imports):
    main = java(
        f"{package}/Main.java",
        package,
        imports=imports,
        extends=("Frame<T>", "Comparable<Main>"),
        functions=("run",),
        calls=(call("encodeFrame", qualifier="Frame"),),
    )
    graph = linked(main, WIRE)
    assert arrows(graph, EdgeKind.IMPLEMENTS) == [f"{package}/Main.java -> wire/Frame.java: wire.Frame"]
    assert arrows(graph, EdgeKind.CALL) == [f"{package}/Main.java -> wire/Frame.java: wire.Frame.encodeFrame"]


def test_without_import_another_package_is_not_meant():
    main = java("app/Main.java", "app", functions=("run",), calls=(call("encodeFrame", qualifier="Frame"),))
    assert calls(main, java("wire/Frame.java", "wire", functions=("other",))) == []


def test_new_leads_to_the_constructor_or_the_class():
    main = java(
        "app/Main.java",
        "app",
        imports=["wire.Frame"],
        functions=("run",),
        calls=(call("Frame", qualifier="new", arguments=1), call("ArrayList", qualifier="new")),
    )
    graph = linked(main, WIRE)
    assert arrows(graph, EdgeKind.CALL) == ["app/Main.java -> wire/Frame.java: wire.Frame.<init>"]
    assert graph.definitions == ()
    constructor = java_method("wire.Frame", "<init>", parameters=1, kind=FunctionKind.CONSTRUCTOR)
    graph = linked(main, java("wire/Frame.java", "wire", functions=(constructor,)))
    assert [definition.qualified_name for definition in graph.definitions] == ["wire.Frame.<init>"]


def test_the_receivers_type_is_read_from_parameters_and_fields():
    other = java("app/Other.java", "app", functions=("encodeFrame",))
    run = java_method("app.Main", "run", parameters=(("final Frame", "frame"),))
    main = java(
        "app/Main.java",
        "app",
        imports=["wire.Frame"],
        functions=(run,),
        calls=(call("encodeFrame", qualifier="frame"),),
    )
    assert calls(main, WIRE, other) == ["app/Main.java -> wire/Frame.java: wire.Frame.encodeFrame"]


def test_own_inherited_and_enclosing_methods():
    base = java("app/Base.java", "app", functions=("inherited", "close"))
    main = file(
        "app/Main.java",
        package="app",
        types=[("Main", ("Base",)), ("Main$Inner", ())],
        functions=(java_method("app.Main$Inner", "run"), java_method("app.Main", "own")),
        calls=(call("own"), call("inherited"), call("close", qualifier="super", caller=1), call("unheard")),
    )
    graph = linked(main, base)
    assert arrows(graph, EdgeKind.CALL) == [
        "app/Main.java -> app/Base.java: app.Base.close",
        "app/Main.java -> app/Base.java: app.Base.inherited",
    ]
    assert (graph.calls.resolved, graph.calls.unknown) == (3, 1)


def test_inheritance_may_be_circular():
    one = java("a/One.java", "a", extends=("Two",), functions=("run",), calls=(call("nothing"),))
    two = java("a/Two.java", "a", extends=("One",))
    graph = linked(one, two)
    assert graph.calls.unknown == 1
    assert len(arrows(graph, EdgeKind.IMPLEMENTS)) == 2


def test_a_static_import_is_called_by_its_bare_name():
    main = java(
        "app/Main.java",
        "app",
        imports=["static wire.Frame.encodeFrame"],
        functions=("run",),
        calls=(call("encodeFrame"),),
    )
    assert calls(main, WIRE) == ["app/Main.java -> wire/Frame.java: wire.Frame.encodeFrame"]


def test_an_unknown_receiver_makes_a_doubtful_edge_for_rare_names_only():
    main = java(
        "app/Main.java",
        "app",
        imports=["wire.Frame", "wire.Map"],
        functions=("run",),
        calls=(call("encodeFrame", qualifier="this.maker.make()"), call("get", qualifier="map")),
    )
    hidden = java("far/Frame.java", "far", functions=("encodeFrame",))
    graph = linked(main, WIRE, hidden, java("wire/Map.java", "wire", functions=("get",)))
    assert arrows(graph, EdgeKind.CALL) == ["app/Main.java -> wire/Frame.java: wire.Frame.encodeFrame ?"]
    assert (graph.calls.ambiguous, graph.calls.unknown) == (1, 1)


def test_types_in_signatures_are_needed():
    run = java_method("wire.Main", "run", parameters=(("List<String>", "names"),), return_type="Frame[]")
    graph = linked(java("wire/Main.java", "wire", functions=(run,)), WIRE)
    assert arrows(graph, EdgeKind.TYPE) == ["wire/Main.java -> wire/Frame.java: wire.Frame"]


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("org.acme.Codec", "org_acme_Codec"),
        ("get_size", "get_1size"),
        ("Outer$Inner", "Outer_00024Inner"),
        ("naïve", "na_000efve"),
        ("sig;[", "sig_2_3"),
        ("𝄞", "_0d834_0dd1e"),
    ],
)
def test_jni_escapes(name, escaped):
    assert escape(name) == escaped


def natively(method, symbol, parameters=(("JNIEnv *", "env"), ("jclass", "type"))):
    codec = file("jni/Codec.java", package="org.acme", types=[("Codec", ())], functions=(method,))
    return linked(codec, file("native/codec.cc", functions=(function(symbol, parameters=parameters),)))


def native_method(name, container="org.acme.Codec"):
    return java_method(container, name, is_native=True, has_body=False, line=8)


@pytest.mark.parametrize(
    ("method", "symbol"),
    [
        (native_method("encode"), "Java_org_acme_Codec_encode"),
        (native_method("raw_size"), "Java_org_acme_Codec_raw_1size"),
        (native_method("close", "org.acme.Codec$Handle"), "Java_org_acme_Codec_00024Handle_close"),
        (native_method("encode"), "Java_org_acme_Codec_encode___3BI"),
    ],
)
def test_native_methods_lead_to_their_code(method, symbol):
    graph = natively(method, symbol)
    (edge,) = graph.edges
    assert (edge.kind, edge.dependent, edge.dependency) == (EdgeKind.JNI, "jni/Codec.java", "native/codec.cc")
    assert (edge.symbol, edge.line, edge.weight, edge.is_ambiguous) == (symbol, 8, 1.0, False)
    assert [definition.name for definition in graph.definitions] == [symbol]


@pytest.mark.parametrize("symbol", ["acme_codec_encode", "codec_encode", "acme_native_encode", "acme_Codec_OnLoad"])
def test_registered_functions_are_found_by_their_usual_names(symbol):
    graph = natively(native_method("encode"), symbol)
    assert arrows(graph, EdgeKind.JNI) == [f"jni/Codec.java -> native/codec.cc: {symbol} ?"]
    assert natively(native_method("encode"), symbol, parameters=(("int", "n"),)).edges == ()


def test_a_native_method_without_code_is_listed():
    graph = natively(native_method("encode"), "Java_org_acme_Codec_encoder")
    assert arrows(graph, EdgeKind.JNI) == []
    (missing,) = graph.unresolved
    assert (missing.reference, missing.edge, missing.path, missing.line) == (
        "org.acme.Codec.encode",
        EdgeKind.JNI,
        "jni/Codec.java",
        8,
    )
