"""What crosses a border, kind by kind, read from small sources; and which tools carry it."""

from __future__ import annotations

import pytest
from xray_world import Tree

from language_facts import facts
from rustplan.catalog.binding_tools import load_binding_tools
from rustplan.model.boundary import Aspect, CrossingKind, Grade
from rustplan.model.code_graph import EdgeKind
from rustplan.model.finding import Finding, Kind
from rustplan.model.roadmap import Crossing, Direction
from rustplan.model.source import Language
from rustplan.plan.jni_side import declared_in_java, implements
from rustplan.plan.xray.advice import copies_of
from rustplan.plan.xray.ownership import verb_of
from rustplan.plan.xray.tools import case_of, choose, grade_of, verdicts, words_of

HEADER = """
typedef struct shape { int sides; } shape;
typedef struct hidden hidden;
typedef void (*on_done)(void *user, int code);
struct hooks { on_done done; };
extern int verbosity;
#define AREA(s) ((s)->sides * 2)
int shape_sides(const shape *s);
hidden *hidden_new(void);
void hidden_free(hidden *h);
int walk(struct hooks *h);
int fill(unsigned char *out, int length);
int report(const char *format, ...);
int by_value(shape s);
int later(on_done cb, void *user);
"""
BODY = """
#include "lib.h"
struct hidden { int x; };
int verbosity = 1;
int shape_sides(const shape *s) { return s->sides; }
hidden *hidden_new(void) { return 0; }
void hidden_free(hidden *h) { (void)h; }
int walk(struct hooks *h) { return 0; }
int fill(unsigned char *out, int length) { errno = EINVAL; return -1; }
int report(const char *format, ...) { return 0; }
int by_value(shape s) { return s.sides; }
int later(on_done cb, void *user) { return 0; }
int plain(int a, long b) { return a; }
"""
APP = """
#include "lib.h"
int main(void) {
    unsigned char b[4];
    if (fill(b, 4) < 0 && errno == EINVAL) return AREA(0);
    return plain(1, 2);
}
"""
FUNCTIONS = ("shape_sides", "hidden_new", "hidden_free", "walk", "fill", "report", "by_value", "later", "plain")


def library(**more):
    tree = Tree().source("lib/lib.h", HEADER, component="lib").source("lib/lib.c", BODY, component="lib", **more)
    tree.source("app/app.c", APP, component="app")
    for name in FUNCTIONS:
        tree.edge("app/app.c", "lib/lib.c", name, line=5)
    tree.edge("app/app.c", "lib/lib.h", "lib.h", EdgeKind.INCLUDE)
    return tree.edge("lib/lib.c", "lib/lib.h", "lib.h", EdgeKind.INCLUDE)


@pytest.mark.parametrize(
    ("symbol", "kinds"),
    [
        ("plain", set()),
        ("shape_sides", {"struct-by-pointer"}),
        ("hidden_new", {"opaque-pointer", "ownership"}),
        ("walk", {"struct-by-pointer", "callback"}),
        ("fill", {"buffer", "errno"}),
        ("report", {"buffer", "variadic"}),
        ("by_value", {"struct-by-value"}),
        ("later", {"buffer", "callback"}),
    ],
)
def test_kinds_of_functions(symbol, kinds):
    assert library().kinds("lib", symbol) == kinds


def test_both_sides_see_the_same_crossing():
    inbound, outbound = library().crossing("lib", "fill"), library().crossing("app", "fill")
    assert (inbound.direction, outbound.direction) == (Direction.INBOUND, Direction.OUTBOUND)
    assert (inbound.used_path, inbound.used_line, inbound.abi) == ("app/app.c", 5, "c")
    assert inbound.aspects == outbound.aspects


def test_a_counterpart_is_named_with_its_place():
    owned = next(a for a in library().crossing("lib", "hidden_new").aspects if a.kind is CrossingKind.OWNERSHIP)
    assert owned == Aspect(CrossingKind.OWNERSHIP, "made here, ended by hidden_free", "lib/lib.c", 7)


def test_errno_names_the_line_that_sets_it_and_the_one_that_tests_it():
    told = next(a for a in library().crossing("lib", "fill").aspects if a.kind is CrossingKind.ERRNO)
    assert (told.path, told.line, told.is_inferred) == ("lib/lib.c", 9, False)
    assert "app/app.c:5" in told.detail


def test_macros_and_variables_of_headers_carry_no_hours():
    boundary = library().boundary("lib")
    assert {(one.symbol, one.shape, one.hours) for one in boundary.beside} == {
        ("AREA", "macro", 0.0),
        ("verbosity", "global", 0.0),
    }
    assert boundary.hours == sum(one.hours for one in boundary.crossings)
    variable = next(one for one in boundary.beside if one.symbol == "verbosity")
    assert variable.aspects[0].is_inferred
    assert "can change" in variable.aspects[0].detail


