"""The walk gives what `git ls-files -co --exclude-standard` gives, without starting git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rustplan.discover import discover_tree
from rustplan.discover.walk import walk
from rustplan.model.options import DiscoverOptions

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

TREE = [
    *[
        "a.c",
        "a.o",
        "b.c",
        "keep.o",
        "README",
        "dir/a.c",
        "dir/a.o",
        "dir/sub/a.c",
        "dir/sub/deep/x.c",
        "dir/sub/deep/x.log",
    ],
    *[
        "build/out.c",
        "build/keep.c",
        "build/k/z.c",
        "src/build/gen.c",
        "src/main.c",
        "src/foo.c",
        "src/foo/bar.c",
        "src/foo/baz.c",
    ],
    *[
        "x/y/z.c",
        "x/z.c",
        "x/q/r/z.c",
        "logs/x.log",
        "logs/d/y.log",
        "#hash.c",
        "!bang.c",
        "trail",
        ".hidden/a.c",
        "doc/a.txt",
        "doc/b/a.txt",
    ],
    "with space.c",
    "end ",
]

IGNORES = [
    "*.o",
    "*.o\n!keep.o",
    "build/",
    "/build/\n!build/keep.c",
    "/build/*\n!/build/keep.c",
    "build",
    "dir/sub",
    "dir/**",
    "**/sub",
    "x/**/z.c",
    "*.c\n!src",
    "*.c\n!src/",
    "*\n!*/\n!*.c",
    "/*\n!/src\n/src/*\n!/src/foo.c",
    "foo",
    "foo/",
    "src/foo/*\n!src/foo/bar.c",
    "\\#hash.c",
    "\\!bang.c",
    "#hash.c",
    "trail ",
    "end\\ ",
    "with space.c",
    "[ab].c",
    "[!a].c",
    "dir//",
    "/",
    "**",
    "**/",
    "/dir",
    "dir/a.?",
    "*.log\n!logs/d/y.log",
    "logs/\n!logs/d/",
    "\ufeff*.o",
    "*.o\r\nlogs/\r",
    "[",
    "a\\",
    "d*/s*",
    "doc/**/*.txt",
    "*.c\n!/**/a.c",
]


def _git(root: Path, *arguments: str) -> bytes:
    settings = ["-c", "core.excludesFile=/dev/null", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    command = ["git", *settings, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True).stdout


def _make(root: Path, files: list[str]) -> Path:
    root.mkdir(exist_ok=True)
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")
    _git(root, "init", "-q")
    return root


def _expected(root: Path) -> set[str]:
    names = _git(root, "ls-files", "-co", "--exclude-standard", "-z").decode().split("\0")
    return {name for name in names if name and (root / name).is_file() and not (root / name).is_symlink()}


def _found(root: Path) -> set[str]:
    return set(walk(str(root.resolve()).encode(), DiscoverOptions()).files)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make(tmp_path_factory.mktemp("git") / "repo", TREE)


@pytest.mark.parametrize("text", IGNORES)
def test_each_pattern_reads_as_git_reads_it(repository: Path, text: str) -> None:
    (repository / ".gitignore").write_bytes(text.encode())
    assert _found(repository) == _expected(repository)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "!"]),
        st.sampled_from(["", "/", "**/", "dir/", "src/", "*/", "x/**/"]),
        st.sampled_from(["a.c", "*.c", "foo", "sub", "build", "z.c", "*", "**", "[a-f]*", "?.c", "deep", "*o*"]),
        st.sampled_from(["", "/", "/*", "/**"]),
    ).map("".join),
    min_size=1,
    max_size=5,
).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=LINES, nested=LINES)
def test_generated_ignore_files_read_as_git_reads_them(repository: Path, top: str, nested: str) -> None:
    (repository / ".gitignore").write_text(top)
    (repository / "src" / ".gitignore").write_text(nested)
    try:
        assert _found(repository) == _expected(repository)
    finally:
        (repository / "src" / ".gitignore").unlink()


@pytest.mark.parametrize("version", ["2", "4"])
def test_tracked_files_are_read_even_when_ignored(tmp_path: Path, version: str) -> None:
    root = _make(tmp_path / "repo", TREE)
    _git(root, "add", "build/keep.c", "dir/a.c", "a.o", "src/foo/bar.c")
    _git(root, "update-index", "--index-version", version)
    (root / ".gitignore").write_text("build/\n*.o\nsrc/\ndir\n")
    (root / ".git/info/exclude").write_text("README\n")
    assert _found(root) == _expected(root)
    assert {"build/keep.c", "a.o"} <= _found(root)
    assert "README" not in _found(root)


def test_a_root_inside_a_work_tree_keeps_the_ignore_files_above(tmp_path: Path) -> None:
    root = _make(tmp_path / "repo", TREE)
    (root / ".gitignore").write_text("*.o\n/src/build/\n/foo/\n")
    (root / ".git/info/exclude").write_text("main.c\n")
    (root / "src" / "x.o").write_text("")
    assert _found(root / "src") == _expected(root / "src")
    ignored = discover_tree(root / "src", DiscoverOptions()).ignored
    assert [(path.path, path.pattern, path.origin) for path in ignored] == [
        ("build/", "/src/build/", "../.gitignore:2"),
        ("main.c", "main.c", ".git/info/exclude:1"),
    ]


def test_asking_for_an_ignored_folder_reads_it(tmp_path: Path) -> None:
    root = _make(tmp_path / "repo", TREE)
    (root / ".gitignore").write_text("build/\n")
    assert _found(root / "build") == {"out.c", "keep.c", "k/z.c"}


def test_a_bad_index_is_treated_as_absent_and_said(tmp_path: Path) -> None:
    root = _make(tmp_path / "repo", ["a.c", "b.c"])
    _git(root, "add", "-A")
    index = root / ".git/index"
    index.write_bytes(index.read_bytes()[:60] + b"\xff" * 20)
    (root / ".gitignore").write_text("b.c\n")
    tree = discover_tree(root, DiscoverOptions())
    assert [file.path for file in tree.files] == ["a.c"]
    assert [degraded.path for degraded in tree.degraded] == [".git"]
    assert "index" in tree.degraded[0].detail


def test_a_folder_that_git_does_not_track_has_no_commit(tmp_path: Path) -> None:
    root = tmp_path / "around"
    (root / "own").mkdir(parents=True)
    (root / "own" / "a.c").write_text("int a;\n")
    _git(root, "init", "-q")
    _git(root, "add", "own/a.c")
    _git(root, "commit", "-qm", "first")
    (root / "copied").mkdir()
    (root / "copied" / "b.c").write_text("int b;\n")
    assert discover_tree(root / "own", DiscoverOptions()).project.commit is not None
    project = discover_tree(root / "copied", DiscoverOptions()).project
    assert (project.commit, project.commit_because) == (None, "the git repository around it tracks none of its files")


def test_the_commit_is_read_loose_packed_detached_and_from_a_linked_work_tree(tmp_path: Path) -> None:
    root = _make(tmp_path / "repo", ["a.c"])
    assert discover_tree(root, DiscoverOptions()).project.commit is None
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "first")
    commit = _git(root, "rev-parse", "HEAD").decode().strip()
    _git(root, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    for _ in range(2):
        assert discover_tree(root, DiscoverOptions()).project.commit == commit
        linked = discover_tree(tmp_path / "linked", DiscoverOptions()).project
        assert (linked.name, linked.commit) == ("linked", commit)
        _git(root, "pack-refs", "--all")
    _git(root, "checkout", "-q", "--detach")
    assert "detached" in discover_tree(root, DiscoverOptions()).project.commit_because


def test_a_git_link_to_a_foreign_repository_is_not_believed(tmp_path: Path) -> None:
    other = _make(tmp_path / "other", ["a.c"])
    _git(other, "add", "-A")
    _git(other, "commit", "-qm", "secret")
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "a.c").write_text("int a;")
    (hostile / ".git").write_text(f"gitdir: {other}/.git\n")
    tree = discover_tree(hostile, DiscoverOptions())
    assert tree.project.commit is None
    assert [file.path for file in tree.files] == ["a.c"]
    assert [degraded.path for degraded in tree.degraded] == [".git"]


def test_submodules_present_missing_and_nested_repositories(tmp_path: Path) -> None:
    library = _make(tmp_path / "library", ["lib.c", "lib.o"])
    (library / ".gitignore").write_text("*.o\n")
    _git(library, "add", "-A")
    _git(library, "commit", "-qm", "x")
    root = _make(tmp_path / "repo", ["main.c"])
    _git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "ext/lib")
    with (root / ".gitmodules").open("a") as stream:
        stream.write('[submodule "gone"]\n\tpath = ext/gone\n\turl = https://me:secret@example.org/gone.git\n')
    (root / "ext/lib/lib.o").write_text("")
    _make(root / "nested", ["n.c", "n.tmp.c"])
    (root / "nested/.gitignore").write_text("*.tmp.c\n")
    (root / ".gitignore").write_text("n.c\n")
    tree = discover_tree(root, DiscoverOptions())
    assert {file.path: file.role.value for file in tree.files} == {
        "ext/lib/lib.c": "vendored",
        "main.c": "source",
        "nested/n.c": "source",
    }
    assert [(skip.path, skip.reason.value, skip.detail) for skip in tree.skipped] == [
        ("ext/gone", "submodule-missing", "https://example.org/gone.git")
    ]
