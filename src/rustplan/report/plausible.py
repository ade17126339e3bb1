"""A saved analysis may come from anybody: numbers that no scan writes are refused before anything is computed with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rustplan.errors import InputError
from rustplan.model.analysis import Analysis

MOST = 1e15
"""Lines, bytes, points or person-months: more than any repository has, and still exact as a float."""


def refuse_absurd(analysis: Analysis, name: str) -> None:
    """Look at every number that comparisons, trends and portfolios use. Raises InputError; `name` stands for the document."""
    for value in _numbers(analysis):
        if not -MOST <= value <= MOST:
            shown = str(value) if abs(value) < 10 * MOST else f"{str(value)[:20]}…"
            raise InputError(
                f"{name} holds a number that no scan writes ({shown})", hint="make it again: rustplan scan PATH"
            )


def _numbers(analysis: Analysis) -> Iterator[float]:
    for finding in analysis.findings:
        yield finding.line
        yield finding.column
    for component in analysis.graph.components:
        yield component.sloc
        yield component.unsafe_sloc
    for step in analysis.roadmap.steps:
        yield step.wave or 0
    coverage = analysis.coverage
    parts: tuple[Any, ...] = (
        coverage.share,
        coverage.languages,
        coverage.other_languages,
        analysis.scorecard.components,
        analysis.roadmap.waves,
        tuple(step.effort for step in analysis.roadmap.steps),
    )
    yield from _inside(msgspec.to_builtins(parts))


def _inside(value: Any) -> Iterator[float]:
    """Every number of a value made of lists and mappings."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple)):
            waiting.extend(one)
        elif isinstance(one, (int, float)):
            yield one
