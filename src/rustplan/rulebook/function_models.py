"""Models of library functions as written in `models/` of a rules folder: decoded strictly, every problem of a file named at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from rustplan.flow.models import FunctionModel, ModelFile
from rustplan.rulebook.written import problems_of_keys

MODELS = "models"
"""The folder of a rules folder that holds them."""

MAX_ARGUMENT = 16
MAX_FUNCTIONS = 3000
MAX_NAMES = 300
MAX_PROBLEMS = 200
_MAX_NUMBER = 1 << 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_SHORTEST_BEGINNING = 3
_UNITS = (1, 2, 4, 8)
_NUMBERS = frozenset(("least", "most", "fails_with", "succeeds_with", "unit"))
_KINDS_OF_RESULT = (
    "argument",
    "within",
    "length_of",
    "number_in",
    "value_of",
    "input",
    "random",
    "string_from_input",
    "absolute_of",
    "root_of",
)


def decode_models(value: object) -> tuple[tuple[FunctionModel, ...], tuple[str, ...]]:
    """Return the models of one file and no problems, or none and all problems."""
    if not isinstance(value, dict):
        return (), ("a file of models holds one mapping of keys; see docs/reference/rule-format.md",)
    try:
        return _checked(msgspec.convert(value, ModelFile).functions)
    except (msgspec.ValidationError, ValueError):
        return (), _problems_of_file(value)


def _checked(models: tuple[FunctionModel, ...]) -> tuple[tuple[FunctionModel, ...], tuple[str, ...]]:
    """Models whose keys are right, and what they must not say all the same."""
    if len(models) > MAX_FUNCTIONS:
        return (), (f"functions: more than {MAX_FUNCTIONS} entries; make two files of them",)
    problems = tuple(
        f"functions[{number}]{_called(model.names)}: {problem}"
        for number, model in enumerate(models, start=1)
        for problem in _of_model(model)
    )
    return ((), problems) if problems else (models, ())


def _problems_of_file(value: dict[Any, Any]) -> tuple[str, ...]:
    """Why a file is not what `ModelFile` says, in words."""
    entries = value.get("functions", [])
    problems = problems_of_keys({key: value[key] for key in value if key != "functions"}, ModelFile, "")
    if not isinstance(entries, list):
        return (*problems, "functions: expected a list of mappings")
    for number, entry in enumerate(entries[:MAX_FUNCTIONS], start=1):
        if not isinstance(entry, dict):
            problems.append(f"functions[{number}]: expected a mapping of keys")
            continue
        place = f"functions[{number}]{_called(entry.get('names'))}: "
        found = problems_of_keys(entry, FunctionModel, place)
        if not found:
            found = [f"{place}{problem}" for problem in _of_model(msgspec.convert(entry, FunctionModel))]
        problems += found
    return tuple(problems[:MAX_PROBLEMS])


def names_given_twice(files: Iterable[tuple[str, tuple[FunctionModel, ...]]]) -> Iterator[str]:
    """Names that two models of one folder claim. `files` are names for messages and what they hold."""
    first: dict[str, str] = {}
    for file, models in files:
        for number, model in enumerate(models, start=1):
            for name in model.names:
                place = f"{file}: functions[{number}]"
                holder = first.setdefault(name, place)
                if holder != place:
                    yield f"{place}: {name!r} is modelled in {holder} already"


def _called(names: object) -> str:
    """The first name of an entry, for messages."""
    first = names[0] if isinstance(names, (list, tuple)) and names else ""
    return f" ({first})" if isinstance(first, str) and _NAME.fullmatch(first.rstrip("*")) else ""


def _of_model(model: FunctionModel) -> Iterator[str]:
    if not model.names:
        yield "names is empty"
    if len(model.names) > MAX_NAMES:
        yield f"more than {MAX_NAMES} names; make two entries of them"
    for name in model.names:
        bare = name.removesuffix("*")
        if not _NAME.fullmatch(bare):
            yield f"names: {name[:120]!r} is no name of a C function, with * at its end at most"
        elif bare != name and len(bare) < _SHORTEST_BEGINNING:
            yield f"names: {name!r} is too short a beginning; give at least {_SHORTEST_BEGINNING} characters"
    if len(set(model.names)) < len(model.names):
        yield "names: a name is given twice"
    if model.unit not in _UNITS:
        yield f"unit is {_shown(model.unit)}; it is one of {', '.join(map(str, _UNITS))}"
    yield from _of_numbers(model, "")
    if model.allocates is not None and model.reallocates is not None:
        yield "it allocates or reallocates, not both"
    if model.asserts and model.asserts_not:
        yield "asserts and asserts_not exclude each other"
    yield from _of_parts(model)


def _of_parts(model: FunctionModel) -> Iterator[str]:
    """What the keys of one mapping must not say together."""
    for number, write in enumerate(model.writes, start=1):
        place = f"writes[{number}]"
        if (write.copy_of or write.string_of) and (write.input or write.fill or write.zeroes):
            yield f"{place}: a copy is neither input nor filled with one byte"
        if write.pads and not write.at_most:
            yield f"{place}: pads needs at_most"
        if write.beyond and not (write.append and write.at_most):
            yield f"{place}: beyond goes with append and at_most"
    for number, read in enumerate(model.reads, start=1):
        if read.bytes and read.string:
            yield f"reads[{number}]: it is so many bytes or a string, not both; a string may have at_most"
        if read.at_most and not read.string:
            yield f"reads[{number}]: at_most goes with string"
    if model.returns is not None:
        given = [key for key in _KINDS_OF_RESULT if getattr(model.returns, key)]
        if len(given) > 1:
            yield f"returns: {' and '.join(given)} exclude each other"
        if (
            model.returns.least is not None
            and model.returns.most is not None
            and model.returns.least > model.returns.most
        ):
            yield "returns: least is more than most"
    allocation = model.allocates
    if allocation is not None:
        if allocation.bytes and allocation.copy_of:
            yield "allocates: its size is bytes or that of the copy, not both; a copy may have at_most"
        if allocation.at_most and not allocation.copy_of:
            yield "allocates: at_most goes with copy_of"
    if model.format is not None and model.format.style == "scanf" and (model.format.into or model.format.limit):
        yield "format: into and limit go with printf"
    if model.format is not None and model.format.limit and not model.format.into:
        yield "format: limit goes with into"


def _of_numbers(part: msgspec.Struct, place: str) -> Iterator[str]:
    """Every argument number of a mapping and of those inside it lies between 1 and MAX_ARGUMENT, or is left out."""
    optional = _optional(type(part))
    for name in part.__struct_fields__:
        value: Any = getattr(part, name)
        where = f"{place}{name}"
        if isinstance(value, msgspec.Struct):
            yield from _of_numbers(value, f"{where}.")
        elif isinstance(value, tuple):
            for number, item in enumerate(value, start=1):
                if isinstance(item, msgspec.Struct):
                    yield from _of_numbers(item, f"{where}[{number}].")
                elif type(item) is int and not 1 <= item <= MAX_ARGUMENT:
                    yield f"{where}: {_shown(item)} is no argument; they count from 1 to {MAX_ARGUMENT}"
        elif type(value) is int and name in _NUMBERS:
            if abs(value) > _MAX_NUMBER:
                yield f"{where}: the number is too large"
        elif type(value) is int and not 1 <= value <= MAX_ARGUMENT and not (value == 0 and name in optional):
            yield f"{where}: {_shown(value)} is no argument; they count from 1 to {MAX_ARGUMENT}"


@cache
def _optional(shape: type[msgspec.Struct]) -> frozenset[str]:
    """The keys that may be left out."""
    return frozenset(field.name for field in msgspec.structs.fields(shape) if not field.required)


def _shown(value: int) -> str:
    """A number for a message, however large."""
    return str(value) if abs(value) <= _MAX_NUMBER else "a huge number"
