"""Risk removed against effort: the best sets of components as points with their range, and the plan beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import ACCENT, DIM, FOREGROUND, GRID, PAGE
from rustplan.report.svg.shapes import chart, element, label, path_of

WIDTH, HEIGHT = 900.0, 360.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 24.0, 24.0, 52.0
RADIUS = 9.0
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
MOST_TICKS = 9


class Stop(NamedTuple):
    """One set: its number in the table (0 for the plan), the share of the risk and person-months as quantiles."""

    number: int
    risk: float
    p10: float
    p50: float
    p90: float


def draw_frontier(stops: Sequence[Stop], plan: Stop | None, *, number: int, description: str) -> Markup:
    """Return the chart: effort to the right, risk removed upwards, a line from P10 to P90 through each point."""
    drawn = [*stops, *([plan] if plan else [])]
    most = max((stop.p90 for stop in drawn), default=1.0) * 1.05 or 1.0
    line = [part for stop in stops for part in ("L", _x(stop.p50, most), _y(stop.risk))]
    curve = element("path", d=path_of("M", _x(0.0, most), _y(0.0), *line), fill="none", stroke=DIM, class_="s-dim")
    return chart(
        *_frame(most),
        *(_whisker(stop, most) for stop in drawn),
        curve,
        *(_dot(stop, most) for stop in stops),
        _diamond(plan, most) if plan else "",
        number=number,
        title="Share of the risk removed for the effort spent",
        description=description,
        width=WIDTH,
        height=HEIGHT,
        kind="frontier",
    )


def _x(months: float, most: float) -> float:
    return LEFT + months / most * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - TOP - BOTTOM)


def _frame(most: float) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100)
        parts.append(element("line", x1=LEFT, y1=y, x2=right, y2=y, stroke=GRID, class_="grid"))
        parts.append(label(f"{percent} %", LEFT - 8, y + 4, size=11, fill=DIM, kind="t-dim", text_anchor="end"))
    step = next((step for step in _STEPS if most / step <= MOST_TICKS), most)
    for place in range(int(most / step) + 1):
        x = _x(place * step, most)
        parts.append(element("line", x1=x, y1=bottom, x2=x, y2=bottom + 5, stroke=DIM, class_="s-dim"))
        parts.append(label(f"{place * step:g}", x, bottom + 18, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    words = "person-months; point at the median, line from P10 to P90"
    parts.append(label(words, (LEFT + right) / 2, HEIGHT - 10, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    turn = f"rotate(-90 16 {(TOP + bottom) / 2:.1f})"
    parts.append(
        label("risk removed", 16, (TOP + bottom) / 2, size=11, fill=DIM, kind="t-dim", text_anchor="middle", transform=turn)
    )  # fmt: skip
    return parts


def _whisker(stop: Stop, most: float) -> str:
    y = _y(stop.risk)
    return element("line", x1=_x(stop.p10, most), y1=y, x2=_x(stop.p90, most), y2=y, stroke=DIM, class_="s-dim")


def _dot(stop: Stop, most: float) -> str:
    x, y = _x(stop.p50, most), _y(stop.risk)
    disc = element("circle", cx=x, cy=y, r=RADIUS, fill=PAGE, stroke=FOREGROUND, class_="fill band-low s-fg")
    words = label(
        str(stop.number), x, y + 4, size=11, kind="ink-low", text_anchor="middle", font_weight="600"
    )  # fmt: skip
    return disc + words


def _diamond(stop: Stop, most: float) -> str:
    x, y = _x(stop.p50, most), _y(stop.risk)
    shape = path_of("M", x, y - 7, "L", x + 7, y, "L", x, y + 7, "L", x - 7, y, "Z")
    mark = element("path", d=shape, fill=ACCENT, class_="f-accent")
    # Left of the middle the words go to the right, so that they never leave the plot.
    is_left = x < (LEFT + WIDTH - RIGHT) / 2
    return mark + label(
        "plan", x + (13 if is_left else -13), y + 18, font_weight="600", text_anchor="start" if is_left else "end"
    )
