"""Which source decides where a file belongs."""

import pytest

from rustplan.model.component import ComponentGraph
from rustplan.model.options import ComponentOptions
from rustplan.model.source import BuildTarget, Language, Role, TargetKind


def by_name(graph: ComponentGraph) -> dict[str, tuple[str, ...]]:
    return {component.name: component.files for component in graph.components}


def owner(graph: ComponentGraph, path: str) -> str | None:
    return next((component.name for component in graph.components if path in component.files), None)


def cmake(name: str, *sources: str, kind: TargetKind = TargetKind.LIBRARY, confidence: float = 0.75, external=()):
    return BuildTarget(
        name=name,
        kind=kind,
        system="cmake",
        manifest="CMakeLists.txt",
        sources=sources,
        external=external,
        confidence=confidence,
    )


def module(name: str, *roots: str) -> BuildTarget:
    return BuildTarget(
        name=name,
        kind=TargetKind.MODULE,
        system="maven",
        manifest=f"{name}/pom.xml",
        sources=roots,
        confidence=0.85,
    )


def test_source_folders_are_stripped_and_their_children_are_the_components(find):
    graph = find({"src/net/server.c": 300, "src/net/server.h": 20, "src/proto/parse.c": 200, "src/main.c": 120})

    assert by_name(graph) == {
        "net": ("src/net/server.c", "src/net/server.h"),
        "proto": ("src/proto/parse.c",),
        "src": ("src/main.c",),
    }
    assert graph.components[0].provenance.source == "directory"


def test_a_library_folder_is_opened_and_keeps_its_name(find):
    graph = find({"lib/vtls/openssl.c": 4000, "lib/vssh/libssh2.c": 3000, "lib/url.c": 3500})

    assert set(by_name(graph)) == {"lib", "lib/vtls", "lib/vssh"}


def test_the_configuration_wins_over_build_and_directories(find):
    options = ComponentOptions(components={"parser": ("src/proto/*.c", "src/net/frame.*"), "ghost": ("nowhere/**",)})
    graph = find(
        {"src/proto/parse.c": 200, "src/net/frame.c": 100, "src/net/server.c": 300, "src/log/log.c": 80},
        targets=[cmake("everything", "src/proto/parse.c", "src/net/frame.c")],
        options=options,
    )

    assert by_name(graph)["parser"] == ("src/net/frame.c", "src/proto/parse.c")
    parser = next(component for component in graph.components if component.name == "parser")
    assert parser.provenance.source == "config"
    assert parser.provenance.confidence == 1.0
    assert "src/proto/*.c" in parser.provenance.because
    assert "ghost" not in by_name(graph)


def test_the_first_configured_name_keeps_a_file_that_two_claim(find):
    options = ComponentOptions(components={"zeta": ("src/**",), "alpha": ("src/a.c",)})
    graph = find({"src/a.c": 100, "src/b.c": 100}, options=options)

    assert by_name(graph) == {"zeta": ("src/a.c", "src/b.c")}


def test_build_targets_of_a_useful_size_are_components(find):
    graph = find(
        {"code/a.c": 700, "code/b.c": 600, "code/c.c": 650},
        targets=[
            cmake("alpha", "code/a.c", external=("ssl",)),
            cmake("beta", "code/b.c"),
            cmake("gamma", "code/c.c"),
        ],
    )

    assert by_name(graph) == {"alpha": ("code/a.c",), "beta": ("code/b.c",), "gamma": ("code/c.c",)}
    assert graph.components[0].external == ("ssl",)
    assert graph.components[0].provenance.source == "cmake"


def test_one_giant_target_is_divided_by_directory(find):
    sizes = {"src/tls/a.c": 500, "src/ssh/b.c": 400, "src/core/c.c": 900}
    graph = find(sizes, targets=[cmake("whole", *sizes)])

    assert set(by_name(graph)) == {"tls", "ssh", "core"}
    assert all(component.aliases == ("whole",) for component in graph.components)


def test_many_tiny_targets_do_not_become_components(find):
    sizes = {f"tools/t{number:02}.c": 20 for number in range(20)} | {"core/core.c": 900}
    targets = [cmake(f"t{number:02}", f"tools/t{number:02}.c", kind=TargetKind.EXECUTABLE) for number in range(20)]
    graph = find(sizes, targets=targets)

    assert set(by_name(graph)) == {"core", "tools"}


