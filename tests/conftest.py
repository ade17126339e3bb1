from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Scans of the tests, and of programs that they start, remember in a folder of their own."""
    folder: Path = tmp_path_factory.mktemp("cache")
    before = os.environ.get("RUSTPLAN_CACHE")
    os.environ["RUSTPLAN_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["RUSTPLAN_CACHE"]
    else:
        os.environ["RUSTPLAN_CACHE"] = before
