"""Checks of sizes and indexes that need only declared extents, constants and counting loops."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from rustplan.languages.types import LocalType
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, ancestor, arguments_of, bare, line_of
from rustplan.syntax import Node

_TARGETS = ("assignment_expression", "init_declarator")
_MAX_CALLS = 200
_MAX_TEXT = 20_000
"""Bytes of code that a check reads at most around a place."""
_LENGTH_CALLS = frozenset(
    [
        "memset",
        "memcpy",
        "memmove",
        "memcmp",
        "strncpy",
        "strncat",
        "strncmp",
        "snprintf",
        "vsnprintf",
        "fgets",
        "read",
        "recv",
        "bzero",
        "bcopy",
        "fread",
        "fwrite",
        "malloc",
        "calloc",
        "realloc",
        "strlcpy",
        "strlcat",
        "getcwd",
        "readlink",
    ]
)
_COPIERS = frozenset(("strcpy", "strcat", "sprintf", "stpcpy", "wcscpy", "wcscat", "vsprintf"))
_BYTE = re.compile(r"\b(?:char|uint8_t|int8_t|u_char|byte)\b")


class _Loop(NamedTuple):
    """A counting loop `for (i = a; i < b; i++)`: the largest value of `i` in its body, as text and, if known, as number."""

    bound: str
    includes_bound: bool
    last: int | None


def index_past_extent(place: Place, file: FileView) -> Place | None:
    """Keep a subscript of a local array whose index is a constant or counts in a loop, and reaches the array's extent."""
    node = place.node
    array = None if node is None else node.child_by_field_name("argument")
    index = None if node is None else _index_of(node)
    if node is None or array is None or index is None or array.type != "identifier" or _is_address(node, file):
        return None
    local = file.local(node, file.name(array))
    if local is None or not local.is_array or not local.array or file.enclosing(node, ("sizeof_expression",)):
        return None
    extent = _number(local.array[0], file)
    reach = _constant_reach(index, local, file) or _loop_reach(node, index, local, file)
    if reach is None:
        return None
    text, number = reach
    if (number is None or extent is None or number < extent) and not (number is None and text == local.array[0]):
        return None
    line = 1 + file.source.count(b"\n", 0, local.declared_at)
    place.captures |= {"array": local.name, "extent": local.array[0], "index": file.name(index), "reach": text}
    place.related = (RelatedLocation(line, f"{local.name} has {local.array[0]} elements"),)
    return place


def _index_of(subscript: Node) -> Node | None:
    index = subscript.child_by_field_name("index")
    if index is None:
        listed = subscript.child_by_field_name("indices")
        index = listed.named_child(0) if listed is not None and listed.named_child_count == 1 else None
    return bare(index)


def _is_address(node: Node, file: FileView) -> bool:
    """`&a[n]`, `a[n].member` under `&`, and a further subscript `a[n][m]` read nothing at `a[n]` by themselves, save the last."""
    parent = node.parent
    if parent is None:
        return False
    operator = parent.child_by_field_name("operator")
    return operator is not None and parent.type == "pointer_expression" and file.text(operator) == "&"


def _number(text: str, file: FileView) -> int | None:
    """A decimal literal or a macro of this file that is one."""
    return int(text) if text.isdecimal() and len(text) <= 9 else file.constants.get(text)


def _constant_reach(index: Node, local: LocalType, file: FileView) -> tuple[str, int | None] | None:
    """A number, a macro that is one, or `sizeof` of the array itself when its elements are bytes."""
    text = file.name(index)
    number = _number(text, file)
    if number is not None:
        return str(number), number
    is_own_size = text in (f"sizeof({local.name})", f"sizeof{local.name}")
    return (local.array[0], None) if is_own_size and _BYTE.search(local.type) and len(local.layers) == 1 else None


def _loop_reach(node: Node, index: Node, local: LocalType, file: FileView) -> tuple[str, int | None] | None:
    """The largest index of the loop around `node`; None when the loop does more than count."""
    loop = file.enclosing(node, ("for_statement",))
    name = file.name(index)
    if loop is None or index.type != "identifier" or loop.start_byte < local.declared_at:
        return None
    counted = _counting(loop, name, file)
    body = loop.child_by_field_name("body")
    if counted is None or body is None or not body.start_byte <= node.start_byte < body.end_byte:
        return None
    if body.end_byte - body.start_byte > _MAX_TEXT:
        return None
    touched = re.compile(
        rf"(?<![\w.>]){re.escape(name)}\s*(?:[-+*/|&^%]|<<|>>)?=(?!=)|(?:\+\+|--|&)\s*{re.escape(name)}\b"
    )
    before = file.source[body.start_byte : body.end_byte].decode("utf-8", "replace")
    if touched.search(before) or file.is_tested(name, body.start_byte, node.end_byte):
        return None
    if counted.last is not None:
        return str(counted.last), counted.last
    return (counted.bound, None) if counted.includes_bound else None


def _counting(loop: Node, name: str, file: FileView) -> _Loop | None:
    """The loop's range when it reads `for (name = a; name < b; name++)` or with `<=`."""
    condition, update = loop.child_by_field_name("condition"), loop.child_by_field_name("update")
    start = loop.child_by_field_name("initializer")
    if condition is None or update is None or start is None or condition.type != "binary_expression":
        return None
    if file.name(update) not in (f"{name}++", f"++{name}", f"{name}+=1") or f"{name}=" not in file.name(start):
        return None
    left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
    operator = condition.child_by_field_name("operator")
    if left is None or right is None or operator is None or file.name(left) != name:
        return None
    sign, bound = file.text(operator), file.name(right)
    if sign not in ("<", "<="):
        return None
    number = _number(bound, file)
    return _Loop(bound, sign == "<=", None if number is None else number if sign == "<=" else number - 1)


