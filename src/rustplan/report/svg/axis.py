"""Time axes: months from the start, or quarters when the start is known."""

from __future__ import annotations

import math
from typing import NamedTuple


class Team(NamedTuple):
    """What turns person-months into months. `engineers` x `availability`; None when not set: then one person full time is drawn.

    `start` is (year, month) or None.
    """

    people: float | None = None
    start: tuple[int, int] | None = None

    def months(self, person_months: float) -> float:
        """Calendar months of an effort."""
        return person_months / (self.people or 1.0)

    @property
    def axis_words(self) -> str:
        """What the axis counts."""
        if self.people is None:
            return "months of one person, full time"
        return "quarters, projected" if self.start else "months from the start"


class Tick(NamedTuple):
    """A place on the axis and its words."""

    month: float
    words: str


def ticks(team: Team, last: float, *, most: int = 9) -> list[Tick]:
    """Return evenly spaced ticks from 0 to at least `last` months."""
    if team.people is not None and team.start is not None:
        return _quarters(team.start, last, most)
    step = _nice(last / max(1, most - 1))
    count = max(1, math.ceil(last / step - 1e-9))
    return [Tick(index * step, f"{index * step:g}") for index in range(count + 1)]


def _nice(step: float) -> float:
    """The next larger round step: 1, 2, 3, 6 or 12 times a power of ten, at least one month."""
    if step <= 1:
        return 1.0
    for candidate in (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 360, 600, 1200):
        if candidate >= step:
            return float(candidate)
    return float(10 ** math.ceil(math.log10(step)))


def _quarters(start: tuple[int, int], last: float, most: int) -> list[Tick]:
    year, month = start
    first = -((month - 1) % 3)
    step = next((size for size in (3, 6, 12, 24, 60, 120) if (last - first) / size <= most - 1), 240)
    count = max(1, math.ceil((last - first) / step - 1e-9))
    found = []
    for index in range(count + 1):
        offset = first + index * step
        absolute = year * 12 + (month - 1) + offset
        words = f"Q{absolute % 12 // 3 + 1} {absolute // 12}" if step < 12 or absolute % 12 else str(absolute // 12)
        found.append(Tick(float(max(offset, 0)), words))
    return found
