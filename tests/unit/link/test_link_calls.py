"""Which C or C++ function a call means."""

from __future__ import annotations

import msgspec
from link_cases import arrows, call, file, function, linked, method

from rustplan.model.code_graph import EdgeKind
from rustplan.model.facts import FunctionKind, GlobalVariable, Macro
from rustplan.model.source import BuildTarget, Role, TargetKind


def calls(*files, targets=()):
    return arrows(linked(*files, targets=targets), EdgeKind.CALL)


def caller(path="x.c", *made, **facts):
    return file(path, functions=(function("run"),), calls=made or (call("work"),), **facts)


def test_a_static_of_the_same_file_wins_over_a_global():
    own = file("x.c", functions=(function("run"), function("work", is_exported=False)), calls=(call("work"),))
    graph = linked(own, file("y.c", functions=(function("work"),)))
    assert arrows(graph, EdgeKind.CALL) == []
    assert graph.calls.resolved == 1


def test_the_only_definition_is_meant():
    graph = linked(
        caller("x.c", call("work", line=7), call("work", line=5)), file("y.c", functions=(function("work"),))
    )
    (edge,) = graph.edges
    assert (edge.dependent, edge.dependency, edge.symbol, edge.line, edge.count) == ("x.c", "y.c", "work", 5, 2)
    assert (edge.weight, edge.is_ambiguous) == (2.0, False)
    assert graph.calls.resolved == 2


def test_statics_of_other_files_are_out_of_reach_unless_included():
    other = file("y.h", functions=(function("work", is_exported=False),))
    assert calls(caller(), other) == []
    assert calls(caller(includes=['"y.h"']), other) == ["x.c -> y.h: work"]
    between = file("z.h", includes=['"y.h"'])
    assert calls(caller(includes=['"z.h"']), between, other) == ["x.c -> y.h: work"]


def test_the_definition_whose_header_is_included_is_meant():
    found = calls(
        caller(includes=['"two/two.h"']),
        file("one/one.h", declares=["work"]),
        file("one/one.c", includes=['"one.h"'], functions=(function("work"),)),
        file("two/two.h", declares=["work"]),
        file("two/two.c", includes=['"two.h"'], functions=(function("work"),)),
    )
    assert found == ["x.c -> two/two.c: work"]


def test_then_the_same_target_then_the_nearest_folder():
    files = (
        caller("app/x.c"),
        file("one/y.c", functions=(function("work"),)),
        file("two/y.c", functions=(function("work"),)),
    )
    target = BuildTarget(
        name="app", kind=TargetKind.EXECUTABLE, system="make", manifest="Makefile", sources=("app/x.c", "two/y.c")
    )
    assert calls(*files, targets=(target,)) == ["app/x.c -> two/y.c: work"]
    assert calls(caller("two/sub/x.c"), *files[1:]) == ["two/sub/x.c -> two/y.c: work"]


def test_a_tie_is_shared_and_marked_and_a_crowd_makes_no_edge():
    graph = linked(caller(), *(file(f"{name}/y.c", functions=(function("work"),)) for name in ("one", "two")))
    assert arrows(graph, EdgeKind.CALL) == ["x.c -> one/y.c: work ?", "x.c -> two/y.c: work ?"]
    assert [edge.weight for edge in graph.edges] == [0.5, 0.5]
    assert graph.calls.ambiguous == 1
    crowd = linked(caller(), *(file(f"d{number}/y.c", functions=(function("work"),)) for number in range(6)))
    assert crowd.edges == ()
    assert crowd.calls.ambiguous == 1


def test_product_code_does_not_call_a_double():
    double = file("test/mock.c", role=Role.TEST, includes=['"work.h"'], functions=(function("work"),))
    real = file("far/away/y.c", functions=(function("work"),))
    assert calls(caller("src/x.c"), double, real) == ["src/x.c -> far/away/y.c: work"]
    assert calls(caller("test/x.c", role=Role.TEST), double, real) == ["test/x.c -> test/mock.c: work"]


