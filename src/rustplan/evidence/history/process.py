"""Runs git on an isolated folder: a clean environment, bounded time, output in chunks; the only place that starts it."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rustplan.evidence.history.isolated import Isolated, NoHistory
from rustplan.evidence.history.messages import printable

MAX_OUTPUT_BYTES = 8 * 1024**3
_CHUNK = 256 * 1024
_MOST_ERROR_BYTES = 4096
_MOST_DATA_BYTES = 4 * 1024**3
"""What git may allocate; packs are mapped and do not count."""

_FIXED_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_ADVICE": "0",
    "GIT_FLUSH": "0",
    "GIT_PAGER": "cat",
    "PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "GIT_SSH_COMMAND": "false",
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "TZ": "UTC",
}


class GitFailed(Exception):
    """git ended with an error; the text is printable."""


def find_git(not_below: bytes) -> str:
    """Return the path of git from PATH, never a relative folder of it nor one below the scanned tree. Raises NoHistory."""
    top = os.path.realpath(os.fsdecode(not_below)).rstrip(os.sep) + os.sep
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    outside = [folder for folder in folders if not (os.path.realpath(folder) + os.sep).startswith(top)]
    found = shutil.which("git", path=os.pathsep.join(outside)) if outside else None
    if found is None:
        raise NoHistory("no git program was found on PATH")
    return found


def environment(folder: Path, git: str) -> dict[str, str]:
    """Return all of git's environment; nothing of ours is passed on but the folder git lies in."""
    home = str(folder / "home")
    return _FIXED_ENVIRONMENT | {
        "PATH": os.path.dirname(git),
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "GIT_DIR": str(folder),
        "GIT_COMMON_DIR": str(folder),
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }


@contextmanager
def running(
    git: str, place: Isolated, arguments: list[str], clock: Clock, *, stdin: int = subprocess.DEVNULL
) -> Iterator[Iterator[bytes]]:
    """Start git and give its output in chunks; it is ended with the block. Iterating raises GitFailed and NoHistory.

    `stdin` is the descriptor of an open file for it to read.
    """
    command = [git, "--no-pager", "--no-optional-locks", *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed program with arguments of our own, no shell
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=place.folder,
            env=environment(place.folder, git),
            bufsize=0,
        )
    except OSError as error:
        raise NoHistory(f"git could not be started: {error.strerror or type(error).__name__}") from None
    with process, closing(_chunks(process, clock)) as chunks:
        try:
            _bound_memory(process.pid)
            yield chunks
        finally:
            process.kill()


class Clock:
    """Bounds a run of git: seconds in all and seconds without output."""

    def __init__(self, seconds: float, silent_seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._silent = silent_seconds

    def wait(self) -> float:
        """Return how long to wait for the next output. Raises NoHistory when the time is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise NoHistory(f"git took longer than {self._seconds:g} seconds and was stopped")
        return min(left, self._silent)

    def silence(self) -> NoHistory:
        """Return what to raise when nothing came in that time."""
        if time.monotonic() >= self._end:
            return NoHistory(f"git took longer than {self._seconds:g} seconds and was stopped")
        return NoHistory(f"git gave no output for {self._silent:g} seconds and was stopped")


def _chunks(process: subprocess.Popen[bytes], clock: Clock) -> Generator[bytes, None, None]:
    """Give what git writes, as it comes; keep the first words of its complaints."""
    if process.stdout is None or process.stderr is None:
        raise NoHistory("git's output could not be read")
    output, complaints, taken = process.stdout.fileno(), process.stderr.fileno(), 0
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        selector.register(complaints, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(clock.wait())
            if not ready:
                raise clock.silence()
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == complaints:
                    said = (said + data)[:_MOST_ERROR_BYTES]
                else:
                    taken += len(data)
                    if taken > MAX_OUTPUT_BYTES:
                        raise NoHistory(f"git wrote more than {MAX_OUTPUT_BYTES // 1024**3} GiB and was stopped")
                    yield data
    _check_end(process, said, clock)


def _check_end(process: subprocess.Popen[bytes], said: bytes, clock: Clock) -> None:
    try:
        code = process.wait(clock.wait())
    except subprocess.TimeoutExpired:
        raise clock.silence() from None
    if code:
        lines = said.decode("utf-8", "replace").splitlines()
        fatal = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
        raise GitFailed(printable(fatal, 160) or f"it ended with code {code}")


def _bound_memory(pid: int) -> None:
    """Bound what git may allocate, where the system lets another process's limits be set."""
    if sys.platform == "linux":
        import resource

        try:
            resource.prlimit(pid, resource.RLIMIT_DATA, (_MOST_DATA_BYTES, _MOST_DATA_BYTES))
        except (OSError, ValueError):
            return
