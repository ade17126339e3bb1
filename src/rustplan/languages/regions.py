"""Which function, and how many loops, a byte offset lies in: one sweep, then a bisection per question."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rustplan.languages.base import ByteSpan

OUTSIDE = -1
"""The index of "no function"."""


class Regions:
    """Functions and loops of one file as a flat list of places where the answer changes.

    `functions` are sorted by start; they may nest. An offset belongs to the innermost function; loops count inside it only.
    """

    def __init__(self, functions: Sequence[ByteSpan], loops: Sequence[ByteSpan]) -> None:
        self._starts = [-1]
        self._answers: list[tuple[int, int]] = [(OUTSIDE, 0)]
        self.loop_depths = [0] * len(functions)
        spans = [(start, -end, index) for index, (start, end) in enumerate(functions)]
        spans += [(start, -end, OUTSIDE) for start, end in loops]
        stack: list[tuple[int, int, int]] = []
        for start, negative_end, function in sorted(spans):
            self._close(stack, start)
            outer, depth = (stack[-1][1], stack[-1][2]) if stack else (OUTSIDE, 0)
            inner = (function, 0) if function != OUTSIDE else (outer, depth + 1)
            if function == OUTSIDE and outer != OUTSIDE:
                self.loop_depths[outer] = max(self.loop_depths[outer], depth + 1)
            stack.append((-negative_end, *inner))
            self._mark(start, inner)
        self._close(stack, None)

    def at(self, offset: int) -> tuple[int, int]:
        """The index of the innermost function (`OUTSIDE` for none) and the loop depth in it."""
        return self._answers[bisect_right(self._starts, offset) - 1]

    def stretches(self, length: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield first byte, one past the last, function and loop depth of every stretch with one answer, of a text of that many bytes."""
        ends = [*self._starts[1:], length]
        for start, end, (function, depth) in zip(self._starts, ends, self._answers, strict=True):
            yield max(0, start), end, function, depth

    def _close(self, stack: list[tuple[int, int, int]], before: int | None) -> None:
        """Leave every region that ends at or before the offset; `None` leaves them all."""
        while stack and (before is None or stack[-1][0] <= before):
            end = stack.pop()[0]
            self._mark(end, (stack[-1][1], stack[-1][2]) if stack else (OUTSIDE, 0))

    def _mark(self, offset: int, answer: tuple[int, int]) -> None:
        if self._starts[-1] == offset:
            self._answers[-1] = answer
        else:
            self._starts.append(offset)
            self._answers.append(answer)
