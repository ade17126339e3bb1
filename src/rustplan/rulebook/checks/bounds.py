"""Checks of sizes and indexes that need only declared extents, constants and counting loops."""

from __future__ import annotations

import re
from bisect import bisect_left

from rustplan.languages.types import LocalType
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.assigned import assignments
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, ancestor, arguments_of, bare, line_of
from rustplan.syntax import Node

_TARGETS = ("assignment_expression", "init_declarator")
_MAX_CALLS = 200
_COPIERS = frozenset(("strcpy", "strcat", "sprintf", "stpcpy", "wcscpy", "wcscat", "vsprintf"))
_MAX_ARGUMENTS = 400
_SIZEOF_TYPE = re.compile(
    r"sizeof\s{0,4}\(\s{0,4}((?:struct |unsigned |signed |long |short ){0,3}\w{1,80})\s{0,4}(\*{0,3})\s{0,4}\)"
)
_CONST = re.compile(r"\b(?:const|volatile)\b\s{0,2}")
_SIZES = {
    **dict.fromkeys(("char", "signed char", "unsigned char", "int8_t", "uint8_t", "bool"), 1),
    **dict.fromkeys(("short", "unsigned short", "int16_t", "uint16_t"), 2),
    **dict.fromkeys(("int", "unsigned", "unsigned int", "int32_t", "uint32_t", "float"), 4),
    **dict.fromkeys(
        ("long long", "unsigned long long", "int64_t", "uint64_t", "double", "size_t", "long", "unsigned long"), 8
    ),
}
_SENDERS = frozenset(("write", "send", "sendto", "fwrite", "memcpy", "memmove", "pwrite", "SSL_write"))
_OPEN_TEXT = re.compile(r"%[-+ #0]{0,5}\d{0,9}l?s")
_BOUNDED = re.compile(r"<|>(?!\w)|--|-=|\b(?:n|len|length|size|count|left|max|end)\b")
_COUNT = re.compile(
    r"\b(?:int|long|short|unsigned|size_t|ssize_t|u?int\d+_t|ptrdiff_t|DWORD|UINT|\w*[Ss]ize\w*|\w*[Ll]en\w*|uint|usize)\b"
)
_END = re.compile(r"(?i)end|limit|last|max|size|len|room|cap")
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


def _number(text: str, file: FileView) -> int | None:
    """A decimal literal or a macro of this file that is one."""
    return int(text) if text.isdecimal() and len(text) <= 9 else file.constants.get(text)


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
    """Keep `d = malloc(strlen(a) + strlen(b))` when a later string call of the function writes `d`."""
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
            place.captures |= {"object": name, "copier": copier}
            place.related = (RelatedLocation(line_of(later), f"{copier} writes the text and its terminator here"),)
            return place
    return None


def _is_sum_of_lengths(size: object, file: FileView) -> bool:
    """True for sums of two or three `strlen(a)` with nothing added."""
    if not isinstance(size, Node):
        return False
    text = file.name(bare(size) or size)
    return re.fullmatch(r"(?:strlen|wcslen)\([\w.>-]{1,80}\)(?:\+strlen\([\w.>-]{1,80}\)){1,2}", text) is not None


def sized_for_other(place: Place, file: FileView) -> Place | None:
    """Keep a block sized by `sizeof` of one type and assigned to a pointer to another struct or to a larger basic type."""
    node, pointer, arguments = place.node, place.captures.get("pointer"), place.captures.get("arguments")
    if node is None or pointer is None or arguments is None:
        return None
    local, given = file.local(node, file.name(pointer)), file.text(arguments)[:_MAX_ARGUMENTS]
    measured = _SIZEOF_TYPE.findall(given)
    if (
        local is None
        or local.layers != ("pointer",)
        or len(measured) != 1
        or given.count("sizeof") != 1
        or "+" in given
    ):
        return None
    written, stars = " ".join(measured[0][0].split()), measured[0][1]
    element = _CONST.sub("", local.type)
    room, needed = 8 if stars else _SIZES.get(written), _SIZES.get(element)
    is_other_struct = (
        not stars and written.startswith("struct ") and element.startswith("struct ") and written != element
    )
    if not is_other_struct and (room is None or needed is None or needed <= room):
        return None
    place.captures |= {"element": element, "expression": f"sizeof({written}{' ' + stars if stars else ''})"}
    return place


