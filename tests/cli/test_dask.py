"""The same scan through a real cluster: the same bytes, also when a worker is killed in the middle; clear errors when it cannot be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_runner import Run
from dask_world import FILES, Cluster, started, write_code

from rustplan.api import analyze
from rustplan.config import load_settings
from rustplan.report import encode_canonical
from rustplan.scan import dask_client, tree
from rustplan.scan.remote import ClusterError


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_code(tmp_path_factory.mktemp("code") / "repo")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster whose scheduler gives up a job with the first worker that it loses."""
    with started(tmp_path_factory.mktemp("strict"), allowed_failures=0) as running:
        yield running


@pytest.fixture(scope="module")
def local(code: Path) -> bytes:
    return analysis_bytes(code)


def analysis_bytes(root: Path, executor: object = None, progress: Callable[[int, int], None] | None = None) -> bytes:
    settings = load_settings(root, flags={}, assignments=(), config=None, is_isolated=True, environ={}, rule_folders=())
    return encode_canonical(analyze(root, settings, executor=executor, progress=progress))  # type: ignore[arg-type]


def with_a_worker_killed(cluster: Cluster, root: Path) -> bytes:
    victim = cluster.workers[0]
    told: list[int] = []

    def kill_in_the_middle(done: int, of: int) -> None:
        told.append(done)
        if done == FILES // 4:
            assert of == FILES
            victim.send_signal(signal.SIGKILL)
            victim.wait()

    with dask_client.connected(cluster.address) as executor:
        found = analysis_bytes(root, executor, kill_in_the_middle)
    assert victim.returncode == -signal.SIGKILL
    assert told == list(range(FILES + 1))  # 0 while the history is read
    return found


def test_the_command_writes_the_same_bytes(run: Run, cluster: Cluster, code: Path, tmp_path: Path) -> None:
    cluster.staff(2)
    written = []
    for how in ((), ("--executor", "dask", "--scheduler", cluster.address)):
        done = run("scan", str(code), "--no-cache", "-o", "json=a.json", "-o", "html=a.html", *how)
        assert done.code == 0, done.err
        written.append(((tmp_path / "a.json").read_bytes(), (tmp_path / "a.html").read_bytes(), done.out))
    assert written[0] == written[1]
    assert b"use-after-free" in written[1][0]


def test_a_worker_killed_in_the_middle_changes_no_byte(
    cluster: Cluster, code: Path, local: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "LEAST_BATCH_BYTES", 2_000)
    cluster.staff(2)
    assert with_a_worker_killed(cluster, code) == local


def test_jobs_that_the_scheduler_gives_up_are_halved_and_change_no_byte(
    strict: Cluster, code: Path, local: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "LEAST_BATCH_BYTES", 2_000)
    lost: list[str] = []
    answer = dask_client.DaskCluster._answer

    def noting(self: dask_client.DaskCluster, future: object) -> bytes | None:
        told = answer(self, future)
        lost.extend(["job"] if told is None else [])
        return told

    monkeypatch.setattr(dask_client.DaskCluster, "_answer", noting)
    assert with_a_worker_killed(strict, code) == local
    assert lost


def test_workers_with_another_rustplan_refuse(
    run: Run, cluster: Cluster, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.staff(1)
    monkeypatch.setattr("rustplan.scan.remote.stamp", lambda: b"another")
    done = run("scan", str(code), "--no-cache", "-q", "--executor", "dask", "--scheduler", cluster.address)
    assert (done.code, done.out) == (4, "")
    assert "a worker of the cluster is not the rustplan that asks: rustplan " in done.err
    assert "hint: start scheduler, workers and this command from one image" in done.err


def test_a_cluster_without_workers_is_not_waited_for_for_ever(
    strict: Cluster, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_client, "NO_WORKER_SECONDS", 1.0)
    monkeypatch.setattr(dask_client, "_LOOK_SECONDS", 0.3)
    for worker in strict.workers:
        worker.kill()
        worker.wait()
    with (
        dask_client.connected(strict.address) as executor,
        pytest.raises(ClusterError, match="has had no worker for 1 seconds"),
    ):
        analysis_bytes(code, executor)


def test_a_scheduler_that_ends_is_one_clear_error(strict: Cluster, code: Path) -> None:
    strict.staff(1)
    with dask_client.connected(strict.address) as executor:

        def end(done: int, of: int) -> None:
            if done == 1:
                strict.close()

        with pytest.raises(ClusterError, match="is gone"):
            analysis_bytes(code, executor, end)


@pytest.mark.parametrize("listens", [False, True], ids=["closed", "silent"])
def test_a_scheduler_that_does_not_answer(
    run: Run, source: Path, listens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dask_client.CONNECT_SECONDS < 12
    monkeypatch.setattr(dask_client, "CONNECT_SECONDS", 1.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        began = time.monotonic()
        done = run("scan", str(source), "--executor", "dask", "--scheduler", f"127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - began < 5
    assert (done.code, done.out) == (2, "")
    assert "no Dask scheduler answers at 127.0.0.1:" in done.err
    assert "Traceback" not in done.err


def test_tls_without_certificates_is_one_clear_error(run: Run, source: Path) -> None:
    began = time.monotonic()
    done = run("scan", str(source), "--executor", "dask", "--scheduler", "tls://127.0.0.1:9")
    assert time.monotonic() - began < 5
    assert done.code == 2
    assert "TLS" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("address", ["", "host", "inproc://host:1", "tcp://host:1/../x", "host:1 x", "ws://h:1"])
def test_what_is_no_address_is_refused(run: Run, source: Path, address: str) -> None:
    done = run("scan", str(source), "--executor", "dask", "--scheduler", address)
    assert done.code == 2
    assert "scheduler" in done.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--executor", "dask"), "needs a scheduler"),
        (("--scheduler", "h:1"), "goes with --executor dask only"),
        (("--executor", "dask", "--scheduler", "h:1", "--since", "HEAD"), "do not go together"),
    ],
)
def test_half_a_choice_is_refused(run: Run, source: Path, options: tuple[str, ...], words: str) -> None:
    done = run("scan", str(source), *options)
    assert done.code == 2
    assert words in done.err


def test_without_dask_the_extra_is_named(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run("scan", str(source), "--executor", "dask", "--scheduler", "127.0.0.1:1")
    assert done.code == 2
    assert "pip install 'rustplan[dask]'" in done.err


@pytest.mark.parametrize("setting", ["executor: dask", "scheduler: 127.0.0.1:1", "scan: {scheduler: 127.0.0.1:1}"])
def test_a_repository_cannot_name_a_scheduler(run: Run, source: Path, setting: str) -> None:
    (source / "rustplan.yml").write_text(setting + "\n")
    done = run("scan", str(source))
    assert done.code == 2
    assert "rustplan.yml" in done.err


def test_a_local_scan_imports_no_dask(run: Run, source: Path) -> None:
    program = (
        "import sys; from rustplan.cli import main; code = main(sys.argv[1:]);"
        "print(sorted({'dask', 'distributed', 'tornado', 'rustplan.scan.dask_client'} & set(sys.modules)), code)"
    )
    command = [sys.executable, "-c", program, "scan", str(source), "--findings-only", "--no-cache", "-qq"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=source, env=dict(os.environ), timeout=60)
    assert done.stdout.splitlines()[-1] == "[] 0"
