"""Burn-down of memory-unsafe lines: are we on plan? Plan dashed, measured solid, the range as a band; never an invented curve.

What was measured stands left of this scan on a scale of its own, true to the dates of its commits; the plan stands right of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.axis import Team, ticks
from rustplan.report.svg.palette import ACCENT, DIM, FOREGROUND, GRID, PALE
from rustplan.report.svg.shapes import chart, element, label, path_of, text_width
from rustplan.report.view.numbers import compact

WIDTH, HEIGHT = 900.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 150.0, 20.0, 52.0
PAST_WIDTH = 260.0


class Milestone(NamedTuple):
    """After a wave: cumulative person-months by quantile, and the memory-unsafe lines that remain."""

    early: float
    middle: float
    late: float
    lines: float


class Measured(NamedTuple):
    """An earlier analysis: where it stands between the first (0) and this scan (1), its memory-unsafe lines, and its day in words."""

    place: float
    lines: float
    words: str


def draw_burndown(
    total: float,
    milestones: Sequence[Milestone],
    team: Team,
    *,
    number: int,
    description: str,
    past: Sequence[Measured] = (),
) -> Markup:
    """Return the plan from `total` lines today down the milestones, and the way that led here."""
    path = [Milestone(0, 0, 0, total), *milestones]
    start = LEFT + (PAST_WIDTH if past else 0.0)
    marks = ticks(team, max(1.0, team.months(path[-1].late)), most=6 if past else 9)
    across = (WIDTH - start - RIGHT) / marks[-1].month
    high = max(total, 1.0, *(point.lines for point in past))
    up = (HEIGHT - TOP - BOTTOM) / high

    def spot(person_months: float, lines: float) -> tuple[float, float]:
        return start + team.months(person_months) * across, HEIGHT - BOTTOM - lines * up

    return chart(
        *_frame(marks, start, across, high if past else total, up, team),
        *_past([(LEFT + point.place * PAST_WIDTH, spot(0, point.lines)[1]) for point in past], spot(0, total), past),
        _band([spot(point.early, point.lines) for point in path], [spot(point.late, point.lines) for point in path]),
        _plan([spot(point.middle, point.lines) for point in path]),
        *_ends(spot(0, total), spot(path[-1].middle, path[-1].lines), path[-1].lines),
        number=number,
        title="Memory-unsafe lines: the plan and what was measured",
        description=description,
        width=WIDTH,
        height=HEIGHT,
        kind="burndown",
    )


def _frame(
    marks: Sequence[tuple[float, str]], start: float, across: float, total: float, up: float, team: Team
) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = []
    for month, words in marks:
        x = start + month * across
        parts.append(element("line", x1=x, y1=TOP, x2=x, y2=bottom, stroke=GRID, class_="grid"))
        parts.append(label(words, x, bottom + 18, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    for share in (0.0, 0.5, 1.0):
        y = bottom - total * share * up
        parts.append(element("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke=GRID, class_="grid"))
        parts.append(label(compact(total * share), LEFT - 8, y + 4, size=11, fill=DIM, kind="t-dim", text_anchor="end"))
    parts.append(label(team.axis_words, start, HEIGHT - 10, size=11, fill=DIM, kind="t-dim"))
    return parts


def _past(spots: list[tuple[float, float]], now: tuple[float, float], past: Sequence[Measured]) -> list[str]:
    """A solid line through what was measured, up to this scan; the first day is written below, as many others as there is room for."""
    if not spots:
        return []
    data = path_of("M", *spots[0], *(part for x, y in [*spots[1:], now] for part in ("L", x, y)))
    parts = [element("path", d=data, fill="none", stroke=FOREGROUND, stroke_width=2, class_="s-fg")]
    parts += [element("circle", cx=x, cy=y, r=4, fill=FOREGROUND, class_="f-fg") for x, y in spots]
    y = HEIGHT - BOTTOM + 18
    right = float("-inf")
    for (x, _), point in zip(spots, past, strict=True):
        half = text_width(point.words, 11) / 2
        if x - half > right + 8 and x + half < now[0] - 20:
            parts.append(label(point.words, x, y, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
            right = x + half
    parts.append(label("measured, by date", LEFT, HEIGHT - 10, size=11, fill=DIM, kind="t-dim"))
    return parts


def _band(early: list[tuple[float, float]], late: list[tuple[float, float]]) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*early, *reversed(late)])
    return element("polygon", points=corners, fill=PALE, fill_opacity="0.45", class_="fill f-pale")


def _plan(points: list[tuple[float, float]]) -> str:
    data = path_of("M", *points[0], *(part for x, y in points[1:] for part in ("L", x, y)))
    return element(
        "path", d=data, fill="none", stroke=ACCENT, stroke_width=2, stroke_dasharray="7 5", class_="s-accent"
    )


def _ends(start: tuple[float, float], end: tuple[float, float], remaining: float) -> list[str]:
    beside = WIDTH - RIGHT + 12
    return [
        element("circle", cx=start[0], cy=start[1], r=5, fill=FOREGROUND, class_="f-fg"),
        label("this scan", start[0] + 10, start[1] - 6, size=11),
        label("after the plan", beside, end[1] - 4, size=11, fill=DIM, kind="t-dim"),
        label(f"{compact(remaining)} lines", beside, end[1] + 12, font_weight="600"),
    ]
