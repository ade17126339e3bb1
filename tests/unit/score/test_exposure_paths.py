"""From where data enters to where memory is at risk: sources, ways with their places, doubt that is said, and counts that are exact."""

from __future__ import annotations

import msgspec
import pytest

from plan_world import World, exposure, function, signal
from rustplan.model.code_graph import EdgeKind
from rustplan.model.exposure import InputKind, StepKind
from rustplan.model.facts import Call, Declaration, Macro
from rustplan.model.finding import Confidence
from rustplan.model.source import Language, Role

USED = (Call("pull", 900),)


def of(world, name):
    return next(one for one in world.score().exposures if one.component == name)


def reader(world=None, *, rule="reads-network", calls=(), macros=(), **more):
    """`pull` reads from the network at line 5; a test uses it, so that it is not idle."""
    world = world or World()
    world.file(
        "net/s.c", functions=[function("pull", types=("char *", "size_t"), returns="int")],
        findings=[signal("net/s.c", 5, function="pull", rule=rule, lines=(5,), **more)], calls=calls,
        macros=macros,
    )  # fmt: skip
    return world.file("t/t.c", role=Role.TEST, calls=USED)


def saying(message, finding):
    return msgspec.structs.replace(finding, message=message)


def unsafe(world, path, name, *, calls=(), lines=(20,), types=("char *",), **more):
    finding = exposure(path, lines[0], function=name, lines=lines)
    return world.file(path, functions=[function(name, types=types)], findings=[finding], calls=calls, **more)


def test_a_way_goes_back_to_a_caller_and_on_to_what_it_calls():
    world = reader()
    world.file(
        "app/a.c", functions=[function("fetch", types=("int",))],
        calls=(Call("pull", 7, 0), Call("parse", 9, 0)),
    )  # fmt: skip
    unsafe(world, "fmt/p.c", "parse", lines=(20, 21, 22))
    world.edge("app/a.c", "net/s.c", "pull").edge("app/a.c", "fmt/p.c", "parse")
    found = of(world, "fmt")
    assert found.distances.steps == (0, 0, 3, 0, 0)
    (path,) = found.paths
    assert (path.distance, path.is_ambiguous, path.places) == (2, False, 3)
    assert [(step.function, step.path, step.line, step.kind) for step in path.steps] == [
        ("pull", "net/s.c", 5, StepKind.SOURCE),
        ("fetch", "app/a.c", 7, StepKind.RETURNS),
        ("parse", "app/a.c", 9, StepKind.CALLS),
    ]
    assert (path.source.kind, path.path, path.line) == (InputKind.NETWORK, "fmt/p.c", 20)


def test_what_is_called_before_the_read_is_given_nothing():
    world = reader()
    world.file(
        "app/a.c", functions=[function("fetch", types=("int",))],
        calls=(Call("pull", 7, 0), Call("parse", 6, 0)),
    )  # fmt: skip
    unsafe(world, "fmt/p.c", "parse").edge("app/a.c", "net/s.c", "pull").edge("app/a.c", "fmt/p.c", "parse")
    assert of(world, "fmt").distances.no_way == 1


def test_in_a_loop_the_call_before_the_read_comes_after_it_too():
    world = reader()
    world.file(
        "app/a.c", functions=[function("fetch", types=("int",))],
        calls=(Call("pull", 7, 0, 2, "", 1), Call("parse", 6, 0, 1, "", 1)),
    )  # fmt: skip
    unsafe(world, "fmt/p.c", "parse").edge("app/a.c", "net/s.c", "pull").edge("app/a.c", "fmt/p.c", "parse")
    assert of(world, "fmt").paths[0].steps[-1].line == 6


def test_data_that_was_read_goes_back_three_calls_at_most():
    world = reader()
    callee, where = "pull", "net/s.c"
    for name in ("one", "two", "three", "four"):
        path = f"{name}/x.c"
        unsafe(world, path, name, calls=(Call(callee, 3, 0),)).edge(path, where, callee)
        callee, where = name, path
    assert [of(world, name).distances.steps for name in ("one", "two", "three")] == [
        (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 1, 0),
    ]  # fmt: skip
    assert of(world, "four").distances.no_way == 1


