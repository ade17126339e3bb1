"""`scan --findings-only FILES`: some files of a repository, with the results that a scan of all of it would give for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import Run

from rustplan.cli.places import find_place

HEADER = "#define FREE_ALL(p) do { free(p); free(p); } while (0)\nstruct box { char *data; };\n"
USER = '#include <stdlib.h>\n#include "box.h"\nvoid drop(struct box *b) { free(b->data); free(b->data); }\n'
PLAIN = "#include <string.h>\nvoid copy(char *to, const char *from) { strcpy(to, from); }\n"


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a header in another folder, tests, and a generated tree that a walk would find."""
    for path, text in {
        "include/box.h": HEADER,
        "src/net/user.c": USER,
        "src/net/plain.c": PLAIN,
        "src/other.c": PLAIN.replace("copy", "other"),
        "tests/t.c": PLAIN.replace("copy", "tested"),
        ".gitignore": "/rustplan.json\n/roadmap.html\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    for words in (("init", "-q"), ("add", "-A")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def concise(run: Run, *paths: str) -> list[str]:
    done = run("scan", "--findings-only", "-q", *paths)
    assert done.code == 0, done.err
    return done.out.splitlines()


def test_some_files_give_what_the_whole_gives_for_them(run: Run, project: Path) -> None:
    whole = concise(run, ".")
    assert any("src/net/user.c:3:43: double-free" in line for line in whole), "it needs the header of another folder"
    for paths in (
        ("src/net/user.c",),
        ("src/net/user.c", "src/net/plain.c"),
        ("src/other.c", "include/box.h", "src/net"),
    ):
        expected = [line for line in whole if line.startswith(paths)]
        assert expected
        assert concise(run, *paths) == expected


def test_the_root_is_the_repository_so_that_paths_match_the_baseline(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "src" / "net")
    assert find_place((Path("user.c"),), is_findings_only=True).root == project
    (project / "src" / "rustplan.yml").write_text("version: 1\n", encoding="utf-8")
    place = find_place((Path("user.c"), Path("../other.c")), is_findings_only=True)
    assert (place.root, place.only) == (project / "src", ("net/user.c", "other.c"))
    assert concise(run, "plain.c")[0].startswith("net/plain.c:2:")


def test_a_link_above_a_file_is_followed_and_a_link_itself_is_not(run: Run, project: Path) -> None:
    (project / "alias").symlink_to("src")
    (project / "link.c").symlink_to("src/other.c")
    assert concise(run, "alias/net/plain.c")[0].startswith("src/net/plain.c:2:")
    assert concise(run, "link.c") == []


def test_roles_hold_and_only_the_files_given_are_read(run: Run, project: Path) -> None:
    assert concise(run, "tests/t.c") == []
    done = run("scan", "--findings-only", "src/net/plain.c", "tests/t.c")
    assert "Read 2 files in " in done.err
    assert "component" not in done.err


def test_the_tree_is_not_walked(run: Run, project: Path) -> None:
    (project / "deep" / "er").mkdir(parents=True)
    (project / "deep" / "er" / "x.c").write_text(PLAIN, encoding="utf-8")
    (project / "deep").chmod(0)
    try:
        done = run("scan", "--findings-only", "-v", "src/net/plain.c")
    finally:
        (project / "deep").chmod(0o755)
    assert done.code == 0
    assert "deep" not in done.err


def test_new_means_new_and_files_that_were_not_read_are_not_fixed(run: Run, project: Path) -> None:
    assert run("scan", ".", "-qq").code == 0
    assert run("baseline", "create", "-q").code == 0
    done = run("scan", "--findings-only", "-q", "-f", "new", "--fail-on", "new:low", "src/net/plain.c")
    assert (done.code, done.out) == (0, "")
    assert ": 0 new, 0 fixed," in done.err
    (project / "src" / "moved.c").write_text(
        (project / "src" / "other.c").read_text(encoding="utf-8"), encoding="utf-8"
    )
    copied = run("scan", "--findings-only", "-q", "-f", "new", "--fail-on", "new:low", "src/moved.c")
    assert copied.code == 1, "the original is still there, so a copy is new"
    (project / "src" / "other.c").unlink()
    moved = run("scan", "--findings-only", "-q", "-f", "new", "--fail-on", "new:low", "src/moved.c")
    assert (moved.code, moved.out) == (0, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fail-on", "risk>=3"), "is about components"),
        (("--fail-on", "policy"), "is about components"),
        (("--fail-on", "stale-baseline"), "needs the whole repository"),
        (("-f", "html"), "whole scan concludes"),
        (("-o", "x.json"), "whole scan concludes"),
        (("-f", "comment"), "whole scan concludes"),
    ],
)
def test_what_needs_more_than_findings_is_refused(
    run: Run, project: Path, options: tuple[str, ...], words: str
) -> None:
    done = run("scan", "--findings-only", "src/other.c", *options)
    assert done.code == 2
    assert words in done.err
    assert "hint: " in done.err


def test_every_format_of_findings_can_be_written(run: Run, project: Path) -> None:
    assert run("scan", ".", "-qq").code == 0
    assert run("baseline", "create", "-q").code == 0
    for format in ("full", "jsonl", "csv", "sarif", "sarif-full", "github", "gitlab", "junit"):
        done = run("scan", "--findings-only", "-q", "-f", format, "--fail-on", "new:low", "src/net/plain.c")
        assert done.code == 0, (format, done.err)


def test_heavy_stages_are_not_even_imported(project: Path) -> None:
    code = (
        "import sys; from rustplan.cli.main import main; main(['scan', '--findings-only', '-qq', 'src/other.c']);"
        "print([name for name in ('networkx', 'jinja2', 'rustplan.plan', 'rustplan.score', 'rustplan.link') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stdout + done.stderr
