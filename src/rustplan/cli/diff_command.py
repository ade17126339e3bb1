"""`rustplan diff`: what changed between two saved analyses."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.cli.sheets import FILE, each_analysis, sheet_options, targets_of, write_sheet

FORMATS = ("text", "markdown", "json", "html")


@click.command(cls=SectionedCommand)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@sheet_options(FORMATS)
@click.option("--exit-code", "is_test", is_flag=True, help="Exit 1 if anything differs")
@talk_options
def diff(old: Path, new: Path, format: str | None, outputs: tuple[str, ...], is_test: bool, talk: TalkChoice) -> int:
    """Show what changed between two analyses.

    OLD and NEW are files that `rustplan scan` wrote. Components, scores with the factors that moved them, findings that
    are new, fixed or moved (recognised as a baseline does), and what was read.
    """
    from rustplan.cli.streams import Streams
    from rustplan.gate import finding_changes
    from rustplan.report.diff import compare_analyses, encode_change
    from rustplan.report.view.diff import build_diff

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    targets = targets_of(outputs, FORMATS)
    before, after = each_analysis((old, new))
    change = compare_analyses(before, after, finding_changes(before, after))
    write_sheet(build_diff(change), format, targets, streams, {"json": lambda: encode_change(change)})
    if not is_test:
        streams.say("Done, no gate asked. Exit 0.")
        return 0
    told = "the two analyses differ" if change.is_different else "the two analyses do not differ"
    (streams.insist if change.is_different else streams.say)(f"{told}. Exit {int(change.is_different)}.")
    return int(change.is_different)
