"""Risk map: area is memory-unsafe code, shade is risk. Is the risk concentrated, and what would remain?"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import BAND_FILL, BAND_TEXT, PAGE
from rustplan.report.svg.shapes import chart, element, fit, label

WIDTH, HEIGHT = 900.0, 440.0
SPACE = 8.0


class Tile(NamedTuple):
    """One component on the map: `area` in code lines, `note` is what stands below the name, `title` what a pointer reads."""

    name: str
    area: float
    band: str
    figure: str
    note: str
    title: str = ""


class Box(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


def draw_treemap(tiles: Sequence[Tile], *, number: int, description: str) -> Markup:
    """Return the map of tiles, largest first at the upper left."""
    boxes = squarify([tile.area for tile in tiles], Box(0, 0, WIDTH, HEIGHT))
    cells = [_cell(tile, box) for tile, box in zip(tiles, boxes, strict=True)]
    return chart(
        *cells,
        number=number,
        title="Risk map: area is memory-unsafe lines, shade is risk",
        description=description,
        width=WIDTH,
        height=HEIGHT,
        kind="treemap",
    )


def squarify(areas: Sequence[float], space: Box) -> list[Box]:
    """Divide `space` in proportion to `areas` (descending, all > 0), row by row, each row as square as it gets."""
    boxes: list[Box] = []
    scale = space.width * space.height / sum(areas) if areas else 0.0
    rest = [area * scale for area in areas]
    while rest:
        side = min(space.width, space.height)
        count = 1
        while count < len(rest) and _worst(rest[: count + 1], side) <= _worst(rest[:count], side):
            count += 1
        placed, space = _lay_row(rest[:count], space)
        boxes.extend(placed)
        rest = rest[count:]
    return boxes


def _worst(row: Sequence[float], side: float) -> float:
    """The worst aspect ratio of a row along `side`."""
    total = sum(row)
    if total <= 0 or side <= 0:
        return float("inf")
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * max(min(row), 1e-9)))


def _lay_row(row: Sequence[float], space: Box) -> tuple[list[Box], Box]:
    """Place a row along the shorter side; return it with what is left of the space."""
    total = sum(row)
    if space.width >= space.height:
        depth = total / space.height if space.height else 0.0
        offset, boxes = space.y, []
        for area in row:
            length = area / depth if depth else 0.0
            boxes.append(Box(space.x, offset, depth, length))
            offset += length
        return boxes, Box(space.x + depth, space.y, max(0.0, space.width - depth), space.height)
    depth = total / space.width if space.width else 0.0
    offset, boxes = space.x, []
    for area in row:
        length = area / depth if depth else 0.0
        boxes.append(Box(offset, space.y, length, depth))
        offset += length
    return boxes, Box(space.x, space.y + depth, space.width, max(0.0, space.height - depth))


def _cell(tile: Tile, box: Box) -> str:
    fill, ink = BAND_FILL[tile.band], BAND_TEXT[tile.band]
    shape = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        fill=fill,
        stroke=PAGE,
        stroke_width=2,
        class_=f"fill band-{tile.band}",
    )
    title = element("title", escape(tile.title or tile.name))
    return element("g", title, shape, *_words(tile, box, ink))


def _words(tile: Tile, box: Box, ink: str) -> list[str]:
    """Name, figure and note as far as they fit; a cell without room keeps its shade, the table has the rest."""
    room = box.width - 2 * SPACE
    kind = f"ink-{tile.band}"
    words: list[str] = []
    if box.height >= 22 and (name := fit(tile.name, room, 12)):
        words.append(label(name, box.x + SPACE, box.y + 17, fill=ink, kind=kind, font_weight="600"))
        if box.height >= 48 and (figure := fit(tile.figure, room, 18)) == tile.figure:
            words.append(label(figure, box.x + SPACE, box.y + 39, size=18, fill=ink, kind=kind))
        if box.height >= 66 and fit(tile.note, room, 11) == tile.note:
            words.append(label(tile.note, box.x + SPACE, box.y + 57, size=11, fill=ink, kind=kind))
    elif box.height >= 18 and box.width >= 26 and fit(tile.figure, box.width - 6, 11) == tile.figure:
        words.append(label(tile.figure, box.x + 3, box.y + 14, size=11, fill=ink, kind=kind))
    return words
