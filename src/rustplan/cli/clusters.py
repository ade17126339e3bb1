"""Where the work is done: the user names a cluster by flags, never the repository that is scanned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rustplan.cli.options import ClusterChoice
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.scan.executors import Executor


def scheduler_of(choice: ClusterChoice) -> str | None:
    """The address of the scheduler; None for this machine. Raises InputError for half a choice."""
    if choice.executor == "dask" and not choice.scheduler:
        raise InputError("--executor dask needs a scheduler", hint="add --scheduler HOST:PORT")
    if choice.executor != "dask" and choice.scheduler is not None:
        raise InputError("--scheduler goes with --executor dask only", hint="add --executor dask")
    return choice.scheduler


@contextmanager
def opened_executor(scheduler: str | None) -> Iterator[Executor | None]:
    """The cluster of a run; None for this machine. Raises InputError when it does not answer: before anything is read."""
    if scheduler is None:
        yield None
        return
    from rustplan.scan.dask_client import connected

    with connected(scheduler) as executor:
        yield executor
