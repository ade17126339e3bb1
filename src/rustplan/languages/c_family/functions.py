"""Function definitions of C and C++: names with their scopes, signatures, linkage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rustplan.languages.base import ByteSpan, Made, Matches, Prepared
from rustplan.languages.c_family.declarators import (
    FunctionDeclarator,
    fold,
    function_declarator,
    parameters_of,
    without_storage,
    without_template_arguments,
)
from rustplan.languages.c_family.heads import made_name, written
from rustplan.languages.regions import Regions
from rustplan.languages.text import Lines
from rustplan.model.facts import Function, FunctionKind
from rustplan.model.source import Language
from rustplan.syntax import Node

C_KEYWORDS = frozenset(
    {
        "if",
        "else",
        "for",
        "while",
        "do",
        "switch",
        "case",
        "return",
        "sizeof",
        "goto",
        "break",
        "continue",
        "default",
        "defined",
        "asm",
    }
    | {
        "struct",
        "union",
        "enum",
        "typedef",
        "const",
        "static",
        "extern",
        "void",
        "int",
        "char",
        "long",
        "short",
        "unsigned",
        "typeof",
    }
)
CPP_KEYWORDS = C_KEYWORDS | frozenset(
    {
        "catch",
        "try",
        "throw",
        "new",
        "delete",
        "alignof",
        "decltype",
        "static_assert",
        "using",
        "namespace",
        "template",
        "typename",
        "class",
    }
)


def keywords_of(language: Language) -> frozenset[str]:
    """Words that name no function: code that seems to define or call them was not understood."""
    return CPP_KEYWORDS if language is Language.CPP else C_KEYWORDS


@dataclass(frozen=True, slots=True)
class Found:
    """A function definition that was recognised, before it is described."""

    node: Node
    start: int
    end: int
    body: int
    declarator: FunctionDeclarator


@dataclass(frozen=True, slots=True)
class Scope:
    """A namespace, class, template or `extern "C"` block around functions. An empty namespace name is an anonymous one."""

    start: int
    end: int
    kind: str
    name: str


def find_functions(matches: Matches, view: bytes, keywords: frozenset[str]) -> tuple[list[Found], list[ByteSpan]]:
    """Functions sorted by place, and the spans of what the grammar took for a function but is none: unknown code."""
    found = []
    phantoms = []
    for captures in matches.get("facts.function", ()):
        node = captures["function"][0]
        declarator = function_declarator(captures["declarator"][0]) or _macro_call(node)
        start, end = node.start_byte, node.end_byte
        if declarator is None or _text(declarator.name, view) in keywords:
            phantoms.append((start, captures["body"][0].start_byte))
        else:
            found.append(Found(node, start, end, captures["body"][0].start_byte, declarator))
    found.sort(key=lambda one: (one.start, -one.end))
    return found, phantoms


def _macro_call(definition: Node) -> FunctionDeclarator | None:
    """`MACRO(name) {` is read as a type with a name in parentheses: the function that the macro makes."""
    word, group = definition.child_by_field_name("type"), definition.child_by_field_name("declarator")
    if word is None or group is None or (word.type, group.type) != ("type_identifier", "parenthesized_declarator"):
        return None
    return FunctionDeclarator(word, group, None)


def _text(node: Node, view: bytes) -> str:
    return view[node.start_byte : node.end_byte].decode("utf-8", "replace")


def describe_functions(
    found: Sequence[Found],
    scopes: Sequence[Scope],
    *,
    prepared: Prepared,
    view: bytes,
    lines: Lines,
    regions: Regions,
    branches: Sequence[int],
) -> tuple[Function, ...]:
    """Turn definitions into facts; `branches` are the decisions of each function."""
    namespaces = {scope.name for scope in scopes if scope.kind == "namespace"}
    around = _scopes_around(found, scopes)
    return tuple(
        _describe(
            one, around[index], namespaces, prepared, view, lines, 1 + branches[index], regions.loop_depths[index]
        )
        for index, one in enumerate(found)
    )


def _scopes_around(found: Sequence[Found], scopes: Sequence[Scope]) -> list[tuple[Scope, ...]]:
    """The scopes that enclose each function, outermost first."""
    waiting = sorted(scopes, key=lambda scope: (scope.start, -scope.end), reverse=True)
    open_scopes: list[Scope] = []
    result = []
    for one in found:
        while waiting and waiting[-1].start <= one.start:
            open_scopes.append(waiting.pop())
        open_scopes = [scope for scope in open_scopes if scope.end > one.start]
        result.append(tuple(open_scopes))
    return result


def _describe(
    one: Found,
    scopes: tuple[Scope, ...],
    namespaces: set[str],
    prepared: Prepared,
    view: bytes,
    lines: Lines,
    complexity: int,
    loop_depth: int,
) -> Function:
    name, qualifier = _name(one, view)
    inside = [scope.name for scope in scopes if scope.kind in ("namespace", "class") and scope.name]
    path = inside + ([qualifier] if qualifier else [])
    classes = [scope.name for scope in scopes if scope.kind == "class"]
    is_member = bool(classes) or bool(qualifier and qualifier.rpartition("::")[2] not in namespaces)
    container = "::".join(path) if is_member else ""
    head = fold(view[one.start : min(one.declarator.name.start_byte, one.declarator.function.start_byte)])
    tail = view[_after_parameters(one) : one.body]
    words = set(head.split()) | _masked_words(prepared, one.start, one.declarator.name.start_byte)
    parameters, is_variadic = parameters_of(view, one.declarator.parameters, one.node)
    first, last = lines.at(one.start), lines.at(max(one.start, one.end - 1))
    made = _made(one, prepared, view)
    if made is not None and made.name:
        name = made.name
    return Function(
        name=name,
        qualified_name="::".join([*path, name]),
        start_line=first,
        end_line=last,
        sloc=lines.sloc_between(first, last),
        complexity=complexity,
        loop_depth=loop_depth,
        parameters=parameters,
        return_type=_return_type(head, tail) if made is None or not _is_made_by(head, made) else "",
        container=container,
        kind=_kind(name, container),
        is_exported=not _is_hidden(words, scopes, is_member),
        is_variadic=is_variadic,
        is_template=any(scope.kind == "template" for scope in scopes),
        is_c_linkage=any(scope.kind == "linkage" for scope in scopes),
        is_virtual="virtual" in words or bool(_OVERRIDES & set(tail.split())),
        annotations=(made.call,) if made is not None else (),
    )


def _made(one: Found, prepared: Prepared, view: bytes) -> Made | None:
    """The macro call that makes this function, if one does."""
    word, group = one.declarator.name, one.declarator.function
    known = prepared.made.get(word.start_byte)
    if known is not None or group.type != "parenthesized_declarator":
        return known
    argument = view[group.start_byte + 1 : group.end_byte - 1].strip()
    return Made(
        written(view, word.start_byte, group.end_byte),
        made_name(view[word.start_byte : word.end_byte], argument),
    )


def _is_made_by(head: str, made: Made) -> bool:
    """True when the macro stands where a type does."""
    return made.call.startswith(head.rpartition(" ")[2] + "(")


_OVERRIDES = {b"override", b"final"}


def _after_parameters(one: Found) -> int:
    parameters = one.declarator.parameters
    return parameters.end_byte if parameters is not None else one.declarator.function.end_byte


def _name(one: Found, view: bytes) -> tuple[str, str]:
    """The plain name, and what stands before it (`ns::Class`) without template arguments."""
    node = one.declarator.name
    if node.type == "operator_cast":
        inner = node.child_by_field_name("declarator")
        name = fold(view[node.start_byte : inner.start_byte if inner is not None else node.end_byte])
        outer = view[one.start : node.start_byte].split()
        qualifier = outer[-1].decode("utf-8", "replace") if outer and outer[-1].endswith(b"::") else ""
        return name, without_template_arguments(qualifier)[:-2]
    text = without_template_arguments(
        fold(view[node.start_byte : node.end_byte]).replace(" ::", "::").replace(":: ", "::")
    )
    head, operator, tail = text.partition("operator")
    if operator and not (head and (head[-1].isalnum() or head[-1] == "_")):
        return (
            operator + (tail if tail[:1].isspace() and tail.strip()[:1].isalpha() else tail.replace(" ", "")),
            head.removesuffix("::"),
        )
    qualifier, _, name = text.rpartition("::")
    return name.replace("~ ", "~"), qualifier.removeprefix("::")


_LONGEST_PREFIX = 1000
"""How many bytes before a definition are looked at: a file may be one line."""


def _masked_words(prepared: Prepared, start: int, name: int) -> set[str]:
    """Words blanked in front of a name: an alias of `static` must not make a function exported."""
    nearest = max(0, start - _LONGEST_PREFIX)
    line = prepared.original.rfind(b"\n", nearest, start) + 1 or nearest
    first = start if prepared.text[line:start].strip() else line
    if prepared.original[first:name] == prepared.text[first:name]:
        return set()
    found = set(fold(prepared.code[first:name]).split())
    return found | {"static" for word in found if word.encode() in prepared.words.hiding}


def _return_type(head: str, tail: bytes) -> str:
    kind = without_storage(head)
    if kind == "auto" and b"->" in tail:
        return fold(tail.partition(b"->")[2])
    return kind


def _kind(name: str, container: str) -> FunctionKind:
    if name.startswith("~"):
        return FunctionKind.DESTRUCTOR
    if container and name == container.rpartition("::")[2]:
        return FunctionKind.CONSTRUCTOR
    return FunctionKind.METHOD if container else FunctionKind.FUNCTION


_HIDING = {"static", "local", "private"}


def _is_hidden(words: set[str], scopes: tuple[Scope, ...], is_member: bool) -> bool:
    """True when no other file can name the function."""
    if any(scope.kind == "namespace" and not scope.name for scope in scopes):
        return True
    return not is_member and any(not _HIDING.isdisjoint(word.lower().split("_")) for word in words)
