"""Intervals: whatever the operands are, the result of an operation lies in the interval that it returns."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustplan.flow import ctypes, values
from rustplan.flow.values import ENDS, EXACT, HI, LO, TAINT, Num

INTEGERS = (
    ctypes.SCHAR,
    ctypes.UCHAR,
    ctypes.SHORT,
    ctypes.USHORT,
    ctypes.SIGNED,
    ctypes.UNSIGNED,
    ctypes.LONG,
    ctypes.ULONG,
)
NUMBER = st.one_of(st.integers(-40, 40), st.sampled_from([2**31 - 1, -(2**31), 2**32, 2**16, 255, 256]))
BITS = st.sampled_from([0, LO, HI, ENDS, ENDS | TAINT, TAINT])


@st.composite
def held(draw: st.DrawFn, least: int | None = None) -> tuple[Num, int]:
    """An interval and a value in it."""
    value = draw(NUMBER)
    low, high = value - draw(st.integers(0, 50)), value + draw(st.integers(0, 50))
    if least is not None:
        value, low = max(value, least), max(low, least)
        high = max(high, value)
    return Num(low, high, draw(BITS)), value


@st.composite
def symbolic(draw: st.DrawFn) -> tuple[int, Num, int, Num, int]:
    """A value of the symbol, and two numbers that are it times a factor and a rest, each with what it is."""
    symbol = draw(st.integers(-30, 30))
    made: list[Num | int] = []
    for _ in range(2):
        coef, off = draw(st.integers(-3, 3).filter(bool)), draw(st.integers(-9, 9))
        value = coef * symbol + off
        low, high = value - draw(st.integers(0, 9)), value + draw(st.integers(0, 9))
        made += [Num(low, high, draw(BITS) | EXACT, "n", coef, off), value]
    a, x, b, y = made
    assert isinstance(a, Num)
    assert isinstance(b, Num)
    assert isinstance(x, int)
    assert isinstance(y, int)
    return symbol, a, x, b, y


def quotient(x: int, y: int) -> int:
    """C's division: towards zero."""
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def holds(made: Num, value: int) -> bool:
    return made.lo <= value <= made.hi


@pytest.mark.parametrize(
    ("abstract", "concrete"),
    [
        (values.add, operator.add),
        (values.subtract, operator.sub),
        (values.multiply, operator.mul),
        (values.bit_or, operator.or_),
        (values.bit_xor, operator.xor),
    ],
)
@given(a=held(), b=held())
def test_arithmetic_lies_in_the_interval(
    abstract: Callable[[Num, Num], Num], concrete: Callable[[int, int], int], a: tuple[Num, int], b: tuple[Num, int]
) -> None:
    assert holds(abstract(a[0], b[0]), concrete(a[1], b[1]))


@given(a=held(), b=held(least=0))
def test_a_mask_that_is_not_negative_cuts(a: tuple[Num, int], b: tuple[Num, int]) -> None:
    assert holds(values.bit_and(a[0], b[0]), a[1] & b[1])
    assert holds(values.bit_and(b[0], a[0]), a[1] & b[1])


@given(a=held())
def test_negation_turns_the_interval_round(a: tuple[Num, int]) -> None:
    made = values.negate(a[0])
    assert (made.lo, made.hi) == (-a[0].hi, -a[0].lo)
    assert holds(made, -a[1])


@given(a=held(), b=held())
def test_division_goes_towards_zero(a: tuple[Num, int], b: tuple[Num, int]) -> None:
    if b[1]:
        assert holds(values.divide(a[0], b[0]), quotient(a[1], b[1]))


@given(a=held(), divisor=st.integers(-50, 50).filter(bool))
def test_the_rest_of_a_division_by_a_constant(a: tuple[Num, int], divisor: int) -> None:
    rest = a[1] - divisor * quotient(a[1], divisor)
    assert holds(values.remainder(a[0], values.constant(divisor)), rest)


@given(a=held(), amount=st.integers(0, 31))
def test_shifts_by_a_constant(a: tuple[Num, int], amount: int) -> None:
    assert holds(values.shift_left(a[0], values.constant(amount)), a[1] << amount)
    assert holds(values.shift_right(a[0], values.constant(amount)), a[1] >> amount)


@given(a=held(), low=st.integers(0, 40), more=st.integers(0, 20))
def test_a_shift_right_by_any_amount(a: tuple[Num, int], low: int, more: int) -> None:
    assert holds(values.shift_right(a[0], Num(low, low + more)), a[1] >> low)


@given(a=held(), b=held())
def test_either_of_two_is_in_the_hull(a: tuple[Num, int], b: tuple[Num, int]) -> None:
    made = values.hull(a[0], b[0])
    assert holds(made, a[1])
    assert holds(made, b[1])
    assert made.is_tainted == (a[0].is_tainted or b[0].is_tainted)


@given(pair=symbolic())
def test_sums_keep_what_they_say_of_a_symbol(pair: tuple[int, Num, int, Num, int]) -> None:
    symbol, a, x, b, y = pair
    for made, value in ((values.add(a, b), x + y), (values.subtract(a, b), x - y), (values.negate(a), -x)):
        assert holds(made, value)
        if made.sym is not None and made.bits & EXACT:
            assert made.coef * symbol + made.off == value


@given(value=st.integers(-(2**66), 2**66), type_=st.sampled_from(INTEGERS))
def test_a_constant_is_converted_as_c_does_it(value: int, type_: ctypes.CType) -> None:
    made = values.converted(Num(value, value, ENDS), type_)
    assert made.is_constant
    assert type_.lo <= made.lo <= type_.hi
    assert (made.lo - value) % (1 << type_.bits) == 0


@given(a=held(), type_=st.sampled_from(INTEGERS))
def test_input_stays_possible_through_a_conversion(a: tuple[Num, int], type_: ctypes.CType) -> None:
    came = Num(a[0].lo, a[0].hi, ENDS | TAINT)
    wrapped = (a[1] - type_.lo) % (1 << type_.bits) + type_.lo
    made = values.converted(came, type_)
    assert holds(made, wrapped)
    assert made.is_tainted


@given(a=held(), type_=st.sampled_from(INTEGERS))
def test_what_fits_is_not_changed(a: tuple[Num, int], type_: ctypes.CType) -> None:
    fits = type_.lo <= a[0].lo and a[0].hi <= type_.hi
    assert fits == (not values.wraps(a[0], type_))
    if fits:
        assert values.converted(a[0], type_) is a[0]


@pytest.mark.parametrize(
    ("a", "b", "exceeds"),
    [
        (Num(8, 8, ENDS), Num(7, 7, ENDS), True),
        (Num(7, 7, ENDS), Num(7, 7, ENDS), False),
        (Num(0, 9), Num(7, 7, ENDS), False),
        (Num(0, 9, HI), Num(7, 7, ENDS), True),
        (Num(0, 9, EXACT, "n", 1, 1), Num(0, 9, EXACT, "n"), True),
        (Num(0, 9, EXACT, "n"), Num(0, 9, EXACT, "n"), False),
        (Num(0, 9, EXACT, "n"), Num(0, 9, EXACT, "m"), False),
    ],
)
def test_only_evidence_exceeds(a: Num, b: Num, exceeds: bool) -> None:
    assert values.surely_exceeds(a, b) is exceeds
