"""Quadrant of risk and effort: which component first? Numbers are ranks; the table below is the key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import BAND_FILL, BAND_TEXT, DIM, FOREGROUND, GRID
from rustplan.report.svg.shapes import chart, element, label, text_width

WIDTH, HEIGHT = 900.0, 470.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 24.0, 34.0, 76.0
RADIUS, DOT = 11.0, 4.0
LEAST_MONTHS = 0.25
RISK_LINE, EFFORT_LINE = 50.0, 3.0
CROWDED, NUMBERED_WHEN_CROWDED = 24, 8
APART = 2 * RADIUS + 1.5
LEFTMOST, RIGHTMOST = LEFT + RADIUS, WIDTH - RIGHT - RADIUS
_MARKS = (0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000)


class Point(NamedTuple):
    """A component: its rank, median person-months and risk."""

    rank: int
    months: float
    risk: float
    band: str


class Spot(NamedTuple):
    """Where a point is, and where its circle was put so that no two circles meet."""

    point: Point
    x: float
    y: float
    shown_x: float
    shown_y: float
    is_numbered: bool


def draw_quadrant(points: Sequence[Point], *, number: int, risk_name: str, description: str) -> Markup:
    """Return the quadrant. Guide lines stand at fixed values, so a re-run moves no component across one by itself."""
    most = max([point.months for point in points] + [10.0]) * 1.15
    spots = spread(points, most)
    dots = [spot for spot in spots if not spot.is_numbered]
    circles = [spot for spot in spots if spot.is_numbered]
    return chart(
        *_frame(most, risk_name),
        *(_dot(spot) for spot in dots),
        *(_leader(spot) for spot in circles),
        *(_circle(spot) for spot in reversed(circles)),
        number=number,
        title=f"{risk_name} and effort of each component, numbered by rank",
        description=description,
        width=WIDTH,
        height=HEIGHT,
        kind="quadrant",
    )


def spread(points: Sequence[Point], most: float) -> list[Spot]:
    """Move circles off each other, best rank first and only sideways, so that each stands at its risk; dots stay where they are."""
    limit = len(points) if len(points) <= CROWDED else NUMBERED_WHEN_CROWDED
    ordered = sorted(points, key=lambda point: point.rank)
    true = [(_x(point.months, most), _y(point.risk)) for point in ordered]
    numbered = [place for place, point in enumerate(ordered) if len(points) <= CROWDED or point.rank <= limit]
    moved = dict(zip(numbered, _sideways([true[place] for place in numbered]), strict=True))
    return [
        Spot(point, x, y, moved.get(place, x), y, is_numbered=place in moved)
        for place, (point, (x, y)) in enumerate(zip(ordered, true, strict=True))
    ]


def _sideways(places: Sequence[tuple[float, float]]) -> list[float]:
    """The x of each circle: the nearest one that is free, in order; all side by side when one finds no room."""
    taken: list[tuple[float, float]] = []
    for x, y in places:
        free = _free_x(x, y, taken)
        if free is None:
            return _side_by_side([x for x, _ in places])
        taken.append((free, y))
    return [x for x, _ in taken]


def _free_x(x: float, y: float, taken: Sequence[tuple[float, float]]) -> float | None:
    """The nearest free place at height y: the own one, or one that touches a circle in the way."""
    rows = [
        (other_x, math.sqrt(APART**2 - (other_y - y) ** 2)) for other_x, other_y in taken if abs(other_y - y) < APART
    ]
    touching = [other_x + side * gap for other_x, gap in rows for side in (-1, 1)]
    fitting = [
        place
        for place in (x, *touching)
        if LEFTMOST <= place <= RIGHTMOST and all(abs(place - other_x) >= gap - 1e-6 for other_x, gap in rows)
    ]
    return min(fitting, key=lambda place: (abs(place - x), place), default=None)


def _side_by_side(places: Sequence[float]) -> list[float]:
    """Every circle in a column of its own, as near to its place as the order from left to right allows."""
    moved = list(places)
    left = LEFTMOST
    order = sorted(range(len(places)), key=lambda place: (places[place], place))
    for place in order:
        moved[place] = left = max(moved[place], left)
        left += APART
    right = RIGHTMOST
    for place in reversed(order):
        moved[place] = right = min(moved[place], right)
        right -= APART
    return moved


def _x(months: float, most: float) -> float:
    share = math.log(max(months, LEAST_MONTHS) / LEAST_MONTHS) / math.log(most / LEAST_MONTHS)
    return LEFT + RADIUS + share * (WIDTH - RIGHT - LEFT - 2 * RADIUS)


def _y(risk: float) -> float:
    return HEIGHT - BOTTOM - RADIUS - min(max(risk, 0.0), 100.0) / 100 * (HEIGHT - TOP - BOTTOM - 2 * RADIUS)


def _frame(most: float, risk_name: str) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        element("rect", x=LEFT, y=TOP, width=right - LEFT, height=bottom - TOP, fill="none", stroke=GRID, class_="grid")
    ]
    for risk in (0, 25, 50, 75, 100):
        parts.append(label(str(risk), LEFT - 8, _y(risk) + 4, size=11, fill=DIM, kind="t-dim", text_anchor="end"))
    for months in _MARKS:
        if LEAST_MONTHS < months < most:
            x = _x(months, most)
            parts.append(element("line", x1=x, y1=bottom, x2=x, y2=bottom + 5, stroke=DIM, class_="s-dim"))
            parts.append(label(f"{months:g}", x, bottom + 18, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    across, up = _x(EFFORT_LINE, most), _y(RISK_LINE)
    dashes: dict[str, str | float] = {"stroke": DIM, "stroke_dasharray": "4 4", "class_": "s-dim"}
    parts.append(element("line", x1=across, y1=TOP, x2=across, y2=bottom, **dashes))
    parts.append(element("line", x1=LEFT, y1=up, x2=right, y2=up, **dashes))
    return [*parts, *_corner_words(across, risk_name), *_axis_words(risk_name)]


def _corner_words(across: float, risk_name: str) -> list[str]:
    """What the four fields are, from the axes alone, outside of the plot where no circle can cover it. The ranking says what to do."""
    top, bottom = TOP - 10, HEIGHT - BOTTOM + 38
    line = f"{EFFORT_LINE:g} person-months"
    half = text_width(line, 11) / 2
    is_free = across - half > LEFT + text_width(
        f"high {risk_name}, small effort", 13
    ) and across + half < WIDTH - RIGHT - text_width(f"high {risk_name}, large effort", 13)
    words = [label(line, across, top, size=11, fill=DIM, kind="t-dim", text_anchor="middle")] if is_free else []
    return [
        *words,
        label(f"high {risk_name}, small effort", LEFT, top, font_weight="600"),
        label(f"high {risk_name}, large effort", WIDTH - RIGHT, top, font_weight="600", text_anchor="end"),
        label(f"low {risk_name}, small effort", LEFT, bottom, font_weight="600"),
        label(f"low {risk_name}, large effort", WIDTH - RIGHT, bottom, font_weight="600", text_anchor="end"),
    ]


def _axis_words(risk_name: str) -> list[str]:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turn = f"rotate(-90 16 {middle:.1f})"
    return [
        label(
            "median effort in person-months, logarithmic",
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 10,
            size=11,
            fill=DIM,
            kind="t-dim",
            text_anchor="middle",
        ),
        label(risk_name, 16, middle, size=11, fill=DIM, kind="t-dim", text_anchor="middle", transform=turn),
    ]


def _dot(spot: Spot) -> str:
    return element("circle", cx=spot.x, cy=spot.y, r=DOT, fill=DIM, class_="f-dim")


def _leader(spot: Spot) -> str:
    if math.dist((spot.x, spot.y), (spot.shown_x, spot.shown_y)) < 2:
        return ""
    return element(
        "line", x1=spot.x, y1=spot.y, x2=spot.shown_x, y2=spot.shown_y, stroke=DIM, class_="s-dim"
    ) + element("circle", cx=spot.x, cy=spot.y, r=2, fill=FOREGROUND, class_="f-fg")


def _circle(spot: Spot) -> str:
    band = spot.point.band
    disc = element(
        "circle",
        cx=spot.shown_x,
        cy=spot.shown_y,
        r=RADIUS,
        fill=BAND_FILL[band],
        stroke=FOREGROUND,
        class_=f"fill band-{band} s-fg",
    )
    number = label(
        str(spot.point.rank),
        spot.shown_x,
        spot.shown_y + 4,
        size=11,
        fill=BAND_TEXT[band],
        kind=f"ink-{band}",
        text_anchor="middle",
        font_weight="600",
    )
    return disc + number
