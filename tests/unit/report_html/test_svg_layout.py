"""Charts as geometry: areas are true, nothing overlaps, no line runs under a node, few and many components alike."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from rustplan.model.finding import Track
from rustplan.model.options import ReportOptions
from rustplan.report.svg.axis import Team, ticks
from rustplan.report.svg.layers import COLUMN_GAP, NODE_HEIGHT, NODE_WIDTH, Edge, lay_out
from rustplan.report.svg.palette import (
    BAND_FILL,
    BAND_FILL_DARK,
    BAND_TEXT,
    BAND_TEXT_DARK,
    DIM,
    FOREGROUND,
    PAGE,
    PANEL,
    PARTS,
)
from rustplan.report.svg.quadrant import LEFTMOST, RADIUS, RIGHTMOST, Point, spread
from rustplan.report.svg.shapes import element, fit, label, text_width
from rustplan.report.svg.timeline import Bar, place
from rustplan.report.svg.treemap import Box, Tile, draw_treemap, squarify
from rustplan.report.view.dependencies import build_dependencies
from rustplan.report.view.lookup import PageIndex
from rustplan.report.view.priorities import build_map
from rustplan.report.view.roadmap import build_roadmap

areas = st.lists(st.floats(min_value=1, max_value=1e6), min_size=1, max_size=80)


@given(areas)
def test_treemap_areas_are_in_proportion_and_fill_the_space_without_overlap(sizes: list[float]) -> None:
    ordered = sorted(sizes, reverse=True)
    space = Box(0, 0, 900, 440)
    boxes = squarify(ordered, space)
    total = sum(ordered)
    for size, box in zip(ordered, boxes, strict=True):
        assert box.width * box.height == pytest.approx(size / total * 900 * 440, rel=1e-6, abs=1e-6)
        assert box.x >= -1e-6
        assert box.y >= -1e-6
        assert box.x + box.width <= 900 + 1e-6
        assert box.y + box.height <= 440 + 1e-6
    for one, other in itertools.combinations(boxes, 2):
        across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
        down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
        assert across <= 1e-6 or down <= 1e-6


def test_treemap_of_equal_parts_is_close_to_squares() -> None:
    boxes = squarify([1.0] * 12, Box(0, 0, 900, 440))
    assert all(max(box.width / box.height, box.height / box.width) < 2.0 for box in boxes)


def test_treemap_labels_stay_in_their_cells() -> None:
    tiles = [
        Tile(f"component/with/a/long/name_{size}", float(size), "high", "50", "1,000 lines")
        for size in range(60, 0, -1)
    ]
    drawing = str(draw_treemap(tiles, number=1, description=""))
    cells = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', drawing)
    boxes = [tuple(map(float, cell)) for cell in cells]
    for x, y, size, words in re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" font-size="(\d+)"[^>]*>([^<]*)</text>', drawing
    ):
        holding = [
            box for box in boxes if box[0] <= float(x) <= box[0] + box[2] and box[1] <= float(y) <= box[1] + box[3]
        ]
        assert any(float(x) + text_width(words, float(size)) <= box[0] + box[2] + 0.2 for box in holding), words


@st.composite
def layered(draw: st.DrawFn) -> tuple[list[int], list[Edge]]:
    columns = draw(st.lists(st.integers(min_value=1, max_value=6), min_size=1, max_size=24))
    pairs = st.tuples(st.integers(0, len(columns) - 1), st.integers(0, len(columns) - 1))
    edges = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=40, unique=True))
    return columns, [Edge(*pair) for pair in edges]


@settings(max_examples=40, deadline=None)
@given(layered())
def test_nodes_never_overlap_and_no_line_runs_under_one(graph: tuple[list[int], list[Edge]]) -> None:
    columns, edges = graph
    layout = lay_out(columns, edges)
    for one, other in itertools.combinations(layout.spots, 2):
        assert one.x != other.x or abs(one.y - other.y) >= NODE_HEIGHT
    for edge, route in zip(edges, layout.routes, strict=True):
        for end, node in ((route[0], edge.dependent), (route[-1], edge.dependency)):
            spot = layout.spots[node]
            assert end[0] in (spot.x, spot.x + NODE_WIDTH)
            assert spot.y < end[1] < spot.y + NODE_HEIGHT
        for start, end in itertools.pairwise(route):
            if start[0] == end[0]:
                continue
            left, right = sorted((start[0], end[0]))
            if right - left == COLUMN_GAP:
                continue
            assert start[1] == end[1], "a line crosses a column level"
            for spot in layout.spots:
                inside = left <= spot.x and spot.x + NODE_WIDTH <= right
                assert not (inside and spot.y <= start[1] <= spot.y + NODE_HEIGHT)


def test_layout_reduces_crossings_and_is_the_same_every_time() -> None:
    columns = [1] * 6 + [2] * 6
    edges = [Edge(6 + index, 5 - index) for index in range(6)]
    layout = lay_out(columns, edges)
    order = sorted(range(6), key=lambda node: layout.spots[node].y)
    facing = sorted(range(6, 12), key=lambda node: layout.spots[node].y)
    assert [11 - node for node in facing] == order
    assert lay_out(columns, edges) == layout


points = st.lists(
    st.tuples(st.floats(min_value=0.25, max_value=300), st.floats(min_value=0, max_value=100)), min_size=1, max_size=40
)


@settings(deadline=None)
@given(points)
def test_numbered_circles_never_meet(places: list[tuple[float, float]]) -> None:
    spots = spread([Point(rank, months, risk, "high") for rank, (months, risk) in enumerate(places, 1)], 350.0)
    circles = [spot for spot in spots if spot.is_numbered]
    assert len(circles) == (len(places) if len(places) <= 24 else 8)
    for one, other in itertools.combinations(circles, 2):
        assert math.dist((one.shown_x, one.shown_y), (other.shown_x, other.shown_y)) >= 2 * RADIUS
    assert all(spot.shown_y == spot.y for spot in circles)
    assert all(LEFTMOST <= spot.shown_x <= RIGHTMOST for spot in circles)


def test_circles_at_the_same_place_are_moved_apart_and_keep_their_true_point() -> None:
    spots = spread([Point(rank, 5.0, 50.0, "high") for rank in range(1, 11)], 30.0)
    assert len({(spot.x, spot.y) for spot in spots}) == 1
    assert (spots[0].shown_x, spots[0].shown_y) == (spots[0].x, spots[0].y)
    assert all(spot.shown_y == spot.y for spot in spots)


def test_waves_follow_each_other_and_what_is_not_estimated_moves_nothing() -> None:
    bars = [
        Bar("Wave 1", "", "", "", 2.0, 4.0, 9.0),
        Bar("Wave 2", "", "", "", None, None, None),
        Bar("Wave 3", "", "", "", 1.0, 3.0, 8.0),
    ]
    first, second, third = place(bars, Team(people=2.0))
    assert first == (0.0, 1.0, 2.0, 4.5)
    assert second is None
    assert third == (2.0, 2.5, 3.5, 6.0)


@pytest.mark.parametrize("last", [0.4, 1, 7, 30, 144, 2_000])
def test_ticks_reach_the_end_and_are_few(last: float) -> None:
    for team in (Team(), Team(2.0), Team(2.8, (2027, 2))):
        marks = ticks(team, last)
        assert marks[-1].month >= last
        assert 2 <= len(marks) <= 12
        assert [mark.month for mark in marks] == sorted({mark.month for mark in marks})
    assert ticks(Team(2.8, (2027, 1)), 6)[0].words == "Q1 2027"


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=80), st.floats(min_value=0, max_value=300)
)
def test_fitted_words_fit(words: str, width: float) -> None:
    shown = fit(words, width, 12)
    assert shown == "" or text_width(shown, 12) <= width


def test_elements_escape_words_and_attributes() -> None:
    made = element("rect", label("<b>&", 1, 2), class_='"><script>', x=1.25)
    assert '<rect class="&quot;&gt;&lt;script&gt;" x="1.2">' in made
    assert "&lt;b&gt;&amp;" in made


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_palette_has_the_contrast_it_promises() -> None:
    for fills, inks in ((BAND_FILL, BAND_TEXT), (BAND_FILL_DARK, BAND_TEXT_DARK)):
        for band, fill in fills.items():
            assert contrast(fill, inks[band]) >= 4.5, band
        shades = list(fills.values())
        assert all(contrast(one, other) >= 1.5 for one, other in itertools.pairwise(shades))
    assert contrast(FOREGROUND, PAGE) >= 7
    assert contrast(DIM, PAGE) >= 4.5
    assert contrast(DIM, PANEL) >= 4.5
    assert all(contrast("#ffffff", part) >= 4.5 for part in PARTS)


def test_style_sheet_colours_have_contrast_in_both_themes() -> None:
    from rustplan.resources import folder

    text = folder("report_templates").joinpath("report.css").read_text(encoding="utf-8")
    blocks = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r"\{[^{}]*--page:[^{}]*\}", text)
    ]
    assert len(blocks) == 3
    assert blocks[1] == blocks[2]
    for band in BAND_FILL:
        assert (blocks[0][band], blocks[0][f"{band}-ink"]) == (BAND_FILL[band], BAND_TEXT[band])
        assert (blocks[1][band], blocks[1][f"{band}-ink"]) == (BAND_FILL_DARK[band], BAND_TEXT_DARK[band])
    assert re.findall(r"\.part-\d \{ fill: (#[0-9a-f]{6})", text) == list(PARTS)
    for tokens in blocks[:2]:
        for ink in ("fg", "dim", "link", "accent", "sev-critical", "sev-high", "sev-medium", "good", "warn"):
            assert contrast(tokens[ink], tokens["page"]) >= 4.5, ink
        for ink in ("fg", "dim", "link"):
            assert contrast(tokens[ink], tokens["panel"]) >= 4.5, ink
        assert contrast(tokens["mark-fg"], tokens["mark"]) >= 4.5
        assert contrast(tokens["fg"], tokens["hit"]) >= 4.5
        assert contrast(tokens["strong-line"], tokens["page"]) >= 3
        for band in ("low", "moderate", "high", "severe"):
            assert contrast(tokens[band], tokens[f"{band}-ink"]) >= 4.5


@pytest.mark.parametrize("count", [1, 5, 24, 200])
def test_every_chart_is_drawn_for_few_and_for_many_components(count: int) -> None:
    index = PageIndex(builders.large_analysis(count * 2, count * 2, count), ReportOptions())
    dependencies = build_dependencies(index)
    drawing = str(dependencies.graph)
    assert drawing.count('height="46"') == min(count, 24) * 2
    assert (str(count - 24) in " ".join(dependencies.left_out)) == (count > 24)
    assert len(index.ranked[Track.MEMORY_SAFETY]) == count
    assert str(build_map(index).treemap).count("<rect") == min(count, 80)
    assert build_roadmap(index).timeline is not None
