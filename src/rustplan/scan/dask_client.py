"""The one module that speaks to a network: the client of a Dask cluster, imported when the user asks for it."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from rustplan.errors import InputError
from rustplan.scan.remote import SAME, ClusterError, Done, Job, RemoteExecutor
from rustplan.scan.remote_worker import hand_on, run_job

CONNECT_SECONDS = 10.0
"""How long a scheduler may take to answer."""

NO_WORKER_SECONDS = 120.0
"""How long a cluster may be without any worker: an autoscaler starts machines in this time."""

_HANDSHAKE_SECONDS = 2.0
_LOOK_SECONDS = 5.0
_ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


@contextmanager
def connected(address: str) -> Iterator[RemoteExecutor]:
    """An executor on the cluster of the scheduler at `address`. Raises InputError when there is none, or no Dask here."""
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            f"--scheduler: {address!r} is no address", hint="write HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT"
        )
    client = _client(address)
    cluster = DaskCluster(client, address)
    try:
        yield RemoteExecutor(cluster)
    finally:
        cluster.drop()
        client.close(timeout=_LOOK_SECONDS)


def _client(address: str) -> Any:
    try:
        import dask
        from distributed import Client
        from distributed import TimeoutError as NotInTime
    except ImportError as error:
        raise InputError(
            f"--executor dask needs Dask, which is not installed ({error})", hint="pip install 'rustplan[dask]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would tell is told by errors of ours
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})  # a large file is no mistake here
    from distributed.utils import wait_for

    base: Any = Client

    class Bounded(base):  # type: ignore[misc]
        """A client that also gives up on what takes the connection and then says nothing. It ends itself after an OSError only."""

        async def _ensure_connected(self, timeout: float | None = None) -> None:
            try:
                await wait_for(super()._ensure_connected(timeout), CONNECT_SECONDS + _HANDSHAKE_SECONDS)
            except NotInTime:
                raise OSError("nothing came that Dask would say") from None
            except (ValueError, TypeError, RuntimeError, OverflowError) as error:
                raise OSError(str(error)) from None

    try:
        return Bounded(address, timeout=CONNECT_SECONDS, set_as_default=False, name="rustplan")
    except (OSError, ImportError, ValueError, RuntimeError, TypeError) as error:
        reason = str(error).strip() or type(error).__name__
        raise InputError(
            f"--scheduler: no Dask scheduler answers at {address}: {reason.splitlines()[0]}",
            hint="check the address, the port and the firewall; for tls:// the certificates in Dask's configuration",
        ) from None


class DaskCluster:
    """The workers of a Dask scheduler. All that is sent are arguments and results of tasks, so the scheduler can have any of it made again."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._token = uuid.uuid4().hex
        self._count = 0
        self._running: dict[str, Any] = {}
        self._ended: list[Any] = []
        self._staffed = time.monotonic()

    @property
    def threads(self) -> int:
        """Threads of all workers, as the scheduler knows them now."""
        threads = self._asked(self._client.nthreads)
        if threads:
            self._staffed = time.monotonic()
        return sum(threads.values())

    def share(self, pieces: Sequence[bytes]) -> list[Any]:
        """Make each piece the result of a task."""
        return [self._asked(self._client.submit, hand_on, piece, key=self._key("piece")) for piece in pieces]

    def submit(self, job: Job, shared: object) -> str:
        """Have a job run, with the pieces at hand."""
        pieces: list[Any] = list(shared) if isinstance(shared, list) else []
        key = self._key("files")
        self._running[key] = self._asked(self._client.submit, run_job, *job, *pieces, key=key)
        return key

    def wait(self) -> Done:
        """Wait for any job, and for workers when there are none."""
        from distributed import wait

        while not self._ended:
            running = list(self._running.values())
            try:
                with self._client.as_current():
                    self._ended += self._asked(wait, running, _LOOK_SECONDS, "FIRST_COMPLETED").done
            except TimeoutError:
                self._look_for_workers()
        future = self._ended.pop()
        del self._running[future.key]
        return Done(future.key, self._answer(future))

    def drop(self) -> None:
        """Forget all jobs; with the last reference to a piece the scheduler forgets it, too."""
        for future in self._running.values():
            future.release()
        self._running.clear()
        self._ended.clear()

    def _key(self, kind: str) -> str:
        self._count += 1
        return f"rustplan-{kind}-{self._token}-{self._count}"

    def _answer(self, future: Any) -> bytes | None:
        from distributed import KilledWorker

        error = self._asked(future.exception)
        if error is None:
            answer = self._asked(future.result)
            if isinstance(answer, bytes):
                return answer
            raise ClusterError("a worker answered what rustplan never does", hint=SAME)
        if isinstance(error, KilledWorker) and error.task == future.key:
            return None
        if isinstance(error, ImportError):
            raise ClusterError(f"a worker of the cluster has no rustplan like this one: {error}", hint=SAME)
        raise ClusterError(f"a worker of the cluster failed: {type(error).__name__}: {error}", hint=SAME)

    def _look_for_workers(self) -> None:
        if not self.threads and time.monotonic() - self._staffed > NO_WORKER_SECONDS:
            raise ClusterError(
                f"the cluster at {self._address} has had no worker for {NO_WORKER_SECONDS:g} seconds",
                hint="start workers; with a cache, what was read before is not sent again",
            )

    def _asked(self, ask: Any, *arguments: Any, **options: Any) -> Any:
        """Call Dask; a scheduler that is gone is one clear error. Raises TimeoutError when nothing came of it in time."""
        from distributed import TimeoutError as NotInTime  # another class than the built-in one in Python 3.10

        try:
            return ask(*arguments, **options)
        except NotInTime:
            raise TimeoutError from None
        except (OSError, RuntimeError, CancelledError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ClusterError(
                f"the scheduler at {self._address} is gone: {reason}",
                hint="scan again; with a cache, what was read before is not sent again",
            ) from None
