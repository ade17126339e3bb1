"""Burn-down of memory-unsafe lines: are we on plan? Plan dashed, measured as dots, the range as a band; never an invented curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rustplan.report.svg.axis import Team, ticks
from rustplan.report.svg.palette import ACCENT, DIM, FOREGROUND, GRID, PALE
from rustplan.report.svg.shapes import chart, element, label, path_of
from rustplan.report.view.numbers import compact

WIDTH, HEIGHT = 900.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 150.0, 20.0, 52.0


class Milestone(NamedTuple):
    """After a wave: cumulative person-months by quantile, and the memory-unsafe lines that remain."""

    early: float
    middle: float
    late: float
    lines: float


def draw_burndown(
    total: float, milestones: Sequence[Milestone], team: Team, *, number: int, description: str
) -> Markup:
    """Return the plan from `total` lines today down the milestones."""
    path = [Milestone(0, 0, 0, total), *milestones]
    marks = ticks(team, max(1.0, team.months(path[-1].late)))
    across = (WIDTH - LEFT - RIGHT) / marks[-1].month
    up = (HEIGHT - TOP - BOTTOM) / max(total, 1.0)

    def spot(person_months: float, lines: float) -> tuple[float, float]:
        return LEFT + team.months(person_months) * across, HEIGHT - BOTTOM - lines * up

    return chart(
        *_frame(marks, across, total, up, team),
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


def _frame(marks: Sequence[tuple[float, str]], across: float, total: float, up: float, team: Team) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = []
    for month, words in marks:
        x = LEFT + month * across
        parts.append(element("line", x1=x, y1=TOP, x2=x, y2=bottom, stroke=GRID, class_="grid"))
        parts.append(label(words, x, bottom + 18, size=11, fill=DIM, kind="t-dim", text_anchor="middle"))
    for share in (0.0, 0.5, 1.0):
        y = bottom - total * share * up
        parts.append(element("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke=GRID, class_="grid"))
        parts.append(label(compact(total * share), LEFT - 8, y + 4, size=11, fill=DIM, kind="t-dim", text_anchor="end"))
    parts.append(label(team.axis_words, LEFT, HEIGHT - 10, size=11, fill=DIM, kind="t-dim"))
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
