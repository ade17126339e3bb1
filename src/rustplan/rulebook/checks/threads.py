"""Threads: what they are lent, how long it lives, and which globals they write without a lock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rustplan.model.facts import GlobalVariable
from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.captures import by_reference, captures_this
from rustplan.rulebook.checks.locks import LOCK_NAMES, UNLOCK_NAMES
from rustplan.rulebook.checks.paths import Event, PathWalk, around, is_unevaluated, mentions, statement_of
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, arguments_of, bare, line_of
from rustplan.syntax import Node

_STARTERS = {
    "pthread_create": (2, 3),
    "thrd_create": (1, 2),
    "CreateThread": (2, 3),
    "_beginthread": (0, 2),
    "_beginthreadex": (2, 3),
    "g_thread_new": (1, 2),
    "uv_thread_create": (1, 2),
    "SDL_CreateThread": (0, 2),
}
"""Function -> positions of the entry function and of its argument."""
_ZERO_IS_FAILURE = frozenset(("CreateThread", "_beginthreadex", "g_thread_new", "SDL_CreateThread"))
_JOINS = re.compile(
    rb"(?i)\b(?:\w{0,40}(?:join|wait|barrier|rendezvous|finish|complete|sleep|pause|pthread_exit|thrd_exit|exitthread|acquire|lock|sync|reap|drain|stop|shutdown)\w{0,40}"
    rb"|get|read|recv|accept|poll|select|exit|run)\s{0,4}\("
)
_LOOPS = ("for_statement", "while_statement", "do_statement", "for_range_loop")
_SYNC_TYPE = re.compile(
    r"(?i)atomic|volatile|sig_atomic|thread_local|__thread|mutex|cond|sem_t|semaphore|rwlock|spinlock|once|barrier|critical_section|srwlock|pthread_|thrd_|\bmtx_|\bcnd_|event|handle|lock|thread"
)
_LOCKS = re.compile(
    rb"\b(?:"
    + rb"|".join(sorted(re.escape(name.encode()) for name in LOCK_NAMES))
    + rb"|sem_wait|\w{0,30}_lock|\w{0,30}[lL]ock(?:ed)?)\s{0,4}\("
    rb"|\b\w{0,40}Lock(?:Holder|er|Guard)?\s{1,4}\w{1,60}\s{0,4}[({]"
    rb"|\b(?:lock_guard|unique_lock|scoped_lock|shared_lock|MutexLock|AutoLock|QMutexLocker|Locker|Guard)\b"
)
_UNLOCKS = re.compile(
    rb"\b(?:"
    + rb"|".join(sorted(re.escape(name.encode()) for name in UNLOCK_NAMES))
    + rb"|sem_post|\w{0,30}_unlock|\w{0,30}[uU]nlock)\s{0,4}\("
)
_ATOMIC_USE = re.compile(rb"(?i)atomic|__sync_|Interlocked|call_once|pthread_once")
_MAX_DEPTH = 3
_MAX_ACCESSES = 120


# What a thread is given


def lends_local(place: Place, file: FileView) -> Place | None:
    """Keep a thread start that is given the address of a local which some path leaves before the thread is waited for."""
    node, callee = place.node, place.captures.get("callee")
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    starter = "" if callee is None else file.text(callee)
    if node is None or function is None or body is None or starter not in _STARTERS or is_unevaluated(node, function):
        return None
    given = arguments_of(node)
    position = _STARTERS[starter][1]
    name = _lent(given[position], node, file) if position < len(given) else ""
    if not name:
        return None
    local = file.local(node, name)
    if local is None:
        return None
    place.captures["variable"] = name
    declared = RelatedLocation(1 + file.source.count(b"\n", 0, local.declared_at), f"{name} is declared here")
    loop = _counted_by(node, name, function, file)
    if loop is not None:
        place.captures["problem"] = "which the next round of the loop changes"
        place.related = (declared, RelatedLocation(line_of(loop), f"the loop that changes {name}"))
        return place
    fact = file.function_at(line_of(node))
    if fact is None or fact.name in ("main", "wmain", "WinMain") or function.has_error:
        return None
    left = _left_running(node, starter, function, body, file)
    if left is None:
        return None
    place.captures["problem"] = "and the function can return before the thread is joined"
    place.related = (
        declared,
        RelatedLocation(
            left.end_point[0] + 1 if left.type == "compound_statement" else line_of(left), "the function leaves here"
        ),
    )
    return place


def _lent(argument: Node, call: Node, file: FileView) -> str:
    """The local whose address an argument is; empty when it is none."""
    inner = bare(argument)
    for _ in range(4):
        if (
            inner is not None
            and inner.type == "call_expression"
            and "_cast<" in file.text(inner)[:30]
            and arguments_of(inner)
        ):
            inner = bare(arguments_of(inner)[0])
    takes_address = inner is not None and inner.type == "pointer_expression" and file.text(inner).startswith("&")
    if inner is not None and takes_address:
        inner = bare(inner.child_by_field_name("argument"))
        if inner is not None and inner.type == "subscript_expression":
            inner, takes_address = bare(inner.child_by_field_name("argument")), False
    for _ in range(6):
        if inner is None or inner.type != "field_expression" or "->" in file.text(inner):
            break
        inner = bare(inner.child_by_field_name("argument"))
    if inner is None or inner.type != "identifier":
        return ""
    name = file.name(inner)
    local = file.local(call, name)
    if local is None or local.is_static or local.is_reference or (local.is_pointer and not takes_address):
        return ""
    return name if local.is_array or takes_address else ""


def _counted_by(call: Node, name: str, function: Node, file: FileView) -> Node | None:
    """The `for` around the start that counts by the variable."""
    loop = around(call, ("for_statement",), function)
    update = None if loop is None else loop.child_by_field_name("update")
    if loop is None or update is None:
        return None
    word = re.compile(
        r"(?<![\w.>])"
        + re.escape(name)
        + r"(?:\s{0,4}(?:\+\+|--|[-+*/]?=(?!=)))|(?:\+\+|--)\s{0,4}"
        + re.escape(name)
        + r"\b"
    )
    return loop if word.search(file.text(update)) else None


def _left_running(call: Node, starter: str, function: Node, body: Node, file: FileView) -> Node | None:
    """A way out of the function on which the thread was started and nothing waited for it."""
    parent = call.parent
    result = ""
    if parent is not None and parent.type in ("assignment_expression", "init_declarator"):
        target = parent.child_by_field_name("left") or parent.child_by_field_name("declarator")
        result = "" if target is None else file.name(target).lstrip("*")
    events = [Event(call.end_byte - 1, 1, "start", call)]
    for match in _JOINS.finditer(file.source, function.start_byte, function.end_byte):
        here = function.descendant_for_byte_range(match.end() - 1, match.end())
        if here is not None and not call.start_byte <= match.start() < call.end_byte:
            events.append(Event(_counts_from(here, call, function, match.end() - 1), 0, "join", here))
    if any(
        event.at < call.start_byte and around(event.node, _LOOPS, function) for event in events if event.kind == "join"
    ):
        return None
    ways: list[Node] = []

    def step(state: str, event: Event) -> str | None:
        return "joined" if event.kind == "join" else "started" if event.kind == "start" else state

    def branch(node: Node, is_set: bool, state: str) -> str | None:
        inside = node.start_byte <= call.start_byte and call.end_byte <= node.end_byte
        tested = node if node.type != "binary_expression" else node.child_by_field_name("left")
        if state != "started" or not (inside or (result and tested is not None and file.name(tested) == result)):
            return state
        if node.type == "binary_expression" and not re.search(
            r"[!=]=\s{0,4}(?:0|NULL|nullptr|thrd_success)\b", file.text(node)
        ):
            return "joined"
        failed = is_set != (starter in _ZERO_IS_FAILURE)
        if "thrd_success" in file.text(node):
            failed = not is_set
        return "joined" if failed else state

    def leave(node: Node, state: str) -> None:
        if state == "started":
            ways.append(node)

    walk = PathWalk(file, function, events, step, leave=leave, branch=branch)
    walk.run(body, "none")
    if walk.gave_up or not ways:
        return None
    return min(ways, key=lambda one: one.start_byte)


def _counts_from(join: Node, call: Node, function: Node, at: int) -> int:
    """Where a wait counts: one in a loop of its own from the loop's first condition on, for the loop ran as often as threads were started."""
    loop = around(join, _LOOPS, function)
    condition = None if loop is None else loop.child_by_field_name("condition") or loop.child_by_field_name("right")
    if loop is None or condition is None or loop.start_byte <= call.start_byte < loop.end_byte:
        return at
    return condition.start_byte


