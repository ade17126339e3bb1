"""Values that become objects in Java: boxes, keys, arrays of arguments, lambdas, iterators."""

from __future__ import annotations

import re

from rustplan.rulebook.checks.java_objects import LOOPS, assigned_name
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.java_types import PRIMITIVES, WRAPPERS, arguments, plain
from rustplan.rulebook.place import Place, arguments_of
from rustplan.syntax import Node

_WIDE = frozenset(WRAPPERS) - {"Boolean", "Byte"}
"""Wrappers whose values are not all kept ready."""
_UNBOXED = frozenset(WRAPPERS[name] for name in _WIDE)
_SMALL = re.compile(r"^-?\d{1,3}$|^'.'$|^'\\.'$")
_NAME = re.compile(rb"(?<![\w.$])[a-z_]\w{0,80}(?![\w$])")
_INDEXED = frozenset(("List", "ArrayList", "LinkedList", "CopyOnWriteArrayList"))
_CHEAP_TO_WALK = re.compile(
    r"^(?:(?:Array|Linked)?List|ArrayDeque|Set|(?:Linked)?HashSet|(?:Linked)?HashMap|EnumSet|Vector|Map|EnumMap|TreeMap|TreeSet|SortedMap)$"
)
_WALKS = frozenset(("entrySet", "keySet", "values", "subList", "asList", "of"))
_MANY = 3
_MOST_STEPS = 40
_COLLECTING = frozenset(("collect", "toList", "toArray", "sorted", "distinct"))
_STEPS = _COLLECTING | frozenset(
    (
        *("map", "filter", "mapToInt", "mapToLong", "mapToDouble", "mapToObj", "flatMap", "forEach", "forEachOrdered"),
        *(
            "reduce",
            "limit",
            "skip",
            "peek",
            "anyMatch",
            "allMatch",
            "noneMatch",
            "findFirst",
            "findAny",
            "count",
            "sum",
        ),
        *(
            "min",
            "max",
            "average",
            "boxed",
            "parallel",
            "sequential",
            "takeWhile",
            "dropWhile",
            "unordered",
            "iterator",
        ),
    )
)


def boxes_value(place: Place, file: FileView) -> Place | None:
    """`X.valueOf(value)` and `new X(value)` outside the small range that is kept ready."""
    argument, node = place.captures.get("argument1"), place.node
    if node is None or argument is None or isinstance(argument, str) or file.function_of(node) is None:
        return None
    return None if _is_kept_ready(argument, file) else place


def boxes_by_type(place: Place, file: FileView) -> Place | None:
    """A primitive value becomes a variable, or the result of a method, that is declared as a wrapper."""
    value, kind, node = place.captures.get("value"), place.captures.get("type"), place.node
    if value is None and node is not None:
        declarator = node.child_by_field_name("declarator")
        value = None if declarator is None else declarator.child_by_field_name("value")
    if value is None or isinstance(value, str) or kind is None or node is None or file.function_of(node) is None:
        return None
    if plain("".join(file.text(kind).split())) not in (*_WIDE, "Number") or _is_kept_ready(value, file):
        return None
    return place if file.java.of(value) in _UNBOXED else None


def boxed_argument(place: Place, file: FileView) -> Place | None:
    """A primitive goes into a call on a collection of wrappers, as key or element."""
    receiver, node = place.captures.get("receiver"), place.node
    if receiver is None or isinstance(receiver, str) or node is None:
        return None
    known = file.java.of(receiver)
    if known is None or "<" not in known:
        return None
    kinds, given = arguments(known), arguments_of(node)
    callee = place.captures.get("callee")
    if plain(known) in _INDEXED:
        given = given[-1:] if callee is not None and file.text(callee) in ("add", "set", "contains", "indexOf") else []
    boxed = sum(
        kind in _WIDE and file.java.of(one) in _UNBOXED and not _is_kept_ready(one, file)
        for kind, one in zip(kinds, given, strict=False)
    )
    if not boxed:
        return None
    place.captures["type"] = plain(known) + "<" + ", ".join(kinds) + ">"
    place.share = float(boxed)
    return place


def counted_boxed(place: Place, file: FileView) -> Place | None:
    """The variable is added to or counted up in a loop of its method; the finding stands there."""
    name, kind, node = place.captures.get("name"), place.captures.get("type"), place.node
    function = None if node is None else file.function_of(node)
    if name is None or kind is None or node is None or function is None or file.text(kind) not in _WIDE:
        return None
    text = file.text(name)
    for at in file.java.mentions(text, function):
        if at <= node.end_byte or not file.is_within(LOOPS, at, function):
            continue
        before, after = file.java.around_mention(at, len(text))
        if after[:2] in (b"++", b"--", b"+=", b"-=", b"*=", b"|=") or before[-2:] in (b"++", b"--"):
            found = function.named_descendant_for_byte_range(at, at + 1)
            holder = None if found is None else found.parent
            return Place(holder or node, place.captures)
    return None


