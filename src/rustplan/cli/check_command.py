"""`rustplan check`: hold a saved analysis against limits, policy and baseline."""

from __future__ import annotations

from pathlib import Path

import click

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import (
    ConfigChoice,
    DocumentChoice,
    GateChoice,
    TalkChoice,
    config_options,
    document_options,
    gate_options,
    talk_options,
)
from rustplan.cli.saved import from_option, read_saved


@click.command(cls=SectionedCommand)
@from_option
@document_options
@talk_options
@gate_options
@config_options
def check(
    source: Path, documents: DocumentChoice, talk: TalkChoice, gate: GateChoice, configuration: ConfigChoice
) -> int:
    """Gate a saved analysis against limits, policy and baseline.

    The limits of the configuration file hold, unless --fail-on is given. Exit 0: met; 1: not met; 3: the scan was incomplete.
    """
    from rustplan.cli.judging import judge, load_baseline, tell
    from rustplan.cli.outputs import plan_outputs, stdout_document
    from rustplan.cli.settings import settings_from
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    outputs = plan_outputs(documents, default_stdout="text", defaults={})
    outputs.check()
    settings = settings_from(Path.cwd(), configuration, gate=gate)
    baseline = load_baseline(settings, source.parent, streams)
    analysis = read_saved(source)
    verdict = judge(analysis, settings, source.parent, baseline)
    written = outputs.write(analysis, settings.report, verdict)
    if outputs.is_stdout_asked:
        streams.document(stdout_document(analysis, outputs, settings.report, streams.out, verdict))
    if written:
        streams.say("Wrote " + ", ".join(document.words for document in written))
    tell(verdict, streams)
    return verdict.exit_code
