"""What the workers of the pool tests do; imported by name in the child processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def start_echo(prefix: str) -> Callable[[str], bytes]:
    """Each task names its own fate."""

    def work(task: str) -> bytes:
        if task.startswith("hang"):
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while True:
                time.sleep(60)
        if task.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if task.startswith("exit"):
            os._exit(7)
        return f"{prefix}{task}".encode()

    return work


def start_unlucky(marker: str) -> Callable[[str], bytes]:
    """The first worker to meet `once` dies; the next one does not."""

    def work(task: str) -> bytes:
        if task == "once" and not Path(marker).exists():
            Path(marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task.encode()

    return work


def start_late(folder: str) -> Callable[[str], bytes]:
    """The first two workers are killed before they are ready."""
    marks = len(list(Path(folder).iterdir()))
    Path(folder, str(os.getpid())).touch()
    if marks < 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return str.encode


def start_doomed(complaint: str) -> Callable[[str], bytes]:
    """Every worker is killed before it is ready."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise RuntimeError(complaint)


def start_with_pids(folder: str) -> Callable[[str], bytes]:
    """Leaves its process id behind, then hangs."""

    def work(task: str) -> bytes:
        Path(folder, str(os.getpid())).touch()
        while True:
            time.sleep(60)

    return work


def start_never(complaint: str) -> Callable[[str], bytes]:
    """Fails before it is ready."""
    raise RuntimeError(complaint)
