"""The hooks, run by pre-commit itself in a sample repository; `language: system` stands for the installation."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import yaml
from ci_files import HOOKS, load
from sample_project import BAD, GOOD, commit, environment, make_project, run, worsen


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project") / "made")


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(made, folder)
    hooks = [{**hook, "language": "system"} for hook in load(HOOKS)]
    text = yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}, sort_keys=False)
    (folder / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
    (folder / "net" / "other.c").write_text(GOOD.replace("one", "other"), encoding="utf-8")
    commit(folder)
    return folder


def hook(project: Path, name: str, *options: str) -> tuple[int, str]:
    env = environment(PRE_COMMIT_HOME=str(project.parent / "home"), PRE_COMMIT_COLOR="never")
    done = run(sys.executable, "-m", "pre_commit", "run", name, *options, cwd=project, env=env)
    return done.returncode, done.stdout + done.stderr


def test_a_staged_defect_stops_the_commit_and_only_it_is_shown(project: Path) -> None:
    worsen(project)
    assert run("git", "add", "-A", cwd=project).returncode == 0
    code, told = hook(project, "rustplan")
    assert code == 1
    assert "net/a.c:3:50: double-free critical" in told
    assert "gate not met: new:high" in told
    assert "manual-heap" not in told
    assert "1 fixed" not in told, "the file that was not staged is not spoken of"


def test_a_staged_file_without_anything_new_passes(project: Path) -> None:
    (project / "net" / "a.c").write_text(f"\n\n/* moved */\n{GOOD}", encoding="utf-8")
    assert run("git", "add", "-A", cwd=project).returncode == 0
    code, told = hook(project, "rustplan")
    assert (code, "Passed" in told) == (0, True)


def test_what_is_not_staged_does_not_count(project: Path) -> None:
    (project / "net" / "other.c").write_text("int other(void) { return 2; }\n", encoding="utf-8")
    assert run("git", "add", "-A", cwd=project).returncode == 0
    worsen(project)
    code, told = hook(project, "rustplan")
    assert code == 0, told
    assert (project / "net" / "a.c").read_text(encoding="utf-8") == BAD


def test_a_file_that_is_left_out_is_no_failure(project: Path) -> None:
    (project / ".rustplanignore").write_text("net/\n", encoding="utf-8")
    worsen(project)
    assert run("git", "add", "-A", cwd=project).returncode == 0
    assert hook(project, "rustplan")[0] == 0


def test_the_gate_of_the_whole_repository_runs_before_a_push_and_leaves_no_file(project: Path) -> None:
    files = "--all-files", "--hook-stage", "pre-push"
    code, told = hook(project, "rustplan-gate", *files)
    assert (code, "Passed" in told) == (0, True)
    worsen(project)
    commit(project)
    code, told = hook(project, "rustplan-gate", *files)
    assert code == 1
    assert "net/a.c:3:50: double-free critical" in told
    assert not (project / "rustplan.json").exists()
    assert not (project / "roadmap.html").exists()


def test_a_mistake_in_the_configuration_stops_the_commit(project: Path) -> None:
    (project / "rustplan.yml").write_text("version: 1\nexclde: []\n", encoding="utf-8")
    assert run("git", "add", "-A", cwd=project).returncode == 0
    code, told = hook(project, "rustplan-config")
    assert code == 1
    assert "did you mean exclude?" in told
