"""The tables on untrusted input: nearest ways, roles, and the distance of functions with unsafe code."""

from __future__ import annotations

from rustplan.model.exposure import ExposurePath
from rustplan.report.csv_tables import Rows, Table
from rustplan.report.lookup import Lookup


def _paths(lookup: Lookup) -> Rows:
    """One row a way; its steps stand in one cell, in order, `?` behind those that may lead elsewhere."""
    for found in lookup.analysis.scorecard.exposures:
        for path in found.paths:
            source = path.source
            yield (
                found.component,
                path.path,
                path.line,
                path.function,
                path.rule,
                path.places,
                path.distance,
                "yes" if path.is_ambiguous else "no",
                source.kind.value,
                source.path,
                source.line,
                source.function,
                source.symbol,
                _steps(path),
            )


def _steps(path: ExposurePath) -> str:
    return "; ".join(
        f"{step.kind.value} {step.function} {step.path}:{step.line}{' ?' if step.is_ambiguous else ''}"
        for step in path.steps
    )


def _sites(lookup: Lookup) -> Rows:
    """The nearest functions with unsafe places; an empty distance means that no way was found."""
    for found in lookup.analysis.scorecard.exposures:
        for site in found.sites:
            yield (
                found.component,
                site.path,
                site.line,
                site.function,
                site.places,
                site.steps,
                site.steps_local,
                site.steps_api,
            )


def _roles(lookup: Lookup) -> Rows:
    for found in lookup.analysis.scorecard.exposures:
        for role in found.roles:
            first = role.evidence[0] if role.evidence else None
            yield (
                found.component,
                role.role,
                role.words,
                role.places,
                role.confidence.value,
                "yes" if role.needs_confirmation else "no",
                first.path if first else None,
                first.line if first else None,
                first.what if first else None,
            )


def _rule_of_two(lookup: Lookup) -> Rows:
    for found in lookup.analysis.scorecard.exposures:
        rule = found.rule_of_two
        verdict = "all-three" if rule.is_flagged else "open" if rule.is_open else "not-all-three"
        yield (found.component, verdict, *(text for leg in rule.legs for text in (leg.state.value, leg.because)))


EXPOSURE_TABLES = {
    "exposure_paths.csv": Table(
        (
            "component", "path", "line", "function", "rule", "places", "calls", "ambiguous",
            "source", "source_path", "source_line", "source_function", "source_symbol", "steps",
        ),
        _paths,
    ),
    "exposure_sites.csv": Table(
        ("component", "path", "line", "function", "places", "calls_outside", "calls_local", "calls_exported"), _sites
    ),
    "roles.csv": Table(
        ("component", "role", "meaning", "places", "confidence", "confirm", "path", "line", "what"), _roles
    ),
    "rule_of_two.csv": Table(
        (
            "component", "verdict", "unsafe_language", "unsafe_language_because",
            "untrusted_input", "untrusted_input_because", "no_sandbox", "no_sandbox_because",
        ),
        _rule_of_two,
    ),
}  # fmt: skip
