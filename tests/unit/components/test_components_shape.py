"""What lies below and beside the map: cuts by line, cycles of files and packages, suggested splits, and who follows whom."""

from __future__ import annotations

from rustplan.model.code_graph import EdgeKind
from rustplan.model.options import ComponentOptions
from rustplan.model.source import BuildTarget, Role, TargetKind


def files_of(graph, name: str) -> tuple[str, ...]:
    return next(component.files for component in graph.components if component.name == name)


def owner_of(graph, path: str) -> str:
    return next(component.name for component in graph.components if path in component.files)


def module(name: str) -> BuildTarget:
    return BuildTarget(
        name=name,
        kind=TargetKind.MODULE,
        system="maven",
        manifest=f"{name}/pom.xml",
        sources=(f"{name}/src/main/java/",),
        confidence=0.85,
    )


def configured(**components: tuple[str, ...]) -> ComponentOptions:
    return ComponentOptions(components=components)


def test_an_expression_claims_files_beside_globs(find) -> None:
    sizes = {f"lib/{name}.c": 400 for name in ("vtls_a", "vtls_b", "vssh", "other")}
    graph = find(sizes, options=configured(tls=("regex: ^lib/vtls_[ab]\\.c$", "lib/vssh.c")))
    assert files_of(graph, "tls") == ("lib/vssh.c", "lib/vtls_a.c", "lib/vtls_b.c")


def test_cuts_name_the_lines_that_tie_before_the_includes(find, uses) -> None:
    sizes = {f"{folder}/{name}.c": 700 for folder in ("net", "url") for name in ("one", "two")} | {"url/url.h": 20}
    edges = [
        uses("net/one.c", "url/url.h", kind=EdgeKind.INCLUDE, weight=9, symbol="url.h", line=1),
        uses("net/one.c", "url/one.c", symbol="url_open", line=7),
        uses("net/one.c", "url/one.c", symbol="url_close", line=90, is_ambiguous=True),
        uses("url/two.c", "net/two.c", symbol="send", line=30, weight=40),
    ]
    options = configured(net=("net/**",), url=("url/**",))
    (cut,) = next(unit for unit in find(sizes, edges=edges, options=options).units if unit.is_cycle).cuts
    assert (cut.dependent, cut.dependency, cut.places, cut.firm) == ("net", "url", 3, 1)
    assert [(place.path, place.line, place.symbol) for place in cut.evidence] == [
        ("net/one.c", 7, "url_open"),
        ("net/one.c", 1, "url.h"),
        ("net/one.c", 90, "url_close"),
    ]


def test_files_of_one_component_in_a_cycle_are_told_with_their_cheapest_cut(find, uses) -> None:
    sizes = {"a/x.c": 300, "a/x.h": 20, "a/y.c": 300, "b/z.c": 300}
    edges = [
        uses("a/x.c", "a/y.c", weight=5),
        uses("a/y.c", "a/x.c", weight=1, symbol="back", line=12),
        uses("a/x.c", "a/x.h"),
        uses("a/x.h", "a/x.c"),
        uses("a/y.c", "b/z.c"),
    ]
    graph = find(sizes, edges=edges, options=configured(a=("a/**",), b=("b/**",)))
    (cycle,) = graph.inner_cycles
    assert (cycle.level, cycle.component, cycle.members) == ("file", "a", ("a/x.c", "a/y.c"))
    assert [(cut.dependent, cut.dependency, cut.evidence[0].line) for cut in cycle.cuts] == [("a/y.c", "a/x.c", 12)]
    assert graph.inner_cycles_found == 1


def test_java_packages_in_a_cycle_are_told_and_files_of_one_package_are_not(find, uses) -> None:
    paths = {"src/p/A.java": "p", "src/p/B.java": "p", "src/q/C.java": "q"}
    edges = [
        uses("src/p/A.java", "src/p/B.java"),
        uses("src/p/B.java", "src/p/A.java"),
        uses("src/p/A.java", "src/q/C.java", weight=3),
        uses("src/q/C.java", "src/p/B.java", line=8),
        uses("src/q/C.java", "src/p/A.java", is_ambiguous=True),
    ]
    (cycle,) = find(dict.fromkeys(paths, 200), edges=edges, packages=paths).inner_cycles
    assert (cycle.level, cycle.members) == ("package", ("p", "q"))
    assert [(cut.dependent, cut.dependency, cut.places) for cut in cycle.cuts] == [("q", "p", 1)]


def groups(count: int, size: int, uses) -> tuple[dict[str, int], list]:
    """`count` groups of `size` files that use each other, tied by one call each."""
    sizes = {f"big/{group}_{number}.c": 700 for group in "abcdef"[:count] for number in range(size)}
    edges = [
        uses(f"big/{group}_{one}.c", f"big/{group}_{two}.c", weight=3)
        for group in "abcdef"[:count]
        for one in range(size)
        for two in range(size)
        if one != two
    ]
    ties = [uses(f"big/{one}_0.c", f"big/{two}_0.c", weight=0.5) for one, two in zip("abcde", "bcdef", strict=True)]
    return sizes, edges + ties[: count - 1]


def test_a_large_component_that_falls_apart_gets_a_suggestion_and_stays_whole(find, uses) -> None:
    sizes, edges = groups(3, 8, uses)
    graph = find({**sizes, "big/lone.c": 10}, edges=edges, options=configured(big=("big/**",)))
    assert len(graph.components) == 1
    (found,) = graph.suggestions
    assert (found.component, found.runs, found.loose) == ("big", 10, 1)
    assert [(len(part.files), part.sloc) for part in found.parts] == [(8, 5_600)] * 3
    assert all(len({path[4] for path in part.files}) == 1 for part in found.parts)
    assert found.agreement == 1.0
    assert found.modularity > 0.6


