from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

import builders
from rustplan.errors import OutputError
from rustplan.model.options import ReportOptions
from rustplan.report.pdf import find_browser, print_page, render_pdf, require_browser

PRINTS = """for argument in "$@"; do
  case "$argument" in
    --print-to-pdf=*) target="${argument#--print-to-pdf=}" ;;
    file://*) source="${argument#file://}" ;;
    --user-data-dir=*) echo "${argument#--user-data-dir=}" > "$TOLD" ;;
  esac
done
{ printf '%%PDF-1.7\\n'; cat "$source"; } > "$target"
"""


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A program that stands for a browser; TMPDIR is a folder of the test, so that what is left behind is seen."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))

    def make(script: str) -> str:
        path = tmp_path / "browser"
        path.write_text(f"#!/bin/sh\n{script}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("RUSTPLAN_BROWSER", str(path))
        return str(path)

    return make


def left_behind(tmp_path: Path) -> list[str]:
    return os.listdir(tmp_path / "tmp")


def test_the_page_is_handed_over_and_nothing_is_left(browser, tmp_path: Path) -> None:
    browser(PRINTS)
    printed = render_pdf(builders.analysis(), ReportOptions())
    assert printed.startswith(b"%PDF-1.7\n<!DOCTYPE html>")
    assert b"edge-gateway" in printed
    profile = Path((tmp_path / "told").read_text().strip())
    assert profile.name == "profile"
    assert not profile.exists()
    assert left_behind(tmp_path) == []


def test_a_browser_that_makes_nothing_is_told_in_its_words(browser, tmp_path: Path) -> None:
    program = browser("echo 'dbus is not there' >&2; echo 'Page load failed' >&2; echo 'DBus again' >&2\n")
    with pytest.raises(OutputError, match="made no PDF: Page load failed") as caught:
        print_page("<p>x", program)
    assert caught.value.exit_code == 2
    assert "press Print" in (caught.value.hint or "")
    assert left_behind(tmp_path) == []


def test_what_is_no_pdf_is_refused(browser) -> None:
    program = browser(PRINTS.replace("%%PDF-1.7", "oops"))
    with pytest.raises(OutputError, match="made no PDF"):
        print_page("<p>x", program)


def test_a_browser_that_hangs_is_ended_with_its_helpers(browser, tmp_path: Path) -> None:
    program = browser(f"(sleep 60; echo late > {tmp_path}/late) & echo $! > {tmp_path}/helper; sleep 60\n")
    started = time.monotonic()
    with pytest.raises(OutputError, match=r"took longer than 0\.5 s"):
        print_page("<p>x", program, seconds=0.5)
    assert time.monotonic() - started < 20
    helper = int((tmp_path / "helper").read_text())
    deadline = time.monotonic() + 10
    while _is_running(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(helper)
    assert left_behind(tmp_path) == []


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_an_interrupt_ends_the_browser_and_leaves_nothing(
    browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    program = browser(f"echo $$ > {tmp_path}/self; sleep 60\n")

    def interrupted(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if timeout is None:
            return original(process)
        while not (tmp_path / "self").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    original = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        print_page("<p>x", program)
    assert not _is_running(int((tmp_path / "self").read_text()))
    assert left_behind(tmp_path) == []


def test_the_variable_decides_alone(browser, monkeypatch: pytest.MonkeyPatch) -> None:
    program = browser(PRINTS)
    assert find_browser() == program
    monkeypatch.setenv("RUSTPLAN_BROWSER", "no-such-browser")
    assert find_browser() is None
    with pytest.raises(OutputError, match="RUSTPLAN_BROWSER names no-such-browser, which is no program"):
        require_browser()


def test_without_any_browser_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RUSTPLAN_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("rustplan.report.pdf._MAC", ())
    with pytest.raises(OutputError, match="no Chromium, Chrome or Edge was found") as caught:
        render_pdf(builders.analysis(), ReportOptions())
    assert "install Chromium" in (caught.value.hint or "")
