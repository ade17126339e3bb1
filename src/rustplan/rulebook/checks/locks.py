"""Locks taken and released by hand: what is held on each path through one function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rustplan.model.finding import RelatedLocation
from rustplan.rulebook.checks.paths import Event, PathWalk, around, is_unevaluated
from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import Place, ancestor, arguments_of, line_of
from rustplan.syntax import Node


class _Family(NamedTuple):
    """Functions that work on one sort of lock. `tries` maps a name to whether zero means that the lock was taken."""

    locks: tuple[str, ...]
    unlocks: tuple[str, ...]
    tries: Mapping[str, bool] = {}
    shared: tuple[str, ...] = ()
    destroys: tuple[str, ...] = ()
    is_recursive: bool = False


_FAMILIES = (
    _Family(
        ("pthread_mutex_lock",),
        ("pthread_mutex_unlock",),
        {"pthread_mutex_trylock": True, "pthread_mutex_timedlock": True},
        destroys=("pthread_mutex_destroy",),
    ),
    _Family(
        ("pthread_rwlock_wrlock",),
        ("pthread_rwlock_unlock",),
        {"pthread_rwlock_trywrlock": True, "pthread_rwlock_tryrdlock": True},
        shared=("pthread_rwlock_rdlock",),
        destroys=("pthread_rwlock_destroy",),
    ),
    _Family(
        ("pthread_spin_lock",), ("pthread_spin_unlock",), {"pthread_spin_trylock": True}, (), ("pthread_spin_destroy",)
    ),
    _Family(("mtx_lock",), ("mtx_unlock",), {"mtx_trylock": True, "mtx_timedlock": True}, destroys=("mtx_destroy",)),
    _Family(
        ("EnterCriticalSection", "RtlEnterCriticalSection"),
        ("LeaveCriticalSection", "RtlLeaveCriticalSection"),
        {"TryEnterCriticalSection": False},
        destroys=("DeleteCriticalSection",),
        is_recursive=True,
    ),
    _Family(
        ("AcquireSRWLockExclusive",), ("ReleaseSRWLockExclusive",), {"TryAcquireSRWLockExclusive": False}
    ),
    _Family((), ("ReleaseSRWLockShared",), {"TryAcquireSRWLockShared": False}, shared=("AcquireSRWLockShared",)),
    _Family(
        ("spin_lock", "spin_lock_bh", "spin_lock_irq", "spin_lock_irqsave"),
        ("spin_unlock", "spin_unlock_bh", "spin_unlock_irq", "spin_unlock_irqrestore"),
        {"spin_trylock": False, "spin_trylock_bh": False, "spin_trylock_irqsave": False},
    ),
    _Family(
        ("raw_spin_lock", "raw_spin_lock_irq", "raw_spin_lock_irqsave"),
        ("raw_spin_unlock", "raw_spin_unlock_irq", "raw_spin_unlock_irqrestore"),
        {"raw_spin_trylock": False},
    ),
    _Family(
        ("mutex_lock", "mutex_lock_nested"),
        ("mutex_unlock",),
        {"mutex_trylock": False, "mutex_lock_interruptible": True, "mutex_lock_killable": True},
    ),
    _Family(("write_lock", "write_lock_bh", "write_lock_irq", "write_lock_irqsave"), ("write_unlock", "write_unlock_bh", "write_unlock_irq", "write_unlock_irqrestore")),
    _Family((), ("read_unlock", "read_unlock_bh", "read_unlock_irq", "read_unlock_irqrestore"), {}, ("read_lock", "read_lock_bh", "read_lock_irq", "read_lock_irqsave")),
    _Family(("down_write",), ("up_write",), {"down_write_trylock": False}),
    _Family((), ("up_read",), {"down_read_trylock": False}, ("down_read",)),
    _Family(("g_mutex_lock",), ("g_mutex_unlock",), {"g_mutex_trylock": False}, (), ("g_mutex_clear",)),
    _Family(("uv_mutex_lock",), ("uv_mutex_unlock",), {"uv_mutex_trylock": True}, (), ("uv_mutex_destroy",)),
    _Family(("uv_rwlock_wrlock",), ("uv_rwlock_wrunlock",), {"uv_rwlock_trywrlock": True}),
    _Family((), ("uv_rwlock_rdunlock",), {"uv_rwlock_tryrdlock": True}, ("uv_rwlock_rdlock",)),
    _Family(("SDL_LockMutex", "SDL_mutexP"), ("SDL_UnlockMutex", "SDL_mutexV"), {"SDL_TryLockMutex": True}, (), ("SDL_DestroyMutex",), True),
    _Family(("PR_Lock",), ("PR_Unlock",), {}, (), ("PR_DestroyLock",)),
    _Family(("apr_thread_mutex_lock",), ("apr_thread_mutex_unlock",), {"apr_thread_mutex_trylock": True}, (), ("apr_thread_mutex_destroy",), True),
    _Family(("CRYPTO_THREAD_write_lock",), ("CRYPTO_THREAD_unlock",), {}, ("CRYPTO_THREAD_read_lock",), ("CRYPTO_THREAD_lock_free",)),
    _Family(("LWLockAcquire",), ("LWLockRelease",), {"LWLockConditionalAcquire": False}),
)  # fmt: skip
_METHODS = (
    _Family(("lock",), ("unlock",), {"try_lock": False, "try_lock_for": False, "try_lock_until": False}),
    _Family((), ("unlock_shared",), {"try_lock_shared": False}, ("lock_shared",)),
    _Family(("Lock", "WriterLock"), ("Unlock", "WriterUnlock"), {"TryLock": False}),
    _Family((), ("ReaderUnlock",), {"ReaderTryLock": False}, ("ReaderLock",)),
)
_METHOD_CALL = re.compile(
    rb"(?:\.|->)\s{0,4}(?:try_lock(?:_for|_until|_shared)?|(?:un)?lock(?:_shared)?|(?:Writer|Reader)?(?:Lock|Unlock)|(?:Reader)?TryLock)\s{0,4}\("
)
_RECURSIVE = re.compile(rb"(?i)recursive|_RECURSIVE_|PTHREAD_MUTEX_ERRORCHECK|nested")
_MUTEX_TYPE = re.compile(r"(?i)mutex|\bmtx_t\b|spinlock|rwlock|CRITICAL_SECTION|SRWLOCK")
_NAMED_AS_LOCK = re.compile(r"(?i)lock|acquire|enter|begin|grab|hold|suspend|freeze|pause")
_MAY_UNLOCK = re.compile(
    r"(?i)unlock|release|leave|relinquish|finish|(?:^|_)(?:end|done|put|drop|up|exit|free|destroy|cleanup|close|give)(?:_|$)"
)
_MAY_LOCK = re.compile(r"(?i)lock|acquire|enter|hold")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_MAX_EVENTS = 200
_UNKNOWN, _HELD, _FREE, _MAYBE = "at entry", "held", "free", "maybe"


class _State(NamedTuple):
    """What a path knows of one lock, the variable that holds the result of taking it, and where it was taken or given back."""

    status: str
    result: str = ""
    since: int = 0


class _Role(NamedTuple):
    """What a function does to its lock: lock, unlock, try or destroy."""

    name: str
    is_exclusive: bool = True
    is_recursive: bool = False
    zero_is_success: bool = True


class _Call(NamedTuple):
    """One call with a role; `result` is the variable that takes what it returns."""

    node: Node
    role: _Role
    result: str


@dataclass(slots=True)
class _Imbalance:
    """The first thing wrong with one lock in one function."""

    node: Node
    problem: str
    related: tuple[RelatedLocation, ...]
    is_sure: bool


@dataclass(slots=True)
class _Function:
    """The lock calls of a function by lock, and what was found of each."""

    calls: dict[str, list[_Call]] = field(default_factory=dict)
    found: dict[str, _Imbalance | None] = field(default_factory=dict)


def _roles(families: tuple[_Family, ...]) -> dict[str, _Role]:
    roles: dict[str, _Role] = {}
    for family in families:
        recursive = family.is_recursive
        roles |= {name: _Role("lock", True, recursive) for name in family.locks}
        roles |= {name: _Role("lock", False, recursive) for name in family.shared}
        roles |= {name: _Role("unlock", True, recursive) for name in family.unlocks}
        roles |= {name: _Role("try", True, recursive, zero) for name, zero in family.tries.items()}
        roles |= {name: _Role("destroy", True, recursive) for name in family.destroys}
    return roles


_ROLES = _roles(_FAMILIES)
_METHOD_ROLES = _roles(_METHODS)
LOCK_NAMES = frozenset(name for family in (*_FAMILIES, *_METHODS) for name in (*family.locks, *family.shared))
UNLOCK_NAMES = frozenset(name for family in (*_FAMILIES, *_METHODS) for name in family.unlocks)
_functions: WeakKeyDictionary[FileView, dict[int, _Function]] = WeakKeyDictionary()
_unbalanced: WeakKeyDictionary[FileView, frozenset[str]] = WeakKeyDictionary()


def lock_left_held(place: Place, file: FileView) -> Place | None:
    """Keep the first call on a lock that some path leaves held, takes twice, or gives back twice."""
    return _reported(place, file, is_sure=True)


def unlocked_unheld(place: Place, file: FileView) -> Place | None:
    """Keep the first call on a lock that one path takes and another gives back without having taken it."""
    return _reported(place, file, is_sure=False)


def _reported(place: Place, file: FileView, *, is_sure: bool) -> Place | None:
    node = place.node
    function = None if node is None else file.function_of(node)
    body = None if function is None else function.child_by_field_name("body")
    if node is None or function is None or body is None:
        return None
    known = _functions.setdefault(file, {}).get(function.start_byte)
    if known is None:
        known = _functions[file][function.start_byte] = _Function(_lock_calls(function, file))
    for name, calls in known.calls.items():
        if calls[0].node.start_byte != node.start_byte:
            continue
        if name not in known.found:
            known.found[name] = _Analysis(name, calls, function, body, file).imbalance()
        found = known.found[name]
        if found is None or found.is_sure != is_sure:
            return None
        captures = {**place.captures, "lock": name.removeprefix("&"), "problem": found.problem}
        return Place(found.node, captures, related=found.related)
    return None


def _lock_calls(function: Node, file: FileView) -> dict[str, list[_Call]]:
    """Lock -> its calls in a function, in order."""
    found: list[tuple[str, _Call]] = []
    for captures in file.calls_between(function.start_byte, function.end_byte):
        role = _ROLES.get(file.text(captures["callee"][0]))
        node = captures["finding"][0]
        given = arguments_of(node) if role is not None else []
        if role is not None and given and not is_unevaluated(node, function):
            found.append((file.name(given[0]), _Call(node, role, _result_of(node, file))))
    for match in _METHOD_CALL.finditer(file.source, function.start_byte, function.end_byte):
        inner = function.descendant_for_byte_range(match.end() - 1, match.end())
        call = None if inner is None else ancestor(inner, ("call_expression",))
        if call is None or is_unevaluated(call, function):
            continue
        called = call.child_by_field_name("function")
        method = None if called is None else called.child_by_field_name("field")
        receiver = None if called is None else called.child_by_field_name("argument")
        role = None if method is None else _METHOD_ROLES.get(file.name(method))
        if role is not None and receiver is not None and not _is_guard(receiver, function, file):
            found.append((file.name(receiver), _Call(call, role, _result_of(call, file))))
    calls: dict[str, list[_Call]] = {}
    for name, one in sorted(found, key=lambda pair: pair[1].node.start_byte):
        calls.setdefault(name.removeprefix("this->"), []).append(one)
    return calls


def _is_guard(receiver: Node, function: Node, file: FileView) -> bool:
    """True for `std::unique_lock` and the like, which give back by themselves, and for weak pointers, whose `lock` is another."""
    name = file.name(receiver)
    local = file.local(receiver, name)
    if local is not None:
        return _MUTEX_TYPE.search(local.type) is None
    pattern = (
        rb"(?:[lL]ock(?:er)?|[gG]uard|weak_ptr|auto)\b[^;{}()]{0,120}\b" + re.escape(name.encode()) + rb"\s{0,4}[({=]"
    )
    return re.search(pattern, file.source[function.start_byte : function.end_byte]) is not None


def _result_of(call: Node, file: FileView) -> str:
    """The variable that a call's value is given to at once; "?" when the value goes elsewhere than into nothing or a condition."""
    parent = call.parent
    if parent is None or parent.type == "expression_statement":
        return ""
    if parent.type == "assignment_expression":
        left = parent.child_by_field_name("left")
        return "?" if left is None else file.name(left)
    if parent.type == "init_declarator":
        declared = parent.child_by_field_name("declarator")
        return "?" if declared is None else file.name(declared)
    return "" if parent.type != "return_statement" else "?"


