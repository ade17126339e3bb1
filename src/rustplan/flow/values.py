"""Values of one path: integers as intervals with evidence, pointers into objects. Everything here is immutable.

A number keeps its least and greatest value and, for each end, whether the code shows that this end is reached: by a constant, by the range
of a loop, or because the value comes from input and nothing has cut it. An end without evidence is never reported. A number that is not
known may still be a symbol: `n`, `n + 1` and `4 * n` can be compared although nobody knows `n`.
"""

from __future__ import annotations

from rustplan.flow.ctypes import INT, CType

LO, HI = 1, 2
"""The least, the greatest value is reached."""
TAINT = 4
"""Comes from input."""
EXACT = 8
"""The symbol is the value itself; without it the symbol is the greatest value reached (a loop variable)."""
SUM = 16
"""Made by arithmetic on operands that fitted into a narrower type than the result."""
WIDENED = 32
"""A `char` or `short` that was sign-extended."""
EXTREME = 64
"""A constant at the end of its type."""
RANDOM = 128
"""Input only in the sense that it can be anything: a random number."""
NONZERO = 256
"""Found not to be zero."""
TESTED = 4096
"""One value, known from a comparison only."""
FAILS = 2048
"""The least value is what a call returns that failed."""
WRAPPED = 1024
"""Input can have made the arithmetic wrap that this is the result of."""
ENDS = LO | HI

Symbol = int | str
Source = tuple[int, str, str]
"""Where a value comes from: byte offset, what happens there, path ("" for the file at hand)."""


class Num:
    """An integer. `sym`, `coef`, `off`: the value (or its greatest) is `coef * sym + off`; no symbol when `sym` is None."""

    __slots__ = ("bits", "coef", "hi", "lo", "off", "source", "sym")

    def __init__(
        self,
        lo: int,
        hi: int,
        bits: int = 0,
        sym: Symbol | None = None,
        coef: int = 1,
        off: int = 0,
        source: Source | None = None,
    ) -> None:
        self.lo = lo
        self.hi = hi
        self.bits = bits
        self.sym = sym
        self.coef = coef
        self.off = off
        self.source = source

    def __repr__(self) -> str:
        marks = "".join(mark for bit, mark in ((LO, "l"), (HI, "h"), (TAINT, "t"), (EXACT, "=")) if self.bits & bit)
        symbol = "" if self.sym is None else f" {self.coef}*{self.sym}+{self.off}"
        return f"[{self.lo}, {self.hi}]{marks}{symbol}"

    @property
    def is_constant(self) -> bool:
        """True when there is one value and the code shows it."""
        return self.lo == self.hi and self.bits & ENDS == ENDS

    @property
    def is_tainted(self) -> bool:
        """True when input decides it."""
        return self.bits & TAINT != 0


_SMALL = {value: Num(value, value, ENDS) for value in range(-128, 1025)}


def constant(value: int) -> Num:
    """A number that the code states."""
    found = _SMALL.get(value)
    return Num(value, value, ENDS) if found is None else found


ZERO, ONE = constant(0), constant(1)
WIDE_LO, WIDE_HI = -(1 << 63), (1 << 64) - 1
_limits = (WIDE_LO, WIDE_HI)
LONGEST = 1 << 24
"""The longest string that is thought of where nothing limits its length: longer ones exist, but nobody hands them in."""


def limits(type_: CType) -> tuple[int, int]:
    """The least and the greatest value of a type; those of all integers when it is not one."""
    return (type_.lo, type_.hi) if type_.kind == INT else _limits


def unknown(type_: CType, symbol: Symbol | None) -> Num:
    """A value nobody knows; with a symbol it can be compared with itself."""
    lo, hi = limits(type_)
    return Num(lo, hi, EXACT if symbol is not None else 0, symbol)


def tainted(type_: CType, source: Source | None, symbol: Symbol | None = None, extra: int = 0) -> Num:
    """A value from input: every value of its type can come."""
    lo, hi = limits(type_)
    return Num(lo, hi, ENDS | TAINT | extra | (EXACT if symbol is not None else 0), symbol, 1, 0, source)


