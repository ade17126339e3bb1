"""Faults of machine and system, put in on purpose: nothing that was finished is lost, the message is clear, no process stays behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bad_input import GOOD, Repo, reasons, refused
from cli_runner import Run
from faulty_scan import FaultyScan

pytestmark = pytest.mark.usefixtures("never_hangs")

GOOD_NAMES = [f"good-{number}.c" for number in range(45)]


def test_workers_that_die_or_hang_cost_their_own_file_only(tmp_path: Path) -> None:
    """Protects: the pool names the task in hand and starts another worker (`_Pool._died`, `_replace`), its clock (`_overdue`), `--strict`.

    Without the other worker files of the same batch are missing; without the clock the scan never ends.
    """
    scan = FaultyScan(tmp_path, [*GOOD_NAMES, "killed-1.c", "crashed-1.c", "stuck-1.c"])
    code, said = scan.run("-v", "--strict", "--set", "limits.file-seconds=2")
    told = {file["path"]: (file["reason"], file["detail"]) for file in scan.coverage()["skipped"]}
    assert told == {
        "killed-1.c": ("crashed", "the process that read it was ended by signal 9, twice"),
        "crashed-1.c": ("crashed", "the process that read it was ended by signal 11, twice"),
        "stuck-1.c": ("timed-out", "not done after 2 seconds"),
    }
    assert scan.coverage()["languages"][0]["files"] == len(GOOD_NAMES)
    assert code == 3, said
    assert "not read: stuck-1.c (timed-out) not done after 2 seconds" in said
    assert all(ends(process) for _, process in scan.read)


def test_what_a_fault_cost_is_read_by_the_next_scan_and_nothing_else(tmp_path: Path) -> None:
    """Protects: the cache keeps what was finished, and never the verdict of a fault (`TreeCache.keep_scan`).

    Without the first all files are read again; without the second the file stays unread for ever.
    """
    scan = FaultyScan(tmp_path, [*GOOD_NAMES, "killed-1.c"])
    assert scan.run("--cache", str(tmp_path / "cache"))[0] == 0
    assert [file["path"] for file in scan.coverage()["skipped"]] == ["killed-1.c"]
    code, said = scan.run("--cache", str(tmp_path / "cache"), is_armed=False)
    assert (code, scan.coverage()["skipped"]) == (0, []), said
    assert {path for path, _ in scan.read} <= {"killed-1.c"}
    assert scan.coverage()["languages"][0]["files"] == len(GOOD_NAMES) + 1


@pytest.mark.parametrize("moment", ["begun", "half", "stuck"])
def test_an_interrupt_at_any_stage_leaves_no_half_and_no_orphan(tmp_path: Path, moment: str) -> None:
    """Protects: the `finally` of `run_batches`, which ends the workers, and `write_all`, which names files only when all are whole.

    Without the first a worker that hangs outlives the scan. What the cache took until then is not read again.
    """
    scan = FaultyScan(tmp_path, [*(f"slow-{number}.c" for number in range(59)), "stuck-last.c"])
    with scan.start("--cache", str(tmp_path / "cache")) as process:
        least = {"begun": 1, "half": 25, "stuck": 60}[moment]
        deadline = time.monotonic() + 40
        while len(scan.read) < least and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert (process.returncode, said.decode().strip()) == (130, "error: interrupted; no output was left half-written")
    assert not list(scan.out.iterdir())
    assert not list((tmp_path / "temporary").iterdir())
    begun = scan.read
    assert all(ends(worker) for _, worker in begun)
    code, said_then = scan.run("--cache", str(tmp_path / "cache"), is_armed=False)
    assert code == 0, said_then
    again = {path for path, _ in scan.read}
    assert len(again) <= 60 - max(0, least - 4), "what was finished before the interrupt was read again"


def test_an_interrupt_while_outputs_are_written_leaves_none(tmp_path: Path) -> None:
    """Protects: `write_all` notes a temporary file before it makes it, and removes it whatever ends it.

    Without it a hidden temporary file stays behind.
    """
    interrupted = (
        "import signal, rustplan.cli.atomic as atomic\n"
        "own = atomic._stage\n"
        "def stage(*given):\n"
        "    own(*given)\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "atomic._stage = stage\n"
    )
    scan = FaultyScan(tmp_path, ["a.c"])
    code, said = scan.run(more=interrupted)
    assert (code, said.strip()) == (130, "error: interrupted; no output was left half-written")
    assert not list(scan.out.iterdir())


def test_a_disk_that_fills_up_while_outputs_are_written(tmp_path: Path) -> None:
    """Protects: `_stage` turns the error into a message and removes its file. Without it: a traceback, exit 4, half a page."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"
    scan = FaultyScan(tmp_path, ["a.c"])
    code, said = scan.run("--no-cache", more=limited)
    assert code == 2
    assert said.splitlines()[-2].startswith("error: cannot write roadmap.html: File too large")
    assert not list(scan.out.iterdir())


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only the superuser mounts a disk of its own")
def test_a_full_disk(tmp_path: Path) -> None:
    """Protects: the same on a real file system without room; the cache on it says so and costs no result."""
    scan = FaultyScan(tmp_path, GOOD_NAMES)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(scan.out)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        code, said = scan.run("--cache", str(scan.out / "cache"), "-o", "html=roadmap.html", "-o", "json=a.json")
        left = sorted(path.name for path in scan.out.iterdir())
    finally:
        subprocess.run(["umount", "-l", str(scan.out)], check=True)
    assert code == 2
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert left in ([], ["cache"])


def test_a_read_error_in_the_middle_is_a_reason(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects: `read_source` turns an error of the disk into a reason. Without it the scan ends, or the file is lost in silence."""
    root = repo({"torn.c": GOOD * 100, "whole.c": GOOD})
    torn = (root / "torn.c").stat().st_ino
    own, taken = os.read, []

    def read(descriptor: int, size: int) -> bytes:
        if os.fstat(descriptor).st_ino != torn:
            return own(descriptor, size)
        if taken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        taken.append(descriptor)
        return own(descriptor, min(size, 1000))

    monkeypatch.setattr(os, "read", read)
    assert run("scan", "repo", "-j", "1").code == 0
    assert taken
    assert reasons(tmp_path) == {"torn.c": "unreadable"}
    assert run("scan", "repo", "-j", "1", "--strict").code == 3


def test_evidence_that_cannot_be_read_to_its_end(run: Run, repo: Repo, tmp_path: Path) -> None:
    """Protects: errors of the system become messages of ours. Reading the memory of a process at 0 is an error of the device."""
    repo()
    for option in ("--profile", "--sarif", "--baseline"):
        assert "Input/output error" in refused(run, tmp_path, "scan", "repo", option, "/proc/self/mem")


def ends(process: int, seconds: float = 10.0) -> bool:
    """True once the process is gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
