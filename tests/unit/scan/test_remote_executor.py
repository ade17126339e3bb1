"""An order on a cluster, with the network left out: jobs run here, and workers are lost as the test says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from remote_readers import Reading, start_reading

from rustplan.model.source import Language, Role, SkippedFile, SkipReason, SourceFile
from rustplan.scan import remote_worker
from rustplan.scan.executors import LocalPool, Order
from rustplan.scan.pool import Failure
from rustplan.scan.remote import AHEAD, LOST, ClusterError, Done, Job, RemoteExecutor
from rustplan.scan.remote_worker import Answer, run_job
from rustplan.scan.shelf import CRATE_BYTES, Shelf, crates, item_of

Loses = Callable[[tuple[bytes, ...]], bool]


@pytest.fixture(autouse=True)
def _no_process_left() -> Iterator[None]:
    yield
    while remote_worker._idle:
        remote_worker._idle.pop()[1].close()


class OneByOne:
    """A cluster that runs one job at a time in this process, unless it loses it."""

    threads = 1

    def __init__(self, loses: Loses = lambda tasks: False, spoil: Callable[[Job], Job] = lambda job: job) -> None:
        self.loses = loses
        self.spoil = spoil
        self.waiting: deque[tuple[int, Job]] = deque()
        self.pieces: Sequence[bytes] = ()
        self.most_waiting = self.submitted = self.drops = 0

    def share(self, pieces: Sequence[bytes]) -> object:
        self.pieces = list(pieces)
        return self.pieces

    def submit(self, job: Job, shared: object) -> Hashable:
        assert shared is self.pieces
        self.submitted += 1
        self.waiting.append((self.submitted, self.spoil(job)))
        self.most_waiting = max(self.most_waiting, len(self.waiting))
        return self.submitted

    def wait(self) -> Done:
        ticket, job = self.waiting.popleft()
        return Done(ticket, None if self.loses(job.tasks) else run_job(*job, *self.pieces))

    def drop(self) -> None:
        self.drops += 1


def tree(root: Path, names: Sequence[str]) -> tuple[SourceFile, list[SourceFile]]:
    made = []
    for name in ("head.h", *names):
        data = f"/* {name} */".encode()
        (root / name).write_bytes(data)
        made.append(SourceFile(path=name, language=Language.C, role=Role.SOURCE, size=len(data)))
    return made[0], made[1:]


def order(root: Path, names: Sequence[str], batch: int = 4, seconds: float = 30.0) -> Order[SourceFile]:
    header, files = tree(root, names)
    return Order(
        start=start_reading,
        setup_at=lambda place: Reading(place, header),
        batches=[files[start : start + batch] for start in range(0, len(files), batch)],
        root=root,
        shared=[header],
        own=lambda file: file,
        seconds=seconds,
    )


def outcomes(cluster: OneByOne, asked: Order[SourceFile]) -> dict[str, bytes | Failure]:
    with closing(RemoteExecutor(cluster).run(asked)) as results:
        return {file.path: result for file, result in results}


NAMES = [f"f{number}.c" for number in range(10)]


def test_every_file_is_read_from_what_was_sent(tmp_path: Path) -> None:
    asked = order(tmp_path, NAMES)
    cluster = OneByOne()
    found = outcomes(cluster, asked)
    assert {name: bytes(found[name]).rpartition(b"|")[0] for name in NAMES} == {
        name: f"/* head.h */|/* {name} */".encode() for name in NAMES
    }
    assert len({bytes(found[name]).rpartition(b"|")[2] for name in NAMES}) == 1  # one process read all batches
    assert (cluster.most_waiting, cluster.submitted, cluster.drops) == (AHEAD, 3, 1)


def test_a_file_that_takes_its_worker_with_it_is_found_and_the_others_are_read(tmp_path: Path) -> None:
    asked = order(tmp_path, NAMES, batch=10)
    cluster = OneByOne(loses=lambda tasks: any(b"f6.c" in task for task in tasks))
    found = outcomes(cluster, asked)
    assert found["f6.c"] == Failure(reason=SkipReason.CRASHED, detail=LOST)
    assert sorted(found) == sorted(NAMES)
    assert [name for name in NAMES if isinstance(found[name], Failure)] == ["f6.c"]
    assert cluster.submitted == 7  # all ten, then three times the halves of what holds it


def test_a_file_that_kills_the_process_that_reads_it_costs_itself_only(tmp_path: Path) -> None:
    found = outcomes(OneByOne(), order(tmp_path, ["a.c", "die.c", "b.c"], batch=3))
    assert found["die.c"] == Failure(
        reason=SkipReason.CRASHED, detail="the process that read it was ended by signal 9, twice"
    )
    assert bytes(found["a.c"]).startswith(b"/* head.h */|/* a.c */")
    assert bytes(found["b.c"]).startswith(b"/* head.h */|/* b.c */")


def test_a_file_that_could_not_be_read_here_is_not_read_there(tmp_path: Path) -> None:
    asked = order(tmp_path, ["a.c", "gone.c"])
    (tmp_path / "gone.c").unlink()
    assert outcomes(OneByOne(), asked)["gone.c"] == b"skipped: No such file or directory"


def test_a_worker_with_another_stamp_refuses(tmp_path: Path) -> None:
    cluster = OneByOne(spoil=lambda job: job._replace(stamp=b"other"))
    with pytest.raises(ClusterError, match=r"is not the rustplan that asks: rustplan .* on Python") as caught:
        outcomes(cluster, order(tmp_path, NAMES))
    assert "the same rustplan" in str(caught.value.hint)
    assert cluster.drops == 1


def test_damaged_pieces_are_refused(tmp_path: Path) -> None:
    cluster = OneByOne(spoil=lambda job: job._replace(digest="0" * 64))
    with pytest.raises(ClusterError, match="another digest"):
        outcomes(cluster, order(tmp_path, NAMES))


def test_an_answer_of_another_shape_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = OneByOne()
    monkeypatch.setattr(cluster, "wait", lambda: Done(cluster.waiting.popleft()[0], b"\xc1"))
    with pytest.raises(ClusterError, match="does not understand"):
        outcomes(cluster, order(tmp_path, NAMES))


def test_a_reader_that_does_not_start_is_told(tmp_path: Path) -> None:
    asked = order(tmp_path, NAMES)
    job = Job(remote_worker.stamp(), remote_worker.digest_of([b"no pickle"]), 1, 5.0, (b"",))
    told = msgspec.msgpack.decode(run_job(*job, b"no pickle"), type=Answer)
    assert "a scan worker did not start" in told.problem
    assert asked.batches


def test_closing_early_drops_what_is_under_way(tmp_path: Path) -> None:
    cluster = OneByOne()
    results = RemoteExecutor(cluster).run(order(tmp_path, NAMES))
    next(results)
    results.close()
    assert cluster.drops == 1


def test_no_batches_send_nothing(tmp_path: Path) -> None:
    cluster = OneByOne()
    assert outcomes(cluster, order(tmp_path, [])) == {}
    assert (cluster.submitted, cluster.pieces) == (0, ())


def test_the_local_pool_reads_the_folder_itself(tmp_path: Path) -> None:
    header, files = tree(tmp_path, ["a.c"])
    places = []
    asked = Order(
        start=start_reading,
        setup_at=lambda place: places.append(place) or Reading(place, header),
        batches=[],
        root=tmp_path,
        shared=[header],
        own=lambda file: file,
        seconds=5.0,
    )
    assert list(LocalPool(2).run(asked)) == []
    assert places == [tmp_path]
    assert files


def test_a_process_at_rest_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_worker, "IDLE_SECONDS", 0.05)
    outcomes(OneByOne(), order(tmp_path, NAMES, batch=10))
    for _ in range(100):
        if not remote_worker._idle:
            break
        remote_worker.time.sleep(0.05)
    assert remote_worker._idle == []


def test_crates_hold_every_file_once_and_a_bounded_number_of_bytes(tmp_path: Path) -> None:
    import random

    noise = random.Random(1)
    files = []
    for number in range(3):
        data = noise.randbytes(CRATE_BYTES // 2 + 1)
        (tmp_path / f"{number}.h").write_bytes(data)
        files.append(SourceFile(path=f"{number}.h", language=Language.C, role=Role.SOURCE, size=len(data)))
    packed = list(crates(tmp_path, files))
    assert len(packed) == 2
    shelf = Shelf()
    shelf.fill(packed)
    assert [shelf.read(file) for file in files] == [(tmp_path / file.path).read_bytes() for file in files]


def test_a_file_that_nobody_sent_is_no_empty_file(tmp_path: Path) -> None:
    header, files = tree(tmp_path, ["a.c", "b.c"])
    shelf = Shelf()
    shelf.take(item_of(tmp_path, files[0]))
    assert shelf.read(files[0]) == b"/* a.c */"
    shelf.take(item_of(tmp_path, files[1]))
    for file in (header, files[0]):
        with pytest.raises(LookupError, match="was not sent"):
            shelf.read(file)


def test_a_skipped_file_travels_with_its_reason(tmp_path: Path) -> None:
    gone = SourceFile(path="gone.c", language=Language.C, role=Role.SOURCE, size=3)
    shelf = Shelf()
    shelf.take(item_of(tmp_path, gone))
    told = shelf.read(gone)
    assert isinstance(told, SkippedFile)
    assert told.reason is SkipReason.UNREADABLE
