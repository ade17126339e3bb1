"""Runs the command line in this process, on a prepared analysis instead of a scan, with a page of one line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rustplan.cli import main, scan_command
from rustplan.model.analysis import Analysis
from rustplan.report import html
from sample_analysis import sample_analysis


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a run printed and answered."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of stderr: the verdict."""
        return self.err.rstrip("\n").rsplit("\n", 1)[-1]


Run = Callable[..., Result]


def runner(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Run:
    """A function that runs one command in `folder` with a clean environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> Result:
        code = main(list(arguments))
        sys.stdout.flush()
        captured = capfd.readouterr()
        return Result(code=code, out=captured.out, err=captured.err)

    return run


def prepared(monkeypatch: pytest.MonkeyPatch, analysis: Analysis | BaseException | None = None) -> list[Sequence[Any]]:
    """Let `scan` answer with `analysis` (or raise it); returns the list of calls it got."""
    calls: list[Sequence[Any]] = []

    def analyze(root: Path, settings: Any, progress: Any, cache: Any = None) -> Analysis:
        calls.append((root, settings, progress))
        if isinstance(analysis, BaseException):
            raise analysis
        return analysis or sample_analysis()

    monkeypatch.setattr(scan_command, "analyze", analyze)
    monkeypatch.setattr(html, "render_html", lambda analysis, options: f"<!doctype html>{analysis.project.name}\n")
    return calls
