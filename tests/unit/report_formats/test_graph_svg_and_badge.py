from __future__ import annotations

import json

from defusedxml import ElementTree

import builders
from rustplan.report.badge import render_badge_json
from rustplan.report.graph_formats import render_graph_svg
from sample_analysis import sample_analysis

SVG = "{http://www.w3.org/2000/svg}"


def test_the_graph_is_a_picture_with_every_unit() -> None:
    root = ElementTree.fromstring(render_graph_svg(builders.analysis()).encode())
    assert root.tag == f"{SVG}svg"
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert {"tls", "http", "buf", "Wave 1", "Wave 2", "In no wave"} <= set(words)
    assert root.find(f"{SVG}rect").attrib["fill"] == "#ffffff"


def test_what_is_not_drawn_is_said_inside_the_picture() -> None:
    root = ElementTree.fromstring(render_graph_svg(builders.large_analysis(60, 90, 40)).encode())
    last = list(root.iter(f"{SVG}text"))[-1]
    assert "more units are not drawn." in last.text
    assert float(last.attrib["y"]) < float(root.attrib["height"])


def test_a_graph_of_nothing_and_of_hostile_names_is_well_formed() -> None:
    assert "There are no components to draw." in render_graph_svg(builders.empty_analysis())
    root = ElementTree.fromstring(render_graph_svg(builders.hostile_analysis()).encode())
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg",
        "rect",
        "text",
        "path",
        "polygon",
        "title",
        "desc",
    }


def test_the_endpoint_says_the_number_and_does_not_judge() -> None:
    badge = json.loads(render_badge_json(sample_analysis()))
    assert badge == {"schemaVersion": 1, "label": "unsafe lines", "message": "1,600", "color": "0b5394"}
    assert json.loads(render_badge_json(builders.empty_analysis()))["message"] == "0"
