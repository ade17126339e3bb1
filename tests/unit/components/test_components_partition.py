"""What must hold for every tree: no file is lost or counted twice, and the order of the input does not matter."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.components import find_components
from rustplan.model.code_graph import CodeGraph, Edge, EdgeKind
from rustplan.model.component import ComponentGraph
from rustplan.model.facts import FileFacts, ParseCoverage
from rustplan.model.options import ComponentOptions
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import BuildTarget, Language, Project, Role, SourceFile, SourceTree, TargetKind

FOLDERS = ("", "src", "src/net", "lib", "lib/tls", "include", "third_party/z", "tests", "app/src/main/java/org/demo")
STEMS = ("http", "http2", "ftp_list", "Ftp", "zlib", "x")
SUFFIXES = {".c": Language.C, ".h": Language.C, ".cc": Language.CPP, ".java": Language.JAVA}

paths = st.builds(
    lambda folder, stem, suffix: f"{folder}/{stem}{suffix}".lstrip("/"),
    st.sampled_from(FOLDERS),
    st.sampled_from(STEMS),
    st.sampled_from(sorted(SUFFIXES)),
)
files = st.dictionaries(paths, st.tuples(st.sampled_from(list(Role)), st.integers(0, 9_000)), min_size=1, max_size=25)


@st.composite
def trees(draw):
    chosen = draw(files)
    names = sorted(chosen)
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names), st.sampled_from(list(EdgeKind)))
    edges = draw(st.lists(ends, max_size=30))
    target = BuildTarget(
        name="app",
        kind=draw(st.sampled_from(list(TargetKind))),
        system="cmake",
        manifest="app/CMakeLists.txt",
        sources=tuple(draw(st.lists(st.sampled_from(names), max_size=8, unique=True))),
    )
    return chosen, edges, target


def grouped(chosen, edges, target, *, seed: int) -> ComponentGraph:
    shuffled = random.Random(seed)
    names = sorted(chosen)
    shuffled.shuffle(names)
    sources = [
        SourceFile(path=name, language=SUFFIXES["." + name.rsplit(".", 1)[1]], role=chosen[name][0], size=1)
        for name in names
    ]
    scans = [
        FileScan(path=file.path, role=file.role, sha256="", facts=facts(file, chosen[file.path][1]))
        for file in sources
        if chosen[file.path][1]
    ]
    links = [
        Edge(dependent=one, dependency=other, kind=kind, symbol="s", line=1)
        for one, other, kind in edges
        if one != other
    ]
    tree = SourceTree(project=Project(name="demo"), files=tuple(sources), targets=(target,))
    return find_components(
        tree, TreeScan(files=tuple(scans)), CodeGraph(edges=tuple(sorted(links))), ComponentOptions()
    )


def facts(file: SourceFile, sloc: int) -> FileFacts:
    coverage = ParseCoverage(total_bytes=1, function_bytes=0, unread_bytes=0)
    return FileFacts(language=file.language, lines=sloc, sloc=sloc, coverage=coverage)


@settings(max_examples=60, deadline=None)
@given(trees())
def test_every_file_is_in_one_place_and_every_component_in_one_unit(tree):
    graph = grouped(*tree, seed=0)
    placed = [path for component in graph.components for path in component.files]
    names = [component.name for component in graph.components]

    assert sorted([*placed, *graph.unassigned]) == sorted(tree[0])
    assert len(set(names)) == len(names)
    assert sorted(name for unit in graph.units for name in unit.components) == sorted(names)
    source_lines = sum(sloc for role, sloc in tree[0].values() if role is Role.SOURCE)
    assert sum(component.sloc for component in graph.components) == source_lines


@settings(max_examples=30, deadline=None)
@given(trees(), st.integers(1, 9))
def test_the_order_of_the_input_changes_nothing(tree, seed):
    assert grouped(*tree, seed=seed) == grouped(*tree, seed=0)


@settings(max_examples=30, deadline=None)
@given(trees())
def test_a_unit_comes_after_the_units_it_needs_unless_a_cut_says_otherwise(tree):
    graph = grouped(*tree, seed=0)
    place = {name: index for index, unit in enumerate(graph.units) for name in unit.components}
    cuts = {(cut.dependent, cut.dependency) for unit in graph.units for cut in unit.cuts}
    firm = (EdgeKind.CALL, EdgeKind.GLOBAL, EdgeKind.IMPLEMENTS, EdgeKind.JNI)

    for dependency in graph.dependencies:
        if any(kind in dependency.parts for kind in firm):
            ends = (dependency.dependent, dependency.dependency)
            assert place[ends[1]] <= place[ends[0]] or ends in cuts
