from __future__ import annotations

import io
import json

import msgspec
import networkx
from defusedxml import ElementTree

from rustplan.model.component import ComponentGraph, Unit
from rustplan.report.graph_formats import render_dot, render_graph_json, render_graphml, render_mermaid
from sample_analysis import hostile_analysis, sample_analysis


def test_graphml_is_read_by_others() -> None:
    graph = networkx.read_graphml(io.BytesIO(render_graphml(sample_analysis()).encode()))
    names = {node: data["name"] for node, data in graph.nodes(data=True)}
    assert sorted(names.values()) == ["feed", "net/tls", "util"]
    ((source, target, data),) = graph.edges(data=True)
    assert (names[source], names[target], data["weight"], data["places"]) == ("net/tls", "util", 3.2, 4)


def test_graphml_of_hostile_names_is_well_formed() -> None:
    root = ElementTree.fromstring(render_graphml(hostile_analysis()))
    assert len(root.findall(".//{http://graphml.graphdrawing.org/xmlns}node")) == 3


def test_graph_json_has_nodes_edges_and_units() -> None:
    document = json.loads(render_graph_json(sample_analysis()))
    assert [node["name"] for node in document["nodes"]] == ["net/tls", "util", "feed"]
    assert document["nodes"][0] == {
        "name": "net/tls",
        "sloc": 1200,
        "unsafe_sloc": 1200,
        "risk": 87.0,
        "option": "rewrite",
        "wave": 1,
        "unit": "net/tls",
    }
    assert document["edges"] == [{"dependent": "net/tls", "dependency": "util", "weight": 3.2, "places": 4}]
    assert document["units"] == [["util"], ["net/tls"], ["feed"]]


def test_dot_quotes_and_frames_cycles() -> None:
    analysis = hostile_analysis()
    names = tuple(component.name for component in analysis.graph.components)
    graph: ComponentGraph = msgspec.structs.replace(
        analysis.graph, units=(Unit(components=names[:2]), Unit(components=names[2:]))
    )
    text = render_dot(msgspec.structs.replace(analysis, graph=graph))
    assert 'subgraph cluster_0 { label="cycle"; n0; n1; }' in text
    label = next(line for line in text.splitlines() if line.startswith("  n0 [label="))
    assert label.replace("\\\\", "").replace('\\"', "").count('"') == 2


def test_mermaid_labels_hold_no_syntax() -> None:
    label = next(line for line in render_mermaid(hostile_analysis()).splitlines() if line.startswith("  n0["))
    inner = label.removeprefix('  n0["').removesuffix('"]')
    assert not set('"[]|<>{}`') & set(inner)
