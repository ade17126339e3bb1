"""Expressions over paths: the same answers as `re`, without its running away."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.path_regex import InvalidPathRegex, PathRegex

ATOMS = st.sampled_from(["a", "b", "/", r"\.", "[ab]", "[^a]", ".", r"\d", r"\w", "[a-c.]"])
# Repetitions are not nested here: `re`, which is the judge, would run away on them.
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})")
        | st.tuples(ATOMS, st.sampled_from("*+?")).map("".join)
        | st.tuples(ATOMS, ATOMS, st.sampled_from("*+?")).map(lambda three: f"(?:{three[0]}|{three[1]}){three[2]}")
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(
    begin=st.sampled_from(["", "^"]),
    body=EXPRESSIONS,
    end=st.sampled_from(["", "$"]),
    path=st.text(alphabet="ab/.1", max_size=6),
)
def test_it_finds_what_re_finds(begin: str, body: str, end: str, path: str) -> None:
    pattern = begin + body + end
    assert PathRegex(pattern).found_in(path) == bool(re.search(pattern, path))


def test_what_runs_away_elsewhere_takes_no_time_here() -> None:
    start = time.perf_counter()
    assert not PathRegex("^" + "(a*)*" + "(a+)+" * 9 + "b$").found_in("a" * 4_000)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(a", "not closed"),
        ("a)", "too many"),
        ("[a", "class is not closed"),
        ("a**", "not known after"),
        ("*a", "repeats nothing"),
        ("a{2}", "not known"),
        (r"(?=a)", "not known"),
        (r"(a)\1", "not known"),
        ("a\\", "not known"),
        ("[z-a]", "no class"),
        ("(" * 60 + ")" * 60, "nested"),
        ("a" * 501, "longer"),
    ],
)
def test_what_is_not_known_is_refused_with_a_reason(pattern: str, told: str) -> None:
    with pytest.raises(InvalidPathRegex, match=told):
        PathRegex(pattern)
