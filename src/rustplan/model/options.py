"""What a caller may decide, stage by stage. `config` fills these from flags, environment, file and defaults."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rustplan.model.progress import ProgressPoint

MEBIBYTE = 1024 * 1024


class DiscoverOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to read. Globs are gitignore-style and relative to the root; `max_file_bytes` bounds one file.

    `only` are the files and folders to read when it is not the whole tree, as paths relative to the root.
    `name` is what the project is called, "" for the folder's name.
    `own_outputs` are the files and folders that this run writes, relative to the root: a second run must not count them.
    """

    name: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_bytes: int = 2 * MEBIBYTE
    max_depth: int = 200
    only: tuple[str, ...] = ()
    own_outputs: tuple[str, ...] = ()


Depth = Literal["surface", "full"]


class ScanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to read. `jobs` 0 means one worker a core; `file_seconds` bounds one file. Neither changes a byte of the outputs.

    `depth` surface leaves out the defect engine and the second pass over the tree; `uses_cache` allows answers of earlier scans.
    """

    jobs: int = 0
    file_seconds: float = 60.0
    depth: Depth = "full"
    uses_cache: bool = True


class EvidenceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to read besides the source: profiles, logs, SARIF logs and folders of vulnerability records as given, and the git history.

    `pause_budget_ms` is the longest pause that is accepted, in milliseconds.
    """

    profiles: tuple[str, ...] = ()
    sarif: tuple[str, ...] = ()
    history: bool = True
    osv: tuple[str, ...] = ()
    pause_budget_ms: float = 5.0


class ComponentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Which files belong together: component name -> globs, and a scale for the directory fallback (2 = twice as large components)."""

    components: dict[str, tuple[str, ...]] = {}
    granularity: float = 1.0


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The team. Without all of engineers, start (YYYY-MM) and availability (0-1] no quarter is printed. `criticality`: component -> 0-1.

    `actuals` is a CSV file of finished ports as given; `effort` replaces constants of the effort catalogue by their dotted names.
    `replacements` replaces what rows of the catalogue of libraries propose, by id; an empty text leaves the row out.
    """

    engineers: int | None = None
    start: str | None = None
    availability: float | None = None
    rust_experience: bool = False
    criticality: dict[str, float] = {}
    actuals: str | None = None
    effort: dict[str, float] = {}
    replacements: dict[str, str] = {}


class ScoreOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of the score that replace shipped ones: `exponents` of risk, feasibility and value (empty: as shipped), `weights` by factor."""

    exponents: tuple[float, ...] = ()
    weights: dict[str, float] = {}


class ReportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to show. `excerpts` is none or findings; `paper` a4 or letter; `source_url` has {repo} {commit} {path} {line}.

    `redact` is none, full (an edition for publication, components by number) or keep-names (the same with their names).
    `previous` are earlier analyses of the same code, for the measured line of the burn-down.
    """

    excerpts: str = "findings"
    redact: str = "none"
    paper: str = "a4"
    source_url: str | None = None
    max_bytes: int = 10 * 1000 * 1000
    previous: tuple[ProgressPoint, ...] = ()


PolicyState = Literal["open", "no-new-unsafe", "no-new-c", "frozen", "rust-only"]


class ComponentPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What may no longer happen to a component, and the first day (YYYY-MM-DD) on which that holds; "" for always."""

    state: Annotated[
        PolicyState,
        msgspec.Meta(
            description="open; no-new-unsafe: no new finding; no-new-c: no more C or C++ lines; frozen: neither, nor a larger "
            "boundary; rust-only: no C or C++ at all"
        ),
    ]
    since: Annotated[
        str, msgspec.Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description="first day, YYYY-MM-DD")
    ] = msgspec.field(default="", name="from")


class GateOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the exit code 1 or 3. `fail_on` holds expressions such as `risk>=70`; `baseline` is the file of accepted findings."""

    fail_on: tuple[str, ...] = ()
    baseline: str | None = None
    policy: dict[str, ComponentPolicy] = {}
    min_coverage: float | None = None
    is_strict: bool = False
    exit_zero: bool = False
