"""A real scheduler and real workers on the loopback address, and a repository with enough files to lose one of them in the middle."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rustplan.scan.dask_client import connected

PARTS = 150
"""Each is a C file and a header."""

FILES = 2 * PARTS + 2
START_SECONDS = 60.0


class Cluster:
    """A scheduler, and workers that tests may kill."""

    def __init__(self, folder: Path, allowed_failures: int) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        failures = f"import dask; dask.config.set({{'distributed.scheduler.allowed-failures': {allowed_failures}}})\n"
        (folder / "failures.py").write_text(failures)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--preload", str(folder / "failures.py"))

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._file.exists() and (text := self._file.read_text()).endswith("}"):
                return str(json.loads(text)["address"])
            time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text())

    def staff(self, count: int) -> None:
        """See that so many workers live and are known."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            space = str(self._folder / "space")
            self.workers.append(
                self._start(
                    "worker", "--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--local-directory", space
                )
            )
        with connected(self.address) as executor:
            until = time.monotonic() + START_SECONDS
            while executor._cluster.threads != count:
                assert time.monotonic() < until, (self._folder / "log").read_text()
                time.sleep(0.05)

    def close(self) -> None:
        """End every process."""
        for process in self._processes:
            process.kill()
            process.wait()

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *options]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "--scheduler-file", str(self._file)], cwd=self._folder, stdout=log, stderr=log
            )
        self._processes.append(process)
        return process


@contextmanager
def started(folder: Path, allowed_failures: int = 3) -> Iterator[Cluster]:
    """A cluster with two workers."""
    cluster = Cluster(folder, allowed_failures)
    try:
        cluster.staff(2)
        yield cluster
    finally:
        cluster.close()


def write_code(root: Path) -> Path:
    """Many small files that include headers, call each other, and free what the next one still uses."""
    (root / "lib").mkdir(parents=True)
    for number in range(PARTS):
        (root / "lib" / f"part{number}.h").write_text(
            f"struct part{number} {{ int size; char name[{number % 9 + 4}]; }};\nvoid drop{number}(struct part{number} *p);\n"
        )
        other = (number + 1) % PARTS
        (root / "lib" / f"part{number}.c").write_text(
            f'#include <stdlib.h>\n#include <string.h>\n#include "part{number}.h"\n#include "part{other}.h"\n'
            f"void drop{number}(struct part{number} *p) {{ free(p); }}\n"
            f"int use{number}(const char *from) {{\n"
            f"  struct part{other} *p = malloc(sizeof *p);\n"
            f"  strcpy(p->name, from);\n  drop{other}(p);\n  return p->size;\n}}\n"
        )
    (root / "lib" / "broken.c").write_text("int broken( { if (((\n" * 20)
    (root / "Main.java").write_text("class Main { byte[] read(int n) { return new byte[n]; } }\n")
    return root
