"""The link between Java and native code: on the cards of both ends, in the dependency section, in the drawing and in the graph formats."""

from __future__ import annotations

import io
import json

import msgspec
import networkx
import pytest

import builders
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.model.source import Language
from rustplan.report.graph_formats import render_dot, render_graph_json, render_graphml, render_mermaid
from rustplan.report.html import render_html
from rustplan.report.markdown import render_markdown
from rustplan.report.svg.layers import Edge
from rustplan.report.svg.waves import Node, draw_waves
from rustplan.report.text import render_text
from rustplan.report.view.cards import build_cards
from rustplan.report.view.dependencies import build_dependencies
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.priorities import build_map
from rustplan.report.view.words import MECHANISM_WORDS
from rustplan.report.words import JAVA_ON_MEMORY_SAFETY, native_words


def linked(native: int = 240, looked_up: int = 0) -> Analysis:
    """The sample project with `feed` (Java) that calls native functions of `buf` (C)."""
    analysis = builders.analysis()
    edge = msgspec.structs.replace(
        builders.dependency("feed", "buf", native), native_functions=native, looked_up=looked_up
    )
    graph = msgspec.structs.replace(analysis.graph, dependencies=(*analysis.graph.dependencies, edge))
    return msgspec.structs.replace(analysis, graph=graph)


def test_both_cards_name_the_other_end() -> None:
    cards = {card.name: card for card in build_cards(PageIndex(linked(), ReportOptions()))}
    assert "; calls 240 native functions over JNI" in cards["feed"].depends_on[0].parts
    assert any("; its Java calls 240 native functions over JNI" in one.parts for one in cards["buf"].needed_by)
    assert not any("native" in one.parts for one in cards["http"].depends_on)


@pytest.mark.parametrize(
    ("native", "looked_up", "words"),
    [
        (1, 0, "1 native function over JNI"),
        (12, 12, "12 native functions by name (FFM, JNA or JNR)"),
        (12, 2, "10 native functions over JNI and 2 native functions by name (FFM, JNA or JNR)"),
        (0, 0, ""),
    ],
)
def test_the_way_is_named(native: int, looked_up: int, words: str) -> None:
    edge = msgspec.structs.replace(builders.dependency("a", "b"), native_functions=native, looked_up=looked_up)
    assert native_words(edge) == words


def test_the_dependency_section_lists_and_draws_it() -> None:
    view = build_dependencies(PageIndex(linked(), ReportOptions()))
    assert view.native == ("feed calls 240 native functions over JNI, in buf.",)
    assert "Dashed arrows lead from Java to native code." in str(view.graph)
    assert "stroke-dasharray" in str(view.graph)
    without = build_dependencies(PageIndex(builders.analysis(), ReportOptions()))
    assert without.native == ()
    assert "stroke-dasharray" not in str(without.graph)


def test_a_line_that_other_edges_share_is_not_dashed() -> None:
    nodes = [Node("a", "", "low", 1), Node("b", "", "low", 2)]
    edges = [Edge(0, 1), Edge(1, 0)]
    both = str(draw_waves(nodes, edges, [], number=1, description="", dashed=frozenset(edges)))
    assert "stroke-dasharray" in both
    one = str(draw_waves(nodes, edges, [], number=1, description="", dashed=frozenset(edges[:1])))
    assert "stroke-dasharray" not in one


def test_the_page_says_it() -> None:
    page = render_html(linked(), ReportOptions())
    assert "<h3>Java and native code</h3>" in page
    assert "a dashed one from Java to native code" in page
    assert "pure Java earns no memory-safety credit" in page
    assert "<h3>Java and native code</h3>" not in render_html(builders.analysis(), ReportOptions())


def test_graph_formats_carry_it() -> None:
    graph = networkx.read_graphml(io.BytesIO(render_graphml(linked()).encode()))
    assert [data["native_functions"] for *_, data in graph.edges(data=True) if "native_functions" in data] == [240]
    edges = json.loads(render_graph_json(linked()))["edges"]
    assert [edge["dependent"] for edge in edges if "native_functions" in edge] == ["feed"]
    assert 'label="240, 240 native", style=dashed' in render_dot(linked())
    assert "-. 240 native .->" in render_mermaid(linked())
    assert "native" not in render_mermaid(builders.analysis())


def test_sizes_of_java_on_the_track_are_those_of_its_raw_functions() -> None:
    analysis = builders.analysis()
    java = builders.component("bridge", 9_000, Language.JAVA, raw_java_sloc=123)
    graph = msgspec.structs.replace(analysis.graph, components=(*analysis.graph.components, java))
    card = builders.component_score("bridge", 12.0)
    scorecard = msgspec.structs.replace(analysis.scorecard, components=(*analysis.scorecard.components, card))
    changed = msgspec.structs.replace(analysis, graph=graph, scorecard=scorecard)
    row = next(line for line in render_text(changed).splitlines() if "bridge" in line)
    assert " 123 " in row
    assert "9,000" not in row
    assert JAVA_ON_MEMORY_SAFETY in render_markdown(changed)
    assert JAVA_ON_MEMORY_SAFETY not in render_markdown(analysis)
    assert "bridge: risk 12, 123 memory-unsafe lines" in str(build_map(PageIndex(changed, ReportOptions())).treemap)


def test_every_mechanism_of_the_seams_has_words() -> None:
    assert {"jni", "ffm", "wasm", "resident-loop", "process", "none"} <= set(MECHANISM_WORDS)
    assert MECHANISM_WORDS["wasm"] == "WebAssembly"
