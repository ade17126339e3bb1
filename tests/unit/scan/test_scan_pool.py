"""A task that hangs, dies or fails costs itself only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pool_workers
import pytest

from rustplan.model.source import SkipReason
from rustplan.scan.pool import Failure, WorkerNotStarted, run_batches


def outcomes(batches, *, start=pool_workers.start_echo, setup="+", jobs=2, seconds=30.0):
    with closing(run_batches(start, setup, batches, jobs=jobs, seconds=seconds)) as results:
        return dict(results)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_every_task_comes_back_once(jobs):
    batches = [[f"{batch}.{number}" for number in range(5)] for batch in range(7)]
    with closing(run_batches(pool_workers.start_echo, "+", batches, jobs=jobs, seconds=30.0)) as results:
        found = sorted(results)
    assert found == sorted((task, f"+{task}".encode()) for batch in batches for task in batch)


def test_no_batches_start_no_process():
    assert outcomes([]) == {}
    assert outcomes([[], []]) == {}


def test_a_task_that_hangs_is_cut_short_and_the_rest_of_its_batch_goes_on():
    began = time.monotonic()
    found = outcomes([["a", "hang", "b"], ["c"]], seconds=1.0)
    assert found["hang"] == Failure(reason=SkipReason.TIMED_OUT, detail="not done after 1 seconds")
    assert [found[task] for task in "abc"] == [b"+a", b"+b", b"+c"]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_that_kill_their_worker_are_named(jobs):
    found = outcomes([["a", "die", "b", "die too"], ["exit", "c"]], jobs=jobs)
    killed = Failure(reason=SkipReason.CRASHED, detail="the process that read it was ended by signal 9, twice")
    assert found.pop("die") == killed
    assert found.pop("die too") == killed
    assert found.pop("exit") == Failure(
        reason=SkipReason.CRASHED, detail="the process that read it ended with status 7, twice"
    )
    assert found == {"a": b"+a", "b": b"+b", "c": b"+c"}


def test_a_worker_that_was_killed_once_is_no_verdict_on_its_task(tmp_path):
    found = outcomes([["a", "once", "b"]], start=pool_workers.start_unlucky, setup=str(tmp_path / "marker"))
    assert found == {"a": b"a", "once": b"once", "b": b"b"}


def test_a_worker_that_cannot_start_says_why():
    with pytest.raises(WorkerNotStarted, match="RuntimeError: no rules today") as caught:
        outcomes([["a"], ["b"]], start=pool_workers.start_never, setup="no rules today")
    assert caught.value.exit_code == 4


def test_workers_killed_while_they_start_are_replaced(tmp_path):
    found = outcomes([["a"], ["b"]], start=pool_workers.start_late, setup=str(tmp_path), jobs=1)
    assert found == {"a": b"a", "b": b"b"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_machine_that_kills_every_worker_is_named(jobs):
    with pytest.raises(WorkerNotStarted, match="a scan worker did not start: it was ended by signal 9"):
        outcomes([["a"], ["b"]], start=pool_workers.start_doomed, setup="", jobs=jobs)


def test_closing_ends_all_workers_at_once(tmp_path):
    results = run_batches(pool_workers.start_with_pids, str(tmp_path), [["a"], ["b"]], jobs=2, seconds=1.0)
    with closing(results):
        next(results)
        pids = [int(mark.name) for mark in tmp_path.iterdir()]
    assert pids
    assert not [pid for pid in pids if is_alive(pid)]


INTERRUPTED = """
import sys, time
sys.path.insert(0, {here!r})
import pool_workers
from rustplan.scan.pool import run_batches
try:
    list(run_batches(pool_workers.start_with_pids, {folder!r}, [["a"], ["b"]], jobs=2, seconds=60.0))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_ends_all_workers_promptly_even_from_a_script_without_a_main_guard(tmp_path):
    script = INTERRUPTED.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    parent = subprocess.Popen(
        [sys.executable, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with parent:
        parent.stdin.write(script.encode())
        parent.stdin.close()
        pids = wait_for_marks(tmp_path, 2)
        began = time.monotonic()
        parent.send_signal(2)
        assert parent.wait(timeout=20) == 0
        assert time.monotonic() - began < 5
        assert (parent.stdout.read(), parent.stderr.read()) == (b"interrupted\n", b"")
    assert not [pid for pid in pids if is_alive(pid)]


def wait_for_marks(folder, number):
    until = time.monotonic() + 30
    while len(list(folder.iterdir())) < number:
        assert time.monotonic() < until, "the workers did not come up"
        time.sleep(0.02)
    return [int(mark.name) for mark in folder.iterdir()]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
