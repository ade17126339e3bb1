"""Checks of places to cut: what is offered to C, tables that are filled, handles with a maker, functions with a narrow interface."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from rustplan.model.facts import Function, FunctionKind, Parameter
from rustplan.rulebook.checks import structure
from rustplan.rulebook.checks.signals import is_byte_pointer
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, walk
from rustplan.syntax import Node

_HEADER = re.compile(r"\.(?:h|hh|hpp|hxx|h\+\+)$")
_LEAST_SLOTS = 3
_MOST_ELEMENTS = 400
_MAKES = r"(?:new|create|open|init|alloc|make|start|begin|setup)"
_ENDS = r"(?:free|destroy|close|delete|release|cleanup|end|deinit|unref|dispose|shutdown|stop)"
_FORKS = re.compile(rb"\bv?fork\s{0,4}\(")

_LENGTH_NAME = re.compile(r"(?i)len|siz|count|num|bytes|avail|max|cap|^n[a-z]?$|n$|^cb|_sz|sz$")
_LEAST_SLOC = 8
_NUMBER = r"(?:int|char|bool|_Bool|float|double|unsigned|signed|long|short|\w{0,30}size_t|u?int\d{0,2}(?:_t)?|[us](?:8|16|32|64)|u(?:Int|Long|int|long|char)|off_t|\w{1,20}_u?int_?\d{1,2})"
_SCALAR = re.compile(rf"^(?:const )?(?:{_NUMBER} ?){{1,4}}(?: const)?$")
_BY_VALUE = re.compile(r"\b(?:struct|union|class|std)\b|va_list|::|<")
_BYTES = re.compile(r"(?i)\b(?:char|void|\w{0,20}byte\w{0,4}|u_char|\w{0,20}u?int8(?:_t)?|u8)\b")
_INTEGER = re.compile(
    r"(?i)^(?:const )?(?:\w{0,30}size_t|unsigned|unsigned int|int|u?int(?:32|64)?(?:_t)?|(?:unsigned )?long(?: long)?(?: int)?|u_?int|u_?long|\w{1,20}_u?int\d{0,2}|\w{1,20}_size)$"
)
_CALLBACK = re.compile(r"(?i)(?:^|_)(?:cb|callback|func|fn|hook|handler|proc)(?:_t|_f)?$")
_STRUCT = re.compile(rb"\bstruct\s{1,8}(\w{1,160})\s{0,8}\{")
_structs: WeakKeyDictionary[FileView, frozenset[bytes]] = WeakKeyDictionary()
"""Tags of the structs whose members a file lists."""
_STATIC_LOCAL = re.compile(rb"(?:^|[;{}])\s{0,40}static\s{1,8}(?!const\b)", re.MULTILINE)


def offers_c_functions(place: Place, file: FileView) -> Place | None:
    """Keep `extern "C"` that offers functions: prototypes in a header, definitions elsewhere; not one that wraps foreign headers."""
    is_header = _HEADER.search(file.path) is not None
    node = place.node
    if node is not None:
        wanted = ("function_declarator", "function_definition") if is_header else ("function_definition",)
        return place if any(part.type in wanted for part in walk(node)) else None
    after = [one for one in file.facts.declarations if one.line >= place.line]
    return place if is_header and after else None


def opaque_with_pair(place: Place, file: FileView) -> Place | None:
    """Keep an opaque struct for which the header declares a function that makes one and another that ends one."""
    if structure.no_body_here(place, file) is None:
        return None
    words = {file.text(place.captures["name"]), file.text(place.captures["struct"])}
    speaking = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(words)))
    lines = file.source.decode("utf-8", "replace").split("\n")
    makes = ends = False
    for one in file.facts.declarations:
        around = " ".join(lines[max(0, one.line - 2) : one.line + 4])
        if speaking.search(around):
            makes = makes or re.search(rf"(?i)(?:^|_|[a-z]){_MAKES}", one.name) is not None
            ends = ends or re.search(rf"(?i)(?:^|_|[a-z]){_ENDS}", one.name) is not None
    return place if makes and ends else None


def fills_function_table(place: Place, file: FileView) -> Place | None:
    """Keep an initialiser at file level that assigns three or more functions of this file to the members of one struct."""
    body = place.captures.get("body")
    node = place.node
    if not isinstance(body, Node) or node is None or file.function_of(node) is not None:
        return None
    known = _functions_known(file)
    slots = 0
    for element in body.named_children[:_MOST_ELEMENTS]:
        value = element.child_by_field_name("value") if element.type == "initializer_pair" else element
        if value is not None and value.type == "pointer_expression":
            value = value.child_by_field_name("argument")
        if value is not None and value.type == "identifier" and file.text(value) in known:
            slots += 1
    if slots < _LEAST_SLOTS:
        return None
    place.captures["slots"] = str(slots)
    return place


def _functions_known(file: FileView) -> frozenset[str]:
    defined = {one.name for one in file.facts.functions}
    return frozenset(defined | {one.name for one in file.facts.declarations})


def entry_name(place: Place, _file: FileView) -> Place | None:
    """Show the name of a function as the word that a host looks for."""
    place.captures["word"] = place.captures["name"]
    return place


def forks_here(place: Place, file: FileView) -> Place | None:
    """Keep a place in a file that calls `fork`: what is executed runs beside this program, not instead of it."""
    return place if _FORKS.search(file.source) else None


def narrow_interface(place: Place, file: FileView) -> Place | None:
    """Keep a function that takes bytes with their length, scalars and at most one handle, writes no global and keeps no argument."""
    function = file.function_at(place.line)
    node = file.functions_by_line.get(place.line)
    if function is None or node is None or not _is_plain(function):
        return None
    shape = _shape(function.parameters, file)
    if shape is None or not _returns_narrowly(function.return_type):
        return None
    body = node.child_by_field_name("body")
    if body is None:
        return None
    text = file.source[body.start_byte : body.end_byte]
    if _STATIC_LOCAL.search(text) or _writes_global(text, file) or _keeps(text, function.parameters):
        return None
    place.captures["shape"] = shape
    return place


def _is_plain(function: Function) -> bool:
    return (
        function.is_exported
        and function.has_body
        and function.kind is FunctionKind.FUNCTION
        and not (function.is_variadic or function.is_template or function.is_virtual or function.container)
        and function.sloc >= _LEAST_SLOC
        and not function.name.startswith(("main", "LLVMFuzzer", "Java_"))
    )


def _shape(parameters: tuple[Parameter, ...], file: FileView) -> str | None:
    """The parameters in words, or None when one of them is more than bytes with a length, a scalar or a first handle."""
    pairs = scalars = handles = at = 0
    while at < len(parameters):
        one = parameters[at]
        following = parameters[at + 1] if at + 1 < len(parameters) else None
        if one.type in ("void", "") and len(parameters) == 1:
            return None
        if "(" in one.type or _CALLBACK.search(one.name) or _CALLBACK.search(one.type.strip("* ")):
            return None
        if _is_bytes(one) and following is not None and _is_length(following):
            pairs += 1
            at += 1
        elif "*" not in one.type and "&" not in one.type and "[" not in one.type:
            if _BY_VALUE.search(one.type) or not _SCALAR.match(one.type):
                return None
            scalars += 1
        elif at == 0 and _is_handle(one, file):
            handles += 1
        else:
            return None
        at += 1
    if not pairs:
        return None
    said = (
        "a handle" if handles else "",
        "bytes with their length",
        f"{scalars} scalars" if scalars > 1 else "one scalar" if scalars else "",
    )
    return ", ".join(part for part in said if part)


def _is_bytes(parameter: Parameter) -> bool:
    if parameter.type.count("*") > 1 or "[" in parameter.type:
        return False
    return is_byte_pointer(parameter.type) or ("*" in parameter.type and _BYTES.search(parameter.type) is not None)


def _is_length(parameter: Parameter) -> bool:
    return _INTEGER.match(parameter.type) is not None and _LENGTH_NAME.search(parameter.name) is not None


def _is_handle(parameter: Parameter, file: FileView) -> bool:
    """True for one pointer to a struct whose members only this file lists."""
    tag = re.search(r"\bstruct (\w{1,80}) ?\*$", parameter.type)
    if tag is None or _HEADER.search(file.path):
        return False
    if file not in _structs:
        _structs[file] = frozenset(_STRUCT.findall(file.source))
    return tag.group(1).encode() in _structs[file]


def _returns_narrowly(returned: str) -> bool:
    return "*" not in returned and not _BY_VALUE.search(returned)


def _writes_global(body: bytes, file: FileView) -> bool:
    return any(
        re.search(rb"(?<![\w.>])" + re.escape(name.encode()) + rb"\b", body) for name in sorted(file.globals_written)
    )


def _keeps(body: bytes, parameters: tuple[Parameter, ...]) -> bool:
    """True when a pointer parameter is stored behind another pointer or in a member."""
    for one in parameters:
        if one.name and ("*" in one.type or is_byte_pointer(one.type)):
            stored = (
                rb"(?:->|\.)\s{0,2}\w{1,80}\s{0,4}=\s{0,4}(?:\([^()]{0,60}\)\s{0,4})?"
                + re.escape(one.name.encode())
                + rb"\b(?!\s{0,4}(?:->|\.|\[))"
            )
            if re.search(stored, body):
                return True
    return False
