"""A git repository with a baseline, and a change that makes it worse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
GOOD = (
    "#include <stdlib.h>\nint one(void) { char *p = malloc(4); if (!p) { return 0; } p[0] = 1; free(p); return 1; }\n"
)
BAD = GOOD + "void twice(void) { char *p = malloc(4); free(p); free(p); }\n"
_KEPT = ("HOME", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR")


def environment(**more: str) -> dict[str, str]:
    """Variables for a child: rustplan on the path, nothing of the machine's git or CI."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        **more,
    }


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command and keep what it printed."""
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env or environment(), capture_output=True, text=True, check=False
    )


def make_project(folder: Path) -> Path:
    """A committed repository whose baseline accepts what is there."""
    (folder / "net").mkdir(parents=True)
    (folder / "net" / "a.c").write_text(GOOD, encoding="utf-8")
    (folder / ".gitignore").write_text("/rustplan.json\n/roadmap.html\n/rustplan.sarif\n", encoding="utf-8")
    assert run("git", "init", "-q", ".", cwd=folder).returncode == 0
    assert run("rustplan", "scan", ".", "-qq", cwd=folder).returncode == 0
    assert run("rustplan", "baseline", "create", "-q", cwd=folder).returncode == 0
    (folder / "rustplan.json").unlink()
    (folder / "roadmap.html").unlink()
    commit(folder)
    return folder


def worsen(folder: Path) -> None:
    """Add a double free."""
    (folder / "net" / "a.c").write_text(BAD, encoding="utf-8")


def commit(folder: Path) -> None:
    """Commit everything."""
    assert run("git", "add", "-A", cwd=folder).returncode == 0
    assert run("git", "commit", "-q", "-m", "change", cwd=folder).returncode == 0