def detached_with_local(place: Place, file: FileView) -> Place | None:
    """Keep a `std::thread` that refers to a local and is detached, or put into a member, and that nobody joins."""
    return _thread_object(place, file, wants_this=False)


def detached_with_this(place: Place, file: FileView) -> Place | None:
    """The same for a detached thread with `this`."""
    return _thread_object(place, file, wants_this=True)


def _thread_object(place: Place, file: FileView, *, wants_this: bool) -> Place | None:
    node, arguments = place.node, place.captures.get("given")
    function = None if node is None else file.function_of(node)
    if (
        node is None
        or function is None
        or arguments is None
        or isinstance(arguments, str)
        or is_unevaluated(node, function)
    ):
        return None
    lent = _lent_to_object(arguments, node, file)
    if lent is None or (lent == "this") != wants_this:
        return None
    fate = _fate(node, function, file)
    if fate is None or (wants_this and fate[0] != "detached"):
        return None
    fact = file.function_at(line_of(node))
    if fact is not None and fact.name == "main":
        return None
    place.captures |= {"variable": lent, "problem": f"and the thread is {fate[0]}"}
    notes = [RelatedLocation(line_of(fate[1]), f"the thread is {fate[0]} here")]
    local = file.local(node, lent)
    if local is not None:
        notes.insert(0, RelatedLocation(1 + file.source.count(b"\n", 0, local.declared_at), f"{lent} is declared here"))
    place.related = tuple(notes)
    return place


