"""Wave graph: what can start in parallel, and what needs what? At most 24 units, one column for each wave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
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
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    heads: Sequence[tuple[int, str]],
    *,
    number: int,
    description: str,
    dashed: Set[Edge] = frozenset(),
) -> Markup:
    """Return the graph. `heads` are the words over each column, by column number; `dashed` edges are drawn so."""
    layout = lay_out([node.column for node in nodes], edges)
    order = {column: index for index, column in enumerate(sorted({node.column for node in nodes}))}
    return chart(
        *(_head(words, order[column]) for column, words in heads if column in order),
        *_edges(layout, [edge in dashed for edge in edges]),
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


def _edges(layout: Layout, dashed: Sequence[bool]) -> list[str]:
    """Lines first, each piece once however many edges share it, then the arrow heads. A piece is dashed when all its edges are."""
    pieces: dict[str, bool] = {}
    heads: dict[str, None] = {}
    lanes: dict[float, int] = defaultdict(int)
    for route, is_dashed in zip(layout.routes, dashed, strict=True):
        points = [(x + MARGIN, y + HEAD) for x, y in route]
        if len(points) == 2 and points[0][0] == points[1][0]:
            pieces[_bow(points[0], points[1], lanes[points[0][0]])] = is_dashed
            lanes[points[0][0]] += 1
            direction = 1.0
        else:
            for data in (_piece(*sorted(pair)) for pair in pairwise(points)):
                pieces[data] = is_dashed and pieces.get(data, True)
            direction = 1.0 if points[-2][0] > points[-1][0] else -1.0
        heads[_arrow(points[-1], direction)] = None
    drawn: dict[str, str | float] = {"fill": "none", "stroke": DIM, "stroke_width": 1.2, "class_": "s-dim edge"}
    lines = [
        element("path", d=data, **drawn, **({"stroke_dasharray": "5 3"} if is_dashed else {}))
        for data, is_dashed in pieces.items()
    ]
    return [*lines, *(element("polygon", points=head, fill=DIM, class_="f-dim") for head in heads)]


def _bow(start: tuple[float, float], end: tuple[float, float], lane: int) -> str:
    """An edge inside one column bows out to the right, each a little further than the last, so that they stay apart."""
    reach = 26 + min(lane, 6) * 9
    return path_of("M", *start, "C", start[0] + reach, start[1], end[0] + reach, end[1], end[0] + TIP, end[1])


def _piece(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Straight where it is level, else a curve that leaves and arrives level."""
    if start[1] == end[1]:
        return path_of("M", *start, "L", *end)
    middle = (start[0] + end[0]) / 2
    return path_of("M", *start, "C", middle, start[1], middle, end[1], *end)


def _arrow(tip: tuple[float, float], direction: float) -> str:
    back = tip[0] + direction * TIP
    return f"{tip[0]:.1f},{tip[1]:.1f} {back:.1f},{tip[1] - 3.5:.1f} {back:.1f},{tip[1] + 3.5:.1f}"
