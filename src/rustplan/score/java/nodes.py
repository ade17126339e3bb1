"""What the class hierarchy is made of: types, classes, and the functions and initialisers that calls may run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from rustplan.model.facts import Function, JavaCall

OUTSIDE = "~"
"""What the name of a class from outside begins with."""

OPAQUE = "~"
"""Some type from outside; which one is not known."""


@dataclass(slots=True)
class Type:
    """A resolved type. `arguments` are as written in file `file`; `dimensions` counts the array brackets."""

    name: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0
    file: int = 0


@dataclass(slots=True)
class ClassInfo:
    """One class of the repository."""

    name: str
    file: int
    kind: str
    written_supertypes: tuple[str, ...]
    outer: str
    is_abstract: bool
    function: int
    parameters: dict[str, str]
    is_anonymous: bool
    supertypes: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    instance_fields: int = 0
    methods: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Node:
    """One function, or one of the two initialisers of a class that no function stands for (`function` -1)."""

    name: str
    class_name: str
    plain_name: str
    file: int
    function: int
    line: int
    arity: int
    is_variadic: bool
    declared: Function | None = None
    calls: list[int] = field(default_factory=list)
    more_calls: list[JavaCall] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    has_explicit: bool = False
    always_throws: bool = False
    is_endless: bool = False
