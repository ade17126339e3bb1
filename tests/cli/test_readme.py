"""What the README shows is what the tool prints, and what it links to exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from readme_blocks import HELP, SAMPLE, filled

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_generated_blocks_are_fresh() -> None:
    assert HELP.search(README)
    assert SAMPLE.search(README)
    assert filled(README) == README, "run: make docs"


def markdown_files() -> list[Path]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("fixtures/*/README.md")]
    return sorted(pages)


@pytest.mark.parametrize("page", markdown_files(), ids=lambda page: str(page.relative_to(ROOT)))
def test_local_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", target)]
    missing = [target for target in targets if not (page.parent / target.split("#")[0]).exists()]
    assert missing == []


def test_readme_names_only_commands_that_exist() -> None:
    from rustplan.cli import main  # noqa: F401 - the entry point that pyproject.toml names

    named = set(re.findall(r"^(?:\$ )?rustplan ([a-z]+) ", HELP.sub("", README), re.MULTILINE))
    done = subprocess.run([sys.executable, "-m", "rustplan", "--help"], capture_output=True, text=True, timeout=60)
    assert named
    assert {command for command in named if not re.search(rf"^\s+{command}\s", done.stdout, re.MULTILINE)} == set()
