"""Names a C or C++ file declares beside its functions: prototypes, variables, types, and functions used as values."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from rustplan.languages.base import Matches
from rustplan.languages.c_family.declarators import fold, name_in, without_storage, without_template_arguments
from rustplan.languages.c_family.functions import CPP_KEYWORDS
from rustplan.languages.regions import OUTSIDE, Regions
from rustplan.languages.text import Lines
from rustplan.model.facts import Declaration, ErrnoUse, Function, GlobalVariable, TypeDeclaration
from rustplan.syntax import Node

MAX_ADDRESSES = 2_000
"""Names kept as "used as a value" in one file; a file with more is a table, and the rest adds nothing."""

MAX_TARGET = 120
MAX_ERRNO = 500
MAX_MEMBERS = 32
MAX_BODY = 20_000

_RECORDS = frozenset({"struct_specifier", "union_specifier"})
_MEMBER = re.compile(rb"[;{]\s*(?:const\s+)?(?:struct\s+)?([A-Za-z_]\w*)[ \t]+\**[ \t]*\w+[ \t]*(?=[;,\[])")
_FUNCTION_MEMBER = re.compile(rb"\(\s*(?:[A-Z_]+\s*)?\*\s*\w+\s*\)\s*\(")

_VALUE = re.compile(rb"(?:=|\(|,|\{|&|\?|:|return(?<!\wreturn)) ?&? ?([A-Za-z_]\w*) ?(?=[,)};]|:(?!:))")
_ERRNO = re.compile(rb"(?<![\w.>])errno\b(?!\.h)(?:[ \t]*=(?!=)([^;\n]{0,40}))?")
_LITERAL_WORDS = frozenset({"true", "false", "nullptr", "this", "NULL"})


def declarations_of(
    matches: Matches, view: bytes, lines: Lines, regions: Regions, keywords: frozenset[str]
) -> tuple[Declaration, ...]:
    """Prototypes at file, namespace and class level."""
    found = set()
    for captures in matches.get("facts.prototype", ()):
        node = captures["name"][0]
        start = node.start_byte
        if regions.at(start)[0] != OUTSIDE or node.type == "parenthesized_declarator":
            continue
        name = without_template_arguments(fold(view[start : node.end_byte])).rpartition("::")[2]
        if name and name not in keywords:
            found.add((lines.at(start), name))
    return tuple(Declaration(name, line) for line, name in sorted(found))


def variables_of(
    matches: Matches, view: bytes, lines: Lines, regions: Regions
) -> tuple[tuple[GlobalVariable, ...], frozenset[str]]:
    """Variables at file, namespace and class level, and the names of all variables: local ones are no functions used as values."""
    variables = []
    local_names = set()
    declared: tuple[int, list[Node]] = (-1, [])
    for captures in matches.get("facts.variable", ()):
        node = captures["name"][0]
        start = node.start_byte
        name = view[start : node.end_byte].decode("utf-8", "replace")
        local_names.add(name)
        if regions.at(start)[0] == OUTSIDE:
            declaration = captures["declaration"][0]
            if (
                declaration.id != declared[0]
            ):  # asked once: a declaration of thousands of names would take quadratic time
                declared = declaration.id, declaration.children_by_field_name("declarator")
            variable = _variable(name, node, declaration, declared[1], view, lines)
            if variable is not None:
                variables.append(variable)
    return tuple(variables), frozenset(local_names)


def _variable(
    name: str, node: Node, declaration: Node, declarators: list[Node], view: bytes, lines: Lines
) -> GlobalVariable | None:
    base = declaration.child_by_field_name("type")
    place = bisect_right(declarators, node.start_byte, key=_start_of) - 1
    around = declarators[place] if place >= 0 else None
    if base is None or around is None or node.start_byte >= around.end_byte:
        return None
    head = view[declaration.start_byte : around.start_byte if around is declarators[0] else declarators[0].start_byte]
    words = head.split()
    if declaration.type == "field_declaration" and b"static" not in words:
        return None
    body = base.child_by_field_name("body")
    if body is not None:
        head = view[declaration.start_byte : body.start_byte]
    shape = around.child_by_field_name("declarator") if around.type == "init_declarator" else around
    end = shape.end_byte if shape is not None else node.end_byte
    before, after = view[around.start_byte : node.start_byte], view[node.end_byte : end]
    return GlobalVariable(
        name=name,
        type=without_storage(fold(head + b" " + before + after)),
        line=lines.at(node.start_byte),
        is_static=b"static" in words,
        is_const=b"constexpr" in words or (b"const" in before if b"*" in before else b"const" in words),
        is_extern=b"extern" in words and around.type != "init_declarator",
    )


def _start_of(node: Node) -> int:
    return node.start_byte


def types_of(matches: Matches, view: bytes, lines: Lines, regions: Regions) -> tuple[TypeDeclaration, ...]:
    """Named types with a body, typedefs and aliases. A type inside a function is not visible outside it."""
    found = {}
    for captures in matches.get("facts.type", ()):
        kind = next(one for one in ("struct", "union", "enum", "class", "typedef", "alias") if one in captures)
        node: Node | None = captures[kind][0]
        if kind == "typedef" and node is not None:
            node = name_in(node)
        if node is None:
            continue
        declarator = captures[kind][0]
        start = node.start_byte
        name = without_template_arguments(fold(view[start : node.end_byte]))
        bases = captures["bases"][0] if "bases" in captures else None
        found[start] = TypeDeclaration(
            name=name,
            kind="typedef" if kind == "alias" else kind,
            line=lines.at(start),
            supertypes=_supertypes(bases, view) if bases is not None else (),
            is_exported=regions.at(start)[0] == OUTSIDE,
            target=_target(declarator, node, view) if kind in ("typedef", "alias") else "",
            members=_members(node, view) if kind in ("struct", "union", "typedef") else (),
        )
    return tuple(found[start] for start in sorted(found))


def _target(declarator: Node, name: Node, view: bytes) -> str:
    """What a typedef or alias stands for: its base, a body reduced to `{}`, and the declarator without the name."""
    definition = declarator.parent
    base = definition.child_by_field_name("type") if definition is not None else None
    if base is None:
        return ""
    body = base.child_by_field_name("body")
    head = (
        view[base.start_byte : body.start_byte] + b"{}" if body is not None else view[base.start_byte : base.end_byte]
    )
    if declarator is name:
        return fold(head)[:MAX_TARGET]
    around = view[declarator.start_byte : name.start_byte] + view[name.end_byte : declarator.end_byte]
    return fold(head + b" " + around)[:MAX_TARGET]


def _members(name: Node, view: bytes) -> tuple[str, ...]:
    """Types of the members of a record, by name: of a typedef, those of the record without a name that it stands for."""
    record = name.parent
    if record is not None and record.type == "type_definition":
        record = record.child_by_field_name("type")
    body = record.child_by_field_name("body") if record is not None and record.type in _RECORDS else None
    if body is None or body.end_byte - body.start_byte > MAX_BODY:
        return ()
    text = view[body.start_byte : body.end_byte]
    found = dict.fromkeys(match.decode("utf-8", "replace") for match in _MEMBER.findall(text))
    pointers = ("(*)",) if _FUNCTION_MEMBER.search(text) else ()
    return (*pointers, *found)[:MAX_MEMBERS]


def errno_uses(code: bytes, lines: Lines) -> tuple[ErrnoUse, ...]:
    """Places that name `errno` in a text without comments and literals, by line."""
    found = set()
    for match in _ERRNO.finditer(code) if b"errno" in code else ():
        value = match.group(1)
        found.add(ErrnoUse(lines.at(match.start()), value is not None, value is not None and value.strip() == b"0"))
    return tuple(sorted(found, key=lambda use: (use.line, use.is_write, use.is_reset))[:MAX_ERRNO])


def _supertypes(bases: Node, view: bytes) -> tuple[str, ...]:
    kinds = ("type_identifier", "qualified_identifier", "template_type")
    return tuple(fold(view[child.start_byte : child.end_byte]) for child in bases.named_children if child.type in kinds)


def address_taken(
    view: bytes, functions: Sequence[Function], declarations: Sequence[Declaration], local_names: frozenset[str]
) -> tuple[str, ...]:
    """Names that stand where a value stands and may be functions: those known here, and unknown ones that no variable carries."""
    flat = b" ".join(view.split())
    candidates = {match.decode("ascii") for match in _VALUE.findall(flat)} - CPP_KEYWORDS - _LITERAL_WORDS
    known = {one.name for one in functions} | {one.name for one in declarations}
    parameters = {parameter.name for one in functions for parameter in one.parameters}
    unknown = {name for name in candidates - known - local_names - parameters if not name.isupper()}
    return tuple(sorted(candidates & known) + sorted(unknown))[:MAX_ADDRESSES]
