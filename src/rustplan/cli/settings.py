"""From the options a person typed to the Settings of a run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from rustplan.cli.options import ConfigChoice, EditionChoice, GateChoice, ReadingChoice
from rustplan.config import Flag, Settings, load_settings, read_component_map
from rustplan.gate import parse_expression
from rustplan.model.options import ReportOptions


def settings_from(
    root: Path | None,
    configuration: ConfigChoice,
    reading: ReadingChoice | None = None,
    gate: GateChoice | None = None,
    extra: dict[str, Flag] | None = None,
) -> Settings:
    """Fold flags, --set, RUSTPLAN_*, the configuration file and defaults. Raises ConfigError before anything is read."""
    reading = reading or ReadingChoice()
    gate = gate or GateChoice()
    for expression in gate.fail_on:
        parse_expression(expression)
    return load_settings(
        root,
        flags={**_flags(reading, gate), **(extra or {})},
        assignments=configuration.assignments,
        config=configuration.config,
        is_isolated=configuration.isolated,
        environ=os.environ,
        rule_folders=reading.rules,
    )


def report_options(settings: Settings, edition: EditionChoice) -> ReportOptions:
    """How to show: the settings, and what the command line says of excerpts and publication."""
    redact = "keep-names" if edition.redact_keep_names else "full" if edition.redact else "none"
    return msgspec.structs.replace(
        settings.report, excerpts=edition.excerpts or settings.report.excerpts, redact=redact
    )


def _flags(reading: ReadingChoice, gate: GateChoice) -> dict[str, Flag]:
    given: dict[str, tuple[str, Any]] = {
        "include": ("--include", list(reading.include) or None),
        "exclude": ("--exclude", list(reading.exclude) or None),
        "components": ("--components", None if reading.components is None else _component_map(reading.components)),
        "jobs": ("--jobs", reading.jobs),
        "scan.depth": ("--depth", reading.depth),
        "evidence.profiles": ("--profile", list(reading.profiles) or None),
        "evidence.sarif": ("--sarif", list(reading.sarif) or None),
        "evidence.history": ("--no-history", False if reading.no_history else None),
        "evidence.osv": ("--osv", list(reading.osv) or None),
        "evidence.pause-budget-ms": ("--pause-budget-ms", reading.pause_budget_ms),
        "plan.engineers": ("--engineers", reading.engineers),
        "plan.start": ("--start", reading.start),
        "plan.availability": ("--availability", reading.availability),
        "plan.actuals": ("--actuals", reading.actuals),
        "gate.fail-on": ("--fail-on", list(gate.fail_on) or None),
        "gate.baseline": ("--baseline", None if gate.baseline is None else str(gate.baseline)),
        "gate.min-coverage": ("--min-coverage", gate.min_coverage),
        "gate.strict": ("--strict", gate.strict or None),
        "gate.exit-zero": ("--exit-zero", gate.exit_zero or None),
    }
    return {key: Flag(name=name, value=value) for key, (name, value) in given.items() if value is not None}


def _component_map(path: Path) -> dict[str, list[str]]:
    return {name: list(globs) for name, globs in read_component_map(path).items()}
