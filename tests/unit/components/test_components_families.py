"""How one flat folder, and too small or too many groups, become components of a useful size."""

from rustplan.components.scale import scales_for
from rustplan.model.code_graph import EdgeKind
from rustplan.model.options import ComponentOptions


def names(graph) -> set[str]:
    return {component.name for component in graph.components}


def files_of(graph, name: str) -> tuple[str, ...]:
    return next(component.files for component in graph.components if component.name == name)


def test_a_flat_folder_is_divided_by_the_first_word_of_its_names(find):
    sizes = {"http.c": 900, "http2.c": 700, "http_proxy.c": 300, "ftp.c": 900, "ftp_list.c": 200, "cookie.c": 600}
    graph = find(sizes)

    assert names(graph) == {"http", "ftp", "cookie"}
    assert files_of(graph, "http") == ("http.c", "http2.c", "http_proxy.c")


def test_a_prefix_that_every_file_has_names_no_family(find):
    sizes = {f"png{word}.c": 700 for word in ("read", "rutil", "write", "mem")} | {"png.h": 40}
    graph = find(sizes)

    assert len(graph.components) >= 3
    assert "png" not in {component.name for component in graph.components if component.sloc > 1500}


def test_names_that_begin_alike_join_only_when_they_use_each_other(find, uses):
    sizes = {"inflate.c": 900, "inftrees.c": 250, "inffast.c": 250, "deflate.c": 900, "info.c": 400, "gun.c": 500}
    edges = [uses("inflate.c", "inftrees.c", weight=3), uses("inflate.c", "inffast.c", weight=3)]
    others = [uses(user, "info.c", weight=0.4) for user in ("deflate.c", "gun.c")]
    graph = find(sizes, edges=[*edges, *others])

    assert files_of(graph, "inflate") == ("inffast.c", "inflate.c", "inftrees.c")
    assert files_of(graph, "info") == ("info.c",)


def test_a_small_file_joins_the_one_neighbour_that_holds_its_coupling(find, uses):
    sizes = {"deflate.c": 900, "trees.c": 90, "server.c": 900, "queue.c": 900}
    edges = [uses("deflate.c", "trees.c", weight=9), uses("server.c", "trees.c"), uses("server.c", "queue.c", weight=2)]
    graph = find(sizes, edges=edges)

    assert files_of(graph, "deflate") == ("deflate.c", "trees.c")


def test_helpers_that_everybody_uses_stay_together(find, uses):
    sizes = {"alpha.c": 900, "beta.c": 900, "list.c": 30, "hash.c": 30, "dyn.c": 30}
    edges = [uses(user, helper) for user in ("alpha.c", "beta.c") for helper in ("list.c", "hash.c", "dyn.c")]
    graph = find(sizes, edges=edges, project="tool")

    assert files_of(graph, "tool") == ("dyn.c", "hash.c", "list.c")


def test_a_pair_of_source_and_header_is_never_split(find):
    sizes = {f"part{letter}.c": 800 for letter in "abc"} | {f"part{letter}.h": 50 for letter in "abc"}
    graph = find(sizes)

    for component in graph.components:
        stems = {path[:-2] for path in component.files}
        assert {f"{stem}{suffix}" for stem in stems for suffix in (".c", ".h")} == set(component.files)


def test_a_directory_below_the_smallest_size_joins_its_closest_sibling(find, uses):
    sizes = {"src/net/a.c": 500, "src/proto/b.c": 500, "src/glue/g.c": 12}
    graph = find(sizes, edges=[uses("src/proto/b.c", "src/glue/g.c")])

    assert names(graph) == {"net", "proto"}
    assert "src/glue/g.c" in files_of(graph, "proto")
    because = next(component.provenance.because for component in graph.components if component.name == "proto")
    assert "too small to plan for alone" in because


def test_a_small_directory_that_nothing_touches_stays(find):
    graph = find({"net/a.c": 500, "island/i.c": 12})

    assert names(graph) == {"net", "island"}


def test_no_more_than_sixty_components_when_they_are_coupled(find, uses):
    sizes = {f"d{number:03}/a.c": 400 + number for number in range(120)}
    edges = [uses(f"d{number:03}/a.c", f"d{number + 1:03}/a.c", kind=EdgeKind.INCLUDE) for number in range(119)]
    graph = find(sizes, edges=edges)

    assert len(graph.components) <= 60
    assert sum(component.sloc for component in graph.components) == sum(sizes.values())


def test_a_larger_granularity_makes_larger_components(find):
    sizes = {"http.c": 900, "ftp.c": 900, "smtp.c": 900}

    assert len(find(sizes).components) == 3
    assert len(find(sizes, options=ComponentOptions(granularity=4)).components) == 1


def test_limits_start_at_the_same_size_for_every_project():
    for sloc in (0, 4_999, 12_000, 5_000_000):
        scales = list(scales_for(sloc, 1.0))

        assert [scale.largest for scale in scales] == [15_000, 10_000, 5_000, 3_000, 2_000, 1_000]
        assert all(scale.smallest <= scale.comfortable < scale.largest < scale.largest_family for scale in scales)


def test_directories_are_not_split_when_they_are_enough(find):
    sizes = {f"{folder}/{letter}.c": 1_500 for folder in ("db", "table", "util", "port") for letter in "ab"}

    assert names(find(sizes)) == {"db", "table", "util", "port"}
