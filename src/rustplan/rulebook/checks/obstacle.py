"""Checks of obstacles: macros that are programs, layouts that leave their file, lists that link themselves, exceptions that cross."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rustplan.model.facts import Function, FunctionKind
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.exposure import IS_INTEGER, once_per_file, uses_of
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, arguments_of, bare
from rustplan.syntax import Node

_MAX_MEMBERS = 400
_MAX_BODY = 20_000
_STRINGS = re.compile(r'"(?:\\.|[^"\\\n]){0,4000}"|\'(?:\\.|[^\'\\\n]){1,8}\'')
_STEERS = re.compile(r"\b(?:return|goto|break|continue)\b")
_LOOPS_INSIDE = re.compile(r"\b(?:for|while|switch)\b\s{0,4}\(")
_DECLARES_FOR_ATTRIBUTE = re.compile(r"^\s{0,8}(?:__attribute__|__declspec|\[\[|_Pragma|__pragma)")
_ONCE_AROUND = re.compile(r"\bdo\b|\bwhile\s{0,4}\(\s{0,4}\(?\s{0,4}(?:0|false|FALSE)\s{0,4}\)?\s{0,4}\)")


def programming_macro(place: Place, file: FileView) -> Place | None:
    """Keep a macro that pastes or quotes tokens, holds two or more statements, steers control, or calls its own parameter as a macro."""
    node, body = place.node, place.captures.get("body")
    if node is None or not isinstance(body, Node):
        return None
    text = file.source[body.start_byte : min(body.end_byte, body.start_byte + _MAX_BODY)].decode("utf-8", "replace")
    code = _STRINGS.sub('""', text.replace("\\\n", " "))
    how = _what_it_does(code, _parameters(node, file))
    if not how or _DECLARES_FOR_ATTRIBUTE.match(code):
        return None
    place.captures["does"] = how
    return place


def _parameters(node: Node, file: FileView) -> frozenset[str]:
    listed = node.child_by_field_name("parameters")
    names = [] if listed is None else [file.text(child) for child in listed.named_children]
    return frozenset(names)


def _what_it_does(code: str, parameters: frozenset[str]) -> str:
    if "##" in code.replace("##__VA_ARGS__", "").replace("## __VA_ARGS__", ""):
        return "pastes tokens"
    called = {match.group(1) for match in re.finditer(r"\b(\w{1,80})\s{0,2}\(", code)} & parameters
    if any(len(re.findall(rf"\b{re.escape(name)}\s{{0,2}}\(", code)) > 1 for name in sorted(called)):
        return "applies a macro to a list"
    bare_code = _ONCE_AROUND.sub(" ", code)
    steers = _STEERS.search(bare_code) or _LOOPS_INSIDE.search(bare_code)
    if steers is not None:
        return "steers control"
    statements = [part for part in re.split(r"[;{}]", bare_code) if part.strip()]
    if len(statements) > 1 and ";" in bare_code:
        return "holds several statements"
    quoted = {match.group(1) for match in re.finditer(r"(?<!#)#\s{0,2}(\w{1,80})", code)} & parameters
    return "quotes its argument" if quoted else ""


_HEADER = re.compile(r"\.(?:h|hh|hpp|hxx|h\+\+|inl)$")


_MOVED_WHOLE = re.compile(
    rb"\b(?:f?read|f?write|sendto|send|recvfrom|recv|memcpy|memmove|memcmp)\s{0,2}\([^;{}]{0,160}?"
    rb"\bsizeof\s{0,2}\(\s{0,4}(?:struct\s{1,4})?(\w{1,80})\s{0,4}\)"
)


@once_per_file
def _moved_whole(file: FileView) -> frozenset[str]:
    """The types whose size is given to a call that reads, writes, copies or compares bytes."""
    return frozenset(match.group(1).decode("utf-8", "replace") for match in _MOVED_WHOLE.finditer(file.source))


def layout_leaves_file(place: Place, file: FileView) -> Place | None:
    """Keep a bit-field of a struct that a header shows, that lies in a union, or that this file reads, writes or copies whole."""
    if _HEADER.search(file.path):
        return place
    owner = None if place.node is None else place.node.parent
    owner = None if owner is None else owner.parent
    name = None if owner is None else owner.child_by_field_name("name")
    names = [] if name is None else [file.text(name)]
    outer = None if owner is None else owner.parent
    if outer is not None and outer.type == "type_definition":
        names += [file.text(one) for one in outer.children_by_field_name("declarator")]
    if not _moved_whole(file).isdisjoint(names):
        return place
    is_in_union = outer is not None and outer.parent is not None and outer.parent.type == "field_declaration_list"
    return place if is_in_union and outer is not None and outer.parent is not None and _is_union(outer.parent) else None


def _is_union(fields: Node) -> bool:
    return fields.parent is not None and fields.parent.type == "union_specifier"


_BYTES = re.compile(r"^(?:const )?(?:(?:un)?signed char|char|u?int8_t|u_char|std::byte|byte|Byte)$")
_SCALAR = re.compile(
    r"^\(?(?:const |volatile )?(?:void|char|short|int|long|float|double|bool|signed|unsigned|u?int\w{0,8}_t|s?size_t|u_\w{1,8}|[A-Z]{0,2}BYTE|U?INT\d{0,2}|D?WORD)\b"
)


def overlays_bytes(place: Place, file: FileView) -> Place | None:
    """Keep a cast of a byte pointer or byte array to a pointer to a struct."""
    node = place.node
    value = None if node is None else bare(node.child_by_field_name("value"))
    target = _struct_named(file.text(place.captures["target"]))
    if value is None or _SCALAR.match(target) or not (target.startswith("struct ") or target in _structs(file)):
        return None
    for _ in range(4):
        if value is None or value.type == "identifier":
            break
        follow = {"binary_expression": "left", "pointer_expression": "argument", "subscript_expression": "argument"}
        value = bare(value.child_by_field_name(follow[value.type])) if value.type in follow else None
    local = None if value is None else file.local(value, file.name(value))
    is_bytes = local is not None and len(local.layers) == 1 and _BYTES.match(local.type) is not None
    return place if is_bytes else None


def _struct_named(target: str) -> str:
    return " ".join(target.replace("*", " ").replace("const", " ").split())


@once_per_file
def _structs(file: FileView) -> frozenset[str]:
    return frozenset(one.name for one in file.facts.types if one.kind in ("struct", "class", "typedef"))


def longer_than_type(place: Place, file: FileView) -> Place | None:
    """Keep a trailing `[1]` of a struct for which some allocation of the file adds to its size."""
    fields = None if place.node is None else place.node.parent
    owner = None if fields is None else fields.parent
    if owner is None:
        return None
    name = owner.child_by_field_name("name")
    names = [] if name is None else [file.text(name)]
    if owner.parent is not None and owner.parent.type == "type_definition":
        names += [file.text(one) for one in owner.parent.children_by_field_name("declarator")]
    return None if _grown(file).isdisjoint(names) else place


_SIZE_OF_TYPE = (
    rb"\b(?:sizeof\s{0,2}\(\s{0,4}(?:struct\s{1,4})?(\w{1,80})\s{0,4}\)"
    rb"|offsetof\s{0,2}\(\s{0,4}(?:struct\s{1,4})?(\w{1,80})\s{0,4},\s{0,4}\w{1,80}\s{0,4}\))"
)
_SIZE_THEN_MORE = re.compile(_SIZE_OF_TYPE + rb"\s{0,8}(?:-\s{0,4}\w{1,20}\s{0,8})?\+")
_MORE_THEN_SIZE = re.compile(rb"\+\s{0,8}" + _SIZE_OF_TYPE)


@once_per_file
def _grown(file: FileView) -> frozenset[str]:
    """The types to whose size something is added somewhere in the file."""
    found = (match for form in (_SIZE_THEN_MORE, _MORE_THEN_SIZE) for match in form.finditer(file.source))
    return frozenset((match.group(1) or match.group(2)).decode("utf-8", "replace") for match in found)


_LIST_NODE = re.compile(
    r"^(?:struct )?(?:list_head|hlist_node|rb_node|rb_root|llist_node|dlist_node|slist_node|list_node|plist_node|wl_list|avl_node)$"
    r"|^(?:LIST|SLIST|STAILQ|TAILQ|CIRCLEQ|RB|SPLAY|QUEUE|LLIST)_ENTRY\b"
)
_LEAST_LINKS = 2


def links_itself(place: Place, file: FileView) -> Place | None:
    """Keep a struct with two or more pointers to its own type, or with an embedded list or tree node."""
    node, body = place.node, place.captures.get("body")
    if node is None or not isinstance(body, Node):
        return None
    own = _names_of(node, file)
    links: list[str] = []
    for member in body.named_children[:_MAX_MEMBERS]:
        kind = member.child_by_field_name("type")
        if member.type != "field_declaration" or kind is None:
            continue
        text = " ".join(file.text(kind).split())
        declarators = member.children_by_field_name("declarator")
        if _LIST_NODE.match(text) and any(one.type == "field_identifier" for one in declarators):
            place.captures["link"] = f"an embedded `{text.removeprefix('struct ').partition('(')[0]}`"
            return place
        if text.removeprefix("struct ").removeprefix("class ") in own:
            links += [_member_name(one, file) for one in declarators if one.type == "pointer_declarator"]
    links = [link for link in links if link]
    if len(links) < _LEAST_LINKS:
        return None
    place.captures["link"] = " and ".join(f"`{link}`" for link in links[:3])
    return place


def _names_of(node: Node, file: FileView) -> frozenset[str]:
    name = node.child_by_field_name("name")
    names = [] if name is None else [file.text(name)]
    if node.parent is not None and node.parent.type == "type_definition":
        names += [file.text(one) for one in node.parent.children_by_field_name("declarator")]
    return frozenset(names)


def _member_name(declarator: Node, file: FileView) -> str:
    inner: Node | None = declarator
    for _ in range(4):
        if inner is None or inner.type in ("field_identifier", "function_declarator"):
            break
        inner = inner.child_by_field_name("declarator")
    return "" if inner is None or inner.type != "field_identifier" else file.text(inner)


def owner_of_member(place: Place, file: FileView) -> Place | None:
    """Name the macro that goes from a member back to its owner."""
    place.captures["link"] = f"`{file.text(place.captures['callee'])}`"
    return place


_CATCHES_ALL = re.compile(rb"\bcatch\s{0,4}\(\s{0,4}\.\.\.\s{0,4}\)")
_TRY = ("try_statement",)


def leaves_boundary(place: Place, file: FileView) -> Place | None:
    """Keep a `throw` that can leave a C-linkage function, a destructor or a callback of this file: directly, or one call deep."""
    node = place.node
    if node is None or _is_caught(node, file):
        return None
    inner = file.function_at(place.line)
    if inner is None or _is_noexcept(inner, file):
        return None
    kind = _boundary(inner, file)
    if kind:
        place.captures["boundary"] = f"{kind} `{inner.name}`"
        return place
    for call in file.facts.calls:
        if call.callee != inner.name or call.function < 0:
            continue
        outer = file.facts.functions[call.function]
        kind = _boundary(outer, file)
        if kind and not _is_noexcept(outer, file) and not _catches_all(outer, file):
            place.captures["boundary"] = f"{kind} `{outer.name}`"
            place.related = (RelatedLocation(call.line, f"{outer.name} calls {inner.name} here"),)
            return place
    return None


def _boundary(function: Function, file: FileView) -> str:
    if function.kind is FunctionKind.DESTRUCTOR:
        return "the destructor"
    if function.is_c_linkage:
        return "the C function"
    is_callback = function.name in file.facts.address_taken and not function.container
    return "the callback" if is_callback else ""


def _is_caught(node: Node, file: FileView) -> bool:
    """True when some `try` around the node, in its function, has a `catch (...)`."""
    outer = file.enclosing(node, _TRY)
    for _ in range(8):
        if outer is None:
            return False
        body = outer.child_by_field_name("body")
        is_in_body = body is not None and body.start_byte <= node.start_byte < body.end_byte
        if is_in_body and body is not None and _CATCHES_ALL.search(file.source, body.end_byte, outer.end_byte):
            return True
        outer = file.enclosing(outer, _TRY)
    return False


def _catches_all(function: Function, file: FileView) -> bool:
    node = file.functions_by_line.get(function.start_line)
    return node is None or _CATCHES_ALL.search(file.source, node.start_byte, node.end_byte) is not None


def _is_noexcept(function: Function, file: FileView) -> bool:
    node = file.functions_by_line.get(function.start_line)
    body = None if node is None else node.child_by_field_name("body")
    return node is not None and body is not None and b"noexcept" in file.source[node.start_byte : body.start_byte]


_NOTHING = frozenset(("NULL", "0", "nullptr", "(void*)0", "(void*)NULL"))
_ENTRY_AT = {
    "pthread_create": (2, 3),
    "thrd_create": (1, 2),
    "CreateThread": (2, 3),
    "_beginthreadex": (2, 3),
    "g_thread_new": (1, 2),
    "uv_thread_create": (1, 2),
    "_beginthread": (0, 2),
    "kthread_run": (0, 1),
}
_HANDED_OVER = re.compile(
    r"^(?:this|&.{1,80}|std::ref\(.{1,80}\)|\[[^\]]{0,80}[&][^\]]{0,80}\].{0,400}|\[(?:this|[^\]]{1,80},this)\].{0,400})",
    re.S,
)


def shares_with_thread(place: Place, file: FileView) -> Place | None:
    """Keep a thread start that hands an object over, or whose entry touches globals that this file writes."""
    node = place.node
    if node is None:
        return None
    given = arguments_of(node) if node.type == "call_expression" else _constructor_arguments(node)
    callee = place.captures.get("callee")
    entry, handed = _ENTRY_AT.get("" if callee is None else file.text(callee), (0, -1))
    if handed >= 0:
        shared = _object(given[handed], file) if len(given) > handed else ""
    else:
        shared = next((text for one in given if _HANDED_OVER.match(text := file.name(one))), "")
    if not shared and len(given) > entry:
        shared = _global_of(file.name(given[entry]).lstrip("&"), file)
    if not shared:
        return None
    place.captures["shared"] = shared
    return place


def _object(argument: Node, file: FileView) -> str:
    """What is handed over; empty for nothing and for a number in the place of a pointer."""
    inner = bare(argument)
    text = "" if inner is None else file.name(inner)
    if inner is None or inner.type in ("number_literal", "null", "string_literal") or text in _NOTHING:
        return ""
    local = file.local(inner, text) if inner.type == "identifier" else None
    return "" if local is not None and not local.layers and IS_INTEGER.match(local.type) else text


def _constructor_arguments(node: Node) -> list[Node]:
    """What `std::thread t(...)` is given; the grammar may read it as a function declaration."""
    declarator = node.child_by_field_name("declarator")
    listed = (
        None
        if declarator is None
        else declarator.child_by_field_name("value") or declarator.child_by_field_name("parameters")
    )
    return [] if listed is None else [child for child in listed.named_children if child.type != "comment"]


def _global_of(entry: str, file: FileView) -> str:
    """A global that the entry function uses and this file writes, unless it is atomic."""
    name = entry.rpartition("::")[2]
    function = next((one for one in file.facts.functions if one.name == name and one.has_body), None)
    node = None if function is None else file.functions_by_line.get(function.start_line)
    if node is None:
        return ""
    types: Mapping[str, str] = {one.name: one.type for one in file.facts.globals}
    for written in sorted(file.globals_written):
        if "atomic" in types.get(written, "").lower():
            continue
        if next(uses_of(written.encode(), file.source, node.start_byte, node.end_byte), None) is not None:
            return written
    return ""


@once_per_file
def _bases(file: FileView) -> Mapping[str, tuple[str, ...]]:
    return {one.name: one.supertypes for one in file.facts.types if one.kind in ("class", "struct")}


def deep_hierarchy(place: Place, file: FileView) -> Place | None:
    """Keep a class with three or more levels of bases in this file that overrides a function."""
    node = place.node
    owner = None if node is None else node.parent
    name = None if owner is None else owner.child_by_field_name("name")
    if owner is None or name is None:
        return None
    bases = _bases(file)
    depth, current, seen = 0, file.text(name), set[str]()
    for _ in range(16):
        above = bases.get(current, ())
        if not above or current in seen:
            break
        seen.add(current)
        depth += 1
        current = above[0].removeprefix("public ").rpartition("::")[2].partition("<")[0].strip()
    body = file.source[owner.start_byte : owner.end_byte]
    return place if depth >= _LEAST_DEPTH and (b"override" in body or b"virtual" in body) else None


_LEAST_DEPTH = 3


def several_full_bases(place: Place, file: FileView) -> Place | None:
    """Keep a list of bases unless all but one are known here as pure interfaces."""
    node = place.node
    if node is None:
        return None
    names = [
        _plain(child, file)
        for child in node.named_children
        if child.type in ("type_identifier", "qualified_identifier", "template_type")
    ]
    full = [name for name in names if not _is_interface(name, file)]
    return place if len(full) > 1 else None


def _plain(base: Node, file: FileView) -> str:
    return file.text(base).partition("<")[0].rpartition("::")[2].strip()


_CLASS_HEAD = re.compile(rb"\b(?:class|struct)\s{1,8}(\w{1,80})\s{0,8}(?:final\s{0,8})?\{")


@once_per_file
def _class_bodies(file: FileView) -> Mapping[str, int]:
    """Where the body of each class without bases begins."""
    return {match.group(1).decode("utf-8", "replace"): match.end() for match in _CLASS_HEAD.finditer(file.source)}


def _is_interface(name: str, file: FileView) -> bool:
    """True when the class is defined here with pure virtual functions, a destructor, and no data."""
    start = _class_bodies(file).get(name)
    if start is None:
        return False
    end = file.source.find(b"};", start, start + _MAX_BODY)
    body = file.source[start : end if end >= 0 else start + _MAX_BODY]
    members = [part.strip() for part in body.split(b";") if part.strip()]
    kept = [
        part
        for part in members
        if b"(" not in part and not part.endswith((b":", b"}")) and not part.startswith(b"using")
    ]
    return b"= 0" in body.replace(b"=0", b"= 0") and not [
        part for part in kept if b"static" not in part and b"friend" not in part
    ]


_TEXT_OUT = re.compile(r"(?i)print|format|fmt|dtoa|ftoa|strtold?|scan")


def beyond_printing(place: Place, file: FileView) -> Place | None:
    """Keep an extended number type outside functions that print and read numbers."""
    node = place.node
    fact = file.function_at(place.line)
    if fact is not None and _TEXT_OUT.search(fact.name):
        return None
    outer = None if node is None else node.parent
    for _ in range(3):
        if outer is None:
            break
        if outer.type == "ERROR" or (outer.type == "call_expression" and file.text(outer).startswith("va_arg")):
            return None
        outer = outer.parent
    return place


def takes_list(place: Place, file: FileView) -> Place | None:
    """Keep an exported function with a `va_list` that does more than hand it on to the library."""
    if "va_list" not in file.text(place.captures["parameters"]):
        return None
    node = file.functions_by_line.get(place.line)
    return place if node is not None and b"va_arg" in file.source[node.start_byte : node.end_byte] else None


_API_TYPES = frozenset(
    (
        "vector",
        "unique_ptr",
        "optional",
        "basic_string",
        "string",
        "string_view",
        "basic_string_view",
        "span",
        "shared_ptr",
        "initializer_list",
        "pair",
    )
)


def foreign_template(place: Place, file: FileView) -> Place | None:
    """Keep a parameter or result of a header whose template is none that `cxx` and wrappers know."""
    kind = file.text(place.captures["template"])
    if not _HEADER.search(file.path) or kind in _API_TYPES:
        return None
    place.captures["what"] = f"`{kind}<>` in a signature"
    return place


def nested_function(place: Place, file: FileView) -> Place | None:
    """Keep a function defined inside a function that parsed whole."""
    node = place.node
    outer = None if node is None else file.function_of(node)
    if node is None or outer is None or outer.has_error or node.has_error:
        return None
    declarator = node.child_by_field_name("declarator")
    name = None if declarator is None else declarator.child_by_field_name("declarator")
    return None if name is None or file.text(name).isupper() else place


def list_file(place: Place, file: FileView) -> Place | None:
    """Name the list file that is included."""
    place.captures["does"] = f"includes the list {file.text(place.captures['target'])}"
    return place


def structured_handling(place: Place, _file: FileView) -> Place | None:
    """Name structured exception handling as the boundary."""
    place.captures["boundary"] = "through structured exception handling"
    return place
