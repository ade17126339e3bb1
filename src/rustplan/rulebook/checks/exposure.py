"""Checks of exposures: which of the places that a query finds are unsafe surface, and which of them weigh less."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar
from weakref import WeakKeyDictionary

from rustplan.languages.types import LocalType
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.own_functions import HEAP, told_functions
from rustplan.rulebook.place import Place, bare, line_of
from rustplan.syntax import Node

LOOPS = ("for_statement", "while_statement", "do_statement", "for_range_loop")
_MAX_USES = 200
_MAX_MEMBERS = 400
_MAX_CLIMB = 12
_WRITE_AFTER = re.compile(
    rb"\s{0,4}(?:\[[^\]\n]{0,60}\]\s{0,4}){0,2}(?:(?:\.|->)\w{1,60}\s{0,4}){0,2}(?:(?:[-+*/|&^%]|<<|>>)?=(?!=)|\+\+|--)"
)
IS_INTEGER = re.compile(
    r"^(?:const )?(?:u?int(?:8|16|32|64|ptr|max)?_t|s?size_t|ptrdiff_t|off_t|(?:un)?signed(?: (?:int|char|short|long))?"
    r"|(?:unsigned )?(?:short|int|long)(?: (?:int|long))?|DWORD(?:_PTR)?|U?LONG(?:_PTR)?|U?INT(?:_PTR)?)$"
)
_LENGTH_NAME = re.compile(
    r"(?i)^n$|(?:^|_)(?:n|nr|num|len|length|size|sz|count|cnt|cap|capacity|used|alloc|allocated|avail|room|bytes|max)\d?(?:_|$)"
    r"|[a-z](?:len|length|size|count|bytes)$|^(?:num|len|max)[a-z]{1,40}$"
)
_SIZE_TYPE = re.compile(r"^(?:const )?(?:\w{1,40}_)?(?:s?size|socklen)_t$")


_T = TypeVar("_T")


def once_per_file(make: Callable[[FileView], _T]) -> Callable[[FileView], _T]:
    """Remember what is read of a whole file, so that asking for every place of it stays linear."""
    known: WeakKeyDictionary[FileView, _T] = WeakKeyDictionary()

    def of(file: FileView) -> _T:
        if file not in known:
            known[file] = make(file)
        return known[file]

    return of


class _Notes:
    """What the checks remember of one file."""

    __slots__ = ("allocations", "in_loops", "once", "passed", "switched", "threads")

    def __init__(self) -> None:
        self.in_loops: dict[tuple[int, str], int] = {}
        self.allocations: dict[int, int] = {}
        self.threads: tuple[int, ...] | None = None
        self.once: frozenset[str] = frozenset()
        self.passed: dict[int, tuple[str, bool] | None] = {}
        self.switched: frozenset[bytes] | None = None


_notes: WeakKeyDictionary[FileView, _Notes] = WeakKeyDictionary()


def _notes_of(file: FileView) -> _Notes:
    notes = _notes.get(file)
    if notes is None:
        notes = _notes[file] = _Notes()
    return notes


def uses_of(name: bytes, source: bytes, start: int, end: int) -> Iterator[int]:
    """Yield where a name stands as a whole word, not as a member, between two bytes; at most 200 places are looked at."""
    length = len(name)
    at = source.find(name, start, end) if name else -1
    for _ in range(_MAX_USES):
        if at < 0:
            return
        before, after = source[at - 1 : at], source[at + length : at + length + 1]
        if not (before.isalnum() or before in (b"_", b".") or source[at - 2 : at] == b"->"):  # noqa: SIM102 - two ends, two tests
            if not (after.isalnum() or after == b"_"):
                yield at
        at = source.find(name, at + length, end)


def _is_written(name: bytes, source: bytes, at: int) -> bool:
    """True when the name at a byte is assigned or counted up there."""
    return _WRITE_AFTER.match(source, at + len(name)) is not None or source[max(0, at - 3) : at].rstrip()[-2:] in (
        b"++",
        b"--",
    )


def once_in_loop(place: Place, file: FileView) -> Place | None:
    """Keep the first place of a pointer in its innermost loop, and every place outside loops."""
    node = place.node
    loop = None if node is None else file.enclosing(node, LOOPS)
    if node is None or loop is None:
        return place
    key = (loop.start_byte, file.text(place.captures["pointer"]))
    return place if _notes_of(file).in_loops.setdefault(key, node.start_byte) == node.start_byte else None


_CONVERSION = re.compile(r"%([-+ #0]{0,5})(\d{1,4})?(?:\.(\d{1,4}))?(hh|h|ll|l|j|z|t)?([diouxXcsp%])")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)")
_DIGITS = {"hh": 4, "h": 6, "": 11}


def literal_fits(place: Place, file: FileView) -> Place | None:
    """Keep a copy of a literal, or of a format of bounded length, into a local array that is long enough for it."""
    target, given = place.captures.get("argument1"), place.captures.get("argument2")
    if place.node is None or not isinstance(target, Node) or not isinstance(given, Node):
        return None
    inner = bare(target)
    local = None if inner is None or inner.type != "identifier" else file.local(place.node, file.name(inner))
    if local is None or not local.is_array or len(local.array) != 1:
        return None
    room = local.extents[0] if local.extents[0] is not None else file.constants.get(local.array[0])
    text = _literal(given, file)
    if room is None or text is None:
        return None
    longest = _longest(text) if "printf" in file.text(place.captures["callee"]) else len(_ESCAPE.sub("x", text))
    return place if longest is not None and longest < room else None


def _literal(node: Node, file: FileView) -> str | None:
    parts = node.named_children if node.type == "concatenated_string" else [node]
    if any(part.type != "string_literal" for part in parts):
        return None
    return "".join(file.text(part).partition('"')[2].rpartition('"')[0] for part in parts)


def _longest(form: str) -> int | None:
    """The most characters a format can write; None when a conversion has no bound that is known."""
    total = 0
    for match in _CONVERSION.finditer(form):
        _, width, precision, size, letter = match.groups()
        if letter == "s" and precision is None:
            return None
        own = {"c": 1, "%": 1, "p": 20, "s": int(precision or 0), "o": 23}.get(letter) or _DIGITS.get(size or "", 21)
        total += max(own, int(width or 0), int(precision or 0) + 2 if precision and letter != "s" else 0)
    rest = _CONVERSION.sub("", form)
    return None if "%" in rest else total + len(_ESCAPE.sub("x", rest))


_SIZED = {
    **dict.fromkeys(
        ("memcpy", "memmove", "memset", "strncpy", "strncat", "wmemcpy", "wmemmove", "wmemset", "wcsncpy"), ((1,), 3)
    ),
    **dict.fromkeys(("memcmp",), ((1, 2), 3)),
    **dict.fromkeys(("memchr", "mempcpy", "wcsncat", "memccpy"), ((1,), 3)),
    **dict.fromkeys(
        ("bzero", "explicit_bzero", "snprintf", "vsnprintf", "swprintf", "vswprintf", "fgets", "fgetws"), ((1,), 2)
    ),
    **dict.fromkeys(("ZeroMemory", "RtlZeroMemory", "SecureZeroMemory"), ((1,), 2)),
    **dict.fromkeys(("CopyMemory", "MoveMemory", "RtlCopyMemory", "RtlMoveMemory"), ((1,), 3)),
    **dict.fromkeys(("bcopy",), ((2,), 3)),
    **dict.fromkeys(("read", "pread", "write", "pwrite", "recv", "recvfrom", "send", "sendto"), ((2,), 3)),
}
_SIZEOF = re.compile(r"^sizeof(?:\((.{1,120})\)|([\w.>*-]{1,80}))(?:-\d{1,3}|/sizeof\(.{1,80}\)|\*1)?$")
_COUNT_OF = re.compile(r"^(?:ARRAY_?SIZE|countof|_countof|G_N_ELEMENTS|nitems)\((.{1,80})\)$")


def sized_by_destination(place: Place, file: FileView) -> Place | None:
    """Keep a call whose length is `sizeof` of the buffer itself, of what it points to, or of its declared type."""
    callee = file.text(place.captures["callee"]).lstrip("_")
    if callee in ("fread", "fwrite"):
        counts = [file.name(place.captures.get(f"argument{n}") or "") for n in (2, 3)]
        length = next((one for one in counts if one != "1"), "")
        return place if "1" in counts and _is_size_of(length, place.captures.get("argument1"), place, file) else None
    buffers, at = _SIZED.get(callee, ((), 0))
    length = file.name(place.captures.get(f"argument{at}") or "")
    if "size" not in length.lower() and "count" not in length and "N_ELEM" not in length and "nitems" not in length:
        return None
    return place if any(_is_size_of(length, place.captures.get(f"argument{n}"), place, file) for n in buffers) else None


def _is_size_of(length: str, buffer: Node | str | None, place: Place, file: FileView) -> bool:
    match = _SIZEOF.match(length) or _COUNT_OF.match(length)
    node = None if isinstance(buffer, str) else bare(buffer)
    if match is None or node is None or place.node is None:
        return False
    sized = match.group(match.lastindex or 0)
    name = file.name(node)
    is_address = name.startswith("&")
    owner = name.lstrip("&")
    if sized in (f"*{owner}", f"{owner}[0]") and not is_address:
        return True
    local = file.local(place.node, owner)
    if sized == owner:
        return is_address or local is None or not local.is_pointer
    if local is None or local.pointer_depth != (0 if is_address else 1) or local.is_array:
        return False
    return sized == "".join(word for word in local.type.split() if word not in ("const", "volatile"))


def array_without_size(place: Place, file: FileView) -> Place | None:
    """Keep a local array that is first given to a callee which does not get its size in the same statement."""
    return _array_passed(place, file, with_size=False)


def array_with_size(place: Place, file: FileView) -> Place | None:
    """Keep a local array that is first given to a callee together with its size."""
    return _array_passed(place, file, with_size=True)


_NO_CALLEE = frozenset((b"", b"sizeof", b"if", b"while", b"for", b"return", b"switch", b"defined"))


def _array_passed(place: Place, file: FileView, *, with_size: bool) -> Place | None:
    node = place.node
    if node is None:
        return None
    passed = _notes_of(file).passed
    if node.start_byte not in passed:
        passed[node.start_byte] = _first_passed(node, file.text(place.captures["array"]).encode(), file)
    first = passed[node.start_byte]
    if first is None or first[1] != with_size:
        return None
    place.captures["callee"] = first[0]
    return place


def _first_passed(node: Node, name: bytes, file: FileView) -> tuple[str, bool] | None:
    """The first callee that is given the array, and whether a `sizeof` stands in the same statement."""
    function = file.function_of(node)
    if function is None:
        return None
    source = file.source
    for at in uses_of(name, source, node.end_byte, function.end_byte):
        if source[at + len(name) : at + len(name) + 20].lstrip()[:1] not in (b",", b")"):
            continue
        callee = _callee_around(source, at)
        if callee not in _NO_CALLEE:
            end = source.find(b";", at, function.end_byte)
            has_size = source.find(b"sizeof", at, end if end >= 0 else at + 200) >= 0
            return callee.decode("utf-8", "replace"), has_size
    return None


def _callee_around(source: bytes, at: int) -> bytes:
    """The name before the parenthesis that a whole argument stands in; empty where it is no argument of a call."""
    before = source[max(0, at - _MAX_BEFORE) : at].rstrip()
    if before[-1:] not in (b"(", b","):
        return b""
    depth = 0
    for index in range(len(before) - 1, -1, -1):
        char = before[index]
        if char == _CLOSES:
            depth += 1
        elif char == _OPENS:
            depth -= 1
            if depth < 0:
                name = _LAST_NAME.search(before[:index].rstrip()[-80:])
                return b"" if name is None else name.group()
        elif char in b";{}":
            break
    return b""


_MAX_BEFORE = 300
_OPENS, _CLOSES = b"()"
_LAST_NAME = re.compile(rb"\w*$")


def const_extent(place: Place, file: FileView) -> Place | None:
    """Keep a C array whose extent names a constant local: a variable-length array to the compiler, though its size is known."""
    extent = place.captures.get("size")
    if not isinstance(extent, Node) or extent.type != "identifier":
        return None
    local = file.local(extent, file.name(extent))
    if local is None or not (local.is_const or "const" in local.type.split()) or local.layers or local.is_parameter:
        return None
    place.captures["extent"] = extent
    return place


_TAG_TYPE = re.compile(
    r"^(?:enum \w{1,80}|(?:unsigned )?(?:int|char|short)|u?int(?:8|16|32)_t|\w{1,80}(?:_?[tT]ype|_?[kK]ind|_?[tT]ag|_e|_t))$"
)


def tagged_union(place: Place, file: FileView) -> Place | None:
    """Keep a union that has an enum or integer beside it in the struct, over which this file switches."""
    member = None if place.node is None else place.node.parent
    fields = None if member is None else member.parent
    if member is None or fields is None or member.type != "field_declaration":
        return None
    for sibling in fields.named_children[:_MAX_MEMBERS]:
        kind, name = sibling.child_by_field_name("type"), sibling.child_by_field_name("declarator")
        if kind is None or name is None or name.type != "field_identifier" or sibling == member:
            continue
        head = kind.child_by_field_name("name") if kind.type == "enum_specifier" else kind
        text = "enum x" if kind.type == "enum_specifier" else " ".join(file.text(head or kind).split())
        if _TAG_TYPE.match(text) and file.text(name).encode() in _switched_over(file):
            return place
    return None


_SWITCH = re.compile(rb"\bswitch\s{0,2}\([^(){};]{0,80}?(?:\.|->)\s{0,2}(\w{1,80})\s{0,2}\)")


def _switched_over(file: FileView) -> frozenset[bytes]:
    """The members that some `switch` of the file looks at."""
    notes = _notes_of(file)
    if notes.switched is None:
        notes.switched = frozenset(match.group(1) for match in _SWITCH.finditer(file.source))
    return notes.switched


_QUALIFIERS = re.compile(r"\b(?:const|volatile|restrict|struct|union|enum|class)\b")
_BYTES = re.compile(r"^(?:(?:un)?signedchar|char|u?int8_t|u_char|std::byte|byte|Byte|Bytef)$")


def _bare_type(text: str) -> str:
    return "".join(_QUALIFIERS.sub(" ", text).split())


def _cast_value(node: Node | None) -> Node | None:
    """What a C cast or a C++ cast operator is applied to."""
    if node is None:
        return None
    if node.type == "cast_expression":
        return bare(node.child_by_field_name("value"))
    given = node.child_by_field_name("arguments")
    return None if given is None or given.named_child_count != 1 else bare(given.named_child(0))


def same_pointee(place: Place, file: FileView) -> Place | None:
    """Keep a cast that changes nothing but qualifiers: the local is declared with that type."""
    value = _cast_value(place.node)
    local = None if value is None or value.type != "identifier" else file.local(value, file.name(value))
    if local is None or not local.is_pointer:
        return None
    target = _bare_type(file.text(place.captures["target"]).strip("<>"))
    return place if target == _bare_type(local.type) + "*" * len(local.layers) else None


def from_bytes(place: Place, file: FileView) -> Place | None:
    """Keep a cast of a pointer to bytes that is not read through on the spot."""
    node = place.node
    if node is None or _is_read_through(node):
        return None
    value = _cast_value(node)
    for _ in range(4):
        if value is None or value.type == "identifier":
            break
        name = {"binary_expression": "left", "pointer_expression": "argument", "subscript_expression": "argument"}
        value = bare(value.child_by_field_name(name[value.type])) if value.type in name else None
    local = None if value is None else file.local(value, file.name(value))
    is_bytes = local is not None and bool(local.layers) and _BYTES.match(_bare_type(local.type)) is not None
    return place if is_bytes else None


def _is_read_through(cast: Node) -> bool:
    """True for `*(T *)p`, `((T *)p)->m` and `((T *)p)[i]`."""
    inner = cast
    outer = inner.parent
    for _ in range(_MAX_CLIMB):
        if outer is None or outer.type != "parenthesized_expression":
            break
        inner = outer
        outer = inner.parent
    if outer is None or outer.type not in ("pointer_expression", "field_expression", "subscript_expression"):
        return False
    return outer.child_by_field_name("argument") == inner and not (
        outer.type == "pointer_expression" and outer.child(0) is not None and outer.children[0].type == "&"
    )


def embedded_owner(place: Place, file: FileView) -> Place | None:
    """Name the type that a `container_of` asserts."""
    place.captures["target"] = file.text(place.captures.get("argument2") or "the container")
    return place


_NO_ADDRESS = re.compile(r"^\(*-?(?:0[xX]?0*|1)[uUlL]{0,3}\)*$")


def address_from_integer(place: Place, file: FileView) -> Place | None:
    """Keep a cast to a pointer of a number other than 0 and -1, or of a name declared as an integer."""
    value = _cast_value(place.node)
    if value is None:
        return None
    text = file.name(value)
    if value.type == "number_literal":
        return None if _NO_ADDRESS.match(text) and text != "1" else place
    if value.type == "identifier":
        local = file.local(value, text)
        return place if local is not None and not local.layers and IS_INTEGER.match(local.type) else None
    return None


_PRINTS = re.compile(r"(?i)print|log|trace|debug|hash|infof|failf|assert|warn|dump")


def integer_from_address(place: Place, file: FileView) -> Place | None:
    """Keep a cast of an address to an integer that is not only printed or hashed."""
    node, value = place.node, _cast_value(place.node)
    if node is None or value is None or _is_hashed_or_printed(node, file):
        return None
    text = file.name(value)
    if value.type == "pointer_expression":
        return place if text.startswith("&") and ")0)" not in text else None
    local = file.local(value, text) if value.type == "identifier" else None
    if local is not None:
        return place if local.is_pointer or local.is_array else None
    is_address_type = "ptr" in file.text(place.captures["target"]).lower()
    return (
        place
        if is_address_type and value.type in ("identifier", "field_expression", "call_expression", "this")
        else None
    )


def _is_hashed_or_printed(node: Node, file: FileView) -> bool:
    outer = node.parent
    for _ in range(4):
        if outer is None:
            return False
        if outer.type == "binary_expression" and any(child.type in ("%", ">>", "^") for child in outer.children):
            return True
        if outer.type == "argument_list":
            call = outer.parent
            callee = None if call is None else call.child_by_field_name("function")
            return callee is not None and _PRINTS.search(file.text(callee)[-60:]) is not None
        if outer.type not in ("parenthesized_expression", "binary_expression", "cast_expression"):
            return False
        outer = outer.parent
    return False


def constant_table(place: Place, file: FileView) -> Place | None:
    """Keep a call through a table of functions that is declared constant, or through a pointer to a constant struct."""
    table = place.captures.get("table")
    base = table.child_by_field_name("argument") if isinstance(table, Node) else None
    if not isinstance(table, Node) or base is None or base.type != "identifier":
        return None
    name = file.name(base)
    local = file.local(base, name)
    if local is not None:
        return place if "const" in local.type.split() and local.pointer_depth == 1 else None
    if any(one.is_const and one.name == name for one in file.facts.globals):
        return place
    if table.type != "subscript_expression":
        return None
    declared = rb"\bconst\s{1,4}" + re.escape(name.encode()) + rb"\s{0,4}\["
    return place if re.search(declared, file.source) else None


def called_pointer(place: Place, file: FileView) -> Place | None:
    """Keep a function pointer declared in a function that calls it."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    name = file.text(place.captures["pointer"]).encode()
    for at in uses_of(name, file.source, node.end_byte, function.end_byte):
        if file.source[at + len(name) : at + len(name) + 8].lstrip().startswith(b"("):
            return place
    return None