def sized_by_source(place: Place, file: FileView) -> Place | None:
    """Keep a copy whose length is `strlen(source)` or the size of a larger source, never compared before.

    The destination is a local array, or a pointer parameter whose size nobody told.
    """
    node = place.node
    is_print = "callee" in place.captures and file.text(place.captures["callee"]).endswith("printf")
    target = place.captures.get("argument1")
    source, length = (
        place.captures.get("argument4" if is_print else "argument2"),
        place.captures.get("argument2" if is_print else "argument3"),
    )
    if node is None or target is None or source is None or length is None:
        return None
    local, name = file.local(node, file.name(target)), file.name(source)
    if local is None or (isinstance(source, Node) and source.type == "string_literal"):
        return None
    written = file.name(length).removeprefix("std::")
    by_text = written in (f"strlen({name})", f"strlen({name})+1", f"1+strlen({name})", f"wcslen({name})")
    by_size = written in (f"sizeof({name})", f"sizeof{name}")
    if not (by_text or by_size) or file.is_tested_before(node, name):
        return None
    if not local.is_array:
        is_open = by_text and local.is_parameter and local.is_pointer and not _has_size_parameter(node, file)
        place.captures |= {"extent": "of unknown size", "length": length}
        return place if is_open and file.name(target) != name else None
    if not _is_larger(local, file.local(node, name), file, by_size=by_size):
        return None
    place.captures["length"] = length
    place.captures["extent"] = f"{local.array[0] or '?'} elements" if local.array else "of unknown size"
    return place


def _is_larger(local: LocalType, other: LocalType | None, file: FileView, *, by_size: bool) -> bool:
    """True when the source is known to be larger, or, for a text, not known to be as small."""
    extents = [None if one is None or not one.array else _number(one.array[0], file) for one in (local, other)]
    if by_size:
        if extents[0] is None or extents[1] is None or other is None or local.type != other.type:
            return False
        return extents[1] > extents[0]
    return other is None or not other.is_array or None in extents or (extents[1] or 0) > (extents[0] or 0)


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


def wanted_length_used(place: Place, file: FileView) -> Place | None:
    """Keep `n = snprintf(buf, ...)` of a text that can be cut off, when `buf[n]` or a call with `buf` and `n` follows and no condition asks `n`."""
    node, result = place.node, place.captures.get("advanced")
    call = place.captures.get("call")
    function = None if node is None else file.function_of(node)
    if node is None or function is None or result is None or call is None or isinstance(call, str):
        return None
    name, given = file.name(result), arguments_of(call)
    if not given or name in file.names_tested_in(function) or not _may_be_cut(call, given, file):
        return None
    buffer = file.name(given[0])
    end = min(function.end_byte, node.end_byte + _MAX_TEXT)
    after = "".join(file.source[node.end_byte : end].decode("utf-8", "replace").split())
    if f"{buffer}[{name}]" in after:
        return place
    for captures in file.calls_between(node.end_byte, end)[:_MAX_CALLS]:
        listed = [file.name(argument) for argument in arguments_of(captures["finding"][0])]
        if file.text(captures["callee"][0]) in _SENDERS and buffer in listed and name in listed:
            return place
        if f"{name}=" in "".join(file.text(captures["finding"][0]).split()):
            return None
    return None


def _may_be_cut(call: Node, given: list[Node], file: FileView) -> bool:
    """`strlcpy` and `strlcat`, and a format with a `%s` that has no precision."""
    callee = call.child_by_field_name("function")
    if callee is not None and file.name(callee).startswith("strl"):
        return True
    return any(
        one.type in ("string_literal", "concatenated_string") and _OPEN_TEXT.search(file.text(one)) for one in given
    )


def length_of_same(place: Place, file: FileView) -> Place | None:
    """Keep `s[n - 1]` where `n` is only ever `strlen(s)` and no condition before looks at either."""
    node, text, length = place.node, place.captures.get("text"), place.captures.get("length")
    if node is None or text is None or length is None:
        return None
    name, counted = file.name(text), file.name(length)
    values = [value for value, _ in assignments(node, counted, file)]
    measured = [
        re.fullmatch(r"(?:\(\w{1,20}\))?(?:std::)?(?:strlen|wcslen)\((.{1,80})\)", file.name(value)) for value in values
    ]
    if not measured or any(match is None or match.group(1) != name for match in measured):
        return None
    return None if file.is_tested_before(node, counted) or file.is_tested_before(node, name) else place


def unbounded_into_parameter(place: Place, file: FileView) -> Place | None:
    """Keep a copy up to the zero byte into a pointer parameter of a function that takes no size, end or array extent."""
    node, target, source = place.node, place.captures.get("target"), place.captures.get("source")
    if node is None or target is None or _has_size_parameter(node, file):
        return None
    local = file.local(node, file.name(target))
    if local is None or not local.is_parameter or not local.is_pointer or "const" in local.type.split():
        return None
    if node.type == "assignment_expression":
        loop = file.enclosing(node, ("while_statement", "for_statement", "do_statement"))
        condition = None if loop is None else loop.child_by_field_name("condition")
        if condition is None or _BOUNDED.search(file.text(condition)):
            return None
    elif source is not None and not isinstance(source, str):
        inner = bare(source)
        if inner is None or inner.type != "identifier" or file.is_tested_before(node, file.name(inner)):
            return None
    return place


def _has_size_parameter(node: Node, file: FileView) -> bool:
    """True when the function takes an integer, or a pointer whose name says that it is an end."""
    function = file.function_at(line_of(node))
    if function is None:
        return True
    return any(
        ("*" not in one.type and "[" not in one.type and _COUNT.search(one.type) is not None)
        or "&" in one.type
        or "<" in one.type
        or _END.search(one.name) is not None
        for one in function.parameters
    )
