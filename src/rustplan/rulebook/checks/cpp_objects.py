"""C++ classes as one file shows them: destructors, copying, raw memory, and who owns what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.paths import Event, PathWalk, is_unevaluated
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, ancestor, arguments_of, bare, line_of
from rustplan.syntax import Node

_MAX_CLIMB = 200
_MAX_MEMBERS = 400
_MAX_BASES = 4
_CLASSES = ("class_specifier", "struct_specifier")
_NO_COPY = re.compile(
    r"(?i)non_?copy|un_?copy|no_?copy|disallow|disable_?(?:copy|assign)|delete_?copy|copy\w{0,20}delete|move_?only|Q_DISABLE|singleton|=\s{0,4}delete"
)
_BLANKED = re.compile(r"\n[ \t]{12,}\n")
"""A line of the class that was made blank before parsing: a macro stood there, which may have forbidden copies."""
_NO_COPY_MEMBER = re.compile(
    r"\b(?:unique_ptr|scoped_ptr|mutex|shared_mutex|recursive_mutex|condition_variable|thread|jthread|atomic|atomic_\w{1,20}|atomic_flag|[io]?f?stream|future|promise|once_flag|"
    r"Mutex|CondVar|AtomicPointer)\b"
)
_STD_OBJECT = re.compile(
    r"^(?:const |volatile )?(?:std::|::std::)(?:pmr::)?(?:w?string|basic_string|vector|deque|list|forward_list|map|multimap|set|multiset|unordered_\w+|queue|stack|"
    r"priority_queue|shared_ptr|weak_ptr|unique_ptr|function|any|mutex|recursive_mutex|shared_mutex|condition_variable|thread|future|promise|[io]?stringstream|[io]?fstream|locale|regex)\b"
    r"(?!.*\*)"
)


@dataclass(slots=True)
class _Class:
    """A class with its body, as far as the rules ask."""

    name: str
    node: Node
    bases: tuple[str, ...] = ()
    is_final: bool = False
    has_virtual: bool = False
    has_pure: bool = False
    destructor: Node | None = None
    destructor_access: str = ""
    destructor_is_virtual: bool = False
    has_copy_control: bool = False
    fields: dict[str, str] = field(default_factory=dict)


_at: WeakKeyDictionary[FileView, dict[int, _Class]] = WeakKeyDictionary()
_known: WeakKeyDictionary[FileView, dict[str, _Class | None]] = WeakKeyDictionary()


def _root(node: Node) -> Node:
    for _ in range(_MAX_CLIMB):
        if node.parent is None:
            break
        node = node.parent
    return node


_HEAD = re.compile(rb"\b(?:class|struct)\s{1,8}(?=([A-Za-z_]\w*))(?:[A-Z_]{2,40}\s{1,4}(?=([A-Za-z_]\w*)))?")
_BODY_FOLLOWS = re.compile(rb"[^;{}()=]{0,300}\{")
_heads: WeakKeyDictionary[FileView, dict[bytes, list[int]]] = WeakKeyDictionary()


def _class_named(name: str, anywhere: Node, file: FileView) -> _Class | None:
    """The one class of this file with that name and a body."""
    known = _known.setdefault(file, {})
    if name in known:
        return known[name]
    known[name] = None
    if file not in _heads:
        _heads[file] = _heads_of(file)
    ends = _heads[file].get(name.encode("utf-8", "replace"), ())
    if len(ends) == 1:
        here = _root(anywhere).descendant_for_byte_range(ends[0] - 1, ends[0])
        node = None if here is None else ancestor(here, _CLASSES)
        if node is not None and node.child_by_field_name("body") is not None:
            known[name] = _read(node, file)
    return known[name]


def _heads_of(file: FileView) -> dict[bytes, list[int]]:
    """Name -> where it ends before a body that a class of that name may have; a macro may stand before the name."""
    found: dict[bytes, list[int]] = {}
    for match in _HEAD.finditer(file.source):
        ends = {match[group]: match.end(group) for group in (1, 2) if match[group]}
        for name, end in ends.items():
            if _BODY_FOLLOWS.match(file.source, end):
                found.setdefault(name, []).append(end)
    return found


def _read(node: Node, file: FileView) -> _Class:
    """What the body of a class says."""
    body, named = node.child_by_field_name("body"), node.child_by_field_name("name")
    name = "" if named is None else file.name(named)
    head = file.source[node.start_byte : node.start_byte if body is None else body.start_byte].decode(
        "utf-8", "replace"
    )
    known = _Class(name, node, is_final=re.search(r"\bfinal\b", head) is not None)
    for child in node.named_children:
        if child.type == "base_class_clause":
            known.bases = tuple(file.name(one) for one in child.named_children if one.type in _BASE_TYPES)
    access = "public" if node.type == "struct_specifier" else "private"
    members = [] if body is None else body.named_children[:_MAX_MEMBERS]
    for member in members:
        if member.type == "access_specifier":
            access = file.name(member)
        else:
            _read_member(member, access, known, file)
    return known


_BASE_TYPES = frozenset(("type_identifier", "qualified_identifier", "template_type"))


def _read_member(member: Node, access: str, known: _Class, file: FileView) -> None:
    text = file.source[member.start_byte : min(member.end_byte, member.start_byte + 300)].decode("utf-8", "replace")
    is_virtual = re.match(r"(?:\[\[\w+\]\]\s*)?virtual\b", text) is not None
    known.has_virtual = known.has_virtual or is_virtual
    known.has_pure = known.has_pure or (is_virtual and re.search(r"=\s{0,4}0\s{0,4};", text) is not None)
    declarator = member.child_by_field_name("declarator")
    inner, is_pointer = _unwrapped(declarator)
    if inner is None:
        return
    if inner.type == "function_declarator":
        named = inner.child_by_field_name("declarator")
        called = "" if named is None else file.name(named)
        parameters = inner.child_by_field_name("parameters")
        given = "" if parameters is None else file.name(parameters)
        if called.startswith("~"):
            known.destructor, known.destructor_access = member, access
            known.destructor_is_virtual = is_virtual or re.search(r"\b(?:override|final)\b", text) is not None
        elif called == "operator=" or (
            called == known.name
            and re.match(r"\((?:const)?" + re.escape(known.name) + r"(?:<[^()]*>)?(?:const)?&", given)
        ):
            known.has_copy_control = True
    elif member.type == "field_declaration":
        kind = member.child_by_field_name("type")
        written = "" if kind is None else " ".join(file.text(kind).split())
        is_static = re.match(r"(?:\w+\s+){0,2}static\b", text) is not None
        for one in member.children_by_field_name("declarator"):
            leaf, is_pointer = _unwrapped(one)
            if leaf is not None and not is_static and leaf.type == "field_identifier":
                reference = " &" if one.type == "reference_declarator" else ""
                known.fields[file.name(leaf)] = written + (" *" if is_pointer else "") + reference


def _unwrapped(declarator: Node | None) -> tuple[Node | None, bool]:
    """The name or function declarator inside pointers and references, and whether there was a pointer."""
    is_pointer = False
    for _ in range(8):
        if declarator is None or declarator.type in ("field_identifier", "function_declarator", "identifier"):
            break
        is_pointer = is_pointer or declarator.type == "pointer_declarator"
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type in ("reference_declarator", "parenthesized_declarator"):
            inner = declarator.named_child(0)
        declarator = inner
    return declarator, is_pointer


def _class_at(place: Place, file: FileView) -> _Class | None:
    node = place.node
    if node is None or node.child_by_field_name("body") is None:
        return None
    known = _at.setdefault(file, {})
    if node.start_byte not in known:
        known[node.start_byte] = _read(node, file)
    return known[node.start_byte]


def deleted_through_base(place: Place, file: FileView) -> Place | None:
    """Keep a base class that is deleted through a pointer in this file and whose destructor is not virtual."""
    node = place.node
    if node is None or b"virtual" not in file.source[node.start_byte : node.end_byte]:
        return None
    known = _class_at(place, file)
    if known is None or not known.name or known.is_final or not known.has_virtual or known.destructor_is_virtual:
        return None
    if known.destructor is not None and known.destructor_access != "public":
        return None
    if any(_may_have_virtual_destructor(base, node, file, 0) for base in known.bases):
        return None
    deletion = _deletion_of(known.name, node, file)
    if deletion is None or not _is_derived_from(known, file):
        return None
    line = 1 + file.source.count(b"\n", 0, deletion)
    place.captures["class"] = known.name
    place.related = (RelatedLocation(line, f"a {known.name} is deleted through a pointer to it here"),)
    return place


def _may_have_virtual_destructor(name: str, anywhere: Node, file: FileView, depth: int) -> bool:
    base = _class_named(name, anywhere, file)
    if base is None or depth > _MAX_BASES or base.destructor_is_virtual:
        return True
    return any(_may_have_virtual_destructor(one, anywhere, file, depth + 1) for one in base.bases)


def _deletion_of(name: str, anywhere: Node, file: FileView) -> int | None:
    """The byte of a `delete` of a pointer to the class, or of a `unique_ptr` to it."""
    if not (file.words & {b"delete", b"unique_ptr"}):
        return None
    word = re.escape(name.encode())
    members = {
        one[1]
        for one in re.finditer(
            rb"\b" + word + rb"\s{0,4}\*\s{0,4}(?:const\s{1,4})?([A-Za-z_]\w{0,80})\s{0,4}(?:;|=|\{|,|\))", file.source
        )
    }
    for match in re.finditer(rb"\bdelete\s{1,4}(?:this->)?([A-Za-z_]\w{0,80})\s{0,4};", file.source):
        if match[1] not in members:
            continue
        here = _root(anywhere).descendant_for_byte_range(match.start(1), match.end(1))
        local = None if here is None else file.local(here, match[1].decode())
        if local is None and re.search(rb"[\w>]\s{0,4}[*&]{1,2}\s{0,4}" + match[1] + rb"\b", file.source):
            other = set(re.findall(rb"\b(\w{1,80}>?)\s{0,4}\*\s{0,4}" + match[1] + rb"\b", file.source))
            if other == {name.encode()}:
                return match.start()
        elif local is not None and local.pointer_depth == 1 and local.type.split()[-1].rsplit("::", 1)[-1] == name:
            return match.start()
    smart = re.search(rb"\bunique_ptr\s{0,4}<\s{0,4}(?:\w{1,40}::){0,3}" + word + rb"\s{0,4}>", file.source)
    return None if smart is None else smart.start()


def _is_derived_from(known: _Class, file: FileView) -> bool:
    """True when some class of this file has it as a base, or nothing else can be created."""
    pattern = (
        rb"\b(?:class|struct)\s{1,8}\w{1,80}(?:\s{1,4}final)?\s{0,4}:[^;{}()]{0,200}\b"
        + re.escape(known.name.encode())
        + rb"\b[^;{}()]{0,200}\{"
    )
    return known.has_pure or re.search(pattern, file.source) is not None


def owner_copied(place: Place, file: FileView) -> Place | None:
    """Keep a class that frees a raw member, copies member by member, and is copied in this file."""
    return _owner(place, file, is_copied=True)


def owner_copyable(place: Place, file: FileView) -> Place | None:
    """The same without a copy in sight."""
    return _owner(place, file, is_copied=False)


def _owner(place: Place, file: FileView, *, is_copied: bool) -> Place | None:
    node = place.node
    if node is None or b"~" not in file.source[node.start_byte : node.end_byte]:
        return None
    known = _class_at(place, file)
    if known is None or known.destructor is None or known.has_copy_control or not known.name:
        return None
    text = file.text(node)
    if (
        _NO_COPY.search(text)
        or _BLANKED.search(text)
        or any(_NO_COPY_MEMBER.search(kind) or kind.endswith("&") for kind in known.fields.values())
    ):
        return None
    if not all(_is_copyable(base, node, file, 0) for base in known.bases):
        return None
    if any(
        not _is_copyable(kind, node, file, 0, unknown=True) for kind in known.fields.values() if not kind.endswith("*")
    ):
        return None
    freed = _freed_member(known, file)
    if freed is None:
        return None
    member, at = freed
    copied = _copy_of(known.name, file)
    if (copied is not None) != is_copied:
        return None
    place.captures |= {"class": known.name, "member": member}
    related = [RelatedLocation(1 + file.source.count(b"\n", 0, at), f"{member} is freed here")]
    if copied is not None:
        related.append(RelatedLocation(1 + file.source.count(b"\n", 0, copied), f"a {known.name} is copied here"))
    place.related = tuple(related)
    return place


def _is_copyable(name: str, anywhere: Node, file: FileView, depth: int, *, unknown: bool = False) -> bool:
    """False for a class of this file that says it is not copied, or when nothing is known of a base."""
    base = _class_named(name.split("<")[0].rsplit("::", 1)[-1].strip(), anywhere, file)
    if base is None or depth > _MAX_BASES:
        return unknown
    if (
        base.has_copy_control
        or _NO_COPY.search(file.text(base.node))
        or any(_NO_COPY_MEMBER.search(kind) for kind in base.fields.values())
    ):
        return False
    return all(_is_copyable(one, anywhere, file, depth + 1) for one in base.bases)


def _freed_member(known: _Class, file: FileView) -> tuple[str, int] | None:
    """A raw pointer member that the destructor frees, with the byte of the release."""
    destructor = known.destructor
    text, origin = b"", 0
    if destructor is not None and destructor.type == "function_definition":
        text, origin = file.source[destructor.start_byte : destructor.end_byte], destructor.start_byte
    else:
        name = re.escape(known.name.encode())
        match = re.search(rb"\b" + name + rb"\s{0,4}::\s{0,4}~\s{0,4}" + name + rb"\s{0,4}\(", file.source)
        here = None if match is None else _root(known.node).descendant_for_byte_range(match.start(), match.end())
        function = (
            None
            if here is None
            else here
            if here.type == "function_definition"
            else ancestor(here, ("function_definition",))
        )
        if function is not None:
            text, origin = file.source[function.start_byte : function.end_byte], function.start_byte
    for match in re.finditer(
        rb"(?:\bdelete\s{0,4}(?:\[\s{0,4}\])?|\bfree\s{0,4}\()\s{0,4}(?:this->)?([A-Za-z_]\w{0,80})\s{0,4}[;)]", text
    ):
        member = match[1].decode("utf-8", "replace")
        if known.fields.get(member, "").endswith("*"):
            return member, origin + match.start()
    return None


def _copy_of(name: str, file: FileView) -> int | None:
    """The byte where an object of the class is taken or made by value from another."""
    word = re.escape(name.encode())
    pattern = (
        rb"\b(?:std::)?(?:vector|deque|list|map)\s{0,4}<(?:[^<>;]{0,60},)?\s{0,4}" + word + rb"\s{0,4}>"
        rb"|[(,]\s{0,4}(?:const\s{1,4})?" + word + rb"\s{1,4}[A-Za-z_]\w{0,60}\s{0,4}[,)]"
        rb"|(?:^|[;{}])\s{0,80}(?:const\s{1,4})?"
        + word
        + rb"\s{1,4}[A-Za-z_]\w{0,60}\s{0,4}=\s{0,4}\*?[A-Za-z_]\w{0,60}\s{0,4};"
    )
    match = re.search(pattern, file.source)
    return None if match is None else match.start()


def raw_memory(place: Place, file: FileView) -> Place | None:
    """Keep `memset` and the like over an object that has a vtable or members of the standard library."""
    given = place.captures.get("argument1")
    node = place.node
    if node is None or given is None or isinstance(given, str) or "sizeof" not in file.text(node):
        return None
    function = file.function_of(node)
    if function is None or is_unevaluated(node, function):
        return None
    kind = _type_of_object(given, node, file)
    why = "" if not kind else _why_not_plain(kind, node, file, 0)
    if not why:
        return None
    place.captures |= {"object": given, "type": kind, "reason": why}
    return place


def raw_allocation(place: Place, file: FileView) -> Place | None:
    """Keep `malloc(sizeof(T))` of such a type when nothing is constructed in the block."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None:
        return None
    match = re.search(
        r"\bsizeof\s{0,4}\(\s{0,4}((?:struct |class )?(?:\w{1,60}::){0,4}\w{1,60}(?:\s{0,2}<[^()]{0,80}>)?)\s{0,4}\)",
        file.text(node),
    )
    body = file.source[function.start_byte : function.end_byte]
    if match is None or re.search(rb"\bnew\s{0,4}\(|construct|uninitialized_", body):
        return None
    kind = match[1].removeprefix("struct ").removeprefix("class ")
    cast = node.parent
    if cast is None or not re.search(
        re.escape(kind) + r"\s{0,2}\*",
        file.source[max(cast.start_byte, node.start_byte - 120) : node.start_byte].decode("utf-8", "replace"),
    ):
        return None
    why = _why_not_plain(kind, node, file, 0)
    if not why:
        return None
    place.captures |= {"object": node, "type": kind, "reason": why}
    return place


