from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rustplan.discover import discover_tree
from rustplan.model.options import DiscoverOptions
from rustplan.model.source import BuildTarget, SourceTree

Files = dict[str, str | bytes]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Files], Path]:
    """Write files below a fresh directory called `repo` and return it."""

    def _write(files: Files) -> Path:
        root = tmp_path / "repo"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return _write


@pytest.fixture
def discover(write: Callable[[Files], Path]) -> Callable[..., SourceTree]:
    """Write files and discover them; keywords are options."""

    def _discover(files: Files, **options: object) -> SourceTree:
        return discover_tree(write(files), DiscoverOptions(**options))

    return _discover


@pytest.fixture
def targets(discover: Callable[..., SourceTree]) -> Callable[[Files], dict[str, BuildTarget]]:
    """Write files and return the build targets by name."""

    def _targets(files: Files) -> dict[str, BuildTarget]:
        return {target.name: target for target in discover(files).targets}

    return _targets