def _lent_to_object(arguments: Node, call: Node, file: FileView) -> str | None:
    """The local that a thread object is lent, or `this`."""
    for one in arguments.named_children:
        if one.type == "lambda_expression":
            names = by_reference(one, file)
            if names:
                return names[0]
            if captures_this(one, file):
                return "this"
        elif one.type == "call_expression":
            called, given = one.child_by_field_name("function"), arguments_of(one)
            if called is not None and file.name(called) == "std::ref" and given and given[0].type == "identifier":
                local = file.local(call, file.name(given[0]))
                if local is not None and not (local.is_reference or local.is_static):
                    return local.name
        elif one.type == "this":
            return "this"
        else:
            name = _lent(one, call, file) if one.type == "pointer_expression" else ""
            if name:
                return name
    return None


def _fate(node: Node, function: Node, file: FileView) -> tuple[str, Node] | None:
    """How a thread object gets away from the function: detached, or stored in a member and not joined here."""
    source = file.source
    if _JOINS.search(source, node.end_byte, function.end_byte) is not None:
        return None
    if node.type == "declaration":
        declared = node.child_by_field_name("declarator")
        named = None if declared is None else declared.child_by_field_name("declarator")
        name = "" if named is None else file.name(named)
        detached = re.compile(rb"\b" + re.escape(name.encode()) + rb"\s{0,4}\.\s{0,4}detach\s{0,4}\(")
        match = detached.search(source, node.end_byte, function.end_byte) if name else None
        at = None if match is None else function.descendant_for_byte_range(match.start(), match.end())
        return None if at is None else ("detached", at)
    outer = node.parent
    if outer is not None and outer.type == "field_expression":
        member = outer.child_by_field_name("field")
        return ("detached", outer) if member is not None and file.name(member) == "detach" else None
    if outer is not None and outer.type == "assignment_expression":
        left = outer.child_by_field_name("left")
        if (
            left is not None
            and file.local(left, file.name(left)) is None
            and re.fullmatch(r"(?:this->)?\w+", file.name(left))
        ):
            return f"kept in `{file.name(left)}`", outer
    return None


