"""Comparisons and characters whose sign is not what they look like: declared types of the function and the text around."""

from __future__ import annotations

import re

from rustplan.languages.types import LocalType
from rustplan.model.source import Language
from rustplan.rulebook.checks.assigned import assignments
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, bare
from rustplan.syntax import Node

_UNSIGNED = re.compile(
    r"^(?:const |volatile )*(?:unsigned(?: int| long| long int| long long| long long int)?|size_t|std::size_t|uint|ulong|u_int|u_long"
    r"|(?:std::)?uint(?:32|64|max|ptr)_t|u_int(?:32|64)_t|DWORD|UINT|ULONG|SIZE_T)$"
)
"""Types that stay unsigned in arithmetic; narrower ones become `int`."""
_NARROW_UNSIGNED = re.compile(
    r"^(?:const |volatile )*(?:unsigned (?:char|short)(?: int)?|(?:std::)?uint(?:8|16)_t|u_int(?:8|16)_t|u_char|u_short|BYTE|WORD|UCHAR|USHORT)$"
)
_SIGNED = re.compile(
    r"^(?:const |volatile )*(?:(?:signed )?(?:int|long|long int|long long|long long int|short|short int)|signed|ssize_t|ptrdiff_t|off_t"
    r"|(?:std::)?(?:int(?:8|16|32|64|max|ptr)_t|ptrdiff_t))$"
)
_PLAIN_CHAR = re.compile(r"^(?:const |volatile )*char$")
_MAY_FAIL = frozenset(
    (
        *(
            "read",
            "write",
            "recv",
            "recvfrom",
            "recvmsg",
            "send",
            "sendto",
            "pread",
            "pwrite",
            "readv",
            "writev",
            "readlink",
        ),
        *(
            "snprintf",
            "vsnprintf",
            "sprintf",
            "vsprintf",
            "ftell",
            "ftello",
            "lseek",
            "open",
            "socket",
            "accept",
            "fgetc",
        ),
        *("getc", "getchar", "mbstowcs", "wcstombs", "getline", "getdelim", "select", "poll", "epoll_wait"),
    )
)
"""Library functions that return -1 when they fail."""
_SIZES = frozenset(
    ("strlen", "wcslen", "std::strlen", "std::wcslen", "fread", "fwrite", "strnlen", "strspn", "strcspn")
)
_LOOPS = ("for_statement", "while_statement", "do_statement")
_MAX_TEXT = 4_000


def sign_lost(place: Place, file: FileView) -> Place | None:
    """Keep a comparison that can never be false or true, or that takes a failure for a huge number, because one side is unsigned."""
    node = place.node
    left, right = _sides(node)
    if node is None or left is None or right is None:
        return None
    operator = node.child_by_field_name("operator")
    sign = "" if operator is None else file.text(operator)
    why = _with_zero(node, left, right, sign, file) or _with_size(node, left, right, sign, file)
    if not why:
        return None
    place.captures["why"] = why
    return place


def _sides(node: Node | None) -> tuple[Node | None, Node | None]:
    if node is None:
        return None, None
    return bare(node.child_by_field_name("left")), bare(node.child_by_field_name("right"))


def _with_zero(node: Node, left: Node, right: Node, sign: str, file: FileView) -> str:
    """`u < 0` and `u >= 0`, where it matters: the failure of a call, a loop that counts down, a difference."""
    if right.type != "number_literal" or file.text(right) != "0":
        return ""
    is_difference = left.type == "binary_expression" and _operator(left, file) == "-"
    if is_difference and _is_unsigned(left, file):
        lengths = sum(part is not None and part.type == "call_expression" for part in _sides(left))
        if sign in ("<", ">=") or (sign == ">" and lengths == 2):
            return "a difference of unsigned numbers is never negative: it wraps to a huge number"
        return ""
    if left.type != "identifier" or not _is_unsigned(left, file, narrow=True):
        return ""
    name = file.name(left)
    if sign == "<" and any(_may_fail(value, file) for value, _ in assignments(node, name, file)):
        return f"`{name}` is unsigned, so the failure it may hold is never seen here"
    loop = file.enclosing(node, _LOOPS) if sign == ">=" else None
    if loop is not None and _is_condition(node, loop) and _counts_down(loop, name, file):
        return f"`{name}` is unsigned, so this is always true: the loop counts on below zero to the greatest number"
    return ""


