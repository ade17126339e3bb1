"""Two tables: every crossing of every step, and what each binding tool does with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.model.analysis import Analysis

CROSSINGS = (
    "component", "track", "symbol", "direction", "shape", "hours", "uses", "other", "path", "line", "signature",
    "kinds", "inferred", "details", "abi", "used_path", "used_line", "ambiguous",
)  # fmt: skip
BINDING_TOOLS = (
    "component", "track", "tool", "yes", "with_care", "no", "unknown", "not_its_side", "is_cheapest", "source",
)  # fmt: skip

Row = Sequence[str | int | float | None]


def crossing_rows(analysis: Analysis) -> Iterator[Row]:
    """Every crossing with its kinds; macros and variables of headers carry no hours. Kinds in `inferred` are not certain."""
    for step in analysis.roadmap.steps:
        for crossing in (*step.boundary.crossings, *step.boundary.beside):
            kinds = dict.fromkeys(aspect.kind.value for aspect in crossing.aspects)
            sure = {aspect.kind.value for aspect in crossing.aspects if not aspect.is_inferred}
            details = [
                f"{aspect.kind.value}: {aspect.detail}{_at(aspect.path, aspect.line)}"
                for aspect in crossing.aspects
                if aspect.detail
            ]
            yield (
                step.component, step.track.value, crossing.symbol, crossing.direction.value, crossing.shape,
                crossing.hours, crossing.uses, crossing.other, crossing.path, crossing.line, crossing.signature,
                " ".join(kinds), " ".join(kind for kind in kinds if kind not in sure), "; ".join(details), crossing.abi,
                crossing.used_path, crossing.used_line, int(crossing.is_ambiguous),
            )  # fmt: skip


def tool_rows(analysis: Analysis) -> Iterator[Row]:
    """Counts of crossings by grade, for every step and tool."""
    for step in analysis.roadmap.steps:
        xray = step.boundary.xray
        for one in xray.verdicts:
            yield (
                step.component, step.track.value, one.tool, one.yes, one.with_care, one.no, one.unknown, one.beside,
                int(one.tool in xray.cheapest), one.source,
            )  # fmt: skip


def _at(path: str, line: int) -> str:
    return f" ({path}:{line})" if line else f" ({path})" if path else ""
