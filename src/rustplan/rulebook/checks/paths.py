"""A bounded walk over the paths of one function: statements in order, branches, loops, forward jumps; a few states at a time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.place import MAX_WALKED, bare
from rustplan.syntax import Node

MAX_PATHS = 24
_MAX_DEPTH = 48
_MAX_STEPS = 6000
_MAX_ATOM = 120
_MAX_KNOWN = 12
_MAX_OPERANDS = 24
_JOIN_FROM = 4
_MAX_MENTIONS = 400
_MAX_CLIMB = 200
_LOOP_ROUNDS = 2
_SKIPPED = frozenset(
    (
        "lambda_expression",
        "sizeof_expression",
        "alignof_expression",
        "decltype",
        "noexcept",
        "class_specifier",
        "struct_specifier",
        "union_specifier",
        "comment",
        "static_assert_declaration",
    )
)
_NO_STATEMENT = frozenset(
    ("comment", "function_definition", "class_specifier", "struct_specifier", "union_specifier", "enum_specifier")
)
_NORETURN = re.compile(
    r"^(?:(?:std::|::)?(?:exit|_exit|_Exit|quick_exit|abort|terminate|longjmp|siglongjmp|_longjmp|pthread_exit|thrd_exit|"
    r"ExitProcess|ExitThread|TerminateProcess|rethrow_exception)|__builtin_(?:unreachable|trap|abort)|err|errx|verr|verrx|g_error|"
    r"(?:\w{1,40}_)?(?:die|fatal|panic|usage|unreachable|throw|noreturn|abort)(?:_\w{1,40})?|(?:\w{1,40})?(?:Die|Fatal|Panic|Unreachable|Abort))$"
)
_TRUE = frozenset(("1", "true", "TRUE"))
_FALSE = frozenset(("0", "false", "FALSE", "NULL", "nullptr"))
_NAME = re.compile(r"[A-Za-z_]\w*")
_CHANGED = re.compile(
    rb"([A-Za-z_]\w{0,80})\s{0,4}(?:[-+*/|&^%]|<<|>>)?=(?!=)|(?:\+\+|--|(?<!&)&)\s{0,4}(?:\w{1,80}(?:->|\.)){0,3}([A-Za-z_]\w{0,80})"
    rb"|([A-Za-z_]\w{0,80})\s{0,4}(?:\+\+|--)"
)

_FLAG = re.compile(
    rb"(?:^|[\s,*&])(?<![.>])([A-Za-z_]\w{0,80})\s{0,4}=\s{0,4}(1|0|true|false|TRUE|FALSE|NULL|nullptr)\s{0,4}(?=[;,]|$)"
)
_BRANCHES = re.compile(rb"[?{]|&&|\|\|")

S = TypeVar("S")


class Event(NamedTuple):
    """Something that happens at a byte; `rank` orders what happens at the same one."""

    at: int
    rank: int
    kind: str
    node: Node


class _Path(NamedTuple, Generic[S]):
    """One state and the outcomes of conditions that this path has seen."""

    state: S
    known: frozenset[tuple[str, bool]]


_Flow = list[_Path[S]]
Step = Callable[[S, Event], S | None]
"""The state after an event; None ends the path."""
Leave = Callable[[Node, S], None]
"""Called with every way out of the function: `return`, `throw`, or the closing brace."""
Branch = Callable[[Node, bool, S], S | None]
"""The state after a condition that came out true or not zero (or not); None: this cannot be."""


class PathWalk(Generic[S]):
    """Runs the events of a function body along its paths.

    `gave_up` is True when the body is too large, too deep, or holds what was not parsed: what was seen then is no evidence.
    """

    def __init__(
        self,
        file: FileView,
        function: Node,
        events: Iterable[Event],
        step: Step[S],
        *,
        leave: Leave[S] | None = None,
        branch: Branch[S] | None = None,
    ) -> None:
        self._file = file
        self._events = sorted(events, key=lambda event: (event.at, event.rank))
        self._starts = [event.at for event in self._events]
        self._step = step
        self._leave = leave
        self._branch = branch
        self._source = file.source[function.start_byte : function.end_byte]
        self._origin = function.start_byte
        self._changes: list[tuple[int, str]] | None = None
        self._breaks: list[_Flow[S]] = []
        self._continues: list[_Flow[S]] = []
        self._jumps: dict[str, _Flow[S]] = {}
        self._labels: set[str] = set()
        self._tries = 0
        self._steps = 0
        self._kept: dict[str, bool] = {}
        self.gave_up = False

    def run(self, body: Node, state: S) -> None:
        """Walk the paths of `body` from `state`."""
        flow = self._statement(body, [_Path(state, frozenset())], 0)
        self._out(body, flow)

    # Statements

    def _statement(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        """What goes on behind a statement."""
        self._steps += 1
        if depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            self.gave_up = True
        kind = node.type
        if self.gave_up or kind in _NO_STATEMENT or not (flow or self._jumps):
            return [] if self.gave_up else flow
        if kind == "ERROR" or kind.startswith("seh_") or node.is_missing:
            self.gave_up = True
            return []
        handler = _HANDLERS.get(kind)
        if handler is not None:
            out: _Flow[S] = handler(self, node, flow, depth)
            return out
        flow = self._leaf(node.start_byte, node.end_byte, flow)
        return [] if self._never_returns(node) else flow

    def _block(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        for child in node.named_children:
            flow = self._statement(child, flow, depth + 1)
        return self._leaf(node.end_byte - 1, node.end_byte, flow)

    def _if(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        yes, no = self._condition(node.child_by_field_name("condition"), flow)
        consequence, alternative = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        if consequence is not None:
            yes = self._statement(consequence, yes, depth + 1)
        if alternative is not None:
            no = self._statement(alternative, no, depth + 1)
        return _merged(yes, no)

    def _children(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        """`else`, an attributed statement: what stands inside, in order."""
        for child in node.named_children:
            flow = self._statement(child, flow, depth + 1)
        return flow

    def _while(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        return self._loop(node, flow, depth, node.child_by_field_name("update"))

    def _for(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            flow = self._leaf(initializer.start_byte, initializer.end_byte, flow)
        return self._while(node, flow, depth)

    def _loop(self, node: Node, flow: _Flow[S], depth: int, update: Node | None) -> _Flow[S]:
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        out: _Flow[S] = []
        for _ in range(_LOOP_ROUNDS):
            flow, no = self._condition(condition, flow)
            out = _merged(out, no)
            with self._inside_loop() as (breaks, continues):
                flow = flow if body is None else self._statement(body, flow, depth + 1)
                flow, out = _merged(flow, continues), _merged(out, breaks)
            if update is not None:
                flow = self._leaf(update.start_byte, update.end_byte, flow)
        return _merged(out, self._condition(condition, flow)[1])

    def _do(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        out: _Flow[S] = []
        for _ in range(_LOOP_ROUNDS):
            with self._inside_loop() as (breaks, continues):
                flow = flow if body is None else self._statement(body, flow, depth + 1)
                flow, out = _merged(flow, continues), _merged(out, breaks)
            flow, no = self._condition(condition, flow)
            out = _merged(out, no)
            if not flow:
                break
        return out

    def _range_for(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        ranged, body = node.child_by_field_name("right"), node.child_by_field_name("body")
        declared, name = node.child_by_field_name("type"), node.child_by_field_name("declarator")
        if ranged is not None:
            flow = self._leaf(ranged.start_byte, ranged.end_byte, flow)
        out = flow
        for _ in range(_LOOP_ROUNDS):
            if declared is not None and name is not None:
                flow = self._leaf(declared.start_byte, name.end_byte, flow)
            with self._inside_loop() as (breaks, continues):
                flow = flow if body is None else self._statement(body, flow, depth + 1)
                flow, out = _merged(flow, continues), _merged(out, breaks)
            out = _merged(out, flow)
        return out

    def _switch(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        if condition is not None:
            flow = self._leaf(condition.start_byte, condition.end_byte, flow)
        if body is None:
            return flow
        entry, has_default = flow, False
        going: _Flow[S] = []
        self._breaks.append([])
        for child in body.named_children:
            if child.type == "case_statement":
                value = child.child_by_field_name("value")
                has_default = has_default or value is None
                going = _merged(going, entry)
                for inner in child.named_children:
                    if value is None or inner.start_byte != value.start_byte:
                        going = self._statement(inner, going, depth + 1)
            else:
                going = self._statement(child, going, depth + 1)
        out = _merged(going, self._breaks.pop())
        return out if has_default else _merged(out, entry)

    def _try(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        before, body = flow, node.child_by_field_name("body")
        self._tries += 1
        flow = flow if body is None else self._statement(body, flow, depth + 1)
        self._tries -= 1
        for child in node.named_children:
            caught = child.child_by_field_name("body") if child.type == "catch_clause" else None
            if caught is not None:
                flow = _merged(flow, self._statement(caught, before, depth + 1))
        return flow

    def _labeled(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        label = node.child_by_field_name("label")
        name = "" if label is None else self._file.text(label)
        self._labels.add(name)
        flow = _merged(flow, self._jumps.pop(name, []))
        for child in node.named_children:
            if label is None or child.start_byte != label.start_byte:
                flow = self._statement(child, flow, depth + 1)
        return flow

    def _goto(self, node: Node, flow: _Flow[S], _depth: int) -> _Flow[S]:
        label = node.child_by_field_name("label")
        name = "" if label is None else self._file.text(label)
        if label is None:
            self.gave_up = True
        elif name not in self._labels and flow:
            self._jumps[name] = _merged(self._jumps.get(name, []), flow)
        return []

    def _break(self, _node: Node, flow: _Flow[S], _depth: int) -> _Flow[S]:
        if self._breaks:
            self._breaks[-1][:] = _merged(self._breaks[-1], flow)
        return []

    def _continue(self, _node: Node, flow: _Flow[S], _depth: int) -> _Flow[S]:
        if self._continues:
            self._continues[-1][:] = _merged(self._continues[-1], flow)
        return []

    def _return(self, node: Node, flow: _Flow[S], _depth: int) -> _Flow[S]:
        self._out(node, self._leaf(node.start_byte, node.end_byte, flow))
        return []

    def _throw(self, node: Node, flow: _Flow[S], _depth: int) -> _Flow[S]:
        flow = self._leaf(node.start_byte, node.end_byte, flow)
        if not self._tries:
            self._out(node, flow)
        return []

    def _conditional_text(self, node: Node, flow: _Flow[S], depth: int) -> _Flow[S]:
        """`#if` inside a function: one arm or the other, the same one for the same condition."""
        condition = node.child_by_field_name("condition") or node.child_by_field_name("name")
        alternative = node.child_by_field_name("alternative")
        yes, no = flow, flow
        if condition is not None:
            text = "#" + self._file.name(condition)[:_MAX_ATOM]
            negated = node.type == "preproc_ifdef" and self._source[node.start_byte - self._origin :][:7] == b"#ifndef"
            yes = [path for one in flow for path in self._assume_text(text, not negated, one, keep=True)]
            no = [path for one in flow for path in self._assume_text(text, negated, one, keep=True)]
        for child in node.named_children:
            if child in (condition, alternative):
                continue
            yes = self._statement(child, yes, depth + 1)
        if alternative is not None:
            no = self._statement(alternative, no, depth + 1)
        return _merged(yes, no)

    @contextmanager
    def _inside_loop(self) -> Iterator[tuple[_Flow[S], _Flow[S]]]:
        breaks: _Flow[S] = []
        continues: _Flow[S] = []
        self._breaks.append(breaks)
        self._continues.append(continues)
        try:
            yield breaks, continues
        finally:
            self._breaks.pop()
            self._continues.pop()

    # Leaves and conditions

    def _leaf(self, start: int, end: int, flow: _Flow[S]) -> _Flow[S]:
        """Run the events between two bytes."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        events = self._events[first:last]
        changed = self._changed(start, end)
        if not events and not changed:
            return flow
        out: _Flow[S] = []
        for path in flow:
            state: S | None = path.state
            for event in events:
                if state is None:
                    break
                state = self._step(state, event)
            if state is not None:
                known = path.known
                if changed:
                    known = frozenset(one for one in known if changed.isdisjoint(_NAME.findall(one[0])))
                    known |= self._flags(start, end)
                out.append(_Path(state, known))
        return _merged(out, [])

    def _changed(self, start: int, end: int) -> frozenset[str]:
        if self._changes is None:
            self._changes = [
                (self._origin + match.start(), match.group(match.lastindex or 0).decode("utf-8", "replace"))
                for match in _CHANGED.finditer(self._source)
            ]
        first, last = bisect_left(self._changes, (start, "")), bisect_left(self._changes, (end, ""))
        return frozenset(name for _, name in self._changes[first:last])

    def _flags(self, start: int, end: int) -> frozenset[tuple[str, bool]]:
        """What a statement that only sets variables to true or false says of them."""
        text = self._source[start - self._origin : min(end, start + _MAX_ATOM) - self._origin]
        if b"=" not in text or _BRANCHES.search(text):
            return frozenset()
        found = (
            (match[1].decode("utf-8", "replace"), match[2].decode() not in _FALSE) for match in _FLAG.finditer(text)
        )
        return frozenset((name, value) for name, value in found if self._is_repeated(name))

    def _condition(self, condition: Node | None, flow: _Flow[S]) -> tuple[_Flow[S], _Flow[S]]:
        """The paths on which it holds, and those on which it does not."""
        if condition is None:
            return flow, []
        value: Node | None = condition
        if condition.type == "condition_clause":
            value, initializer = condition.child_by_field_name("value"), condition.child_by_field_name("initializer")
            if initializer is not None:
                flow = self._leaf(initializer.start_byte, initializer.end_byte, flow)
        if value is None:
            return flow, flow
        yes, no = self._evaluated(value, flow, 0)
        return _merged(yes, []), _merged(no, [])

    def _evaluated(self, node: Node, flow: _Flow[S], depth: int) -> tuple[_Flow[S], _Flow[S]]:
        """Run an expression as far as `&&` and `||` let it, and tell the paths on which it is true from the others."""
        inner = bare(node)
        if inner is None or not flow:
            return flow, flow
        operator = inner.child_by_field_name("operator")
        sign = "" if operator is None else self._file.text(operator)
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        operand = inner.child_by_field_name("argument")
        if depth < _MAX_OPERANDS and inner.type == "unary_expression" and sign in ("!", "not") and operand is not None:
            yes, no = self._evaluated(operand, flow, depth + 1)
            return no, yes
        if depth < _MAX_OPERANDS and sign in ("&&", "and", "||", "or") and left is not None and right is not None:
            yes, no = self._evaluated(left, flow, depth + 1)
            if sign in ("&&", "and"):
                both, rest = self._evaluated(right, yes, depth + 1)
                return both, _merged(no, rest)
            late, neither = self._evaluated(right, no, depth + 1)
            return _merged(yes, late), neither
        flow = self._leaf(node.start_byte, node.end_byte, flow)
        text = self._file.name(inner)[:_MAX_ATOM]
        if text in _TRUE or text in _FALSE:
            return (flow, []) if text in _TRUE else ([], flow)
        yes = [path for one in flow for path in self._assume(inner, True, one)]
        no = [path for one in flow for path in self._assume(inner, False, one)]
        return yes, no

    def _assume(self, inner: Node, holds: bool, path: _Path[S]) -> _Flow[S]:
        """The path with what a condition without `!`, `&&` and `||` says of it; none when it cannot be."""
        operator = inner.child_by_field_name("operator")
        sign = "" if operator is None else self._file.text(operator)
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if inner.type == "binary_expression" and left is not None and right is not None and sign in ("==", "!="):
            text = self._file.name(right)
            if text in _FALSE:
                return self._assume_atom(left, self._file.name(left), holds == (sign == "!="), path)
            key = f"{self._file.name(left)}=={text}"
            return self._assume_atom(inner, key, holds == (sign == "=="), path)
        if inner.type == "assignment_expression" and left is not None:
            return self._assume_atom(inner, self._file.name(left), holds, path)
        return self._assume_atom(inner, self._file.name(inner), holds, path)

    def _assume_atom(self, node: Node, text: str, holds: bool, path: _Path[S]) -> _Flow[S]:
        if self._branch is not None:
            state = self._branch(node, holds, path.state)
            if state is None:
                return []
            path = _Path(state, path.known)
        return self._assume_text(text, holds, path, keep=self._is_repeated(text))

    def _assume_text(self, text: str, holds: bool, path: _Path[S], *, keep: bool) -> _Flow[S]:
        if (text, not holds) in path.known:
            return []
        if not keep or (text, holds) in path.known or len(path.known) >= _MAX_KNOWN:
            return [path]
        return [_Path(path.state, path.known | {(text, holds)})]

    def _is_repeated(self, text: str) -> bool:
        """True when the function says this more than once and no call is part of it."""
        kept = self._kept.get(text)
        if kept is None:
            head = text.split("==")[0].encode()
            kept = "(" not in text and len(text) <= _MAX_ATOM and self._source.count(head) > 1
            self._kept[text] = kept
        return kept

    def _never_returns(self, node: Node) -> bool:
        if node.type != "expression_statement" or not node.named_child_count:
            return False
        call = node.named_child(0)
        if call is None:
            return False
        if call.type in ("throw_expression", "co_return_statement"):
            return True
        called = call.child_by_field_name("function") if call.type == "call_expression" else None
        if called is None:
            return False
        if called.type == "field_expression":
            called = called.child_by_field_name("field")
        name = "" if called is None else self._file.name(called)[-_MAX_ATOM:]
        if _NORETURN.match(name):
            return True
        given = self._file.text(call)[:_MAX_ATOM].replace(" ", "")
        return "assert" in name.lower() and given.endswith(("(0)", "(false)", "(FALSE)"))

    def _out(self, node: Node, flow: _Flow[S]) -> None:
        if self._leave is not None and not self.gave_up:
            for path in flow:
                self._leave(node, path.state)


