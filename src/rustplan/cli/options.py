"""The options that commands share: each group is declared once and reaches the command as one frozen value."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

OUTPUT, READING, GATE, CONFIGURATION = "Output", "Scan", "Gate", "Configuration"


class GroupedOption(click.Option):
    """An option that knows under which heading of the help it stands."""

    def __init__(self, *declarations: Any, section: str = "Options", **settings: Any) -> None:
        super().__init__(*declarations, **settings)
        self.section = section


class TalkChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How to talk: colour (auto, always, never), quietness 0-2, verbosity."""

    color: str = "auto"
    quiet: int = 0
    verbose: int = 0


class DocumentChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents to write: one for stdout, and files."""

    stdout_format: str | None = None
    outputs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class EditionChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the source a page may show; None and False mean not given."""

    excerpts: str | None = None
    redact: bool = False
    redact_keep_names: bool = False


class ReadingChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What to read and how; None and empty mean not given."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    components: Path | None = None
    rules: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()
    sarif: tuple[str, ...] = ()
    no_history: bool = False
    osv: tuple[str, ...] = ()
    pause_budget_ms: float | None = None
    engineers: int | None = None
    start: str | None = None
    availability: float | None = None
    actuals: str | None = None
    jobs: int | None = None
    depth: str | None = None


class CacheChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Where earlier scans are remembered, and the commit that the work is held against."""

    cache: str | None = None
    since: str | None = None
    changed_only: bool = False
    no_cache: bool = False


class ClusterChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads the files: this machine, or the workers of a scheduler."""

    executor: str = "local"
    scheduler: str | None = None


class GateChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the exit code 1 or 3."""

    fail_on: tuple[str, ...] = ()
    baseline: Path | None = None
    min_coverage: float | None = None
    strict: bool = False
    exit_zero: bool = False


class ConfigChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Where settings come from."""

    config: Path | None = None
    assignments: tuple[str, ...] = ()
    isolated: bool = False


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _option(*declarations: str, section: str, **settings: Any) -> Decorator:
    return click.option(*declarations, cls=GroupedOption, section=section, **settings)


FOLDER = click.Path(path_type=Path, readable=False)


class GivenPath(click.Path):
    """A path that is not empty: an unset variable in a script must not read the current folder instead."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse the empty text, which a Path would take for the current folder."""
        if value == "":
            self.fail("it is empty; `rustplan scan .` reads the current folder", param, ctx)
        return super().convert(value, param, ctx)


