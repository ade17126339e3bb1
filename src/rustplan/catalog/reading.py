"""Reads one shipped catalogue file into its typed value, or says what is wrong with it."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

from rustplan.errors import CatalogError
from rustplan.resources import folder
from rustplan.yaml_reader import YamlProblem, read_yaml

T = TypeVar("T")


def load_catalogue(name: str, into: type[T]) -> T:
    """Return the shipped `catalog/<name>` as an `into`. Raises CatalogError when it is missing or malformed."""
    try:
        data = folder("catalog").joinpath(name).read_bytes()
    except OSError as error:
        raise _broken(name, f"cannot be read ({error.strerror})") from None
    return parse_catalogue(name, data, into)


def parse_catalogue(name: str, data: bytes, into: type[T]) -> T:
    """Return the value of catalogue text. Raises CatalogError with the key path of the first mistake."""
    try:
        return msgspec.convert(read_yaml(data), into)
    except (YamlProblem, msgspec.ValidationError) as error:
        raise _broken(name, str(error)) from None


def _broken(name: str, problem: str) -> CatalogError:
    """The installation carries a file it cannot use."""
    return CatalogError(f"catalog/{name}: {problem}", hint="reinstall rustplan: pip install --force-reinstall rustplan")


def catalog_digest() -> str:
    """SHA-256 over the names and bytes of all shipped catalogue files: changes with any fact."""
    digest = hashlib.sha256()
    for entry in sorted(folder("catalog").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            digest.update(entry.name.encode() + b"\0" + hashlib.sha256(entry.read_bytes()).digest())
    return digest.hexdigest()
