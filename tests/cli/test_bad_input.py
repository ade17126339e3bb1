"""Everything a person or a hostile repository may hand over: a message or a listed reason, never a traceback, a hang, half a file."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from cli_runner import Run

from rustplan import api

LIMIT_SECONDS = 60
GOOD = 'int copy(void) { char b[4]; strcpy(b, "hello"); return 0; }\n'
DEEP = 100_000
COMMAND = [sys.executable, "-c", "import sys; from rustplan.cli import main; sys.exit(main())"]
Files = dict[str, str | bytes]


@pytest.fixture(autouse=True)
def never_hangs() -> Iterator[None]:
    """End a test that waits for ever."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {LIMIT_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def repo(tmp_path: Path) -> Callable[..., Path]:
    """Make a repository of one good file and the given ones."""

    def make(files: Files | None = None, *, name: str = "repo") -> Path:
        root = tmp_path / name
        for path, content in {"good.c": GOOD, **(files or {})}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make


def coverage(folder: Path) -> dict[str, Any]:
    """The coverage of the analysis in `folder`; a defect that hid there as a skipped file is an error."""
    text = (folder / "rustplan.json").read_text()
    assert "bug in rustplan" not in text
    found: dict[str, Any] = json.loads(text)["coverage"]
    return found


def reasons(folder: Path, kind: str = "skipped") -> dict[str, str]:
    """Reason by path; of several reasons of one file the last."""
    return {file["path"]: file["reason"] for file in coverage(folder)[kind]}


def refused(run: Run, tmp_path: Path, *arguments: str) -> str:
    """What a run says that must end with 2, a message, a hint, and nothing written."""
    before = sorted(tmp_path.iterdir())
    done = run(*arguments)
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "\nhint: " in done.err
    assert sorted(tmp_path.iterdir()) == before
    return done.err


def test_nothing_to_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.py").write_text("print()\n")
    assert "is empty" in refused(run, tmp_path, "scan", "empty")
    assert "no C, C++ or Java under other; found 1 other file" in refused(run, tmp_path, "scan", "other")
    assert "it is empty" in refused(run, tmp_path, "scan", "")


BOMB = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{','.join(['*a'] * 9)}]\n" for n in range(9))
CONFIGURATIONS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": ("version: 1\nexlude: [a]\n", "exlude: unknown key; did you mean exclude?"),
    "wrong type": ("version: 1\nexclude: 3\n", "exclude: expected a list, got a whole number 3"),
    "list for a number": ("version: 1\njobs: [1]\n", "jobs: expected a whole number, got a list"),
    "alias bomb": (f"version: 1\n{BOMB}", "more than 50 aliases"),
    "no version": ("exclude: [a]\n", "version: 1 is required"),
    "newer version": ("version: 2\n", "reads version 1, the file says 2"),
    "not UTF-8": (b"version: 1\nexclude: ['\xff\xfe']\n", "not UTF-8 at byte 22"),
    "5 MB": (b"version: 1\n#" + b"x" * 5_000_000, "larger than 1048576 bytes"),
    "nested": ("version: 1\nx: " + "[" * DEEP, "nested deeper than 40"),
    "python object": ("a: !!python/object/apply:os.system ['id']\n", "could not determine a constructor"),
    "outside": ("version: 1\ncomponents: {a: ['../../etc/**']}\n", "leaves the scanned folder"),
    "key of two lines": ('version: 1\n"x\\n::error::y": 1\n', "x\\x0a::error::y: unknown key"),
}


@pytest.mark.parametrize("what", CONFIGURATIONS)
def test_bad_configurations(run: Run, repo: Callable[..., Path], tmp_path: Path, what: str) -> None:
    text, words = CONFIGURATIONS[what]
    repo({"rustplan.yml": text})
    said = refused(run, tmp_path, "scan", "repo")
    assert words in said
    assert "rustplan.yml" in said


