"""The settings of one run, as one frozen value."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from rustplan.model.options import (
    ComponentOptions,
    DiscoverOptions,
    EvidenceOptions,
    GateOptions,
    PlanOptions,
    ReportOptions,
    ScanOptions,
    ScoreOptions,
)

DEFAULT_ORIGIN = "default"

FIELDS: dict[str, tuple[str, str]] = {
    "name": ("discover", "name"),
    "include": ("discover", "include"),
    "exclude": ("discover", "exclude"),
    "components": ("components", "components"),
    "granularity": ("components", "granularity"),
    "jobs": ("scan", "jobs"),
    "scan.depth": ("scan", "depth"),
    "scan.cache": ("scan", "uses_cache"),
    "limits.file-bytes": ("discover", "max_file_bytes"),
    "limits.file-seconds": ("scan", "file_seconds"),
    "limits.depth": ("discover", "max_depth"),
    "evidence.profiles": ("evidence", "profiles"),
    "evidence.sarif": ("evidence", "sarif"),
    "evidence.history": ("evidence", "history"),
    "evidence.osv": ("evidence", "osv"),
    "evidence.pause-budget-ms": ("evidence", "pause_budget_ms"),
    "plan.engineers": ("plan", "engineers"),
    "plan.start": ("plan", "start"),
    "plan.availability": ("plan", "availability"),
    "plan.rust-experience": ("plan", "rust_experience"),
    "plan.criticality": ("plan", "criticality"),
    "plan.actuals": ("plan", "actuals"),
    "plan.effort": ("plan", "effort"),
    "plan.replacements": ("plan", "replacements"),
    "score.exponents": ("score", "exponents"),
    "score.weights": ("score", "weights"),
    "report.excerpts": ("report", "excerpts"),
    "report.paper": ("report", "paper"),
    "report.source-url": ("report", "source_url"),
    "report.max-bytes": ("report", "max_bytes"),
    "policy": ("gate", "policy"),
    "gate.fail-on": ("gate", "fail_on"),
    "gate.baseline": ("gate", "baseline"),
    "gate.min-coverage": ("gate", "min_coverage"),
    "gate.strict": ("gate", "is_strict"),
    "gate.exit-zero": ("gate", "exit_zero"),
}
"""Dotted key of the file format -> the option struct and its field."""

FILES_OF = {
    "evidence.osv": "--osv",
    "evidence.profiles": "--profile",
    "evidence.sarif": "--sarif",
    "plan.actuals": "--actuals",
}
"""The keys whose values are paths, with their flags: an analysis holds the files' names only."""

_NOT_IN_ANALYSIS = ("jobs", "scan.cache", "limits.file-seconds", "gate.", "policy", "report.")
"""Settings that change how a run goes, how it is judged or drawn, but nothing it learns."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of every stage, user rule folders, and where each value that is no default came from.

    `origins` maps a dotted key to a flag, a variable or the file's name; `config_file` is the name of the file that was read.
    `is_findings_only` ends the run after the findings: nothing is linked, scored or planned.
    """

    discover: DiscoverOptions = DiscoverOptions()
    scan: ScanOptions = ScanOptions()
    evidence: EvidenceOptions = EvidenceOptions()
    components: ComponentOptions = ComponentOptions()
    plan: PlanOptions = PlanOptions()
    score: ScoreOptions = ScoreOptions()
    report: ReportOptions = ReportOptions()
    gate: GateOptions = GateOptions()
    rule_folders: tuple[Path, ...] = ()
    origins: dict[str, str] = {}
    config_file: str | None = None
    is_findings_only: bool = False

    def value(self, key: str) -> Any:
        """The value in effect of a dotted key."""
        section, field = FIELDS[key]
        return getattr(getattr(self, section), field)

    def origin(self, key: str) -> str:
        """Where the value of a dotted key came from."""
        return self.origins.get(key, DEFAULT_ORIGIN)

    def shown(self) -> dict[str, Any]:
        """The settings that can change what a scan learns, by dotted key: what the analysis records."""
        keys = (key for key in FIELDS if not key.startswith(_NOT_IN_ANALYSIS))
        shown: dict[str, Any] = {
            key: msgspec.to_builtins(self.value(key), order="deterministic") for key in sorted(keys)
        }
        files = {key: sorted(Path(name).name for name in _names(self.value(key))) for key in FILES_OF}
        return shown | files | {"rules": [folder.name for folder in self.rule_folders]}

    @property
    def digest(self) -> str:
        """SHA-256 of `shown()`."""
        return hashlib.sha256(msgspec.json.encode(self.shown(), order="deterministic")).hexdigest()

    @property
    def command(self) -> str:
        """The normalised command line: no paths of this machine, no job count, every override as --set."""
        words = ["rustplan scan ."]
        for key, shown in self.shown().items():
            if key in FIELDS and key not in FILES_OF and self.origin(key) not in {DEFAULT_ORIGIN, self.config_file}:
                words.append(f"--set {shlex.quote(f'{key}={_compact(shown)}')}")
        for key, flag in FILES_OF.items():
            words.extend(f"{flag} {shlex.quote(name)}" for name in self.shown()[key])
        words.extend(f"--rules {shlex.quote(folder.name)}" for folder in self.rule_folders)
        return " ".join(words)

    def without_file_gate(self) -> Settings:
        """The same settings with the gate of the configuration file left out: `scan` gates by its own flags only."""
        own = {key: self.value(key) for key in FIELDS if FIELDS[key][0] == "gate" and self._is_own(key)}
        gate = GateOptions(**{FIELDS[key][1]: value for key, value in own.items()})
        return msgspec.structs.replace(self, gate=gate)

    def writing(self, places: tuple[str, ...]) -> Settings:
        """The same settings for a run that writes `places` (relative to the root), so that it does not read them."""
        return msgspec.structs.replace(self, discover=msgspec.structs.replace(self.discover, own_outputs=places))

    def showing(self, report: ReportOptions) -> Settings:
        """The same settings with other report options."""
        return msgspec.structs.replace(self, report=report)

    def for_findings(self, only: tuple[str, ...] = ()) -> Settings:
        """The same settings for a run that ends after the findings, of the whole tree or of `only` (paths relative to the root)."""
        discover = msgspec.structs.replace(self.discover, only=only)
        return msgspec.structs.replace(self, discover=discover, is_findings_only=True)

    def _is_own(self, key: str) -> bool:
        return self.origin(key) not in {DEFAULT_ORIGIN, self.config_file}


def build_settings(
    values: Mapping[str, Any],
    origins: Mapping[str, str],
    *,
    rule_folders: tuple[Path, ...] = (),
    config_file: str | None = None,
) -> Settings:
    """Spread checked values by dotted key over the option structs."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, field = FIELDS[key]
        sections.setdefault(section, {})[field] = value
    return Settings(
        discover=DiscoverOptions(**sections.get("discover", {})),
        scan=ScanOptions(**sections.get("scan", {})),
        evidence=EvidenceOptions(**sections.get("evidence", {})),
        components=ComponentOptions(**sections.get("components", {})),
        plan=PlanOptions(**sections.get("plan", {})),
        score=ScoreOptions(**sections.get("score", {})),
        report=ReportOptions(**sections.get("report", {})),
        gate=GateOptions(**sections.get("gate", {})),
        rule_folders=rule_folders,
        origins=dict(origins),
        config_file=config_file,
    )


def _names(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Paths of a key that takes one or many."""
    return () if value is None else (value,) if isinstance(value, str) else value


def _compact(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, order="deterministic").decode()
