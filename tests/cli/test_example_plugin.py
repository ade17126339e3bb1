"""The example plugin of the documentation: installed beside rustplan it adds a dialect, a rule pack and a format."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "rustplan-cuda"
_GROUP = re.compile(r'\[project\.entry-points\."([\w.]+)"\]\n((?:[^\[\n]+\n)+)')
KERNEL = """__global__ void scale(float *x, float by) { x[0] *= by; }
void run(float *device, const float *host, int n) {
  cudaMemcpy(device, host, n * sizeof(float), cudaMemcpyHostToDevice);
  scale<<<n / 256, 256>>>(device, 2.0f);
  char *copy = new char[n];
}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """What installing the example leaves behind: its package, and its entry points."""
    folder = tmp_path / "site"
    info = folder / "rustplan_cuda-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "rustplan_cuda").symlink_to(EXAMPLE / "src" / "rustplan_cuda", target_is_directory=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rustplan-cuda\nVersion: 1.0\n")
    declared = _GROUP.findall((EXAMPLE / "pyproject.toml").read_text())
    assert len(declared) == 3
    lines = "".join(f"[{group}]\n{entries}" for group, entries in declared)
    (info / "entry_points.txt").write_text(lines.replace('"', ""))
    return folder


def rustplan(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "rustplan", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "gpu"
    folder.mkdir()
    (folder / "scale.cu").write_text(KERNEL)
    return folder


def test_the_example_adds_a_dialect_rules_and_a_format(site: Path, repository: Path) -> None:
    done = rustplan(site, repository, "scan", ".", "-q", "-o", "json=a.json", "-o", "tickets=t.csv")
    assert (done.returncode, done.stderr) == (0, "")
    analysis = json.loads((repository / "a.json").read_text())
    assert analysis["tool"]["plugins"] == [
        f"rustplan-cuda 1.0 ({one})" for one in ("formats: tickets", "languages: cuda", "rules: cuda")
    ]
    files = {one["path"]: one["language"] for one in analysis["scorecard"]["files"]}
    assert files == {"scale.cu": "cpp"}
    assert analysis["coverage"]["share"] == 1.0
    found = {(one["rule"], one["line"]) for one in analysis["findings"]}
    assert ("device-copy", 3) in found
    assert ("raw-new-delete", 5) in found
    assert (repository / "t.csv").read_text().startswith("summary,wave,effort_p50_pm\nretain: gpu")


def test_without_the_plugin_nothing_of_it_is_there(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = rustplan(tmp_path / "empty", repository, "scan", ".", "-q", "-o", "tickets=t.csv")
    assert done.returncode == 2
    assert "tickets" in done.stderr


def test_its_rules_keep_their_own_examples(site: Path, repository: Path) -> None:
    done = rustplan(site, repository, "rules", "test", "--rules", str(EXAMPLE / "src" / "rustplan_cuda" / "rules"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_doctor_names_it_and_a_broken_one_with_the_next_step(site: Path, repository: Path) -> None:
    assert "rustplan-cuda 1.0 (languages: cuda)" in rustplan(site, repository, "doctor").stdout
    entries = site / "rustplan_cuda-1.0.dist-info" / "entry_points.txt"
    entries.write_text(entries.read_text().replace("rustplan_cuda:Cuda", "rustplan_cuda:Gone"))
    done = rustplan(site, repository, "scan", ".", "-q")
    assert done.returncode == 2
    assert "cannot be loaded: AttributeError" in done.stderr
    assert "pip uninstall rustplan-cuda" in done.stderr
    assert rustplan(site, repository, "doctor").returncode == 1
