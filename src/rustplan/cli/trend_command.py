"""`rustplan trend`: how the numbers moved over several saved analyses."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.cli.sheets import FILE, read_points, sheet_options, targets_of, write_sheet

FORMATS = ("text", "markdown", "csv", "html")


@click.command(cls=SectionedCommand)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@sheet_options(FORMATS)
@talk_options
def trend(files: tuple[Path, ...], format: str | None, outputs: tuple[str, ...], talk: TalkChoice) -> int:
    """Show how the numbers moved over several analyses.

    Each FILE is what `rustplan scan` wrote at some commit. They are ordered by the dates of their commits: memory-unsafe
    lines, share of growth in memory-safe languages, boundaries, baseline size, risk, coverage.
    """
    from rustplan.cli.streams import Streams
    from rustplan.report.trend import trend_of
    from rustplan.report.trend_csv import trend_as_csv
    from rustplan.report.view.trend import build_trend

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    targets = targets_of(outputs, FORMATS)
    told = trend_of(read_points(files))
    write_sheet(build_trend(told), format, targets, streams, {"csv": lambda: trend_as_csv(told)})
    streams.say("Done, no gate asked. Exit 0.")
    return 0