def test_configurations_that_are_no_files(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    root = repo({".rustplan.yml": "version: 1\n", "rustplan.yml": "version: 1\n"})
    assert "holds both" in refused(run, tmp_path, "scan", "repo")
    (root / ".rustplan.yml").unlink()
    (root / "rustplan.yml").unlink()
    os.mkfifo(root / "rustplan.yml")
    assert "not a regular file" in refused(run, tmp_path, "scan", "repo")
    assert "not a regular file" in refused(run, tmp_path, "scan", "repo", "--config", "/dev/zero")
    assert "Is a directory" in refused(run, tmp_path, "scan", "repo", "--components", "repo")


def test_bad_rules(run: Run, repo: Callable[..., Path], tmp_path: Path, example_rule: str) -> None:
    repo()
    rules = tmp_path / "mine"
    (rules / "other").mkdir(parents=True)
    (rules / "a-query.yaml").write_text(with_match(example_rule, "a-query", "query: '(no_such_node) @finding'"))
    regex = "{call: [gets], where: [{capture: callee, matches: '(('}]}"
    (rules / "a-regex.yaml").write_text(with_match(example_rule, "a-regex", regex))
    (rules / "unknown-key.yaml").write_text(f"{named(example_rule, 'unknown-key')}\nbogus: 1\n")
    (rules / "misnamed.yaml").write_text(named(example_rule, "named-so"))
    for folder in (rules, rules / "other"):
        (folder / "twice.yaml").write_text(named(example_rule, "twice"))
    (rules / "bytes.yaml").write_bytes(bytes(range(256)))
    os.mkfifo(rules / "pipe.yaml")
    (rules / "zero.yaml").symlink_to("/dev/zero")
    with open(rules / "large.yaml", "wb") as file:
        file.truncate(4 << 30)
    said = refused(run, tmp_path, "scan", "repo", "--rules", "mine")
    for words in (
        "a-query.yaml: match: the query does not fit the C grammar: Invalid node type",
        "a-regex.yaml: match: where: the pattern '((' is not a regular expression",
        "unknown-key.yaml: unknown key 'bogus'",
        "misnamed.yaml: id is 'named-so', but the file is named 'misnamed'",
        "twice.yaml: the id 'twice' is taken by mine/",
        "bytes.yaml: not UTF-8",
        "pipe.yaml: not a regular file",
        "zero.yaml: not a regular file",
        "large.yaml: larger than 1048576 bytes",
    ):
        assert words in said
    assert "there is no such folder" in refused(run, tmp_path, "scan", "repo", "--rules", "nowhere")


@pytest.fixture
def example_rule() -> str:
    """The text of a shipped rule."""
    return (Path(__file__).parents[2] / "rules" / "c" / "banned-api.yaml").read_text()


def named(rule: str, name: str) -> str:
    """The rule with another id."""
    return rule.replace("id: banned-api", f"id: {name}")


def with_match(rule: str, name: str, match: str) -> str:
    """The rule with another id and a single matcher."""
    head, _, rest = named(rule, name).partition("match:\n")
    return f"{head}match:\n  - {match}\n{rest[rest.index('limits:') :]}"


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


def test_hostile_names(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
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


def test_files_that_are_not_plain_text_of_a_plain_size(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
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


def test_nesting_without_end(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    repo(NESTED)
    assert run("scan", "repo", "-j", "2").code == 0
    told = {**reasons(tmp_path, "degraded"), **reasons(tmp_path)}
    assert set(told) == set(NESTED)
    assert set(told.values()) <= {"nested-too-deep", "parse-errors"}


def test_a_tree_without_end(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    repo({"/".join(["d"] * 300 + ["a.c"]): GOOD})
    assert run("scan", "repo").code == 0
    assert list(reasons(tmp_path).values()) == ["too-deep"]


def test_files_that_change_during_the_scan(
    run: Run, repo: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
def test_hostile_git_folders(run: Run, repo: Callable[..., Path], tmp_path: Path, what: str) -> None:
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


def test_hostile_build_files(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    repo(MANIFESTS)
    assert run("scan", "repo").code == 0
    assert set(reasons(tmp_path, "degraded")) == set(MANIFESTS) - {"x/CMakeLists.txt", "settings.gradle"}
    assert "passwd" not in (tmp_path / "rustplan.json").read_text()


AUDITED = """
import sys
def watch(event, arguments):
    if event.startswith(("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "socket.")) and event != "socket.__new__":
        print(event, [str(word) for word in arguments[1]][:3] if event == "subprocess.Popen" else arguments, file=log)
log = open(sys.argv.pop(1), "w")
sys.addaudithook(watch)
from rustplan.cli import main
sys.exit(main())
"""


def test_nothing_that_a_repository_names_is_run(repo: Callable[..., Path], tmp_path: Path) -> None:
    evil = f"touch {tmp_path}/pwned"
    python = f"import os; os.system({evil!r})\n"
    config = f'[core]\nfsmonitor = "{evil}"\npager = "{evil}"\n[filter "x"]\nclean = "{evil}"\nprocess = "{evil}"\n'
    root = repo(
        {
            ".gitattributes": "*.c filter=x diff=x\n",
            ".git/config": config + f'[diff "x"]\ntextconv = "{evil}"\n',
            ".git/HEAD": "ref: refs/heads/main\n",
            **{f"{name}.py": python for name in ("sitecustomize", "rustplan", "yaml", "msgspec", "os")},
            "CMakeLists.txt": f"execute_process(COMMAND {evil})\nadd_library(a good.c)\n",
            "Makefile": f"X:=$(shell {evil})\na: good.o\n",
            "BUILD": f"__import__('os').system('{evil}')\n",
            "meson.build": f"run_command('sh', '-c', '{evil}')\n",
            **{f"f{number}.c": GOOD for number in range(45)},
        }
    )
    log = tmp_path / "log"
    command = [sys.executable, "-I", "-c", AUDITED, str(log), "scan", "."]
    done = subprocess.run(command, cwd=root, capture_output=True)
    assert done.returncode == 0, done.stderr
    started = log.read_text().splitlines()
    assert started
    assert {line for line in started if line != f"subprocess.Popen {[sys.executable, '-I', '-c']}"} == set()
    assert not (tmp_path / "pwned").exists()


def test_outputs_that_cannot_be_written(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    repo()
    for output, words in {
        "html=nowhere/a.html": "the folder nowhere does not exist",
        "html=repo": "repo is a folder",
        f"html={'n' * 300}": "File name too long",
        "csv=repo/good.c": "is a file; csv writes a folder",
        "json=/dev/full": "No space left on device",
        "html=a\nb/c": "the folder a\\x0ab does not exist",
    }.items():
        assert words in refused(run, tmp_path, "scan", "repo", "-o", output)


def test_saved_analyses_that_are_none(run: Run, repo: Callable[..., Path], tmp_path: Path) -> None:
    repo()
    assert run("scan", "repo").code == 0
    whole = (tmp_path / "rustplan.json").read_bytes()
    (tmp_path / "roadmap.html").unlink()
    for content, words in {
        whole[: len(whole) // 2]: "it may be cut off",
        b'{"a": 1}': "no rustplan analysis",
        b"[" * DEEP: "no rustplan analysis",
        b'{"x":' + b"[" * DEEP: "not valid JSON",
        whole.replace(b'"schema": "1"', b'"schema": "2"', 1): "has schema 2, this rustplan reads schema 1",
    }.items():
        (tmp_path / "rustplan.json").write_bytes(content)
        assert words in refused(run, tmp_path, "report")
    with open(tmp_path / "rustplan.json", "wb") as file:
        file.truncate(5 << 30)
    assert "is larger than" in refused(run, tmp_path, "report")


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["rules", "list"], 0), (["scan", "repo"], 0)])
def test_readers_that_have_gone(repo: Callable[..., Path], tmp_path: Path, arguments: list[str], code: int) -> None:
    repo()
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (done.returncode, b"rror" in done.stderr) == (code, False), done.stderr


def test_streams_that_were_never_opened(repo: Callable[..., Path], tmp_path: Path) -> None:
    root = repo({f"f{number}.c": GOOD for number in range(45)})
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *COMMAND, "scan", str(root)]
    assert subprocess.run(closed, cwd=tmp_path).returncode == 0
    assert coverage(tmp_path)["languages"][0]["files"] == 46
    assert sorted(path.name for path in tmp_path.iterdir()) == ["repo", "roadmap.html", "rustplan.json"]


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Wait until the scan has workers and return their process ids."""
    while process.poll() is None:
        table = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in table.splitlines()]
        if found := [int(pid) for pid, parent in pairs if int(parent) == process.pid]:
            return found
        time.sleep(0.05)
    raise AssertionError("the scan ended before it had a worker")


@pytest.fixture
def busy_scan(repo: Callable[..., Path], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A scan of some seconds in the folder `out`, with a folder for temporary files of its own."""
    body = "int f{0}(int a) {{ int b[9]; for (int i = 0; i < a; i++) b[i] = i; return b[a]; }}\n"
    root = repo({f"f{number}.c": "".join(body.format(line) for line in range(1500)) for number in range(16)})
    for name in ("out", "temporary"):
        (tmp_path / name).mkdir()
    with subprocess.Popen(
        [*COMMAND, "scan", str(root), "-j", "2"],
        cwd=tmp_path / "out",
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


def test_an_interrupt_leaves_nothing_behind(busy_scan: subprocess.Popen[bytes], tmp_path: Path) -> None:
    workers = workers_of(busy_scan)
    busy_scan.send_signal(signal.SIGINT)
    _, said = busy_scan.communicate()
    assert (busy_scan.returncode, said.strip()) == (130, b"error: interrupted; no output was left half-written")
    assert list((tmp_path / "out").iterdir()) == list((tmp_path / "temporary").iterdir()) == []
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_a_killed_worker_costs_nothing(busy_scan: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.kill(workers_of(busy_scan)[0], signal.SIGKILL)
    _, said = busy_scan.communicate()
    assert busy_scan.returncode == 0, said
    assert coverage(tmp_path / "out")["languages"][0]["files"] == 17
    assert not coverage(tmp_path / "out")["skipped"]
