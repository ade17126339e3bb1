"""What the workers of a cluster do in its tests; imported by name in the processes that read."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import NamedTuple

from rustplan.model.source import SkippedFile, SourceFile
from rustplan.scan.read import Place


class Reading(NamedTuple):
    """Where the files are, and one that every task reads besides its own."""

    root: Place
    header: SourceFile


def start_reading(setup: Reading) -> Callable[[SourceFile], bytes]:
    """A task gives the bytes of the header and of its own file; the names of some files are their fate."""

    def work(file: SourceFile) -> bytes:
        if file.path.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        header, own = setup.root.read(setup.header), setup.root.read(file)  # type: ignore[union-attr]
        if isinstance(own, SkippedFile) or isinstance(header, SkippedFile):
            return b"skipped: " + (own.detail if isinstance(own, SkippedFile) else "header").encode()
        return header + b"|" + own + b"|" + str(os.getpid()).encode()

    return work
