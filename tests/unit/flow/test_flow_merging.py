"""Two paths become one: what both know stays, and what only one knows is nobody's certainty."""

from __future__ import annotations

import gc

from flow_code import run
from rustplan.flow.ctypes import CHAR, SIGNED, pointer_to
from rustplan.flow.ir import LOCAL, Var
from rustplan.flow.memory import ANY, HEAP, LIVE, MAYBE, OUTER, RELEASED, UNSET, Object, State
from rustplan.flow.merging import joined, similar
from rustplan.flow.statements import Statements
from rustplan.flow.values import NONZERO, Num, Ptr, constant

N, P = Var("n", SIGNED, LOCAL), Var("p", pointer_to(CHAR), LOCAL)


def an_object(kind: str = HEAP, content: int = UNSET) -> Object:
    return Object(kind, name="o", type_=None, size=constant(8), content=content, offset=0, path="", frame=0)


def two_paths() -> tuple[State, State]:
    """One block, held by `p`, on two paths that begin the same."""
    first = State()
    first.objects[1] = an_object()
    first.env[P], first.env[N] = Ptr(1), constant(3)
    return first, first.copy()


def test_what_both_paths_share_is_neither_copied_nor_changed() -> None:
    first, second = two_paths()
    both = joined(first, second)
    assert both.objects[1] is first.objects[1]
    assert both.env == first.env
    assert similar(first, second)


def test_numbers_become_an_interval_whose_ends_are_no_evidence() -> None:
    first, second = two_paths()
    second.env[N] = constant(5)
    found = joined(first, second).env[N]
    assert isinstance(found, Num)
    assert (found.lo, found.hi, found.bits) == (3, 5, NONZERO)
    assert not similar(first, second)


def test_a_block_that_one_path_released_is_perhaps_released() -> None:
    first, second = two_paths()
    second.change(1).state = RELEASED
    both = joined(first, second)
    assert both.objects[1].state == MAYBE
    assert first.objects[1].state == LIVE
    assert not similar(first, second)


def test_a_pointer_to_a_block_of_one_path_is_null_on_the_other() -> None:
    first, second = two_paths()
    first.objects[2] = an_object()
    first.env[P], second.env[P] = Ptr(2), constant(0)
    found = joined(first, second).env[P]
    assert isinstance(found, Ptr)
    assert found.object == 2
    assert found.is_open


def test_a_block_that_nobody_can_tell_any_more_is_not_lost() -> None:
    first, second = two_paths()
    second.objects[2] = an_object()
    second.env[P] = Ptr(2)
    both = joined(first, second)
    assert P not in both.env
    assert both.objects[1].escaped
    assert both.objects[2].escaped
    assert not first.objects[1].escaped


def test_objects_of_others_that_one_path_looked_at_do_not_tell_paths_apart() -> None:
    first, second = two_paths()
    first.objects[7] = an_object(OUTER, ANY)
    assert similar(first, second)
    assert similar(second, first)
    assert 7 not in joined(first, second).objects
    second.objects[8] = an_object()
    assert not similar(first, second)
    assert 8 in joined(first, second).objects


def test_a_cell_that_one_path_wrote_is_unknown() -> None:
    first, second = two_paths()
    second.change(1).cells[4] = (4, constant(1))
    both = joined(first, second).objects[1]
    assert both.cells == {}
    assert both.content == ANY


def test_what_a_run_made_is_gone_when_it_ends() -> None:
    gc.collect()
    gc.disable()
    try:
        run("int f(int *p, int n) { if (!p) return 0; for (int i = 0; i < n; i++) p[i] = i; return p[0]; }")
        left = [each for each in gc.get_objects() if isinstance(each, (Statements, State))]
    finally:
        gc.enable()
    assert left == []