TALK_OPTIONS = (
    _option(
        "--color",
        section=OUTPUT,
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        metavar="WHEN",
        help="auto, always, never; NO_COLOR and FORCE_COLOR are honoured",
    ),
    _option(
        "-q",
        "--quiet",
        section=OUTPUT,
        count=True,
        help="No progress or chatter; errors still print (-qq: errors only)",
    ),
    _option("-v", "--verbose", section=OUTPUT, count=True, help="More detail"),
)
DOCUMENT_OPTIONS = (
    _option(
        "-f",
        "--format",
        "stdout_format",
        section=OUTPUT,
        metavar="FORMAT",
        help="What stdout carries: text, full, concise, json, jsonl, sarif, sarif-full, markdown, csv, html, badge, badge-json, graphml, "
        "dot, mermaid, graph-json, graph-svg; of a verdict: new, github, gitlab, junit, comment, summary, env [default: text]",
    ),
    _option(
        "-o",
        "--output",
        "outputs",
        section=OUTPUT,
        multiple=True,
        metavar="[FMT=]FILE",
        help="Also write FILE; repeat for several formats; - is stdout; csv=DIR writes every table",
    ),
    _option(
        "--kind",
        "kinds",
        section=OUTPUT,
        multiple=True,
        type=click.Choice(["defect", "exposure", "obstacle", "seam", "signal"]),
        metavar="KIND",
        help="Only these findings in concise, full and jsonl: defect, exposure, obstacle, seam, signal (repeatable)",
    ),
)
READING_OPTIONS = (
    _option("--include", section=READING, multiple=True, metavar="GLOB", help="Only these paths (repeatable)"),
    _option(
        "--exclude",
        section=READING,
        multiple=True,
        metavar="GLOB",
        help="Not these paths (repeatable); .gitignore and .rustplanignore are honoured",
    ),
    _option(
        "--components",
        section=READING,
        type=FOLDER,
        metavar="FILE",
        help="Component map (YAML); default: detected from the build system",
    ),
    _option(
        "--rules",
        section=READING,
        type=FOLDER,
        multiple=True,
        metavar="DIR",
        help="Rules besides the shipped ones (repeatable)",
    ),
    _option(
        "--profile",
        "profiles",
        section=READING,
        type=click.Path(readable=False),
        multiple=True,
        metavar="FILE",
        help="What a run told: JFR, collapsed stacks, PrintCompilation, JMH, perf script, GC log (repeatable)",
    ),
    _option(
        "--sarif",
        section=READING,
        type=click.Path(readable=False),
        multiple=True,
        metavar="FILE",
        help="What other tools found, SARIF 2.1.0: CodeQL, cppcheck, clang, GCC, semgrep (repeatable)",
    ),
    _option(
        "--no-history",
        section=READING,
        is_flag=True,
        help="Do not read the git history: git is never started, churn and fixes are unknown",
    ),
    _option(
        "--osv",
        section=READING,
        type=click.Path(readable=False),
        multiple=True,
        metavar="DIR",
        help="Known vulnerabilities, OSV records (*.json), led to files by their fix commits (repeatable)",
    ),
    _option(
        "--pause-budget-ms",
        section=READING,
        type=float,
        metavar="MS",
        help="Longest pause that is accepted  [default: 5]",
    ),
    _option("--engineers", section=READING, type=int, metavar="N", help="People who port"),
    _option("--start", section=READING, metavar="YYYY-MM", help="First month of work"),
    _option(
        "--availability",
        section=READING,
        type=float,
        metavar="SHARE",
        help="Share of their time; without all three no quarter is printed",
    ),
    _option(
        "--actuals",
        section=READING,
        type=click.Path(readable=False),
        metavar="FILE",
        help="CSV of finished ports that calibrates effort: component,lines,person_months[,difficulty]",
    ),
    _option("-j", "--jobs", section=READING, type=int, metavar="N", help="Worker processes  [default: number of CPUs]"),
    _option(
        "--depth",
        section=READING,
        type=click.Choice(["surface", "full"]),
        metavar="LEVEL",
        help="surface: exposure, graph and ranking without the defect engine; full: all of it  [default: full]",
    ),
)
CACHE_OPTIONS = (
    _option(
        "--cache",
        section=READING,
        type=GivenPath(readable=False),
        metavar="DIR",
        help="Remember what was read in DIR; RUSTPLAN_CACHE does the same  [default: the user's cache folder]",
    ),
    _option(
        "--since",
        section=READING,
        metavar="REV",
        help="Hold the work tree against a commit: risk and findings added and removed; new:SEVERITY means new since REV",
    ),
    _option("--changed-only", section=READING, is_flag=True, help="--since the merge base with the default branch"),
    _option("--no-cache", section=READING, is_flag=True, help="Read everything anew and remember nothing"),
)
CLUSTER_OPTIONS = (
    _option(
        "--executor",
        section=READING,
        type=click.Choice(["local", "dask"]),
        default="local",
        metavar="WHERE",
        help="local: this machine reads; dask: the workers of --scheduler do (pip install 'rustplan[dask]'); the bytes are the same",
    ),
    _option(
        "--scheduler",
        section=READING,
        metavar="ADDRESS",
        help="Scheduler of a Dask cluster that you trust, HOST:PORT or tls://HOST:PORT; the source travels to its workers",
    ),
)
GATE_OPTIONS = (
    _option(
        "--fail-on",
        section=GATE,
        multiple=True,
        metavar="EXPR",
        help="'risk>=N', 'gc>=N', 'coverage<N' with >= > <= < (quote it), new:SEVERITY, policy, stale-baseline (repeatable)",
    ),
    _option(
        "--baseline",
        section=GATE,
        type=FOLDER,
        metavar="FILE",
        help="Accepted findings  [default: rustplan-baseline.json beside the code]",
    ),
    _option(
        "--min-coverage", section=GATE, type=float, metavar="N", help="Exit 3 when less of the code was read (0-1)"
    ),
    _option("--strict", section=GATE, is_flag=True, help="Exit 3 if any file was skipped or degraded"),
    _option("--exit-zero", section=GATE, is_flag=True, help="Report the gate but exit 0"),
)
EDITION_OPTIONS = (
    _option(
        "--excerpts",
        section=OUTPUT,
        type=click.Choice(["none", "findings"]),
        metavar="WHICH",
        help="Source lines in the page: none, findings  [default: findings]",
    ),
    _option(
        "--redact",
        section=OUTPUT,
        is_flag=True,
        help="HTML and PDF for publication: no paths, symbols, findings or excerpts, components by number",
    ),
    _option(
        "--redact-keep-names",
        section=OUTPUT,
        is_flag=True,
        help="The same with the names of the components, which often are folder names",
    ),
)
CONFIG_OPTIONS = (
    _option("--config", section=CONFIGURATION, type=FOLDER, metavar="FILE", help="Use FILE instead of rustplan.yml"),
    _option(
        "--set",
        "assignments",
        section=CONFIGURATION,
        multiple=True,
        metavar="KEY=VALUE",
        help="Override one setting (repeatable)",
    ),
    _option("--isolated", section=CONFIGURATION, is_flag=True, help="Ignore configuration files"),
)


def talk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --color, -q and -v; the command gets them as `talk`."""
    return _gather(command, TALK_OPTIONS, "talk", TalkChoice)


def document_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -f and -o; the command gets them as `documents`."""
    return _gather(command, DOCUMENT_OPTIONS, "documents", DocumentChoice)


def edition_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --excerpts and --redact; the command gets them as `edition`."""
    return _gather(command, EDITION_OPTIONS, "edition", EditionChoice)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what to read; the command gets it as `reading`."""
    return _gather(command, READING_OPTIONS, "reading", ReadingChoice)


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --cache and --no-cache; the command gets them as `caching`."""
    return _gather(command, CACHE_OPTIONS, "caching", CacheChoice)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --executor and --scheduler; the command gets them as `cluster`."""
    return _gather(command, CLUSTER_OPTIONS, "cluster", ClusterChoice)


def gate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the gate; the command gets it as `gate`."""
    return _gather(command, GATE_OPTIONS, "gate", GateChoice)


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the configuration; the command gets it as `configuration`."""
    return _gather(command, CONFIG_OPTIONS, "configuration", ConfigChoice)


def _gather(
    command: Callable[..., Any], options: Sequence[Decorator], name: str, choice: type[msgspec.Struct]
) -> Callable[..., Any]:
    """Add the options to the command and hand their values over as one `choice`, whose fields are the options' names."""

    @functools.wraps(command)
    def gathered(*arguments: Any, **values: Any) -> Any:
        chosen = {key: values.pop(key) for key in choice.__struct_fields__}
        return command(*arguments, **values, **{name: choice(**chosen)})

    decorated: Callable[..., Any] = gathered
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
