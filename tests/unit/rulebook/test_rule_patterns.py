"""Regular expressions of rule files: what is refused would take exponential time."""

from __future__ import annotations

import time

import pytest

from rustplan.rulebook.patterns import MAX_PATTERN, MAX_TEXT, compiled, found, problem_of_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(?:a|b)*c",
        "((a*)b)*",
        "(x|xx){2,}",
        "(a{1,9}){1,9}",
        r"(a)\1",
        "(?P<q>a)(?P=q)",
        "a*b*c*d*e*",
        "x" * (MAX_PATTERN + 1),
        "[",
    ],
)
def test_dangerous_patterns_are_refused(pattern: str) -> None:
    assert problem_of_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^str\w{0,20}$",
        r"(?i)alloc|^new",
        r"(?<!%)(?:%%)*%l?(?:s|\[)",
        r"(?:const )?char\s?\*",
        r"[(+*|)]+",
        r"a{b",
        r"\(\s*\)",
        r"(?:ab)+",
    ],
)
def test_ordinary_patterns_are_kept(pattern: str) -> None:
    assert problem_of_pattern(pattern) == ""


def test_a_pattern_sees_the_first_characters_only() -> None:
    assert found(compiled("b"), "a" * (MAX_TEXT - 1) + "b")
    assert not found(compiled("b"), "a" * MAX_TEXT + "b")


def test_the_worst_kept_pattern_is_quick() -> None:
    pattern = "a*a*a*a*c"
    assert problem_of_pattern(pattern) == ""
    start = time.process_time()
    assert not found(compiled(pattern[:6] + "c"), "a" * 100_000)
    assert time.process_time() - start < 5