def test_no_suggestion_without_size_or_without_agreement(find, uses) -> None:
    sizes, edges = groups(3, 6, uses)
    assert find(sizes, edges=edges, options=configured(big=("big/**",))).suggestions == ()
    names = [f"big/n{number:02}.c" for number in range(40)]
    ring = [uses(one, two) for one, two in zip(names, [*names[1:], names[0]], strict=True)]
    assert find(dict.fromkeys(names, 700), edges=ring, options=configured(big=("big/**",))).suggestions == ()


def test_small_folders_named_after_processors_are_one_component(find) -> None:
    sizes = {f"{folder}/filter.c": 400 for folder in ("arm", "powerpc", "intel", "docs")}
    sizes |= {f"core/{name}.c": 3_000 for name in ("read", "write", "info")}
    graph = find(sizes)
    assert files_of(graph, "arm+intel+powerpc") == ("arm/filter.c", "intel/filter.c", "powerpc/filter.c")
    assert owner_of(graph, "docs/filter.c") == "docs"
    assert "code for single processors" in next(one for one in graph.components if "+" in one.name).provenance.because


def test_a_generated_header_stays_with_the_file_of_its_name(find) -> None:
    sizes = {"crc32.c": 900, "crc32.h": 500, "deflate.c": 2_000, "inflate.c": 2_000, "trees.c": 1_500}
    graph = find(sizes, roles={"crc32.h": Role.GENERATED})
    assert owner_of(graph, "crc32.h") == owner_of(graph, "crc32.c")


def test_contributed_files_that_use_each_other_stay_together(find, uses) -> None:
    sizes = {"deflate.c": 1_500, "inflate.c": 1_500, "contrib/zip/zip.c": 300, "contrib/zip/unzip.c": 300}
    sizes |= {"contrib/zip/io.c": 100, "contrib/other/lone.c": 100}
    roles = {path: Role.EXAMPLE for path in sizes if path.startswith("contrib")}
    edges = [
        uses("contrib/zip/zip.c", "contrib/zip/io.c"),
        uses("contrib/zip/unzip.c", "contrib/zip/io.c"),
        uses("contrib/zip/zip.c", "deflate.c", weight=4),
        uses("contrib/zip/unzip.c", "inflate.c", weight=2),
        uses("contrib/other/lone.c", "inflate.c"),
    ]
    graph = find(sizes, edges=edges, roles=roles)
    assert {owner_of(graph, f"contrib/zip/{name}.c") for name in ("zip", "unzip", "io")} == {"deflate"}
    assert owner_of(graph, "contrib/other/lone.c") == "inflate"


def test_a_part_of_a_module_never_joins_another_module(find, uses) -> None:
    packages = {"handler/src/main/java/h/ssl/S.java": "h.ssl", "handler/src/main/java/h/log/L.java": "h.log"}
    packages |= {"handler/src/main/java/h/zip/Z.java": "h.zip", "common/src/main/java/c/C.java": "c"}
    sizes = dict(zip(packages, (9_000, 100, 7_000, 9_000), strict=True))
    edges = [uses("handler/src/main/java/h/log/L.java", "common/src/main/java/c/C.java", weight=9)]
    graph = find(sizes, edges=edges, packages=packages, targets=[module("handler"), module("common")])
    assert owner_of(graph, "handler/src/main/java/h/log/L.java").startswith("handler")


def test_a_java_module_of_ten_thousand_lines_is_divided_by_package(find) -> None:
    packages = {f"m/src/main/java/m/{name}/A.java": f"m.{name}" for name in ("codec", "net")}
    packages |= {f"n/src/main/java/n/{name}/A.java": f"n.{name}" for name in ("codec", "net")}
    sizes = dict(zip(packages, (6_000, 6_000, 4_000, 4_000), strict=True)) | {
        f"x{number}/a.c": 3_000 for number in range(4)
    }
    names = {one.name for one in find(sizes, packages=packages, targets=[module("m"), module("n")]).components}
    assert {"m/codec", "m/net", "n"} <= names


def test_two_files_that_mainly_use_each_other_are_one_family(find, uses) -> None:
    others = ("alpha", "omega", "zeta", "kappa", "lambda")
    sizes = {f"lib/{name}.c": 2_500 for name in ("reader", "chunks", *others)} | {"lib/error.c": 2_500}
    edges = [uses("lib/reader.c", "lib/chunks.c", weight=5)]
    edges += [uses(f"lib/{name}.c", "lib/error.c") for name in ("reader", "chunks")]
    edges += [uses(f"lib/{one}.c", f"lib/{two}.c") for one in others for two in (*others, "error") if one != two]
    graph = find(sizes, edges=edges)
    assert owner_of(graph, "lib/reader.c") == owner_of(graph, "lib/chunks.c")
    assert len({owner_of(graph, f"lib/{name}.c") for name in ("reader", *others)}) == 6


def test_helpers_that_most_families_use_are_in_no_family_of_their_own(find, uses) -> None:
    names = ("alpha", "omega", "zeta", "kappa", "delta")
    sizes = {f"lib/{name}.c": 4_000 for name in names} | {"lib/error.c": 600, "lib/log.c": 500}
    edges = [uses(f"lib/{name}.c", f"lib/{helper}.c") for name in names for helper in ("error", "log")]
    graph = find(sizes, edges=edges)
    assert owner_of(graph, "lib/error.c") == owner_of(graph, "lib/log.c")
    assert {owner_of(graph, f"lib/{name}.c") for name in names} == {f"lib/{name}" for name in names}