def _with_size(node: Node, left: Node, right: Node, sign: str, file: FileView) -> str:
    """`n < sizeof x` of a signed `n` that may be -1, which no condition before has looked at."""
    if sign not in ("<", "<=") or left.type != "identifier" or not _is_size(right, file):
        return ""
    name = file.name(left)
    local = file.local(node, name)
    if local is None or not _is_plain(local, _SIGNED):
        return ""
    values = assignments(node, name, file)
    before = [value for value, _ in values if value.start_byte < node.start_byte]
    if not before or not _may_fail(before[-1], file) or file.is_tested(name, before[-1].end_byte, node.start_byte):
        return ""
    return f"-1 in `{name}` becomes the greatest unsigned number in this comparison, so a failure passes the test"


def _is_size(node: Node, file: FileView) -> bool:
    return node.type == "sizeof_expression" or (node.type == "identifier" and _is_unsigned(node, file))


def _is_unsigned(node: Node | None, file: FileView, *, narrow: bool = False, depth: int = 0) -> bool:
    """True when the expression is unsigned after promotion (`narrow`: or is of an unsigned type at all)."""
    node = _without_parentheses(node)
    if node is None or depth > 8:
        return False
    if node.type == "sizeof_expression":
        return True
    if node.type == "cast_expression":
        written = node.child_by_field_name("type")
        return written is not None and _UNSIGNED.match(" ".join(file.text(written).split())) is not None
    if node.type == "call_expression":
        callee = node.child_by_field_name("function")
        return callee is not None and file.name(callee) in _SIZES
    if node.type == "identifier":
        local = file.local(node, file.name(node))
        return local is not None and (_is_plain(local, _UNSIGNED) or (narrow and _is_plain(local, _NARROW_UNSIGNED)))
    if node.type == "binary_expression" and _operator(node, file) in ("+", "-", "*"):
        sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        known = [_is_unsigned(side, file, depth=depth + 1) for side in sides]
        literal = [side is not None and side.type == "number_literal" for side in sides]
        return any(known) and all(one or other for one, other in zip(known, literal, strict=True))
    return False


def _without_parentheses(node: Node | None) -> Node | None:
    for _ in range(64):
        if node is None or node.type != "parenthesized_expression":
            break
        node = node.named_child(0)
    return node


def _operator(node: Node, file: FileView) -> str:
    operator = node.child_by_field_name("operator")
    return "" if operator is None else file.text(operator)


def _is_plain(local: LocalType, pattern: re.Pattern[str]) -> bool:
    """A number of one of these types: no pointer, array or reference to a template's type."""
    return not [layer for layer in local.layers if layer != "reference"] and pattern.match(local.type) is not None


def _may_fail(value: Node, file: FileView) -> bool:
    """A call of a library function, or one of this file that returns a signed number and somewhere a negative one."""
    inner = bare(value)
    callee = inner.child_by_field_name("function") if inner is not None and inner.type == "call_expression" else None
    return callee is not None and file.name(callee).removeprefix("std::").removeprefix("::") in _MAY_FAIL


def _is_condition(node: Node, loop: Node) -> bool:
    """True when the comparison is the loop's condition, or one part of it joined by `&&`."""
    condition = loop.child_by_field_name("condition")
    return condition is not None and condition.start_byte <= node.start_byte and node.end_byte <= condition.end_byte


def _counts_down(loop: Node, name: str, file: FileView) -> bool:
    end = min(loop.end_byte, loop.start_byte + _MAX_TEXT)
    text = file.source[loop.start_byte : end].decode("utf-8", "replace")
    lowered = re.search(rf"(?<![\w.>]){re.escape(name)}\s?(?:--|-=)|--\s?{re.escape(name)}\b", text)
    leaves = re.search(rf"if\s?\(\s?(?:!\s?{re.escape(name)}\b|{re.escape(name)}\s?==\s?0\b)", text)
    return lowered is not None and leaves is None