def _type_of_object(given: Node, call: Node, file: FileView) -> str:
    """The class of what a pointer argument points to; empty when not known."""
    inner = bare(given)
    for _ in range(4):
        if inner is None or inner.type not in ("call_expression",) or "cast" not in file.text(inner)[:16]:
            break
        inner = bare(arguments_of(inner)[0]) if arguments_of(inner) else None
    if inner is None:
        return ""
    if inner.type == "this":
        fact = file.function_at(line_of(call))
        return "" if fact is None else fact.container.rsplit("::", 1)[-1]
    takes_address = inner.type == "pointer_expression" and file.text(inner).startswith("&")
    if takes_address:
        inner = bare(inner.child_by_field_name("argument"))
    if inner is None or inner.type != "identifier":
        return ""
    local = file.local(call, file.name(inner))
    if local is None or local.is_function_pointer:
        return ""
    depth = len([one for one in local.layers if one in ("pointer", "array")])
    return local.type if depth == (0 if takes_address else 1) else ""


def _why_not_plain(kind: str, anywhere: Node, file: FileView, depth: int) -> str:
    """Why bytes cannot stand for an object of that class: a vtable, or a member with a life of its own."""
    written = kind.removeprefix("const ").removeprefix("struct ").removeprefix("class ").strip()
    if written.endswith(("*", "&")):
        return ""
    if _STD_OBJECT.match(written):
        return f"`{written}` manages memory of its own"
    known = _class_named(written.rsplit("::", 1)[-1], anywhere, file) if depth <= _MAX_BASES else None
    if known is None:
        return ""
    if known.has_virtual:
        return f"`{known.name}` has virtual functions"
    for name, member in known.fields.items():
        if _why_not_plain(member, anywhere, file, depth + 1):
            return f"its member `{name}` is a `{member}`"
    for base in known.bases:
        why = _why_not_plain(base, anywhere, file, depth + 1)
        if why:
            return why
    return ""


