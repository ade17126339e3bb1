"""Runs an order on a cluster: bytes travel there, results come back; a file that takes its worker with it is found and given up."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Hashable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from rustplan.errors import RustplanError
from rustplan.model.source import SkipReason
from rustplan.scan.executors import Order
from rustplan.scan.pool import Failure
from rustplan.scan.remote_worker import Answer, called
from rustplan.scan.shelf import Shelf, crates, cut, digest_of, item_of, packed_setup, packed_task
from rustplan.scan.stamp import stamp

Task = TypeVar("Task")

AHEAD = 2
"""Jobs at the scheduler for each job that can run: enough that no worker waits, few enough that the tree is not all under way."""

LOST = "each worker of the cluster that read it was lost"


class ClusterError(RustplanError):
    """The cluster cannot do the work: it is the wrong one, or it is gone."""

    exit_code = 4


class Job(NamedTuple):
    """What a worker is sent: see `remote_worker.run_job`."""

    stamp: bytes
    digest: str
    setup_pieces: int
    seconds: float
    tasks: tuple[bytes, ...]


class Done(NamedTuple):
    """A job that ended: its encoded Answer, or None when all workers that tried it were lost. `worker` names the last one."""

    ticket: Hashable
    answer: bytes | None


class Cluster(Protocol):
    """Workers somewhere. Jobs that a lost worker had in hand are given to others, a few times."""

    @property
    def threads(self) -> int:
        """How many jobs can run now; 0 while there is no worker."""

    def share(self, pieces: Sequence[bytes]) -> object:
        """Make pieces known to all workers; returns a handle for `submit`."""

    def submit(self, job: Job, shared: object) -> Hashable:
        """Have a job run; returns its ticket."""

    def wait(self) -> Done:
        """Wait for any job. Raises ClusterError when the cluster is gone or cannot work."""

    def drop(self) -> None:
        """Forget all jobs and pieces."""


class RemoteExecutor:
    """An executor on a cluster without a common file system."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @property
    def jobs(self) -> int:
        """How many jobs can run now, at least 1."""
        return max(1, self._cluster.threads)

    def run(self, order: Order[Task]) -> Generator[tuple[Task, bytes | Failure], None, None]:
        """Send the batches, a few ahead; halve a batch that loses its workers until the file that does it stands alone."""
        waiting = deque(batch for batch in order.batches if batch)
        if not waiting:
            return
        setup = cut(packed_setup(order.start, order.setup_at(Shelf())))
        pieces = [*setup, *crates(order.root, order.shared)]
        job = Job(stamp(), digest_of(pieces), len(setup), order.seconds, ())
        running: dict[Hashable, Sequence[Task]] = {}
        try:
            shared = self._cluster.share(pieces)
            del pieces
            while waiting or running:
                while waiting and len(running) < AHEAD * self.jobs:
                    batch = waiting.popleft()
                    running[self._cluster.submit(job._replace(tasks=_packed(order, batch)), shared)] = batch
                done = self._cluster.wait()
                batch = running.pop(done.ticket)
                if done.answer is not None:
                    yield from zip(batch, _opened(done.answer), strict=True)
                elif len(batch) > 1:
                    waiting.extendleft((batch[len(batch) // 2 :], batch[: len(batch) // 2]))
                else:
                    yield batch[0], Failure(reason=SkipReason.CRASHED, detail=LOST)
        finally:
            self._cluster.drop()


def _packed(order: Order[Task], batch: Sequence[Task]) -> tuple[bytes, ...]:
    """The tasks with the bytes of their files, which are read now."""
    packed = []
    for task in batch:
        file = order.own(task)
        packed.append(packed_task(task, None if file is None else item_of(order.root, file)))
    return tuple(packed)


def _opened(answer: bytes) -> list[bytes | Failure]:
    """The outcomes of a job. Raises ClusterError for a worker that refuses."""
    try:
        told = msgspec.msgpack.decode(answer, type=Answer)
    except msgspec.DecodeError as error:
        raise ClusterError(f"a worker answered what this rustplan does not understand: {error}", hint=SAME) from None
    if told.other:
        raise ClusterError(
            f"a worker of the cluster is not the rustplan that asks: {told.other} there, {called()} here"
            + ("" if told.other != called() else ", with other modules, parsers or plugins"),
            hint=SAME,
        )
    if told.problem:
        raise ClusterError(f"a worker of the cluster cannot read: {told.problem}", hint="look into the worker's log")
    return [result.outcome for result in told.results]


SAME = "start scheduler, workers and this command from one image: the same rustplan, Python, parsers and plugins"
