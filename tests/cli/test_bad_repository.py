"""What a hostile repository may hold: every file of it is read, or listed with the reason."""

from __future__ import annotations

import json
import os
import socket
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bad_input import DEEP, GOOD, Files, Repo, coverage, reasons
from cli_runner import Run

from rustplan import api

pytestmark = pytest.mark.usefixtures("never_hangs")


NAMES = [
    b"\xff\xfe.c",
    b"new\nline.c",
    b"\x1b[2J\x1b]0;pwn\x07.c",
    b"q'uo\"te.c",
    b"<img src=x onerror=alert(1)>.c",
    b"<script>alert(1)<.c",
    b"-rf",
    b"-rf.c",
    "\u202egpj.c".encode(),
    b"n" * 253 + b".c",
    b"=1+1.c",
    b"@sum.c",
    b"[red]x.c",
    b"{{7*7}}.c",
    b"::error::.c",
    b"\xed\xa0\x80.c",
    b"c1\xc2\x9b31m.c",
    b"back\\slash.c",
]


class Tags(HTMLParser):
    """The elements of a page and the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_hostile_names(run: Run, repo: Repo, tmp_path: Path) -> None:
    root = repo()
    for name in NAMES:
        for folder in (b"", name[:254] + b"_/"):
            os.makedirs(os.path.join(os.fsencode(root), folder), exist_ok=True)
            with open(os.path.join(os.fsencode(root), folder, name), "wb") as file:
                file.write(GOOD.encode())
    done = run("scan", "repo", "-v", "-f", "full", "-o", "csv=tables", "-o", "markdown=a.md", "-o", "sarif=a.sarif")
    assert done.code == 0
    assert not coverage(tmp_path)["skipped"]
    shown = done.out + done.err + (tmp_path / "a.md").read_text() + (tmp_path / "a.sarif").read_text()
    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    cells = [cell for line in (tmp_path / "tables" / "files.csv").read_text().splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "\\xff\\xfe.c" in cells
    page = Tags()
    page.feed((tmp_path / "roadmap.html").read_text())
    plain = Tags()
    plain_root = repo(name="plain")
    assert run("scan", str(plain_root)).code == 0
    plain.feed((tmp_path / "roadmap.html").read_text())
    assert "img" not in page.tags
    assert page.tags.count("script") == plain.tags.count("script")
    assert not [name for name in page.attributes if name.startswith("on")]


def test_files_that_are_not_plain_text_of_a_plain_size(run: Run, repo: Repo, tmp_path: Path) -> None:
    root = repo(
        {
            "utf16.c": GOOD.encode("utf-16"),
            "nul.c": b"int f(void);\n\0\0",
            "latin1.c": b"/* caf\xe9 */ int f(void) { return 0; }\n",
            "crlf.c": GOOD.replace("\n", "\r\n"),
            "empty.c": "",
            "comment.c": "/* nothing */",
            "line.java": "class A { int f() { return 0; } } " * 60_000,
            "d/e.c": GOOD,
        }
    )
    for name, size in {
        "large.c": 200 << 20,
        "huge.c": 4 << 30,
        "CMakeLists.txt": 1 << 30,
        ".gitignore": 1 << 30,
    }.items():
        with open(root / name, "wb") as file:
            file.truncate(size)
    for name, target in {
        "d/loop": "..",
        "self.c": "self.c",
        "passwd.c": "/etc/passwd",
        "broken.c": "nowhere.c",
        "zero.c": "/dev/zero",
    }.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "fifo.c")
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind(os.path.relpath(root / "socket.c"))
        assert run("scan", "repo").code == 0
    assert reasons(tmp_path) == {
        "utf16.c": "binary",
        "nul.c": "binary",
        "large.c": "too-large",
        "huge.c": "too-large",
        "CMakeLists.txt": "too-large",
        "d/loop": "symlink-loop",
        "self.c": "symlink-loop",
        "passwd.c": "symlink-outside-root",
        "broken.c": "symlink-broken",
        "zero.c": "symlink-outside-root",
        "fifo.c": "not-a-regular-file",
        "socket.c": "not-a-regular-file",
    }
    degraded = reasons(tmp_path, "degraded")
    assert degraded["latin1.c"] == "not-utf8"
    assert degraded["CMakeLists.txt"] == degraded[".gitignore"] == "manifest-not-understood"
    assert {language["language"]: language["files"] for language in coverage(tmp_path)["languages"]}["java"] == 1


NESTED = {
    "braces.c": "void f(void)" + "{" * DEEP,
    "parentheses.c": "int x = " + "(" * DEEP,
    "brackets.c": "int a" + "[" * DEEP,
    "conditions.c": "#if X\n" * DEEP + "int a;\n" + "#endif\n" * DEEP,
    "ifs.c": "void f(int a) { " + "if (a) " * DEEP + "; }",
    "sum.c": "int f(int a) { return " + "a+" * DEEP + "a; }",
    "stars.c": "int " + "*" * DEEP + "p;",
    "blocks.java": "class A { void f() " + "{" * DEEP,
    "types.cpp": "a<" * DEEP + "b" + ">" * DEEP + " c;",
}


def test_nesting_without_end(run: Run, repo: Repo, tmp_path: Path) -> None:
    repo(NESTED)
    assert run("scan", "repo", "-j", "2").code == 0
    told = {**reasons(tmp_path, "degraded"), **reasons(tmp_path)}
    assert set(told) == set(NESTED)
    assert set(told.values()) <= {"nested-too-deep", "parse-errors"}


def test_a_tree_without_end(run: Run, repo: Repo, tmp_path: Path) -> None:
    repo({"/".join(["d"] * 300 + ["a.c"]): GOOD})
    assert run("scan", "repo").code == 0
    assert list(reasons(tmp_path).values()) == ["too-deep"]


def test_files_that_change_during_the_scan(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repo({"gone.c": GOOD, "grown.c": GOOD, "linked.c": GOOD})
    scan_tree = api.scan_tree

    def change_and_scan(*arguments: Any) -> Any:
        (root / "gone.c").unlink()
        (root / "grown.c").write_text(GOOD * 1000)
        (root / "linked.c").unlink()
        (root / "linked.c").symlink_to("/etc/passwd")
        return scan_tree(*arguments)

    monkeypatch.setattr(api, "scan_tree", change_and_scan)
    assert run("scan", "repo").code == 0
    assert reasons(tmp_path) == dict.fromkeys(("gone.c", "grown.c", "linked.c"), "unreadable")


def index(version: int, count: int, entries: bytes) -> bytes:
    """A git index file."""
    return b"DIRC" + version.to_bytes(4, "big") + count.to_bytes(4, "big") + entries + bytes(20)


GIT: dict[str, Files] = {
    "HEAD that leads outside": {".git/HEAD": "ref: refs/../../../../etc/passwd\n"},
    "HEAD of bytes": {".git/HEAD": bytes(range(256))},
    ".git file": {".git": "gitdir: /etc/passwd\n"},
    ".git file of bytes": {".git": b"gitdir: a\0b" * 100_000},
    "cut index": {".git/HEAD": "x", ".git/index": index(2, 2**32 - 1, bytes(100))},
    "index whose names grow": {
        ".git/HEAD": "x",
        ".git/index": index(4, 100_000, (bytes(63) + b"a" * 200 + b"\0") * 100_000),
    },
    "index of deep folders": {
        ".git/HEAD": "x",
        ".git/index": index(4, 4000, b"".join(bytes(63) + b"d/" * 2000 + b"\0" for _ in range(4000))),
    },
    "submodules outside": {".git/HEAD": "x", ".gitmodules": '[submodule "a"]\npath = ../../etc\nurl = ext::sh -c id\n'},
}


@pytest.mark.parametrize("what", GIT)
def test_hostile_git_folders(run: Run, repo: Repo, tmp_path: Path, what: str) -> None:
    repo({"ignored.c": GOOD, ".gitignore": "ignored.c\n", **GIT[what]})
    assert run("scan", "repo").code == 0
    is_index = "index" in what
    assert (reasons(tmp_path, "degraded") == {".git": "manifest-not-understood"}) is (
        is_index or what.startswith(".git")
    )
    assert json.loads((tmp_path / "rustplan.json").read_text())["project"]["commit"] is None


MANIFESTS: Files = {
    "pom.xml": "<!DOCTYPE a [<!ENTITY a 'x'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1 or str()};' * 10}'>" for n in range(1, 10))
    + "]><project>&a9;</project>",
    "CMakeLists.txt": "add_library(a " + "(" * 1_000_000,
    "x/CMakeLists.txt": "file(GLOB_RECURSE x /etc/* ../../*)\nadd_library(x ${x} ../../../etc/passwd)\n",
    "compile_commands.json": '[{"file": "a.c", "directory": "/", "x": ' + "[" * DEEP + "]" * DEEP + "}]",
    "Makefile": "A=$(A)$(A)\nB:=" + "$(" * DEEP + "\nlib.a: $(A) a.o\n",
    "meson.build": "[" * DEEP,
    "BUILD": "(" * DEEP,
    "settings.gradle": "include '../../etc', '/etc'\n",
}


def test_hostile_build_files(run: Run, repo: Repo, tmp_path: Path) -> None:
    repo(MANIFESTS)
    assert run("scan", "repo").code == 0
    assert set(reasons(tmp_path, "degraded")) == set(MANIFESTS) - {"x/CMakeLists.txt", "settings.gradle"}
    assert "passwd" not in (tmp_path / "rustplan.json").read_text()
