"""The CI files of this repository, as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
GITLAB = ROOT / "ci" / "gitlab.yml"
PAGES = ("github-action.md", "gitlab.md", "jenkins-and-plain-shell.md", "pre-commit.md", "outputs.md", "gate-in-ci.md")
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def blocks(page: str) -> list[str]:
    """The YAML blocks of a how-to page."""
    return _BLOCK.findall((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8"))


def workflows() -> Iterator[tuple[str, str]]:
    """Every complete GitHub workflow in the how-to pages: page and text."""
    for page in PAGES:
        for block in blocks(page):
            if "runs-on:" in block:
                yield page, block
