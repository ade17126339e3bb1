"""Same input, same bytes: whatever the hash seed, time zone, locale, number of workers and working directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STORIES = Path(__file__).resolve().parents[2] / "fixtures"
OUTPUTS = (
    "json=a.json",
    "html=a.html",
    "csv=tables",
    "sarif=a.sarif",
    "graphml=a.graphml",
    "dot=a.dot",
    "markdown=a.md",
    "jsonl=a.jsonl",
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three stories side by side, each file twice, so that the worker pool is really used."""
    root = tmp_path_factory.mktemp("input") / "everything"
    for story in ("edge-gateway", "telemetry-pipeline", "image-codec"):
        for copy in ("first", "second"):
            shutil.copytree(STORIES / story / "repo", root / copy / story)
    return root


def scan(repository: Path, folder: Path, *, jobs: int, seed: str, zone: str, relative: bool) -> dict[str, bytes]:
    folder.mkdir(parents=True)
    target = os.path.relpath(repository, folder) if relative else str(repository)
    command = [sys.executable, "-m", "rustplan", "scan", target, "-j", str(jobs), "--color", "never"]
    for output in OUTPUTS:
        command += ["-o", output]
    env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr.decode()
    written = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {**written, "stdout": done.stdout}


def test_every_output_is_identical(repository: Path, tmp_path: Path) -> None:
    one = scan(repository, tmp_path / "one", jobs=1, seed="0", zone="UTC", relative=False)
    two = scan(repository, tmp_path / "deep" / "two", jobs=3, seed="4242", zone="Pacific/Kiritimati", relative=True)
    assert sorted(one) == sorted(two)
    assert len(one) >= len(OUTPUTS) + 5
    assert [name for name in one if one[name] != two[name]] == []
