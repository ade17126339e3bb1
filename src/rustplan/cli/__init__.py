"""The command line: parse, call the api, print, exit."""

from __future__ import annotations

from rustplan.cli.main import main

__all__ = ["main"]
