"""Rules over build, packaging and CI files: what a line is, what a place is, what a finding is."""

from __future__ import annotations

import time
from typing import Any

import pytest

from rustplan.discover.suffixes import is_candidate
from rustplan.model.finding import Finding
from rustplan.model.source import Role
from rustplan.rulebook import TextRules
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.rule import Rule, bind
from rustplan.rulebook.text_view import LONGEST_LINE, SOURCE_SUFFIXES, TextView, is_source
from rustplan.rulebook.words import compile_words
from rustplan.rulebook.written import decode_rule

HEAD = {
    "id": "made-up",
    "kind": "signal",
    "title": "Made up",
    "languages": ["c"],
    "message": "`{finding}` in {places}",
    "definition": "For a test.",
    "why": "For a test.",
    "in_rust": "Nothing.",
    "rust_effect": "not-applicable",
    "examples": {
        "fires": [{"name": "yes", "language": "c", "code": "x", "lines": [1]}],
        "quiet": [{"name": "no", "language": "c", "code": "x"}],
    },
}


def rule(*match: dict[str, Any], **keys: Any) -> Rule:
    text, problems = decode_rule({**HEAD, **keys, "match": list(match)})
    assert text is not None, problems
    return Rule(**{name: getattr(text, name) for name in text.__struct_fields__}, file="made-up.yaml")


def find(made: Rule, role: Role = Role.SOURCE, /, **files: str) -> tuple[Finding, ...]:
    """Findings in files; `__` in a name stands for a dot."""
    texts = {name.replace("__", "."): (role, text.encode()) for name, text in files.items()}
    return TextRules(bind((made,))).find(texts)


def lines(found: tuple[Finding, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.path, one.lines) for one in found]


def test_a_line_pattern_finds_every_line_of_the_named_files_only() -> None:
    made = rule({"file": ["*.mk"], "line": "-O[0-9]"})
    found = find(made, a__mk="X = -O2\nY = 1\nZ = -O3\n", b__txt="-O2\n", c__mk="-O2 -O2")
    assert lines(found) == [("a.mk", (1,)), ("a.mk", (3,)), ("c.mk", (1,))]
    assert found[0].message == "`-O2` in 1 place"
    assert found[0].cwe is None
    assert found[0].severity is None
    assert found[0].function == ""


def test_places_whose_message_says_the_same_are_one_finding() -> None:
    made = rule({"file": ["*.mk"], "line": "(?P<level>-O[0-9])"}, message="{level} at {places}")
    found = find(made, a__mk="-O2\n-O3\n-O2\n")
    assert [(one.message, one.lines) for one in found] == [("-O2 at 2 places", (1, 3)), ("-O3 at 1 place", (2,))]


def test_without_line_and_word_the_file_is_the_place() -> None:
    found = find(rule({"file": ["Cargo.toml"]}), Cargo__toml="[package]\n")
    assert lines(found) == [("Cargo.toml", (1,))]
    assert lines(find(rule({"file": ["Cargo.toml"]}), Cargo__toml="")) == [("Cargo.toml", (1,))]


def test_words_are_whole_and_hold_hyphens() -> None:
    made = rule({"file": ["Makefile"], "word": ["-fpic", "-Wl*"]})
    found = find(made, Makefile="-fpic-data\nx-fpic\n'-fpic'\n-Wl,-z\n-Wlocal\n")
    assert [line for one in found for line in one.lines] == [3, 4, 5]


def test_the_first_matcher_that_takes_a_place_keeps_it() -> None:
    made = rule(
        {"file": ["*.mk"], "line": "-O[0-9]", "where": [{"capture": "line", "matches": "debug"}], "weight": 0},
        {"file": ["*.mk"], "line": "-O[0-9]"},
    )
    assert lines(find(made, a__mk="debug: -O0\nall: -O2\n")) == [("a.mk", (2,))]


def test_the_role_of_the_place_can_be_asked() -> None:
    made = rule({"file": ["*.mk"], "line": "x", "where": [{"capture": "role", "in": ["source"]}]})
    assert find(made, Role.SOURCE, a__mk="x")
    assert not find(made, Role.TEST, a__mk="x")


@pytest.mark.parametrize(
    ("path", "text", "seen"),
    [
        ("Makefile", "a # b", ["a "]),
        ("Makefile", "#b", [""]),
        ("CMakeLists.txt", 'set(X "a # b")', ['set(X "a # b")']),
        ("CMakeLists.txt", "a#b", ["a#b"]),
        ("x.cmake", "#[[ b\nb ]] a", ["     ", "     a"]),
        ("configure.ac", "a dnl b", ["a "]),
        ("x.def", "; b\nEXPORTS", ["", "EXPORTS"]),
        ("x.service", "# b\n;b\nUser=a", ["", "", "User=a"]),
        ("x.map", "/* b\n b */ a", ["    ", "      a"]),
        ("x.proto", "a // b", ["a "]),
        ("a.yml", "url: http://x/#b", ["url: http://x/#b"]),
        ("Makefile.in", "# b", [""]),
        ("a.mk", "a\r\nb", ["a", "b"]),
    ],
)
def test_comments_are_blanked_and_columns_stay(path: str, text: str, seen: list[str]) -> None:
    assert list(TextView(path, Role.SOURCE, text.encode()).lines) == seen


