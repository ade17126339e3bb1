"""Every way to install rustplan carries its rules, catalogue and templates, and scans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("rules", "catalog", "report_templates")


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def clean_environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True, symlinks=True)
    return folder / "bin" / "python"


def borrowed_dependencies() -> dict[str, str]:
    """The dependencies of this environment without its rustplan: an editable install is a `.pth`, which PYTHONPATH does not read."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("RUSTPLAN_")}
    return {**env, "PYTHONPATH": sysconfig.get_path("purelib")}


def assert_works(python: Path, folder: Path, env: dict[str, str], *, inside: str) -> None:
    """The installed copy comes from where it should, and does the main job far from the checkout."""
    where = run(python, "-c", "import rustplan; print(rustplan.__file__)", cwd=folder, env=env).strip()
    assert inside in where
    source = folder / "repo"
    source.mkdir()
    (source / "a.c").write_text("#include <stdio.h>\nvoid f(char *p) { gets(p); }\n")
    run(python, "-m", "rustplan", "scan", source, "-o", "json=a.json", "-o", "html=a.html", "-q", cwd=folder, env=env)
    analysis = json.loads((folder / "a.json").read_text())
    assert [finding["rule"] for finding in analysis["findings"] if finding["kind"] == "defect"] == ["unbounded-read"]
    assert "memory-safe" in (folder / "a.html").read_text().lower()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without build leftovers, so that parallel tests do not meet in one build directory."""
    copy = tmp_path_factory.mktemp("checkout") / "rustplan"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=ignored)
    return copy


@pytest.fixture(scope="module")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An sdist, and the wheel made from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, checkout, cwd=checkout)
    return out


def test_sdist_has_the_data_folders_and_the_docs(distributions: Path) -> None:
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.split("/", 1)[1].split("/")[0] for name in opened.getnames() if "/" in name}
    assert {*SHIPPED, "src", "docs", "README.md", "LICENSE", "pyproject.toml"} <= names


def test_wheel_from_sdist_carries_every_shipped_file(distributions: Path) -> None:
    (archive,) = distributions.glob("*.whl")
    with zipfile.ZipFile(archive) as opened:
        packed = set(opened.namelist())
    for name in SHIPPED:
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                assert f"rustplan/_bundled/{path.relative_to(ROOT).as_posix()}" in packed


def test_wheel_installs_with_its_own_dependencies(distributions: Path, tmp_path: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    python = clean_environment(tmp_path / "env")
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    assert_works(python, tmp_path, env, inside="env")
    shown = run(tmp_path / "env" / "bin" / "rustplan", "--version", cwd=tmp_path, env=env)
    assert shown.startswith("rustplan ")


def test_pip_install_from_the_folder(checkout: Path, tmp_path: Path) -> None:
    python = clean_environment(tmp_path / "env")
    env = borrowed_dependencies()
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", checkout, cwd=tmp_path, env=env)
    assert_works(python, tmp_path, env, inside="env")


def test_editable_install_reads_the_checkout(checkout: Path, tmp_path: Path) -> None:
    python = clean_environment(tmp_path / "env")
    env = borrowed_dependencies()
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--editable",
        checkout,
        cwd=tmp_path,
        env=env,
    )
    assert_works(python, tmp_path, env, inside="checkout")


def test_zipped_wheel_runs_without_unpacking(distributions: Path, tmp_path: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    python = clean_environment(tmp_path / "env")
    env = borrowed_dependencies()
    env["PYTHONPATH"] = os.pathsep.join([str(wheel), env["PYTHONPATH"]])
    assert_works(python, tmp_path, env, inside=".whl")