def test_a_function_that_takes_nothing_is_handed_nothing():
    world = reader(calls=(Call("tick", 9, 0),))
    unsafe(world, "clock/c.c", "tick", types=()).edge("net/s.c", "clock/c.c", "tick")
    assert of(world, "clock").distances.no_way == 1


def test_a_connection_is_handed_on_and_not_back():
    world = World().file(
        "srv/s.c", functions=[function("listen_on", types=("int",), returns="int")], address_taken=("listen_on",),
        findings=[saying("`accept`: data", signal("srv/s.c", 5, function="listen_on", lines=(5,)))],
        calls=(Call("accept", 5, 0), Call("serve", 6, 0)),
    )  # fmt: skip
    unsafe(world, "app/m.c", "start", calls=(Call("listen_on", 4, 0),)).edge("app/m.c", "srv/s.c", "listen_on")
    unsafe(world, "work/w.c", "serve").edge("srv/s.c", "work/w.c", "serve")
    assert of(world, "work").distances.steps[1] == 1
    assert of(world, "app").distances.no_way == 1


def test_a_call_with_several_targets_is_marked_and_a_sure_way_of_the_same_length_is_kept():
    world = reader(calls=(Call("parse", 9, 0), Call("check", 10, 0)))
    unsafe(world, "fmt/p.c", "parse")
    unsafe(world, "two/p.c", "check")
    world.edge("net/s.c", "fmt/p.c", "parse", is_ambiguous=True).edge("net/s.c", "two/p.c", "check")
    found = of(world, "fmt")
    assert found.paths[0].is_ambiguous
    assert found.paths[0].steps[-1].is_ambiguous
    assert found.distances.ambiguous == 1
    assert not of(world, "two").paths[0].is_ambiguous


def test_a_call_through_a_field_may_lead_to_functions_of_that_name_and_as_many_arguments():
    world = reader(calls=(Call("do_decode", 9, 0, 1, "s->ops"),))
    unsafe(world, "fmt/p.c", "gzip_decode", address_taken=("gzip_decode",))
    unsafe(world, "fmt2/p.c", "zstd_decode", types=("char *", "int"), address_taken=("zstd_decode",))
    assert of(world, "fmt").paths[0].steps[-1].is_ambiguous
    other = of(world, "fmt2").distances
    assert (other.no_way, other.by_pointer) == (1, 1)


@pytest.mark.parametrize(
    ("callee", "kind"),
    [
        ("fread", InputKind.FILE), ("getenv", InputKind.ENVIRONMENT), ("copy_from_user", InputKind.USER_SPACE),
        ("mq_receive", InputKind.IPC),
    ],
)  # fmt: skip
def test_kinds_of_sources_by_what_is_called(callee, kind):
    found_there = signal("in/i.c", 5, function="load", rule="untrusted-input", lines=(5,))
    finding = saying(f"`{callee}` brings in data", found_there)
    world = World().file(
        "in/i.c", functions=[function("load", types=("int",))], calls=(Call(callee, 5, 0),), address_taken=("load",),
        findings=[finding, exposure("in/i.c", 8, function="load")],
    )  # fmt: skip
    found = of(world, "in")
    assert [(one.kind, one.functions) for one in found.source_counts] == [(kind, 1)]
    assert (found.sources[0].symbol, found.paths[0].distance) == (callee, 0)


def test_own_configuration_and_randomness_are_no_sources():
    low = signal("a/a.c", 5, function="load_config", rule="untrusted-input", confidence=Confidence.LOW)
    world = World().file(
        "a/a.c", functions=[function("load_config"), function("random_seed", line=40)], address_taken=("load_config", "random_seed"),
        findings=[low, signal("a/a.c", 45, function="random_seed", rule="untrusted-input"), exposure("a/a.c", 8, function="load_config")],
    )  # fmt: skip
    assert of(world, "a").source_counts == ()


