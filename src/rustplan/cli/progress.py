"""A moving line on stderr for a person, a rare plain line for a log, nothing for a quiet run."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rustplan.cli.streams import Streams
from rustplan.report.view.numbers import whole

Progress = Callable[[int, int], None]

SECONDS_BETWEEN_LINES = 30.0


@contextlib.contextmanager
def reading_progress(streams: Streams) -> Iterator[Progress | None]:
    """Yield what a scan calls with files done and files in all."""
    if streams.shows_progress:
        with _moving_line(streams) as progress:
            yield progress
    elif streams.quiet:
        yield None
    else:
        yield _plain_lines(streams)


@contextlib.contextmanager
def _moving_line(streams: Streams) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    console = Console(
        file=sys.stderr,
        force_terminal=True,
        force_interactive=True,
        no_color=not streams.err.is_colour,
        width=streams.err.width,
        markup=False,
        emoji=False,
        highlight=False,
        safe_box=True,
    )
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=console, transient=True, refresh_per_second=8) as bar:
        task = bar.add_task("Reading", total=None)

        def tell(done: int, total: int) -> None:
            if not total:
                bar.update(task, description="Reading the history")
                return
            bar.update(task, completed=done, total=total, description="Ranking" if done >= total else "Reading")

        yield tell


def _plain_lines(streams: Streams) -> Progress:
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if total and time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            streams.say(f"Read {whole(done)} of {whole(total)} files")

    return tell
