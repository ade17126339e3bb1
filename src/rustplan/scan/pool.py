"""A small pool of child processes that survives what it reads: a file that hangs or kills its worker costs that file only.

Workers are fresh Python processes, not forks and not `multiprocessing` children: nothing of the caller's `__main__` is imported again,
threads of the caller do no harm, and Linux and macOS behave alike. A worker handles its batch in order and sends one message a task,
so that the task in hand when a worker dies or overstays is known without a search.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from rustplan.errors import RustplanError
from rustplan.model.source import SkipReason

Task = TypeVar("Task")

START_SECONDS = 120.0
"""How long a worker may take until it is ready, on a machine that is busy with something else."""

MOST_KILLED_AT_START = 3
"""How many workers of one scan may be killed while they start, before the machine is held responsible."""

BOOTSTRAP = "import sys; sys.path[:] = sys.argv[2:]; from rustplan.scan.worker import serve; serve(int(sys.argv[1]))"


class WorkerNotStarted(RustplanError):
    """A worker process did not come up: the installation or the machine is at fault, not the scanned code."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a task has no result."""

    reason: SkipReason
    detail: str


def run_batches(
    start: Callable[[Any], Callable[[Task], bytes]],
    setup: object,
    batches: Sequence[Sequence[Task]],
    *,
    jobs: int,
    seconds: float,
) -> Generator[tuple[Task, bytes | Failure], None, None]:
    """Yield every task once, with the bytes that `start(setup)(task)` returned or the reason why there are none; in no fixed order.

    `start` must be importable by its module and name; it is called once a worker. `seconds` bounds one task. A task that kills its
    worker is tried once more alone, because the kernel may have picked the wrong victim when memory ran out.
    Close the iterator (`contextlib.closing`) to end all workers at once.
    """
    pool = _Pool(start, setup, batches, seconds)
    try:
        pool.staff(jobs)
        while pool.workers:
            yield from pool.turn()
    finally:
        pool.close()


@dataclass(slots=True, eq=False)
class _Worker(Generic[Task]):
    process: subprocess.Popen[bytes]
    connection: Connection[Any, Any]
    deadline: float
    tasks: deque[Task] = field(default_factory=deque)
    is_introduced: bool = False
    is_ready: bool = False


