from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rustplan.discover import discover_tree
from rustplan.discover.walked import Walked
from rustplan.errors import InputError
from rustplan.model.options import DiscoverOptions


def _skips(root: Path, **options: int) -> dict[str, tuple[str, str]]:
    tree = discover_tree(root, DiscoverOptions(**options))
    return {skip.path: (skip.reason.value, skip.detail) for skip in tree.skipped}


def test_links_are_never_followed(write, tmp_path: Path) -> None:
    root = write({"src/a.c": "int a;", "src/b.c": "int b;"})
    (tmp_path / "outside.c").write_text("int o;")
    for name, target in {
        "again.c": "src/a.c",
        "folder": "src",
        "out.c": "../outside.c",
        "etc": "/etc",
        "gone.c": "nowhere.c",
        "one.c": "two.c",
        "two.c": "one.c",
        "src/up": "..",
        "src/self": ".",
    }.items():
        (root / name).symlink_to(target)
    tree = discover_tree(root, DiscoverOptions())
    assert [file.path for file in tree.files] == ["src/a.c", "src/b.c"]
    assert {skip.path: skip.reason.value for skip in tree.skipped} == {
        "out.c": "symlink-outside-root",
        "etc": "symlink-outside-root",
        "gone.c": "symlink-broken",
        "one.c": "symlink-loop",
        "two.c": "symlink-loop",
        "src/up": "symlink-loop",
        "src/self": "symlink-loop",
    }
    assert [(path.path, path.pattern) for path in tree.ignored] == [("again.c", "-> src/a.c"), ("folder", "-> src")]


def test_special_files_are_listed_and_not_opened(write) -> None:
    root = write({"a.c": "int a;"})
    os.mkfifo(root / "pipe.c")
    assert _skips(root) == {"pipe.c": ("not-a-regular-file", "a FIFO")}


def test_depth_is_limited(write) -> None:
    root = write({"1/2/3/4/deep.c": "int d;", "1/2/top.c": "int t;"})
    assert _skips(root, max_depth=2) == {"1/2/3": ("too-deep", "nested deeper than 2 directories")}


def _nest(root: Path, name: str, depth: int) -> None:
    """Make nested directories one by one: their path may be longer than a system call takes."""
    here = os.getcwd()
    os.chdir(root)
    for _ in range(depth):
        os.mkdir(name)
        os.chdir(name)
    os.chdir(here)


def test_very_deep_trees_end_in_a_reason(write) -> None:
    root = write({"a.c": "int a;"})
    _nest(root, "d", 250)
    _nest(root, "n" * 250, 20)
    assert sorted(reason for reason, _ in _skips(root).values()) == ["too-deep", "unreadable"]