# Globals


@dataclass(slots=True)
class _Access:
    """One mention of a global in a function."""

    node: Node
    function: int
    is_write: bool
    is_locked: bool


@dataclass(slots=True)
class _Threads:
    """The functions of a file that run in threads, and where threads begin and end."""

    reached: dict[int, int]
    starts: dict[int, list[int]]
    many: frozenset[int]


_threads: WeakKeyDictionary[FileView, _Threads] = WeakKeyDictionary()
_ENTRY_TEXT = (
    b"pthread_create",
    b"thrd_create",
    b"CreateThread",
    b"_beginthread",
    b"thread",
    b"g_thread_new",
    b"async",
)
_ENTRY_OBJECT = re.compile(
    rb"\bstd::(?:j?thread\b(?:\s{1,4}\w{1,60})?|async)\s{0,4}[({]\s{0,4}(?:std::launch::async\s{0,4},\s{0,4})?&?(?:\w{1,60}::){0,3}([A-Za-z_]\w{0,80})\s{0,4}[,)}]"
)


_accesses_of: WeakKeyDictionary[FileView, dict[str, list[_Access]]] = WeakKeyDictionary()


def shared_locked_elsewhere(place: Place, file: FileView) -> Place | None:
    """Keep a global that a thread writes without the lock that other accesses hold."""
    return _shared(place, file, wants_lock=True)


def shared_without_lock(place: Place, file: FileView) -> Place | None:
    """Keep a global that a thread writes and others use, in a file without locks."""
    return _shared(place, file, wants_lock=False)


def _shared(place: Place, file: FileView, *, wants_lock: bool) -> Place | None:
    threads = _threads_of(file)
    if not threads.reached:
        return None
    variable = next(
        (one for one in file.facts.globals if one.line == place.line and one.name == place.captures["name"]), None
    )
    if (
        variable is None
        or variable.is_const
        or variable.is_extern
        or not variable.name
        or _SYNC_TYPE.search(_whole_type(variable, file))
    ):
        return None
    known = _accesses_of.setdefault(file, {})
    if variable.name not in known:
        known[variable.name] = _accesses(variable.name, file)
    accesses = known[variable.name]
    writes = [one for one in accesses if one.is_write and one.function in threads.reached and not one.is_locked]
    if not writes:
        return None
    any_lock = any(one.is_locked for one in accesses)
    if any_lock != wants_lock or (not any_lock and _LOCKS.search(file.source)):
        return None
    other = _other_side(writes, accesses, threads, file)
    if other is None:
        return None
    write = writes[0].node
    entry = threads.reached[writes[0].function]
    captures = {**place.captures, "variable": variable.name}
    related = (
        RelatedLocation(file.facts.functions[entry].start_line, f"{file.facts.functions[entry].name} runs in a thread"),
        RelatedLocation(
            line_of(other.node),
            f"{variable.name} is {'written' if other.is_write else 'read'} here"
            + (" with a lock held" if other.is_locked else ""),
        ),
    )
    return Place(write, captures, related=related)


def _whole_type(variable: GlobalVariable, file: FileView) -> str:
    """The declaration's line, whose words (`_Atomic`, `thread_local`, `volatile`) the type alone may leave out."""
    line = file.source_lines[variable.line - 1] if len(file.source_lines) >= variable.line else b""
    head = line.split(b"=")[0].decode("utf-8", "replace")
    return f"{variable.type} {head.replace(variable.name, ' ')}"


