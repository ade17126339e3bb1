"""What diff, trend and portfolio share: their output options, and writing one page in several formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustplan.errors import InputError, OutputError

if TYPE_CHECKING:
    from rustplan.cli.streams import Streams
    from rustplan.model.analysis import Analysis
    from rustplan.model.progress import ProgressPoint
    from rustplan.report.view.sheets import Sheet

Machine = dict[str, Callable[[], str]]
MOST_FILES = 500
FILE = click.Path(path_type=Path, readable=False)


def sheet_options(formats: tuple[str, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add -f and -o; the command gets `format` and `outputs`."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        out = click.option(
            "-o",
            "--output",
            "outputs",
            multiple=True,
            metavar="[FMT=]FILE",
            help="Also write FILE; repeat for several formats",
        )
        form = click.option(
            "-f", "--format", "format", type=click.Choice(formats), help="What stdout carries  [default: text]"
        )
        return form(out(command))

    return add


def each_analysis(files: Sequence[Path]) -> Iterator[Analysis]:
    """Load one analysis after the other, so that only one is held. Raises InputError that names the file that cannot be read."""
    from rustplan.cli.saved import read_saved
    from rustplan.report.plausible import refuse_absurd

    if len(files) > MOST_FILES:
        raise InputError(f"{len(files)} files are more than {MOST_FILES}", hint="give fewer: one a month or a release")
    for file in files:
        analysis = read_saved(file)
        refuse_absurd(analysis, str(file))
        yield analysis


def read_points(files: Sequence[Path]) -> tuple[ProgressPoint, ...]:
    """The numbers of each analysis that are followed over time. Raises InputError."""
    from rustplan.report.trend import point_of

    return tuple(point_of(analysis) for analysis in each_analysis(files))


def targets_of(outputs: Sequence[str], formats: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Read -o, and see that every place can be written. Raises a RustplanError before any work is done."""
    from rustplan.report.sheet_formats import format_of

    targets = [(format, Path(place)) for format, place in (format_of(text, formats) for text in outputs)]
    for format, path in targets:
        if not path.name or path.is_dir():
            raise OutputError(f"{path} is a folder; {format} needs a file", hint=f"-o {format}=FILE")
        if not path.parent.is_dir():
            raise OutputError(
                f"cannot write {path}: the folder {path.parent} does not exist", hint=f"make it: mkdir -p {path.parent}"
            )
    return targets


def write_sheet(
    sheet: Sheet, format: str | None, targets: Sequence[tuple[str, Path]], streams: Streams, machine: Machine
) -> None:
    """Write the files, then the document for stdout: text, unless only files were asked for by -q."""
    from rustplan.cli.atomic import write_all
    from rustplan.report.sheet_formats import draw_sheet
    from rustplan.report.view.numbers import size_of

    files = [(path, draw_sheet(sheet, kind, None, machine).encode("utf-8")) for kind, path in targets]
    write_all(files)
    if format is None or format == "text":
        if streams.quiet < 2:
            streams.document(draw_sheet(sheet, "text", streams.out, machine))
    else:
        streams.document(draw_sheet(sheet, format, None, machine).encode("utf-8"))
    if files:
        streams.say("Wrote " + ", ".join(f"{path} ({size_of(len(data))})" for path, data in files))
