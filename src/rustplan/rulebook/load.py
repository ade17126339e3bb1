"""Reads rule folders. Data only: nothing of a folder is imported or run, and every problem of every file is told at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rustplan.errors import RuleError
from rustplan.flow.models import FunctionModel
from rustplan.resources import folder
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.function_models import MODELS, decode_models, names_given_twice
from rustplan.rulebook.rule import Rule, Rulebook, bind
from rustplan.rulebook.written import decode_rule
from rustplan.yaml_reader import YamlProblem, read_yaml, read_yaml_file

if TYPE_CHECKING:
    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

    _Entry = tuple[str, Path | Traversable]

MAX_FILES = 2000
MAX_DEPTH = 8


def load_rules(*folders: Path | Traversable) -> Rulebook:
    """Read every `.yaml` file below the folders (the shipped rules when none is given), check all, and bind them.

    What lies below `models/` of a folder are models of functions; those of a later folder win. A file that two of the folders reach is read once, so a checkout may name its own `rules` folder.
    Raises RuleError with every problem of every file.
    """
    rules: list[Rule] = []
    models: list[FunctionModel] = []
    problems: list[str] = []
    shipped = folder("rules")
    seen: set[str] = set()
    for root in folders or (shipped,):
        if not root.is_dir():
            problems.append(f"{root}: there is no such folder")
            continue
        for file, entry in _new(_files(root, root.name or "rules", 0, skip=MODELS), seen):
            rule, found = _read(file, entry, is_shipped=root == shipped)
            problems += found
            rules += [rule] if rule is not None else []
        own, found = _models_of(root, seen)
        models += own
        problems += found
    problems += _duplicates(rules)
    _refuse(problems)
    return bind(tuple(rules), tuple(models))


def shipped_texts() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every shipped file of rules and of models: all that a rulebook of the shipped rules is made from."""
    for name, entry in _files(folder("rules"), "rules", 0):
        yield name, entry.read_bytes()


def load_models(*folders: Path | Traversable) -> tuple[FunctionModel, ...]:
    """Read the models of functions alone, from `models/` of the folders (the shipped rules when none is given); later ones win.

    Raises RuleError with every problem of every file.
    """
    models: list[FunctionModel] = []
    problems: list[str] = []
    seen: set[str] = set()
    for root in folders or (folder("rules"),):
        if not root.is_dir():
            problems.append(f"{root}: there is no such folder")
        own, found = _models_of(root, seen)
        models += own
        problems += found
    _refuse(problems)
    return tuple(models)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise RuleError(
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in the rules",
            problems=tuple(sorted(problems)),
            hint="docs/reference/rule-format.md lists every key and matcher",
        )


def _new(files: Iterator[_Entry], seen: set[str]) -> Iterator[_Entry]:
    """Leave out what was read before under another name."""
    for file, entry in files:
        place = os.path.realpath(entry) if isinstance(entry, Path) else str(entry)
        if place not in seen:
            seen.add(place)
            yield file, entry


def _files(root: Path | Traversable, name: str, depth: int, skip: str = "") -> Iterator[_Entry]:
    """Yield (name for messages, file), sorted by name; deeper than MAX_DEPTH nothing is read, so link loops end.

    `skip` names a folder directly below that is left out.
    """
    if depth > MAX_DEPTH:
        return
    try:
        entries = sorted(root.iterdir(), key=lambda entry: entry.name)[:MAX_FILES]
    except OSError:
        entries = []
    for entry in entries:
        if skip and entry.name == skip:
            continue
        if entry.is_dir():
            yield from _files(entry, f"{name}/{entry.name}", depth + 1)
        elif entry.name.endswith((".yaml", ".yml")):
            yield f"{name}/{entry.name}", entry


def _models_of(root: Path | Traversable, seen: set[str]) -> tuple[list[FunctionModel], list[str]]:
    """The models of one rules folder, in the order of their files; none may model what another does."""
    inside = root.joinpath(MODELS)
    read: list[tuple[str, tuple[FunctionModel, ...]]] = []
    problems: list[str] = []
    if inside.is_dir():
        for file, entry in _new(_files(inside, f"{root.name or 'rules'}/{MODELS}", 0), seen):
            value, problem = _value(file, entry)
            if problem:
                problems.append(problem)
                continue
            models, found = decode_models(value)
            problems += [f"{file}: {each}" for each in found]
            read.append((file, models))
    problems += names_given_twice(read)
    return [model for _, models in read for model in models], problems


def _value(file: str, entry: Path | Traversable) -> tuple[object, str]:
    """What a file holds, or why it cannot be read."""
    try:
        return (read_yaml_file(entry) if isinstance(entry, Path) else read_yaml(entry.read_bytes())), ""
    except YamlProblem as error:
        return None, f"{file}: {error}"
    except OSError as error:
        return None, f"{file}: cannot be read ({error.strerror})"


def _read(file: str, entry: Path | Traversable, *, is_shipped: bool) -> tuple[Rule | None, list[str]]:
    value, problem = _value(file, entry)
    if problem:
        return None, [problem]
    text, problems = decode_rule(value)
    if text is None:
        return None, [f"{file}: {problem}" for problem in problems]
    rule = Rule(**msgspec.structs.asdict(text), file=file)
    found = problems_of(rule, with_queries=not is_shipped)  # the project's own tests compile every shipped query
    return (rule, []) if not found else (None, [f"{file}: {problem}" for problem in found])


def _duplicates(rules: list[Rule]) -> Iterator[str]:
    first: dict[str, Rule] = {}
    for rule in rules:
        holder = first.setdefault(rule.id, rule)
        if holder is not rule:
            yield f"{rule.file}: the id {rule.id!r} is taken by {holder.file}; rename the file and its id"
