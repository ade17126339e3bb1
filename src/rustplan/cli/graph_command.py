"""`rustplan graph`: the component graph of a saved analysis for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.cli.saved import from_option, read_saved

FORMATS = ("dot", "graphml", "mermaid", "graph-json", "svg")
"""As `report -f` calls them; there `svg` is `graph-svg`, because another picture, the badge, ends in .svg too."""
_OF_ENDING = {"json": "graph-json", "badge": "svg"}
"""What an ending means that means something else elsewhere."""


@click.command(cls=SectionedCommand)
@from_option
@click.option(
    "-f",
    "--format",
    "format",
    type=click.Choice(FORMATS),
    help="Form of the graph  [default: by the file's ending, else dot]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Write FILE instead of stdout",
)
@talk_options
def graph(source: Path, format: str | None, output: Path | None, talk: TalkChoice) -> int:
    """Export the component graph."""
    from rustplan.cli.outputs import Outputs, Target, stdout_document
    from rustplan.cli.streams import Streams
    from rustplan.model.options import ReportOptions

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    form = format or _by_ending(output)
    form = "graph-svg" if form == "svg" else form
    if output is None or str(output) == "-":
        outputs = Outputs(stdout_format=form, is_stdout_asked=True)
        streams.document(stdout_document(read_saved(source), outputs, ReportOptions(), streams.out))
        return 0
    outputs = Outputs(stdout_format=form, files=(Target(format=form, path=output),))
    outputs.check()
    for document in outputs.write(read_saved(source), ReportOptions()):
        streams.say(f"Wrote {document.words}")
    return 0


def _by_ending(output: Path | None) -> str:
    from rustplan.report import infer_format

    inferred = None if output is None else infer_format(output.name)
    if inferred in _OF_ENDING:
        return _OF_ENDING[inferred]
    return inferred if inferred in FORMATS else "dot"
