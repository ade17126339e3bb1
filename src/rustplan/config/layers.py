"""Where settings come from besides the file: RUSTPLAN_* variables, --set, and flags; each value remembers its origin."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from rustplan.config.check import check_value
from rustplan.config.schema import leaf_types
from rustplan.yaml_reader import YamlProblem, read_yaml

PREFIX = "RUSTPLAN_"
OTHER_VARIABLES = frozenset({"RUSTPLAN_BROWSER", "RUSTPLAN_CACHE"})
"""Variables with the prefix that are no settings."""


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A value given on the command line and the flag's name."""

    name: str
    value: Any


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """Checked values by dotted key, the origin of each, and what was wrong."""

    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: tuple[str, ...] = ()


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """Read every RUSTPLAN_* variable; an unknown one is a problem, because a typo in CI is silent otherwise."""
    keys = {variable_name(key): key for key in leaf_types()}
    given: list[tuple[str, str, str]] = []
    problems: list[str] = []
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        if name in keys:
            given.append((keys[name], environ[name], name))
        elif name not in OTHER_VARIABLES:
            close = difflib.get_close_matches(name, keys, n=1)
            problems.append(f"{name}: no such setting" + (f"; did you mean {close[0]}?" if close else ""))
    layer = _text_layer(given)
    return msgspec.structs.replace(layer, problems=(*problems, *layer.problems))


def set_layer(assignments: Sequence[str]) -> Layer:
    """Read `--set key=value` pairs; a later one wins."""
    given: list[tuple[str, str, str]] = []
    problems: list[str] = []
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if equals:
            given.append((key.strip(), text, f"--set {key.strip()}"))
        else:
            problems.append(f"--set {assignment}: write key=value, for example plan.engineers=4")
    layer = _text_layer(given)
    return msgspec.structs.replace(layer, problems=(*problems, *layer.problems))


def flag_layer(flags: Mapping[str, Flag]) -> Layer:
    """Check values that flags carry, by dotted key."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for key, flag in flags.items():
        value, found = check_value(key, flag.value)
        problems.extend(problem.replace(key, flag.name, 1) for problem in found)
        if not found:
            values[key], origins[key] = value, flag.name
    return Layer(values=values, origins=origins, problems=tuple(problems))


def variable_name(key: str) -> str:
    """The environment variable of a dotted key: plan.rust-experience is RUSTPLAN_PLAN_RUST_EXPERIENCE."""
    return PREFIX + key.upper().replace(".", "_").replace("-", "_")


def _text_layer(given: Sequence[tuple[str, str, str]]) -> Layer:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for key, text, origin in given:
        try:
            value, found = check_value(key, _plain_value(key, text))
        except YamlProblem as problem:
            value, found = None, [f"{key}: {problem}"]
        problems.extend(f"{origin}: {problem.removeprefix(f'{key}: ')}" for problem in found)
        if not found:
            values[key], origins[key] = value, origin
    return Layer(values=values, origins=origins, problems=tuple(problems))


def _plain_value(key: str, text: str) -> object:
    """Read a value written as text: YAML, except that text keys keep it and a list may be given as its only item."""
    kind = leaf_types().get(key)
    if kind is None:
        return text
    if _takes(kind, "x"):
        return text
    if _takes(kind, ["x"]) and not text.lstrip().startswith("["):
        return [text]
    return read_yaml(text)


def _takes(kind: Any, sample: object) -> bool:
    try:
        msgspec.convert(sample, kind)
    except msgspec.ValidationError:
        return False
    return True
