"""How long objects live in Java: growing collections, thread locals, mapped files, finalizers, what queues keep."""

from __future__ import annotations

import re

from rustplan.model.facts import Function
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.java_types import plain
from rustplan.rulebook.place import Place
from rustplan.syntax import Node

_GROWS = r"(?<![\w.]){name}\s?\.\s?(?:add|put|putIfAbsent|computeIfAbsent|offer|push|addLast|merge)\s?\("
_SHRINKS = r"(?<![\w.]){name}\s?\.\s?(?:remove\w{{0,20}}|clear|poll\w{{0,10}}|pop|take|drainTo|retainAll|evict\w{{0,20}}|size|iterator|values|keySet|entrySet)\s?\("
_GIVEN_AWAY = r"(?<=[(,=])\s{{0,4}}{name}\s{{0,4}}[,);]|return\s{{1,4}}{name}\s{{0,4}};"
_KEEPS = re.compile(r"(?:Map|Queue|Deque|Cache|Ring|RingBuffer)$")
_READY = re.compile(rb"\.\s?load\s?\(\s?\)|/dev/shm")
_MOST = 400


def only_grows(place: Place, file: FileView) -> Place | None:
    """The static collection gets elements in a method of this file, which neither takes any out, asks for its size nor gives it away."""
    captured = place.captures.get("name")
    name = re.escape("" if captured is None else file.text(captured))
    code = file.java.whole_text
    if not name or re.search(_SHRINKS.format(name=name), code) or re.search(_GIVEN_AWAY.format(name=name), code):
        return None
    for number, match in enumerate(re.finditer(_GROWS.format(name=name), code)):
        if number == _MOST:
            break
        index = file.functions.around(match.start(), match.start() + 1)
        if index >= 0 and not _is_set_up(file.functions.nodes[index], file):
            return place
    return None


def _is_set_up(function: Node, file: FileView) -> bool:
    """A static initialiser, an enum's constructor, or a private method that only such call in this file."""
    fact = file.function_at(function.start_point[0] + 1)
    if fact is None or _runs_once(fact, file):
        return fact is not None
    first = function.named_child(0)
    if first is None or first.type != "modifiers" or "private" not in file.text(first).split():
        return False
    callers = [one.function for one in file.facts.calls if one.callee == fact.name]
    return bool(callers) and all(at >= 0 and _runs_once(file.facts.functions[at], file) for at in callers)


def _runs_once(function: Function, file: FileView) -> bool:
    enums = {one.name for one in file.facts.types if one.kind == "enum"}
    owner = function.container.removeprefix(f"{file.facts.package}.")
    return function.name == "<clinit>" or (function.name == "<init>" and owner in enums)


def per_object_thread_local(place: Place, file: FileView) -> Place | None:
    """The field belongs to an object, not to the class."""
    if place.node is None or place.node.type != "field_declaration":
        return None
    modifiers = place.node.named_child(0)
    words = file.text(modifiers).split() if modifiers is not None and modifiers.type == "modifiers" else []
    place.captures["problem"] = "each object has one, and each thread keeps its value as long as it lives"
    return None if "static" in words else place


def set_without_remove(place: Place, file: FileView) -> Place | None:
    """This file sets the thread local and never removes it."""
    captured = place.captures.get("name")
    name = re.escape("" if captured is None else file.text(captured))
    if place.node is None or place.node.type != "field_declaration":
        return None
    code = file.java.whole_text
    place.captures["problem"] = "it is set and never removed"
    if not name or not re.search(rf"(?<![\w.]){name}\s?\.\s?set\s?\(", code):
        return None
    return None if re.search(rf"(?<![\w]){name}\s?\.\s?remove\s?\(", code) else place


def mapped_access(place: Place, file: FileView) -> Place | None:
    """A read or write of a mapped file that nothing in this file has made ready."""
    known = _mapped(place, file)
    return None if known is None or _READY.search(file.original) else known


def ready_access(place: Place, file: FileView) -> Place | None:
    """A read or write of a mapped file that this file loads first, or that lies in memory."""
    return _mapped(place, file)


def kept_for_later(place: Place, file: FileView) -> Place | None:
    """A new object goes into a queue, map or ring that is a field, outside constructors and builders."""
    node, receiver = place.node, place.captures.get("receiver")
    function = None if node is None else file.function_of(node)
    if node is None or function is None or function.type != "method_declaration" or receiver is None:
        return None
    fact = file.function_at(place.line)
    if fact is not None and fact.container.endswith("Builder"):
        return None
    last = place.captures.get("last_argument")
    if isinstance(receiver, str) or last is None or isinstance(last, str):
        return None
    if last.type not in ("object_creation_expression", "array_creation_expression") and not _made_here(last, file):
        return None
    name = file.name(receiver).removeprefix("this.")
    known = file.java.of(receiver)
    if known is None or not _KEEPS.search(plain(known)) or file.java.is_local(name, node):
        return None
    return place


def clears_something(place: Place, file: FileView) -> Place | None:
    """The finalizer has a body."""
    function = file.function_at(place.line)
    return None if function is None or function.sloc < 3 else place


def _made_here(node: Node, file: FileView) -> bool:
    """True for a local that `new` made in the same method."""
    text = file.text(node)
    if not text.isidentifier():
        return False
    declared = file.java.declaration(text, node)
    value = None if declared is None or declared.owner < 0 else declared.value(node)
    return value is not None and value.type in ("object_creation_expression", "array_creation_expression")


def _mapped(place: Place, file: FileView) -> Place | None:
    receiver, node = place.captures.get("receiver"), place.node
    if receiver is None or isinstance(receiver, str) or node is None:
        return None
    function = file.function_of(node)
    if function is None or function.type != "method_declaration":
        return None
    known = file.java.of(receiver)
    return place if known is not None and plain(known) == "MappedByteBuffer" else None
