"""The child's side of the pool: set up once, then turn tasks into bytes until the parent hangs up."""

from __future__ import annotations

import gc
import math
import signal
from multiprocessing.connection import Connection
from typing import Any


def serve(handle: int) -> None:
    """Serve the pool at the other end of the inherited pipe `handle`.

    The first message in is `(start, seconds, setup)`, answered by an empty message; each later one is a list of tasks, answered by one
    message a task. Anything raised here ends the process: the parent tells a failed start from a task that crashed.
    """
    connection: Connection[Any, Any] = Connection(handle)
    start, seconds, setup = connection.recv()
    work = start(setup)
    _spare_the_collector()
    connection.send_bytes(b"")
    try:
        while True:
            for task in connection.recv():
                _outlive_no_parent(seconds)
                connection.send_bytes(work(task))
            signal.alarm(0)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _spare_the_collector() -> None:
    """Keep what lives as long as the worker out of the collector, and run it seldom: syntax nodes form no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _outlive_no_parent(seconds: float) -> None:
    """Let the kernel end this process when a task hangs and the parent, which keeps the time, is no more."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(math.ceil(min(seconds, 86_400.0)) + 30)
