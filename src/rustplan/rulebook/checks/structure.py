"""Checks of what a file declares: globals, tables, handles, handlers."""

from __future__ import annotations

import re
from functools import lru_cache

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, walk
from rustplan.syntax import Node

_LEAST_SLOTS = 3
_UNSAFE_IN_HANDLERS = frozenset(
    [
        "printf",
        "fprintf",
        "sprintf",
        "snprintf",
        "vprintf",
        "vfprintf",
        "puts",
        "fputs",
        "putchar",
        "fputc",
        "fwrite",
        "fflush",
        "fopen",
        "fclose",
        "malloc",
        "calloc",
        "realloc",
        "free",
        "strdup",
        "exit",
        "syslog",
        "perror",
        "setlocale",
        "localtime",
        "gmtime",
        "ctime",
        "strftime",
        "getenv",
        "setenv",
        "rand",
        "strerror",
        "strsignal",
        "pthread_mutex_lock",
        "pthread_mutex_unlock",
        "pthread_create",
        "dlopen",
        "atexit",
        "system",
    ]
)
_JOINS = re.compile(r"<<\s{0,4}(?:8|16|24|32)\b")
_READS_INTEGER = re.compile(r"\b(?:ntohl|ntohs|be16toh|be32toh|be64toh|le16toh|le32toh|le64toh)\s?\(")
_BYTE = re.compile(r"(?i)\b(?:\w{0,40}byte|u_char|\w{0,40}u(?:int)?8)(?:_t)?\b|\bunsigned char\b")
_BYTE_POINTER = re.compile(r"(?i)\b(?:\w{0,40}byte_?p(?:tr)?|lpc?byte|pbyte)\b")
"""Pointer types by the usual ways to name them: `byte_ptr`, `BytePtr`, `bytep`, `PBYTE`, `LPBYTE`."""
_TEXT = re.compile(r"\b(?:char|void)\b")
_LENGTH = re.compile(r"\b(?:\w{0,40}s?size_t|u?int(?:32|64)_t|int|unsigned|long|[uU]_?(?:[iI]nt|[lL]ong))\b")
_INDIRECT = re.compile(r"[*&\[(]")


def unsafe_handler(place: Place, file: FileView) -> Place | None:
    """Follow the name of a handler to its definition here and look at the calls it makes itself."""
    captured = place.captures.get("argument2") or place.captures.get("registered")
    name = "" if captured is None else file.name(captured).lstrip("&")
    for index, function in enumerate(file.facts.functions):
        if function.name != name or not function.has_body:
            continue
        for call in file.facts.calls:
            if call.function == index and call.callee in _UNSAFE_IN_HANDLERS and not call.qualifier:
                place.captures |= {"handler": name, "called": call.callee}
                place.related = (RelatedLocation(call.line, f"{name} calls {call.callee} here"),)
                return place
    return None


def written_global(place: Place, file: FileView) -> Place | None:
    """Keep a global that this file assigns, counts up or gives away by address inside a function."""
    return place if file.text(place.captures["name"]) in file.globals_written else None


def no_body_here(place: Place, file: FileView) -> Place | None:
    """Keep a named struct whose members this file does not list."""
    name = re.escape(file.text(place.captures["struct"]).encode())
    body = re.compile(rb"\b(?:struct|class)\s{1,8}" + name + rb"\s{0,8}\{")
    return None if body.search(file.source) else place


def table_of_functions(place: Place, _file: FileView) -> Place | None:
    """Count the members of a struct that are pointers to functions."""
    body = place.captures.get("body")
    if not isinstance(body, Node):
        return None
    slots = sum(_is_function_pointer(member) for member in body.named_children if member.type == "field_declaration")
    if slots < _LEAST_SLOTS:
        return None
    place.captures["slots"] = str(slots)
    return place


def _is_function_pointer(member: Node) -> bool:
    declarator = member.child_by_field_name("declarator")
    for _ in range(4):
        if declarator is None or declarator.type == "function_declarator":
            break
        declarator = declarator.child_by_field_name("declarator")
    inner = None if declarator is None else declarator.child_by_field_name("declarator")
    return inner is not None and inner.type == "parenthesized_declarator"


def variable_extent(place: Place, file: FileView) -> Place | None:
    """Keep an array whose extent names a parameter, or a local variable that is not constant."""
    extent = place.captures.get("size")
    if not isinstance(extent, Node):
        return None
    for node in walk(extent):
        if node.type == "sizeof_expression":
            return None
        local = file.local(extent, file.name(node)) if node.type == "identifier" else None
        if local is not None and not local.is_const and "const" not in local.type.split():
            place.captures["extent"] = extent
            return place
    return None


def alloca_extent(place: Place, _file: FileView) -> Place | None:
    """Name what `alloca` is given as the extent."""
    given = place.captures.get("argument1")
    place.captures["extent"] = "?" if given is None else given
    return place


_LOOPS = ("for_statement", "while_statement", "do_statement", "enhanced_for_statement")


def loop_in_function(place: Place, file: FileView) -> Place | None:
    """Keep a place that a loop surrounds or follows."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    if file.enclosing(node, _LOOPS) is not None:
        return place
    return place if file.has_inside(_LOOPS, node.end_byte, function.end_byte) else None


def assembles_integers(place: Place, file: FileView) -> Place | None:
    """Keep a function that takes bytes with a length and joins several of them to one integer, or converts byte order."""
    parameters = file.text(place.captures["parameters"]).split(", ")
    if not (any(map(_is_buffer, parameters)) and any(map(_is_length, parameters))):
        return None
    function = file.functions_by_line.get(place.line)
    if function is None:
        return None
    text = file.source[function.start_byte : function.end_byte].decode("utf-8", "replace")
    reads = (len(_JOINS.findall(text)) >= 1 and "[" in text) or _READS_INTEGER.search(text) is not None
    return place if reads else None


def bytes_with_length(place: Place, file: FileView) -> Place | None:
    """Keep a function that takes one pointer to bytes, and a length by value: a pointer to a number is where a result goes."""
    parameters = file.text(place.captures["parameters"]).split(", ")
    return place if any(map(_is_pointer_to_bytes, parameters)) and any(map(_is_length, parameters)) else None


_MAX_KNOWN = 1 << 12
"""Parameters that are remembered with what they are: files repeat theirs."""


@lru_cache(_MAX_KNOWN)
def _is_buffer(parameter: str) -> bool:
    if _BYTE_POINTER.search(parameter):
        return True
    is_of_bytes = _BYTE.search(parameter) is not None or "const char *" in parameter
    return is_of_bytes and _INDIRECT.search(parameter) is not None


@lru_cache(_MAX_KNOWN)
def _is_pointer_to_bytes(parameter: str) -> bool:
    if parameter.count("*") > 1:
        return False
    if _BYTE_POINTER.search(parameter):
        return True
    return "*" in parameter and (_BYTE.search(parameter) is not None or _TEXT.search(parameter) is not None)


@lru_cache(_MAX_KNOWN)
def _is_length(parameter: str) -> bool:
    return _LENGTH.search(parameter) is not None and _INDIRECT.search(parameter) is None
