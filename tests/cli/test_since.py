"""A change held against a commit: what it added and removed, and a clear word for every commit that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from cli_runner import Run

GIT = {
    **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "ann@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
OLD = "#include <string.h>\n\nint copy(char *to, const char *from)\n{\n    strcpy(to, from);\n    return 0;\n}\n"
NEW = "#include <stdio.h>\n\nint ask(char *to)\n{\n    return gets(to) != 0;\n}\n"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, env=GIT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Two commits on main, a branch that leaves the first, and work that is not committed."""
    folder = tmp_path / "repo"
    (folder / "src").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "src/copy.c").write_text(OLD)
    (folder / "src/other.c").write_text("int other(void)\n{\n    return 1;\n}\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "v1")
    git(folder, "checkout", "-qb", "work")
    (folder / "src/ask.c").write_text(NEW)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "two")
    git(folder, "checkout", "-q", "main")
    (folder / "src/late.c").write_text(NEW.replace("ask", "late"))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "three")
    git(folder, "checkout", "-q", "work")
    return folder


def change(run: Run, *arguments: str) -> dict:
    done = run("scan", "repo", "-f", "json", "-q", *arguments)
    assert done.code == 0, done.err
    return json.loads(done.out)


def places(entries: list) -> set[tuple[str, str]]:
    return {(one["finding"]["path"], one["finding"]["rule"]) for one in entries}


def test_what_came_and_what_went(run: Run, repo: Path):
    (repo / "src/copy.c").write_text("int copy(void)\n{\n    return 0;\n}\n")
    told = change(run, "--since", "v1")
    assert told["files"] == ["src/ask.c", "src/copy.c"]
    assert ("src/ask.c", "banned-api") in places(told["findings"]["new"]) or places(told["findings"]["new"])
    assert {path for path, _ in places(told["findings"]["new"])} == {"src/ask.c"}
    assert {path for path, _ in places(told["findings"]["fixed"])} == {"src/copy.c"}
    touched = {one["component"]: one for one in told["components"]}
    assert any(one["added"] and one["fixed"] for one in touched.values())


def test_the_merge_base_is_not_the_tip(run: Run, repo: Path):
    assert change(run, "--changed-only")["files"] == ["src/ask.c"]
    assert change(run, "--since", "main")["files"] == ["src/ask.c", "src/late.c"]


def test_moved_code_is_not_new(run: Run, repo: Path):
    (repo / "lib").mkdir()
    (repo / "src/copy.c").rename(repo / "lib/copy.c")
    told = change(run, "--since", "HEAD")
    assert (told["findings"]["new"], told["findings"]["fixed"]) == ([], [])
    assert {path for path, _ in places(told["findings"]["moved"])} == {"lib/copy.c"}


def test_the_base_is_scanned_once_and_the_answer_stays(run: Run, repo: Path):
    first = run("scan", "repo", "--since", "v1", "--cache", "cache")
    second = run("scan", "repo", "--since", "v1", "--cache", "cache")
    without = run("scan", "repo", "--since", "v1", "--no-cache")
    assert first.out == second.out == without.out
    assert "had to be read whole" in first.err
    assert "had to be read whole" not in second.err


def test_new_means_new_against_the_commit(run: Run, repo: Path):
    assert run("scan", "repo", "--since", "v1", "--fail-on", "new:low").code == 1
    met = run("scan", "repo", "--since", "HEAD", "--fail-on", "new:low")
    assert (met.code, "gate passed" in met.err) == (0, True)
    (repo / "rustplan-baseline.json").write_text("not read, because the commit is what counts")
    assert run("scan", "repo", "--since", "v1", "--fail-on", "new:low", "--exit-zero").code == 0


@pytest.mark.parametrize("format", ["text", "markdown", "github", "comment", "new"])
def test_every_format_names_the_new_file(format: str, run: Run, repo: Path):
    done = run("scan", "repo", "--since", "v1", "-f", format, "--fail-on", "new:low", "--exit-zero")
    assert done.code == 0, done.err
    assert "src/ask.c" in done.out


def test_nothing_is_written_unless_asked(run: Run, repo: Path, tmp_path: Path):
    before = sorted(path for path in tmp_path.rglob("*") if ".git" not in path.parts)
    run("scan", "repo", "--since", "v1")
    assert sorted(path for path in tmp_path.rglob("*") if ".git" not in path.parts) == before
    run("scan", "repo", "--since", "v1", "-o", "json=change.json")
    assert json.loads((tmp_path / "change.json").read_text())["called"] == "v1"


@pytest.mark.parametrize(
    "revision",
    [
        "--upload-pack=touch owned",
        "-x",
        "$(touch owned)",
        "main..work",
        "main@{1}",
        "",
        "HEAD^{tree}",
        "refs/../config",
        "a\nb",
        "x" * 5000,
    ],
)
def test_what_is_no_commit_is_refused(revision: str, run: Run, repo: Path, tmp_path: Path):
    done = run("scan", "repo", f"--since={revision}")
    assert done.code == 2
    assert "that is no commit" in done.err
    assert "hint:" in done.err
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize("revision", ["nope", "origin/nope", "HEAD~9", "deadbeef", "0" * 40])
def test_a_commit_that_is_not_there(revision: str, run: Run, repo: Path):
    done = run("scan", "repo", "--since", revision)
    assert done.code == 2
    assert f"--since {revision}: there is no such commit" in done.err


def test_a_shallow_clone_says_how_to_mend_it(run: Run, repo: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", "cut")
    done = run("scan", "cut", "--since", "HEAD~1")
    assert done.code == 2
    assert "git fetch --unshallow" in done.err


def test_outside_of_git(run: Run, source: Path):
    done = run("scan", "repo", "--since", "HEAD")
    assert done.code == 2
    assert "no git work tree" in done.err


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--findings-only",), "--findings-only"),
        (("--baseline", "x.json"), "--baseline"),
        (("--changed-only",), "--changed-only"),
        (("-f", "html"), "html"),
    ],
)
def test_what_does_not_go_together(more: tuple[str, ...], word: str, run: Run, repo: Path):
    done = run("scan", "repo", "--since", "HEAD", *more)
    assert done.code == 2
    assert word in done.err


def test_links_and_odd_names_of_the_commit_do_no_harm(run: Run, repo: Path, tmp_path: Path):
    (repo / "way").symlink_to(tmp_path)
    (repo / "src/new\nline.c").write_text(OLD)
    (repo / "src/caf\udce9.c").write_text(OLD, errors="surrogateescape")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "odd")
    assert change(run, "--since", "HEAD")["files"] == []


def test_other_repositories_inside_are_left_out(run: Run, repo: Path):
    inner = repo / "third"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "bad.c").write_text(NEW)
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "inner")
    git(repo, "add", "third")
    git(repo, "commit", "-qm", "with a submodule")
    told = change(run, "--since", "HEAD")
    assert told["files"] == []
    assert any("submodules" in note for note in told["left_out"])


def test_a_folder_inside_the_repository(run: Run, repo: Path):
    done = run("scan", "repo/src", "--since", "v1", "-f", "json", "-q")
    assert json.loads(done.out)["files"] == ["ask.c"]
