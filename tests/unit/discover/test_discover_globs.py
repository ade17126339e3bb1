from __future__ import annotations

import time

import pytest

from rustplan.globs import Glob, InvalidGlob, compile_segment


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.c", "a.c", True),
        ("*.c", "d/a.c", False),
        ("**/a.c", "a.c", True),
        ("**/a.c", "x/y/a.c", True),
        ("x/**", "x", False),
        ("x/**", "x/y/z", True),
        ("x/**/z", "x/z", True),
        ("x/**/z", "x/a/b/z", True),
        ("x/**/z", "x/a/b/y", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "acb", False),
        ("?", "é", False),
        ("??", "é", True),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("[]]x", "]x", True),
        ("[[:digit:]]", "7", True),
        ("[[:upper:]]", "a", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("**/x/**/y/**/z", "x/x/y/q/y/z", True),
    ],
)
def test_globs_match_like_git(pattern: str, path: str, expected: bool) -> None:
    assert Glob(pattern).matches(path) is expected


@pytest.mark.parametrize("pattern", ["[a", "a\\", "[[:no:]]", "a" * 5000])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidGlob):
        Glob(pattern)


def test_many_stars_cost_nothing() -> None:
    start = time.perf_counter()
    assert not Glob("*a" * 60 + "b").matches("a" * 255)
    assert not Glob("**/a/" * 60 + "b").matches("a/" * 250 + "a")
    assert time.perf_counter() - start < 5


def test_an_absurdly_long_segment_is_refused_at_once():
    with pytest.raises(InvalidGlob):
        compile_segment("*a" * 500_000)