_THREAD_STARTS = frozenset(
    (
        "pthread_create",
        "thrd_create",
        "CreateThread",
        "_beginthread",
        "_beginthreadex",
        "g_thread_new",
        "uv_thread_create",
        "kthread_run",
    )
)
_ONCE = frozenset(("pthread_once", "call_once", "InitOnceExecuteOnce", "uv_once"))
_THREAD_OBJECT = re.compile(rb"\bstd::j?thread\s{1,4}\w{1,60}\s{0,2}[({]|\bstd::async\s{0,2}\(")
_ONCE_CALLEE = re.compile(
    rb"\b(?:pthread_once|call_once|uv_once)\s{0,2}\(\s{0,8}[^,()]{1,80},\s{0,40}&?([A-Za-z_]\w{0,80})"
)


def thread_starts(file: FileView) -> tuple[int, ...]:
    """Where this file starts threads, as byte offsets or, for plain calls, lines turned into 0: only whether there is one counts."""
    notes = _notes_of(file)
    if notes.threads is None:
        called = {call.callee for call in file.facts.calls}
        plain = (0,) if called & _THREAD_STARTS else ()
        objects = (
            tuple(match.start() for match in _THREAD_OBJECT.finditer(file.source)) if b"std::" in file.source else ()
        )
        notes.threads = (*plain, *objects)
        if called & _ONCE:
            names = (match.group(1).decode("utf-8", "replace") for match in _ONCE_CALLEE.finditer(file.source))
            notes.once = frozenset(names)
    return notes.threads


