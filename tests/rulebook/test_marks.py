"""Marks do not hang on how the bounds of statements are found."""

from __future__ import annotations

import pytest

from gate_code import findings_in
from rustplan.rulebook.marks import MOST_BYTES, Statements

CODE = """void put(char *to, const char *from) {
    strcpy(to,
           from); strcat(to, from);
    for (int i = 0; i < 4; i++) { strcpy(to, from); }
}
"""


def marks(code: str) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((finding.rule, finding.marks) for finding in findings_in(code))


def test_a_directive_elsewhere_changes_no_mark() -> None:
    assert marks(CODE)
    assert marks(CODE) == marks("#define SPARE 1\n" + CODE)


@pytest.mark.parametrize("head", [b"", b"#define A 1\n"])
def test_every_offset_has_the_same_statement_with_and_without_directives(head: bytes) -> None:
    code = CODE.encode()
    plain, other = Statements(code), Statements(head + code)
    shift = head.count(b"\n")
    for line, text in enumerate(code.split(b"\n")[:-1], start=1):
        for column in range(1, len(text) + 1):
            assert plain.words(plain.around(line, column)) == other.words(other.around(line + shift, column))


@pytest.mark.parametrize("head", [b"", b"#define A 1\n"])
def test_an_endless_statement_is_cut(head: bytes) -> None:
    statements = Statements(head + b"a " * 50_000)
    start, end = statements.around(1 + head.count(b"\n"), 40_000)
    assert end - start <= 2 * MOST_BYTES
