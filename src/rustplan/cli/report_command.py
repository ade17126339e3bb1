"""`rustplan report`: render a saved analysis again, without the source."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import (
    ConfigChoice,
    DocumentChoice,
    EditionChoice,
    TalkChoice,
    config_options,
    document_options,
    edition_options,
    talk_options,
)
from rustplan.cli.saved import from_option, previous_option, read_saved, with_previous


@click.command(cls=SectionedCommand)
@from_option
@document_options
@previous_option
@edition_options
@talk_options
@config_options
def report(
    source: Path,
    documents: DocumentChoice,
    previous: tuple[Path, ...],
    edition: EditionChoice,
    talk: TalkChoice,
    configuration: ConfigChoice,
) -> int:
    """Render a saved analysis as html, markdown, sarif, csv, ...

    Without -f and -o it writes roadmap.html. Nothing is scanned and no gate is judged.
    """
    from rustplan.cli.outputs import plan_outputs, refuse_unredacted, stdout_document
    from rustplan.cli.settings import report_options, settings_from
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    is_open = documents.stdout_format is None and not documents.outputs
    outputs = plan_outputs(documents, default_stdout="text", defaults={"html": "roadmap.html"} if is_open else {})
    shown = with_previous(report_options(settings_from(Path.cwd(), configuration), edition), previous)
    refuse_unredacted(outputs, shown)
    outputs.check()
    analysis = read_saved(source)
    written = outputs.write(analysis, shown)
    if outputs.is_stdout_asked:
        streams.document(stdout_document(analysis, outputs, shown, streams.out))
    if written:
        streams.say("Wrote " + ", ".join(document.words for document in written))
    for document in written:
        for notice in document.notices:
            streams.say(f"{document.path}: {notice}")
    return 0