def test_product_code_calls_a_test_only_for_want_of_anything_else_and_by_a_header_both_see():
    double = file("test/mock.c", role=Role.TEST, includes=['"work.h"'], functions=(function("work"),))
    header = file("src/work.h", declares=["work"])
    graph = linked(caller("src/x.c"), double, header)
    assert arrows(graph, EdgeKind.CALL) == []
    assert graph.calls.unknown == 1
    assert calls(caller("src/x.c", includes=['"work.h"']), double, header) == ["src/x.c -> test/mock.c: work ?"]


def test_vendored_code_stands_back():
    vendored = file("third_party/y.c", role=Role.VENDORED, functions=(function("work"),))
    assert calls(caller("src/x.c"), vendored, file("lib/y.c", functions=(function("work"),))) == [
        "src/x.c -> lib/y.c: work"
    ]
    assert calls(caller("src/x.c"), vendored) == ["src/x.c -> third_party/y.c: work"]


def test_a_library_name_means_the_library_unless_the_file_sees_the_replacement():
    own = file("tool/strdup.c", includes=['"strdup.h"'], functions=(function("strdup"),))
    header = file("tool/strdup.h", declares=["strdup"])
    graph = linked(caller("lib/x.c", call("strdup")), own, header)
    assert arrows(graph, EdgeKind.CALL) == []
    assert graph.calls.external == 1
    seen = caller("lib/x.c", call("strdup"), includes=['"tool/strdup.h"'])
    assert calls(seen, own, header) == ["lib/x.c -> tool/strdup.c: strdup"]


def test_main_is_never_called():
    graph = linked(caller("x.c", call("main")), file("y.c", functions=(function("main"),)))
    assert graph.edges == ()
    assert graph.calls.unknown == 1


def test_pointers_are_not_names():
    through_parameter = file(
        "x.c",
        functions=(function("run", parameters=(("callback", "work"),)),),
        calls=(call("work"), call("work", qualifier="ops")),
    )
    graph = linked(through_parameter, file("y.c", functions=(function("work"),)))
    assert graph.edges == ()
    assert graph.calls.unknown == 2


def test_an_address_taken_is_a_lighter_doubtful_call():
    user = file("x.c", address_taken=("work", "unseen", "nothing"), declares=["work"])
    graph = linked(user, file("y.c", functions=(function("work"), function("unseen"))))
    assert arrows(graph, EdgeKind.CALL) == ["x.c -> y.c: work ?"]
    assert graph.edges[0].weight == 0.5
    assert [definition.name for definition in graph.definitions] == ["work"]


def test_an_address_may_be_declared_in_a_header():
    user = file("x.c", address_taken=("work",), includes=['"y.h"'])
    files = (file("y.h", declares=["work"]), file("y.c", functions=(function("work"),), includes=['"y.h"']))
    assert calls(user, *files) == ["x.c -> y.c: work ?"]


def test_a_renaming_macro_in_sight_is_followed():
    names = file("names.h", aliases=[("fail", "lib_fail"), ("lib_fail", "lib_fail_now"), ("printf", "lib_printf")])
    real = file("y.c", functions=(function("lib_fail_now"), function("lib_printf")))
    made = (call("fail"), call("printf"))
    assert calls(caller("x.c", *made, includes=['"names.h"']), names, real) == [
        "x.c -> y.c: lib_fail_now",
        "x.c -> y.c: lib_printf",
    ]
    assert calls(caller("x.c", *made), names, real) == []


def test_renaming_in_a_circle_ends():
    circle = file("names.h", aliases=[("one", "two"), ("two", "one")])
    found = calls(caller("x.c", call("one"), includes=['"names.h"']), circle, file("y.c", functions=(function("one"),)))
    assert found == ["x.c -> y.c: one"]


def test_macros_are_no_calls():
    graph = linked(
        caller("x.c", call("MIN"), call("OWN"), macros=["OWN"]),
        file("m.h", macros=["MIN"]),
        file("y.c", functions=(function("OWN"),)),
    )
    assert graph.edges == ()
    assert graph.calls.resolved == 2


def test_the_rest_is_external_or_unknown():
    graph = linked(caller("x.c", call("memcpy"), call("memcpy"), call("SSL_read"), call("mystery")))
    assert (graph.calls.external, graph.calls.unknown) == (3, 1)