def _threads_of(file: FileView) -> _Threads:
    known = _threads.get(file)
    if known is not None:
        return known
    if not any(word in file.source for word in _ENTRY_TEXT):
        return _threads.setdefault(file, _Threads({}, {}, frozenset()))
    by_name: dict[str, list[int]] = {}
    for index, function in enumerate(file.facts.functions):
        if function.has_body:
            by_name.setdefault(function.name, []).append(index)
    entries: dict[int, list[tuple[int, bool]]] = {}
    starts: dict[int, list[int]] = {}
    for at, name, in_loop in _entry_sites(file):
        for index in by_name.get(name, [])[:1]:
            entries.setdefault(index, []).append((at, in_loop))
            starter = _index_of(at, file)
            if starter >= 0:
                starts.setdefault(starter, []).append(at)
    many = frozenset(index for index, sites in entries.items() if len(sites) > 1 or any(loop for _, loop in sites))
    reached = _reached(entries, by_name, file)
    known = _threads[file] = _Threads(
        reached, starts, frozenset(index for index, entry in reached.items() if entry in many)
    )
    return known


def _entry_sites(file: FileView) -> list[tuple[int, str, bool]]:
    """(byte, entry function, inside a loop) for every start of a thread by name."""
    sites = []
    for captures in file.calls_between(0, len(file.source)):
        name = file.text(captures["callee"][0])
        if name in _STARTERS:
            given = arguments_of(captures["finding"][0])
            position = _STARTERS[name][0]
            node = bare(given[position]) if position < len(given) else None
            if node is not None and node.type == "pointer_expression":
                node = node.child_by_field_name("argument")
            if node is not None and node.type == "identifier":
                sites.append(
                    (captures["finding"][0].start_byte, file.name(node), _is_in_loop(captures["finding"][0], file))
                )
    for match in _ENTRY_OBJECT.finditer(file.source):
        index = file.functions.around(match.start(), match.end())
        if index >= 0:
            here = file.functions.nodes[index].descendant_for_byte_range(match.start(1), match.end(1))
            sites.append(
                (match.start(), match[1].decode("utf-8", "replace"), here is not None and _is_in_loop(here, file))
            )
    return sites


def _is_in_loop(node: Node, file: FileView) -> bool:
    function = file.function_of(node)
    return function is not None and around(node, _LOOPS, function) is not None


def _index_of(at: int, file: FileView) -> int:
    """Index of the fact of the function around a byte; -1 for none."""
    number = file.functions.around(at, at + 1)
    if number < 0:
        return -1
    line = line_of(file.functions.nodes[number])
    return next(
        (index for index, one in enumerate(file.facts.functions) if one.start_line == line and one.has_body), -1
    )


def _reached(
    entries: dict[int, list[tuple[int, bool]]], by_name: dict[str, list[int]], file: FileView
) -> dict[int, int]:
    """Function -> thread entry from which it is reached, a few calls deep."""
    calls: dict[int, set[int]] = {}
    for call in file.facts.calls:
        for index in by_name.get(call.callee, [])[:1]:
            calls.setdefault(call.function, set()).add(index)
    reached = {index: index for index in sorted(entries)}
    frontier = list(reached)
    for _ in range(_MAX_DEPTH):
        following = []
        for index in frontier:
            for callee in sorted(calls.get(index, ())):
                if callee not in reached:
                    reached[callee] = reached[index]
                    following.append(callee)
        frontier = following
    return reached


def _accesses(name: str, file: FileView) -> list[_Access]:
    """Where the functions of the file use a global by its name."""
    found: list[_Access] = []
    for function in file.functions.nodes:
        if name.encode() not in file.source[function.start_byte : function.end_byte]:
            continue
        index = _index_of(function.start_byte, file)
        for node in mentions(function, name, file):
            if file.local(node, name) is None and len(found) < _MAX_ACCESSES:
                found.append(_Access(node, index, _is_write(node, file), _is_locked(node, function, index, file)))
    return found