class _Pool(Generic[Task]):
    def __init__(
        self,
        start: Callable[[Any], Callable[[Task], bytes]],
        setup: object,
        batches: Sequence[Sequence[Task]],
        seconds: float,
    ) -> None:
        self.workers: list[_Worker[Task]] = []
        self._setup = bytes(ForkingPickler.dumps((start, seconds, setup)))
        self._pending = deque(deque(batch) for batch in batches if batch)
        self._retried: list[Task] = []
        self._killed_at_start = 0
        self._seconds = seconds
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the pool; close() ends it

    def staff(self, jobs: int) -> None:
        """Start as many workers as there is work for, `jobs` at most, and only then talk to them: they start side by side."""
        for _ in range(min(jobs, len(self._pending))):
            self.workers.append(self._start())
        for worker in self.workers:
            if not worker.is_introduced:
                self._introduce(worker)

    def turn(self) -> Iterator[tuple[Task, bytes | Failure]]:
        """Wait for the next message or deadline and deal with all that are due."""
        nearest = min(worker.deadline for worker in self.workers)
        ready = wait([worker.connection for worker in self.workers], max(0.0, nearest - time.monotonic()))
        for worker in list(self.workers):
            if worker.connection in ready:
                yield from self._receive(worker)
            elif time.monotonic() >= worker.deadline and not worker.connection.poll():
                yield from self._overdue(worker)

    def close(self) -> None:
        """End every worker now, whatever it is doing."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            self._reap(worker)
        self.workers.clear()
        self._complaints.close()

    def _start(self) -> _Worker[Task]:
        ours, theirs = Pipe()
        with theirs:
            # -I keeps the current folder (perhaps the hostile tree itself) and the environment out of the import path;
            # a session of its own keeps the terminal's Ctrl-C for the parent, which ends the workers itself.
            try:
                process = subprocess.Popen(  # noqa: S603 - starts this Python itself, with no word of the scanned tree
                    [sys.executable, "-I", "-c", BOOTSTRAP, str(theirs.fileno()), *_import_path()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._complaints,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise WorkerNotStarted(f"a scan worker did not start: {error}", hint="run `rustplan doctor`") from None
        return _Worker(process=process, connection=ours, deadline=time.monotonic() + START_SECONDS)

    def _introduce(self, worker: _Worker[Task]) -> None:
        worker.is_introduced = True
        with suppress(OSError):  # it is gone already: the next turn meets the end of its pipe
            worker.connection.send_bytes(self._setup)

    def _receive(self, worker: _Worker[Task]) -> Iterator[tuple[Task, bytes | Failure]]:
        try:
            message = worker.connection.recv_bytes()
        except (EOFError, OSError):
            yield from self._died(worker)
            return
        if worker.is_ready:
            yield worker.tasks.popleft(), message
        worker.is_ready = True
        worker.deadline = time.monotonic() + self._seconds
        if not worker.tasks:
            self._give(worker)

    def _give(self, worker: _Worker[Task]) -> None:
        if not self._pending:
            self._dismiss(worker)
            return
        worker.tasks = self._pending.popleft()
        with suppress(OSError):  # it died at rest: the next turn meets the end of its pipe and replaces it
            worker.connection.send(list(worker.tasks))

    def _died(self, worker: _Worker[Task]) -> Iterator[tuple[Task, bytes | Failure]]:
        if not worker.is_ready:
            self._start_again(worker)
            return
        self._dismiss(worker)
        if worker.tasks:
            task = worker.tasks.popleft()
            if task in self._retried:
                detail = f"the process that read it {_last_words(worker.process.returncode)}, twice"
                yield task, Failure(reason=SkipReason.CRASHED, detail=detail)
            else:
                self._retried.append(task)
                self._pending.append(deque([task]))
        self._replace(worker)

    def _overdue(self, worker: _Worker[Task]) -> Iterator[tuple[Task, bytes | Failure]]:
        if not worker.is_ready:
            raise self._not_started(worker)
        self._dismiss(worker)
        if worker.tasks:
            yield (
                worker.tasks.popleft(),
                Failure(reason=SkipReason.TIMED_OUT, detail=f"not done after {self._seconds:g} seconds"),
            )
        self._replace(worker)

    def _start_again(self, worker: _Worker[Task]) -> None:
        """Replace a worker that was killed before it was ready, a few times: what kills it may have meant another process."""
        self._reap(worker)
        self._killed_at_start += 1
        if worker.process.returncode >= 0 or self._killed_at_start > MOST_KILLED_AT_START:
            raise self._not_started(worker)
        self.workers.remove(worker)
        self.staff(1)

    def _replace(self, worker: _Worker[Task]) -> None:
        if worker.tasks:
            self._pending.appendleft(worker.tasks)
        self.staff(1)

    def _dismiss(self, worker: _Worker[Task]) -> None:
        worker.process.kill()
        self._reap(worker)
        self.workers.remove(worker)

    @staticmethod
    def _reap(worker: _Worker[Task]) -> None:
        worker.connection.close()
        worker.process.wait()

    def _not_started(self, worker: _Worker[Task]) -> WorkerNotStarted:
        worker.process.kill()
        worker.process.wait()
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        said = lines[-1] if lines else f"it {_last_words(worker.process.returncode)}"
        return WorkerNotStarted(f"a scan worker did not start: {said}", hint="run `rustplan doctor`")


def _import_path() -> list[str]:
    """Return the caller's import path without the current folder, and with the folder this package came from."""
    home = str(Path(__file__).parents[2])
    entries = [entry for entry in sys.path if entry]
    return entries if home in entries else [*entries, home]


def _last_words(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by signal {-returncode}"
    return f"ended with status {returncode}"
