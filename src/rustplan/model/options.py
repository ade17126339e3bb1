"""What a caller may decide, stage by stage. `config` fills these from flags, environment, file and defaults."""

from __future__ import annotations

import msgspec

MEBIBYTE = 1024 * 1024


class DiscoverOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to read. Globs are gitignore-style and relative to the root; `max_file_bytes` bounds one file.

    `own_outputs` are the files and folders that this run writes, relative to the root: a second run must not count them.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_bytes: int = 2 * MEBIBYTE
    max_depth: int = 200
    own_outputs: tuple[str, ...] = ()


class ScanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to read. `jobs` 0 means one worker a core; `file_seconds` bounds one file. Neither changes a byte of the outputs."""

    jobs: int = 0
    file_seconds: float = 60.0


class EvidenceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to read besides the source: profile and log files as given, and the longest pause that is accepted, in milliseconds."""

    profiles: tuple[str, ...] = ()
    pause_budget_ms: float = 5.0


class ComponentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Which files belong together: component name -> globs, and a scale for the directory fallback (2 = twice as large components)."""

    components: dict[str, tuple[str, ...]] = {}
    granularity: float = 1.0


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The team. Without all of engineers, start (YYYY-MM) and availability (0-1] no quarter is printed. `criticality`: component -> 0-1."""

    engineers: int | None = None
    start: str | None = None
    availability: float | None = None
    rust_experience: bool = False
    criticality: dict[str, float] = {}


class ReportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to show. `excerpts` is none or findings; `paper` a4 or letter; `source_url` has {repo} {commit} {path} {line}."""

    excerpts: str = "findings"
    paper: str = "a4"
    source_url: str | None = None
    max_bytes: int = 10 * 1000 * 1000


class GateOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the exit code 1 or 3. `fail_on` holds expressions such as `risk>=70`."""

    fail_on: tuple[str, ...] = ()
    min_coverage: float | None = None
    is_strict: bool = False
    exit_zero: bool = False
