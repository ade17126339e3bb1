"""Which loops count, and which may be left before their condition says so."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.ctypes import INT
from rustplan.flow.ir import Expr, Loop, Stmt, Var

_MAX_PARTS = 20_000
_MIRRORED = {ir.LESS: -ir.LESS, ir.LESS_EQUAL: -ir.LESS_EQUAL, ir.NOT_EQUAL: ir.NOT_EQUAL}


def note_counter(loop: Loop) -> None:
    """Recognise a loop that counts: one variable, compared with a bound that the loop leaves alone, stepped once a round."""
    test = _comparison(loop.condition)
    is_last = loop.step is None
    stepped = _stepped(_last_step(loop.body) if is_last else loop.step)
    if test is None or stepped is None:
        return
    var, change = stepped
    left, right = _bare(test[3]), _bare(test[4])
    if left[0] == ir.VAR and left[3] is var:
        bound, op = right, test[0]
    elif right[0] == ir.VAR and right[3] is var:
        bound, op = left, _MIRRORED[test[0]]
    else:
        return
    if (op in (ir.LESS, ir.LESS_EQUAL) and change <= 0) or (op in (-ir.LESS, -ir.LESS_EQUAL) and change >= 0):
        return
    if var.type.kind != INT or _assignments(loop.body, var) != is_last:
        return
    if not _reads_any(bound, loop.assigned) and not (is_last and _continues(loop.body)):
        loop.counter = (var, op, bound, change)


def may_leave(statement: Stmt, depth: int = 0) -> bool:
    """True when the statement may leave the loop around it."""
    op = statement[0]
    if op in (ir.RETURN, ir.GOTO, ir.THROW):
        return True
    if op == ir.BREAK:
        return depth == 0
    if op in (ir.BLOCK, ir.EITHER):
        return any(may_leave(inner, depth) for inner in statement[2])
    if op == ir.IF:
        return may_leave(statement[3], depth) or (statement[4] is not None and may_leave(statement[4], depth))
    if op == ir.LOOP:
        return may_leave(statement[2].body, depth + 1)
    if op == ir.SWITCH:
        return any(may_leave(inner, depth + 1) for _, inside in statement[3] for inner in inside)
    return op == ir.TRY and may_leave(statement[2], depth)


def _comparison(test: Expr | None) -> Expr | None:
    """The comparison that a condition is, or the one that it begins or ends with."""
    if test is not None and test[0] == ir.AND:
        test = next((part for part in (test[3], test[4]) if part[0] in (ir.LESS, ir.LESS_EQUAL)), None)
    return test if test is not None and test[0] in _MIRRORED else None


def _bare(expression: Expr) -> Expr:
    while expression[0] == ir.CAST:
        expression = expression[3]
    return expression


def _stepped(step: Expr | None) -> tuple[Var, int] | None:
    if step is None:
        return None
    if step[0] == ir.COMMA:
        found = [one for one in (_stepped(part) for part in step[3]) if one is not None]
        return found[0] if found else None
    if step[0] == ir.STEP and step[3][0] == ir.VAR:
        return step[3][3], step[4]
    if step[0] == ir.UPDATE and step[4][0] == ir.VAR and step[5][0] == ir.CONST and step[3] in (ir.ADD, ir.SUB):
        return step[4][3], step[5][3] if step[3] == ir.ADD else -step[5][3]
    if step[0] == ir.ASSIGN and step[3][0] == ir.VAR and step[4][0] in (ir.ADD, ir.SUB):
        value = step[4]
        if value[3][0] == ir.VAR and value[3][3] is step[3][3] and value[4][0] == ir.CONST:
            return step[3][3], value[4][3] if value[0] == ir.ADD else -value[4][3]
    return None


def _last_step(body: Stmt) -> Expr | None:
    while body[0] == ir.BLOCK and body[2]:
        body = body[2][-1]
    return body[2] if body[0] == ir.EVAL and _stepped(body[2]) is not None else None


def _walk(item: object, visit: Callable[[tuple[object, ...]], None], left: list[int]) -> None:
    """Visit everything inside of a statement or expression, up to so many parts."""
    if type(item) is tuple:
        left[0] -= 1
        if left[0] < 0:
            return
        if len(item) > 1 and type(item[0]) is int:
            visit(item)
        for part in item:
            if type(part) is tuple:
                _walk(part, visit, left)
            elif type(part) is Loop:
                for inner in (part.init, part.condition, part.step, part.body):
                    if inner is not None:
                        _walk(inner, visit, left)


def _assignments(body: Stmt, var: Var) -> int:
    """How many places of a statement assign a variable or take its address."""
    found = 0

    def visit(item: tuple[object, ...]) -> None:
        nonlocal found
        place: object = None
        if item[0] == ir.UPDATE and len(item) == 6:
            place = item[4]
        elif item[0] in (ir.ASSIGN, ir.STEP, ir.ADDRESS) and len(item) > 3:
            place = item[3]
        if type(place) is tuple and len(place) == 4 and place[0] == ir.VAR and place[3] is var:
            found += 1

    _walk(body, visit, [_MAX_PARTS])
    return found


def _reads_any(expression: Expr, variables: frozenset[Var]) -> bool:
    found = False

    def visit(item: tuple[object, ...]) -> None:
        nonlocal found
        if item[0] == ir.VAR and len(item) == 4 and item[3] in variables:
            found = True

    _walk(expression, visit, [2_000])
    return found


def _continues(body: Stmt) -> bool:
    found = False

    def visit(item: tuple[object, ...]) -> None:
        nonlocal found
        if item[0] == ir.CONTINUE and len(item) == 2:
            found = True

    _walk(body, visit, [_MAX_PARTS])
    return found
