"""Literal format strings against their arguments: how many, and of which types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rustplan.languages.types import LocalType
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, arguments_of
from rustplan.syntax import Node

_FORMAT_AT = {
    "fprintf": 1,
    "dprintf": 1,
    "sprintf": 1,
    "syslog": 1,
    "fwprintf": 1,
    "asprintf": 1,
    "snprintf": 2,
    "swprintf": 2,
    "err": 1,
    "errx": 1,
    "fscanf": 1,
    "sscanf": 1,
}
_SCANNERS = frozenset(("scanf", "fscanf", "sscanf"))
_CONVERSION = re.compile(r"%(?:%|[-+ #0']*(\*|\d+)?(?:\.(\*|-?\d+)?)?(hh|h|ll|l|q|j|z|t|L)?([a-zA-Z]))")
_SCAN = re.compile(r"%(?:%|(\*)?\d*(m)?(hh|h|ll|l|q|j|z|t|L)?(?:([a-ln-zA-Z])|(\[)\^?\]?[^\]]{0,200}\]))")
_POSITIONAL = re.compile(r"%\d+\$")
_CONSTANT = re.compile(r"^[A-Z_][A-Z0-9_]*$")
_LETTERS = "diouxXeEfFgGaAcspnCS"
_INTEGER = re.compile(
    r"^(?:const |volatile )*(?:(?:(?:un)?signed )?(?:char|short|int|long|long long|short int|long int|long long int)|(?:un)?signed|bool|_Bool"
    r"|(?:std::)?(?:u?int(?:8|16|32|64|max|ptr)_t|size_t|ptrdiff_t)|ssize_t|off_t|time_t|pid_t|uid_t|gid_t)$"
)
_WIDE = re.compile(
    r"^(?:const |volatile )*(?:(?:(?:un)?signed )?(?:long|long long|long int|long long int)|(?:std::)?(?:u?int64_t|size_t|ptrdiff_t|u?intmax_t)|ssize_t|off_t)$"
)
_FLOATING = re.compile(r"^(?:const |volatile )*(?:float|double|long double)$")
_NUMBERS = {"integer": "an integer", "wide": "a 64-bit integer", "floating": "a floating-point number"}


class _Wanted(NamedTuple):
    """One conversion that takes an argument: how it is written, its letter, its length; `pointer`: a scanner stores through it."""

    written: str
    letter: str
    length: str
    stores: bool = False


def wrong_count(place: Place, file: FileView) -> Place | None:
    """Compare the conversions of a literal format with the arguments that follow; unknown parts mean silence."""
    found = _parts(place, file)
    if found is None:
        return None
    wanted, given = found
    if len(wanted) == len(given):
        return None
    place.captures |= {"wanted": str(len(wanted)), "given": str(len(given))}
    return place


def number_for_pointer(place: Place, file: FileView) -> Place | None:
    """Find a conversion that follows a pointer (`%s`, `%n`, everything that a scanner stores) and is given a number."""
    for wanted, argument in _pairs(place, file):
        kind = _kind(argument, file)
        if kind in _NUMBERS and (wanted.stores or wanted.letter in "sSn"):
            place.captures |= {"conversion": wanted.written, "value": argument, "kind": _NUMBERS[kind]}
            return place
    return None


def wrong_type(place: Place, file: FileView) -> Place | None:
    """Find a conversion of a number that is given a pointer, a wider integer, or a number of the other sort."""
    for wanted, argument in _pairs(place, file):
        if wanted.stores:
            continue
        kind = _kind(argument, file)
        said = _mismatch(wanted, kind)
        if said:
            place.captures |= {"conversion": wanted.written, "value": argument, "kind": said}
            return place
    return None


def _mismatch(wanted: _Wanted, kind: str) -> str:
    """What the argument is, when the conversion cannot take it."""
    if wanted.letter in "diouxXc":
        if kind in ("pointer", "string"):
            return "a pointer"
        if kind == "floating":
            return _NUMBERS[kind]
        return _NUMBERS[kind] if kind == "wide" and wanted.length in ("", "h", "hh") and wanted.letter != "c" else ""
    if wanted.letter in "eEfFgGaA":
        return "a pointer" if kind in ("pointer", "string") else _NUMBERS[kind] if kind in ("integer", "wide") else ""
    return ""


def _pairs(place: Place, file: FileView) -> Iterator[tuple[_Wanted, Node]]:
    found = _parts(place, file)
    if found is not None and len(found[0]) == len(found[1]):
        yield from zip(*found, strict=True)


_Parts = tuple[list[_Wanted], list[Node]]
_parts_of: WeakKeyDictionary[FileView, dict[int, _Parts | None]] = WeakKeyDictionary()


def _parts(place: Place, file: FileView) -> _Parts | None:
    """What the format wants and what the call gives; None when either is not known whole. Read once per call."""
    call = place.node
    if call is None or call.has_error:
        return None
    known = _parts_of.setdefault(file, {})
    if call.start_byte not in known:
        known[call.start_byte] = _read_parts(call, file.text(place.captures["callee"]), file)
    return known[call.start_byte]


def _read_parts(call: Node, name: str, file: FileView) -> _Parts | None:
    arguments = arguments_of(call)
    at = _FORMAT_AT.get(name, 0)
    text = _literal(arguments[at], file) if len(arguments) > at else None
    given = arguments[at + 1 :]
    if text is None or any(_may_be_several(argument, file) for argument in given):
        return None
    wanted = _scanned(text) if name in _SCANNERS else _printed(text)
    return None if wanted is None else (wanted, given)


def _literal(node: Node, file: FileView) -> str | None:
    """The text of a string literal, or of several in a row; None when a macro stands among them."""
    parts = (
        [node] if node.type == "string_literal" else node.named_children if node.type == "concatenated_string" else []
    )
    if not parts or any(part.type not in ("string_literal", "comment") for part in parts):
        return None
    return "".join(file.text(part).strip()[1:-1] for part in parts if part.type == "string_literal")


def _may_be_several(argument: Node, file: FileView) -> bool:
    """A macro may stand for no argument or many; a C++ pack for any number."""
    if argument.type in ("parameter_pack_expansion", "preproc_ifdef", "preproc_if", "ERROR"):
        return True
    name = argument.child_by_field_name("function") if argument.type == "call_expression" else argument
    return name is not None and name.type == "identifier" and _CONSTANT.match(file.text(name)) is not None


def _printed(text: str) -> list[_Wanted] | None:
    """What a `printf` format takes; None for numbered arguments, `%m` and what is not a known conversion."""
    if _POSITIONAL.search(text) or "%" in _CONVERSION.sub("", text):
        return None
    wanted: list[_Wanted] = []
    for match in _CONVERSION.finditer(text):
        width, precision, length, letter = match.groups()
        if letter is None:
            continue
        if letter not in _LETTERS:
            return None
        stars = (width == "*") + (precision == "*")
        wanted += [_Wanted("*", "d", "")] * stars
        wanted.append(_Wanted(match.group(), letter, length or ""))
    return wanted


def _scanned(text: str) -> list[_Wanted] | None:
    """What a `scanf` format takes: a pointer for each conversion that is not skipped."""
    if _POSITIONAL.search(text) or "%" in _SCAN.sub("", text):
        return None
    wanted: list[_Wanted] = []
    for match in _SCAN.finditer(text):
        skipped, _, length, letter, listed = match.groups()
        if letter is None and listed is None:
            continue
        if letter is not None and letter not in _LETTERS:
            return None
        if not skipped:
            wanted.append(_Wanted(match.group(), letter or "[", length or "", stores=True))
    return wanted


def _kind(node: Node, file: FileView) -> str:
    """What an argument is: `string`, `pointer`, `integer`, `wide`, `floating`; empty when that is not known."""
    for _ in range(16):
        if node.type != "parenthesized_expression" or not node.named_children:
            break
        node = node.named_children[0]
    if node.type in ("string_literal", "concatenated_string"):
        return "string"
    if node.type in ("number_literal", "char_literal"):
        return _kind_of_literal(file.text(node))
    if node.type == "sizeof_expression":
        return "wide"
    if node.type == "pointer_expression" and file.text(node).startswith("&"):
        return "pointer"
    if node.type == "subscript_expression" or (node.type == "pointer_expression" and file.text(node).startswith("*")):
        base = node.child_by_field_name("argument")
        local = file.local(node, file.name(base)) if base is not None and base.type == "identifier" else None
        return "" if local is None or not local.layers else _kind_of(local, local.layers[1:])
    local = file.local(node, file.name(node)) if node.type == "identifier" else None
    return "" if local is None else _kind_of(local, local.layers)


def _kind_of_literal(text: str) -> str:
    if text.startswith(("'", "L'", "u'", "U'")):
        return "integer"
    lowered = text.lower()
    if not lowered.startswith("0x") and ("." in lowered or "e" in lowered):
        return "floating"
    return "" if lowered in ("0", "0l") or lowered.endswith("l") else "integer"


def _kind_of(local: LocalType, layers: tuple[str, ...]) -> str:
    layers = layers[1:] if layers[:1] == ("reference",) else layers
    if layers:
        return "pointer" if layers[0] in ("pointer", "array") else ""
    if _WIDE.match(local.type):
        return "wide"
    if _INTEGER.match(local.type):
        return "integer"
    return "floating" if _FLOATING.match(local.type) else ""
