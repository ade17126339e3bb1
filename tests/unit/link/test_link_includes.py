"""Which file an include means."""

from __future__ import annotations

import pytest
from link_cases import arrows, file, linked

from rustplan.model.code_graph import EdgeKind, UnresolvedKind
from rustplan.model.source import BuildTarget, Role, TargetKind


def includes(*files, targets=()):
    return arrows(linked(*files, targets=targets), EdgeKind.INCLUDE)


def library(name, *, sources=(), directories=(), dependencies=()):
    return BuildTarget(
        name=name,
        kind=TargetKind.LIBRARY,
        system="cmake",
        manifest="CMakeLists.txt",
        sources=sources,
        include_directories=directories,
        dependencies=dependencies,
    )


def test_quotes_look_beside_the_file_first():
    found = includes(file("a/x.c", includes=['"util.h"']), file("a/util.h"), file("util.h"))
    assert found == ["a/x.c -> a/util.h: util.h"]


def test_dots_are_followed():
    found = includes(file("a/b/x.c", includes=['"../util.h"', '"./../b/own.h"']), file("a/util.h"), file("a/b/own.h"))
    assert found == ["a/b/x.c -> a/b/own.h: ./../b/own.h", "a/b/x.c -> a/util.h: ../util.h"]


def test_include_directories_of_the_files_own_target_win():
    found = includes(
        file("src/x.c", includes=["<util.h>"]),
        file("one/util.h"),
        file("two/util.h"),
        targets=(
            library("one", sources=("one/y.c",), directories=("one",)),
            library("x", sources=("src/x.c",), directories=("two/",)),
        ),
    )
    assert found == ["src/x.c -> two/util.h: util.h"]


def test_include_directories_of_all_targets_come_next():
    found = includes(
        file("src/x.c", includes=["<api/util.h>"]),
        file("inc/api/util.h"),
        file("old/api/util.h"),
        targets=(library("other", directories=("inc",)),),
    )
    assert found == ["src/x.c -> inc/api/util.h: api/util.h"]


def test_the_longest_suffix_decides_elsewhere():
    found = includes(
        file("src/x.c", includes=["<curl/curl.h>"]), file("include/curl/curl.h"), file("packages/os400/curl.h")
    )
    assert found == ["src/x.c -> include/curl/curl.h: curl/curl.h"]


def test_a_leading_folder_that_is_not_in_the_tree_is_dropped_but_never_the_last_one():
    found = includes(
        file("x.c", includes=['"project/net/wire.h"', '"elsewhere/only.h"']), file("net/wire.h"), file("lib/only.h")
    )
    assert found == ["x.c -> net/wire.h: project/net/wire.h"]


def test_ties_go_to_a_needed_target_then_to_the_nearest_folder():
    files = (file("app/x.c", includes=['"util.h"']), file("libs/one/util.h"), file("libs/two/util.h"))
    targets = (
        library("app", sources=("app/x.c",), dependencies=("two",)),
        library("one", sources=("libs/one/util.h",)),
        library("two", sources=("libs/two/",)),
    )
    assert includes(*files, targets=targets) == ["app/x.c -> libs/two/util.h: util.h"]
    near = (file("libs/two/src/x.c", includes=['"util.h"']), file("libs/one/util.h"), file("libs/two/inc/util.h"))
    assert includes(*near) == ["libs/two/src/x.c -> libs/two/inc/util.h: util.h"]


def test_a_remaining_tie_is_shared_and_marked():
    graph = linked(file("x.c", includes=['"util.h"']), file("one/util.h"), file("two/util.h"))
    assert arrows(graph, EdgeKind.INCLUDE) == ["x.c -> one/util.h: util.h ?", "x.c -> two/util.h: util.h ?"]
    assert [edge.weight for edge in graph.edges] == [0.1, 0.1]
    assert graph.includes.ambiguous == 1


def test_more_than_five_candidates_make_no_edge():
    graph = linked(file("x.c", includes=['"util.h"']), *(file(f"d{number}/util.h") for number in range(6)))
    assert graph.edges == ()
    assert graph.includes.ambiguous == 1


def test_product_code_includes_product_headers():
    found = includes(
        file("src/x.c", includes=['"util.h"']), file("lib/util.h"), file("src/test/util.h", role=Role.TEST)
    )
    assert found == ["src/x.c -> lib/util.h: util.h"]


def test_case_is_folded_only_as_a_last_resort():
    assert includes(file("x.c", includes=['"Wire.h"']), file("lib/wire.h")) == ["x.c -> lib/wire.h: Wire.h ?"]
    exact = includes(file("x.c", includes=['"Wire.h"']), file("lib/wire.h"), file("deep/er/Wire.h"))
    assert exact == ["x.c -> deep/er/Wire.h: Wire.h"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<stdio.h>", UnresolvedKind.SYSTEM),
        ("<sys/socket.h>", UnresolvedKind.SYSTEM),
        ("<Windows.h>", UnresolvedKind.SYSTEM),
        ("<vector>", UnresolvedKind.SYSTEM),
        ("<openssl/ssl.h>", UnresolvedKind.THIRD_PARTY),
        ('"config.h"', UnresolvedKind.GENERATED),
        ('"curl_config.h"', UnresolvedKind.GENERATED),
        ('"codec_export.h"', UnresolvedKind.GENERATED),
        ('"wire/frame.pb.h"', UnresolvedKind.GENERATED),
        ("PLATFORM_HEADER", UnresolvedKind.COMPUTED),
        ('"nowhere.h"', UnresolvedKind.UNKNOWN),
    ],
)
def test_what_leads_outside_is_named(text, kind):
    graph = linked(file("a.c", includes=[text, text]), file("b.c", includes=[text]))
    (missing,) = graph.unresolved
    assert (missing.kind, missing.edge, missing.path, missing.line, missing.count) == (
        kind,
        EdgeKind.INCLUDE,
        "a.c",
        1,
        3,
    )
    outside = {UnresolvedKind.SYSTEM, UnresolvedKind.THIRD_PARTY}
    assert (graph.includes.external, graph.includes.unknown) == ((3, 0) if kind in outside else (0, 3))


def test_a_header_of_the_system_is_not_taken_from_the_tree_unless_the_build_says_so():
    files = (file("src/x.c", includes=["<string.h>"]), file("compat/string.h"))
    assert includes(*files) == []
    stand_in = library("x", sources=("src/x.c",), directories=("compat",))
    assert includes(*files, targets=(stand_in,)) == ["src/x.c -> compat/string.h: string.h"]


def test_the_header_of_native_methods_is_generated():
    from link_cases import java_method

    graph = linked(
        file("x.c", includes=['"org_acme_Codec.h"']),
        file(
            "Codec.java",
            package="org.acme",
            functions=(java_method("org.acme.Codec", "encode", is_native=True, has_body=False),),
        ),
    )
    assert [(each.reference, each.kind) for each in graph.unresolved if each.edge is EdgeKind.INCLUDE] == [
        ("org_acme_Codec.h", UnresolvedKind.GENERATED)
    ]


def test_an_unknown_header_in_angle_brackets_is_of_a_third_party():
    graph = linked(file("x.c", includes=["<nobody/knows.h>", '"own_lost.h"']))
    assert {one.reference: one.kind.value for one in graph.unresolved} == {
        "nobody/knows.h": "third-party",
        "own_lost.h": "unknown",
    }