def test_cpp_goes_by_qualified_name():
    files = (
        file("a.cc", functions=(method("net::Socket", "dial"),)),
        file("b.cc", functions=(method("db::Socket", "dial"),)),
    )
    assert calls(caller("x.cc", call("dial", qualifier="net::Socket")), *files) == ["x.cc -> a.cc: net::Socket::dial"]
    both = ["x.cc -> a.cc: net::Socket::dial ?", "x.cc -> b.cc: db::Socket::dial ?"]
    assert calls(caller("x.cc", call("dial", qualifier="Socket")), *files) == both


def test_cpp_then_goes_by_name_and_arity():
    files = (
        file("peers.hpp", types=[("A", ()), ("B", ())]),
        file("a.cc", includes=['"peers.hpp"'], functions=(method("A", "send", parameters=1),)),
        file("b.cc", includes=['"peers.hpp"'], functions=(method("B", "send", parameters=2),)),
    )
    dialing = caller("x.cc", call("send", qualifier="peer", arguments=2), includes=['"peers.hpp"'])
    assert calls(dialing, *files) == ["x.cc -> b.cc: B::send"]


def test_cpp_members_of_classes_out_of_sight_are_not_meant():
    blind = caller("x.cc", call("send", qualifier="peer"))
    assert calls(blind, file("a.hpp", types=[("A", ())]), file("a.cc", functions=(method("A", "send"),))) == []


def test_cpp_a_class_of_the_same_last_name_elsewhere_is_not_in_sight():
    files = (
        file("iterator.hpp", types=[("Iterator", ())]),
        file("list.hpp", types=[("List", ()), ("Iterator", ())], functions=(method("List::Iterator", "seek"),)),
    )
    walking = caller("x.cc", call("seek", qualifier="it"), includes=['"iterator.hpp"'])
    assert calls(walking, *files) == []


def test_cpp_members_of_several_classes_in_sight_share_the_call():
    files = (
        file("both.hpp", types=[("A", ()), ("B", ())]),
        file("a.cc", includes=['"both.hpp"'], functions=(method("A", "ok"),)),
        file("b.cc", includes=['"both.hpp"'], functions=(method("B", "ok"),)),
    )
    asking = caller("x.cc", call("ok", qualifier="it"), includes=['"both.hpp"'])
    assert calls(asking, *files) == ["x.cc -> a.cc: A::ok ?", "x.cc -> b.cc: B::ok ?"]


def test_cpp_a_leading_scope_operator_means_the_outermost_scope():
    inner = file("crc.cc", functions=(function("extend", qualified_name="db::crc::extend"),))
    outer = file("lib.cc", functions=(function("extend", qualified_name="crc::extend"),))
    asking = caller("x.cc", call("extend", qualifier="::crc"))
    assert calls(asking, inner) == []
    assert calls(asking, inner, outer) == ["x.cc -> lib.cc: crc::extend"]


def test_cpp_members_of_the_standard_library_say_nothing():
    graph = linked(
        caller("x.cc", call("size", qualifier="text"), call("move", qualifier="std")),
        file("a.cc", functions=(method("Slice", "size"),)),
    )
    assert graph.edges == ()
    assert graph.calls.external == 2


def test_cpp_members_are_found_in_the_class_and_its_bases():
    derived = file(
        "d.cc",
        functions=(method("Derived", "run"),),
        calls=(call("helper"), call("deep", qualifier="this")),
        types=[("Derived", ("Base",))],
    )
    files = (
        derived,
        file("b.cc", functions=(method("Base", "helper"),)),
        file("g.cc", functions=(method("Ground", "deep"),)),
        file("o.cc", functions=(method("Other", "helper"), method("Other", "deep"))),
        file("b.hpp", types=[("Base", ("Ground<int>",))]),
        file("g.hpp", types=[("Ground", ())]),
    )
    graph = linked(*files)
    assert arrows(graph, EdgeKind.CALL) == ["d.cc -> b.cc: Base::helper", "d.cc -> g.cc: Ground::deep"]
    assert arrows(graph, EdgeKind.IMPLEMENTS) == ["b.hpp -> g.hpp: Ground", "d.cc -> b.hpp: Base"]