def written_beside_threads(place: Place, file: FileView) -> Place | None:
    """Keep a global that this file writes, when the file starts threads."""
    return place if thread_starts(file) and file.text(place.captures["name"]) in file.globals_written else None


def written_once(place: Place, file: FileView) -> Place | None:
    """Keep a global that only initialisers run by `pthread_once` or `call_once` write."""
    name = file.text(place.captures["name"])
    thread_starts(file)
    once = _notes_of(file).once
    if not once or name not in file.globals_written:
        return None
    encoded, source = name.encode(), file.source
    for at in uses_of(encoded, source, 0, len(source)):
        if _is_written(encoded, source, at):
            index = file.functions.around(at, at + 1)
            if index < 0:
                continue
            fact = file.function_at(line_of(file.functions.nodes[index]))
            if fact is None or fact.name not in once:
                return None
    return place


def written_static(place: Place, file: FileView) -> Place | None:
    """Keep a `static` variable of a function that the function assigns or counts up."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    name = file.text(place.captures["name"]).encode()
    for at in uses_of(name, file.source, node.end_byte, function.end_byte):
        if _is_written(name, file.source, at):
            return place
    return None


_NO_HANDLER = frozenset(("SIG_IGN", "SIG_DFL", "SIG_ERR", "SIG_HOLD", "NULL", "0", "nullptr"))
_HANDLER_GIVEN = re.compile(
    rb"(?:([A-Za-z_]\w{0,80})\s{0,2}(?:\.|->)|[{,]\s{0,40}\.)\s{0,2}sa_(?:handler|sigaction)\s{0,2}=\s{0,2}&?\s{0,2}([A-Za-z_]\w{0,80})"
)


def installs_handler(place: Place, file: FileView) -> Place | None:
    """Keep a registration of a function as signal handler; ignoring, resetting and restoring what was there before is none."""
    node, captured = place.node, place.captures.get("argument2")
    value = None if isinstance(captured, str) else bare(captured)
    if node is None or value is None:
        return None
    text = file.name(value).lstrip("&")
    if text in _NO_HANDLER:
        return None
    if file.text(place.captures["callee"]) == "sigaction":
        handler = _handler_in(text, node, file)
    else:
        local = file.local(node, text)
        is_known = local is None or local.is_parameter or local.is_function_pointer
        handler = ("a lambda" if value.type == "lambda_expression" else text) if is_known else ""
    if not handler or handler in _NO_HANDLER:
        return None
    place.captures["handler"] = handler
    return place


def _handler_in(struct: str, node: Node, file: FileView) -> str:
    """The function put into a `struct sigaction` before the call, in the same function."""
    function = file.function_of(node)
    start = 0 if function is None else function.start_byte
    given = ""
    for match in _HANDLER_GIVEN.finditer(file.source, start, node.start_byte):
        owner, handler = match.group(1), match.group(2).decode("utf-8", "replace")
        if (owner is None or owner.decode("utf-8", "replace") == struct) and handler not in _NO_HANDLER:
            given = handler
    return given


_OWNED = re.compile(rb"\b(?:delete(?:\s{0,2}\[\])?\s{1,4}|(?:free|reset)\s{0,2}\(\s{0,4})(?:this->)?(\w{1,80})")


@once_per_file
def _deleted(file: FileView) -> frozenset[bytes]:
    """The names that this file deletes, frees or hands to a smart pointer."""
    return frozenset(match.group(1) for match in _OWNED.finditer(file.source))


def borrowed_member(place: Place, file: FileView) -> Place | None:
    """Keep a pointer or reference to another class in a class with functions, unless this file deletes what it points to."""
    node = place.node
    fields = None if node is None else node.parent
    owner = None if fields is None else fields.parent
    kind = place.captures.get("type")
    if node is None or fields is None or owner is None or not isinstance(kind, Node):
        return None
    if owner.type not in ("class_specifier", "struct_specifier") or kind.type in (
        "primitive_type",
        "sized_type_specifier",
    ):
        return None
    if any(child.type == "storage_class_specifier" for child in node.named_children):
        return None
    own = owner.child_by_field_name("name")
    if own is not None and file.text(own) == file.text(kind):
        return None
    if not any(_is_function(member) for member in fields.named_children[:_MAX_MEMBERS]):
        return None
    member = file.text(place.captures["member"]).encode()
    return None if member in _deleted(file) else place


def _is_function(member: Node) -> bool:
    if member.type in ("function_definition", "template_declaration"):
        return True
    declarator = member.child_by_field_name("declarator")
    for _ in range(4):
        if declarator is None or declarator.type == "function_declarator":
            return declarator is not None
        declarator = declarator.child_by_field_name("declarator") or (
            declarator.named_child(0) if declarator.type == "reference_declarator" else None
        )
    return False


_CHANGES = re.compile(
    rb"\s{0,2}(?:\.|->)\s{0,2}(?:push_back|push_front|emplace\w{0,12}|insert|erase|clear|resize|reserve|append|pop_back|assign|swap|shrink_to_fit)\s{0,2}\("
)


def changed_later(place: Place, file: FileView) -> Place | None:
    """Keep an iterator that is used after its container was changed, in the same block."""
    node = place.node
    block = None if node is None else node.parent
    if node is None or block is None or block.type != "compound_statement":
        return None
    owner = file.text(place.captures["owner"]).encode()
    for at in uses_of(owner, file.source, node.end_byte, block.end_byte):
        if _CHANGES.match(file.source, at + len(owner)):
            view = file.text(place.captures["member"]).encode()
            if next(uses_of(view, file.source, file.source.find(b";", at), block.end_byte), None) is None:
                return None
            line = file.source.count(b"\n", 0, at) + 1
            place.related = (RelatedLocation(line, "the container is changed here"),)
            return place
    return None


_FILLS = re.compile(
    rb"\s{0,2}\.\s{0,2}(?:resize|push_back|emplace_back|assign|append|insert|reserve|size|empty|length)\s{0,2}\("
)


def unsized_container(place: Place, file: FileView) -> Place | None:
    """Keep a container that the function neither gave its contents nor asked for its size before."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    name = file.text(place.captures["container"])
    local = file.local(node, name)
    if local is None or local.is_pointer or local.is_array or (local.has_initializer and not local.is_parameter):
        return None
    encoded = name.encode()
    fills = any(
        _FILLS.match(file.source, at + len(encoded))
        for at in uses_of(encoded, file.source, function.start_byte, node.start_byte)
    )
    return None if fills or _is_map(local) else place


