"""What runs on a worker of a cluster: it checks that it is the same rustplan, and has the files read in a process that may die.

Only bytes and words come in and go out, so that a worker with another rustplan can still say so.
"""

from __future__ import annotations

import math
import platform
import threading
import time
from collections import deque
from collections.abc import Sequence

import msgspec

import rustplan
from rustplan.model.source import SkipReason
from rustplan.scan.pool import Failure, WorkerNotStarted, _Pool, _Worker
from rustplan.scan.shelf import digest_of, start_elsewhere
from rustplan.scan.stamp import stamp

IDLE_SECONDS = 60.0
"""How long a process waits for more of the same scan before it ends."""


class Result(msgspec.Struct, frozen=True, array_like=True):
    """What came of a task: bytes, or a reason (the value of a SkipReason) and its detail."""

    data: bytes = b""
    reason: str = ""
    detail: str = ""

    @property
    def outcome(self) -> bytes | Failure:
        """The same in the words of the local pool."""
        return Failure(reason=SkipReason(self.reason), detail=self.detail) if self.reason else self.data


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a worker answers to a job: results in the order of the tasks, or why it cannot work at all."""

    results: tuple[Result, ...] = ()
    other: str = ""
    problem: str = ""


def hand_on(piece: bytes) -> bytes:
    """Hold a piece of what all workers need. As the result of a task it is made again when the worker that holds it is lost."""
    return piece


def called() -> str:
    """This rustplan in words."""
    return f"rustplan {rustplan.__version__} on Python {platform.python_version()}"


def run_job(
    wanted: bytes, digest: str, setup_pieces: int, seconds: float, tasks: Sequence[bytes], *pieces: bytes
) -> bytes:
    """Run packed tasks and return an encoded Answer. The first `setup_pieces` of the pieces are the setup, the others crates.

    `wanted` is the stamp of the client: a worker with any other code, parser or Python refuses. `digest` names the pieces.
    """
    if wanted != stamp():
        return msgspec.msgpack.encode(Answer(other=called()))
    try:
        answer = _run(digest, setup_pieces, seconds, tasks, pieces)
    except WorkerNotStarted as error:
        answer = Answer(problem=error.message)
    return msgspec.msgpack.encode(answer)


def _run(digest: str, setup_pieces: int, seconds: float, tasks: Sequence[bytes], pieces: Sequence[bytes]) -> Answer:
    reader = _take(digest)
    if reader is None:
        if digest_of(pieces) != digest:
            return Answer(problem="what it was sent has another digest: it was damaged on the way")
        setup = b"".join(pieces[:setup_pieces])
        reader = _Reader((setup, tuple(pieces[setup_pieces:])), seconds)
    try:
        results = reader.read(tasks)
    except BaseException:
        reader.close()
        raise
    _give_back(digest, reader)
    return Answer(tuple(results))


class _Reader(_Pool[bytes]):
    """One process of the pool that stays for the next job. Crashes and stuck files are met as in a local scan."""

    def __init__(self, sent: tuple[bytes, tuple[bytes, ...]], seconds: float) -> None:
        super().__init__(start_elsewhere, sent, (), seconds)
        self.jobs_done = 0

    def read(self, tasks: Sequence[bytes]) -> list[Result]:
        """Run the tasks. Raises WorkerNotStarted."""
        self._pending.append(deque(tasks))
        if self.workers:
            self.workers[0].deadline = time.monotonic() + self._seconds
            super()._give(self.workers[0])
        else:
            self.staff(1)
        found: dict[bytes, bytes | Failure] = {}
        while len(found) < len(tasks):
            found.update(self.turn())
        self.jobs_done += 1
        return [_result(found[task]) for task in tasks]

    def _give(self, worker: _Worker[bytes]) -> None:
        if self._pending:
            super()._give(worker)
        else:
            worker.deadline = math.inf


def _result(outcome: bytes | Failure) -> Result:
    if isinstance(outcome, Failure):
        return Result(reason=outcome.reason.value, detail=outcome.detail)
    return Result(outcome)


_lock = threading.Lock()
_idle: list[tuple[str, _Reader]] = []
"""Processes at rest with the digest of their setup; one for each thread of the worker at most."""


def _take(digest: str) -> _Reader | None:
    """A process that has this setup; when there is none, one at rest with another setup is ended to make room."""
    with _lock:
        for position, (known, reader) in enumerate(_idle):
            if known == digest:
                del _idle[position]
                return reader
        if not _idle:
            return None
        _, unwanted = _idle.pop(0)
    unwanted.close()
    return None


def _give_back(digest: str, reader: _Reader) -> None:
    with _lock:
        _idle.append((digest, reader))
    timer = threading.Timer(IDLE_SECONDS, _end_when_idle, (reader, reader.jobs_done))
    timer.daemon = True
    timer.start()


def _end_when_idle(reader: _Reader, jobs_done: int) -> None:
    """End a process that has rested since it had done that many jobs."""
    with _lock:
        rested = [entry for entry in _idle if entry[1] is reader and reader.jobs_done == jobs_done]
        for entry in rested:
            _idle.remove(entry)
    for _, idle in rested:
        idle.close()
