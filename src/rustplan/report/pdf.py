"""The roadmap as PDF, printed by a browser that is installed. The only view that starts a process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from rustplan.errors import OutputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report.escape import clip, visible

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
VARIABLE = "RUSTPLAN_BROWSER"
LONGEST_SECONDS = 180.0

_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # the page asks for nothing; the browser shall not either
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_WITHOUT = "open the HTML report and press Print, or install Chromium, or set RUSTPLAN_BROWSER to a Chrome, Chromium or Edge; `rustplan doctor` says what was found"


def render_pdf(analysis: Analysis, options: ReportOptions) -> bytes:
    """Return the HTML page as a tagged PDF. Raises OutputError without a browser, or when it fails or takes too long.

    The bytes are not the same twice: browsers write the time of printing into a PDF. The data digest on its pages ties it to the analysis.
    """
    browser = require_browser()
    from rustplan.report.html import render_html

    return print_page(render_html(analysis, options), browser)


def find_browser() -> str | None:
    """The program that can print: $RUSTPLAN_BROWSER and nothing else when it is set, else the first that is installed."""
    named = os.environ.get(VARIABLE)
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or next((place for place in _MAC if os.access(place, os.X_OK)), None)


def require_browser() -> str:
    """The same. Raises OutputError that says how to do without."""
    found = find_browser()
    if found is not None:
        return found
    named = os.environ.get(VARIABLE)
    told = f"{VARIABLE} names {named}, which is no program" if named else "no Chromium, Chrome or Edge was found"
    raise OutputError(f"a PDF needs a browser: {told}", hint=_WITHOUT)


def print_page(page: str, browser: str, seconds: float = LONGEST_SECONDS) -> bytes:
    """Return `page` printed by `browser`, which gets a profile of its own; page and profile are removed whatever happens."""
    with tempfile.TemporaryDirectory(prefix="rustplan-pdf-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "roadmap.html"), Path(folder, "roadmap.pdf")
        source.write_text(page, encoding="utf-8", newline="\n")
        profile = f"--user-data-dir={Path(folder, 'profile')}"
        told = _run(
            [browser, *_OPTIONS, *_for_root(), profile, f"--print-to-pdf={target}", source.as_uri()], folder, seconds
        )
        try:
            printed = target.read_bytes()
        except OSError:
            printed = b""
    if not printed.startswith(b"%PDF-"):
        raise OutputError(f"{browser} made no PDF" + (f": {told}" if told else ""), hint=_WITHOUT)
    return printed


def _run(command: list[str], folder: str, seconds: float) -> str:
    """Run a browser to its end and return its last complaint. Its whole process group is ended however this is left."""
    with open(os.path.join(folder, "complaints"), "w+b") as complaints:
        try:
            process = subprocess.Popen(  # noqa: S603 - a browser of the user's own machine, no shell
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints, start_new_session=True
            )
        except OSError as error:
            raise OutputError(f"cannot start {command[0]}: {error.strerror or error}", hint=_WITHOUT) from None
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise OutputError(f"{command[0]} took longer than {seconds:g} s to print", hint=_WITHOUT) from None
        finally:
            _end_group(process)
        complaints.seek(max(0, complaints.tell() - 8000))
        return _last_line(complaints.read())


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the browser and every helper that it started."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _for_root() -> tuple[str, ...]:
    """Chromium refuses its sandbox to root, which is who runs in most containers; the page is ours and can load and run nothing else."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _last_line(data: bytes) -> str:
    """The last thing that was said and is about the page: most of what a headless browser says is about buses that are not there."""
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    kept = [line for line in lines if line and "dbus" not in line.lower()]
    return clip(visible(kept[-1]), 300) if kept else ""