_HANDLERS: dict[str, Callable[..., Any]] = {
    "compound_statement": PathWalk._block,
    "if_statement": PathWalk._if,
    "else_clause": PathWalk._children,
    "attributed_statement": PathWalk._children,
    "while_statement": PathWalk._while,
    "for_statement": PathWalk._for,
    "do_statement": PathWalk._do,
    "for_range_loop": PathWalk._range_for,
    "switch_statement": PathWalk._switch,
    "try_statement": PathWalk._try,
    "labeled_statement": PathWalk._labeled,
    "goto_statement": PathWalk._goto,
    "break_statement": PathWalk._break,
    "continue_statement": PathWalk._continue,
    "return_statement": PathWalk._return,
    "co_return_statement": PathWalk._return,
    "throw_statement": PathWalk._throw,
    "preproc_if": PathWalk._conditional_text,
    "preproc_ifdef": PathWalk._conditional_text,
    "preproc_elif": PathWalk._conditional_text,
    "preproc_else": PathWalk._children,
}


def _merged(one: _Flow[S], other: _Flow[S]) -> _Flow[S]:
    """Both, each path once. Of more than `MAX_PATHS` some are given up, every state keeping one as long as there is room."""
    both = list(dict.fromkeys((*one, *other)))
    if len(both) > _JOIN_FROM:
        both = _joined(both)
    if len(both) <= MAX_PATHS:
        return both
    first = {path.state: path for path in reversed(both)}
    kept = [path for path in both if first[path.state] is path]
    rest = [path for path in both if first[path.state] is not path]
    return (kept + rest)[:MAX_PATHS]