def test_cpp_constructors():
    made = file("a.cc", functions=(method("Codec", "Codec", kind=FunctionKind.CONSTRUCTOR),))
    assert calls(caller("x.cc", call("Codec", qualifier="new")), made) == ["x.cc -> a.cc: Codec::Codec"]


def test_c_sees_cpp_through_c_linkage_only():
    hidden = file("y.cc", functions=(function("work", qualified_name="ns::work"),))
    shown = file("y.cc", functions=(function("work", qualified_name="ns::work", is_c_linkage=True),))
    assert calls(caller(), hidden) == []
    assert calls(caller(), shown) == ["x.c -> y.cc: ns::work"]


def test_extern_variables_lead_to_their_definition():
    graph = linked(
        file("x.c", globals=(GlobalVariable(name="level", type="int", line=4, is_extern=True),)),
        file("level.h", globals=(GlobalVariable(name="level", type="int", line=2, is_extern=True),)),
        file("y.c", globals=(GlobalVariable(name="level", type="int", line=9),)),
    )
    assert arrows(graph, EdgeKind.GLOBAL) == ["x.c -> y.c: level"]
    assert graph.edges[0].weight == 0.5


def test_every_function_that_an_edge_points_at_has_its_definition():
    target = function("work", parameters=(("const char *", "text"),), return_type="int", line=12)
    graph = linked(caller(), file("y.c", functions=(function("other"), target)))
    (definition,) = graph.definitions
    assert (definition.path, definition.qualified_name, definition.line) == ("y.c", "work", 12)
    assert (definition.parameters, definition.return_type) == (target.parameters, "int")


def test_the_order_of_the_files_does_not_matter():
    files = [
        caller("x.c", call("work"), call("far")),
        file("one/y.c", functions=(function("work"),)),
        file("two/y.c", functions=(function("work"), function("far"))),
    ]
    assert linked(*files) == linked(*reversed(files))


def test_a_prefix_that_nothing_defines_is_not_followed():
    names = file("names.h", aliases=[("pack", "z_pack")], declares=["pack"])
    real = file("b/d.c", functions=(function("pack"),))
    assert calls(caller("a/m.c", call("pack"), includes=['"names.h"']), names, real) == ["a/m.c -> b/d.c: pack"]


def test_a_library_name_that_the_project_declares_and_defines_is_its_own():
    outer = file("outer.h", declares=["deflate"])
    real = file("y.c", includes=['"inner.h"'], functions=(function("deflate"),))
    inner = file("inner.h", includes=['"outer.h"'])
    assert calls(caller("x.c", call("deflate"), includes=['"outer.h"']), outer, inner, real) == ["x.c -> y.c: deflate"]


def with_wrappers(*pairs):
    made = file("w.h")
    macros = tuple(Macro(name=name, line=1, is_function_like=True, alias=other) for name, other in pairs)
    return msgspec.structs.replace(made, facts=msgspec.structs.replace(made.facts, macros=macros))


def test_a_macro_that_only_calls_is_followed_unless_it_may_do_nothing():
    real = file("y.c", functions=(function("open_", parameters=2), function("my_malloc", parameters=2)))
    user = caller("x.c", call("open_it", arguments=1), includes=['"w.h"'])
    assert calls(user, with_wrappers(("open_it", "open_")), real) == ["x.c -> y.c: open_"]
    assert calls(user, with_wrappers(("open_it", "open_"), ("open_it", "")), real) == []


def test_a_debug_stand_in_for_a_library_function_is_not_followed():
    real = file("y.c", functions=(function("my_malloc", parameters=2),))
    user = caller("x.c", call("malloc", arguments=1), includes=['"w.h"'])
    assert calls(user, with_wrappers(("malloc", "my_malloc")), real) == []


def test_a_header_of_macros_takes_no_address():
    header = file("names.h", address_taken=("work",), declares=["work"])
    assert calls(header, file("y.c", includes=['"names.h"'], functions=(function("work"),))) == []
