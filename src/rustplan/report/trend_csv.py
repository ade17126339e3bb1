"""The points of a trend as one flat table with stable columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.model.progress import ProgressPoint
from rustplan.report.csv_format import Cell, csv_text
from rustplan.report.trend import Growth, Trend

LANGUAGES = ("C", "C++", "C#", "Go", "Java", "Python", "Rust", "Swift")
_NAMES = {"C++": "cpp", "C#": "csharp"}
COLUMNS = (
    "date",
    "commit",
    "project",
    "tool",
    "rules_digest",
    "unsafe_lines",
    "safe_lines",
    "unsafe_growth",
    "safe_growth",
    "safe_share_of_growth",
    "crossings",
    "baseline_size",
    "highest_risk",
    "critical_defects",
    "high_defects",
    "coverage",
    "files_not_read",
    *(f"lines_{_NAMES.get(name, name.lower())}" for name in LANGUAGES),
)


def trend_as_csv(trend: Trend) -> str:
    """One row a point, in the order of the trend; what is not known is empty."""
    return csv_text(COLUMNS, _rows(trend))


def _rows(trend: Trend) -> Iterator[Sequence[Cell]]:
    for point, growth in zip(trend.points, trend.growths, strict=True):
        yield (
            point.date,
            point.commit,
            point.project,
            point.tool,
            point.rules_digest,
            point.unsafe_lines,
            point.safe_lines,
            *_growth(growth),
            point.crossings,
            point.baseline_size,
            point.highest_risk,
            point.critical,
            point.high,
            point.coverage,
            point.files_not_read,
            *_lines(point),
        )


def _growth(growth: Growth | None) -> tuple[Cell, ...]:
    return (None, None, None) if growth is None else (growth.unsafe, growth.safe, growth.share)


def _lines(point: ProgressPoint) -> Iterator[Cell]:
    """A language that was counted and is not there has no lines; one that was not counted is not known."""
    lines = {entry.name: entry.lines for entry in point.languages}
    for name in LANGUAGES:
        is_counted = point.has_all_languages or name in ("C", "C++", "Java")
        yield lines.get(name, 0) if is_counted else None
