"""What a boundary is made of: kinds of crossings, and what each binding tool does with them."""

from __future__ import annotations

from enum import Enum

import msgspec


class CrossingKind(str, Enum):
    """What is special in a crossing; one crossing has one kind or several."""

    FUNCTION = "function"
    """Called with numbers alone, or with what its other kinds say."""
    BUFFER = "buffer"
    """A pointer to bytes or numbers, an array, a buffer of Java."""
    STRUCT_BY_VALUE = "struct-by-value"
    STRUCT_BY_POINTER = "struct-by-pointer"
    """Both sides see the fields: the layout crosses."""
    OPAQUE_POINTER = "opaque-pointer"
    """Only one side sees the fields, or none that was read."""
    GLOBAL = "global"
    CALLBACK = "callback"
    MACRO = "macro"
    """A macro with arguments that is used like a function."""
    INLINE = "inline"
    """A function in a header: it has no symbol to link with."""
    ERRNO = "errno"
    OWNERSHIP = "ownership"
    """Somebody must free, close or keep what crosses."""
    THREAD = "thread"
    VARIADIC = "variadic"
    EXCEPTION = "exception"
    METHOD = "method"
    """A member function: a hidden `this` crosses."""
    CLASS_VALUE = "class-value"
    """A C++ class, container or smart pointer by value."""
    TEMPLATE = "template"
    VIRTUAL = "virtual"
    JAVA_STRING = "java-string"
    JAVA_OBJECT = "java-object"
    UNKNOWN = "unknown"
    """The signature was not read."""


class Aspect(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One kind of a crossing with what makes it so, and the place where that stands ("" and 0: at the crossing itself).

    `is_inferred`: read from a name, a neighbour or a type that was not found, not from the signature.
    """

    kind: CrossingKind
    detail: str = ""
    path: str = ""
    line: int = 0
    is_inferred: bool = False


class Grade(str, Enum):
    """What a tool does with a kind of crossing."""

    YES = "yes"
    WITH_CARE = "with care"
    NO = "no"
    UNKNOWN = "unknown"
    BESIDE = "not its side"
    """The tool is made for another language or the other direction."""


class KindCount(msgspec.Struct, frozen=True, array_like=True):
    """How many crossings of a component have a kind, by direction, and how many of all are inferred or ambiguous."""

    kind: CrossingKind
    inbound: int
    outbound: int
    inferred: int = 0


class HardCase(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A crossing that a tool does not carry, with the kind that is in the way."""

    symbol: str
    kind: CrossingKind
    grade: Grade
    path: str
    line: int
    because: str


class ToolVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one binding tool does with the crossings of a component: how many it carries, and the first of those that it does not.

    `beside` are crossings of the other direction or another language. `source` says where the limits are written.
    """

    tool: str
    yes: int
    with_care: int
    no: int
    unknown: int
    beside: int
    hard: tuple[HardCase, ...] = ()
    source: str = ""
    cells: tuple[tuple[CrossingKind, Grade], ...] = ()
    """For every kind that crosses on its side, the worst grade of a direction in which it crosses."""


class Xray(msgspec.Struct, frozen=True, kw_only=True):
    """Every crossing of a component, counted by kind, and held against every binding tool.

    `cheapest` are the tools (one, or one for each direction) that leave the fewest crossings to hand-written code; `left` is how many
    that is. `hard` are those. `ambiguous` crossings have more than one possible target.
    """

    kinds: tuple[KindCount, ...] = ()
    verdicts: tuple[ToolVerdict, ...] = ()
    cheapest: tuple[str, ...] = ()
    because: str = ""
    left: int = 0
    hard: tuple[HardCase, ...] = ()
    hard_more: int = 0
    advice: tuple[str, ...] = ()
    ambiguous: int = 0
