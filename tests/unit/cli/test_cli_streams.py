from __future__ import annotations

import fcntl
import io
import os
import struct
import termios
from collections.abc import Iterator, Mapping
from typing import TextIO

import pytest

from rustplan.cli.streams import Streams, terminal_of


class Tty(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pipe(Tty):
    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("stream", "choice", "environ", "is_coloured"),
    [
        (Tty(), "auto", {"TERM": "xterm"}, True),
        (Tty(), "auto", {"TERM": "dumb"}, False),
        (Tty(), "auto", {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Tty(), "auto", {"TERM": "xterm", "NO_COLOR": ""}, True),
        (Tty(), "never", {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
        (Pipe(), "auto", {"TERM": "xterm"}, False),
        (Pipe(), "auto", {"FORCE_COLOR": "1"}, True),
        (Pipe(), "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (Pipe(), "always", {"NO_COLOR": "1"}, True),
    ],
)
def test_who_decides_on_colour(stream: Tty, choice: str, environ: Mapping[str, str], is_coloured: bool) -> None:
    assert terminal_of(stream, choice, environ).is_colour is is_coloured


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("10", 40), ("9999", 140), ("many", 100), ("", 100)])
def test_the_width_of_a_pipe(columns: str, width: int) -> None:
    assert terminal_of(Pipe(), "auto", {"COLUMNS": columns}).width == width


@pytest.fixture
def narrow_screen() -> Iterator[TextIO]:
    """A real terminal of 60 columns, which is not where stdout goes."""
    leader, follower = os.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with os.fdopen(leader, "rb", buffering=0), os.fdopen(follower, "w", encoding="utf-8") as screen:
        yield screen


def test_each_terminal_is_measured_by_itself(narrow_screen: TextIO) -> None:
    assert terminal_of(narrow_screen, "auto", {}).width == 60
    assert terminal_of(narrow_screen, "auto", {"COLUMNS": "80"}).width == 80
    assert terminal_of(narrow_screen, "auto", {"COLUMNS": "many"}).width == 60


def test_talk_fits_a_narrow_terminal_while_the_document_goes_into_a_pipe(
    narrow_screen: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.stdout", Pipe())
    monkeypatch.setattr("sys.stderr", narrow_screen)
    streams = Streams()
    assert (streams.out.width, streams.err.width) == (100, 60)


@pytest.mark.parametrize(
    ("encoding", "is_unicode"), [("UTF-8", True), ("utf8", True), ("ascii", False), ("ISO-8859-1", False)]
)
def test_unicode_only_where_the_encoding_has_it(encoding: str, is_unicode: bool) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert terminal_of(stream, "auto", {}).is_unicode is is_unicode


def test_a_stream_that_lacks_a_character_gets_its_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    Streams().document("ü\n")
    assert raw.getvalue() == b"\\xfc\n"


def test_progress_needs_a_person_who_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Tty())
    assert Streams().shows_progress
    assert not Streams(quiet=1).shows_progress
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stderr", Pipe())
    assert not Streams().shows_progress
