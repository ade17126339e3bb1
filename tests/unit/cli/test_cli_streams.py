from __future__ import annotations

import io
from collections.abc import Mapping

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
