from __future__ import annotations

from pathlib import Path

import pytest
from cli_runner import Run, runner


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
