"""Pause distribution: how many stops, how long, and on which side of the budget? One row a kind, a logarithmic axis of milliseconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import ACCENT, DIM, FOREGROUND, GRID, PARTS
from rustplan.report.svg.shapes import chart, element, fit, label

WIDTH = 900.0
LEFT, RIGHT, TOP, ROW, FOOT = 190.0, 130.0, 40.0, 54.0, 34.0
_TALLEST = 38.0


class PauseRow(NamedTuple):
    """One kind of stop: its name, words for the right edge, and bins of (from ms, to ms, count)."""

    name: str
    note: str
    bins: tuple[tuple[float, float, int], ...]


def draw_pauses(rows: Sequence[PauseRow], budget_ms: float, *, number: int, description: str) -> Markup:
    """Return the histogram of each row on one axis. Heights are logarithms of counts, so that one long stop stays visible."""
    low, high = _decades(rows, budget_ms)
    height = TOP + ROW * len(rows) + FOOT

    def x_of(ms: float) -> float:
        place = (math.log10(max(ms, 10.0**low)) - low) / (high - low)
        return LEFT + min(1.0, place) * (WIDTH - LEFT - RIGHT)

    tallest = max((count for row in rows for _, _, count in row.bins), default=1)
    drawn = _grid(low, high, x_of, height)
    for index, row in enumerate(rows):
        drawn += _row(row, index, x_of, tallest)
    line = x_of(budget_ms)
    drawn.append(
        element(
            "line", x1=line, y1=TOP - 6, x2=line, y2=height - FOOT + 4, stroke=ACCENT, stroke_width=2, class_="s-accent"
        )
    )
    is_left = line > WIDTH - RIGHT - 150
    drawn.append(
        label(
            f"budget {_ms(budget_ms)}",
            line + (-6 if is_left else 6),
            TOP - 24,
            size=11,
            fill=ACCENT,
            kind="f-accent",
            text_anchor="end" if is_left else "start",
            font_weight="600",
        )
    )
    return chart(
        *drawn,
        number=number,
        title="Pause distribution against the budget",
        description=description,
        width=WIDTH,
        height=height,
        kind="pauses",
    )


def _decades(rows: Sequence[PauseRow], budget_ms: float) -> tuple[int, int]:
    """Whole powers of ten around everything that is drawn."""
    edges = [edge for row in rows for start, end, _ in row.bins for edge in (start, end) if edge > 0] or [1.0]
    low = math.floor(math.log10(min(*edges, budget_ms)) + 1e-9)
    high = math.ceil(math.log10(max(*edges, budget_ms)) - 1e-9)
    return low, max(high, low + 1)


def _grid(low: int, high: int, x_of: Callable[[float], float], height: float) -> list[str]:
    drawn = []
    for power in range(low, high + 1):
        x = x_of(10.0**power)
        drawn.append(element("line", x1=x, y1=TOP - 6, x2=x, y2=height - FOOT, stroke=GRID, class_="grid"))
        drawn.append(
            label(_ms(10.0**power), x, height - FOOT + 16, size=11, fill=DIM, kind="t-dim", text_anchor="middle")
        )
    return drawn


def _row(row: PauseRow, index: int, x_of: Callable[[float], float], tallest: int) -> list[str]:
    base = TOP + ROW * (index + 1) - 8
    drawn = [
        label(fit(row.name, LEFT - 14, 12), LEFT - 10, base - 12, size=12, fill=FOREGROUND, text_anchor="end"),
        label(row.note, WIDTH - RIGHT + 8, base - 12, size=11, fill=DIM, kind="t-dim"),
        element("line", x1=LEFT, y1=base, x2=WIDTH - RIGHT, y2=base, stroke=GRID, class_="grid"),
    ]
    slot = index % len(PARTS)
    for start, end, count in row.bins:
        tall = _TALLEST * math.log10(1 + count) / math.log10(1 + max(tallest, 1))
        left, right = x_of(start), x_of(end)
        drawn.append(
            element(
                "rect",
                x=left,
                y=base - tall,
                width=max(1.0, right - left - 0.5),
                height=max(1.0, tall),
                fill=PARTS[slot],
                class_=f"fill part-{slot + 1}",
            )
        )
    return drawn


def _ms(value: float) -> str:
    return f"{value:g} ms" if value < 1000 else f"{value / 1000:g} s"
