"""The compact form of a function: nested tuples that hold no syntax node. Byte offsets lead back to lines.

An expression is `(op, type, offset, ...)`, a statement `(op, offset, ...)`. What follows depends on the op; the comments list it.
"""

from __future__ import annotations

from typing import Any

from rustplan.flow.ctypes import ARRAY, REFERENCE, CType

Expr = tuple[Any, ...]
Stmt = tuple[Any, ...]

# Every expression begins with op, type and offset; what follows depends on the op.
(
    CONST,  # value: int
    TEXT,  # value: bytes, element size; a string literal
    VAR,  # Var
    CODE,  # function name
    DEREF,  # pointer
    INDEX,  # base (array or pointer), index
    MEMBER,  # record place, name, offset or None
    ADDRESS,  # place
    NEG,  # operand
    NOT,  # operand
    INVERT,  # operand
    ADD,  # left, right
    SUB,  # left, right
    MUL,  # left, right
    DIV,  # left, right
    MOD,  # left, right
    BAND,  # left, right
    BOR,  # left, right
    BXOR,  # left, right
    SHL,  # left, right
    SHR,  # left, right
    LESS,  # left, right
    LESS_EQUAL,  # left, right
    EQUAL,  # left, right
    NOT_EQUAL,  # left, right
    AND,  # left, right
    OR,  # left, right
    ASSIGN,  # place, value
    UPDATE,  # op, place, value: `place op= value`
    STEP,  # place, +1 or -1, is_prefix
    CHOICE,  # condition, then, else, whether a macro holds it
    CAST,  # value; to the type of the expression; is_explicit, then True when `volatile` is part of the type
    CALL,  # name or "", callee expression or None, arguments, receiver place or None
    COMMA,  # expressions
    NEW,  # element type, count expression or None, arguments, is_array, is_zeroed: `new T()`
    DELETE,  # value, is_array
    INIT,  # ((key, expression), ...): key is a member name or an element index; the rest is zero
    SIZEOF,  # measured type, expression it was taken of or None
    LAMBDA,  # captured variables
    MOVE,  # place: std::move
    OPAQUE,  # expressions that are evaluated for what they do; the value is unknown
    MACRO,  # name, expressions: an invocation that is not unfolded; it may assign to them
) = range(42)

# Every statement begins with op and offset; what follows depends on the op.
(
    EVAL,  # expression
    DECLARE,  # Var, initialiser or None
    BLOCK,  # statements, variables whose scope ends
    IF,  # condition, then, else or None
    LOOP,  # Loop
    SWITCH,  # value, ((values or None for default), statements) ...
    RETURN,  # expression or None
    BREAK,
    CONTINUE,
    GOTO,  # label
    LABEL,  # label
    EITHER,  # alternatives: arms of a preprocessor conditional; key
    TRY,  # body, handlers
    THROW,  # expression or None
    NOTHING,
) = range(15)

LOCAL, PARAMETER, STATIC, GLOBAL, THIS = range(5)


class Var:
    """A variable. `kind` is one of LOCAL, PARAMETER, STATIC (lives as long as the program), GLOBAL, THIS."""

    __slots__ = (
        "extent",
        "in_memory",
        "is_extern",
        "is_reference",
        "is_volatile",
        "kind",
        "name",
        "offset",
        "type",
        "value",
        "writes",
    )

    def __init__(self, name: str, type_: CType, kind: int, offset: int = -1) -> None:
        self.name = name
        self.type = type_
        self.kind = kind
        self.offset = offset
        self.in_memory = type_.kind == ARRAY or type_.is_record or kind in (STATIC, GLOBAL)
        self.is_reference = type_.kind == REFERENCE
        self.is_extern = False
        self.is_volatile = False
        """Declared with `volatile`: it, or what it leads to."""
        self.value: Any = None
        """Of a global: the constant that it always has (an `int`), its initialiser (an expression), or None."""
        self.writes = 0
        """How many places of the function assign it, its initialiser counted."""
        self.extent: Expr | None = None
        """Of an array whose extent is not a constant: the expression."""

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Loop:
    """A loop. `condition` is None for `for (;;)`; `is_late` marks `do ... while`.

    `counter` is set when the loop counts: (variable, comparison, bound, step); then `step` is its whole step expression.
    """

    __slots__ = (
        "assigned",
        "body",
        "condition",
        "counter",
        "exits_early",
        "init",
        "is_late",
        "offset",
        "step",
        "stores",
    )

    def __init__(
        self, offset: int, init: Stmt | None, condition: Expr | None, step: Expr | None, body: Stmt, *, is_late: bool
    ) -> None:
        self.offset = offset
        self.init = init
        self.condition = condition
        self.step = step
        self.body = body
        self.is_late = is_late
        self.counter: tuple[Var, int, Expr, int] | None = None
        self.assigned: frozenset[Var] = frozenset()
        """Variables that the body, the condition or the step assign."""
        self.stores = False
        """True when the loop writes through pointers or calls something."""
        self.exits_early = False
        """True when a `break`, `return` or `goto` may end it."""


class Routine:
    """One function in compact form. `names` are the plain names of everything it calls, for the order of analysis."""

    __slots__ = (
        "body",
        "calls",
        "conditions",
        "container",
        "cost",
        "effects",
        "end",
        "globals",
        "is_variadic",
        "name",
        "never",
        "offset",
        "parameters",
        "path",
        "qualified",
        "reaches",
        "result",
    )

    def __init__(
        self,
        name: str,
        qualified: str,
        container: str,
        parameters: tuple[Var, ...],
        result: CType,
        body: Stmt,
        offset: int,
        end: int,
    ) -> None:
        self.name = name
        self.qualified = qualified
        self.container = container
        self.parameters = parameters
        self.result = result
        self.body = body
        self.offset = offset
        self.end = end
        self.path = ""
        self.is_variadic = False
        self.calls: frozenset[str] = frozenset()
        self.globals: tuple[Var, ...] = ()
        """Variables at file level that it names."""
        self.cost = 0
        """Steps of running it alone; 0 before that was done."""
        self.effects = 0
        """What running it alone showed that a caller wants to know: bits of `run`."""
        self.conditions: dict[str, bool] = {}
        """Conditions of the preprocessor that it is compiled under."""
        self.never: bool | None = None
        """Whether it never returns; None: not looked yet."""
        self.reaches: bool | None = None
        """Whether it calls, itself or through functions of its file, something that makes, releases, reads or ends; None: not looked yet."""

    def __repr__(self) -> str:
        return f"<{self.qualified}>"