class _Analysis:
    """The paths of one function, for one lock."""

    def __init__(self, name: str, calls: list[_Call], function: Node, body: Node, file: FileView) -> None:
        self._name, self._calls, self._function, self._body, self._file = name, calls, function, body, file
        self._by_start = {one.node.start_byte: one for one in calls}
        self._local = self._is_local()
        self._leaves: dict[int, tuple[Node, set[_State]]] = {}
        self._wrong: list[tuple[Node, str, _State]] = []
        self._unheld: list[Node] = []
        self._taken_at_entry = False

    def imbalance(self) -> _Imbalance | None:
        """The first thing wrong, or None."""
        roles = {one.role.name for one in self._calls}
        if not ({"lock", "try"} & roles) and not (
            self._local or [one.role.name for one in self._calls].count("unlock") > 1
        ):
            return None
        if len(self._calls) > _MAX_EVENTS or self._function.has_error or self._is_shared_out():
            return None
        walk = PathWalk(self._file, self._function, self._events(), self._step, leave=self._leave, branch=self._branch)
        walk.run(self._body, _State(_UNKNOWN))
        return None if walk.gave_up else self._first_wrong("unlock" in roles)

    def _is_local(self) -> bool:
        """True for a lock that begins and ends with the function."""
        bare_name = self._name.removeprefix("&")
        local = self._file.local(self._body, bare_name) or self._file.local(self._calls[0].node, bare_name)
        return local is not None and not (local.is_parameter or local.is_static or local.layers)

    def _is_shared_out(self) -> bool:
        """True when a guard object or another function is given the lock as its first argument."""
        name = re.escape(self._name.removeprefix("&").encode())
        pattern = rb"(\w{1,60})\s{0,4}[({]\s{0,4}&?(?:this->)?" + name + rb"\s{0,4}[,)}]"
        given = re.finditer(pattern, self._file.source[self._function.start_byte : self._function.end_byte])
        return any(match[1].decode() not in _ROLES and not _BEGINS.match(match[1]) for match in given)

    def _is_behind_a_loop(self, state: _State, again: Node) -> bool:
        """True when the lock was last taken or given back in a loop that this call is not part of: how the loop ended decides."""
        call = self._by_start.get(state.since)
        loop = None if call is None else around(call.node, _LOOPS, self._function)
        return loop is not None and not loop.start_byte <= again.start_byte < loop.end_byte

    def _has_partner(self) -> bool:
        """True when another function of this file gives back a lock of this name and takes none: it ends what this one begins."""
        last = re.split(r"->|\.", self._name.removeprefix("&"))[-1].encode()
        for function in self._file.functions.nodes:
            if function.start_byte == self._function.start_byte:
                continue
            text = self._file.source[function.start_byte : function.end_byte]
            if last in text and _UNLOCK_WORD.search(text) and not _LOCK_WORD.search(text):
                return True
        return False

    def _events(self) -> list[Event]:
        events = [Event(one.node.end_byte, 1, one.role.name, one.node) for one in self._calls]
        source, start, end = self._file.source, self._function.start_byte, self._function.end_byte
        names = set(_IDENTIFIER.findall(self._name)) - {"this"}
        results = {one.result for one in self._calls} - {"", "?"}
        for word in sorted(names | results):
            kind = "rebind" if word in names else "forget"
            pattern = (
                rb"(?<![\w.>])"
                + re.escape(word.encode())
                + rb"\s{0,4}(?:[-+]?=(?!=)|\+\+|--)|(?:\+\+|--)\s{0,4}"
                + re.escape(word.encode())
            )
            for match in list(re.finditer(pattern, source[start:end]))[:_MAX_EVENTS]:
                events.append(Event(start + match.end() - 1, 0, kind, self._function))
        unbalanced = _unbalanced_here(self._file)
        for captures in self._file.calls_between(start, end):
            node, callee = captures["finding"][0], self._file.text(captures["callee"][0])
            if callee in _ROLES or node.start_byte in self._by_start:
                continue
            if callee in unbalanced or _MAY_UNLOCK.search(callee) or _MAY_LOCK.search(callee):
                events.append(Event(node.end_byte, 0, "blur", node))
        for match in _METHOD_NAME.finditer(source, start, end):
            method = match[1].decode("utf-8", "replace")
            if method not in _METHOD_ROLES and (
                _MAY_UNLOCK.search(method) or _MAY_LOCK.search(method) or method in unbalanced
            ):
                events.append(Event(match.end() - 1, 0, "blur", self._function))
        # an event counts where its call ends, which must lie inside the leaf
        return [event._replace(at=event.at - 1) if event.kind in _AT_END else event for event in events]

    def _step(self, state: _State, event: Event) -> _State | None:
        if event.kind == "forget":
            return state._replace(result="")
        if event.kind in ("rebind", "blur"):
            return state if state.status == _UNKNOWN and event.kind == "rebind" else _State(_MAYBE)
        call = self._by_start.get(event.node.start_byte)
        if call is None:
            return state
        at = event.node.start_byte
        if event.kind == "destroy":
            if state.status == _HELD:
                self._wrong.append((event.node, "is destroyed while it is held", state))
            return _State(_MAYBE)
        if event.kind == "unlock":
            if state.status == _FREE and self._is_behind_a_loop(state, event.node):
                return _State(_MAYBE)
            if state.status == _FREE:
                self._wrong.append((event.node, "is given back twice", state))
                return _State(_MAYBE)
            if state.status == _UNKNOWN:
                self._unheld.append(event.node)
            is_free = state.status != _MAYBE or not (call.role.is_recursive or _RECURSIVE.search(self._file.source))
            return _State(_FREE if is_free else _MAYBE, since=at)
        if call.result == "?":
            return _State(_MAYBE)
        if event.kind == "try":
            return _State(_MAYBE, call.result or "()", at)
        if state.status == _UNKNOWN:
            self._taken_at_entry = True
        if state.status == _HELD and (call.role.is_recursive or not self._held_exclusively(state, call)):
            return _State(_MAYBE)
        if state.status == _HELD and self._is_behind_a_loop(state, event.node):
            return _State(_MAYBE)
        if state.status == _HELD:
            self._wrong.append((event.node, "is taken again by the thread that holds it", state))
            return _State(_MAYBE)
        return _State(_HELD, call.result or "()", at)

    def _held_exclusively(self, state: _State, again: _Call) -> bool:
        earlier = self._by_start.get(state.since)
        both = earlier is not None and earlier.role.is_exclusive and again.role.is_exclusive
        return both and _RECURSIVE.search(self._file.source) is None

    def _branch(self, node: Node, is_set: bool, state: _State) -> _State | None:
        call = self._by_start.get(state.since)
        if call is None or not state.result or call.role.name not in ("lock", "try"):
            return state
        if state.result == "()":
            tested = node if node.type == "call_expression" else node.child_by_field_name("left")
            if tested is None or tested.start_byte > state.since or tested.end_byte < call.node.end_byte:
                return state
        else:
            tested = (
                node.child_by_field_name("left")
                if node.type in ("assignment_expression", "binary_expression")
                else node
            )
            if tested is None or self._file.name(tested) != state.result:
                return state
        success = _SUCCESS.search(self._file.text(node)) if node.type == "binary_expression" else None
        if node.type == "binary_expression" and success is None:
            return state._replace(status=_MAYBE, result="") if call.role.name == "try" else state._replace(result="")
        taken = is_set if success is not None else (not is_set) == call.role.zero_is_success
        return _State(_HELD if taken else _MAYBE, since=state.since)

    def _leave(self, node: Node, state: _State) -> None:
        self._leaves.setdefault(node.start_byte, (node, set()))[1].add(state)

    def _first_wrong(self, gives_back: bool) -> _Imbalance | None:
        if self._wrong:
            node, problem, state = min(self._wrong, key=lambda one: one[0].start_byte)
            return self._made(node, f"{problem} here", state)
        held = [
            (node, state) for node, states in self._leaves.values() for state in sorted(states) if state.status == _HELD
        ]
        came_held = bool(self._unheld) and not self._taken_at_entry
        if held and (self._local or (gives_back and not came_held and not self._by_contract())):
            for node, state in sorted(held, key=lambda one: one[0].start_byte):
                if not (self._is_conditional(state, node) or self._is_behind_a_loop(state, node)):
                    problem = (
                        "is still held when the function leaves here"
                        if node.type != "compound_statement"
                        else "is still held where the function ends"
                    )
                    shown = node if node.type != "compound_statement" else self._by_start[state.since].node
                    return self._made(shown, problem, state)
        if self._unheld and (self._taken_at_entry or self._local):
            node = min(self._unheld, key=lambda one: one.start_byte)
            takes = [one.node for one in self._calls if one.role.name in ("lock", "try")]
            if not takes or not any(around(one, (*_CONDITIONAL, *_LOOPS), self._function) for one in takes):
                return self._made(node, "is given back here on a path that did not take it", None, is_sure=False)
        return None

    def _by_contract(self) -> bool:
        """True when the function hands the lock to its caller: its last way out holds it, or its name says so."""
        declarator = self._function.child_by_field_name("declarator")
        head = "" if declarator is None else self._file.text(declarator).split("(")[0]
        if _NAMED_AS_LOCK.search(head.rsplit("::", 1)[-1]):
            return True
        if self._has_partner():
            return True
        last = max(self._leaves.values(), key=lambda one: (one[0].end_byte, one[0].start_byte))[1]
        return all(state.status == _HELD for state in last)

    def _is_conditional(self, state: _State, way_out: Node) -> bool:
        """True when the lock was taken under a condition that the way out does not share: the two may exclude each other."""
        call = self._by_start.get(state.since)
        outer = None if call is None else around(call.node, _CONDITIONAL, self._function)
        if call is None or outer is None:
            return False
        condition = outer.child_by_field_name("condition")
        if condition is not None and condition.start_byte <= call.node.start_byte < condition.end_byte:
            return False
        return not outer.start_byte <= way_out.start_byte < outer.end_byte

    def _made(self, node: Node, problem: str, state: _State | None, *, is_sure: bool = True) -> _Imbalance:
        related: tuple[RelatedLocation, ...] = ()
        if state is not None and state.since in self._by_start:
            call = self._by_start[state.since]
            word = "given back" if call.role.name == "unlock" else "taken"
            related = (RelatedLocation(line_of(call.node), f"{self._name.removeprefix('&')} is {word} here"),)
        elif not is_sure:
            taken = next((one.node for one in self._calls if one.role.name in ("lock", "try")), None)
            if taken is not None:
                related = (
                    RelatedLocation(line_of(taken), f"{self._name.removeprefix('&')} is taken here, on another path"),
                )
        return _Imbalance(node, problem, related, is_sure)


