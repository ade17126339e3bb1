"""Lambdas that capture locals by reference, and whether they outlive them."""

from __future__ import annotations

import re

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.paths import is_unevaluated
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, bare, line_of
from rustplan.syntax import Node

_MAX_WORDS = 400
_WORD = re.compile(r"(?<![\w.>])[A-Za-z_]\w*")
_WRAPPERS = re.compile(r"^(?:std::)?(?:function\s?<.*>|move|bind|ref)$|^(?:std::)?function$", re.DOTALL)
_REGISTERS = re.compile(
    r"(?i)^(?:post|dispatch|defer|async_\w+|set_?timeout|set_?interval|(?:add|start|set)_?timer|schedule\w*|(?:call|run)_?later|call_?soon|enqueue\w*|submit|"
    r"(?:add|post|queue)_?\w*task|single_?shot|connect|subscribe|(?:add|register|set|install|on)_?\w*(?:callback|handler|listener|observer|hook)|"
    r"on_?(?:close|closed|error|message|data|connect|exit|event|timeout)|then)$"
)
_WAITS = re.compile(
    r"(?i)\b(?:\w{0,40}(?:wait|join|block|sync|drain|flush|complete|finish|barrier|latch)\w{0,40}|get|run\w{0,20}|exec|loop|poll|process\w{0,20}|spin\w{0,20}|"
    r"(?:un|de)\w{0,20}|(?:dis)connect\w{0,10}|remove\w{0,30}|clear\w{0,20}|reset|stop\w{0,20}|cancel\w{0,20}|test\w{0,10}|fire\w{0,20}|emit\w{0,20}|advance\w{0,20}|trigger\w{0,20}|set\w{0,30})\s{0,4}\("
)
_STORES = frozenset(("push_back", "emplace_back", "insert", "emplace", "push"))


def by_reference(node: Node, file: FileView) -> list[str]:
    """The locals of the function that a lambda captures by reference; references to what others own are left out."""
    captures, body = node.child_by_field_name("captures"), node.child_by_field_name("body")
    if captures is None or body is None:
        return []
    items = [item.strip() for item in file.text(captures).strip("[] \n").split(",")]
    named = {
        item[1:].strip()
        for item in items
        if item.startswith("&") and len(item) > 1 and "=" not in item and "..." not in item
    }
    if "&" in items:
        by_value = {item.split("=")[0].strip() for item in items}
        named |= {word for word in _WORD.findall(file.text(body))[:_MAX_WORDS] if word not in by_value}
        declared = node.child_by_field_name("declarator")
        inner = "" if declared is None else file.text(declared)
        named -= set(_WORD.findall(inner))
    found = []
    for name in sorted(named):
        local = file.local(node, name)
        if local is not None and not (local.is_static or local.is_reference) and local.declared_at < node.start_byte:
            found.append(name)
    return found


def captures_this(node: Node, file: FileView) -> bool:
    """True when a lambda names `this` in its captures, without a shared pointer to it beside."""
    captures = node.child_by_field_name("captures")
    text = "" if captures is None else file.text(captures)
    return (
        re.search(r"(?<![*\w])this\b(?!\s*->)", text) is not None
        and re.search(r"(?i)self|shared|weak|guard|alive|token", text) is None
    )


def escaping_capture(place: Place, file: FileView) -> Place | None:
    """Keep a lambda with references to locals that is returned, stored beyond the function, or registered without a wait."""
    node = place.node
    function = None if node is None else file.function_of(node)
    if node is None or function is None or is_unevaluated(node, function):
        return None
    names = by_reference(node, file)
    holds_this = captures_this(node, file)
    if not names and not holds_this:
        return None
    where = _destination(node, function, file, names=bool(names))
    if where is None:
        return None
    outlives, at = where
    name = names[0] if names else "this"
    place.captures |= {"variable": name, "destination": outlives}
    local = file.local(node, name) if names else None
    related = [RelatedLocation(line_of(at), f"the lambda is {outlives} here")]
    if local is not None:
        related.insert(
            0, RelatedLocation(1 + file.source.count(b"\n", 0, local.declared_at), f"{name} is declared here")
        )
    place.related = tuple(related)
    return place