def array_of_arguments(place: Place, file: FileView) -> Place | None:
    """A call that takes a list of arguments and is not given an array at its end."""
    node = place.node
    if node is None or file.function_of(node) is None:
        return None
    given = arguments_of(node)
    return None if given and _is_array(given[-1], file) else place


def own_varargs(place: Place, file: FileView) -> Place | None:
    """A call, on this object or class, of a method of this file that takes a list of arguments; no other of the name takes as many."""
    node, callee = place.node, place.captures.get("callee")
    receiver = place.captures.get("receiver")
    if node is None or callee is None or file.function_of(node) is None:
        return None
    if receiver is not None and file.name(receiver) not in ("this", _class_around(place, file)):
        return None
    given = arguments_of(node)
    for function in file.java.methods.get(file.text(callee), ()):
        fixed = len(function.parameters)
        if (not function.is_variadic and fixed == len(given)) or (function.is_variadic and len(given) < fixed - 1):
            return None
    return None if given and _is_array(given[-1], file) else place


def _class_around(place: Place, file: FileView) -> str:
    function = file.function_at(place.line)
    return "" if function is None else re.split(r"[.$]", function.container)[-1]


def _is_array(node: Node, file: FileView) -> bool:
    known = file.java.of(node)
    return (known is not None and known.endswith("]")) or node.type in ("array_creation_expression", "null_literal")


def captures_state(place: Place, file: FileView) -> Place | None:
    """A lambda or method reference that needs a local variable, a field or `this`, so that each use makes an object."""
    node = place.node
    if node is None or file.function_of(node) is None:
        return None
    if node.type == "method_reference":
        return place if _is_bound(node, file) else None
    body = node.child_by_field_name("body")
    return place if body is not None and _captured(node, body, file) else None


def anonymous_object(place: Place, file: FileView) -> Place | None:
    """An object of an anonymous class, in a method."""
    return place if place.node is not None and file.function_of(place.node) is not None else None


def collecting_stream(place: Place, file: FileView) -> Place | None:
    """A stream whose chain of calls ends in a new collection or array."""
    return place if _steps(place, file) & _COLLECTING else None


def stream_of_steps(place: Place, file: FileView) -> Place | None:
    """A stream on which a step of a pipeline is called at once."""
    return place if _steps(place, file) & _STEPS else None


def _steps(place: Place, file: FileView) -> set[str]:
    """The methods that are called one behind the other on what a call returns."""
    found: set[str] = set()
    node = place.node
    for _ in range(_MOST_STEPS):
        parent = None if node is None else node.parent
        if parent is None or parent.type != "method_invocation" or parent.child_by_field_name("object") != node:
            break
        name = parent.child_by_field_name("name")
        found.add("" if name is None else file.text(name))
        node = parent
    return found


def walks_by_iterator(place: Place, file: FileView) -> Place | None:
    """A `for` over what is neither an array nor a collection whose iterator stays off the heap."""
    value = place.captures.get("value")
    if value is None or isinstance(value, str):
        return None
    known = _collection(value, file)
    if known is None or known.endswith("]"):
        return None
    name = plain(known)
    if _CHEAP_TO_WALK.match(name) and file.java.implementations(name) < _MANY:
        return None
    place.captures["type"] = name
    return place


def gives_iterator(place: Place, file: FileView) -> Place | None:
    """An iterator that is returned, kept in a field or passed on."""
    node = place.node
    parent = None if node is None else node.parent
    if node is None or parent is None or file.function_of(node) is None:
        return None
    if parent.type in ("return_statement", "argument_list"):
        return place
    name = assigned_name(node, file)
    return place if name and not file.java.is_local(name, node) else None


def _collection(value: Node, file: FileView) -> str | None:
    """The type that a `for` walks over; None where it is not known or a view that costs nothing to walk."""
    if value.type == "method_invocation":
        name = value.child_by_field_name("name")
        if name is not None and file.text(name) in _WALKS:
            return None
    return file.java.of(value)


def _is_kept_ready(value: Node, file: FileView) -> bool:
    text = file.name(value) if value.end_byte - value.start_byte < 8 else ""
    if not _SMALL.match(text):
        return False
    return not text.lstrip("-").isdigit() or -128 <= int(text) <= 127


def _is_bound(node: Node, file: FileView) -> bool:
    owner = node.named_child(0)
    if owner is None:
        return False
    if owner.type == "identifier":
        return file.java.declaration(file.text(owner), node) is not None
    return owner.type in ("this", "super", "method_invocation", "object_creation_expression", "field_access")


def _captured(node: Node, body: Node, file: FileView) -> bool:
    code = file.java.code_of(body.start_byte, body.end_byte)
    if re.search(rb"(?<![\w.])this(?!\w)", code):
        return True
    for name in sorted(set(_NAME.findall(code[:4000]))):
        text = name.decode("utf-8", "replace")
        declared = file.java.declaration(text, node)
        if declared is None or text in PRIMITIVES or (declared.at > node.start_byte > 0 and declared.owner >= 0):
            continue
        if declared.owner >= 0 or text not in file.java.static_names:
            return True
    return False
