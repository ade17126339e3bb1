"""`rustplan pack`: everything one analysis says, in one file that somebody else can check."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import ConfigChoice, TalkChoice, config_options, talk_options
from rustplan.cli.saved import from_option, read_saved

DEFAULT_PACK = Path("rustplan-pack.zip")


@click.command(cls=SectionedCommand)
@from_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, readable=False),
    default=DEFAULT_PACK,
    show_default=True,
    metavar="FILE",
    help="Where to write the pack",
)
@talk_options
@config_options
def pack(source: Path, output: Path, talk: TalkChoice, configuration: ConfigChoice) -> int:
    """Write one zip that an auditor can check.

    It holds the roadmap, the analysis, SARIF, every table with the digests of the files that were read, the rules, the settings, the
    coverage, and an unsigned in-toto statement with the digest of each. The same analysis makes the same bytes everywhere.
    """
    from rustplan.cli.atomic import write_all
    from rustplan.cli.settings import settings_from
    from rustplan.cli.streams import Streams
    from rustplan.pack import make_pack
    from rustplan.report.view.numbers import size_of

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    settings = settings_from(Path.cwd(), configuration)
    data = make_pack(read_saved(source), settings.report)
    write_all([(output, data)])
    streams.say(f"Wrote {output} ({size_of(len(data))}). Check it: rustplan verify {output} --repo FOLDER")
    return 0
