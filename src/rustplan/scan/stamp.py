"""What this rustplan is, as a fingerprint: two that differ in anything that could change a result never share an answer."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING

import rustplan
from rustplan.plugins import LANGUAGES, code_digest, plugins_of

if TYPE_CHECKING:
    import sys
    from collections.abc import Iterator

    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

_PACKAGES = ("tree-sitter", "tree-sitter-c", "tree-sitter-cpp", "tree-sitter-java", "msgspec", "networkx", "PyYAML")
_MOST_DEPTH = 12


@functools.cache
def stamp() -> bytes:
    """SHA-256 over the version, the Python, the parsers, dialects and every module of the package: an edited checkout counts as another version."""
    digest = hashlib.sha256()
    for word in (rustplan.__version__, platform.python_implementation(), platform.python_version()):
        digest.update(word.encode() + b"\0")
    for package in _PACKAGES:
        digest.update(f"{package} {_version(package)}\0".encode())
    for name, module in _modules(files("rustplan"), "", 0):
        digest.update(name.encode() + b"\0" + hashlib.sha256(module.read_bytes()).digest())
    for plugin in plugins_of(LANGUAGES).values():
        digest.update(code_digest(plugin))
    return digest.digest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _modules(folder: Traversable, above: str, depth: int) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{above}{entry.name}"
        if entry.name.endswith(".py"):
            yield name, entry
        elif depth < _MOST_DEPTH and "." not in entry.name and not entry.name.startswith("_") and entry.is_dir():
            yield from _modules(entry, f"{name}/", depth + 1)
