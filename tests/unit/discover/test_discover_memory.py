"""What build files said is remembered only as long as every question to the disk has the same answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rustplan.discover import discover_tree
from rustplan.discover.manifests.draft import MAX_MANIFEST, Tree
from rustplan.model.options import DiscoverOptions
from rustplan.model.source import SourceTree
from rustplan.scan import Cache

CMAKE = "project(demo C)\nadd_library(demo one.c)\nfind_package(ZLIB REQUIRED)\ninclude(more.cmake)\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with a build file that reads another one."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "CMakeLists.txt").write_text(CMAKE)
    (root / "more.cmake").write_text("add_executable(tool two.c)\n")
    for name in ("one.c", "two.c", "three.c"):
        (root / name).write_text("int main(void) { return 0; }\n")
    return root


def discovered(root: Path, folder: Path | None) -> SourceTree:
    """The tree as a run with a cache in `folder` sees it; without one when that is None."""
    if folder is None:
        return discover_tree(root, DiscoverOptions())
    with Cache(folder) as cache:
        return discover_tree(root, DiscoverOptions(), memory=cache)


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make reading a build file for what it declares or names fail the test."""

    def never(*_: Any, **__: Any) -> Any:
        pytest.fail("it was read again")

    monkeypatch.setattr("rustplan.discover.manifests.remembered.read_manifests", never)
    monkeypatch.setattr("rustplan.discover.build_notes.mentions_of", never)


def test_a_second_run_is_the_same_and_reads_no_build_file_again(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = discovered(repository, None)
    assert discovered(repository, tmp_path / "cache") == plain
    assert {target.name for target in plain.targets} == {"demo", "tool"}
    assert any(mention.name == "ZLIB" for mention in plain.build_notes.mentions)
    forbid_reading(monkeypatch)
    assert discovered(repository, tmp_path / "cache") == plain


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CMakeLists.txt", CMAKE.replace("one.c", "three.c")),
        ("more.cmake", "add_executable(other two.c)\nfind_package(CURL)\n"),
        ("four.c", "int four;\n"),
        ("Makefile", "all:\n\tcc -lpng one.c\n"),
        ("build/compile_commands.json", '[{"directory": "/x", "file": "one.c", "command": "cc -c one.c"}]'),
    ],
)
def test_a_change_is_seen_as_without_a_memory(repository: Path, tmp_path: Path, name: str, text: str) -> None:
    (repository / ".gitignore").write_text("build/\n")
    (repository / "build").mkdir()
    before = discovered(repository, tmp_path / "cache")
    (repository / name).write_text(text)
    after = discovered(repository, tmp_path / "cache")
    assert after == discovered(repository, None)
    assert name.startswith("build/") or after != before


def test_a_build_file_that_vanishes_is_forgotten(repository: Path, tmp_path: Path) -> None:
    discovered(repository, tmp_path / "cache")
    (repository / "more.cmake").unlink()
    after = discovered(repository, tmp_path / "cache")
    assert after == discovered(repository, None)
    assert {target.name for target in after.targets} == {"demo"}


def test_a_name_that_is_no_utf8_costs_the_memory_and_nothing_else(repository: Path, tmp_path: Path) -> None:
    name = b"bad\xff.c"
    (repository / "CMakeLists.txt").write_bytes(CMAKE.encode() + b"add_library(bad " + name + b")\n")
    Path(repository, name.decode("utf-8", "surrogateescape")).write_text("int bad;\n")
    plain = discovered(repository, None)
    assert [discovered(repository, tmp_path / "cache") for _ in range(2)] == [plain, plain]


def test_a_file_that_was_two_different_ones_while_it_was_read_is_never_the_same(repository: Path) -> None:
    tree = Tree(str(repository).encode(), ["more.cmake"])
    tree.read("more.cmake")
    (repository / "more.cmake").write_text("# another\n")
    tree.read("more.cmake")
    (((about, kind), answer),) = tree.asked.items()
    assert (about, kind) == ("more.cmake", str(MAX_MANIFEST))
    assert tree.answer(about, kind) != answer