def test_a_close_that_empties_the_connection_is_no_source():
    world = World().file(
        "a/a.c", functions=[function("tls_close", types=("int",))], address_taken=("tls_close",),
        findings=[signal("a/a.c", 5, function="tls_close"), exposure("a/a.c", 8, function="tls_close")],
    )  # fmt: skip
    assert of(world, "a").source_counts == ()


def test_the_call_that_brought_the_data_is_not_a_way_back_in():
    world = World().file(
        "io/i.c", functions=[function("pull", types=("char *",), returns="int"), function("once", line=40, types=("char *",))],
        findings=[signal("io/i.c", 5, function="pull", lines=(5,)), exposure("io/i.c", 45, function="once")],
        calls=(Call("once", 3, 0),),
    )  # fmt: skip
    world.file("app/a.c", functions=[function("fetch", types=("int",))], calls=(Call("pull", 7, 0),))
    assert of(world.edge("app/a.c", "io/i.c", "pull"), "io").distances.no_way == 1


def test_local_sockets_are_other_processes():
    world = reader(confidence=Confidence.LOW)
    assert [one.kind for one in of(world, "net").source_counts] == [InputKind.IPC]


def test_a_fuzz_target_in_a_test_is_a_source_and_other_reads_of_tests_are_not():
    harness = [
        signal("fuzz/f.c", 1, rule="fuzz-harness"),
        signal("fuzz/f.c", 35, function="main", rule="untrusted-input"),
    ]
    world = World().file(
        "fuzz/f.c", role=Role.TEST, findings=harness,
        functions=[function("LLVMFuzzerTestOneInput", types=("char *",)), function("main", line=30, types=("int",))],
        calls=(Call("parse", 3, 0), Call("other", 36, 1)),
    )  # fmt: skip
    unsafe(world, "fmt/p.c", "parse").edge("fuzz/f.c", "fmt/p.c", "parse")
    unsafe(world, "far/p.c", "other").edge("fuzz/f.c", "far/p.c", "other")
    assert of(world, "fmt").paths[0].source.kind is InputKind.FUZZ_TARGET
    assert of(world, "far").distances.no_way == 1


def test_exported_functions_are_told_apart_from_data():
    world = World().file("include/api.h", component="api", declarations=(Declaration("open_it", 3),))
    unsafe(world, "lib/l.c", "open_it", calls=(Call("inner", 8, 0),))
    unsafe(world, "deep/d.c", "inner").edge("lib/l.c", "deep/d.c", "inner")
    deep = of(world, "deep")
    assert (deep.distances.no_way, deep.api_distances.steps) == (1, (0, 1, 0, 0, 0))
    assert deep.paths[0].source.kind is InputKind.EXPORTED_API
    assert deep.paths[0].source.symbol == "include/api.h"
    assert [(site.steps, site.steps_api) for site in deep.sites] == [(None, 1)]


def test_a_request_handler_in_java_is_a_source_of_what_it_calls():
    handler = function("p.H.find", types=("String",), container="p.H", annotations=("@GetMapping",))
    native = function("p.H.crunch", line=40, types=("byte[]",), is_native=True, has_body=False, container="p.H")
    world = World().file(
        "j/H.java", language=Language.JAVA, package="p", functions=(handler, native), calls=(Call("crunch", 5, 0, 1),),
        findings=[exposure("j/H.java", 40, function="p.H.crunch", rule="native-method")],
    )  # fmt: skip
    path = of(world, "j").paths[0]
    assert (path.source.kind, path.source.symbol) == (InputKind.HANDLER, "request handler")
    assert [step.function for step in path.steps] == ["p.H.find", "p.H.crunch"]


