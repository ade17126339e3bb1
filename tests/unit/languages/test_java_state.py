"""What a Java method changes and how much it does."""

import pytest

from language_facts import facts
from rustplan.model.source import Language


def states(body):
    read = facts(Language.JAVA, f"package p; class A {{ int a; int[] cells; static long seen; {body} }}")
    return {read.functions[one.function].name: one for one in read.states}


@pytest.mark.parametrize(
    ("body", "fields", "statics"),
    [
        ("void m() { a = 1; }", ("a",), ()),
        ("void m() { this.a += 1; cells[3]--; }", ("a", "cells"), ()),
        ("void m(int a) { a = 1; }", (), ()),
        ("void m(int a) { this.a = a; }", ("a",), ()),
        ("void m() { int b = 1; b++; }", (), ()),
        ("void m() { seen++; }", (), ("seen",)),
        ("void m() { A.seen = 2; A.this.a = 3; }", ("a",), ("seen",)),
        ("void m(A o) { o.a = 1; }", (), ()),
    ],
)
def test_fields_that_are_written(body, fields, statics):
    found = states(body)["m"]
    assert (found.fields_written, found.statics_written) == (fields, statics)


def test_statements_by_loop():
    found = states("void m() { x(); for (int i = 0; i < 9; i++) { x(); while (true) { x(); x(); } } }")["m"]
    assert found.statements == (1, 3, 2, 0)


def test_loops_beyond_the_third_count_with_it():
    found = states("void m() { " + "while (true) { " * 6 + "x();" + " }" * 6 + " }")["m"]
    assert found.statements == (0, 0, 0, 1)


def test_locks():
    found = states("synchronized void m() { x(); } void n() { synchronized (this) { x(); } } void o() { x(); }")
    assert [found[name].is_locked for name in "mno"] == [True, True, False]


def test_a_lambda_belongs_to_the_method_around_it():
    assert states("void m() { Runnable r = () -> { a = 1; }; }")["m"].fields_written == ("a",)


def test_broken_code_has_states_or_none():
    for source in (
        "class A { int a; void m( { a = ; this. = 3; } ",
        "class",
        "= = =",
        "class A { void m() { " + "a = " * 500 + "1; } }",
    ):
        assert isinstance(facts(Language.JAVA, source).states, tuple)
