"""A rule as written: the keys of its YAML file, decoded strictly, every problem of the file named at once."""

from __future__ import annotations

import difflib
from enum import Enum
from functools import cache
from typing import Any, get_args

import msgspec

from rustplan.flow.models import Allocation, Format, FunctionModel, Read, Reallocation, Release, Returned, Write
from rustplan.model.finding import AllocationCost, Confidence, Kind, RustEffect, Severity, Track
from rustplan.model.source import Language


class Trigger(str, Enum):
    """A situation in which garbage hurts: what a rule of the latency track matters to."""

    LOW_LATENCY_PIPELINE = "low-latency-pipeline"
    CONSTRAINED_MEMORY = "constrained-memory"
    SHARED_MEMORY_IPC = "shared-memory-ipc"
    NO_PAUSE = "no-pause"


class TypeTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the declared type of a local name, in Java of an expression, must be; what is unknown meets nothing but `known: false`."""

    pointer: bool | None = None
    array: bool | None = None
    parameter: bool | None = None
    static: bool | None = None
    known: bool | None = None
    matches: str = ""
    not_matches: str = ""


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many."""

    at_least: int = 0
    at_most: int | None = None


class Where(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one capture must be. Every key given must hold."""

    capture: str = "finding"
    in_: tuple[str, ...] = msgspec.field(default=(), name="in")
    not_in: tuple[str, ...] = ()
    matches: str = ""
    not_matches: str = ""
    is_: tuple[str, ...] = msgspec.field(default=(), name="is")
    is_not: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    not_inside: tuple[str, ...] = ()
    same_as: str = ""
    not_same_as: str = ""
    type: TypeTest | None = None
    tested: bool | None = None
    defined_here: bool | None = None


class Matcher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to find places: exactly one of `call`, `new`, `query`, `fact`, `word`, `flow`, narrowed by the rest.

    With `file` it looks into files that are no source text, by `line` or `word`, or is about the file itself.
    """

    call: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    query: str = ""
    fact: str = ""
    word: tuple[str, ...] = ()
    flow: str = ""
    file: tuple[str, ...] = ()
    line: str = ""
    languages: tuple[Language, ...] = ()
    arguments: Count | None = None
    where: tuple[Where, ...] = ()
    check: str = ""
    weight: float | None = None
    confidence: Confidence | None = None
    severity: Severity | None = None
    cost: AllocationCost | None = None
    cwe: int | None = None
    message: str = ""


class FiringExample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Code the rule must find, on exactly these lines (counted from 1)."""

    name: str
    language: Language
    code: str
    lines: tuple[int, ...]
    path: str = ""


class QuietExample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Code the rule must leave alone."""

    name: str
    language: Language
    code: str
    path: str = ""


class Examples(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule's own tests."""

    fires: tuple[FiringExample, ...] = ()
    quiet: tuple[QuietExample, ...] = ()

    @property
    def all(self) -> tuple[FiringExample | QuietExample, ...]:
        """Both kinds, the firing ones first."""
        return (*self.fires, *self.quiet)


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to read more."""

    title: str
    url: str = ""


class RuleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a rule file."""

    id: str
    kind: Kind
    title: str
    languages: tuple[Language, ...]
    message: str
    definition: str
    why: str
    in_rust: str
    rust_effect: RustEffect
    match: tuple[Matcher, ...]
    examples: Examples
    rust_code: str = ""
    tracks: tuple[Track, ...] = (Track.MEMORY_SAFETY,)
    cwe: tuple[int, ...] = ()
    cert: tuple[str, ...] = ()
    severity: Severity | None = None
    confidence: Confidence = Confidence.MEDIUM
    weight: float = 0.0
    cost: AllocationCost | None = None
    triggers: tuple[Trigger, ...] = ()
    limits: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


def decode_rule(value: object) -> tuple[RuleText | None, tuple[str, ...]]:
    """Return the rule and no problems, or None and all of them."""
    if not isinstance(value, dict):
        return None, ("a rule file holds one mapping of keys; see docs/reference/rule-format.md",)
    problems = _problems_of_keys(value, RuleText, "")
    if problems:
        return None, tuple(problems)
    return msgspec.convert(value, RuleText), ()


_NESTED: dict[str, type[msgspec.Struct]] = {
    "match": Matcher,
    "where": Where,
    "type": TypeTest,
    "arguments": Count,
    "examples": Examples,
    "fires": FiringExample,
    "quiet": QuietExample,
    "references": Reference,
    "cost": AllocationCost,
    "functions": FunctionModel,
    "allocates": Allocation,
    "reallocates": Reallocation,
    "releases": Release,
    "writes": Write,
    "reads": Read,
    "returns": Returned,
    "format": Format,
}


def problems_of_keys(value: dict[Any, Any], shape: type[msgspec.Struct], place: str) -> list[str]:
    """Every unknown, missing or mistyped key of a mapping and of those inside it. `place` stands before each."""
    return _problems_of_keys(value, shape, place)


def _problems_of_keys(value: dict[Any, Any], shape: type[msgspec.Struct], place: str) -> list[str]:
    """Unknown, missing and mistyped keys of one mapping and of those inside it. `place` is the key path so far."""
    fields = _fields_of(shape)
    problems = []
    for key in value:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; the keys are {', '.join(fields)}"
            problems.append(f"{place}unknown key {key!r}{hint}")
    for name, field in fields.items():
        if name not in value:
            if field.required:
                problems.append(f"{place}the key {name!r} is missing")
        else:
            problems += _problems_of_value(value[name], field, f"{place}{name}")
    return problems


@cache
def _fields_of(shape: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(shape)}


def _problems_of_value(value: object, field: msgspec.structs.FieldInfo, place: str) -> list[str]:
    shape = _NESTED.get(field.encode_name)
    if shape is not None and isinstance(value, dict) and not str(field.type).startswith("tuple"):
        return _problems_of_keys(value, shape, f"{place}.")
    if shape is not None and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return [
            problem
            for number, item in enumerate(value, start=1)
            for problem in _problems_of_keys(item, shape, f"{place}[{number}].")
        ]
    try:
        msgspec.convert(value, field.type)
    except (msgspec.ValidationError, ValueError) as error:
        return [
            f"{place}: {str(error)[:1].lower()}{str(error)[1:]}".replace(" - at `$`", "") + _legal(field.type, error)
        ]
    return []


def _legal(kind: Any, error: Exception) -> str:
    """The words of a closed set, after a complaint about a word that is none of them."""
    if "enum value" not in str(error):
        return ""
    words = next((part for part in (kind, *get_args(kind)) if isinstance(part, type) and issubclass(part, Enum)), None)
    return "" if words is None else f"; the words are {', '.join(str(member.value) for member in words)}"