# Smart pointers

_OWNS = rb"\b(?:shared_ptr|unique_ptr)\s{0,4}<[^;,]{0,120}>\s{0,4}(?:\w{1,60}\s{0,4})?[({]\s{0,4}%s\s{0,4}[)}]|[.>]reset\s{0,4}\(\s{0,4}%s\s{0,4}\)"


def owned_twice(place: Place, file: FileView) -> Place | None:
    """Find a second smart pointer, or a `delete`, for a raw pointer that a smart pointer owns already."""
    node, raw = place.node, place.captures.get("raw")
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    if (
        node is None
        or raw is None
        or function is None
        or body is None
        or function.has_error
        or is_unevaluated(node, function)
    ):
        return None
    name = file.name(raw)
    local = file.local(node, name)
    if local is None or not local.is_pointer or local.pointer_depth != 1:
        return None
    word = re.escape(name.encode())
    owning = list(re.finditer(_OWNS.replace(b"%s", word), file.source[function.start_byte : function.end_byte]))
    freeing = list(
        re.finditer(
            rb"\bdelete\s{0,4}(?:\[\s{0,2}\])?\s{0,4}" + word + rb"\s{0,4};",
            file.source[function.start_byte : function.end_byte],
        )
    )
    if len(owning) + len(freeing) < 2:
        return None
    events = [event for match in (*owning, *freeing) for event in _owning_event(match, function)]
    changed = re.compile(rb"(?<![\w.>])" + word + rb"\s{0,4}=(?!=)|&\s{0,2}" + word + rb"\b|\brelease\s{0,4}\(")
    for match in changed.finditer(file.source, function.start_byte, function.end_byte):
        events.append(Event(match.end() - 1, 3, "good", node))
    found = _second_owner(function, body, events, file)
    if found is None or (found[0] != node.start_byte and not node.start_byte <= found[0] < node.end_byte):
        return None
    first, second = found
    related = (RelatedLocation(1 + file.source.count(b"\n", 0, first), f"{name} gets its owner here"),)
    return Place(second, {**place.captures, "misuse": f"{name}"}, related=related)