def plain_char(place: Place, file: FileView) -> Place | None:
    """Keep `@value` when it is a plain `char` that nothing before compares or was made of literals only."""
    captured = place.captures.get("value")
    node = None if captured is None or isinstance(captured, str) else _without_parentheses(captured)
    if node is None or place.node is None:
        return None
    name = _name_of_char(node, file)
    if not name or _is_narrowed(node, name, file) or not _is_indexed_by_number(place, file):
        return None
    place.captures["value"] = node
    return place


def _name_of_char(node: Node, file: FileView) -> str:
    """The local name whose plain `char` is read: `c`, `*p`, `*p++`, `p[i]`."""
    target: Node | None = node
    depth = 0
    if node.type == "subscript_expression" or (node.type == "pointer_expression" and file.text(node).startswith("*")):
        target, depth = _without_parentheses(node.child_by_field_name("argument")), 1
        if target is not None and target.type == "update_expression":
            target = target.child_by_field_name("argument")
    if target is None or target.type != "identifier":
        return ""
    name = file.name(target)
    local = file.local(node, name)
    if local is None or _PLAIN_CHAR.match(local.type) is None or len(local.layers) != depth:
        return ""
    return name if depth == 0 or local.layers[0] in ("pointer", "array") else ""


def _is_narrowed(node: Node, name: str, file: FileView) -> bool:
    """True when the function compares the character's range before, or only ever gives it literals."""
    values = [bare(value) for value, _ in assignments(node, name, file)]
    kinds = ("char_literal", "number_literal")
    if node.type == "identifier" and values and all(value is not None and value.type in kinds for value in values):
        return True
    function = file.function_of(node)
    start = 0 if function is None else function.start_byte
    before = file.source[max(start, node.start_byte - _MAX_TEXT) : node.start_byte].decode("utf-8", "replace")
    shown = re.escape("".join(file.text(node).split()).replace("++", ""))
    joined = "".join(before.split())
    return (
        re.search(
            rf"(?<![\w.>]){shown}(?:<=?|>=?)(?![<>])|(?:<=?|>=?)\(?{shown}\b|is(?:ascii|alpha|digit|alnum)\w{{0,4}}\({shown}",
            joined,
        )
        is not None
    )


def _is_indexed_by_number(place: Place, file: FileView) -> bool:
    """An index of an array or pointer, not a key of a C++ map."""
    base = place.captures.get("array")
    if base is None or isinstance(base, str):
        return True
    local = file.local(base, file.name(base)) if base.type == "identifier" else None
    if local is None:
        return file.language is Language.C
    return bool(local.layers) and local.layers[0] in ("array", "pointer")


def end_of_file_in_char(place: Place, file: FileView) -> Place | None:
    """Keep a comparison with `EOF` of a plain or unsigned `char` that a reading call filled."""
    node = place.node
    captured = place.captures.get("value")
    inner = None if captured is None or isinstance(captured, str) else _without_parentheses(captured)
    if node is None or inner is None:
        return None
    is_assigned_here = inner.type == "assignment_expression"
    target = inner.child_by_field_name("left") if is_assigned_here else inner
    if target is None or target.type != "identifier":
        return None
    name = file.name(target)
    local = file.local(node, name)
    if local is None or local.layers or re.match(r"^(?:unsigned |signed )?char$|^(?:u?int8_t)$", local.type) is None:
        return None
    filled = [bare(value) for value, _ in assignments(node, name, file)]
    callees = [
        one.child_by_field_name("function") for one in filled if one is not None and one.type == "call_expression"
    ]
    names = {file.name(callee).removeprefix("std::") for callee in callees if callee is not None}
    if names.isdisjoint(("getchar", "fgetc", "getc", "getc_unlocked", "getchar_unlocked")):
        return None
    place.captures["value"] = name
    return place