def test_a_macro_crosses_outwards_for_its_user():
    outward = next(one for one in library().boundary("app").beside if one.symbol == "AREA")
    assert (outward.direction, outward.other, outward.uses) == (Direction.OUTBOUND, "lib", 1)


def test_the_cheapest_tools_for_c_are_one_for_each_direction():
    tree = library().source("util/u.c", "int level(void) { return 1; }", component="util")
    tree.edge("lib/lib.c", "util/u.c", "level")
    xray = tree.boundary("lib").xray
    assert xray.cheapest == ("bindgen", "cbindgen")
    assert [(case.symbol, case.kind, case.grade) for case in xray.hard] == [("report", CrossingKind.VARIADIC, Grade.NO)]
    assert xray.left == 1
    assert "1 crossing left to code by hand" in xray.because


def test_counts_hold_every_crossing_once_for_a_kind():
    xray = library().boundary("lib").xray
    counted = {one.kind: (one.inbound, one.outbound) for one in xray.kinds}
    assert counted[CrossingKind.FUNCTION] == (len(FUNCTIONS), 0)
    assert counted[CrossingKind.CALLBACK] == (2, 0)
    total = len(FUNCTIONS) + 2
    assert all(one.yes + one.with_care + one.no + one.unknown + one.beside == total for one in xray.verdicts)


def test_an_ambiguous_use_is_marked():
    tree = library()
    tree.edges = [edge for edge in tree.edges if edge.symbol != "plain"]
    tree.edge("app/app.c", "lib/lib.c", "plain", is_ambiguous=True)
    assert tree.crossing("lib", "plain").is_ambiguous
    assert tree.boundary("lib").xray.ambiguous == 1


def test_a_lock_makes_a_crossing_a_matter_of_threads():
    lock = Finding(
        rule="manual-locking", kind=Kind.EXPOSURE, path="lib/lib.c", line=8, column=1, end_line=8, end_column=2,
        message="", function="walk",
    )  # fmt: skip
    assert "thread" in library(findings=(lock,)).kinds("lib", "walk")
    assert "thread" not in library(findings=(lock,)).kinds("lib", "later")


def test_a_thread_start_reaches_the_callbacks_of_the_component():
    start = Finding(
        rule="thread-start", kind=Kind.EXPOSURE, path="lib/lib.c", line=13, column=1, end_line=13, end_column=2,
        message="", function="plain",
    )  # fmt: skip
    told = [a for a in library(findings=(start,)).crossing("lib", "later").aspects if a.kind is CrossingKind.THREAD]
    assert [(one.path, one.line, one.is_inferred) for one in told] == [("lib/lib.c", 13, True)]


def test_classes_templates_and_members_of_cpp():
    text = """
    #include <string>
    namespace a { class Db { public: int Get(std::string key); virtual int Put(); }; }
    int a::Db::Get(std::string key) { return 0; }
    extern "C" int db_version(void) { return 1; }
    """
    tree = Tree().source("lib/db.cc", text, component="lib").source("app/app.cc", "int main() {}", component="app")
    tree.edge("app/app.cc", "lib/db.cc", "a::Db::Get").edge("app/app.cc", "lib/db.cc", "db_version")
    assert tree.kinds("lib", "a::Db::Get") == {"method", "class-value"}
    assert tree.crossing("lib", "a::Db::Get").abi == "cpp"
    assert tree.crossing("lib", "db_version").abi == "c"


NATIVE = """
package p;
class Codec {
    static native int pack(byte[] in, String name, Object more);
    static native long newCodec();
    static native void freeCodec(long handle);
}
"""
JNI = """
#include <jni.h>
jint Java_p_Codec_pack(JNIEnv *e, jclass c, jobject in, jobject n, jobject m) { return 0; }
jlong Java_p_Codec_newCodec(JNIEnv *e, jclass c) { return 0; }
void Java_p_Codec_freeCodec(JNIEnv *e, jclass c, jlong h) { }
"""


def natives():
    tree = Tree().source("j/Codec.java", NATIVE, component="j").source("n/codec.c", JNI, component="n")
    for name in ("pack", "newCodec", "freeCodec"):
        tree.edge("j/Codec.java", "n/codec.c", f"Java_p_Codec_{name}", EdgeKind.JNI)
    return tree


def test_java_tells_what_jobject_hides():
    tree = natives()
    assert tree.kinds("n", "Java_p_Codec_pack", is_jni=True) == {"buffer", "java-string", "java-object"}
    assert tree.kinds("n", "Java_p_Codec_newCodec", is_jni=True) == {"ownership"}


