from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from history_cases import Story, absent, git, history, lines

from rustplan.model.history import HistoryOptions


def small(folder: Path, *, object_format: str = "sha1", checkout: bool = True) -> Path:
    story = Story()
    story.commit("start", {"a.c": lines(20)})
    story.commit("fix a double free", {"a.c": lines(21)}, day=400)
    story.commit("go on", {"a.c": lines(22)}, day=500)
    return story.write(folder, object_format=object_format, checkout=checkout)


def test_a_bare_folder_has_no_history(tmp_path: Path) -> None:
    assert absent(tmp_path, "a.c") == "the folder lies in no git work tree"


def test_an_unborn_branch_has_no_history(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", str(tmp_path / "repo"))
    assert "no commit is checked out" in absent(tmp_path / "repo", "a.c")


def test_no_git_on_path_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small(tmp_path / "repo")
    monkeypatch.setenv("PATH", "")
    assert absent(root, "a.c") == "no git program was found on PATH"


def test_a_git_inside_the_scanned_tree_or_on_a_relative_path_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small(tmp_path / "repo")
    trap = root / "bin" / "git"
    trap.parent.mkdir()
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    trap.chmod(0o755)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", os.pathsep.join(["bin", str(trap.parent)]))
    assert absent(root, "a.c") == "no git program was found on PATH"
    assert not (tmp_path / "ran").exists()


def test_files_of_another_project_have_no_history_here(tmp_path: Path) -> None:
    root = small(tmp_path / "repo")
    (root / "unpacked").mkdir()
    assert "none of the 1 files" in absent(root / "unpacked", "x.c")


def test_a_clone_cut_off_close_by_is_absent_and_one_further_back_is_stated(tmp_path: Path) -> None:
    origin = small(tmp_path / "origin")
    for depth in (1, 2):
        git(tmp_path, "clone", "-q", f"--depth={depth}", f"file://{origin}", str(tmp_path / f"depth{depth}"))
    assert "the clone is shallow" in absent(tmp_path / "depth1", "a.c")
    assert "git fetch --unshallow" in absent(tmp_path / "depth2", "a.c")
    story = Story()
    for day in (0, 100, 700):
        story.commit("work", {"a.c": lines(2 + day)}, day=day)
    deep = story.write(tmp_path / "deep")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{deep}", str(tmp_path / "part"))
    part = history(tmp_path / "part", "a.c")
    assert (part.is_complete, part.cut, part.commits, part.reaches_days) == (False, 1, 1, 600)
    assert part.files[0].added == 600
    assert any("shallow: complete for the 600 days" in note for note in part.notes)


def test_a_corrupt_repository_is_said(tmp_path: Path) -> None:
    root = small(tmp_path / "repo")
    tree = git(root, "rev-parse", "HEAD~2^{tree}")
    git(root, "repack", "-q", "-a", "-d")
    for pack in (root / ".git/objects/pack").glob("*.pack"):
        pack.chmod(stat.S_IRUSR | stat.S_IWUSR)
        data = bytearray(pack.read_bytes())
        data[len(data) // 3 : -20] = bytes(len(data) - 20 - len(data) // 3)
        pack.write_bytes(data)
    assert tree
    assert absent(root, "a.c").startswith("git could not read it (")


def test_missing_contents_count_as_empty_and_are_stated(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"a.c": lines(3), "big.bin": lines(50, "z")})
    story.commit("fix", {"a.c": lines(5), "big.bin": lines(60, "z")}, day=1)
    root = story.write(tmp_path / "repo")
    gone = git(root, "rev-parse", "HEAD~1:big.bin")
    (root / ".git/objects" / gone[:2] / gone[2:]).unlink()
    before = sorted(path.name for path in (root / ".git/objects").rglob("*"))
    found = history(root, "a.c")
    assert (found.commits, found.files[0].added, found.has_lines) == (2, 5, True)
    assert "1 file contents are missing from the clone and count as empty" in found.notes
    assert sorted(path.name for path in (root / ".git/objects").rglob("*")) == before


def test_a_partial_clone_without_contents_tells_commits_but_no_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = small(tmp_path / "origin")
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{origin}", str(tmp_path / "part"))
    monkeypatch.setattr("rustplan.evidence.history.missing.MOST_MISSING", 0)
    found = history(tmp_path / "part", "a.c")
    assert (found.has_lines, found.files[0].commits, found.files[0].unknown_lines, found.files[0].memory_fixes) == (
        False,
        3,
        3,
        1,
    )
    assert any("lines are unknown" in note for note in found.notes)


def test_borrowed_objects_are_not_followed(tmp_path: Path) -> None:
    origin = small(tmp_path / "origin")
    git(tmp_path, "clone", "-q", "--shared", str(origin), str(tmp_path / "borrows"))
    assert "objects/info/alternates" in absent(tmp_path / "borrows", "a.c")


def test_objects_behind_a_link_are_not_followed(tmp_path: Path) -> None:
    root = small(tmp_path / "repo")
    (root / ".git/objects").rename(tmp_path / "objects")
    (root / ".git/objects").symlink_to(tmp_path / "objects")
    assert "links are not followed" in absent(root, "a.c")


@pytest.mark.parametrize("kind", ["loose", "packed", "worktree", "sha256", "graph"])
def test_every_layout_of_a_repository_is_read(tmp_path: Path, kind: str) -> None:
    root = small(tmp_path / "repo", object_format="sha256" if kind == "sha256" else "sha1")
    if kind == "packed":
        git(root, "gc", "-q")
        git(root, "pack-refs", "--all")
    if kind == "graph":
        git(root, "gc", "-q")
        git(root, "commit-graph", "write", "--reachable", "--changed-paths")
        git(root, "multi-pack-index", "write")
    if kind == "loose":
        (root / "a.c").write_text(lines(30))
        git(root, "commit", "-q", "-a", "-m", "loose")
    if kind == "worktree":
        git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "other"))
        root = tmp_path / "other"
    found = history(root, "a.c")
    assert found.files[0].commits == 3 + (kind == "loose")
    assert len(found.commit) == (64 if kind == "sha256" else 40)


def test_a_hang_of_git_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small(tmp_path / "repo")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    assert "gave no output for 0.2 seconds" in absent(root, "a.c", options=HistoryOptions(silent_seconds=0.2))
    assert "took longer than 0.2 seconds" in absent(root, "a.c", options=HistoryOptions(seconds=0.2))


def test_a_pipe_in_place_of_objects_does_not_hang(tmp_path: Path) -> None:
    root = small(tmp_path / "repo")
    git(root, "gc", "-q")
    for pack in list((root / ".git/objects/pack").iterdir()):
        pack.unlink()
        os.mkfifo(pack)
    assert absent(root, "a.c", options=HistoryOptions(silent_seconds=5)).startswith("git could not read it (")
    loose = small(tmp_path / "loose")
    head = git(loose, "rev-parse", "HEAD")
    place = loose / ".git/objects" / head[:2] / head[2:]
    place.unlink()
    os.mkfifo(place)
    assert "gave no output" in absent(loose, "a.c", options=HistoryOptions(silent_seconds=0.5))


def test_nonsense_from_git_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small(tmp_path / "repo")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\ncase "$*" in *ls-tree*) printf "a.c\\0";; *) printf "=zzz\\0x\\0";; esac\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    assert "not understood" in absent(root, "a.c")