def with_bits(a: Num, bits: int) -> Num:
    """The same number with other evidence."""
    return a if a.bits == bits else Num(a.lo, a.hi, bits, a.sym, a.coef, a.off, a.source)


def _carried(a: Num, b: Num) -> int:
    """Input stays input, whatever it is combined with."""
    return (a.bits | b.bits) & (TAINT | RANDOM)


def add(a: Num, b: Num) -> Num:
    """a + b without wrapping."""
    if a.lo == a.hi and b.lo == b.hi and a.bits & b.bits & ENDS == ENDS and a.sym is None and b.sym is None:
        made = constant(a.lo + b.lo)
        carried = _carried(a, b)
        return made if not carried else Num(made.lo, made.hi, ENDS | carried, source=a.source or b.source)
    bits = (a.bits & b.bits & ENDS) | _carried(a, b)
    sym, coef, off = None, 1, 0
    if a.sym is not None and b.lo == b.hi and b.sym is None:
        sym, coef, off, bits = a.sym, a.coef, a.off + b.lo, bits | (a.bits & EXACT)
    elif b.sym is not None and a.lo == a.hi and a.sym is None:
        sym, coef, off, bits = b.sym, b.coef, b.off + a.lo, bits | (b.bits & EXACT)
    elif a.sym is not None and a.sym == b.sym:
        sym, coef, off, bits = a.sym, a.coef + b.coef, a.off + b.off, bits | (a.bits & b.bits & EXACT)
        if coef == 0:
            return (
                Num(off, off, ENDS | _carried(a, b)) if bits & EXACT else Num(a.lo + b.lo, a.hi + b.hi, _carried(a, b))
            )
    return Num(a.lo + b.lo, a.hi + b.hi, bits, sym, coef, off, a.source or b.source)


def negate(a: Num) -> Num:
    """-a without wrapping."""
    ends = (LO if a.bits & HI else 0) | (HI if a.bits & LO else 0)
    keeps = a.sym is not None and a.bits & EXACT
    return Num(
        -a.hi,
        -a.lo,
        ends | (a.bits & (TAINT | RANDOM)) | (EXACT if keeps else 0),
        a.sym if keeps else None,
        -a.coef,
        -a.off,
        a.source,
    )


def subtract(a: Num, b: Num) -> Num:
    """a - b without wrapping. The greatest value of a loop variable may still have a constant taken away."""
    if b.lo == b.hi and b.sym is None:
        return add(a, Num(-b.lo, -b.lo, b.bits))
    return add(a, negate(b))


def multiply(a: Num, b: Num) -> Num:
    """a * b without wrapping."""
    if a.lo == a.hi and b.lo == b.hi and a.bits & b.bits & ENDS == ENDS:
        carried = _carried(a, b)
        return (
            constant(a.lo * b.lo)
            if not carried
            else Num(a.lo * b.lo, a.lo * b.lo, ENDS | carried, source=a.source or b.source)
        )
    if b.lo == b.hi and b.sym is None:
        a, b = b, a
    if a.lo == a.hi and a.sym is None and a.lo > 0:
        sym = b.sym
        bits = (a.bits & b.bits & ENDS) | _carried(a, b) | (b.bits & EXACT)
        return Num(b.lo * a.lo, b.hi * a.lo, bits, sym, b.coef * a.lo, b.off * a.lo, a.source or b.source)
    for many, one in ((a, b), (b, a)):
        if (
            isinstance(one.sym, str)
            and one.bits & EXACT
            and one.off == 0
            and many.sym is None
            and many.lo >= 0
            and many.bits & HI
        ):
            # the greatest of a range times a symbol: the last element of an array of records nobody has seen
            return Num(
                many.lo,
                WIDE_HI,
                _carried(a, b) | (LO if many.lo == 0 else 0),
                one.sym,
                one.coef * many.hi,
                0,
                a.source or b.source,
            )
    corners = (a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi)
    both = ENDS if a.bits & b.bits & ENDS == ENDS else 0
    return Num(min(corners), max(corners), both | _carried(a, b), None, 1, 0, a.source or b.source)


