"""From captures to the facts of one Java file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rustplan.languages.base import Matches, Prepared
from rustplan.languages.coverage import coverage_of
from rustplan.languages.java.calls import JavaReader
from rustplan.languages.java.classes import JavaClass, JavaFunction, find_members
from rustplan.languages.java.functions import describe, fold, has_code, modifiers_of
from rustplan.languages.java.native_links import native_links
from rustplan.languages.java.state import method_states
from rustplan.languages.measures import measure
from rustplan.languages.regions import Regions
from rustplan.languages.text import Lines, count_between
from rustplan.model.facts import Call, Declaration, FileFacts, GlobalVariable, Import, TypeDeclaration
from rustplan.syntax import Node

_MAX_RECEIVER = 60
_SIMPLE_RECEIVER = re.compile(r"[\w.$()\[\]]+")
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>|@[\w.]+\s*")
_IMPORT = re.compile(r"import\s+(static\s+)?([\w.$\s]+?)\s*(\.\s*\*)?\s*;?")
_HEADS = ("superclass", "super_interfaces", "extends_interfaces")


def extract_facts(prepared: Prepared, matches: Matches) -> FileFacts:
    """Facts of one file from the captures of the Java queries."""
    view = prepared.code
    lines = Lines(view)
    package = next(
        (fold(view, captures["name"][0]).replace(" ", "") for captures in matches.get("facts.package", ())), ""
    )
    classes, members = find_members(matches, view)
    functions = [one for one in members if has_code(one, view)]
    spans = [(one.start, one.end) for one in functions]
    loops = [
        (node.start_byte, node.end_byte) for node in (captures["loop"][0] for captures in matches.get("facts.loop", ()))
    ]
    regions = Regions(spans, loops)
    branches = _branches(matches, [start for start, _ in loops], regions, len(functions))
    calls, places = _calls(matches, prepared, lines, regions)
    reader = JavaReader(matches, view, lines, text=prepared.text, classes=classes, functions=functions, regions=regions)
    return FileFacts(
        language=prepared.language,
        lines=lines.count,
        sloc=lines.sloc,
        coverage=coverage_of(prepared, matches, spans),
        measures=measure(view, has_raw_memory=False),
        package=package,
        functions=tuple(
            describe(one, package, view, lines, branches=branches[index], loop_depth=regions.loop_depths[index])
            for index, one in enumerate(functions)
        ),
        declarations=_declarations(members, view, lines),
        calls=tuple(calls),
        imports=tuple(_imports(matches, view, lines)),
        types=tuple(_type(one, view, lines) for one in classes if one.plain_name),
        globals=tuple(_static_fields(matches, view, lines)),
        address_taken=tuple(
            sorted({fold(view, captures["name"][0]) for captures in matches.get("facts.reference", ())} - {"new"})
        ),
        java=reader.read(places),
        states=method_states(functions, matches, view, regions),
        native_links=native_links(view, prepared.original, lines),
    )


def _branches(matches: Matches, loops: list[int], regions: Regions, functions: int) -> list[int]:
    """Decisions of each function; those outside functions go to the last place."""
    counts = [0] * (functions + 1)
    for start in loops + [captures["branch"][0].start_byte for captures in matches.get("facts.branch", ())]:
        counts[regions.at(start)[0]] += 1
    return counts


def _declarations(members: list[JavaFunction], view: bytes, lines: Lines) -> tuple[Declaration, ...]:
    """Abstract and interface methods."""
    return tuple(Declaration(fold(view, one.name), lines.at(one.start)) for one in members if not has_code(one, view))


def _calls(
    matches: Matches, prepared: Prepared, lines: Lines, regions: Regions
) -> tuple[list[Call], list[tuple[int, Node | None, int]]]:
    """All calls, and for each the byte of its name, the node before it and the last byte of its arguments."""
    view, comments = prepared.code, list(prepared.comments)
    calls: list[Call] = []
    places: list[tuple[int, Node | None, int]] = []
    for captures in matches.get("facts.call", ()):
        callee, qualifier, node = _callee(captures, view)
        if not callee:
            continue
        arguments = captures["arguments"][0]
        count = arguments.named_child_count
        if count and comments and count_between(comments, (arguments.start_byte, arguments.end_byte)):
            count = sum(not child.is_extra for child in arguments.named_children)
        start = node.start_byte
        function, depth = regions.at(start)
        calls.append(Call(callee, lines.at(start), function, count, qualifier, depth))
        places.append((start, captures["receiver"][0] if "receiver" in captures else None, arguments.end_byte))
    return calls, places


def _callee(captures: dict[str, list[Node]], view: bytes) -> tuple[str, str, Node]:
    """The name that is called, what stands before it, and the node of the name."""
    if "callee" in captures:
        node = captures["callee"][0]
        name = view[node.start_byte : node.end_byte].decode("utf-8", "replace")
        return name, _receiver(captures["receiver"][0], view) if "receiver" in captures else "", node
    if "new" in captures:
        node = captures["new"][0]
        return _plain_type(fold(view, node)), "new", node
    node = captures["constructor"][0]
    return "<init>", fold(view, node), node


def _plain_type(text: str) -> str:
    for _ in range(8):
        shorter = _TYPE_ARGUMENTS.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text.replace(" ", "")


def _receiver(node: Node, view: bytes) -> str:
    if node.end_byte - node.start_byte > _MAX_RECEIVER:
        return ""
    text = fold(view, node)
    return text if _SIMPLE_RECEIVER.fullmatch(text) else ""


def _imports(matches: Matches, view: bytes, lines: Lines) -> Iterator[Import]:
    for captures in matches.get("facts.import", ()):
        node = captures["import"][0]
        parts = _imported(view[node.start_byte : node.end_byte])
        if parts is not None:
            name, is_static, is_wildcard = parts
            yield Import(name, lines.at(node.start_byte), is_static, is_wildcard)


@lru_cache(maxsize=1 << 13)
def _imported(text: bytes) -> tuple[str, bool, bool] | None:
    """The name, and whether it is static and a wildcard; files import the same."""
    match = _IMPORT.fullmatch(" ".join(text.decode("utf-8", "replace").split()))
    if match is None:
        return None
    return match.group(2).replace(" ", ""), match.group(1) is not None, match.group(3) is not None


def _type(one: JavaClass, view: bytes, lines: Lines) -> TypeDeclaration:
    heads = [child for child in one.node.named_children if child.type in _HEADS]
    words, _ = modifiers_of(view, one.node)
    return TypeDeclaration(
        name=one.name,
        kind=one.kind,
        line=lines.at(one.start),
        supertypes=tuple(fold(view, child) for head in heads for child in _listed(head)),
        is_exported=bool(words & {"public", "protected"}) and not one.is_local,
    )


def _listed(head: Node) -> list[Node]:
    children = [child for child in head.named_children if not child.is_extra]
    return (
        [child for child in children[0].named_children if not child.is_extra]
        if head.type != "superclass" and children
        else children
    )


def _static_fields(matches: Matches, view: bytes, lines: Lines) -> Iterator[GlobalVariable]:
    for captures in matches.get("facts.field", ()):
        name = captures["name" if "name" in captures else "constant"][0]
        words, _ = modifiers_of(view, captures["declaration"][0])
        if "constant" not in captures and "static" not in words:
            continue
        yield GlobalVariable(
            name=fold(view, name),
            type=fold(view, captures["type"][0]),
            line=lines.at(name.start_byte),
            is_static=True,
            is_const="constant" in captures or "final" in words,
        )
