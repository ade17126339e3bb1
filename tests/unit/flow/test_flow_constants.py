"""Integer constants: literals, characters, macros that are arithmetic."""

from __future__ import annotations

import pytest

from rustplan.flow import constants


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"0", 0),
        (b"42", 42),
        (b"0x10", 16),
        (b"0XffUL", 255),
        (b"010", 8),
        (b"0b101", 5),
        (b"1'000'000", 1_000_000),
        (b"4096u", 4096),
        (b"1ull", 1),
        (b"7i64", 7),
        (b"09", None),
        (b"1.5", None),
        (b"0x", None),
        (b"12abc", None),
        (b"", None),
        (b"9" * 60, None),
    ],
)
def test_literals(text: bytes, value: int | None) -> None:
    assert constants.literal(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a'", 97),
        ("' '", 32),
        ("'\\n'", 10),
        ("'\\0'", 0),
        ("'\\x41'", 65),
        ("'\\101'", 65),
        ("'\\\\'", 92),
        ("'\\''", 39),
        ("L'a'", 97),
        ("'ab'", None),
        ("'\\q'", None),
        ("'\\xzz'", None),
    ],
)
def test_characters(text: str, value: int | None) -> None:
    assert constants.character(text) == value


MACROS = {
    "ROWS": b"16",
    "COLUMNS": b"(ROWS * 2)",
    "CELLS": b"(ROWS*COLUMNS + 1)",
    "MASK": b"(1u << 12) - 1",
    "ODD": b"-1",
    "SELF": b"(SELF + 1)",
    "PING": b"PONG",
    "PONG": b"PING",
    "CALL": b"size(3)",
    "TEXT": b'"eight"',
    "ZERO": b"0",
    "BAD": b"(1 / ZERO)",
    "HUGE": b"(1 << 40) * (1 << 60) * (1 << 60)",
    "SIZED": b"((size_t)1024)",
    "LETTER": b"'x'",
    "OCTAL": b"0600 | 044",
    "LIMIT": b"(INT_MAX - 1)",
    "REST": b"(17 % 5)",
    "FLIP": b"(~0 & 0xff)",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROWS", 16),
        ("COLUMNS", 32),
        ("CELLS", 513),
        ("MASK", 4095),
        ("ODD", -1),
        ("SELF", None),
        ("PING", None),
        ("CALL", None),
        ("TEXT", None),
        ("BAD", None),
        ("HUGE", None),
        ("SIZED", 1024),
        ("LETTER", 120),
        ("OCTAL", 0o644),
        ("LIMIT", 2**31 - 2),
        ("REST", 2),
        ("FLIP", 255),
    ],
)
def test_macros(name: str, value: int | None) -> None:
    assert constants.of_macro(MACROS[name], MACROS) == value


def test_a_long_or_deep_text_is_no_constant() -> None:
    assert constants.of_macro(b"(" * 90 + b"1" + b")" * 90, {}) in (None, 1)
    assert constants.of_macro(b"-" * 150 + b"1", {}) is None
    assert constants.of_macro(b"1+" * 500 + b"1", {}) is None


def test_limits_of_the_library() -> None:
    assert constants.known("INT_MIN") == -(2**31)
    assert constants.known("UINT16_MAX") == 65_535
    assert constants.known("SIZE_MAX") == 2**64 - 1
    assert constants.known("EOF") == -1
    assert constants.known("nothing") is None
    assert {"INT_MAX", "INT64_MIN"} <= constants.EXTREMES
    assert "EOF" not in constants.EXTREMES
