"""`rustplan config`: the settings in effect with their origins, and the schemas for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustplan.cli.app import NamingGroup, SectionedCommand
from rustplan.cli.options import (
    ConfigChoice,
    ReadingChoice,
    TalkChoice,
    config_options,
    reading_options,
    talk_options,
)

if TYPE_CHECKING:
    from rustplan.config import Settings
    from rustplan.report.terminal import Terminal


@click.group(cls=NamingGroup)
def config() -> None:
    """Show the settings in effect and where they come from."""


@config.command(cls=SectionedCommand)
@click.argument("path", metavar="[PATH]", default=".", type=click.Path(path_type=Path, readable=False))
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@talk_options
@reading_options
@config_options
def show(path: Path, format: str, talk: TalkChoice, reading: ReadingChoice, configuration: ConfigChoice) -> int:
    """Show each setting for PATH, its value and its origin.

    Later wins: defaults, the configuration file, RUSTPLAN_* variables, --set, flags. Exit 2 when anything is wrong.
    """
    from rustplan.cli.settings import settings_from
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    settings = settings_from(path, configuration, reading)
    streams.document(_as_json(settings) if format == "json" else _as_text(settings, streams.out))
    streams.say(f"configuration file: {settings.config_file or 'none'}")
    return 0


@config.command()
@click.argument("document", metavar="[config|analysis]", type=click.Choice(["config", "analysis"]), default="config")
def schema(document: str) -> int:
    """Print the JSON Schema of rustplan.yml (config) or rustplan.json (analysis)."""
    from rustplan.cli.streams import Streams
    from rustplan.config import config_json_schema
    from rustplan.report import analysis_json_schema

    made = config_json_schema() if document == "config" else analysis_json_schema()
    Streams().document(f"{json.dumps(made, indent=2, ensure_ascii=True)}\n")
    return 0


def _as_json(settings: Settings) -> str:
    import msgspec

    from rustplan.config.settings import FIELDS

    rows = {
        key: {"value": msgspec.to_builtins(settings.value(key), order="deterministic"), "origin": settings.origin(key)}
        for key in FIELDS
    }
    return json.dumps(rows, indent=1) + "\n"


def _as_text(settings: Settings, terminal: Terminal) -> str:
    import msgspec

    from rustplan.config.settings import FIELDS
    from rustplan.report.terminal import Column, table

    columns = (Column(title="Setting", style="bold"), Column(title="Value", is_flexible=True), Column(title="Origin"))
    rows = []
    for key in FIELDS:
        value = settings.value(key)
        shown = "-" if value is None else msgspec.json.encode(value, order="deterministic").decode()
        rows.append((key, shown.strip('"'), settings.origin(key)))
    return "\n".join(table(terminal, columns, rows)) + "\n"
