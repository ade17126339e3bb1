"""Score bar: why this rank? One bar of all the parts of a score, in the order of the list beside it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rustplan.report.svg.palette import GRID, PAGE, PANEL, PARTS
from rustplan.report.svg.shapes import chart, element, fit, label

WIDTH, HEIGHT = 640.0, 26.0


def draw_score_bar(parts: Sequence[tuple[str, float]], *, number: int, title: str, description: str) -> Markup:
    """Return a bar of 100 points; `parts` are names and points, each drawn where its number fits."""
    drawn = [
        element("rect", x=0, y=0, width=WIDTH, height=HEIGHT, rx=4, fill=PANEL, stroke=GRID, class_="f-panel grid")
    ]
    cursor = 0.0
    for index, (_, points) in enumerate(parts):
        width = points / 100 * WIDTH
        if width <= 0:
            continue
        slot = index % len(PARTS)
        drawn.append(
            element(
                "rect",
                x=cursor,
                y=0,
                width=width,
                height=HEIGHT,
                fill=PARTS[slot],
                stroke=PAGE,
                stroke_width=1.5,
                class_=f"fill part-{slot + 1}",
            )
        )
        words = f"{points:.0f}"
        if fit(words, width - 6, 12) == words:
            drawn.append(
                label(
                    words,
                    cursor + width / 2,
                    17,
                    fill="#ffffff",
                    kind="ink-part",
                    text_anchor="middle",
                    font_weight="600",
                )
            )
        cursor += width
    return chart(
        *drawn, number=number, title=title, description=description, width=WIDTH, height=HEIGHT, kind="score-bar"
    )
