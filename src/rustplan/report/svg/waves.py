"""Wave graph: what can start in parallel, and what needs what? At most 24 units, one column for each wave."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.layers import COLUMN_GAP, NODE_HEIGHT, NODE_WIDTH, Edge, Layout, lay_out
from rustplan.report.svg.palette import BAND_FILL, DIM, PANEL
from rustplan.report.svg.shapes import chart, element, fit, label, path_of

HEAD, MARGIN = 34.0, 10.0
TIP = 7.0


class Node(NamedTuple):
    """A unit: its name, a note below it, the band of its risk, and its column."""

    name: str
    note: str
    band: str
    column: int


def draw_waves(
    nodes: Sequence[Node], edges: Sequence[Edge], heads: Sequence[tuple[int, str]], *, number: int, description: str
) -> Markup:
    """Return the graph. `heads` are the words over each column, by column number."""
    layout = lay_out([node.column for node in nodes], edges)
    order = {column: index for index, column in enumerate(sorted({node.column for node in nodes}))}
    lanes = _lanes(layout)
    return chart(
        *(_head(words, order[column]) for column, words in heads if column in order),
        *(_edge(route, lane) for route, lane in zip(layout.routes, lanes, strict=True)),
        *(_node(node, spot.x + MARGIN, spot.y + HEAD) for node, spot in zip(nodes, layout.spots, strict=True)),
        number=number,
        title="Units by wave; an arrow points to what a unit needs",
        description=description,
        width=layout.width + 2 * MARGIN + COLUMN_GAP * 0.6,
        height=layout.height + HEAD + MARGIN,
        kind="wave-graph",
    )


def _head(words: str, index: int) -> str:
    return label(
        words, MARGIN + index * (NODE_WIDTH + COLUMN_GAP), 16, size=12, fill=DIM, kind="t-dim", font_weight="600"
    )


def _node(node: Node, x: float, y: float) -> str:
    room = NODE_WIDTH - 24
    return (
        element(
            "rect", x=x, y=y, width=NODE_WIDTH, height=NODE_HEIGHT, rx=5, fill=PANEL, stroke=DIM, class_="f-panel s-dim"
        )
        + element(
            "rect",
            x=x,
            y=y,
            width=7,
            height=NODE_HEIGHT,
            fill=BAND_FILL[node.band],
            stroke=DIM,
            class_=f"fill band-{node.band} s-dim",
        )
        + label(fit(node.name, room, 12) or "…", x + 15, y + 19, font_weight="600")
        + label(fit(node.note, room, 11), x + 15, y + 36, size=11, fill=DIM, kind="t-dim")
    )


def _lanes(layout: Layout) -> list[int]:
    """Edges inside one column bow out to the right, each a little further than the last, so that they stay apart."""
    used: dict[float, int] = {}
    lanes = []
    for route in layout.routes:
        is_beside = len(route) == 2 and route[0][0] == route[1][0]
        column = route[0][0]
        lanes.append(used.get(column, 0) if is_beside else -1)
        if is_beside:
            used[column] = used.get(column, 0) + 1
    return lanes


def _edge(route: tuple[tuple[float, float], ...], lane: int) -> str:
    """A curve in each gap between columns, a straight line through each column, an arrow head at the dependency."""
    points = [(x + MARGIN, y + HEAD) for x, y in route]
    end_x, end_y = points[-1]
    if lane >= 0:
        reach = 26 + min(lane, 6) * 9
        data = path_of(
            "M", *points[0], "C", points[0][0] + reach, points[0][1], end_x + reach, end_y, end_x + TIP, end_y
        )
        direction = 1.0
    else:
        direction = 1.0 if points[-2][0] > end_x else -1.0
        data = path_of("M", *points[0], *(part for pair in pairwise(points) for part in _piece(*pair)))
    line = element("path", d=data, fill="none", stroke=DIM, stroke_opacity="0.75", stroke_width=1.3, class_="s-dim")
    head = f"{end_x:.1f},{end_y:.1f} {end_x + direction * TIP:.1f},{end_y - 3.5:.1f} {end_x + direction * TIP:.1f},{end_y + 3.5:.1f}"
    return line + element("polygon", points=head, fill=DIM, class_="f-dim")


def _piece(start: tuple[float, float], end: tuple[float, float]) -> tuple[str | float, ...]:
    """Straight where it is level, else a curve that leaves and arrives level."""
    if start[1] == end[1]:
        return ("L", *end)
    middle = (start[0] + end[0]) / 2
    return ("C", middle, start[1], middle, end[1], *end)
