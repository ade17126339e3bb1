"""A scan whose workers meet faults on purpose: what a file is called decides what happens to the process that reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bad_input import GOOD

FAULTS = """
import os, signal, sys, time
sys.path[:] = sys.argv[2:]
import rustplan.scan.file as _file
_read = _file.Scanner.scan_bytes
def _meet(self, path, role, language, data):
    with open({log!r}, "a") as log:
        print(path, os.getpid(), file=log)
    fault = os.path.basename(path).split("-")[0]
    if {armed}:
        if fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "crashed":
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "stuck":
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            time.sleep(600)
        if fault == "slow":
            time.sleep(0.05)
    return _read(self, path, role, language, data)
_file.Scanner.scan_bytes = _meet
"""
STARTER = """
import sys
from rustplan.scan import pool
pool.BOOTSTRAP = "exec(" + repr({faults!r}) + "); " + pool.BOOTSTRAP
{more}
from rustplan.cli import main
sys.exit(main())
"""


class FaultyScan:
    """A repository below `top`, scanned by a process of its own; `read` are the files that workers began, with their process."""

    def __init__(self, top: Path, names: list[str]) -> None:
        self.top, self.out, self.log = top, top / "out", top / "log"
        for folder in ("repo", "out", "temporary"):
            (top / folder).mkdir(exist_ok=True)
        for name in names:
            (top / "repo" / name).write_text(GOOD)

    def start(self, *words: str, is_armed: bool = True, more: str = "") -> subprocess.Popen[bytes]:
        """Start a scan with two workers."""
        self.log.write_text("")
        faults = FAULTS.format(log=str(self.log), armed=is_armed)
        program = STARTER.format(faults=faults, more=more)
        environ = {**os.environ, "TMPDIR": str(self.top / "temporary"), "RUSTPLAN_CACHE": str(self.top / "cache")}
        command = [sys.executable, "-c", program, "scan", "../repo", "-j", "2", *words]
        return subprocess.Popen(
            command,
            cwd=self.out,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *words: str, is_armed: bool = True, more: str = "") -> tuple[int, str]:
        """Scan, and return the exit code and stderr."""
        with self.start(*words, is_armed=is_armed, more=more) as process:
            _, said = process.communicate()
        return process.returncode, said.decode()

    @property
    def read(self) -> list[tuple[str, int]]:
        """Each file that a worker began, and the worker's process."""
        lines = [line.rsplit(" ", 1) for line in self.log.read_text().splitlines()]
        return [(path, int(pid)) for path, pid in lines]

    def coverage(self) -> dict[str, Any]:
        """The coverage of what was written."""
        found: dict[str, Any] = json.loads((self.out / "rustplan.json").read_text())["coverage"]
        return found
