"""The saved analysis that every command after `scan` works from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rustplan.model.analysis import Analysis

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
