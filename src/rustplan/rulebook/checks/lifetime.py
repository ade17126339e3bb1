"""Straight-line lifetime checks: inside one block, one object by its name, silence at the first unknown."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, arguments_of, bare, walk
from rustplan.syntax import Node

_MAX_STATEMENTS = 60
_MAX_IN_STATEMENT = 4000
_ENDS = frozenset(("return_statement", "break_statement", "continue_statement", "goto_statement", "throw_statement"))
_UNKNOWN = frozenset(("labeled_statement", "case_statement", "lambda_expression", "gnu_asm_expression"))
_RELEASES = frozenset(("free", "fclose", "g_free", "kfree"))
_BLOCKS = ("compound_statement", "case_statement", "translation_unit")


class _Event(Enum):
    USE = "use"
    RELEASE = "release"
    STOP = "stop"


def used_after_release(place: Place, file: FileView) -> Place | None:
    """Find the first read of a released pointer after the release."""
    name = _released_name(place, file)
    for event, node in _events_after(place, name, file):
        if event is _Event.USE:
            return _moved(place, node, name)
        return None
    return None


def released_twice(place: Place, file: FileView) -> Place | None:
    """Find a second release of the same pointer."""
    name = _released_name(place, file)
    for event, node in _events_after(place, name, file):
        if event is _Event.RELEASE:
            return _moved(place, node, name)
        return None
    return None


def _released_name(place: Place, file: FileView) -> str:
    """The name given to the release call or `delete`; empty when it is not a local name or a member of one."""
    captured = place.captures.get("argument1") or place.captures.get("pointer")
    node = None if isinstance(captured, str) else bare(captured)
    if node is None or place.node is None:
        return ""
    if node.type == "identifier":
        name = file.name(node)
        return name if (local := file.local(place.node, name)) is not None and not local.is_static else ""
    if node.type == "field_expression":
        base = node.child_by_field_name("argument")
        if base is not None and base.type == "identifier" and file.local(place.node, file.name(base)) is not None:
            return file.name(node)
    return ""


def _moved(place: Place, node: Node, name: str) -> Place:
    """The same evidence, reported where the mistake is: at the later use."""
    captures = {**place.captures, "pointer": name, "use": node}
    related = (RelatedLocation(place.line, f"{name} is released here"),)
    return Place(node, captures, related=related)


def _events_after(place: Place, name: str, file: FileView) -> Iterator[tuple[_Event, Node]]:
    """What happens to `name` in the statements that follow the release in its block."""
    statement = None if place.node is None else _statement(place.node)
    if statement is None or not name:
        return
    following = statement.next_named_sibling
    for _ in range(_MAX_STATEMENTS):
        if following is None or following.type in _UNKNOWN:
            return
        if following.type.startswith("preproc_") and name in file.name(following):
            return
        yield from _events_in(following, name, file)
        if following.type in _ENDS:
            return
        following = following.next_named_sibling


def _statement(node: Node) -> Node | None:
    """The expression statement that is the release and nothing else, when it stands directly in a block."""
    statement = node.parent
    if statement is None or statement.type != "expression_statement":
        return None
    block = statement.parent
    return statement if block is not None and block.type in _BLOCKS else None


def _events_in(statement: Node, name: str, file: FileView) -> Iterator[tuple[_Event, Node]]:
    """Uses, releases and endings of the knowledge about `name`, in the order they run."""
    base = name.split("->")[0].split(".")[0]
    for node in walk(statement, _MAX_IN_STATEMENT):
        kind = node.type
        if kind in _UNKNOWN or kind == "ERROR":
            yield _Event.STOP, node
        elif kind == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and file.name(left) in (name, base):
                if right is not None:
                    yield from _events_in(right, name, file)
                yield _Event.STOP, node
        elif kind == "call_expression":
            yield from _event_of_call(node, name, base, file)
        elif kind == "delete_expression":
            target = node.named_child(node.named_child_count - 1) if node.named_child_count else None
            if target is not None and file.name(target) == name:
                yield _Event.RELEASE, node
        elif kind in ("pointer_expression", "subscript_expression", "field_expression"):
            yield from _event_of_access(node, name, base, file)
        elif kind == "return_statement":
            value = bare(node.named_child(0)) if node.named_child_count else None
            if value is not None and file.name(value) == name:
                yield _Event.USE, node
        elif kind in ("declaration", "update_expression") and _mentions(node, base, file):
            declared = node.child_by_field_name("declarator")
            if kind == "update_expression" or (declared is not None and _declares(declared, base, file)):
                yield _Event.STOP, node
        elif kind == "init_declarator" and _declares(node, base, file):
            yield _Event.STOP, node


def _event_of_call(call: Node, name: str, base: str, file: FileView) -> Iterator[tuple[_Event, Node]]:
    callee = call.child_by_field_name("function")
    called = "" if callee is None else file.name(callee)
    given = [bare(argument) for argument in arguments_of(call)]
    names = [file.name(argument) for argument in given if argument is not None]
    if called in _RELEASES and names[:1] == [name]:
        yield _Event.RELEASE, call
    elif base != name and base in names:
        yield _Event.STOP, call
    elif called in _READERS and name in names:
        yield _Event.USE, call
    elif called.isupper() and base in names:
        yield _Event.STOP, call


_READERS = frozenset(
    [
        "strlen",
        "strcpy",
        "strcat",
        "strcmp",
        "strncmp",
        "strdup",
        "strchr",
        "strstr",
        "memcpy",
        "memmove",
        "memcmp",
        "puts",
        "fputs",
        "write",
        "send",
        "fwrite",
        "fread",
        "fgets",
        "fprintf",
        "fputc",
        "fgetc",
        "fseek",
        "ftell",
        "fflush",
        "fscanf",
        "getc",
        "putc",
    ]
)


def _event_of_access(node: Node, name: str, base: str, file: FileView) -> Iterator[tuple[_Event, Node]]:
    """A dereference of `name` is a use; its address, or that of its base, ends what is known."""
    operand = node.child_by_field_name("argument")
    operator = node.child_by_field_name("operator")
    if operand is None:
        return
    target = file.name(operand)
    if operator is not None and node.type == "pointer_expression" and file.text(operator) == "&":
        if target in (name, base) or target.startswith((f"{name}->", f"{name}[")):
            yield _Event.STOP, node
        return
    if node.type == "field_expression" and file.source[operand.end_byte : node.end_byte].lstrip()[:1] == b".":
        return
    if target == name and not _is_unevaluated(node):
        yield _Event.USE, node


def _is_unevaluated(node: Node) -> bool:
    parent = node.parent
    for _ in range(3):
        if parent is None:
            return False
        if parent.type in ("sizeof_expression", "decltype"):
            return True
        parent = parent.parent
    return False


def _mentions(node: Node, name: str, file: FileView) -> bool:
    return name in file.name(node)


def _declares(declarator: Node, name: str, file: FileView) -> bool:
    """True when the declarator gives the name anew, in an inner scope."""
    declared = _declared_name(declarator)
    return declared is not None and file.name(declared) == name


def _declared_name(declarator: Node) -> Node | None:
    node: Node | None = declarator
    for _ in range(16):
        if node is None or node.type == "identifier":
            break
        node = node.child_by_field_name("declarator")
    return node


def assignments(node: Node, name: str, file: FileView) -> list[tuple[Node, Node]]:
    """(value, whole) for each initialiser and assignment of `name` in the function around `node`; the walk is made once a function."""
    function = file.function_of(node)
    if function is None:
        return []
    known = file.assigned_in(function)
    if not known:
        known[""] = []
        for inner in walk(function):
            target, value = _target_and_value(inner)
            if target is not None and value is not None:
                known.setdefault(file.name(target), []).append((value, inner))
    return known.get(name, [])


def _target_and_value(node: Node) -> tuple[Node | None, Node | None]:
    if node.type == "assignment_expression":
        return node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "init_declarator":
        return None, None
    return _declared_name(node), node.child_by_field_name("value")


def returns_local_address(place: Place, file: FileView) -> Place | None:
    """Keep a returned local array, or `&local`, of a function whose declared result is a pointer."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None or file.enclosing(node, ("lambda_expression",)) is not None:
        return None
    declarator = function.child_by_field_name("declarator")
    if declarator is None or declarator.type != "pointer_declarator":
        return None
    captured = place.captures["local"]
    local = file.local(node, file.name(captured))
    if local is None or local.is_static or local.is_reference or local.declared_at > node.start_byte:
        return None
    takes_address = b"&" in file.source[node.start_byte : node.end_byte]
    if not takes_address and not local.is_array:
        return None
    line = 1 + file.source.count(b"\n", 0, local.declared_at)
    place.captures["declared"] = f"{local.type} {local.name}"
    place.related = (RelatedLocation(line, f"{local.name} is declared here and ends with the function"),)
    return place
