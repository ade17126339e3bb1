"""Words: which files may hold a name, and where it stands."""

from __future__ import annotations

import pytest

from rustplan.rulebook.words import Wanted, compile_words, places, words_in

TEXT = b"int main(void) { return std::strlen(name_1) + unsigned long(2) + PyInit_spam(); }\n"


@pytest.mark.parametrize(
    ("name", "may_be"),
    [
        ("strlen", True),
        ("std::strlen", True),
        ("other::strlen", True),
        ("name", False),
        ("name_1", True),
        ("PyInit_*", True),
        ("PyExit_*", False),
        ("strcpy", False),
        ("unsignedlong", True),
        ("<unsignedlong>", True),
        ("()", True),
        ("-fPIC", False),
    ],
)
def test_a_name_is_ruled_out_only_where_it_cannot_be(name: str, may_be: bool) -> None:
    assert Wanted((name,)).may_be_in(words_in(TEXT), TEXT) is may_be


def test_one_of_several_names_is_enough() -> None:
    assert Wanted(("strcpy", "strlen")).may_be_in(words_in(TEXT), TEXT)
    assert not Wanted(("strcpy", "strcat")).may_be_in(words_in(TEXT), TEXT)


def test_words_are_whole_words_of_bytes_and_of_latin_1() -> None:
    assert words_in(b"a1+b_2;caf\xe9 x") == {b"a1", b"b_2", b"caf\xe9", b"x"}


@pytest.mark.parametrize(
    ("words", "joins", "text", "found"),
    [
        (("signal",), "", "signal(x); my_signal; signals; signal", ["signal", "signal"]),
        (("PyInit_*",), "", "PyInit_a XPyInit_b PyInit_", ["PyInit_a", "PyInit_"]),
        (("-pie", "-no-pie"), "-", "-pie -no-pie --pie -pie-x", ["-pie", "-no-pie"]),
        (("ab", "abc"), "", "abc ab abcd", ["abc", "ab"]),
    ],
)
def test_patterns_stop_at_the_edges_of_words(words: tuple[str, ...], joins: str, text: str, found: list[str]) -> None:
    assert compile_words(words, joins=joins).findall(text) == found


def test_places_are_given_by_line() -> None:
    code = "int a;\nextern int b;\n\nextern c;"
    assert [place.line for place in places(("extern",), code, code.encode())] == [2, 4]