def _is_write(node: Node, file: FileView) -> bool:
    """True where the global, a member or an element of it is assigned or counted."""
    here, parent = node, node.parent
    for _ in range(4):
        if parent is None or parent.type not in (
            "field_expression",
            "subscript_expression",
            "parenthesized_expression",
        ):
            break
        if parent.type == "field_expression" and "->" in file.text(parent):
            return False
        if parent.type == "subscript_expression" and parent.child_by_field_name("argument") != here:
            return False
        here, parent = parent, parent.parent
    if parent is None:
        return False
    return parent.type == "update_expression" or (
        parent.type == "assignment_expression" and parent.child_by_field_name("left") == here
    )


def _is_locked(node: Node, function: Node, index: int, file: FileView) -> bool:
    """True when a lock is taken before the place and not given back between, here or around every call of the function."""
    if _holds(function, node.start_byte, file):
        return True
    statement = statement_of(node)
    if statement is not None and _ATOMIC_USE.search(file.source[statement.start_byte : statement.end_byte]):
        return True
    if index < 0:
        return False
    name = file.facts.functions[index].name
    sites = [captures["finding"][0] for captures in file.calls_by_name.get(name, ())[:20]]
    outer = [(one, file.function_of(one)) for one in sites]
    return bool(outer) and all(around_ is not None and _holds(around_, one.start_byte, file) for one, around_ in outer)


def _holds(function: Node, at: int, file: FileView) -> bool:
    """True when a lock is taken before a byte and not given back; what a block does that ends before it counts only if it is a lock alone."""
    held = False
    closed: dict[int, list[bool]] = {}
    matches = [(match.start(), True) for match in _LOCKS.finditer(file.source, function.start_byte, at)]
    matches += [(match.start(), False) for match in _UNLOCKS.finditer(file.source, function.start_byte, at)]
    for start, takes in sorted(matches):
        here = function.descendant_for_byte_range(start, start + 1)
        block = (
            None if here is None else around(here, ("compound_statement", "case_statement", "if_statement"), function)
        )
        if block is None or block.end_byte > at:
            held = takes
        else:
            closed.setdefault(block.start_byte, []).append(takes)
    return held or any(all(one) for one in closed.values())


def _other_side(writes: list[_Access], accesses: list[_Access], threads: _Threads, file: FileView) -> _Access | None:
    """An access that may happen at the same time as one of the writes."""
    for one in accesses:
        if one.is_locked and one.function not in (write.function for write in writes):
            return one
    for one in writes:
        if one.function in threads.many and not _is_constant_store(one.node, file):
            return one
    entries = {threads.reached[one.function] for one in writes}
    for one in accesses:
        if one.function in threads.reached and threads.reached[one.function] not in entries:
            return one
        if one.function in threads.starts and one.function not in threads.reached and _is_between(one, threads, file):
            return one
    return None


def _is_constant_store(node: Node, file: FileView) -> bool:
    """True for `done = 1`: two threads that store the same leave the same."""
    parent = node.parent
    right = None if parent is None or parent.type != "assignment_expression" else parent.child_by_field_name("right")
    operator = None if parent is None else parent.child_by_field_name("operator")
    return (
        right is not None
        and operator is not None
        and file.text(operator) == "="
        and right.type in ("number_literal", "true", "false", "null")
    )


def _is_between(access: _Access, threads: _Threads, file: FileView) -> bool:
    """True behind the start of a thread and before the first wait that follows it."""
    at = access.node.start_byte
    first = min(threads.starts[access.function])
    function = file.function_of(access.node)
    if function is None or at < first:
        return False
    join = _JOINS.search(file.source, first, function.end_byte)
    return join is None or at < join.start()
