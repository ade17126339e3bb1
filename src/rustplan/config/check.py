"""From a plain mapping to checked values: every problem at once, each with its key path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

import msgspec

from rustplan.catalog import load_anchors
from rustplan.catalog.overrides import effort_problems, replacement_problems, weight_problems
from rustplan.config.schema import ConfigFile, is_section, leaf_types
from rustplan.errors import ConfigError
from rustplan.gate import parse_expression
from rustplan.model.options import ScoreOptions
from rustplan.path_regex import PATH_REGEX, InvalidPathRegex, PathRegex

_TYPE_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
    "date": "a date (quote it to make it text)",
    "datetime": "a date and time (quote it to make it text)",
}
_PLACEHOLDERS = {"repo", "commit", "path", "line"}


def check_mapping(raw: object) -> tuple[dict[str, Any], list[str]]:
    """Return the values by dotted key and all problems. `version` is the caller's business."""
    if raw is None:
        return {}, []
    if not isinstance(raw, dict):
        return {}, [f"the file holds {_kind(raw)}, not a mapping of keys to values"]
    values: dict[str, Any] = {}
    problems: list[str] = []
    _check_section(raw, ConfigFile, "", values, problems)
    return values, problems


def check_value(key: str, value: object) -> tuple[Any, list[str]]:
    """Return the checked value of one dotted key and its problems. An unknown key is a problem, too."""
    types = leaf_types()
    if key not in types:
        return None, [_unknown(key)]
    return _check_leaf(key, value, types[key])


def _check_section(
    raw: Mapping[Any, Any], section: type[msgspec.Struct], prefix: str, values: dict[str, Any], problems: list[str]
) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(section)}
    for name, value in raw.items():
        key = f"{prefix}{name}"
        if key == "version":
            continue
        if name not in fields:
            problems.append(_unknown(key))
        elif is_section(fields[name]):
            if isinstance(value, dict):
                _check_section(value, fields[name], f"{key}.", values, problems)
            elif value is not None:
                problems.append(f"{key}: expected a mapping, got {_kind(value)}")
        else:
            checked, found = _check_leaf(key, value, fields[name])
            problems.extend(found)
            if not found:
                values[key] = checked


def _check_leaf(key: str, value: object, kind: Any) -> tuple[Any, list[str]]:
    try:
        checked = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return None, list(_pinpoint(key, value, kind, error))
    return checked, list(_meaning(key, checked))


def _pinpoint(key: str, value: object, kind: Any, error: msgspec.ValidationError) -> Iterable[str]:
    """Name every wrong item of a list or mapping, not only the first."""
    found: list[str] = []
    if isinstance(value, (list, dict)) and _problem(type(value)(), kind):
        return [
            f"{key}: {_allowed(kind) or _words(error, value)}"
        ]  # no list or mapping at all: its items are not to blame
    if isinstance(value, list):
        for position, item in enumerate(value):
            if problem := _problem([item], kind):
                found.append(f"{key}[{position}]: {_words(problem, item)}")
    elif isinstance(value, dict):
        for name, item in value.items():
            if problem := _problem({name: item}, kind):
                found.append(f"{key}.{name}: {_words(problem, item)}")
    return found or [f"{key}: {_allowed(kind) or _words(error, value)}"]


def _problem(value: object, kind: Any) -> msgspec.ValidationError | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return error
    return None


def _words(error: msgspec.ValidationError, value: object) -> str:
    """Say a decoder's complaint in the words of the file."""
    text = re.sub(r" - at `.*?`$", "", str(error))
    if "matching regex" in text:
        text = (
            ("expected YYYY-MM-DD" if "{2}-" in text else "expected YYYY-MM")
            if "[0-9]{4}" in text
            else "expected an address that starts with https://"
        )
    text = re.sub(r"`([^`]*)`", lambda match: _type_words(match.group(1)), text)
    text = text[:1].lower() + text[1:]
    text = re.sub(r", got .*$", "", text)
    example = "" if isinstance(value, (dict, list)) or value is None else f" {_short(value)}"
    return f"{text}, got {_kind(value)}{example}"


def _type_words(types: str) -> str:
    return " or ".join(_TYPE_WORDS.get(name.strip(), name.strip()) for name in types.split("|"))


def _allowed(kind: Any) -> str | None:
    """List the legal words of a closed set."""
    literal = next((part for part in (kind, *get_args(kind)) if get_origin(part) is Literal), None)
    return None if literal is None else f"expected one of {', '.join(map(str, get_args(literal)))}"


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    return "nothing" if value is None else names.get(type(value), f"a {type(value).__name__}")


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _meaning(key: str, value: Any) -> Iterable[str]:
    """Checks that a type cannot express."""
    if key in {"include", "exclude"}:
        yield from (f"{key}[{position}]: {problem}" for position, glob in enumerate(value) for problem in _glob(glob))
    elif key == "components":
        yield from _component_names(value)
    elif key == "policy":
        yield from (
            f"policy.{name}.from: {_short(one.since)} is no day"
            for name, one in value.items()
            if not _is_day(one.since)
        )
    elif key == "report.source-url" and value is not None:
        unknown = sorted(set(re.findall(r"\{([^{}]*)\}", value)) - _PLACEHOLDERS)
        yield from (
            f"{key}: there is no placeholder {{{name}}}; use {{repo}} {{commit}} {{path}} {{line}}" for name in unknown
        )
    elif key == "plan.effort":
        yield from (f"plan.effort: {problem}" for problem in effort_problems(value))
    elif key == "plan.replacements":
        yield from (f"plan.replacements: {problem}" for problem in replacement_problems(value))
    elif key == "score.exponents":
        yield from weight_problems(ScoreOptions(exponents=value), load_anchors())
    elif key == "score.weights":
        yield from weight_problems(ScoreOptions(weights=value), load_anchors())
    elif key == "gate.fail-on":
        for position, text in enumerate(value):
            try:
                parse_expression(text)
            except ConfigError as error:
                yield f"{key}[{position}]: {error.message}" + (f" ({error.hint})" if error.hint else "")


def _is_day(text: str) -> bool:
    try:
        return not text or date.fromisoformat(text) is not None
    except ValueError:
        return False


def _component_names(components: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    for name, globs in components.items():
        if not name.strip() or len(name) > 200:
            yield f"components: {_short(name)} is no name for a component (1 to 200 characters)"
        for position, glob in enumerate(globs):
            problems = _expression(glob) if glob.startswith(PATH_REGEX) else _glob(glob)
            yield from (f"components.{name}[{position}]: {problem}" for problem in problems)


def _expression(text: str) -> Iterable[str]:
    try:
        PathRegex(text.removeprefix(PATH_REGEX).strip())
    except InvalidPathRegex as error:
        yield f"{_short(text)} is no expression for paths: {error}"


def _glob(glob: str) -> Iterable[str]:
    if ".." in re.split(r"[/\\]", glob):
        yield f"{_short(glob)} leaves the scanned folder; globs stay inside it"
    if "\0" in glob or "\n" in glob:
        yield f"{_short(glob)} holds a control character"


def _unknown(key: str) -> str:
    keys = list(leaf_types())
    last = key.rsplit(".", 1)[-1]
    by_last = [known for known in keys if known.rsplit(".", 1)[-1] == last.replace("_", "-")]
    close = by_last or difflib.get_close_matches(key.replace("_", "-"), [*keys, *_sections()], n=1, cutoff=0.6)
    return f"{key}: unknown key" + (f"; did you mean {close[0]}?" if close else "; see: rustplan config schema")


def _sections() -> list[str]:
    return sorted({key.split(".", 1)[0] for key in leaf_types() if "." in key})
