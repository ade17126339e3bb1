"""Timeline with ranges: when may each wave start, and when may it end?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.axis import Team, ticks
from rustplan.report.svg.palette import ACCENT, DIM, GRID, PALE
from rustplan.report.svg.shapes import chart, element, fit, label

WIDTH = 900.0
LEFT, RIGHT, TOP, ROW = 190.0, 150.0, 34.0, 46.0


class Bar(NamedTuple):
    """One wave: words at its left and right, person-months as quantiles, None when not estimated."""

    name: str
    note: str
    gain: str
    detail: str
    p10: float | None
    p50: float | None
    p90: float | None


class Placed(NamedTuple):
    """Months at which a wave starts and may end."""

    start: float
    early: float
    middle: float
    late: float


def draw_timeline(bars: Sequence[Bar], team: Team, *, number: int, description: str) -> Markup:
    """Return the timeline: each wave begins at the median end of the one before."""
    places = place(bars, team)
    marks = ticks(team, max((spot.late for spot in places if spot), default=1.0))
    scale = (WIDTH - LEFT - RIGHT) / marks[-1].month
    height = TOP + ROW * len(bars) + 26
    return chart(
        *_grid(marks, scale, height),
        *(_row(bar, spot, index, scale) for index, (bar, spot) in enumerate(zip(bars, places, strict=True))),
        label(team.axis_words, LEFT, height - 6, size=11, fill=DIM, kind="t-dim"),
        number=number,
        title="Timeline of the waves, each as a range",
        description=description,
        width=WIDTH,
        height=height,
        kind="timeline",
    )


def place(bars: Sequence[Bar], team: Team) -> list[Placed | None]:
    """Put the waves one after another; a wave without an estimate has no place and moves nothing."""
    cursor = 0.0
    places: list[Placed | None] = []
    for bar in bars:
        if bar.p10 is None or bar.p50 is None or bar.p90 is None:
            places.append(None)
            continue
        ends = [cursor + team.months(quantile) for quantile in (bar.p10, bar.p50, bar.p90)]
        places.append(Placed(cursor, *ends))
        cursor = ends[1]
    return places


def _grid(marks: Sequence[tuple[float, str]], scale: float, height: float) -> list[str]:
    lines = []
    for month, words in marks:
        x = LEFT + month * scale
        lines.append(element("line", x1=x, y1=TOP - 6, x2=x, y2=height - 22, stroke=GRID, class_="grid"))
        lines.append(label(words, x, TOP - 12, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    return lines


def _row(bar: Bar, spot: Placed | None, index: int, scale: float) -> str:
    top = TOP + index * ROW
    words = (
        label(fit(bar.name, LEFT - 20, 13), 0, top + 19, size=13, font_weight="600")
        + label(fit(bar.note, LEFT - 20, 11), 0, top + 35, size=11, fill=DIM, kind="t-dim")
        + label(fit(bar.gain, RIGHT - 14, 12), WIDTH - RIGHT + 14, top + 19)
        + label(fit(bar.detail, RIGHT - 14, 11), WIDTH - RIGHT + 14, top + 35, size=11, fill=DIM, kind="t-dim")
    )
    if spot is None:
        return words + label("not estimated", LEFT + 8, top + 26, fill=DIM, kind="t-dim")
    return words + _range(spot, top + 12, scale)


def _range(spot: Placed, top: float, scale: float) -> str:
    """Solid to the optimistic end, pale to the median, a line to the pessimistic end."""
    start, early, middle, late = (LEFT + month * scale for month in spot)
    axis = top + 9
    return (
        element("line", x1=start, y1=axis, x2=late, y2=axis, stroke=ACCENT, stroke_width=2, class_="s-accent")
        + element("line", x1=late, y1=axis - 6, x2=late, y2=axis + 6, stroke=ACCENT, stroke_width=2, class_="s-accent")
        + element(
            "rect", x=start, y=top, width=max(2.0, middle - start), height=18, rx=3, fill=PALE, class_="fill f-pale"
        )
        + element(
            "rect", x=start, y=top, width=max(2.0, early - start), height=18, rx=3, fill=ACCENT, class_="fill f-accent"
        )
    )