def divide(a: Num, b: Num) -> Num:
    """a / b, towards zero; a divisor that may be 0 says nothing."""
    if b.lo <= 0 <= b.hi:
        most = max(abs(a.lo), abs(a.hi))
        return Num(-most if a.lo < 0 or b.lo < 0 else 0, most, _carried(a, b), source=a.source)
    corners = [_toward_zero(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    ends = a.bits & ENDS if b.lo == b.hi else 0
    return Num(min(corners), max(corners), ends | _carried(a, b), source=a.source)


def _toward_zero(x: int, y: int) -> int:
    return x // y if (x < 0) == (y < 0) else -(-x // y)


def remainder(a: Num, b: Num) -> Num:
    """a % b: the divisor cuts the value."""
    if a.is_constant and b.is_constant and b.lo:
        return constant(a.lo - b.lo * _toward_zero(a.lo, b.lo))
    most = max(abs(b.lo), abs(b.hi)) - 1
    if most < 0:
        return Num(a.lo, a.hi, a.bits & TAINT)
    if a.lo >= 0 and a.hi < b.lo:
        return a
    low = 0 if a.lo >= 0 else max(a.lo, -most)
    bits = (ENDS if b.is_constant and a.bits & ENDS == ENDS else 0) | _carried(a, b)
    return Num(low, min(most, max(a.hi, 0)), bits, source=a.source)


def bit_and(a: Num, b: Num) -> Num:
    """a & b: a non-negative mask cuts the value."""
    if a.is_constant and b.is_constant:
        return constant(a.lo & b.lo)
    highs = [x.hi for x in (a, b) if x.lo >= 0]
    if not highs:
        least = -(1 << max((-a.lo - 1).bit_length() if a.lo < 0 else 0, (-b.lo - 1).bit_length() if b.lo < 0 else 0))
        return Num(least, max(a.hi, b.hi, 0), _carried(a, b))
    mask = b if b.is_constant else a
    other = a if mask is b else b
    ends = ENDS if mask.is_constant and other.is_tainted and other.bits & ENDS == ENDS else 0
    return Num(0, min(highs), ends | _carried(a, b), source=a.source or b.source)


def bit_or(a: Num, b: Num) -> Num:
    """a | b."""
    if a.is_constant and b.is_constant:
        return constant(a.lo | b.lo)
    if a.lo >= 0 and b.lo >= 0:
        top = (1 << max(a.hi.bit_length(), b.hi.bit_length())) - 1
        ends = ENDS if a.bits & ENDS == ENDS and b.bits & ENDS == ENDS and _carried(a, b) else 0
        return Num(0, top, ends | _carried(a, b), source=a.source or b.source)
    return Num(WIDE_LO, WIDE_HI, _carried(a, b), source=a.source or b.source)


def bit_xor(a: Num, b: Num) -> Num:
    """a ^ b."""
    if a.is_constant and b.is_constant:
        return constant(a.lo ^ b.lo)
    if a.lo >= 0 and b.lo >= 0:
        top = (1 << max(a.hi.bit_length(), b.hi.bit_length())) - 1
        ends = ENDS if a.bits & ENDS == ENDS and b.bits & ENDS == ENDS and _carried(a, b) else 0
        return Num(0, top, ends | _carried(a, b), source=a.source or b.source)
    return Num(WIDE_LO, WIDE_HI, _carried(a, b), source=a.source or b.source)


def shift_left(a: Num, b: Num) -> Num:
    """a << b for a small constant b."""
    if b.is_constant and 0 <= b.lo < 64:
        return multiply(a, constant(1 << b.lo))
    return Num(WIDE_LO, WIDE_HI, _carried(a, b), source=a.source)


def shift_right(a: Num, b: Num) -> Num:
    """a >> b for a small constant b."""
    if b.is_constant and 0 <= b.lo < 64:
        return Num(a.lo >> b.lo, a.hi >> b.lo, a.bits & (ENDS | TAINT | RANDOM), source=a.source)
    low, high = min(a.lo, 0), max(a.hi, 0)
    return Num(low, high, _carried(a, b), source=a.source)


def hull(a: Num, b: Num) -> Num:
    """What is known when either may be the case: evidence for an end only where it belongs to that end."""
    if a is b:
        return a
    bits = (a.bits | b.bits) & (TAINT | RANDOM)
    if a.lo == b.lo:
        bits |= a.bits & b.bits & LO
    if a.hi == b.hi:
        bits |= a.bits & b.bits & HI
    same = a.sym is not None and (a.sym, a.coef, a.off) == (b.sym, b.coef, b.off)
    if same:
        bits |= a.bits & b.bits & EXACT
    if all(each.bits & NONZERO or each.lo > 0 or each.hi < 0 for each in (a, b)):
        bits |= NONZERO
    return Num(min(a.lo, b.lo), max(a.hi, b.hi), bits, a.sym if same else None, a.coef, a.off, a.source or b.source)


def wraps(a: Num, type_: CType) -> bool:
    """True when some value of the interval is outside the type."""
    return type_.kind == INT and (a.lo < type_.lo or a.hi > type_.hi)


def converted(a: Num, type_: CType) -> Num:
    """The value after conversion to an integer type: constants wrap, input becomes anything, the unknown stays within the type."""
    if type_.is_bool:
        return _as_bool(a)
    if type_.kind != INT or (a.lo >= type_.lo and a.hi <= type_.hi):
        return a
    lo, hi = type_.lo, type_.hi
    if a.lo == a.hi and a.bits & ENDS == ENDS:
        value = (a.lo - lo) % (1 << type_.bits) + lo
        return Num(value, value, a.bits & ~EXTREME, source=a.source)
    if a.is_tainted:
        if a.hi < 0 and lo == 0 and a.lo >= -(1 << type_.bits):
            return Num(a.lo + hi + 1, a.hi + hi + 1, a.bits & ~EXACT, source=a.source)
        return Num(lo, hi, a.bits & ~(EXACT | NONZERO), source=a.source)
    keeps = a.sym is not None
    wide = NONZERO if hi - lo >= a.hi - a.lo else 0
    return Num(
        max(lo, min(a.lo, hi)),
        min(hi, max(a.hi, lo)),
        a.bits & (EXACT | TAINT | RANDOM | wide),
        a.sym if keeps else None,
        a.coef,
        a.off,
        a.source,
    )


def _as_bool(a: Num) -> Num:
    """Conversion to `_Bool`: 0 stays 0, everything else is 1."""
    if a.lo > 0 or a.hi < 0:
        return ONE
    return ZERO if a.lo == a.hi else Num(0, 1, a.bits & (TAINT | RANDOM), source=a.source)


def surely_exceeds(a: Num, b: Num) -> bool:
    """True when the code shows that a can be greater than b."""
    if a.sym is not None and a.sym == b.sym and b.bits & EXACT:
        if a.coef == b.coef:
            return a.off > b.off
        if a.coef > b.coef:
            least = 1 if isinstance(a.sym, str) else 0
            return (a.coef - b.coef) * least + a.off > b.off
        return False
    return bool(a.bits & HI) and bool(b.bits & LO) and a.hi > b.lo and (b.lo == b.hi or b.is_tainted)


class Ptr:
    """A pointer into an object: `offset` in bytes; `path` names members whose offset is not known (`.head.next`).

    `is_open`: it may just as well be null (the result of a search).
    """

    __slots__ = ("is_open", "object", "offset", "path")

    def __init__(self, object_: int, offset: Num = ZERO, path: str = "", *, is_open: bool = False) -> None:
        self.object = object_
        self.offset = offset
        self.path = path
        self.is_open = is_open

    def __repr__(self) -> str:
        return f"&{self.object}{self.path}{self.offset}"


class Code:
    """The address of a function."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"&{self.name}()"


class Uninitialized:
    """A variable that nothing has been stored in; `offset` is where it is declared."""

    __slots__ = ("offset",)

    def __init__(self, offset: int) -> None:
        self.offset = offset


class Record:
    """A struct passed or assigned by value: a copy of the cells of one object."""

    __slots__ = ("cells", "default", "type")

    def __init__(self, cells: dict[object, tuple[int, Value]], default: int, type_: CType) -> None:
        self.cells = cells
        self.default = default
        self.type = type_


Value = Num | Ptr | Code | Uninitialized | Record
