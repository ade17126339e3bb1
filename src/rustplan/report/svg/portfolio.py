"""Bars of memory-unsafe lines by repository: where is the bulk, and how risky is the worst of it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.palette import BAND_FILL, DIM
from rustplan.report.svg.shapes import chart, element, fit, label

WIDTH, LEFT, RIGHT, TOP = 900.0, 220.0, 190.0, 10.0
ROW, BAR = 30.0, 18.0


class Bar(NamedTuple):
    """A repository: its name, its lines, the words beside the bar, and the band of its highest risk ("" when it has none)."""

    name: str
    lines: float
    words: str
    band: str


def draw_portfolio(bars: Sequence[Bar], *, number: int, description: str) -> Markup:
    """Return one bar a repository, in the order given, on one scale from 0."""
    most = max((bar.lines for bar in bars), default=0.0) or 1.0
    across = WIDTH - LEFT - RIGHT
    parts = []
    for place, bar in enumerate(bars):
        y = TOP + place * ROW
        length = max(1.0, min(1.0, max(0.0, bar.lines / most)) * across)
        parts.append(label(fit(bar.name, LEFT - 24, 12) or "…", LEFT - 12, y + 18, text_anchor="end"))
        band = bar.band or "low"
        parts.append(
            element(
                "rect",
                x=LEFT,
                y=y + (ROW - BAR) / 2 - 1,
                width=length,
                height=BAR,
                fill=BAND_FILL[band],
                stroke=DIM,
                class_=f"fill band-{band} s-dim",
                **({} if bar.band else {"stroke_dasharray": "3 3"}),
            )
        )
        parts.append(label(bar.words, LEFT + length + 10, y + 18, size=12, fill=DIM, kind="t-dim"))
    return chart(
        *parts,
        number=number,
        title="Memory-unsafe lines by repository, shaded by the highest risk",
        description=description,
        width=WIDTH,
        height=TOP + len(bars) * ROW + 6,
        kind="bar-chart",
    )