def sizeof_pointer_as_size(place: Place, file: FileView) -> Place | None:
    """Keep `sizeof p` where the same call also takes `p`, where `p` gets the block, or where it is divided by `sizeof *p`."""
    node = place.node
    value = None if node is None else bare(node.child_by_field_name("value"))
    if node is None or value is None or value.type != "identifier":
        return None
    name = file.name(value)
    local = file.local(node, name)
    if local is None or not local.is_pointer or local.is_function_pointer:
        return None
    if not (_sizes_its_own_block(node, name, file) or _counts_elements(node, name, file)):
        return None
    line = 1 + file.source.count(b"\n", 0, local.declared_at)
    is_array = local.is_parameter and local.layers[:1] == ("array",)
    stars = "[]" if is_array else "*" * local.pointer_depth
    place.captures |= {
        "pointer": name,
        "declared": f"{local.type} {stars}" if not is_array else f"{local.type} {name}[]",
    }
    place.related = (RelatedLocation(line, f"{name} is declared here"),)
    return place


def _sizes_its_own_block(node: Node, name: str, file: FileView) -> bool:
    call = ancestor(node, ("call_expression",))
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or file.name(callee).removeprefix("std::") not in _LENGTH_CALLS:
        return False
    if file.name(callee).endswith("alloc"):
        target = ancestor(call, _TARGETS)
        if target is None:
            return False
        left = target.child_by_field_name("left") or target.child_by_field_name("declarator")
        value = bare(target.child_by_field_name("right") or target.child_by_field_name("value"))
        return (
            left is not None and value == call and file.name(left).lstrip("*") == name and file.name(left)[:2] != "**"
        )
    given = arguments_of(call)
    return name in [file.name(bare(argument) or argument) for argument in given]


def _counts_elements(node: Node, name: str, file: FileView) -> bool:
    parent = node.parent
    if parent is None or parent.type != "binary_expression":
        return False
    divisor = parent.child_by_field_name("right")
    forms = tuple(f"sizeof{form}" for form in (f"({name}[0])", f"(*{name})", f"*{name}", f"{name}[0]"))
    return divisor is not None and divisor != node and file.name(divisor) in forms


def no_room_for_terminator(place: Place, file: FileView) -> Place | None:
    """Keep `d = malloc(strlen(s))` when a later string call of the function writes `d`."""
    call = place.node
    target = None if call is None else ancestor(call, _TARGETS)
    function = None if call is None else file.function_of(call)
    if (
        call is None
        or target is None
        or function is None
        or not _is_sum_of_lengths(place.captures["last_argument"], file)
    ):
        return None
    left = target.child_by_field_name("left") or target.child_by_field_name("declarator")
    name = "" if left is None else file.name(left).lstrip("*")
    for captures in file.calls_between(call.end_byte, function.end_byte)[:_MAX_CALLS]:
        later = captures["finding"][0]
        copier, given = file.text(captures["callee"][0]), arguments_of(later)
        if copier in _COPIERS and given and file.name(given[0]) == name:
            place.captures |= {"buffer": name, "copier": copier}
            place.related = (RelatedLocation(line_of(later), f"{copier} writes the text and its terminator here"),)
            return place
    return None


def _is_sum_of_lengths(size: object, file: FileView) -> bool:
    """True for `strlen(a)` and sums of such calls with nothing added."""
    if not isinstance(size, Node):
        return False
    text = file.name(bare(size) or size)
    return re.fullmatch(r"(?:strlen|wcslen)\([\w.>-]{1,80}\)(?:\+strlen\([\w.>-]{1,80}\))?", text) is not None


def sized_by_source(place: Place, file: FileView) -> Place | None:
    """Keep a copy into a local array whose length is `strlen(source)` or the size of a larger source, never compared before."""
    node = place.node
    target, source = place.captures.get("argument1"), place.captures.get("argument2")
    length = place.captures.get("argument3")
    if node is None or target is None or source is None or length is None:
        return None
    local, name = file.local(node, file.name(target)), file.name(source)
    if local is None or not local.is_array or (isinstance(source, Node) and source.type == "string_literal"):
        return None
    written = file.name(length)
    by_text = written in (f"strlen({name})", f"strlen({name})+1", f"1+strlen({name})", f"wcslen({name})")
    by_size = written in (f"sizeof({name})", f"sizeof{name}")
    if not (by_text or by_size) or file.is_tested_before(node, name):
        return None
    other = file.local(node, name)
    extents = [None if one is None or not one.array else _number(one.array[0], file) for one in (local, other)]
    if by_size and (
        extents[0] is None or extents[1] is None or extents[1] <= extents[0] or local.type != (other and other.type)
    ):
        return None
    if (
        by_text
        and other is not None
        and other.is_array
        and None not in extents
        and (extents[1] or 0) <= (extents[0] or 0)
    ):
        return None
    place.captures["extent"] = local.array[0] if local.array else "?"
    return place


def advanced_by_return(place: Place, file: FileView) -> Place | None:
    """Keep `n += snprintf(...)` when `n` is used again (in a loop, or later) and no condition of the function speaks of it."""
    node, advanced = place.node, place.captures.get("advanced")
    function = None if node is None else file.function_of(node)
    if node is None or function is None or advanced is None:
        return None
    name = file.name(advanced).lstrip("*")
    if name in file.names_tested_in(function):
        return None
    if file.enclosing(node, ("for_statement", "while_statement", "do_statement")) is not None:
        return place
    uses = file.offset_uses_in(function).get(name, ())
    following = bisect_left(uses, (node.end_byte, False))
    if following == len(uses):
        return None
    start, is_reset = uses[following]
    return None if is_reset or start > node.end_byte + _MAX_TEXT else place
