"""Comments that accept findings: what they cover, what they need, and how idle ones are reported."""

from __future__ import annotations

import pytest

from gate_code import accepted_in, scanned
from rustplan.model.source import Language, Role
from rustplan.rulebook import load_rules
from rustplan.scan import scan_bytes

HEAD = "#include <string.h>\n"


def copies(body: str) -> str:
    return f"{HEAD}void put(char *to, const char *from) {{\n{body}}}\n"


def lines_left(code: str, rule: str = "banned-api", day: str = "2026-11-20") -> list[int]:
    return [line for finding in accepted_in(code, day)[0] if finding.rule == rule for line in finding.lines]


def states(code: str, day: str = "2026-11-20") -> list[str]:
    return [said.state for said in accepted_in(code, day)[1]]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("  strcpy(to, from); // rustplan:ignore[banned-api] -- checked above\n  strcpy(to, from);\n", [4]),
        ("  /* rustplan:ignore[banned-api] -- checked above */\n  strcpy(to, from);\n  strcpy(to, from);\n", [5]),
        (
            "  // rustplan:ignore-next[banned-api] -- checked\n\n  // why\n  strcpy(to, from);\n  strcpy(to, from);\n",
            [7],
        ),
        ("  strcpy(\n    to,\n    from); // rustplan:ignore[banned-api] -- checked\n  strcpy(to, from);\n", [6]),
        ("  // rustplan:ignore[banned-api] -- checked\n  strcpy(\n    to,\n    from);\n  strcpy(to, from);\n", [7]),
        (
            "  // rustplan:ignore-start[banned-api] -- table\n  strcpy(to, from);\n  strcpy(to, from);\n"
            "  // rustplan:ignore-end[banned-api]\n  strcpy(to, from);\n",
            [7],
        ),
        ("  strcpy(to, from); // rustplan:ignore[c-string,banned-api] until=2027-01-01 owner=@net -- legacy\n", []),
    ],
)
def test_a_comment_covers_its_statement(body: str, left: list[int]) -> None:
    assert lines_left(copies(body)) == left
    assert "used" in states(copies(body))


def test_line_breaks_of_windows_change_nothing() -> None:
    body = "  // rustplan:ignore[banned-api] -- checked\n  strcpy(to, from);\n  strcpy(to, from);\n"
    assert lines_left(copies(body).replace("\n", "\r\n")) == [5]


def test_a_file_comment_stands_at_the_top() -> None:
    top = "// rustplan:ignore-file[banned-api] -- generated tables\n" + copies("  strcpy(to, from);\n")
    assert lines_left(top) == []
    below = "\n" * 25 + top
    assert lines_left(below) != []
    assert states(below) == ["malformed"]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("rustplan:ignore -- why", "names no rule"),
        ("rustplan:ignore[] -- why", "names no rule"),
        ("rustplan:ignore[banned-api]", "gives no reason"),
        ("rustplan:ignore[banned-api] --  ", "gives no reason"),
        ("rustplan:ignore[no-such-rule] -- why", "no rule no-such-rule"),
        ("rustplan:ignore[banned-api] until=soon -- why", "is no day"),
        ("rustplan:ignore[banned-api] forever -- why", "not understood"),
        ("rustplan:ignore-all[banned-api] -- why", "no rustplan:ignore-all"),
        ("rustplan:ignore-start[banned-api] -- why", "no rustplan:ignore-end"),
        ("rustplan:ignore-end[banned-api]", "no rustplan:ignore-start"),
    ],
)
def test_a_malformed_comment_accepts_nothing_and_says_why(comment: str, problem: str) -> None:
    code = copies(f"  // {comment}\n  strcpy(to, from);\n")
    assert lines_left(code) == [4]
    (said,) = accepted_in(code)[1]
    assert said.state == "malformed"
    assert problem in said.comment.problem


def test_an_idle_comment_is_reported() -> None:
    assert states(copies("  // rustplan:ignore[double-free] -- once\n  strcpy(to, from);\n")) == ["unused"]


def test_an_expired_comment_accepts_nothing() -> None:
    code = copies("  // rustplan:ignore[banned-api] until=2026-11-19 -- for now\n  strcpy(to, from);\n")
    assert lines_left(code) == [4]
    assert states(code) == ["expired"]
    assert lines_left(code, day="2026-11-19") == []


def test_text_in_a_literal_is_no_comment() -> None:
    code = copies('  char *s = "// rustplan:ignore[banned-api] -- no";\n  strcpy(to, s);\n')
    assert states(code) == []


def test_a_defect_is_accepted_where_it_shows() -> None:
    code = (
        "#include <stdlib.h>\nvoid twice(void) {\n  char *p = malloc(10);\n  free(p);\n"
        "  free(p); // rustplan:ignore[double-free] -- the test of the checker itself\n}\n"
    )
    assert lines_left(code, "double-free") == []


def test_java_has_the_same_comments() -> None:
    code = (
        b"class A {\n  Object make(int n) {\n"
        b"    System.gc(); // rustplan:ignore[explicit-gc-call] -- measured, once a day\n    return null;\n  }\n}\n"
    )
    scan = scan_bytes("A.java", Role.SOURCE, Language.JAVA, code, load_rules())
    assert [finding.accepted_at for finding in scan.findings if finding.rule == "explicit-gc-call"] == [3]


def test_a_comment_in_a_macro_belongs_to_the_macro() -> None:
    code = (
        "#include <string.h>\n#define COPY(a, b) \\\n  strcpy(a, b) /* rustplan:ignore[banned-api] -- sizes are equal */\n"
        "void f(char *a, char *b) { strcpy(a, b); }\n"
    )
    assert lines_left(code) == [4]
    assert [one.problem for one in scanned("src/a.c", code).comments] == [""]
