"""What may stand in rustplan.yml: the one place where keys, types and limits are written down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from rustplan.model.options import ComponentPolicy

SCHEMA_ID = "urn:rustplan:schema:config:1"

Glob = Annotated[
    str, Meta(min_length=1, max_length=1000, description="gitignore-style glob, relative to the scanned folder")
]
Share = Annotated[float, Meta(ge=0, le=1)]


class LimitsSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """Bounds for one file; each hit is listed in the coverage."""

    file_bytes: Annotated[int, Meta(ge=1, description="files larger than this are skipped, in bytes")] = 2 * 1024 * 1024
    file_seconds: Annotated[float, Meta(gt=0, le=86400, description="longest time for one file, in seconds")] = 60.0
    depth: Annotated[int, Meta(ge=1, le=1000, description="deepest folder that is read")] = 200


class ScanSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """How deep a scan goes, and whether it may remember. Where it remembers is the user's business: --cache, RUSTPLAN_CACHE."""

    depth: Annotated[
        Literal["surface", "full"],
        Meta(description="surface leaves the defect engine out; coverage says what that means"),
    ] = "full"
    cache: Annotated[bool, Meta(description="use what earlier scans learnt; changes no byte of the outputs")] = True


class EvidenceSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """What the program told about itself when it ran, and what other tools found."""

    profiles: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...],
        Meta(description="profiles and GC logs to read; relative to this file"),
    ] = ()
    sarif: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...],
        Meta(description="SARIF logs of other tools to read; relative to this file"),
    ] = ()
    history: Annotated[bool, Meta(description="read the git history; false never starts git")] = True
    osv: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...],
        Meta(description="folders of vulnerability records (OSV) to read; relative to this file"),
    ] = ()
    pause_budget_ms: Annotated[
        float, Meta(gt=0, le=3_600_000, description="longest pause that is accepted, in milliseconds")
    ] = 5.0


class PlanSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """The team. Without all of engineers, start and availability no quarter is printed."""

    engineers: Annotated[int, Meta(ge=1, le=10000, description="people who port")] | None = None
    start: (
        Annotated[str, Meta(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", description="first month of work, YYYY-MM")] | None
    ) = None
    availability: Annotated[float, Meta(gt=0, le=1, description="share of their time, above 0 up to 1")] | None = None
    rust_experience: Annotated[bool, Meta(description="the team knows Rust: no ramp-up is added")] = False
    criticality: Annotated[dict[str, Share], Meta(description="component -> how much it matters, 0-1")] = {}
    actuals: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=1000,
                description="CSV of finished ports that calibrates effort: component,lines,person_months[,difficulty]; relative to this file",
            ),
        ]
        | None
    ) = None
    effort: Annotated[
        dict[str, float],
        Meta(description="constant of catalog/effort.yaml -> your value, such as crossings.hours.callback: 6"),
    ] = {}
    replacements: Annotated[
        dict[str, Annotated[str, Meta(max_length=80)]],
        Meta(
            description="row of catalog/crates.yaml -> the library that you would take instead; empty leaves the row out"
        ),
    ] = {}


class ScoreSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """Weights of the score, where the shipped priors do not fit. Every output says what was replaced."""

    exponents: Annotated[tuple[float, ...], Meta(description="of risk, feasibility and value, as [1, 0.5, 0.5]")] = ()
    weights: Annotated[
        dict[str, float],
        Meta(description="part of risk -> its weight, such as churn: 12; the parts of a track share 100"),
    ] = {}


class ReportSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """How reports are drawn."""

    excerpts: Annotated[Literal["findings", "none"], Meta(description="source lines in reports")] = "findings"
    paper: Annotated[Literal["a4", "letter"], Meta(description="paper size of the print style")] = "a4"
    source_url: (
        Annotated[
            str,
            Meta(pattern="^https://", max_length=1000, description="link to a line: {repo} {commit} {path} {line}"),
        ]
        | None
    ) = None
    max_bytes: Annotated[int, Meta(ge=100_000, description="size limit of the HTML report, in bytes")] = 10_000_000


class GateSection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """Limits. `scan` gates by its own flags only and does not read this section."""

    fail_on: Annotated[tuple[str, ...], Meta(description="expressions such as risk>=70, new:high or policy")] = ()
    baseline: Annotated[str, Meta(min_length=1, max_length=1000, description="file of accepted findings")] | None = None
    min_coverage: Annotated[Share, Meta(description="exit 3 when less of the code was read")] | None = None
    strict: Annotated[bool, Meta(description="exit 3 when any file was skipped or read in part")] = False
    exit_zero: Annotated[bool, Meta(description="report the gate but exit 0")] = False


class ConfigFile(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True
):
    """A rustplan.yml file."""

    version: Annotated[Literal[1], Meta(description="version of this file format")]
    name: Annotated[
        str, Meta(max_length=200, description="what the project is called; the folder's name where it is empty")
    ] = ""
    include: Annotated[tuple[Glob, ...], Meta(description="only these paths")] = ()
    exclude: Annotated[tuple[Glob, ...], Meta(description="not these paths; .gitignore is honoured besides")] = ()
    components: Annotated[
        dict[str, tuple[Glob, ...]], Meta(description="component -> globs; wins over build files and directories")
    ] = {}
    granularity: Annotated[
        float, Meta(ge=0.1, le=10, description="scale of the directory components; 2 means twice as large")
    ] = 1.0
    jobs: Annotated[int, Meta(ge=0, le=1024, description="worker processes; 0 means one for each core")] = 0
    scan: ScanSection = ScanSection()
    limits: LimitsSection = LimitsSection()
    evidence: EvidenceSection = EvidenceSection()
    plan: PlanSection = PlanSection()
    score: ScoreSection = ScoreSection()
    report: ReportSection = ReportSection()
    policy: Annotated[dict[str, ComponentPolicy], Meta(description="component -> what may no longer happen to it")] = {}
    gate: GateSection = GateSection()


def leaf_types(section: type[msgspec.Struct] = ConfigFile, prefix: str = "") -> dict[str, Any]:
    """Map every dotted key that carries a value to its type, in the order of the file format; `version` left out."""
    leaves: dict[str, Any] = {}
    for field in msgspec.structs.fields(section):
        key = prefix + field.encode_name
        if is_section(field.type):
            leaves |= leaf_types(field.type, f"{key}.")
        elif key != "version":
            leaves[key] = field.type
    return leaves


def is_section(kind: Any) -> bool:
    """True when a key holds further keys."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def config_json_schema() -> dict[str, Any]:
    """JSON Schema of rustplan.yml for editors."""
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(ConfigFile)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "rustplan.yml",
    } | schema