def test_the_code_behind_native_methods_is_entered_from_java_also_where_a_macro_names_it():
    native = function("p.A.crunch", line=40, types=("byte[]",), is_native=True, has_body=False, container="p.A")
    world = World().file("j/A.java", language=Language.JAVA, package="p", functions=(native,))
    unsafe(world, "c/c.c", "crunch")
    world.edge("j/A.java", "c/c.c", "p.A.crunch", kind=EdgeKind.JNI)
    world.edges[-1] = type(world.edges[-1])(
        dependent="j/A.java", dependency="c/c.c", kind=EdgeKind.JNI, symbol="p.A.crunch", line=40
    )
    assert [(one.kind, one.function) for one in of(world, "c").sources] == [(InputKind.JNI, "crunch")]


def test_loading_a_native_library_brings_no_data():
    world = World().file(
        "c/c.c", functions=[function("JNI_OnLoad", types=("JavaVM *",)), function("Java_p_A_b", line=40, types=("JNIEnv *",))],
        findings=[signal("c/c.c", 1, rule="jni-export", function=name) for name in ("JNI_OnLoad", "Java_p_A_b")],
    )  # fmt: skip
    assert [one.function for one in of(world, "c").sources] == ["Java_p_A_b"]


def test_a_macro_that_is_called_like_a_read_is_a_guess_and_the_way_says_so():
    world = reader()
    world.file(
        "io/i.c", functions=[function("fill", types=("char *", "size_t"), returns="int")], calls=(Call("sread", 6, 0),),
        findings=[exposure("io/i.c", 8, function="fill")], macros=(Macro("sread", 1, True),), address_taken=("fill",),
    )  # fmt: skip
    path = of(world, "io").paths[0]
    assert path.source.is_guess
    assert path.is_ambiguous


@pytest.mark.parametrize(("is_function_like", "is_doubted"), [(True, False), (False, True)])
def test_a_macro_without_arguments_may_stand_for_its_function_in_some_builds_only(is_function_like, is_doubted):
    world = reader(calls=(Call("bind_it", 9, 0, 1),), macros=(Macro("bind_it", 1, is_function_like, "wrapped_bind"),))
    unsafe(world, "os/o.c", "wrapped_bind").edge("net/s.c", "os/o.c", "wrapped_bind")
    assert of(world, "os").paths[0].is_ambiguous is is_doubted


def _called_like_a_receiver(*findings):
    world = reader().file(
        "io/i.c", functions=[function("chunk_read", types=("char *", "size_t"), returns="int")],
        findings=[exposure("io/i.c", 8, function="chunk_read", rule="length-by-hand"), *findings],
    )  # fmt: skip
    world.file("t/u.c", role=Role.TEST, calls=(Call("chunk_read", 1),))
    return of(world, "io")


def test_a_function_named_and_shaped_like_a_receiver_is_a_guess_unless_it_works_on_the_bytes_itself():
    assert _called_like_a_receiver().sources[0].is_guess
    assert _called_like_a_receiver(exposure("io/i.c", 9, function="chunk_read")).sources == ()


def test_counts_are_exact_where_ways_are_capped():
    names = [f"parse{number}" for number in range(40)]
    world = reader(calls=tuple(Call(name, 9 + at, 0) for at, name in enumerate(names)))
    world.file(
        "fmt/p.c", functions=[function(name, line=1 + 30 * at, types=("char *",)) for at, name in enumerate(names)],
        findings=[exposure("fmt/p.c", 5 + 30 * at, function=name) for at, name in enumerate(names)],
    )  # fmt: skip
    for name in names:
        world.edge("net/s.c", "fmt/p.c", name)
    found = of(world, "fmt")
    assert (found.distances.steps[1], found.functions) == (40, 40)
    assert len(found.paths) == 12


def test_places_outside_of_functions_are_counted_apart():
    world = reader().file("m/m.c", findings=[exposure("m/m.c", 3, lines=(3, 4))])
    found = of(world, "m")
    assert (found.distances.outside, found.distances.no_way, found.distances.total) == (2, 0, 2)
