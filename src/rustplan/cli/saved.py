"""The saved analysis that every command after `scan` works from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustplan.cli.options import OUTPUT, GroupedOption

if TYPE_CHECKING:
    from rustplan.model.analysis import Analysis
    from rustplan.model.options import ReportOptions

DEFAULT_FILE = Path("rustplan.json")


def from_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --from; the command gets the path as `source`."""
    option = click.option(
        "--from",
        "source",
        type=click.Path(path_type=Path, readable=False),
        default=DEFAULT_FILE,
        show_default=True,
        metavar="FILE",
        help="A saved analysis",
    )
    return option(command)


def read_saved(source: Path) -> Analysis:
    """Load it. Raises InputError with the next step."""
    from rustplan.report import load_analysis

    return load_analysis(source)


def previous_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --previous; the command gets the paths as `previous`."""
    option = click.option(
        "--previous",
        cls=GroupedOption,
        section=OUTPUT,
        type=click.Path(path_type=Path, readable=False),
        multiple=True,
        metavar="FILE",
        help="An earlier analysis of the same code, for the measured line of the burn-down (repeatable)",
    )
    return option(command)


def with_previous(options: ReportOptions, files: Sequence[Path]) -> ReportOptions:
    """The report options with the numbers of earlier analyses. Raises InputError for a file that is none."""
    if not files:
        return options
    import msgspec

    from rustplan.cli.sheets import read_points

    return msgspec.structs.replace(options, previous=read_points(files))