_CONDITIONAL = ("if_statement", "switch_statement", "conditional_expression", "preproc_if", "preproc_ifdef")
_LOOPS = ("for_statement", "while_statement", "do_statement", "for_range_loop")
_BEGINS = re.compile(rb"(?i)^(?:if|while|return|sizeof|switch|\w{0,40}init\w{0,40})$")
_UNLOCK_WORD = re.compile(rb"(?:[uU]nlock|Leave|Release|\bup_)\w{0,30}\s{0,4}\(|SDL_mutexV")
_LOCK_WORD = re.compile(rb"(?:\b|_)(?:[lL]ock|(?:\w{1,20}_)lock|Enter|Acquire|down)\w{0,30}\s{0,4}\(|SDL_mutexP")
_AT_END = frozenset(("lock", "unlock", "try", "destroy", "blur"))
_SUCCESS = re.compile(r"==\s{0,4}(?:thrd_success|0|NULL|true|TRUE)\b")
_METHOD_NAME = re.compile(rb"(?:\.|->)\s{0,4}(\w{1,60})\s{0,4}\(")


def _unbalanced_here(file: FileView) -> frozenset[str]:
    """Functions of this file that take more than they give back, or the other way round."""
    known = _unbalanced.get(file)
    if known is None:
        balance: dict[int, int] = {}
        for call in file.facts.calls:
            balance[call.function] = (
                balance.get(call.function, 0) + (call.callee in LOCK_NAMES) - (call.callee in UNLOCK_NAMES)
            )
        names = file.facts.functions
        known = frozenset(names[index].name for index, sum_ in balance.items() if sum_ and 0 <= index < len(names))
        _unbalanced[file] = known
    return known
