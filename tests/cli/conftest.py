from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from bad_input import GOOD, Files, Repo
from cli_runner import Run, runner

LIMIT_SECONDS = 60


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in an empty folder."""
    return runner(capfd, monkeypatch, tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with one C file."""
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "a.c").write_text("int f(void) { return 0; }\n")
    return folder


@pytest.fixture
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
def repo(tmp_path: Path) -> Repo:
    """Make a repository of one good file and the given ones."""

    def make(files: Files | None = None, *, name: str = "repo") -> Path:
        root = tmp_path / name
        for path, content in {"good.c": GOOD, **(files or {})}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make
