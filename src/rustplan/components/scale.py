"""How large a component may be: the same limits for every project, lowered only where they would leave too few components."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_LARGEST = (15_000, 10_000, 5_000, 3_000, 2_000, 1_000)
_SMALLEST = ((5_000, 40), (10_000, 80), (20_000, 120), (40_000, 200))
_SMALLEST_OF_LARGE_PROJECTS = 300
_MOST = 60
_LINES_FOR_ONE_MORE = 3_000
_FEWEST, _ALWAYS_ENOUGH = 2, 5


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """Limits in code lines: split above `largest`, merge below `smallest`. Between `enough` and `most` components are useful."""

    largest: int
    smallest: int
    enough: int
    most: int = _MOST

    @property
    def comfortable(self) -> int:
        """Below this size a family of files joins the neighbour that holds most of its coupling."""
        return max(self.smallest, self.largest // 15)

    @property
    def largest_module(self) -> int:
        """A Java module above this is divided by package: the edges of packages are drawn by its authors, so they are cheap to trust."""
        return max(1, 2 * self.largest // 3)

    @property
    def largest_family(self) -> int:
        """Files whose names and calls both say that they belong together may exceed the limit by this much."""
        return 2 * self.largest


def scales_for(sloc: int, granularity: float) -> Iterator[Scale]:
    """Yield the limits to try for a project of `sloc` code lines, largest first; `granularity` 2 makes components twice as large.

    Steps rather than shares of the total: a commit changes the limits only when the project outgrows a step.
    """
    smallest = next((least for top, least in _SMALLEST if sloc <= top), _SMALLEST_OF_LARGE_PROJECTS)
    enough = min(_ALWAYS_ENOUGH, max(_FEWEST, sloc // _LINES_FOR_ONE_MORE))
    for largest in _LARGEST:
        yield Scale(
            largest=max(1, round(largest * granularity)),
            smallest=max(1, round(smallest * granularity)),
            enough=max(1, round(enough / granularity)) if granularity > 1 else enough,
            most=round(_MOST / granularity) if granularity < 1 else _MOST,
        )


def largest_step(granularity: float) -> int:
    """Code lines that one step of a roadmap can carry."""
    return max(1, round(_LARGEST[0] * granularity))
