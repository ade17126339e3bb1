from __future__ import annotations

import pytest

from rustplan import resources
from rustplan.errors import CatalogError


@pytest.mark.parametrize("name", ["rules", "catalog", "report_templates"])
def test_shipped_folders_are_found(name: str) -> None:
    assert resources.folder(name).is_dir()


def test_a_broken_installation_says_so() -> None:
    with pytest.raises(CatalogError, match="'recipes' is missing") as caught:
        resources.folder("recipes")
    assert caught.value.hint
