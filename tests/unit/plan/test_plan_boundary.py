"""Crossings: both directions, the shape of each signature, the mechanism and its reason."""

from __future__ import annotations

import pytest

from plan_world import World, allocation_free_java, function
from rustplan.catalog import load_effort
from rustplan.model.code_graph import Definition, EdgeKind
from rustplan.model.facts import FunctionKind, Parameter
from rustplan.model.finding import Track
from rustplan.model.roadmap import Direction
from rustplan.model.source import Language, Role
from rustplan.plan.signature import known_types, shape_of, signature_text

KNOWN = known_types({"struct": {"png_struct", "Slice", "Item"}, "typedef": {"z_stream", "my_size"}})


def definition(types, *, returns="int", name="f", language=Language.C, **more):
    return Definition(
        path="a.c", name=name, qualified_name=name, line=1, language=language,
        parameters=tuple(Parameter(text, f"p{i}") for i, text in enumerate(types)), return_type=returns, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("types", "more", "shape"),
    [
        (("int", "unsigned long"), {}, "scalars"),
        ((), {"returns": "void"}, "scalars"),
        (("my_size",), {}, "scalars"),
        (("uint32_t", "size_t"), {"returns": "uint8_t"}, "scalars"),
        (("const unsigned char *", "size_t"), {}, "pointer-length"),
        (("int *",), {}, "pointer-length"),
        (("const char *",), {}, "pointer-length"),
        (("struct conn *",), {}, "struct-pointer"),
        (("void *",), {}, "struct-pointer"),
        (("z_streamp",), {}, "struct-pointer"),
        (("Item",), {}, "struct-pointer"),
        (("int", "void (*)(void *)"), {}, "callback"),
        (("write_callback",), {}, "callback"),
        (("struct conn *",), {"name": "conn_free", "returns": "void"}, "ownership"),
        (("int",), {"name": "conn_new", "returns": "struct conn *"}, "ownership"),
        (("char **",), {}, "ownership"),
        (("const char *",), {"is_variadic": True}, "variadic"),
        (("const char *", "va_list"), {}, "variadic"),
        (("std::string",), {"language": Language.CPP}, "class-value"),
        (("const Slice &",), {"language": Language.CPP}, "struct-pointer"),
        (("Slice",), {"language": Language.CPP}, "class-value"),
        (("std::unique_ptr<Item> &",), {"language": Language.CPP}, "class-value"),
        (("int",), {"language": Language.CPP, "kind": FunctionKind.METHOD}, "struct-pointer"),
        (("int",), {"language": Language.CPP, "is_template": True}, "template-or-virtual"),
        (("int",), {"language": Language.CPP, "is_virtual": True}, "template-or-virtual"),
        (("JNIEnv *", "jclass", "jlong", "jint"), {"name": "Java_p_A_f"}, "jni-primitive"),
        (("JNIEnv *", "jclass", "jobject"), {"name": "Java_p_A_f"}, "jni-object"),
        (("long", "byte[]", "ByteBuffer"), {"language": Language.JAVA}, "jni-primitive"),
        (("Map<String, Long>",), {"language": Language.JAVA}, "jni-object"),
    ],
)
def test_shapes(types, more, shape):
    assert shape_of(definition(types, **more), KNOWN) == shape


def test_every_shape_has_hours():
    hours = load_effort().crossings.hours
    assert {"scalars", "pointer-length", "struct-pointer", "ownership", "callback", "unknown"} <= set(hours)
    assert hours["scalars"] < hours["struct-pointer"] < hours["class-value"] < hours["template-or-virtual"]


def test_signatures_read_like_code():
    assert signature_text(definition(("char *", "size_t"), name="copy")) == "int copy(char * p0, size_t p1)"


def two_components():
    world = World().file("lib/a.c").file("app/main.c").file("util/u.c")
    world.define("lib/a.c", "decode", types=("char *", "size_t")).define("util/u.c", "log_it", types=("int",))
    world.edge("app/main.c", "lib/a.c", "decode", count=3).edge("util/u.c", "lib/a.c", "decode")
    return world.edge("lib/a.c", "util/u.c", "log_it").edge("lib/a.c", "util/u.c", "level", kind=EdgeKind.GLOBAL)


def test_crossings_go_both_ways_and_are_merged_by_symbol():
    boundary = two_components().step("lib").boundary
    found = {(c.symbol, c.direction): c for c in boundary.crossings}
    decode = found["decode", Direction.INBOUND]
    assert (decode.uses, decode.other, decode.shape, decode.path) == (4, "app", "pointer-length", "lib/a.c")
    assert found["log_it", Direction.OUTBOUND].hours == 0.5
    assert found["level", Direction.OUTBOUND].shape == "global"
    assert (boundary.inbound, boundary.outbound) == (1, 2)
    assert boundary.hours == 1 + 0.5 + 2
    assert boundary.mechanism == "c-abi"


def test_tests_stand_for_the_public_interface_only_when_nobody_else_calls():
    world = World().file("lib/a.c").file("lib/t.c", role=Role.TEST).define("lib/a.c", "api", types=("int",))
    boundary = world.edge("lib/t.c", "lib/a.c", "api").step("lib").boundary
    assert [(c.symbol, c.other) for c in boundary.crossings] == [("api", "tests and examples")]


def test_an_undefined_symbol_is_unknown_not_free():
    world = World().file("lib/a.c").file("app/main.c").edge("app/main.c", "lib/a.c", "MACRO")
    crossing = world.step("lib").boundary.crossings[0]
    assert (crossing.shape, crossing.hours) == ("unknown", 2)


def test_mechanisms_follow_what_crosses():
    alone = World().file("x/a.c").step("x").boundary
    assert (alone.mechanism, alone.crossings) == ("none", ())
    program = two_components().file("app/main.c", functions=[function("main")])
    caller = program.step("app").boundary
    assert caller.mechanism == "process"
    cpp = World().file("lib/a.cc", language=Language.CPP).file("app/m.cc", language=Language.CPP)
    cpp.define("lib/a.cc", "f", types=("std::string",), language=Language.CPP).edge("app/m.cc", "lib/a.cc", "f")
    assert cpp.step("lib").boundary.mechanism == "cxx"
    jni = allocation_free_java(World()).file("nat/n.c")
    jni.define("nat/n.c", "Java_p_A_f", types=("JNIEnv *", "jclass", "jlong"))
    jni.edge("j/A.java", "nat/n.c", "Java_p_A_f", kind=EdgeKind.JNI)
    assert jni.step("nat").boundary.mechanism == "jni"
    assert jni.step("j", Track.LATENCY).boundary.mechanism == "jni"
