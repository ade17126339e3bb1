"""What installed distributions add: report formats, rule packs and dialects of C, C++ and Java.

A plugin is Python code that somebody installed beside rustplan on purpose; it is trusted as rustplan itself is. Nothing of the scanned
repository or of the current folder is ever looked at. Every plugin in use is named in the analysis, because it can change what a scan finds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, runtime_checkable

import msgspec

from rustplan.errors import PluginError
from rustplan.model.source import Language

FORMATS, RULES, LANGUAGES = "rustplan.formats", "rustplan.rules", "rustplan.languages"
GROUPS = (FORMATS, RULES, LANGUAGES)
"""The entry-point groups. An entry's name is the format's, the pack's or the dialect's."""


@runtime_checkable
class Dialect(Protocol):
    """A language that reads as one of ours once its own words are blanked, such as CUDA C++."""

    suffixes: tuple[str, ...]
    """Endings of file names, in lower case, with the dot; endings that rustplan reads itself are refused."""
    reads_as: Language

    def prepare(self, data: bytes) -> bytes:
        """Return text of the same length with the same line breaks that the language's grammar can read. Pure."""


class Plugin(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One entry point: its group and name, and the distribution it came from."""

    group: str
    name: str
    distribution: str
    version: str
    value: str

    @property
    def words(self) -> str:
        """How an analysis names it: `rustplan-cuda 1.2 (languages: cuda)`."""
        return f"{self.distribution} {self.version} ({self.group.removeprefix('rustplan.')}: {self.name})"

    def load(self) -> Any:
        """Import what it names, and call it when it is a class or a function. Raises PluginError with the distribution to mend or remove."""
        try:
            loaded = metadata.EntryPoint(self.name, self.value, self.group).load()
            return loaded() if callable(loaded) else loaded
        except Exception as error:  # noqa: BLE001 - whatever a plugin does when it is imported, the user learns which one it was
            raise PluginError(
                f"the plugin {self.words} cannot be loaded: {type(error).__name__}: {error}",
                hint=f"mend it, or remove it: pip uninstall {self.distribution}",
            ) from None


@cache
def installed_plugins() -> tuple[Plugin, ...]:
    """Return all entry points of our groups, sorted. Raises PluginError when two distributions claim one name."""
    found: dict[tuple[str, str], Plugin] = {}
    for distribution in metadata.distributions(path=_trusted_path()):
        entries = [entry for entry in distribution.entry_points if entry.group in GROUPS]
        for entry in entries:
            plugin = Plugin(
                group=entry.group,
                name=entry.name,
                distribution=distribution.metadata["Name"] or "unknown",
                version=distribution.version or "unknown",
                value=entry.value,
            )
            other = found.setdefault((entry.group, entry.name), plugin)
            if other.distribution != plugin.distribution:
                raise PluginError(
                    f"{other.words} and {plugin.words} give the same name", hint="remove one of the two distributions"
                )
    return tuple(sorted(found.values()))


def code_digest(plugin: Plugin) -> bytes:
    """SHA-256 over the modules beside the one that a plugin names: what it does may change without its version."""
    digest = hashlib.sha256(plugin.words.encode())
    found = importlib.util.find_spec(plugin.value.partition(":")[0].partition(".")[0])
    places = (found.submodule_search_locations or [found.origin or ""]) if found is not None else []
    for place in sorted(str(place) for place in places):
        for file in sorted(Path(place).rglob("*.py")) if os.path.isdir(place) else [Path(place)]:
            digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _trusted_path() -> list[str]:
    """The import path without the current folder, which may be the repository that is scanned."""
    here = os.path.realpath(os.getcwd())
    return [folder for folder in sys.path if folder and os.path.realpath(folder) != here]


def plugins_of(group: str) -> dict[str, Plugin]:
    """The plugins of a group by name."""
    return {plugin.name: plugin for plugin in installed_plugins() if plugin.group == group}


@cache
def rule_packs() -> tuple[Path, ...]:
    """Return the folder of every rule pack, by name. An entry is a folder, or a function without arguments that returns one."""
    folders = []
    for plugin in plugins_of(RULES).values():
        folder = plugin.load()
        if not isinstance(folder, (str, os.PathLike)) or not Path(folder).is_dir():
            raise PluginError(
                f"the plugin {plugin.words} names no folder of rules: {str(folder)[:100]}",
                hint="its entry point is a folder, or a function that returns one",
            )
        folders.append(Path(folder))
    return tuple(folders)


@cache
def dialects() -> dict[str, tuple[Plugin, Dialect]]:
    """Return the dialect of each ending. Raises PluginError for one that is none, and for an ending that is taken."""
    found: dict[str, tuple[Plugin, Dialect]] = {}
    for plugin in plugins_of(LANGUAGES).values():
        dialect = plugin.load()
        if not isinstance(dialect, Dialect) or not isinstance(dialect.reads_as, Language):
            raise PluginError(
                f"the plugin {plugin.words} is no dialect",
                hint="it needs suffixes, reads_as (a rustplan Language) and prepare(data)",
            )
        for ending in dialect.suffixes:
            if ending in found or not ending.startswith(".") or ending != ending.lower():
                raise PluginError(
                    f"the plugin {plugin.words} cannot have the ending {ending!r}",
                    hint="endings are in lower case, begin with a dot, and belong to one dialect",
                )
            found[ending] = (plugin, dialect)
    return found


def prepared(path: str, data: bytes) -> bytes:
    """Return what the dialect of a file's ending makes of it; the file itself for every other. Raises ValueError when it changed its shape."""
    known = dialects()
    if not known or (ending := PurePosixPath(path).suffix.lower()) not in known:
        return data
    plugin, dialect = known[ending]
    text = dialect.prepare(data)
    if not isinstance(text, bytes) or len(text) != len(data) or text.count(b"\n") != data.count(b"\n"):
        raise ValueError(f"the plugin {plugin.words} changed the length or the lines of the text")
    return text
