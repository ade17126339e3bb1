"""What the tests of bad input share: a good file, and the two ways in which a run may answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli_runner import Run

GOOD = 'int copy(void) { char b[4]; strcpy(b, "hello"); return 0; }\n'
DEEP = 100_000
Files = dict[str, str | bytes]
Repo = Callable[..., Path]


def coverage(folder: Path) -> dict[str, Any]:
    """The coverage of the analysis in `folder`; a defect that hid there as a skipped file is an error."""
    text = (folder / "rustplan.json").read_text()
    assert "bug in rustplan" not in text
    found: dict[str, Any] = json.loads(text)["coverage"]
    return found


def reasons(folder: Path, kind: str = "skipped") -> dict[str, str]:
    """Reason by path; of several reasons of one file the last."""
    return {file["path"]: file["reason"] for file in coverage(folder)[kind]}


def refused(run: Run, tmp_path: Path, *arguments: str) -> str:
    """What a run says that must end with 2, a message, a hint, and nothing written."""
    before = sorted(tmp_path.iterdir())
    done = run(*arguments)
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "\nhint: " in done.err
    assert sorted(tmp_path.iterdir()) == before
    return done.err
