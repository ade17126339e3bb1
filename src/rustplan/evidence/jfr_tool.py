"""Reads a binary `.jfr` recording through the `jfr` tool of a Java installation. The only profile reader that starts a process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from rustplan.errors import InputError
from rustplan.evidence.profile_input import shown_name

STACK_DEPTH = 256
"""Frames printed of a stack. Recordings keep 64 unless they are told otherwise."""
LONGEST_SUMMARY_SECONDS = 300
LONGEST_PRINT_SECONDS = 3600.0

_COUNT = re.compile(r"^\s*([\w.$]{1,200})\s+(\d{1,18})\s+\d{1,18}\s*$", re.MULTILINE)
_SECONDS = re.compile(
    r"^\s*Duration:\s*(?:(\d{1,6}) h ?)?(?:(\d{1,6}) m(?:in)? ?)?(?:(\d{1,9}(?:\.\d{1,9})?) s)?\s*$", re.MULTILINE
)


class Summary(NamedTuple):
    """What `jfr summary` says: the events of each type, and the length of the recording in seconds (None when it does not say)."""

    counts: dict[str, int]
    seconds: float | None


class Printing:
    """`jfr print --json` at work. `output` is its standard output; `close` ends it and returns what went wrong, "" when nothing did."""

    def __init__(self, tool: str, recording: str, events: Sequence[str]) -> None:
        command = [tool, "print", "--json", "--stack-depth", str(STACK_DEPTH), "--events", ",".join(events), recording]
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = _started(command, self._errors)
        self._timer = threading.Timer(LONGEST_PRINT_SECONDS, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    @property
    def output(self) -> BinaryIO:
        """The JSON as it comes."""
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def close(self, *, is_enough: bool) -> str:
        """End the tool. A tool that was stopped because enough was read did nothing wrong."""
        self._timer.cancel()
        if is_enough:
            self._process.kill()
        self.output.close()
        code = self._process.wait()
        self._errors.seek(0)
        told = _first_line(self._errors.read(4000))
        self._errors.close()
        return "" if is_enough or code == 0 else told or f"it ended with exit code {code}"


def find_tool() -> str | None:
    """The `jfr` tool on the PATH, else that of JAVA_HOME."""
    home = os.environ.get("JAVA_HOME", "")
    return shutil.which("jfr") or (shutil.which("jfr", path=os.path.join(home, "bin")) if home else None)


def require_tool(path: Path) -> str:
    """The `jfr` tool. Raises InputError that says how to do without."""
    tool = find_tool()
    if tool is None:
        raise InputError(
            f"{shown_name(path)} is a binary recording, and no jfr tool was found on the PATH or in JAVA_HOME",
            hint="where a JDK is: jfr print --json --stack-depth 64 --events "
            "jdk.ObjectAllocationSample,jdk.ExecutionSample,jdk.GarbageCollection FILE.jfr > FILE.json; then --profile FILE.json",
        )
    return tool


@contextmanager
def named_for_tool(path: Path) -> Iterator[str]:
    """An absolute name of the recording that ends in `.jfr`, which the tool insists on."""
    real = os.path.abspath(path)
    if real.endswith(".jfr"):
        yield real
        return
    with tempfile.TemporaryDirectory(prefix="rustplan-") as folder:
        link = os.path.join(folder, "recording.jfr")
        os.symlink(real, link)
        yield link


def summarize(tool: str, path: Path, recording: str) -> Summary:
    """Run `jfr summary` on `recording`, the tool's name of `path`. Raises InputError with its words when it cannot read it."""
    with tempfile.TemporaryFile() as errors:
        process = _started([tool, "summary", recording], errors)
        try:
            output, _ = process.communicate(timeout=LONGEST_SUMMARY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise unreadable(path, f"it took longer than {LONGEST_SUMMARY_SECONDS} s") from None
        errors.seek(0)
        told = _first_line(errors.read(4000))
    text = output[: 1024 * 1024].decode("utf-8", "replace")
    counts = {name: int(count) for name, count in _COUNT.findall(text) if int(count)}
    if process.returncode or not counts:
        raise unreadable(path, told or _first_line(output[:4000]))
    return Summary(counts, _duration(text))


def unreadable(path: Path, told: str) -> InputError:
    """The error for a recording that the tool refuses."""
    return InputError(
        f"the jfr tool cannot read {shown_name(path)}" + (f": {told}" if told else ""),
        hint="the file may be cut off or made by a newer JDK: use the jfr tool of the JDK that recorded it",
    )


def _started(command: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - a tool of the user's own PATH, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
    except OSError as error:
        raise InputError(
            f"cannot start {command[0]}: {error.strerror or error}", hint="check the Java installation: jfr --version"
        ) from None


def _duration(text: str) -> float | None:
    found = _SECONDS.search(text)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = found.groups()
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + float(seconds or 0)


def _first_line(data: bytes) -> str:
    """The first line of a tool's complaint that is no announcement of its own settings."""
    lines = (line.strip() for line in data.decode("utf-8", "replace").splitlines())
    return next((line[:200] for line in lines if line and not line.startswith("Picked up ")), "")
