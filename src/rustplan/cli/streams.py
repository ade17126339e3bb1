"""stdout is data, stderr is talk: who writes what where, with colour, quietness, odd encodings and closed pipes in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

from rustplan.errors import OutputError
from rustplan.report.terminal import Terminal

FALLBACK_WIDTH = 100
LAST_STANDARD_STREAM = 2


class Streams:
    """The two streams of one run. `quiet` 1 keeps the document, gate and errors; 2 keeps errors and a machine document."""

    def __init__(self, *, colour: str = "auto", quiet: int = 0, verbose: int = 0) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.out = terminal_of(sys.stdout, colour, os.environ)
        self.err = terminal_of(sys.stderr, colour, os.environ)

    def document(self, text: str | bytes) -> None:
        """Write the one document asked for to stdout. A reader that has gone is no failure."""
        try:
            _write(sys.stdout, text)
        except BrokenPipeError:
            _drop(sys.stdout)
        except OSError as error:
            _drop(sys.stdout)
            raise OutputError(f"cannot write to standard output: {error.strerror or error}") from None

    def print(self, text: str) -> None:
        """Write a line of a text document to stdout; text comes ready for the terminal."""
        self.document(f"{text}\n")

    def say(self, text: str, style: str = "") -> None:
        """Chatter on stderr; gone with -q."""
        if self.quiet == 0:
            self._line(text, style)

    def report(self, text: str, style: str = "") -> None:
        """What a quiet run still prints: gate lines and the verdict of a gate; gone with -qq."""
        if self.quiet < 2:
            self._line(text, style)

    def insist(self, text: str, style: str = "") -> None:
        """What is printed whatever -q says: why the exit code is not 0."""
        self._line(text, style)

    def detail(self, text: str) -> None:
        """What only -v prints."""
        if self.verbose and self.quiet == 0:
            self._line(text, "dim")

    @property
    def shows_progress(self) -> bool:
        """True when a moving line on stderr helps: a person looks at it."""
        return self.quiet == 0 and _is_tty(sys.stderr)

    def _line(self, text: str, style: str) -> None:
        shown = self.err.plain(text)
        lines = self.err.wrap(shown, indent="  ", first="") if _is_tty(sys.stderr) else [shown]
        _write_quietly(sys.stderr, "".join(f"{self.err.paint(style, line) if style else line}\n" for line in lines))


def terminal_of(stream: Any, colour: str, environ: Mapping[str, str]) -> Terminal:
    """What `stream` can show: --color, then NO_COLOR, then FORCE_COLOR, then a terminal that is not dumb."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    is_tty = _is_tty(stream)
    columns = _tty_columns(stream, environ) if is_tty else _columns(environ)
    return Terminal(
        width=min(140, max(40, columns)),
        is_colour=_wants_colour(colour, environ, is_tty),
        is_unicode=encoding in {"utf8", "utf8sig", "utf16", "utf32"},
    )


def print_error(message: str | None, *, lines: Sequence[str] = (), hint: str | None = None) -> None:
    """One clear message on stderr with the next step; repository text in it is made visible."""
    terminal = terminal_of(sys.stderr, "auto", os.environ)
    told = [] if message is None else _headed("error: ", "critical", message, terminal)
    told += [terminal.plain(line) for line in lines]
    if hint:
        told += _headed("hint: ", "bold", hint, terminal)
    _write_quietly(sys.stderr, "".join(f"{line}\n" for line in told))


def _headed(head: str, style: str, text: str, terminal: Terminal) -> list[str]:
    """A word and what follows it: for a person broken between words, for a log one line."""
    whole = head + terminal.plain(text)
    first, *rest = terminal.wrap(whole, indent="  ", first="") if _is_tty(sys.stderr) else [whole]
    return [terminal.paint(style, head) + first.removeprefix(head.rstrip()).lstrip(), *rest]


def open_closed_streams() -> None:
    """Point standard streams that the caller closed (`>&-`) at the null device: a file opened later must not take their numbers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= LAST_STANDARD_STREAM:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")


def silence_broken_pipes() -> None:
    """Flush both streams; where the reader has gone, make the interpreter's own flush at exit a harmless one."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _drop(stream)


def _wants_colour(choice: str, environ: Mapping[str, str], is_tty: bool) -> bool:
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return is_tty and environ.get("TERM", "") != "dumb"


def _tty_columns(stream: Any, environ: Mapping[str, str]) -> int:
    """Columns of this very terminal, COLUMNS first. stderr may be one while stdout goes into a pipe."""
    asked = _columns(environ, otherwise=0)
    if asked:
        return asked
    try:
        return os.get_terminal_size(stream.fileno()).columns or FALLBACK_WIDTH
    except (AttributeError, OSError, ValueError):
        return FALLBACK_WIDTH


def _columns(environ: Mapping[str, str], otherwise: int = FALLBACK_WIDTH) -> int:
    text = environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else otherwise


def _is_tty(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def _write(stream: Any, text: str | bytes) -> None:
    """Write and flush; characters that the stream's encoding lacks become escapes, never an exception."""
    data = text if isinstance(text, bytes) else None
    buffer: IO[bytes] | None = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text if data is None else data.decode("utf-8"))
    else:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.flush()
        buffer.write(data if data is not None else str(text).encode(encoding, "backslashreplace"))
    stream.flush()


def _write_quietly(stream: Any, text: str) -> None:
    """Talk that cannot be delivered is lost: there is nobody left to tell."""
    try:
        _write(stream, text)
    except (OSError, ValueError):
        _drop(stream)


def _drop(stream: Any) -> None:
    """Point the stream's descriptor at the null device, so that nothing written later fails again."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError, AttributeError):
        return