def _joined(paths: _Flow[S]) -> _Flow[S]:
    """The same paths, with two that differ in the outcome of one condition made one that knows nothing of it."""
    pending = dict.fromkeys(paths)
    for path in paths:
        here = path
        while here in pending:
            for text, holds in sorted(here.known):
                without = here.known - {(text, holds)}
                twin = _Path(here.state, without | {(text, not holds)})
                if twin in pending:
                    del pending[here], pending[twin]
                    here = _Path(here.state, without)
                    pending[here] = None
                    break
            else:
                break
    return list(pending)


def evaluated(root: Node, limit: int = MAX_WALKED) -> Iterator[Node]:
    """Yield what runs when `root` runs, in document order: nothing inside lambdas, local classes, `sizeof`, `decltype`."""
    cursor = root.walk()
    for _ in range(limit):
        node = cursor.node
        skipped = node is not None and node.type in _SKIPPED and node != root
        if node is not None and not skipped:
            yield node
        if not skipped and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def mentions(function: Node, name: str, file: FileView, *, start: int = 0) -> list[Node]:
    """The identifiers `name` in a function that run with it, from a byte on; members of other objects are none."""
    found: list[Node] = []
    word = re.compile(rb"(?<![\w.>])" + re.escape(name.encode()) + rb"(?!\w)")
    for match in word.finditer(file.source, max(start, function.start_byte), function.end_byte):
        node = function.descendant_for_byte_range(match.start(), match.end())
        if node is not None and node.type in ("identifier", "this") and not is_unevaluated(node, function):
            found.append(node)
        if len(found) >= _MAX_MENTIONS:
            break
    return found


def is_unevaluated(node: Node, function: Node) -> bool:
    """True inside a lambda's body, a local class, `sizeof` and the like."""
    return around(node, _SKIPPED, function) is not None


def around(node: Node, kinds: Iterable[str], limit: Node) -> Node | None:
    """The nearest node of one of these types around `node` and inside `limit`."""
    wanted = frozenset(kinds)
    parent = node.parent
    for _ in range(_MAX_CLIMB):
        if parent is None or parent.start_byte < limit.start_byte or parent == limit:
            return None
        if parent.type in wanted:
            return parent
        parent = parent.parent
    return None


def statement_of(node: Node) -> Node | None:
    """The statement or declaration that a node is part of."""
    here: Node | None = node
    for _ in range(_MAX_CLIMB):
        if here is None or here.type.endswith("_statement") or here.type in ("declaration", "field_initializer"):
            return here
        here = here.parent
    return None
