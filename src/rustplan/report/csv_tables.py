"""The tables of the report that are neither findings nor files: scores with their factors, the plan, what was read, and what was asked for.

Each entry of `TABLES` is a file name with its columns and its rows; names and columns are stable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rustplan.model.roadmap import Step
from rustplan.model.score import Factor
from rustplan.report import csv_components as shape
from rustplan.report import csv_options
from rustplan.report.lookup import Lookup

Cell = str | int | float | None
Rows = Iterator[Sequence[Cell]]


class Table(NamedTuple):
    """Columns, and what makes the rows."""

    columns: tuple[str, ...]
    rows: Callable[[Lookup], Rows]


def _factors(lookup: Lookup) -> Rows:
    for score in lookup.analysis.scorecard.components:
        place = (score.component, score.track.value)
        for part, factors in (
            ("risk", score.risk_factors),
            ("feasibility", score.feasibility_factors),
            ("value", score.value_factors),
        ):
            yield from (_factor((*place, part), factor) for factor in factors)
    for step in lookup.analysis.roadmap.steps:
        for factor in step.effort.factors:
            yield _factor((step.component, step.track.value, "effort"), factor)


def _factor(place: tuple[str, str, str], factor: Factor) -> Sequence[Cell]:
    known = (None, None) if factor.is_absent else (factor.value, factor.level)
    return (*place, factor.name, *known, factor.weight, factor.contribution, factor.unit, factor.anchor, factor.because)


def _scores(lookup: Lookup) -> Rows:
    """By rank within a track; a rank range only where weights were drawn."""
    stability = lookup.analysis.scorecard.stability
    ranges = {(one.component, one.track): one for one in stability.ranges} if stability else {}
    ranks: dict[str, int] = {}
    for score in lookup.analysis.scorecard.components:
        ranks[score.track.value] = ranks.get(score.track.value, 0) + 1
        found = ranges.get((score.component, score.track))
        yield (
            ranks[score.track.value],
            score.component,
            score.track.value,
            score.score,
            score.risk,
            score.risk_low,
            score.risk_high,
            score.feasibility,
            score.value,
            score.confidence.value,
            score.coverage,
            score.network_steps,
            *((found.best, found.worst, found.in_top) if found else (None, None, None)),
        )


def _steps(lookup: Lookup) -> Rows:
    for step in lookup.analysis.roadmap.steps:
        yield (
            step.component,
            step.track.value,
            step.unit,
            step.wave,
            step.choice.option.value,
            step.choice.because,
            step.runner_up.option.value,
            step.runner_up.because,
            step.case_against,
            step.boundary.mechanism,
            step.boundary.inbound,
            step.boundary.outbound,
            step.boundary.hours,
            *_effort(step),
            "; ".join(step.first_actions),
            "; ".join(step.needs_confirmation),
        )


def _effort(step: Step) -> tuple[Cell, ...]:
    return step.effort.p10, step.effort.p50, step.effort.p90, step.effort.size, step.effort.because


def _waves(lookup: Lookup) -> Rows:
    for wave in lookup.analysis.roadmap.waves:
        yield (
            wave.number,
            "; ".join(wave.components),
            wave.starts_when,
            wave.outcome,
            wave.p10,
            wave.p50,
            wave.p90,
            wave.unsafe_sloc,
            wave.risk_share,
            wave.temporary_hours,
            wave.projected,
        )


def _parked(lookup: Lookup) -> Rows:
    for parked in lookup.analysis.roadmap.parked:
        yield parked.component, parked.track.value, parked.because


def _units(lookup: Lookup) -> Rows:
    for number, unit in enumerate(lookup.analysis.graph.units, 1):
        for name in unit.components:
            yield number, name, len(unit.components)


def _cuts(lookup: Lookup) -> Rows:
    for number, unit in enumerate(lookup.analysis.graph.units, 1):
        for cut in unit.cuts:
            yield number, cut.dependent, cut.dependency, cut.weight, cut.places


def _seams(lookup: Lookup) -> Rows:
    for seam in lookup.analysis.roadmap.seams:
        yield (
            seam.method,
            seam.component,
            seam.path,
            seam.line,
            seam.seam,
            seam.boundary,
            seam.because,
            seam.runner_up,
            seam.crossing_ns,
            seam.break_even_ns,
            seam.body_ns,
            seam.level.value,
        )


def _pauses(lookup: Lookup) -> Rows:
    pauses = lookup.analysis.evidence.pauses
    for log in pauses.logs if pauses else ():
        for group in log.groups:
            yield (
                log.name,
                log.collector or log.likely_collector,
                group.kind.value,
                group.cause,
                group.count,
                group.total_ms,
                group.median_ms,
                group.p99_ms,
                group.worst_ms,
                group.over,
                log.budget_ms,
            )


def _suppressions(lookup: Lookup) -> Rows:
    for said in lookup.analysis.suppressions:
        comment = said.comment
        yield (
            comment.path,
            comment.line,
            "; ".join(comment.rules),
            comment.reason,
            comment.owner,
            comment.until,
            said.state,
            len(said.findings),
            comment.problem,
        )


def _languages(lookup: Lookup) -> Rows:
    coverage = lookup.analysis.coverage
    for entry in coverage.languages:
        yield (
            entry.language.label,
            entry.role.value,
            "read",
            entry.files,
            entry.sloc,
            entry.functions,
            entry.bytes,
            entry.unread_bytes,
            entry.share_read,
        )
    for other in coverage.other_languages or ():
        yield other.name, "source", "lines counted", other.files, other.sloc, None, None, None, None


def _unread(lookup: Lookup) -> Rows:
    """Everything that was not read, or not wholly, or left out on purpose."""
    coverage = lookup.analysis.coverage
    for skipped in coverage.skipped:
        yield "skipped", skipped.path, skipped.reason.value, skipped.detail
    for degraded in coverage.degraded:
        yield "read in part", degraded.path, degraded.reason.value, degraded.detail
    for ignored in coverage.ignored:
        yield "left out", ignored.path, ignored.pattern, ignored.origin


def _unresolved(lookup: Lookup) -> Rows:
    for one in lookup.analysis.coverage.unresolved:
        yield one.reference, one.edge.value, one.kind.value, one.path, one.line, one.count


def _absent(lookup: Lookup) -> Rows:
    for absent in lookup.analysis.evidence.absent:
        yield absent.name, absent.because, absent.effect


def _rules(lookup: Lookup) -> Rows:
    counts: dict[str, int] = {}
    for finding in lookup.source_findings():
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    for rule in lookup.analysis.rules:
        yield (
            rule.id,
            rule.kind.value,
            rule.title,
            "; ".join(str(cwe) for cwe in rule.cwe),
            rule.severity.value if rule.severity else None,
            rule.confidence.value,
            "; ".join(track.value for track in rule.tracks),
            rule.rust_effect.words,
            counts.get(rule.id, 0),
        )


def _guidance(lookup: Lookup) -> Rows:
    from rustplan.model.options import ReportOptions
    from rustplan.report.view.guidance import build_expectations
    from rustplan.report.view.lookup import PageIndex

    index = PageIndex(lookup.analysis, ReportOptions())
    for group in ("element", "crosswalk"):
        for one in build_expectations(index, group):
            yield (
                one.id,
                group,
                one.heading,
                one.asks,
                one.source,
                one.page,
                one.state.words,
                one.where,
                " ".join(one.facts),
                "; ".join(one.blanks),
            )


def _sources(_: Lookup) -> Rows:
    from rustplan.catalog.guidance import load_guidance

    guidance = load_guidance()
    for source in guidance.sources:
        yield guidance.number(source.id), source.title, source.publisher, source.published, source.url, source.checked


def _vulnerabilities(lookup: Lookup) -> Rows:
    known = lookup.analysis.evidence.vulnerabilities
    for one in known.records if known else ():
        yield (
            one.id,
            "; ".join(one.aliases),
            one.summary,
            one.severity,
            "; ".join(map(str, one.cwes)),
            "; ".join(one.paths),
        )


def _history(lookup: Lookup) -> Rows:
    history = lookup.analysis.evidence.history
    for one in history.files if history else ():
        yield (
            one.path,
            one.commits,
            one.recent_commits,
            one.added,
            one.removed,
            one.authors,
            one.fixes,
            one.security_fixes,
            one.memory_fixes,
        )


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_EFFORT = "effort_p10 effort_p50 effort_p90"
TABLES = {
    "scores.csv": Table(
        _columns(
            "rank component track score risk risk_low risk_high feasibility value confidence coverage network_steps "
            "rank_best rank_worst share_in_first"
        ),
        _scores,
    ),
    "factors.csv": Table(
        _columns("component track of factor value level weight contribution unit anchor because"), _factors
    ),
    "steps.csv": Table(
        _columns(
            "component track unit wave option because runner_up runner_up_because case_against mechanism inbound outbound "
            f"boundary_hours {_EFFORT} size effort_because first_actions needs_confirmation"
        ),
        _steps,
    ),
    "options.csv": Table(csv_options.OPTIONS, csv_options.option_rows),
    "replacements.csv": Table(csv_options.REPLACEMENTS, csv_options.replacement_rows),
    "hardening.csv": Table(csv_options.HARDENING, csv_options.hardening_rows),
    "platforms.csv": Table(csv_options.PLATFORMS, csv_options.platform_rows),
    "comparable.csv": Table(csv_options.PORTS, csv_options.port_rows),
    "oracles.csv": Table(csv_options.ORACLES, csv_options.oracle_rows),
    "waves.csv": Table(
        _columns(
            f"wave components starts_when outcome {_EFFORT} unsafe_sloc risk_share temporary_hours projected_quarter"
        ),
        _waves,
    ),
    "parked.csv": Table(_columns("component track because"), _parked),
    "units.csv": Table(_columns("unit component members"), _units),
    "cuts.csv": Table(_columns("unit dependent dependency weight places"), _cuts),
    "cut_places.csv": Table(shape.CUT_PLACES, shape.cut_places),
    "inner_cycles.csv": Table(shape.INNER_CYCLES, shape.inner_cycles),
    "splits.csv": Table(shape.SPLITS, shape.splits),
    "seams.csv": Table(
        _columns(
            "method component path line seam boundary because runner_up crossing_ns break_even_ns body_ns evidence"
        ),
        _seams,
    ),
    "pauses.csv": Table(
        _columns("log collector kind cause count total_ms median_ms p99_ms worst_ms over budget_ms"), _pauses
    ),
    "suppressions.csv": Table(_columns("path line rules reason owner until state findings problem"), _suppressions),
    "languages.csv": Table(
        _columns("language role how files sloc functions bytes unread_bytes share_read"), _languages
    ),
    "unread.csv": Table(_columns("what path reason detail"), _unread),
    "unresolved.csv": Table(_columns("reference edge kind path line count"), _unresolved),
    "absent.csv": Table(_columns("evidence because effect"), _absent),
    "history.csv": Table(
        _columns("path commits recent_commits added removed authors fixes security_fixes memory_fixes"), _history
    ),
    "vulnerabilities.csv": Table(_columns("id aliases summary severity cwe paths"), _vulnerabilities),
    "rules.csv": Table(_columns("rule kind title cwe severity confidence tracks in_rust findings"), _rules),
    "guidance.csv": Table(
        _columns("id group expectation asks source page state where facts owner_to_complete"), _guidance
    ),
    "sources.csv": Table(_columns("number title publisher published url checked"), _sources),
}
"""Every table besides findings, files, components, candidates, edges and imported findings. A table without rows keeps its head."""
