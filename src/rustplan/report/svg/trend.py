"""Lines over several analyses: is it getting better? Dots are measured, a line joins neighbours, a gap stays a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import ACCENT, DIM, GRID
from rustplan.report.svg.shapes import chart, element, label, path_of, text_width

WIDTH, HEIGHT = 460.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 96.0, 22.0, 34.0
SAFE = "#0b57b5"
LEAST_GAP = 15.0


class Series(NamedTuple):
    """One line: its name ("" when it is alone), whether it is the good one, and its values by point (None where not known)."""

    name: str
    is_safe: bool
    values: tuple[float | None, ...]


class Axis(NamedTuple):
    """Where the points stand (0-1), what is written below them, and at which points the rules changed."""

    places: tuple[float, ...]
    words: tuple[str, ...]
    changes: tuple[int, ...] = ()


def draw_lines(
    series: Sequence[Series],
    axis: Axis,
    words: Callable[[float], str],
    *,
    number: int,
    title: str,
    description: str,
    top: float | None = None,
) -> Markup:
    """Return one chart whose scale begins at 0 and ends at `top`, or above the largest value. `words` writes a value."""
    known = [value for one in series for value in one.values if value is not None]
    high = top if top is not None else _round_up(max(known, default=1.0))
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def spot(place: int, value: float) -> tuple[float, float]:
        share = min(1.0, max(0.0, value / high))
        return LEFT + axis.places[place] * across, HEIGHT - BOTTOM - share * up

    return chart(
        *_frame(axis, high, words),
        *(part for one in series for part in _line(one, spot)),
        *_end_words(series, spot, words),
        number=number,
        title=title,
        description=description,
        width=WIDTH,
        height=HEIGHT,
        kind="line-chart",
    )


def _round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten: two grid lines then stand at round numbers."""
    scale = 1.0
    while scale * 10 <= value:
        scale *= 10
    while 0 < value < scale:
        scale /= 10
    return next((scale * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if scale * step >= value), 1.0) or 1.0


def _frame(axis: Axis, high: float, words: Callable[[float], str]) -> Iterable[str]:
    bottom = HEIGHT - BOTTOM
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - TOP)
        yield element("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke=GRID, class_="grid")
        yield label(words(high * share), LEFT - 8, y + 4, size=11, fill=DIM, kind="t-dim", text_anchor="end")
    for place in axis.changes:
        x = LEFT + axis.places[place] * (WIDTH - LEFT - RIGHT)
        yield element("line", x1=x, y1=TOP - 6, x2=x, y2=bottom, stroke=DIM, stroke_dasharray="3 3", class_="s-dim")
    yield from _dates(axis, bottom + 18)


def _dates(axis: Axis, y: float) -> Iterable[str]:
    """First and last always, of the others those that touch neither a neighbour nor the last."""
    if not axis.places:
        return
    spots = [LEFT + place * (WIDTH - LEFT - RIGHT) for place in axis.places]
    half = [text_width(words, 11) / 2 for words in axis.words]
    last = len(spots) - 1
    right = float("-inf")
    for place, (x, words) in enumerate(zip(spots, axis.words, strict=True)):
        is_clear = x - half[place] > right + 6
        is_before_last = place == last or x + half[place] + 6 < spots[last] - half[last]
        if is_clear and is_before_last:
            yield label(words, x, y, size=11, fill=DIM, kind="t-dim", text_anchor="middle")
            right = x + half[place]


def _line(one: Series, spot: Callable[[int, float], tuple[float, float]]) -> Iterable[str]:
    colour, name = (SAFE, "safe") if one.is_safe else (ACCENT, "accent")
    spots = [None if value is None else spot(place, value) for place, value in enumerate(one.values)]
    for start, end in pairwise(spots):
        if start is not None and end is not None:
            dash: dict[str, str] = {"stroke_dasharray": "2 3"} if one.is_safe else {}
            data = path_of("M", *start, "L", *end)
            yield element("path", d=data, fill="none", stroke=colour, stroke_width=2, class_=f"s-{name}", **dash)
    for place in spots:
        if place is not None:
            yield element("circle", cx=place[0], cy=place[1], r=3.5, fill=colour, class_=f"f-{name}")


def _end_words(
    series: Sequence[Series], spot: Callable[[int, float], tuple[float, float]], words: Callable[[float], str]
) -> Iterable[str]:
    """The last known value of each line, right of the drawing and never on top of another."""
    ends = []
    for one in series:
        last = next(
            ((place, value) for place, value in reversed(list(enumerate(one.values))) if value is not None), None
        )
        if last is not None:
            ends.append((spot(*last)[1], one, words(last[1])))
    ends.sort(key=lambda end: end[0])
    room = LEAST_GAP * (2 if any(one.name for one in series) else 1)
    heights = _apart([height + 4 for height, _, _ in ends], room)
    beside = WIDTH - RIGHT + 10
    for y, (_, one, value) in zip(heights, ends, strict=True):
        yield label(value, beside, y, size=12, font_weight="600")
        if one.name:
            yield label(one.name, beside, y + 13, size=11, fill=DIM, kind="t-dim")


def _apart(heights: list[float], room: float) -> list[float]:
    """The heights, from the top down, moved so that each has its room and none reaches the dates below the drawing."""
    lowest = HEIGHT - BOTTOM + 4 - (room - LEAST_GAP)
    for place in range(len(heights)):
        heights[place] = max(heights[place], heights[place - 1] + room if place else TOP)
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], lowest - room * (len(heights) - 1 - place))
    return heights
