"""Finds the configuration file and folds file, environment and flags into Settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rustplan.config.check import check_mapping, check_value
from rustplan.config.layers import Flag, Layer, environment_layer, flag_layer, set_layer
from rustplan.config.settings import FILES_OF, Settings, build_settings
from rustplan.errors import ConfigError
from rustplan.yaml_reader import YamlProblem, read_yaml_file

NAMES = ("rustplan.yml", ".rustplan.yml")
_REPOSITORY_MARKS = (".git", ".hg", ".svn", ".jj")


PATHS = {**FILES_OF, "gate.baseline": "--baseline"}
"""Keys whose values are files, with their flags: what the configuration file names lies beside it."""


def load_settings(
    root: Path | None = None,
    *,
    flags: Mapping[str, Flag] | None = None,
    assignments: Sequence[str] = (),
    config: Path | None = None,
    is_isolated: bool = False,
    environ: Mapping[str, str] | None = None,
    rule_folders: Sequence[Path] = (),
) -> Settings:
    """Return the settings in effect for `root`: flags and --set, then RUSTPLAN_*, then the file, then defaults.

    `config` replaces the search, `is_isolated` ignores files. Raises ConfigError with every problem at once.
    """
    path = config or (find_config(root) if root is not None and not is_isolated else None)
    layers = [
        _file_layer(path) if path is not None else Layer(),
        environment_layer(environ or {}),
        set_layer(assignments),
        flag_layer(flags or {}),
    ]
    problems = tuple(problem for layer in layers for problem in layer.problems)
    if problems:
        raise ConfigError(_headline(problems, path), problems=problems, hint="see the keys: rustplan config schema")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        values |= layer.values
        origins |= layer.origins
    return build_settings(
        values, origins, rule_folders=tuple(rule_folders), config_file=path.name if path is not None else None
    )


def find_config(root: Path) -> Path | None:
    """The nearest rustplan.yml or .rustplan.yml from `root` up to the root of its repository; outside one only `root` counts."""
    for folder in folders_upward(Path(os.path.abspath(root))):
        present = [folder / name for name in NAMES if os.path.lexists(folder / name)]
        if len(present) > 1:
            raise ConfigError(
                f"{folder} holds both {NAMES[0]} and {NAMES[1]}", hint="remove one; rustplan does not choose silently"
            )
        if present:
            return present[0]
    return None


def read_component_map(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a YAML map of component to globs (`--components FILE`). Raises ConfigError with every problem."""
    raw = _read_document(path)
    if isinstance(raw, dict) and set(raw) == {"components"}:
        raw = raw["components"]
    value, problems = check_value("components", raw)
    if problems:
        told = tuple(f"{path.name}: {problem}" for problem in problems)
        raise ConfigError(_headline(told, path), problems=told, hint='write: net/tls: ["src/tls/**"]')
    components: dict[str, tuple[str, ...]] = value
    return components


def folders_upward(start: Path) -> list[Path]:
    """From `start` to its repository's root, nearest first; only `start` when there is no repository."""
    folders = []
    for folder in (start, *start.parents):
        folders.append(folder)
        if any(os.path.lexists(folder / mark) for mark in _REPOSITORY_MARKS):
            return folders
    return [start]


def _file_layer(path: Path) -> Layer:
    raw = _read_document(path)
    values, problems = check_mapping(raw)
    problems = [*_version_problems(raw), *problems]
    for key in sorted(key for key in PATHS.keys() & values.keys() if values[key] is not None):
        is_one = isinstance(values[key], str)
        names = (values[key],) if is_one else tuple(values[key])
        problems.extend(_file_problems(path.parent, key, names))
        places = tuple(os.path.join(path.parent, name) for name in names)
        values[key] = places[0] if is_one else places
    told = [f"{path.name}: {problem}" for problem in problems]
    return Layer(values=values, origins=dict.fromkeys(values, path.name), problems=tuple(told))


def _file_problems(folder: Path, key: str, names: Sequence[str]) -> list[str]:
    """The file may be a stranger's: it names evidence beside it, none elsewhere, and none through a link that leads away."""
    home = os.path.realpath(folder)
    problems = []
    for position, name in enumerate(names):
        real = os.path.realpath(os.path.join(home, name)) if "\0" not in name else ""
        if os.path.isabs(name) or os.path.commonpath([home, real or os.sep]) != home or real == home:
            problems.append(
                f"{key}[{position}]: {ascii(name)[:60]} leaves the folder of this file; give it with {PATHS[key]}"
            )
    return problems


def _read_document(path: Path) -> object:
    try:
        return read_yaml_file(path)
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path, or scan with --isolated"
        ) from None
    except YamlProblem as problem:
        told = (f"{path.name}: {problem}",)
        raise ConfigError(_headline(told, path), problems=told, hint="mend the YAML, or scan with --isolated") from None


def _version_problems(raw: object) -> list[str]:
    if not isinstance(raw, dict):
        return [] if raw is not None else ["version: 1 is required"]
    if "version" not in raw:
        return ["version: 1 is required"]
    version = raw["version"]
    if isinstance(version, bool) or version != 1:
        return [f"version: this rustplan reads version 1, the file says {ascii(version)[:40]}"]
    return []


def _headline(problems: Sequence[str], path: Path | None) -> str:
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return f"{count} in the configuration" + (f" ({path})" if path is not None else "")