def _owning_event(match: re.Match[bytes], function: Node) -> Iterator[Event]:
    at = function.start_byte + match.end() - 1
    here = function.descendant_for_byte_range(at, at)
    if here is not None and not is_unevaluated(here, function):
        yield Event(at, 1, "own", here)


def _second_owner(function: Node, body: Node, events: list[Event], file: FileView) -> tuple[int, Node] | None:
    found: list[tuple[int, Node]] = []

    def step(state: int, event: Event) -> int | None:
        if event.kind == "good":
            return 0
        if state:
            found.append((state, event.node))
            return state
        return event.at

    walk = PathWalk(file, function, events, step)
    walk.run(body, 0)
    return None if walk.gave_up or not found else min(found, key=lambda one: (one[1].start_byte, one[0]))


def released_unheard(place: Place, file: FileView) -> Place | None:
    """Keep `p.release();` on a `unique_ptr` whose pointer nobody took before."""
    node, owner = place.node, place.captures.get("owner")
    function = None if node is None else file.function_of(node)
    if node is None or owner is None or function is None:
        return None
    name = re.escape(file.name(owner).encode())
    taken = re.compile(
        rb"\b"
        + name
        + rb"\s{0,4}(?:\.\s{0,4}get\s{0,4}\(|->)|[&*]\s{0,2}"
        + name
        + rb"\b|&&?\s{0,2}"
        + name
        + rb"\b|\bmove\s{0,4}\(\s{0,4}"
        + name
    )
    return None if taken.search(file.source, function.start_byte, node.start_byte) else place