def test_a_library_is_preferred_to_the_executable_that_also_compiles_the_file(find):
    sizes = {"x/a.c": 400, "x/main.c": 300, "y/other.c": 900}
    targets = [
        cmake("tool", "x/a.c", "x/main.c", kind=TargetKind.EXECUTABLE),
        cmake("liba", "x/a.c"),
    ]
    graph = find(sizes, targets=targets)

    assert owner(graph, "x/a.c") == "liba"
    assert next(c for c in graph.components if c.name == "liba").aliases == ("tool",)


def test_a_guessed_target_counts_only_when_it_is_not_the_only_one(find):
    sizes = {"x/a.c": 400, "x/b.c": 300, "y/c.c": 900}
    alone = find(sizes, targets=[cmake("one", "x/a.c", confidence=0.4)])
    pair = find(sizes, targets=[cmake("one", "x/a.c", confidence=0.4), cmake("two", "x/b.c", confidence=0.4)])

    assert set(by_name(alone)) == {"x", "y"}
    assert set(by_name(pair)) == {"one", "two", "y"}


def test_modules_are_components_and_a_large_one_is_divided_by_package(find):
    base = "codec/src/main/java/org/demo"
    sizes = {
        f"{base}/Codec.java": 900,
        f"{base}/http/Http.java": 9000,
        f"{base}/dns/Dns.java": 8000,
        "common/src/main/java/org/demo/Util.java": 14_000,
        "other/src/main/java/org/demo/Other.java": 60_000,
    }
    packages = {path: path.split("/java/")[1].rsplit("/", 1)[0].replace("/", ".") for path in sizes}
    targets = [module(name, f"{name}/src/main/java/") for name in ("codec", "common", "other")]
    graph = find(sizes, targets=targets, packages=packages)

    assert set(by_name(graph)) == {"codec", "codec/http", "codec/dns", "common", "other"}
    assert {component.provenance.source for component in graph.components} == {"maven"}


def test_a_program_does_not_own_the_library_files_it_compiles(find):
    sizes = {"src/tool.c": 400, "src/args.c": 300, "lib/list.c": 100, "lib/url.c": 900}
    graph = find(sizes, targets=[cmake("tool", "src/tool.c", "src/args.c", "lib/list.c", kind=TargetKind.EXECUTABLE)])

    assert by_name(graph)["tool"] == ("src/args.c", "src/tool.c")
    assert owner(graph, "lib/list.c") == "lib"


def test_native_code_of_a_module_stands_apart_from_its_java(find):
    sizes = {"epoll/src/main/java/org/demo/Epoll.java": 900, "epoll/src/main/c/epoll.c": 700}
    graph = find(sizes, targets=[module("epoll", "epoll/src/main/java/")])

    assert by_name(graph) == {
        "epoll": ("epoll/src/main/java/org/demo/Epoll.java",),
        "epoll/native": ("epoll/src/main/c/epoll.c",),
    }


def test_java_without_a_build_file_is_divided_by_package(find):
    sizes = {"src/main/java/org/demo/api/A.java": 300, "src/main/java/org/demo/impl/B.java": 500}
    packages = {path: path.split("/java/")[1].rsplit("/", 1)[0].replace("/", ".") for path in sizes}
    graph = find(sizes, packages=packages)

    assert len(graph.components) == 2
    assert {component.provenance.source for component in graph.components} == {"package"}


def test_vendored_code_is_its_own_component_and_counts_no_lines(find):
    graph = find(
        {"third_party/zlib/inflate.c": 1200, "third_party/zlib/zlib.h": 100, "src/main.c": 500},
        roles={"third_party/zlib/inflate.c": Role.VENDORED, "third_party/zlib/zlib.h": Role.VENDORED},
    )
    zlib = next(component for component in graph.components if component.name == "third_party/zlib")

    assert (zlib.sloc, zlib.vendored_sloc, zlib.languages) == (0, 1300, {})
    assert zlib.provenance.source == "vendored"


