"""Finds the shipped data folders: inside a wheel (`_bundled`), else in the checkout around this file."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rustplan.errors import CatalogError

if TYPE_CHECKING:
    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable


def folder(name: str) -> Traversable:
    """Return the shipped folder `name` (`rules`, `catalog` or `report_templates`)."""
    bundled = files("rustplan").joinpath("_bundled").joinpath(name)
    if bundled.is_dir():
        return bundled
    checkout = Path(__file__).resolve().parents[2] / name
    if checkout.is_dir():
        return checkout
    raise CatalogError(
        f"the shipped folder {name!r} is missing", hint="reinstall rustplan: pip install --force-reinstall rustplan"
    )
