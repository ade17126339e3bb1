"""A scan among other processes: it starts none but its workers, outlives them, and ends clean when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_input import GOOD, Repo, coverage

COMMAND = [sys.executable, "-c", "import sys; from rustplan.cli import main; sys.exit(main())"]

pytestmark = pytest.mark.usefixtures("never_hangs")


AUDITED = """
import sys
WATCHED = "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "socket."
def watch(event, arguments):
    if event.startswith(WATCHED) and event != "socket.__new__":
        print(event, [str(word) for word in arguments[1]][:3] if event == "subprocess.Popen" else arguments, file=log)
log = open(sys.argv.pop(1), "w")
sys.addaudithook(watch)
from rustplan.cli import main
sys.exit(main())
"""


def test_nothing_that_a_repository_names_is_run(repo: Repo, tmp_path: Path) -> None:
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


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["rules", "list"], 0), (["scan", "repo"], 0)])
def test_readers_that_have_gone(repo: Repo, tmp_path: Path, arguments: list[str], code: int) -> None:
    repo()
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (done.returncode, b"rror" in done.stderr) == (code, False), done.stderr


def test_streams_that_were_never_opened(repo: Repo, tmp_path: Path) -> None:
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
def busy_scan(repo: Repo, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
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
    assert all(ends(worker) for worker in workers)


def ends(process: int, seconds: float = 10.0) -> bool:
    """True once the process is gone; whoever inherits it may take a moment to collect it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_killed_worker_costs_nothing(busy_scan: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.kill(workers_of(busy_scan)[0], signal.SIGKILL)
    _, said = busy_scan.communicate()
    assert busy_scan.returncode == 0, said
    assert coverage(tmp_path / "out")["languages"][0]["files"] == 17
    assert not coverage(tmp_path / "out")["skipped"]