def test_own_headers_beside_vendored_ones_stay_own(find):
    graph = find(
        {"lib/inc/jni.h": 1600, "lib/inc/config.h": 60, "src/codec.cc": 700},
        roles={"lib/inc/jni.h": Role.VENDORED},
    )
    owner = {path: component for component in graph.components for path in component.files}
    assert owner["lib/inc/config.h"].provenance.source != "vendored"
    assert owner["lib/inc/jni.h"].sloc == 0


def test_a_makefile_program_does_not_claim_java(find):
    names = ("A", "B")
    targets = [
        BuildTarget(
            name=name,
            kind=TargetKind.EXECUTABLE,
            system="makefile",
            manifest="Makefile",
            confidence=0.4,
            sources=(f"src/{name}.java",),
        )
        for name in names
    ]
    graph = find({f"src/{name}.java": 600 for name in names}, targets=targets)
    assert "makefile" not in {component.provenance.source for component in graph.components}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/parse_test.c", Role.TEST),
        ("tests/test_parse.c", Role.TEST),
        ("tests/proto/anything.c", Role.TEST),
        ("src/proto/table.c", Role.GENERATED),
    ],
)
def test_tests_and_generated_files_follow_what_they_belong_to(find, path, role):
    graph = find({"src/proto/parse.c": 300, "src/net/server.c": 400, path: 90}, roles={path: role})

    assert owner(graph, path) == "proto"
    proto = next(component for component in graph.components if component.name == "proto")
    assert proto.sloc == 300
    assert proto.test_files == (1 if role is Role.TEST else 0)


def test_a_test_follows_the_code_it_calls_most(find, uses):
    edges = [uses("tests/all.c", "src/net/server.c", weight=1), uses("tests/all.c", "src/proto/parse.c", weight=5)]
    graph = find(
        {"src/proto/parse.c": 300, "src/net/server.c": 400, "tests/all.c": 90},
        roles={"tests/all.c": Role.TEST},
        edges=edges,
    )

    assert owner(graph, "tests/all.c") == "proto"
    assert graph.dependencies == ()


def test_build_output_and_unconnected_examples_are_unassigned(find):
    graph = find(
        {"src/a/a.c": 300, "out/gen.c": 10, "examples/hello.c": 10},
        roles={"out/gen.c": Role.BUILD_OUTPUT, "examples/hello.c": Role.EXAMPLE},
    )

    assert graph.unassigned == ("examples/hello.c", "out/gen.c")


def test_a_public_header_goes_where_its_functions_are_defined(find):
    graph = find(
        {"include/demo/api.h": 120, "src/net/server.c": 400, "src/proto/parse.c": 300},
        declared={"include/demo/api.h": ["demo_parse", "demo_free", "demo_listen"]},
        defined={"src/proto/parse.c": ["demo_parse", "demo_free"], "src/net/server.c": ["demo_listen"]},
    )

    assert owner(graph, "include/demo/api.h") == "proto"


def test_a_public_header_goes_with_its_twin(find):
    graph = find({"include/demo/parse.h": 120, "src/net/server.c": 400, "src/proto/parse.c": 300})

    assert owner(graph, "include/demo/parse.h") == "proto"


def test_headers_that_nothing_implements_are_not_lost(find):
    graph = find({"include/shapes.h": 120})

    assert by_name(graph) == {"include": ("include/shapes.h",)}
    assert graph.components[0].sloc == 120


def test_a_file_that_was_not_read_still_belongs_somewhere(find):
    graph = find({"src/net/server.c": 400, "src/net/huge.c": 9_999, "src/log/log.c": 90}, unread=["src/net/huge.c"])

    assert owner(graph, "src/net/huge.c") == "net"
    assert next(component for component in graph.components if component.name == "net").sloc == 400


def test_sizes_are_counted_by_language(find):
    graph = find({"src/mix/a.c": 100, "src/mix/b.cc": 200})

    assert graph.components[0].languages == {Language.C: 100, Language.CPP: 200}
    assert graph.components[0].unsafe_sloc == 300
    assert graph.components[0].functions == 2


def test_nothing_to_group_is_an_empty_graph(find):
    graph = find({})

    assert (graph.components, graph.dependencies, graph.units, graph.unassigned) == ((), (), (), ())


def test_names_are_unique_when_stripping_makes_them_alike(find):
    graph = find({"src/net/a.c": 300, "net/b.c": 300})

    assert set(by_name(graph)) == {"src/net", "net"}