def iterator_without_end(place: Place, file: FileView) -> Place | None:
    """Keep an iterator that is read in a function which did not speak of an end before."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    return None if file.source.find(b"end", function.start_byte, node.start_byte) >= 0 else place


def _is_map(local: LocalType) -> bool:
    return "map" in local.type.partition("<")[0]


_RELEASES = re.compile(
    rb"(?i)\b\w{0,40}(?:free|close|unlock|unlink|destroy|release|cleanup|unref|munmap)\w{0,20}\s{0,2}\(|\bdelete\b"
)
_LEAST_GOTOS = 2


def cleanup_label(place: Place, file: FileView) -> Place | None:
    """Keep a label that two or more earlier `goto`s reach and behind which something is released."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    source, label = file.source, file.text(place.captures["label"]).encode()
    jumps = [
        at
        for at in uses_of(label, source, function.start_byte, node.start_byte)
        if source[max(0, at - 12) : at].rstrip().endswith(b"goto")
    ]
    if len(jumps) < _LEAST_GOTOS or not _RELEASES.search(source, node.start_byte, function.end_byte):
        return None
    place.captures["label"] = f"{len(jumps)} jumps to {label.decode('utf-8', 'replace')}"
    return place


_RETURN = re.compile(rb"\breturn\b")
_RELEASED_BY = (b"free", b"close", b"release", b"destroy", b"delete", b"unref")
_CLEANS_ITSELF = (b"cleanup(", b"g_auto", b"_cleanup_", b"unique_ptr")
_LEAST_RETURNS = 3


