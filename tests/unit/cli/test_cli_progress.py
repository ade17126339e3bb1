from __future__ import annotations

import io

import pytest

from rustplan.cli import progress
from rustplan.cli.streams import Streams


class Screen(io.StringIO):
    encoding = "utf-8"

    def __init__(self, *, is_tty: bool) -> None:
        super().__init__()
        self._is_tty = is_tty

    def isatty(self) -> bool:
        return self._is_tty


def test_a_person_sees_a_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(is_tty=True)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress.reading_progress(Streams()) as tell:
        assert tell is not None
        tell(3, 10)
        tell(10, 10)
    shown = screen.getvalue()
    assert "10/10" in shown
    assert shown.endswith("\x1b[2K") or "\x1b[1A\x1b[2K" in shown


def test_the_history_is_named_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(is_tty=True)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress.reading_progress(Streams()) as tell:
        assert tell is not None
        tell(0, 0)
    assert "Reading the history" in screen.getvalue()


def test_a_log_gets_a_rare_plain_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(is_tty=False)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("FORCE_COLOR", "1")
    times = iter([0.0, 10.0, 31.0, 31.0, 40.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(times))
    with progress.reading_progress(Streams()) as tell:
        assert tell is not None
        tell(0, 0)
        tell(1, 3000)
        tell(1200, 3000)
        tell(1300, 3000)
    assert screen.getvalue() == "Read 1,200 of 3,000 files\n"


def test_a_quiet_run_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Screen(is_tty=True))
    with progress.reading_progress(Streams(quiet=1)) as tell:
        assert tell is None
