"""Ways between Java and native code beyond the prescribed names: registered tables, looked-up symbols, bound interfaces."""

import pytest
from link_cases import arrows, file, function, java_method, linked

from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.facts import NativeLink, NativeLinkKind

JNI = (("JNIEnv *", "env"), ("jclass", "type"))


def link(kind, name, target="", line=7):
    return NativeLink(NativeLinkKind(kind), name, line, target)


def codec(*names, container="org.acme.Codec", path="java/Codec.java", **more):
    methods = tuple(java_method(container, name, is_native=True, has_body=False, line=8) for name in names)
    return file(path, package="org.acme", types=[("Codec", ())], functions=methods, **more)


def jni(graph):
    return arrows(graph, EdgeKind.JNI)


def test_a_registered_table_leads_to_its_function_for_certain():
    native = file(
        "c/codec.c", functions=(function("do_encode", parameters=JNI),),
        native_links=(link("table", "encode", "do_encode"), link("class", "org.acme.Codec")),
    )  # fmt: skip
    assert jni(linked(codec("encode"), native)) == ["java/Codec.java -> c/codec.c: do_encode"]


def test_a_table_goes_before_a_naming_habit():
    native = file(
        "c/codec.c", functions=(function("acme_codec_encode", parameters=JNI), function("fast", parameters=JNI)),
        native_links=(link("table", "encode", "fast"), link("class", "org.acme.Codec")),
    )  # fmt: skip
    assert jni(linked(codec("encode"), native)) == ["java/Codec.java -> c/codec.c: fast"]


def test_the_prescribed_name_goes_before_a_table():
    native = file(
        "c/codec.c", functions=(function("Java_org_acme_Codec_encode", parameters=JNI), function("fast", parameters=JNI)),
        native_links=(link("table", "encode", "fast"),),
    )  # fmt: skip
    assert jni(linked(codec("encode"), native)) == ["java/Codec.java -> c/codec.c: Java_org_acme_Codec_encode"]


def test_the_class_tells_tables_with_the_same_method_apart():
    one = file(
        "c/one.c",
        functions=(function("a"),),
        native_links=(link("table", "open", "a"), link("class", "org.acme.Other")),
    )
    two = file(
        "c/two.c",
        functions=(function("b"),),
        native_links=(link("table", "open", "b"), link("class", "shaded.org.acme.Codec")),
    )
    assert jni(linked(codec("open"), one, two)) == ["java/Codec.java -> c/two.c: b"]


def test_a_table_of_another_class_is_not_meant():
    native = file(
        "c/one.c",
        functions=(function("a"),),
        native_links=(link("table", "open", "a"), link("class", "org.acme.Other")),
    )
    graph = linked(codec("open"), native)
    assert jni(graph) == []
    assert [(one.reference, one.edge) for one in graph.unresolved] == [("org.acme.Codec.open", EdgeKind.JNI)]


def test_a_macro_entry_leads_to_the_file_of_the_table():
    native = file("c/codec.c", native_links=(link("table-of-class", "open", "Codec"),))
    assert jni(linked(codec("open"), native)) == ["java/Codec.java -> c/codec.c: org.acme.Codec.open"]


def test_all_overloads_of_a_prescribed_name_are_linked():
    native = file(
        "c/codec.c",
        functions=(
            function("Java_org_acme_Codec_put__JJ", parameters=JNI),
            function("Java_org_acme_Codec_put___3B", parameters=JNI),
        ),
    )
    graph = linked(codec("put", "put"), native)
    assert {edge.symbol for edge in graph.edges} == {"Java_org_acme_Codec_put___3B", "Java_org_acme_Codec_put__JJ"}
    assert sum(edge.weight for edge in graph.edges) == pytest.approx(2.0)
    assert not any(edge.is_ambiguous for edge in graph.edges)


@pytest.mark.parametrize("kind", ["symbol", "bound"])
def test_a_name_that_is_looked_up_leads_to_the_exported_function(kind):
    java = codec(native_links=(link(kind, "acme_encode", line=5),))
    graph = linked(java, file("c/codec.c", functions=(function("acme_encode", parameters=2),)))
    assert jni(graph) == ["java/Codec.java -> c/codec.c: acme_encode"]
    assert [one.name for one in graph.definitions] == ["acme_encode"]


def test_what_a_library_hides_cannot_be_looked_up():
    java = codec(native_links=(link("symbol", "acme_encode"),))
    hidden = file("c/codec.c", functions=(function("acme_encode", is_exported=False),))
    mangled = file("c/codec.cc", functions=(function("acme_encode"),))
    assert jni(linked(java, hidden, mangled)) == []
    extern = file("c/codec.cc", functions=(function("acme_encode", is_c_linkage=True),))
    assert jni(linked(java, extern)) == ["java/Codec.java -> c/codec.cc: acme_encode"]


def test_names_from_elsewhere_are_listed():
    graph = linked(codec(native_links=(link("symbol", "strlen", line=3), link("symbol", "zoo_open", line=4))))
    assert [(one.reference, one.kind, one.line) for one in graph.unresolved] == [
        ("strlen", UnresolvedKind.SYSTEM, 3),
        ("zoo_open", UnresolvedKind.THIRD_PARTY, 4),
    ]


def test_direct_mapping_binds_native_methods_by_their_own_names():
    java = codec("acme_encode", native_links=(link("direct", ""),))
    native = file("c/codec.c", functions=(function("acme_encode", parameters=2),))
    assert jni(linked(java, native)) == ["java/Codec.java -> c/codec.c: acme_encode"]