def test_hostile_files_end_soon() -> None:
    made = rule(
        {"file": ["*"], "line": "-D[A-Z_]{0,40}[A-Z]{0,40}=x"},
        {"file": ["*"], "word": ["-f*", "--export*"]},
    )
    started = time.monotonic()
    find(
        made,
        one_line="-DA" * 150_000,
        many_lines="-DAAAAAAAAAAAA\n" * 30_000,
        brackets="#[[" * 100_000,
        quotes='"#' * 100_000,
        bytes_="\udcff".encode("utf-8", "surrogatepass").decode("latin-1") * 1000,
    )
    assert time.monotonic() - started < 20


def test_what_lies_beyond_the_longest_line_is_not_seen() -> None:
    made = rule({"file": ["a"], "line": "needle"})
    assert not find(made, a=" " * LONGEST_LINE + "needle")
    assert find(made, a=" " * (LONGEST_LINE - 6) + "needle")


def test_the_same_files_in_another_order_give_the_same_findings() -> None:
    made = rule({"file": ["*.mk"], "line": "(?P<x>[ab])"}, message="{x}")
    texts = dict.fromkeys(("b.mk", "a.mk"), (Role.SOURCE, b"a\nb\na\n"))
    book = TextRules(bind((made,)))
    assert book.find(texts) == book.find(dict(reversed(list(texts.items()))))


@pytest.mark.parametrize(
    ("matcher", "says"),
    [
        ({"file": ["*.mk"], "line": "x+"}, "repeats without an end"),
        ({"file": ["*.mk"], "line": "x{2,}"}, "repeats without an end"),
        ({"file": ["*.mk"], "line": "x{0,500}"}, "more than 80 times"),
        ({"file": ["*.mk"], "line": "x{0,3}"}, "matches nothing at all"),
        ({"file": ["*.mk"], "line": "("}, "not a regular expression"),
        ({"file": ["*.mk"], "line": "a", "word": ["b"]}, "it has word and line"),
        ({"file": ["*.mk"], "call": ["free"]}, "it has call"),
        ({"file": ["*.c"], "line": "a"}, "names source text"),
        ({"file": ["[a"], "line": "a"}, "is no glob"),
        ({"file": ["a"], "line": "a", "languages": ["c"]}, "neither languages nor arguments"),
        ({"file": ["a"], "line": "a", "check": "written-global"}, "asks for code"),
        ({"file": ["a"], "line": "a", "check": "no-such"}, "there is no check"),
        ({"file": ["a"], "line": "a", "where": [{"capture": "other", "in": ["x"]}]}, "'other'"),
        ({"file": ["a"], "line": "a", "where": [{"is": ["identifier"]}]}, "asks for code"),
        ({"file": ["a"], "line": "a", "where": [{"defined_here": True}]}, "asks for code"),
        ({"line": "a"}, "name them under file"),
        ({"word": ["a"]}, "no word of 2"),
        ({"word": ["a*b"]}, "no word of 2"),
        ({"word": ["abc"], "call": ["free"]}, "exactly one of"),
    ],
)
def test_a_matcher_that_cannot_work_is_told_in_the_words_of_its_writer(matcher: dict[str, Any], says: str) -> None:
    found = problems_of(rule(matcher, message="found"))
    assert [problem for problem in found if says in problem], found


def test_a_message_may_use_the_groups_of_the_line() -> None:
    assert problems_of(rule({"file": ["a"], "line": "(?P<flag>x)"}, message="{flag} {line} {role}")) == ()
    assert "captures only" in problems_of(rule({"file": ["a"], "line": "x"}, message="{flag}"))[0]


def test_source_text_means_the_same_here_and_where_files_are_found() -> None:
    for suffix in SOURCE_SUFFIXES:
        assert is_candidate(f"a{suffix}")
        assert is_source(f"src/a{suffix}")
    for name in ("Makefile", "a.cmake", "a.txt", "a.yml", "a.lds", "a.py", "a.def"):
        assert not is_candidate(name)
        assert not is_source(name)


def test_longer_words_win_and_prefixes_take_all_of_a_name() -> None:
    pattern = compile_words(("PyInit", "PyInit_*"))
    assert [match.group() for match in pattern.finditer("PyInit PyInit_core xPyInit_ PyInit_")] == [
        "PyInit",
        "PyInit_core",
        "PyInit_",
    ]
