"""Repositories and evidence made to harm: each ends as it is listed, in bounded time and memory, and touches nothing but its outputs.

One child a case, forked and watched by `evil/watched.py`: an audit hook in the scan and in its workers tells every file written, every
program started and every socket opened; the kernel tells time and memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EVIL = Path(__file__).parents[1] / "evil"
sys.path.insert(0, str(EVIL))

from build_evil import CASES, PWNED, Case, build  # noqa: E402

_OWN = (b"out", b"temporary", b"cache", b"stdout", b"stderr", b"audit")

SLOW_MACHINE = float(os.environ.get("RUSTPLAN_TEST_PATIENCE", "1"))
"""A machine that is busy with other things may take this many times as long."""


class Outcome:
    """What came of a case."""

    def __init__(
        self, name: str, folder: Path, case: Case, told: dict[str, Any], before: dict[bytes, tuple[int, ...]]
    ) -> None:
        self.name, self.folder, self.case, self.told, self.before = name, folder, case, told, before
        self.stderr = (folder / "stderr").read_text("utf-8", "backslashreplace")
        self.audit = (folder / "audit").read_text().splitlines()
        saved = folder / "out" / "rustplan.json"
        self.coverage = json.loads(saved.read_text())["coverage"] if saved.exists() else None


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Build and run every case once."""
    top = tmp_path_factory.mktemp("evil")
    before, jobs = {}, []
    for name, case in CASES.items():
        folder = top / name
        for part in ("out", "temporary", "cache"):
            (folder / part).mkdir(parents=True)
        build(name, folder)
        before[name] = _listed(folder)
        arguments = [
            f"../{word}" if (folder / word).exists() and word not in ("scan", "report") else word
            for word in case.arguments
        ]
        limit = {"seconds": case.seconds * SLOW_MACHINE, "megabytes": case.megabytes}
        jobs.append({"folder": str(folder), "arguments": arguments, **limit})
    (top / "jobs").write_text(json.dumps(jobs))
    command = [sys.executable, "-I", str(EVIL / "watched.py"), str(top / "jobs"), str(top / "results")]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((top / "results").read_text())
    told = dict(zip(CASES, results, strict=True))
    return {name: Outcome(name, top / name, case, told[name], before[name]) for name, case in CASES.items()}


@pytest.fixture(params=list(CASES))
def outcome(request: pytest.FixtureRequest, outcomes: dict[str, Outcome]) -> Outcome:
    return outcomes[request.param]


def test_it_ends_as_listed(outcome: Outcome) -> None:
    assert not outcome.told["is_late"], f"not done after {outcome.case.seconds} s"
    assert outcome.told["code"] in outcome.case.codes, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.case.says in outcome.stderr
    if outcome.told["code"] == 2:
        assert outcome.stderr.startswith("error: ")
        assert "\nhint: " in outcome.stderr
        assert not list((outcome.folder / "out").iterdir())


def test_memory_is_bounded(outcome: Outcome) -> None:
    assert outcome.told["megabytes"] < outcome.case.megabytes


def test_what_was_not_read_is_listed_with_the_reason(outcome: Outcome) -> None:
    if outcome.coverage is None:
        assert outcome.told["code"] == 2
        return
    assert "bug in rustplan" not in json.dumps(outcome.coverage)
    for kind in ("skipped", "degraded"):
        reasons = {(file["path"], file["reason"]) for file in outcome.coverage[kind]}
        assert set(getattr(outcome.case, kind).items()) <= reasons
    assert outcome.coverage["languages"], "the good file was not read"


def test_nothing_is_written_but_outputs_cache_and_temporary_files(outcome: Outcome) -> None:
    own = tuple(f"{outcome.folder / part}" for part in ("out", "temporary", "cache"))
    written = [line.partition(" ")[2].strip("'\"") for line in outcome.audit if line.startswith("write ")]
    assert outcome.told["code"] == 2 or written, "the hook saw nothing"
    assert not [path for path in written if not path.startswith(own) and path != os.devnull]
    assert _listed(outcome.folder) == outcome.before
    assert not list((outcome.folder / "temporary").iterdir())


def test_no_socket_is_opened(outcome: Outcome) -> None:
    assert not [line for line in outcome.audit if line.startswith(("socket ", "other "))]


def test_no_program_of_the_repository_starts(outcome: Outcome) -> None:
    started = [line for line in outcome.audit if line.startswith("program ")]
    worker = f"program {[sys.executable, '-I', '-c']!a}"[:-1]
    git = (
        "program ['/usr/bin/git', '--no-pager', '--no-optional-locks'",
        "program ['/usr/local/bin/git', '--no-pager'",
    )
    assert not [line for line in started if not line.startswith((worker, *git))]
    assert not (outcome.folder / PWNED).exists()
    assert outcome.name != "git_programs" or any(line.startswith(git) for line in started), "git was never asked"


def _listed(folder: Path) -> dict[bytes, tuple[int, ...]]:
    """Kind, size and time of everything but the places of outputs, as far as a path may be long."""
    found: dict[bytes, tuple[int, ...]] = {}
    waiting = [os.fsencode(folder)]
    while waiting:
        place = waiting.pop()
        for name in os.listdir(place):
            path = os.path.join(place, name)
            if len(path) < 3000 and not (place == os.fsencode(folder) and name in _OWN):
                status = os.lstat(path)
                found[path] = (status.st_mode, status.st_size, 0 if os.path.isdir(path) else status.st_mtime_ns)
                if os.path.isdir(path) and not os.path.islink(path):
                    waiting.append(path)
    return found