def test_unreadable_folders_and_files_are_listed(write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"closed/a.c": "int a;", "closed.c": "int c;", "open.c": "int o;"})
    real_scandir, real_open = os.scandir, os.open

    def scandir(path):
        if bytes(path).endswith(b"/closed"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    def opened(path, *arguments):
        if str(path).endswith("closed.c'"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", opened)
    assert _skips(root) == {
        "closed": ("unreadable", "the directory cannot be listed: Permission denied"),
        "closed.c": ("unreadable", "Permission denied"),
    }


def test_hostile_names_are_read_and_shown_safely(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path) + b"/repo"
    os.mkdir(root)
    for name in (b"a\xff.c", b"new\nline.c", b"back\\slash.c", b"\x1b[31m.c", b"%s<script>.c"):
        with open(root + b"/" + name, "wb") as stream:
            stream.write(b"int x;")
    tree = discover_tree(tmp_path / "repo", DiscoverOptions())
    assert [file.path for file in tree.files] == [
        "%s<script>.c",
        "\\x1b[31m.c",
        "a\\xff.c",
        "back\\x5cslash.c",
        "new\\x0aline.c",
    ]


def test_too_large_and_binary_sources_are_skipped_with_a_figure(write) -> None:
    root = write(
        {
            "ok.c": "int x;",
            "nul.c": b"int x;\0",
            "wide.h": "class A;".encode("utf-16"),
            "late.c": b" " * 9000 + b"\0",
            "huge.bin": b"\0" * 4000,
        }
    )
    with (root / "huge.c").open("wb") as stream:
        stream.truncate(200 * 1000 * 1000)
    start = time.perf_counter()
    tree = discover_tree(root, DiscoverOptions())
    assert time.perf_counter() - start < 10
    assert [file.path for file in tree.files] == ["late.c", "ok.c"]
    assert tree.other_files == 1
    skipped = {skip.path: skip for skip in tree.skipped}
    assert skipped["huge.c"].reason.value == "too-large"
    assert skipped["huge.c"].size == 200_000_000
    assert skipped["nul.c"].detail == "a NUL byte at offset 6"
    assert "UTF-16" in skipped["wide.h"].detail
    assert all(skip.language is not None for skip in tree.skipped)


def test_rustplanignore_adds_and_takes_back(write) -> None:
    root = write(
        {
            ".gitignore": "gen/\n*.tmp.c\n",
            ".rustplanignore": "# ours\ndocs/\n!gen/\ngen/no.c\n",
            "gen/yes.c": "int x;",
            "gen/no.c": "int x;",
            "docs/x.c": "int x;",
            "a.tmp.c": "int x;",
            "a.c": "int x;",
            "sub/.rustplanignore": "b.c\n",
            "sub/b.c": "int b;",
        }
    )
    tree = discover_tree(root, DiscoverOptions(exclude=("/a.c",)))
    assert [file.path for file in tree.files] == ["gen/yes.c"]
    assert [(path.path, path.pattern, path.origin) for path in tree.ignored] == [
        ("a.c", "/a.c", "--exclude"),
        ("a.tmp.c", "*.tmp.c", ".gitignore:2"),
        ("docs/", "docs/", ".rustplanignore:2"),
        ("gen/no.c", "gen/no.c", ".rustplanignore:4"),
        ("sub/b.c", "b.c", "sub/.rustplanignore:1"),
    ]


def test_include_narrows_to_what_is_named(write) -> None:
    root = write({"src/a.c": "int a;", "src/b.h": "", "lib/deep/c.c": "int c;", "lib/d.c": "", "top.c": ""})
    tree = discover_tree(root, DiscoverOptions(include=("src/", "d.c")))
    assert [file.path for file in tree.files] == ["lib/d.c", "src/a.c", "src/b.h"]
    assert [(path.path, path.origin) for path in tree.ignored] == [("lib/deep/", "--include"), ("top.c", "--include")]


def test_version_control_folders_are_not_walked(write) -> None:
    root = write({".git/hooks/x.c": "", ".hg/x.c": "", ".svn/x.c": "", "sub/.svn/y.c": "", "a.c": ""})
    assert [file.path for file in discover_tree(root, DiscoverOptions()).files] == ["a.c"]


def test_an_empty_folder_is_an_empty_tree(tmp_path: Path) -> None:
    tree = discover_tree(tmp_path, DiscoverOptions())
    assert (tree.files, tree.targets, tree.other_files) == ((), (), 0)
    assert tree.project.name == tmp_path.name


@pytest.mark.parametrize("name", ["missing", "file.c", "bad\0name"])
def test_what_is_no_folder_is_refused_with_a_hint(write, name: str) -> None:
    root = write({"file.c": "int x;"})
    with pytest.raises(InputError) as raised:
        discover_tree(root / name, DiscoverOptions())
    assert raised.value.hint is not None
    assert "directory" in raised.value.hint


def test_a_linked_root_is_resolved(write, tmp_path: Path) -> None:
    root = write({"a.c": "int a;"})
    (tmp_path / "link").symlink_to(root)
    tree = discover_tree(tmp_path / "link", DiscoverOptions())
    assert (tree.project.name, [file.path for file in tree.files]) == ("repo", ["a.c"])


def test_walked_values_start_empty() -> None:
    first, second = Walked(b"/a", None), Walked(b"/b", None)
    first.files.append("x")
    assert second.files == []
