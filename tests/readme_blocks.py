"""Fills the generated blocks of README.md: the help text and a sample scan. Run by `make docs`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
HELP = re.compile(r"(<!-- help -->\n```\n).*?(```\n<!-- /help -->)", re.DOTALL)
SAMPLE = re.compile(r"(```\n\$ rustplan scan image-codec\n).*?(```\n)", re.DOTALL)


def help_text() -> str:
    """What `rustplan --help` prints on a terminal of 100 columns."""
    return _run("--help")


def sample_scan() -> str:
    """What a scan of the image-codec story prints on stdout."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "fixtures/image-codec/repo", Path(folder) / "image-codec")
        return _run("scan", "image-codec", "--isolated", "-q", cwd=folder)


def filled(text: str) -> str:
    """The README with fresh blocks."""
    text = HELP.sub(lambda match: match[1] + help_text().rstrip() + "\n" + match[2], text)
    return SAMPLE.sub(lambda match: match[1] + sample_scan().strip() + "\n" + match[2], text)


def _run(*arguments: str, cwd: str | None = None) -> str:
    command = [sys.executable, "-m", "rustplan", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, cwd=cwd, timeout=120)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