def test_java_gets_a_java_tool_and_advice_on_copies():
    boundary = natives().boundary("n", is_jni=True)
    assert boundary.mechanism == "jni"
    assert boundary.runner_up == "ffm"
    assert boundary.xray.cheapest == ("jni-rs",)
    assert copies_of(next(one for one in boundary.crossings if "pack" in one.symbol)) == 3
    assert any("Java_p_Codec_pack" in words and "packed in one buffer" in words for words in boundary.xray.advice)


def test_overloads_are_told_apart_by_their_mangled_types():
    java = facts(
        Language.JAVA,
        "package p; class A { native int f(byte[] a, long b); native int f(java.nio.ByteBuffer a, int b); native int g(); }",
    )
    first = declared_in_java("Java_p_A_f___3BJ", java.functions)
    second = declared_in_java("Java_p_A_f__Ljava_nio_ByteBuffer_2I", java.functions)
    assert [one.type for one in first.parameters] == ["byte[]", "long"]
    assert second.parameters[1].type == "int"
    assert declared_in_java("Java_p_A_f", java.functions) is None
    assert declared_in_java("Java_p_A_g", java.functions).name == "g"


def test_the_class_decides_which_native_function_is_meant():
    native = facts(Language.C, "void n_A_free(void) {}\nvoid n_B_free(void) {}\nvoid other(void) {}").functions
    assert implements("p.B.free", native).name == "n_B_free"
    assert implements("p.C.free", native) is None


@pytest.mark.parametrize(
    ("name", "verb", "stem"),
    [
        ("png_create_read_struct", "create", "png_read_struct"),
        ("inflateInit2_", "init", "inflate"),
        ("inflateEnd", "end", "inflate"),
        ("AppendNumberTo", "", "AppendNumberTo"),
        ("gzopen", "open", "gz"),
        ("reopened_late", "", "reopened_late"),
        ("NewIterator", "new", "iterator"),
    ],
)
def test_verbs_of_owning(name, verb, stem):
    assert verb_of(name) == (verb, stem)


def crossing(symbol, *kinds, abi="c", direction=Direction.INBOUND):
    return Crossing(
        symbol=symbol, direction=direction, shape="scalars", hours=1.0, path="a.c", line=3, other="b", abi=abi,
        aspects=tuple(Aspect(kind) for kind in kinds),
    )  # fmt: skip


def test_a_crossing_takes_the_worst_grade_of_its_kinds():
    tools = load_binding_tools()
    case = case_of(crossing("f", CrossingKind.BUFFER, CrossingKind.VARIADIC), is_mirrored=False)
    assert grade_of(tools.named("cbindgen"), case) == (Grade.NO, CrossingKind.VARIADIC)
    assert grade_of(tools.named("bindgen"), case)[0] is Grade.BESIDE
    assert grade_of(tools.named("jni-rs"), case)[0] is Grade.BESIDE


def test_callbacks_into_cxx_depend_on_the_direction():
    cxx = load_binding_tools().named("cxx")
    assert cxx.cell(CrossingKind.CALLBACK, calls_rust=True).grade is Grade.NO
    assert cxx.cell(CrossingKind.CALLBACK, calls_rust=False).grade is Grade.WITH_CARE


def test_a_set_that_covers_all_beats_a_cheaper_one_that_does_not():
    tools = load_binding_tools()
    mixed = [crossing("f", CrossingKind.METHOD, abi="cpp"), crossing("g", CrossingKind.FUNCTION, abi="c")]
    choice = choose(tools, mixed, is_mirrored=False)
    assert sorted(tool.id for tool in choice.tools) == ["cbindgen", "cxx"]
    assert (choice.left, choice.unknown) == (0, 0)
    assert words_of(choice, 2).endswith("no cheaper set covers all.")


def test_mirrored_means_that_what_is_called_becomes_rust():
    outward = crossing("f", CrossingKind.FUNCTION, direction=Direction.OUTBOUND)
    assert not case_of(outward, is_mirrored=False).calls_rust
    assert case_of(outward, is_mirrored=True).calls_rust


def test_verdicts_do_not_depend_on_the_order_of_crossings():
    tools = load_binding_tools()
    some = [crossing(f"f{n}", list(CrossingKind)[n]) for n in range(12)]
    assert verdicts(tools, some, is_mirrored=False) == verdicts(tools, some[::-1], is_mirrored=False)


def test_the_catalogue_has_nine_tools_with_sources_and_says_unknown():
    tools = load_binding_tools()
    assert len(tools.tools) >= 9
    assert all(
        source.startswith(("https://", "benchmarks/", "catalog/"))
        for tool in tools.tools
        for source in tool.sources.values()
    )
    assert all(tool.covers.keys() and tool.read and 1 <= tool.setup <= 5 for tool in tools.tools)
    assert tools.named("bindgen").cell(CrossingKind.VIRTUAL, calls_rust=False).grade is Grade.UNKNOWN
