"""The one door to YAML: safe types only, bounded size, nesting and aliases, no duplicate keys."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1024 * 1024
MAX_ALIASES = 50
MAX_DEPTH = 40


class YamlProblem(ValueError):
    """The text is not acceptable YAML; `line` counts from 1, 0 when unknown."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


_FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FastLoader):  # type: ignore[misc]
    """SafeLoader that refuses a key given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise YamlProblem(f"the key {key_node.value!r} is given twice", line=key_node.start_mark.line + 1)
                seen.add(key_node.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_yaml_file(path: Path) -> object:
    """Read one document from a regular file, never more than the limit, never waiting for a pipe. Raises YamlProblem and OSError."""
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise YamlProblem("not a regular file")
        data = file.read(MAX_BYTES + 1)
    return read_yaml(data)


def read_yaml(text: str | bytes) -> object:
    """Return the plain value of one YAML document. Raises YamlProblem; never builds anything but plain values."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise YamlProblem(f"larger than {MAX_BYTES} bytes")
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise YamlProblem(f"not UTF-8 at byte {error.start}") from None
    try:
        _check_shape(decoded)
        return yaml.load(decoded, Loader=_Loader)  # noqa: S506 - _Loader derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(str(error.problem or error.context), line=mark.line + 1 if mark else 0) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, YamlProblem):
            raise
        raise YamlProblem(f"not valid YAML: {type(error).__name__}") from None


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_shape(text: str) -> None:
    """Walk the events before anything is built: an alias bomb or a deep nest ends here."""
    aliases = depth = 0
    for event in yaml.parse(text, Loader=_FastLoader):
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
            if aliases > MAX_ALIASES:
                raise YamlProblem(f"more than {MAX_ALIASES} aliases", line=_line(event))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlProblem(f"nested deeper than {MAX_DEPTH}", line=_line(event))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1


def _line(event: yaml.Event) -> int:
    """Line of an event, counting from 1; 0 when the parser gives none."""
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 0
