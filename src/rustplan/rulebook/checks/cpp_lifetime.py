"""C++ objects that are moved from, views into them, and iterators: what is still good on each path through one function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.paths import Event, PathWalk, around, is_unevaluated, mentions, statement_of
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, ancestor, arguments_of, bare, line_of
from rustplan.syntax import Node

_LOOPS = ("for_statement", "while_statement", "do_statement", "for_range_loop")
_GOOD, _BAD, _DONE = "good", "bad", "done"

# Types

_STRING = re.compile(r"^(?:const )?(?:std::|::std::)(?:pmr::)?(?:w|u8|u16|u32)?string$|^(?:const )?string$")
_POINTER_LIKE = re.compile(r"\b(?:unique_ptr|shared_ptr|weak_ptr|scoped_refptr|intrusive_ptr|optional|function)\b")
_TRIVIAL = re.compile(
    r"^(?:const )?(?:unsigned |signed )?(?:bool|char|short|int|long|float|double|auto|size_t|\w{1,40}_t|std::(?:size_t|u?int\d+_t|ptrdiff_t|string_view|pair<int, ?int>))(?: int| long)*$"
)
_KEEPS = re.compile(
    r"(?i)^try|try$|_try_|^(?:compare_exchange|forward|as_const|addressof|ref|cref|exchange)|IfAbsent|IfNot|^move_if|^insert$|^emplace$|^operator=$"
)
_REFILLS = re.compile(
    r"(?i)^(?:clear|assign|reset|swap|init|initialize|parse|read|load|set|start|begin_?new|open|reuse|restore|merge|copy|from|deserialize|fill|emplace|build|make|create|resize|str|flip|re)"
)
_HARMLESS = frozenset(
    (
        "empty",
        "has_value",
        "valid",
        "joinable",
        "get",
        "capacity",
        "get_allocator",
        "is_valid",
        "ok",
        "use_count",
        "operator bool",
    )
)
_ASSERTS = re.compile(
    r"(?i)^(?:\w{0,30}assert\w{0,20}|(?:EXPECT|ASSERT|D?CHECK|REQUIRE|BOOST|VERIFY|Q|TEST)_\w{1,40}|D?CHECK|REQUIRE|EXPECT|VERIFY)$"
)
_READERS = frozenset(
    ("push_back", "emplace_back", "push_front", "append", "printf", "fprintf", "puts", "to_string", "stoi", "move")
)


class _Found(NamedTuple):
    """A use of something no longer good, and where it went bad."""

    node: Node
    since: int


class _State(NamedTuple):
    """What a path knows of one object, and the byte where it went bad."""

    status: str
    since: int = 0


def _first_bad_use(function: Node, events: list[Event], file: FileView, start: str, body: Node) -> _Found | None:
    """The first use, by position, that some path reaches after the object went bad."""
    found: list[_Found] = []
    if start != _BAD and not _can_meet(function, events):
        return None

    def step(state: _State, event: Event) -> _State | None:
        if event.kind == "bad":
            if event.rank == _RANK_MOVE and state.status == _BAD:
                found.append(_Found(event.node, state.since))
            return _State(_BAD, event.node.start_byte) if state.status in (_GOOD, _BAD) else state
        if event.kind == "good":
            return _State(_GOOD)
        if event.kind == "unknown":
            return _State(_DONE)
        if state.status == _BAD:
            found.append(_Found(event.node, state.since))
            return _State(_DONE)
        return state

    walk = PathWalk(file, function, events, step)
    walk.run(body, _State(start, function.start_byte))
    if walk.gave_up or not found:
        return None
    return min(found, key=lambda one: (one.node.start_byte, one.since))


def _can_meet(function: Node, events: list[Event]) -> bool:
    """False when no use comes behind the first bad event and no loop could bring one."""
    bad = [event for event in events if event.kind == "bad"]
    if not bad:
        return False
    first = min(event.at for event in bad)
    return any(event.kind == "use" and event.at > first for event in events) or any(
        _in_loop(one.node, function) for one in bad
    )


_RANK_USE, _RANK_BAD, _RANK_MOVE, _RANK_GOOD = 0, 1, 2, 3


def used_after_move(place: Place, file: FileView) -> Place | None:
    """Find a read of a local variable after `std::move` gave away what it holds."""
    node = place.node
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    given = [] if node is None else arguments_of(node)
    moved = bare(given[0]) if len(given) == 1 else None
    if node is None or function is None or body is None or moved is None or moved.type != "identifier":
        return None
    name = file.name(moved)
    local = file.local(node, name)
    if local is None or local.is_static or local.is_const or local.is_pointer or local.is_array or function.has_error:
        return None
    if local.type.startswith("const ") or (local.type != "auto" and _TRIVIAL.match(local.type)):
        return None
    if "scope" not in place.captures and not _is_std_move(node, file):
        return None
    is_forward = _called_name(node, file) == "forward"
    at = _end_of_move(node, function, file)
    if at < 0:
        return None
    is_pointer_like = _POINTER_LIKE.search(local.type) is not None
    start = _GOOD
    is_once = is_pointer_like or is_forward or _is_conditional_in_loop(node, function)
    events = [Event(at, _RANK_BAD if is_once else _RANK_MOVE, "bad", moved)]
    if at < body.start_byte:
        if local.layers:
            return None
        start, events = _BAD, []
    for mention in mentions(function, name, file, start=body.start_byte):
        if not node.start_byte <= mention.start_byte < node.end_byte:
            events += _event_of(mention, is_pointer_like, file)
    found = _first_bad_use(function, events, file, start, body) if events else None
    if found is None:
        return None
    captures = {**place.captures, "variable": name}
    return Place(found.node, captures, related=(RelatedLocation(line_of(node), f"{name} is moved from here"),))


def _in_loop(node: Node, function: Node) -> bool:
    return around(node, _LOOPS, function) is not None


def _is_conditional_in_loop(node: Node, function: Node) -> bool:
    """True when a branch decides in each round whether the move runs: it may do so in one round only."""
    branch = around(node, ("if_statement", "switch_statement", "conditional_expression"), function)
    loop = around(node, _LOOPS, function)
    return branch is not None and loop is not None and loop.start_byte < branch.start_byte


def _is_std_move(call: Node, file: FileView) -> bool:
    """True for `std::move`, and for `move` where the file says `using std::move` or `using namespace std`."""
    called = call.child_by_field_name("function")
    name = "" if called is None else file.name(called)
    if name.startswith(("std::", "::std::")):
        return True
    return (
        name == "move"
        and re.search(rb"\busing\s{1,8}(?:namespace\s{1,8}std\s{0,4};|std::move)", file.source) is not None
    )


_TRANSPARENT = frozenset(("argument_list", "call_expression", "initializer_list", "new_expression", "parenthesized_expression", "compound_literal_expression", "init_declarator", "assignment_expression", "initializer_pair", "subscript_expression", "field_expression", "pointer_expression", "await_expression", "co_await_expression", "cast_expression", "qualified_identifier"))  # fmt: skip


def _end_of_move(call: Node, function: Node, file: FileView) -> int:
    """The byte at which the moved object counts as given away; -1 where that is not sure."""
    here, parent = call, call.parent
    for depth in range(40):
        if parent is None:
            return -1
        kind = parent.type
        if kind in ("expression_statement", "declaration"):
            return -1 if depth == 0 or is_unevaluated(call, function) else here.end_byte - 1
        if kind == "field_initializer":
            return parent.start_byte
        if kind == "lambda_capture_initializer":
            outer = ancestor(parent, ("lambda_expression",))
            if outer is None or is_unevaluated(outer, function):
                return -1
            statement = statement_of(outer)
            is_plain = statement is not None and statement.type in ("expression_statement", "declaration")
            return statement.end_byte - 2 if is_plain and statement is not None else -1
        if kind not in _TRANSPARENT or (kind == "field_expression" and here == call):
            return -1
        if kind == "call_expression" and _KEEPS.search(_called_name(parent, file)):
            return -1
        if (
            kind in ("init_declarator", "assignment_expression")
            and here != call
            and _is_tested_result(parent, function, file)
        ):
            return -1
        if kind == "init_declarator" and here == call:
            declared = parent.child_by_field_name("declarator")
            if declared is not None and declared.type == "reference_declarator":
                return -1
        here, parent = parent, parent.parent
    return -1


def _is_tested_result(given: Node, function: Node, file: FileView) -> bool:
    """True when a condition asks later for what the consuming call returned: it may not have taken the object."""
    target = given.child_by_field_name("left") or given.child_by_field_name("declarator")
    name = "" if target is None else file.name(target)
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return False
    tested = re.compile(rb"\b(?:if|while|switch)\s{0,4}\([^;{}]{0,200}(?<![\w.>])" + name.encode() + rb"\b")
    return tested.search(file.source, given.end_byte, function.end_byte) is not None


def _called_name(call: Node, file: FileView) -> str:
    """The last name of what is called; templates without their arguments."""
    called = call.child_by_field_name("function")
    for _ in range(6):
        if called is None:
            return ""
        inner = called.child_by_field_name("field") or called.child_by_field_name("name")
        if inner is None:
            return file.name(called)
        called = inner
    return ""


def _event_of(mention: Node, is_pointer_like: bool, file: FileView) -> Iterator[Event]:
    """What the place where a moved-from name stands does with it; nothing for a harmless test."""
    kind, at = _use_of(mention, is_pointer_like, file)
    if kind == "use":
        yield Event(mention.start_byte, _RANK_USE, "use", mention)
    elif kind:
        yield Event(max(at - 1, mention.start_byte), _RANK_GOOD, "good", mention)


def _use_of(mention: Node, is_pointer_like: bool, file: FileView) -> tuple[str, int]:
    node, parent = mention, mention.parent
    while parent is not None and parent.type == "parenthesized_expression":
        node, parent = parent, parent.parent
    if parent is None:
        return "good", mention.start_byte
    kind, at = parent.type, parent.end_byte
    if _is_in_test(mention, file):
        return "", at
    harmless = "" if is_pointer_like else "use"
    if kind == "field_expression":
        return _use_of_member(parent, is_pointer_like, file)
    if kind == "assignment_expression":
        return ("good", at) if parent.child_by_field_name("left") == node else (harmless, at)
    if kind == "init_declarator":
        declared = parent.child_by_field_name("declarator")
        if declared == node or (declared is not None and declared.type == "reference_declarator"):
            return "good", at
        return harmless, at
    if kind == "argument_list":
        return _use_as_argument(node, parent, is_pointer_like, file)
    if kind == "subscript_expression":
        outer = parent.parent
        is_target = (
            outer is not None and outer.type == "assignment_expression" and outer.child_by_field_name("left") == parent
        )
        return ("good", at) if is_target else ("use", at)
    if kind == "pointer_expression":
        operator = parent.child_by_field_name("operator")
        return ("use", at) if operator is not None and file.text(operator) == "*" else ("good", at)
    if kind == "binary_expression":
        operator = parent.child_by_field_name("operator")
        sign = "" if operator is None else file.text(operator)
        if sign == ">>":
            return "good", at
        if is_pointer_like and sign in ("==", "!="):
            return "good", at
        return (harmless, at) if sign in ("<<", "+", "==", "!=", "<") else ("", at)
    if kind in ("return_statement", "for_range_loop"):
        right = parent.child_by_field_name("right")
        return (harmless, at) if kind == "return_statement" or right == node else ("good", mention.start_byte)
    if kind in (
        "condition_clause",
        "unary_expression",
        "conditional_expression",
        "expression_statement",
        "cast_expression",
    ):
        return "", at
    return "good", mention.start_byte


def _is_in_test(mention: Node, file: FileView) -> bool:
    """True inside an assertion: the state after the move is what it is about."""
    here: Node | None = mention
    for _ in range(12):
        here = None if here is None else ancestor(here, ("call_expression",))
        if here is None:
            return False
        if _ASSERTS.match(_called_name(here, file)):
            return True
    return False


def _use_of_member(access: Node, is_pointer_like: bool, file: FileView) -> tuple[str, int]:
    """`x.size()`, `x->run()`, `x.count = 1`."""
    member, outer = access.child_by_field_name("field"), access.parent
    name = "" if member is None else file.name(member)
    operator = access.child_by_field_name("operator")
    sign = "->" if operator is not None and file.text(operator) == "->" else "."
    is_call = outer is not None and outer.type == "call_expression" and outer.child_by_field_name("function") == access
    if is_pointer_like and sign == ".":
        return ("good", access.end_byte) if is_call and _REFILLS.match(name) else ("", access.end_byte)
    if is_pointer_like:
        return "use", access.end_byte
    if is_call:
        if _REFILLS.match(name) or name.startswith("~"):
            return "good", access.end_byte
        return ("good" if name in _HARMLESS else "use"), access.end_byte
    if outer is not None and outer.type == "assignment_expression" and outer.child_by_field_name("left") == access:
        return "good", outer.end_byte
    return (
        ("use", access.end_byte) if outer is not None and outer.type != "argument_list" else ("good", access.end_byte)
    )


def _use_as_argument(node: Node, arguments: Node, is_pointer_like: bool, file: FileView) -> tuple[str, int]:
    """`f(x)` is a read when `f` is known to take it by value or const reference; it may fill `x` when nothing is known."""
    call = arguments.parent
    if call is None or call.type != "call_expression":
        return ("" if is_pointer_like else "good"), arguments.end_byte
    name = _called_name(call, file)
    if name in _READERS:
        return ("" if is_pointer_like else "use"), arguments.end_byte
    position = next((index for index, one in enumerate(arguments_of(call)) if one == node), -1)
    kinds = {
        one.parameters[position].type
        for one in file.facts.functions
        if one.name == name and 0 <= position < len(one.parameters)
    }
    if len(kinds) == 1:
        (declared,) = kinds
        if "*" not in declared and ("&" not in declared or "const" in declared.split("&")[0]):
            return ("" if is_pointer_like else "use"), arguments.end_byte
    return "good", arguments.end_byte


# Containers

_TYPE_WORD = re.compile(
    r"(?:^|::|\s)(vector|string|wstring|deque|list|forward_list|map|multimap|set|multiset|unordered_map|unordered_set|unordered_multimap|"
    r"unordered_multiset|queue|stack|priority_queue|InlinedVector|SmallVector|small_vector|flat_hash_map|flat_hash_set|QVector)\s{0,2}(?:<|$|&)"
)
_VECTORS = frozenset(("vector", "string", "wstring", "InlinedVector", "SmallVector", "small_vector", "QVector"))
_ADAPTERS = {"queue": "front", "stack": "top", "priority_queue": "top"}
_GROWS = frozenset(
    (
        "push_back",
        "emplace_back",
        "insert",
        "emplace",
        "resize",
        "reserve",
        "append",
        "assign",
        "shrink_to_fit",
        "push_front",
        "emplace_front",
        "insert_or_assign",
        "try_emplace",
        "replace",
    )
)
_ITERATORS = frozenset(
    (
        "begin",
        "end",
        "rbegin",
        "rend",
        "cbegin",
        "cend",
        "find",
        "lower_bound",
        "upper_bound",
        "insert",
        "emplace",
        "erase",
    )
)
_ELEMENTS = frozenset(("front", "back", "at", "top", "data", "c_str", "[]"))
_FIELD = rb"\b((?:[A-Za-z_]\w{0,60}::){0,3}[A-Za-z_]\w{0,60}\s{0,2}<[^;{}()]{1,160}>|(?:std::)?string)\s{0,4}&?\s{0,4}"
_NAME_ONLY = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->)[A-Za-z_]\w*){0,3}")


def container_of(node: Node, name: str, file: FileView) -> str:
    """The sort of container a name stands for by its declaration here or in a class of this file; empty when not known."""
    plain = name.removeprefix("this->")
    local = file.local(node, plain)
    if local is not None:
        found = (
            None
            if local.is_pointer or local.is_array
            else _TYPE_WORD.search(local.type + ("&" if local.layers else ""))
        )
        return "" if found is None else found[1]
    last = re.split(r"->|\.", plain)[-1]
    fields = _fields.setdefault(file, {})
    if last not in fields:
        fields[last] = _field_container(last, file)
    return fields[last]


_fields: WeakKeyDictionary[FileView, dict[str, str]] = WeakKeyDictionary()


def _field_container(name: str, file: FileView) -> str:
    declared = re.compile(_FIELD + re.escape(name.encode()) + rb"\s{0,4}(?:;|=|\{|GUARDED_BY|ABSL_GUARDED_BY)")
    types = {one[1].decode("utf-8", "replace") for one in declared.finditer(file.source)}
    words = {match[1] for one in types if (match := _TYPE_WORD.search(one))}
    return words.pop() if len(words) == 1 and len(types) == 1 else ""


def kept_over_change(place: Place, file: FileView) -> Place | None:
    """Find a use of an iterator, reference or pointer into a container after the container changed under it."""
    node, value = place.node, place.captures.get("value")
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    if (
        node is None
        or function is None
        or body is None
        or value is None
        or isinstance(value, str)
        or function.has_error
    ):
        return None
    if is_unevaluated(node, function):
        return None
    source = _held_from(value, file)
    held, is_reference, is_pointer = _held_name(place.captures.get("held"), file)
    if source is None or not held:
        return None
    owner, how, key = source
    changed = changes(owner, function, file) if how in _ITERATORS or how in _ELEMENTS else []
    sort = container_of(node, owner, file) if changed else ""
    if sort.endswith("string") and how in ("data", "c_str"):
        return None
    is_iterator = how in _ITERATORS and not (is_reference or is_pointer or (how == "find" and sort.endswith("string")))
    if not sort or not (
        is_iterator
        or (how in _ELEMENTS and (is_reference or (is_pointer and how in ("data", "&"))))
        or (is_pointer and how in _ELEMENTS)
    ):
        return None
    if is_pointer and value.type != "pointer_expression" and how not in ("data", "c_str"):
        return None
    events = [Event(node.end_byte - 1, _RANK_GOOD, "good", node)]
    reserved = False
    for method, call in changed:
        if method == "reserve" and call.start_byte < node.start_byte:
            reserved = True
        verdict = _goes_bad(sort, method, call, held, how, key, is_iterator, file)
        if verdict is not None and not (reserved and method in _GROWS):
            events.append(Event(call.end_byte - 1, _RANK_BAD, "bad" if verdict else "unknown", call))
    if not any(event.kind == "bad" for event in events):
        return None
    for mention in mentions(function, held, file, start=node.end_byte):
        events += _event_of_held(mention, is_reference, file)
    found = _first_bad_use(function, events, file, _DONE, body)
    if found is None:
        return None
    line = 1 + file.source.count(b"\n", 0, found.since)
    captures = {**place.captures, "held": f"`{held}`", "owner": owner}
    related = (
        RelatedLocation(line_of(node), f"{held} is taken from {owner} here"),
        RelatedLocation(line, f"{owner} is changed here"),
    )
    return Place(found.node, captures, related=related)


def _held_name(declarator: object, file: FileView) -> tuple[str, bool, bool]:
    """The declared name, and whether it is a reference or a pointer."""
    node = declarator if isinstance(declarator, Node) else None
    is_reference = is_pointer = False
    for _ in range(4):
        if node is None or node.type == "identifier":
            break
        is_reference = is_reference or node.type == "reference_declarator"
        is_pointer = is_pointer or node.type == "pointer_declarator"
        node = node.child_by_field_name("declarator") or (
            node.named_child(0) if node.type == "reference_declarator" else None
        )
    return ("" if node is None or node.type != "identifier" else file.name(node)), is_reference, is_pointer


def _held_from(value: Node, file: FileView) -> tuple[str, str, str] | None:
    """Container, method (or `[]`), and the first argument, of what an iterator, reference or pointer is taken from."""
    inner = bare(value)
    if inner is not None and inner.type == "pointer_expression":
        if not file.text(inner).startswith("&"):
            return None
        inner = bare(inner.child_by_field_name("argument"))
    if inner is None:
        return None
    if inner.type == "subscript_expression":
        owner = inner.child_by_field_name("argument")
        index = inner.child_by_field_name("indices")
        found = (
            None if owner is None else (file.name(owner), "[]", "" if index is None else file.name(index).strip("[]"))
        )
    else:
        called = inner.child_by_field_name("function") if inner.type == "call_expression" else None
        owner = None if called is None else called.child_by_field_name("argument")
        method = None if called is None else called.child_by_field_name("field")
        given = arguments_of(inner) if inner.type == "call_expression" else []
        found = (
            None
            if owner is None or method is None
            else (file.name(owner), file.name(method), file.name(given[0]) if given else "")
        )
    return found if found is not None and _NAME_ONLY.fullmatch(found[0]) else None


_MUTATED = re.compile(
    rb"\b(\w{1,80})\s{0,8}(?:(?:\.|->)\s{0,8}(?:push\w{0,6}|emplace\w{0,6}|insert\w{0,10}|try_emplace|erase|clear|resize|reserve|rehash|append|assign|replace|"
    rb"shrink_to_fit|pop\w{0,6})\s{0,4}\(|\+=)"
)
_mutated: WeakKeyDictionary[FileView, dict[int, frozenset[bytes]]] = WeakKeyDictionary()


def _changed_in(function: Node, file: FileView) -> frozenset[bytes]:
    """The names on which a function calls something that changes a container; read once per function."""
    known = _mutated.setdefault(file, {})
    if function.start_byte not in known:
        found = _MUTATED.finditer(file.source, function.start_byte, function.end_byte)
        known[function.start_byte] = frozenset(match[1] for match in found)
    return known[function.start_byte]


def changes(owner: str, function: Node, file: FileView) -> list[tuple[str, Node]]:
    """(method, call) for the calls of methods on a container, and assignments to it as `=`, in a function."""
    if re.split(r"->|\.", owner)[-1].encode() not in _changed_in(function, file):
        return []
    plain = owner.removeprefix("this->")
    pattern = re.compile(
        rb"(?:(?<![\w.>])|(?<=this->))"
        + re.escape(plain.encode())
        + rb"\s{0,8}(?:(?:\.|->)\s{0,8}(\w{1,40})\s{0,4}\(|(\+?=)(?!=))"
    )
    found = []
    for match in pattern.finditer(file.source, function.start_byte, function.end_byte):
        here = function.descendant_for_byte_range(match.end() - 1, match.end())
        call = None if here is None else ancestor(here, ("call_expression", "assignment_expression"))
        if call is not None and call.start_byte <= match.start() and not is_unevaluated(call, function):
            found.append(((match[1] or match[2]).decode(), call))
    return found


def _goes_bad(
    sort: str, method: str, call: Node, held: str, how: str, key: str, is_iterator: bool, file: FileView
) -> bool | None:
    """True when the change makes what is held bad, None when it does not touch it, False when nobody knows."""
    given = arguments_of(call) if call.type == "call_expression" else []
    first = file.name(given[0]) if given else ""
    if method == "=":
        return False
    if sort in _ADAPTERS:
        return True if method == "pop" and how == _ADAPTERS[sort] else None
    if method == "clear":
        return True
    if method == "erase":
        same = len(given) == 1 and (
            first == held or (first == key and key != "" and how in ("find", "at", "[]") and sort not in _VECTORS)
        )
        return True if same else (False if sort in _VECTORS or sort == "deque" or held in first else None)
    if method in ("swap", "splice", "merge", "remove", "remove_if", "sort", "extract"):
        return False
    if method in ("pop_back", "pop_front"):
        end = "back" if method == "pop_back" else "front"
        return True if how == end else (False if is_iterator else None)
    if sort in _VECTORS:
        return True if method in _GROWS or method == "+=" else None
    if sort == "deque":
        return True if method in _GROWS and (is_iterator or method in ("insert", "emplace", "resize")) else None
    if sort.startswith("unordered"):
        return (
            True
            if is_iterator
            and method in ("insert", "emplace", "try_emplace", "rehash", "reserve")
            and how not in ("insert", "emplace")
            else None
        )
    if sort.startswith("flat_hash"):
        return True if method in ("insert", "emplace", "try_emplace", "rehash", "reserve") else None
    return None


def _event_of_held(mention: Node, is_reference: bool, file: FileView) -> Iterator[Event]:
    """A mention of what is held: a use, unless it is given a new value."""
    parent = mention.parent
    kind = "" if parent is None else parent.type
    if parent is None or kind in ("reference_declarator", "pointer_declarator", "for_range_loop"):
        yield Event(mention.start_byte, _RANK_GOOD, "unknown", mention)
    elif kind == "assignment_expression" and parent.child_by_field_name("left") == mention and not is_reference:
        yield Event(parent.end_byte - 1, _RANK_GOOD, "good", mention)
    elif kind in ("init_declarator", "declaration") and parent.child_by_field_name("declarator") == mention:
        yield Event(parent.end_byte - 1, _RANK_GOOD, "unknown", mention)
    elif kind == "pointer_expression" and file.text(parent).startswith("&") and not is_reference:
        yield Event(mention.start_byte, _RANK_GOOD, "unknown", mention)
    elif kind != "cast_expression":
        yield Event(mention.start_byte, _RANK_USE, "use", mention)


def changed_while_looped(place: Place, file: FileView) -> Place | None:
    """Find a change of the container of a range-`for` after which the loop goes on."""
    loop = place.node
    function = None if loop is None else file.function_of(loop)
    body = None if function is None else function.child_by_field_name("body")
    ranged = None if loop is None else bare(loop.child_by_field_name("right"))
    declared = None if loop is None else loop.child_by_field_name("declarator")
    if loop is None or function is None or body is None or ranged is None or declared is None or function.has_error:
        return None
    owner = file.name(ranged)
    if not _NAME_ONLY.fullmatch(owner) or is_unevaluated(loop, function):
        return None
    inside = [one for one in changes(owner, function, file) if loop.start_byte < one[1].start_byte < loop.end_byte]
    if not inside:
        return None
    sort = container_of(loop, owner, file)
    names = re.findall(r"[A-Za-z_]\w*", file.text(declared))
    events = [
        Event(ranged.start_byte, _RANK_GOOD, "good", ranged),
        Event(declared.start_byte, _RANK_USE, "use", declared),
    ]
    for method, call in inside:
        if _breaks_loop(sort, method, call, names, file):
            events.append(Event(call.end_byte - 1, _RANK_BAD, "bad", call))
        elif method == "=":
            events.append(Event(call.end_byte - 1, _RANK_BAD, "unknown", call))
    found = _first_bad_use(function, events, file, _DONE, body) if len(events) > 2 else None
    if found is None:
        return None
    call = next((one for _, one in inside if one.start_byte == found.since), loop)
    captures = {**place.captures, "held": "the loop's iterator", "owner": owner}
    return Place(call, captures, related=(RelatedLocation(line_of(loop), f"the loop over {owner} begins here"),))


def _breaks_loop(sort: str, method: str, call: Node, names: list[str], file: FileView) -> bool:
    given = arguments_of(call) if call.type == "call_expression" else []
    if method == "clear":
        return bool(sort)
    if method == "erase":
        first = re.match(r"[&*]?([A-Za-z_]\w*)", file.name(given[0])) if given else None
        return sort in _VECTORS or sort == "deque" or (bool(sort) and first is not None and first[1] in names)
    if sort in _VECTORS or sort == "deque":
        return method in _GROWS or method in ("pop_back", "pop_front")
    if sort.startswith(("unordered", "flat_hash")):
        return method in ("insert", "emplace", "try_emplace", "rehash", "reserve")
    return False


# Views

_VIEW_TYPE = re.compile(r"(?:^|::|\s)(?:w|u8|u16|u32)?(?:string_view|span\b)")
_MAKERS = frozenset(("to_string", "str", "string", "wstring", "StrCat", "StrFormat", "StrJoin", "format"))
_VIEW_READERS = frozenset(("c_str", "data"))


def view_of_temporary(place: Place, file: FileView) -> Place | None:
    """Keep a `string_view` that is given a string which ends with the statement."""
    value = place.captures.get("owner")
    view = place.captures.get("view")
    if place.node is None or value is None or isinstance(value, str) or view is None:
        return None
    if place.node.type == "assignment_expression":
        local = file.local(place.node, file.name(view))
        if local is None or local.layers or _VIEW_TYPE.search(local.type) is None:
            return None
    inner: Node | None = value
    if value.type in ("argument_list", "initializer_list"):
        inner = value.named_child(0) if value.named_child_count == 1 else None
    return place if inner is not None and _is_new_string(inner, file) else None


def _is_new_string(value: Node, file: FileView, depth: int = 0) -> bool:
    """True for an expression that makes a `std::string` of its own."""
    node = bare(value)
    if node is None or depth > 6:
        return False
    if node.type == "binary_expression":
        operator, sides = (
            node.child_by_field_name("operator"),
            [node.child_by_field_name("left"), node.child_by_field_name("right")],
        )
        if operator is None or file.text(operator) != "+":
            return False
        return any(
            side is not None and (_is_string(side, file) or _is_new_string(side, file, depth + 1)) for side in sides
        )
    if node.type != "call_expression":
        return False
    called = node.child_by_field_name("function")
    name = _called_name(node, file)
    if called is None:
        return False
    if called.type == "field_expression":
        owner = called.child_by_field_name("argument")
        if name == "substr":
            return owner is not None and (_is_string(owner, file) or _is_new_string(owner, file, depth + 1))
        return name == "str" and owner is not None and _is_stream(owner, file)
    whole = file.name(called)
    if whole in ("std::string", "std::wstring", "std::to_string"):
        return True
    returns = {one.return_type for one in file.facts.functions if one.name == name and called.type == "identifier"}
    return len(returns) == 1 and _STRING.match(returns.pop()) is not None


def _is_string(node: Node, file: FileView) -> bool:
    """True for a name that is declared as a `std::string` in the function."""
    inner = bare(node)
    if inner is None or inner.type != "identifier":
        return False
    return _is_owner(inner, file) is not None


def _is_stream(node: Node, file: FileView) -> bool:
    local = file.local(node, file.name(node))
    return local is not None and "stringstream" in local.type


def _is_owner(name: Node, file: FileView) -> bool | None:
    """True for a `std::string` that ends with the function, False for a reference or static one, None for anything else."""
    text = file.name(name)
    local = file.local(name, text)
    if local is not None:
        if _STRING.match(local.type) is None or local.is_pointer or local.is_array:
            return None
        return not (local.layers or local.is_static)
    function = file.function_of(name)
    if function is None:
        return None
    declared = re.compile(
        rb"(static\s{1,4})?(?:const\s{1,4})?\bstd::w?string\s{1,4}" + re.escape(text.encode()) + rb"\s{0,4}[({]"
    )
    match = declared.search(file.source, function.start_byte, name.start_byte)
    return None if match is None else match[1] is None


def returns_view_of_local(place: Place, file: FileView) -> Place | None:
    """Keep a `return` of a view or pointer into a string that ends with the function."""
    node, captured = place.node, place.captures.get("value")
    function = None if node is None else file.function_of(node)
    value = None if captured is None or isinstance(captured, str) else bare(captured)
    declared = None if function is None else function.child_by_field_name("type")
    declarator = None if function is None else function.child_by_field_name("declarator")
    if node is None or function is None or value is None or declared is None or declarator is None:
        return None
    is_view = _VIEW_TYPE.search(file.text(declared)) is not None and declarator.type == "function_declarator"
    is_pointer = (
        declarator.type == "pointer_declarator" and re.search(r"\bchar\b|char_t\b", file.text(declared)) is not None
    )
    if not (is_view or is_pointer) or around(node, ("lambda_expression",), function) is not None:
        return None
    if is_view and value.type in ("initializer_list",):
        value = value.named_child(0) if value.named_child_count == 1 else None
    if value is None:
        return None
    owner: Node | None = value
    if value.type == "call_expression":
        called = value.child_by_field_name("function")
        if called is not None and called.type == "field_expression" and _called_name(value, file) in _VIEW_READERS:
            owner = called.child_by_field_name("argument")
        elif not is_view:
            return None
    elif not is_view:
        return None
    if owner is None or not (_is_new_string(owner, file) or (owner.type == "identifier" and _is_owner(owner, file))):
        return None
    place.captures |= {"view": value, "owner": owner}
    return place


def view_over_change(place: Place, file: FileView) -> Place | None:
    """Find a use of `s.c_str()`, `s.data()` or a view of `s` after `s` was changed or has ended."""
    node, captured = place.node, place.captures.get("value")
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    value = None if captured is None or isinstance(captured, str) else bare(captured)
    if (
        node is None
        or function is None
        or body is None
        or value is None
        or function.has_error
        or is_unevaluated(node, function)
    ):
        return None
    held = _held_name(place.captures.get("held"), file)[0]
    local = file.local(node, held)
    owner: Node | None = value
    if value.type == "call_expression":
        called = value.child_by_field_name("function")
        if called is None or called.type != "field_expression" or _called_name(value, file) not in _VIEW_READERS:
            return None
        owner = called.child_by_field_name("argument")
    if owner is None or owner.type != "identifier" or local is None:
        return None
    if not (
        local.is_pointer
        if value.type == "call_expression" and "string_view" not in local.type
        else _VIEW_TYPE.search(local.type)
    ):
        return None
    name = file.name(owner)
    if _is_owner(owner, file) is None or held == name:
        return None
    events = [Event(node.end_byte - (node.type == "declaration"), _RANK_GOOD, "good", node)]
    if node.type == "assignment_expression":
        events = [Event(node.end_byte - 1, _RANK_GOOD, "good", node)]
        events += _end_of_owner(name, owner, local.declared_at, function, file)
    reserved = False
    for method, call in changes(name, function, file):
        reserved = reserved or (method == "reserve" and call.start_byte < node.start_byte)
        if method in _GROWS and not reserved:
            events.append(Event(call.end_byte - 1, _RANK_BAD, "bad", call))
        elif method == "=" or method == "swap" or method == "+=":
            events.append(
                Event(call.end_byte - 1, _RANK_BAD, "bad" if method == "+=" and not reserved else "unknown", call)
            )
    if not any(event.kind == "bad" for event in events):
        return None
    for mention in mentions(function, held, file):
        if not node.start_byte <= mention.start_byte < node.end_byte:
            events += _event_of_held(mention, False, file)
    found = _first_bad_use(function, events, file, _DONE, body)
    if found is None:
        return None
    line = 1 + file.source.count(b"\n", 0, found.since)
    captures = {**place.captures, "view": held, "owner": owner}
    related = (
        RelatedLocation(line_of(node), f"{held} is taken from {name} here"),
        RelatedLocation(line, f"{name} is changed, or ends, here"),
    )
    return Place(found.node, captures, related=related)


def _end_of_owner(name: str, owner: Node, declared_at: int, function: Node, file: FileView) -> list[Event]:
    """The end of the block that declares the owner, when what is held was declared outside of it."""
    local = file.local(owner, name)
    if local is None or local.is_parameter or local.layers or local.is_static:
        return []
    start = function.descendant_for_byte_range(local.declared_at, local.declared_at + 1)
    block = None if start is None else around(start, ("compound_statement",), function)
    if (
        block is None
        or block.start_byte <= declared_at < block.end_byte
        or block == function.child_by_field_name("body")
    ):
        return []
    closing = block.child(block.child_count - 1)
    return [] if closing is None else [Event(block.end_byte - 1, _RANK_BAD, "bad", closing)]


def returned_initializer_list(place: Place, file: FileView) -> Place | None:
    """Keep a braced list that is returned as `std::initializer_list`: the array behind it ends with the statement."""
    function = None if place.node is None else file.function_of(place.node)
    declared = None if function is None else function.child_by_field_name("type")
    if (
        place.node is None
        or function is None
        or declared is None
        or around(place.node, ("lambda_expression",), function) is not None
    ):
        return None
    place.captures["owner"] = "the list"
    return place if re.match(r"std::initializer_list\s?<", file.text(declared)) else None