def _destination(node: Node, function: Node, file: FileView, *, names: bool) -> tuple[str, Node] | None:
    """Where a lambda goes that the function's locals do not follow, and the place."""
    here, parent = node, node.parent
    for _ in range(6):
        if parent is None:
            return None
        kind = parent.type
        if kind == "return_statement":
            return ("returned", parent) if names else None
        if kind == "assignment_expression":
            return _stored(parent, function, file, names=names)
        if kind == "init_declarator":
            return _handed_on(parent, function, file) if names else None
        if kind == "call_expression":
            called = parent.child_by_field_name("function")
            if called is None or called == here:
                return None
            if _WRAPPERS.match(file.name(called)) is None:
                return _registered(parent, called, function, file) if names else None
        elif kind not in ("argument_list", "parenthesized_expression", "initializer_list"):
            return None
        here, parent = parent, parent.parent
    return None


def _stored(assignment: Node, function: Node, file: FileView, *, names: bool) -> tuple[str, Node] | None:
    """A member or global that is given the lambda and not given anything else later in the function."""
    left = assignment.child_by_field_name("left")
    if left is None or not _outlives(left, file):
        return None
    name = file.name(left)
    again = re.compile(
        re.escape(name.encode())
        + rb"\s{0,4}(?:=(?!=)|\.\s{0,4}reset\b)|\b\w{1,40}\s{0,4}\(\s{0,4}&?"
        + re.escape(name.encode())
    )
    if again.search(file.source, assignment.end_byte, function.end_byte) or _waits_after(assignment, function, file):
        return None
    if not names and name not in {one.name for one in file.facts.globals}:
        return None
    return f"stored in `{name}`", assignment


def _outlives(target: Node, file: FileView) -> bool:
    """True for a member, a global, and what a pointer or reference leads to."""
    inner = bare(target)
    for _ in range(8):
        if inner is None:
            return False
        if inner.type == "this":
            return True
        if inner.type == "identifier":
            local = file.local(inner, file.name(inner))
            if local is None:
                return re.fullmatch(r"\w+_|m_\w+|g_\w+|s_\w+", file.name(inner)) is not None or file.name(inner) in {
                    one.name for one in file.facts.globals
                }
            return inner != bare(target) and (local.is_pointer or local.is_reference)
        inner = bare(inner.child_by_field_name("argument"))
    return False


def _handed_on(declared: Node, function: Node, file: FileView) -> tuple[str, Node] | None:
    """A named lambda that is returned."""
    declarator = declared.child_by_field_name("declarator")
    name = "" if declarator is None else file.name(declarator)
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return None
    returned = re.compile(rb"\breturn\s{1,8}(?:std::move\s{0,4}\(\s{0,4})?" + name.encode() + rb"\s{0,4}\)?\s{0,4};")
    match = returned.search(file.source, declared.end_byte, function.end_byte)
    at = None if match is None else function.descendant_for_byte_range(match.start(), match.end())
    return None if at is None or is_unevaluated(at, function) else ("returned", at)


def _registered(call: Node, called: Node, function: Node, file: FileView) -> tuple[str, Node] | None:
    """A call that keeps the lambda for later, in a function that does not wait."""
    member = called.child_by_field_name("field") or called.child_by_field_name("name") or called
    name = file.name(member)
    if name in _STORES:
        owner = called.child_by_field_name("argument")
        if owner is None or not _outlives(owner, file):
            return None
        later = re.compile(re.escape(file.name(owner).encode()) + rb"\b")
        return (
            None
            if later.search(file.source, call.end_byte, function.end_byte)
            else (f"stored in `{file.name(owner)}`", call)
        )
    receiver = called.child_by_field_name("argument")
    local = None if receiver is None else file.local(call, file.name(receiver))
    if local is not None and not (local.is_pointer or local.is_reference):
        return None
    if _REGISTERS.match(name) is None or _waits_after(call, function, file):
        return None
    fact = file.function_at(line_of(call))
    return None if fact is None or fact.name == "main" else (f"kept by `{name}`", call)


def _waits_after(node: Node, function: Node, file: FileView) -> bool:
    return _WAITS.search(file.source[node.end_byte : function.end_byte].decode("utf-8", "replace")) is not None
