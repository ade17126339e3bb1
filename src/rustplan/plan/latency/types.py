"""How well a Java type crosses a language boundary, read from the type as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog.crossings import Payload
from rustplan.model.scan import FileScan
from rustplan.model.source import Language

PRIMITIVES = frozenset({"boolean", "byte", "short", "char", "int", "long", "float", "double", "void"})
BOXES = frozenset({"Boolean", "Byte", "Short", "Character", "Integer", "Long", "Float", "Double"})
BUFFERS = frozenset(
    {"ByteBuffer", "MappedByteBuffer", "LongBuffer", "IntBuffer", "DoubleBuffer", "MemorySegment", "DirectBuffer", "MutableDirectBuffer",
     "AtomicBuffer", "UnsafeBuffer", "ByteBuf"}
)  # fmt: skip
TEXTS = frozenset({"String", "CharSequence", "StringBuilder"})
CONTAINERS = re.compile(
    r"(?:[A-Z]\w*)?(?:List|Map|Set|Collection|Queue|Deque|Iterable|Iterator|Vector|Stack|Optional)(?:Builder)?|Map\.Entry|Entry"
)
FUNCTIONS = re.compile(
    r"Runnable|Callable|Stream|\w{0,40}(?:Function|Consumer|Supplier|Predicate|Operator|Callback|Listener|Comparator|Stream)|Comparator"
)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]?")
_DROPPED = re.compile(r"@\s*[\w.]+(?:\([^()]{0,100}\))?|\bfinal\b")
_MOST_FIELDS = 8
_LONGEST = 400

GRAPH, OPAQUE, VALUES, TEXT, ARRAY, ENUM, PLAIN = 0.2, 0.05, 0.5, 0.5, 0.85, 0.9, 1.0
RETURNED_COPY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeNames:
    """Simple names of the repository's types that cross better than an object graph does."""

    enums: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    """Classes with at most eight fields, all of them primitive."""


def type_names(files: Iterable[FileScan]) -> TypeNames:
    """Collect enums and classes of plain numbers from the Java files."""
    enums: set[str] = set()
    fields: dict[str, list[str]] = {}
    for file in files:
        if file.facts.language is not Language.JAVA:
            continue
        enums.update(_last(declared.name) for declared in file.facts.types if declared.kind == "enum")
        for field in file.facts.java.fields:
            if not field.is_static:
                fields.setdefault(_last(field.owner), []).append(field.type)
    return TypeNames(enums=frozenset(enums), values=frozenset(_plain_classes(fields)))


def _plain_classes(fields: Mapping[str, Sequence[str]]) -> Iterable[str]:
    for name, types in fields.items():
        if len(types) <= _MOST_FIELDS and all(text in PRIMITIVES for text in types):
            yield name


def base_of(written: str) -> str:
    """Return the simple name of a type as written, arrays as `T[]`: `java.util.List<String>` -> `List`, `byte...` -> `byte[]`."""
    text = _DROPPED.sub(" ", written[:_LONGEST]).replace("...", "[]")
    dimensions = text.count("[") if "<" not in text else text.rpartition(">")[2].count("[")
    head = text.partition("<")[0].partition("[")[0].strip()
    return _last(head) + "[]" * min(dimensions, 3)


def crosses(written: str, names: TypeNames) -> float:
    """Return 0-1: how well a parameter of that type crosses."""
    base = base_of(written)
    element = base.removesuffix("[]")
    if base in PRIMITIVES or base in BUFFERS:
        return PLAIN
    if base.endswith("[]"):
        return ARRAY if element in PRIMITIVES else GRAPH
    if base in TEXTS or base in BOXES or base in names.values:
        return VALUES
    if base in names.enums:
        return ENUM
    return OPAQUE if is_opaque(base) else GRAPH


def returns(written: str, names: TypeNames) -> float:
    """Return 0-1: how little the Java side must make of a result of that type; "" is a constructor, whose result is the object."""
    if not written:
        return GRAPH
    base = base_of(written)
    if base in PRIMITIVES:
        return PLAIN
    if base in names.enums:
        return ENUM
    is_copy = base in TEXTS or base in BOXES or base in BUFFERS or (base.endswith("[]") and base[:-2] in PRIMITIVES)
    return RETURNED_COPY if is_copy else GRAPH


def is_opaque(base: str) -> bool:
    """True for what native code cannot look into: lambdas, streams, type variables, `Object`."""
    return base in ("Object", "?") or bool(_VARIABLE.fullmatch(base)) or bool(FUNCTIONS.fullmatch(base))


def is_container(base: str) -> bool:
    """True for collections and their like."""
    return bool(CONTAINERS.fullmatch(base))


def takes_many(written: str) -> bool:
    """True for types that can hold a batch."""
    base = base_of(written)
    return base.endswith("[]") or base in BUFFERS or is_container(base)


def payload_of(written: str) -> Payload:
    """Return what a value of that type costs at the boundary; an object costs at least one call back for what it holds."""
    base = base_of(written)
    if base in PRIMITIVES or base in BOXES or not base:
        return "none"
    if base in BUFFERS:
        return "direct-buffer"
    if base in TEXTS:
        return "string"
    return "array-copy" if base.endswith("[]") and base[:-2] in PRIMITIVES else "upcall"


def _last(name: str) -> str:
    return name.rpartition(".")[2].rpartition("$")[2].strip()
