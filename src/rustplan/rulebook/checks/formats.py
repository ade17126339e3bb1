"""Format strings: literal ones against their arguments, and where those that are not literal come from."""

from __future__ import annotations

import re

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.lifetime import assignments
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, arguments_of, bare, line_of
from rustplan.syntax import Node

_FORMAT_AT = {"fprintf": 1, "dprintf": 1, "sprintf": 1, "syslog": 1, "fwprintf": 1, "snprintf": 2, "err": 1, "errx": 1}
_CONVERSION = re.compile(r"%(?:%|[-+ #0']*(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:hh|h|ll|l|q|j|z|t|L)?([a-zA-Z]))")
_POSITIONAL = re.compile(r"%\d+\$")
_CONSTANT = re.compile(r"^[A-Z_][A-Z0-9_]*$")
_INPUT_CALLS = {"fgets": 0, "gets": 0, "recv": 1, "read": 1, "fread": 0, "getline": 0, "fgetws": 0, "recvfrom": 1}
_MAX_CALLS = 200
_INPUT_RESULTS = ("getenv", "getpass")


def wrong_count(place: Place, file: FileView) -> Place | None:
    """Compare the conversions of a literal format with the arguments that follow; unknown parts mean silence."""
    call = place.node
    if call is None or call.has_error:
        return None
    name = file.text(place.captures["callee"])
    arguments = arguments_of(call)
    at = _FORMAT_AT.get(name, 0)
    text = _literal(arguments[at], file) if len(arguments) > at else None
    given = arguments[at + 1 :]
    if text is None or any(_may_be_several(argument, file) for argument in given):
        return None
    wanted = _conversions(text)
    if wanted is None or wanted == len(given):
        return None
    place.captures |= {"wanted": str(wanted), "given": str(len(given))}
    return place


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


def _conversions(text: str) -> int | None:
    """How many arguments a format takes; None for numbered ones, `%m` and what is not a known conversion."""
    if _POSITIONAL.search(text):
        return None
    total = 0
    rest = _CONVERSION.sub("", text)
    if "%" in rest:
        return None
    for match in _CONVERSION.finditer(text):
        width, precision, letter = match.groups()
        if letter is None:
            continue
        if letter not in "diouxXeEfFgGaAcspnCS":
            return None
        total += 1 + (width == "*") + (precision == "*")
    return total


def from_variable(place: Place, file: FileView) -> Place | None:
    """Keep a local string variable as format unless all it is ever given are literals, or the function forwards a format."""
    node, captured = place.node, place.captures.get("last_argument")
    if node is None or captured is None or isinstance(captured, str):
        return None
    around = file.function_at(place.line)
    local = file.local(node, file.name(captured))
    if local is None or (around is not None and around.is_variadic) or not local.layers:
        return None
    values = _values_given(node, file.name(captured), file)
    only_literals = values and all(value.type in ("string_literal", "concatenated_string") for value in values)
    return None if only_literals and not local.is_parameter else place


def _values_given(node: Node, name: str, file: FileView) -> list[Node]:
    """Everything assigned to a name in the function around `node`, both arms of a conditional counted."""
    values: list[Node] = []
    for value, _ in assignments(node, name, file):
        inner = bare(value)
        if inner is not None and inner.type == "conditional_expression":
            arms = (inner.child_by_field_name("consequence"), inner.child_by_field_name("alternative"))
            values += [arm for arm in arms if arm is not None]
        else:
            values.append(value)
    return values


def from_input(place: Place, file: FileView) -> Place | None:
    """Keep a format variable that a reading call filled, or that holds an environment variable, earlier in the function."""
    node, captured = place.node, place.captures.get("last_argument")
    if node is None or captured is None or isinstance(captured, str):
        return None
    name = file.name(captured)
    function = file.function_of(node)
    before = [] if function is None else file.calls_between(function.start_byte, node.start_byte)
    for call in before[-_MAX_CALLS:]:
        callee, outer = file.text(call["callee"][0]), call["finding"][0]
        at = _INPUT_CALLS.get(callee)
        if at is None:
            continue
        arguments = arguments_of(outer)
        if len(arguments) > at and file.name(arguments[at]).lstrip("&") == name:
            return _fed(place, callee, outer)
    for value, _ in assignments(node, name, file):
        callee = file.text(value).split("(")[0].strip()
        if callee in _INPUT_RESULTS:
            return _fed(place, callee, value)
    return None


def _fed(place: Place, callee: str, where: Node) -> Place:
    place.captures["source"] = callee
    place.related = (RelatedLocation(line_of(where), f"filled by {callee} here"),)
    return place
