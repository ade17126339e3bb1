"""A portfolio as one flat table with stable columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.report.csv_format import Cell, csv_text
from rustplan.report.portfolio import Portfolio

COLUMNS = (
    "project",
    "commit",
    "date",
    "unsafe_lines",
    "safe_lines",
    "components",
    "highest_risk",
    "riskiest_component",
    "critical_defects",
    "high_defects",
    "crossings",
    "coverage",
    "files_not_read",
    "first_component",
    "first_option",
    "first_wave",
    "effort_p10",
    "effort_p50",
    "effort_p90",
    "unknown",
    "rules_digest",
    "data_digest",
)


def portfolio_as_csv(portfolio: Portfolio) -> str:
    """One row a repository, highest risk first; what is not known is empty, and `unknown` says what it is."""
    return csv_text(COLUMNS, _rows(portfolio))


def _rows(portfolio: Portfolio) -> Iterator[Sequence[Cell]]:
    for one in portfolio.repositories:
        move = one.move
        effort = (move.effort.p10, move.effort.p50, move.effort.p90) if move else (None, None, None)
        yield (
            one.project,
            one.commit,
            one.date,
            one.unsafe_lines,
            one.safe_lines,
            one.components,
            one.highest_risk,
            one.riskiest or None,
            one.critical,
            one.high,
            one.crossings,
            one.coverage,
            one.files_not_read,
            move.component if move else None,
            move.option if move else None,
            move.wave if move else None,
            *effort,
            "; ".join(one.unknown),
            one.rules_digest,
            one.data_digest,
        )