def many_returns(place: Place, file: FileView) -> Place | None:
    """Keep the first allocation of a function that has three or more `return`s behind it and releases something."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    if _notes_of(file).allocations.setdefault(function.start_byte, node.start_byte) != node.start_byte:
        return None
    source = file.source
    if source.count(b"return", node.end_byte, function.end_byte) < _LEAST_RETURNS:
        return None
    returns = len(_RETURN.findall(source, node.end_byte, function.end_byte))
    cleans = any(source.find(word, function.start_byte, function.end_byte) >= 0 for word in _CLEANS_ITSELF)
    releases = any(source.find(word, node.end_byte, function.end_byte) >= 0 for word in _RELEASED_BY)
    if returns < _LEAST_RETURNS or cleans or not releases:
        return None
    place.captures["label"] = f"{returns} returns behind {file.text(place.captures['callee'])}"
    return place


_PAIR = re.compile(
    r"(?:^|, )([A-Za-z_][\w:<> ]{0,80}?) ?(?:\*\s?(?:const |restrict |__restrict )?(\w{1,80})|\[\] (\w{1,80})),"
    r" ((?:const )?[A-Za-z_][\w ]{0,40}?) (\w{1,80})(?=,|$)"
)
_ELEMENT = re.compile(
    r"^(?:const |volatile |unsigned |signed )*(?:std::)?(?:void|char|short|int|long|float|double|bool|byte|T|unsigned|signed|[a-z]\w{0,60}_t"
    r"|u?int\d{1,2}|[su]\d{1,2}|uchar|u_char|uch|w?char\w{0,4}|[A-Z]{0,3}BYTE|[WT]?CHAR|Bytef?|u?int_?fast\w{1,8})(?: const)?$"
)


def pair_of_parameters(place: Place, file: FileView) -> Place | None:
    """Keep a function with a pointer parameter and a length right behind it; a pointer to a struct must be named like several of them."""
    if file.text(place.captures["name"]) in ("main", "wmain"):
        return None
    for match in _PAIR.finditer(file.text(place.captures["parameters"])[:4000]):
        element, kind, length = match.group(1), match.group(4), match.group(5)
        pointer = match.group(2) or match.group(3)
        if not (
            _SIZE_TYPE.match(kind) or (_LENGTH_NAME.search(length) and (IS_INTEGER.match(kind) or kind.endswith("_t")))
        ):
            continue
        is_several = match.group(3) is not None or pointer.rstrip("_").endswith("s") or pointer in length
        if _ELEMENT.match(element) or is_several:
            place.captures |= {"pointer": pointer, "length": length}
            return place
    return None


_NEAR = 2


def pair_of_members(place: Place, file: FileView) -> Place | None:
    """Keep a struct with a pointer and, within two members of it or by the same stem, its length."""
    body = place.captures.get("body")
    if not isinstance(body, Node):
        return None
    own = None if place.node is None else place.node.child_by_field_name("name")
    own_name = "" if own is None else file.text(own)
    pointers: list[tuple[int, str]] = []
    lengths: list[tuple[int, str]] = []
    for index, member in enumerate(body.named_children[:_MAX_MEMBERS]):
        kind, declarator = member.child_by_field_name("type"), member.child_by_field_name("declarator")
        if member.type != "field_declaration" or kind is None or declarator is None:
            continue
        if declarator.type == "pointer_declarator":
            inner = declarator.child_by_field_name("declarator")
            if inner is not None and inner.type == "field_identifier" and not file.text(kind).endswith(f" {own_name}"):
                pointers.append((index, file.text(inner)))
        elif declarator.type == "field_identifier":
            name, text = file.text(declarator), " ".join(file.text(kind).split())
            if _LENGTH_NAME.search(name) and (
                IS_INTEGER.match(text) or text.endswith("size_t") or text.startswith("uInt")
            ):
                lengths.append((index, name))
    for at, pointer in pointers:
        for index, length in lengths:
            if abs(at - index) <= _NEAR or length.startswith(pointer):
                place.captures |= {"pointer": pointer, "length": length}
                return place
    return None


def wrapper_body(place: Place, file: FileView) -> Place | None:
    """Keep an allocation or release inside a thin wrapper that this file calls: its call sites are counted instead."""
    fact = file.function_at(place.line)
    if fact is None or told_functions(file).get(fact.name) != HEAP:
        return None
    return place if fact.name in _callees(file) else None


@once_per_file
def _callees(file: FileView) -> frozenset[str]:
    return frozenset(call.callee for call in file.facts.calls)


def shown_global(place: Place, file: FileView) -> Place | None:
    """Name the global where a message speaks of what is called."""
    place.captures["callee"] = file.text(place.captures["name"])
    return place
