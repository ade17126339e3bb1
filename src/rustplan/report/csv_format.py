"""Every table of the report as flat CSV, with stable names and columns, for spreadsheets and benchmarks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.report.csv_boundary import BINDING_TOOLS, CROSSINGS, crossing_rows, tool_rows
from rustplan.report.csv_exposure import EXPOSURE_TABLES
from rustplan.report.csv_plan import PLAN_TABLES, mta_points
from rustplan.report.csv_tables import TABLES
from rustplan.report.escape import visible
from rustplan.report.lookup import Lookup

Cell = str | int | float | None

FINDINGS = ("path", "line", "column", "rule", "kind", "cwe", "severity", "confidence", "component", "function")
FILES = ("path", "component", "role", "language", "sloc", "risk", "risk_per_line", "coverage")
COMPONENTS = (
    "component",
    "track",
    "score",
    "risk",
    "option",
    "wave",
    "sloc",
    "effort_p10",
    "effort_p50",
    "effort_p90",
    "mta_points",
    "rank_best",
    "rank_worst",
    "share_in_first_five",
)
CANDIDATES = ("class", "method", "score", "evidence")
EDGES = ("dependent", "dependency", "weight", "kind")
IMPORTED = (
    "path",
    "line",
    "tool",
    "also",
    "rustplan_rule",
    "rule",
    "cwe",
    "level",
    "severity",
    "confidence",
    "points",
    "component",
    "message",
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def render_csv(analysis: Analysis) -> dict[str, str]:
    """Return {file name: text} of all tables."""
    lookup = Lookup(analysis)
    return {
        "findings.csv": csv_text(FINDINGS, _findings(lookup)),
        "files.csv": csv_text(FILES, _files(analysis)),
        "components.csv": csv_text(COMPONENTS, _components(lookup)),
        "candidates.csv": csv_text(CANDIDATES, _candidates(analysis)),
        "edges.csv": csv_text(EDGES, _edges(analysis)),
        "imported.csv": csv_text(IMPORTED, _imported(lookup)),
        **{
            name: csv_text(made.columns, made.rows(lookup))
            for name, made in (TABLES | PLAN_TABLES | EXPOSURE_TABLES).items()
        },
        "crossings.csv": csv_text(CROSSINGS, crossing_rows(analysis)),
        "binding_tools.csv": csv_text(BINDING_TOOLS, tool_rows(analysis)),
    }


def render_findings_csv(analysis: Analysis) -> str:
    """The findings table alone: what fits one stream."""
    return csv_text(FINDINGS, _findings(Lookup(analysis)))


def _findings(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    for finding in lookup.analysis.findings:
        yield (
            finding.path,
            finding.line,
            finding.column,
            finding.rule,
            finding.kind.value,
            finding.cwe,
            finding.severity.value if finding.severity else None,
            finding.confidence.value,
            lookup.owners.get(finding.path),
            finding.function,
        )


def _files(analysis: Analysis) -> Iterator[Sequence[Cell]]:
    for file in analysis.scorecard.files:
        yield (
            file.path,
            file.component,
            file.role.value,
            file.language.value,
            file.sloc,
            file.risk,
            file.risk_per_line,
            file.coverage,
        )


def _components(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """Scored components first; then those with a step and no score, which are vendored."""
    scores = {(score.component, score.track): score for score in lookup.analysis.scorecard.components}
    for name, track in (*scores, *(place for place in lookup.steps if place not in scores)):
        score, step = scores.get((name, track)), lookup.steps.get((name, track))
        component = lookup.components.get(name)
        yield (
            name,
            track.value,
            score.score if score else None,
            score.risk if score else None,
            step.choice.option.value if step else None,
            step.wave if step else None,
            component.sloc if component else None,
            step.effort.p10 if step else None,
            step.effort.p50 if step else None,
            step.effort.p90 if step else None,
            mta_points(step),
            *_ranks(lookup, name, track),
        )


def _ranks(lookup: Lookup, name: str, track: Track) -> tuple[Cell, Cell, Cell]:
    """Between which ranks it stays under other weights, and in which share of the draws it is among the first five."""
    found = lookup.rank_ranges.get((name, track))
    return (None, None, None) if found is None else (found.best, found.worst, found.in_top)


def _candidates(analysis: Analysis) -> Iterator[Sequence[Cell]]:
    """Methods, then whole classes, whose `method` is empty and whose score has a scale of its own."""
    for candidate in (*analysis.scorecard.candidates, *analysis.scorecard.candidate_classes):
        yield (candidate.class_name, candidate.method, candidate.score, candidate.evidence)


def _edges(analysis: Analysis) -> Iterator[Sequence[Cell]]:
    for dependency in analysis.graph.dependencies:
        for kind, weight in sorted(dependency.parts.items()):
            yield (dependency.dependent, dependency.dependency, weight, kind.value)


def _imported(lookup: Lookup) -> Iterator[Sequence[Cell]]:
    """Every finding of other tools, those included that count nowhere; line 0 is the whole file."""
    for finding in lookup.analysis.evidence.imported_findings:
        yield (
            finding.path,
            finding.line,
            finding.tool,
            "; ".join(finding.also),
            finding.own,
            finding.rule,
            finding.cwe,
            finding.level,
            finding.severity.value,
            finding.confidence.value,
            finding.points if finding.is_prevented else 0.0,
            lookup.owners.get(finding.path),
            finding.message,
        )


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """One table: a head, then the rows; text is made visible and never a formula."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return sink.getvalue()


def _cell(value: Cell) -> str:
    """One cell: numbers plain, text visible and never a formula for a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(round(value, 6) + 0.0)
    if isinstance(value, int):
        return str(value)
    if value.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(value):
        return "'" + visible(value)
    return visible(value)
