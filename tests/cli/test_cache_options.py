"""The cache as a user meets it: the same bytes, a notice when it cannot be used, and never a failed scan."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import Run

from cache_world import write
from rustplan.scan.store import FILE_NAME


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return write(tmp_path / "repo")


def bytes_of(run: Run, tmp_path: Path, *arguments: str) -> tuple[bytes, bytes, str]:
    done = run("scan", "repo", "-o", "json=a.json", "-o", "html=a.html", *arguments)
    assert done.code == 0, done.err
    return (tmp_path / "a.json").read_bytes(), (tmp_path / "a.html").read_bytes(), done.err


def test_cold_warm_and_without_write_the_same_bytes(run: Run, code: Path, tmp_path: Path):
    told = [bytes_of(run, tmp_path, *how)[:2] for how in (("--no-cache",), ("--cache", "c"), ("--cache", "c"))]
    assert told[0] == told[1] == told[2]
    assert (tmp_path / "c" / FILE_NAME).is_file()


def test_a_cache_inside_the_repository_is_not_scanned(run: Run, code: Path, tmp_path: Path):
    without = bytes_of(run, tmp_path, "--no-cache")[:2]
    for _ in range(2):
        assert bytes_of(run, tmp_path, "--cache", "repo/.cache")[:2] == without


def test_the_variable(run: Run, code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUSTPLAN_CACHE", str(tmp_path / "mine"))
    bytes_of(run, tmp_path)
    assert (tmp_path / "mine" / FILE_NAME).is_file()


def test_a_damaged_cache_is_told_and_made_anew(run: Run, code: Path, tmp_path: Path):
    first = bytes_of(run, tmp_path, "--cache", "c")[:2]
    (tmp_path / "c" / FILE_NAME).write_bytes(os.urandom(50_000))
    json, html, err = bytes_of(run, tmp_path, "--cache", "c")
    assert (json, html) == first
    assert err.count("the cache was made anew") == 1
    assert "made anew" not in bytes_of(run, tmp_path, "--cache", "c")[2]


def test_a_cache_that_cannot_be_made_ends_nothing(run: Run, code: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    json, _, err = bytes_of(run, tmp_path, "--cache", "file/c")
    assert json == bytes_of(run, tmp_path, "--no-cache")[0]
    assert err.count("is not used") == 1


def test_two_scans_at_once(code: Path, tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "rustplan",
        "scan",
        "repo",
        "-f",
        "json",
        "-q",
        "-o",
        "html=/dev/null",
        "--cache",
        "c",
    ]
    pair = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    assert told[0][0] == told[1][0] != b""
    assert told[0][1] + told[1][1] == b""


def test_flags_that_contradict(run: Run, code: Path):
    assert run("scan", "repo", "--cache", "c", "--no-cache").code == 2
    assert run("scan", "repo", "--cache", "").code == 2
