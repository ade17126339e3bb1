from __future__ import annotations

import re
import time

import pytest

from rustplan.catalog.fix_words import anchor_word, load_fix_words, phrase_pattern
from rustplan.catalog.history import load_history_rules
from rustplan.evidence.history.messages import claim, is_routine, printable, speaks_of_memory
from rustplan.evidence.history.stream import MAX_TOKEN_BYTES, tokens
from rustplan.model.history import FixKind, FixLevel


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [
        ("png: fix heap-buffer-overflow in chunk reader", (FixKind.BOUNDS,)),
        ("Avoid reading past the end of the buffer", (FixKind.BOUNDS,)),
        ("Fix out-of-bounds write", (FixKind.BOUNDS,)),
        ("list: use after free on removal", (FixKind.LIFETIME,)),
        ("Fix double-free and use of uninitialized memory", (FixKind.LIFETIME, FixKind.UNINITIALISED)),
        ("vm: type confusion in call", (FixKind.TYPE,)),
        ("fix heap corruption", (FixKind.CORRUPTION,)),
    ],
)
def test_memory_errors_by_kind(subject: str, kinds: tuple[FixKind, ...]) -> None:
    told = claim(subject, "")
    assert told is not None
    assert (told.level, told.kinds) == (FixLevel.MEMORY, kinds)


@pytest.mark.parametrize(
    ("subject", "body", "level"),
    [
        ("Fix memory leak on error", "", FixLevel.FIX),
        ("parser: correct the column", "", FixLevel.FIX),
        ("check length first", "Found by OSS-Fuzz.", FixLevel.SECURITY),
        ("CVE-2021-1234", "", FixLevel.SECURITY),
        ("avoid integer overflow in the size", "", FixLevel.SECURITY),
        ("fix 'may be used uninitialized' warning", "", FixLevel.FIX),
        ("silence a false positive about a buffer overflow, fix", "", FixLevel.FIX),
        ("fix the order", "The checker warns of a use after free, a false positive.", FixLevel.FIX),
        ("fix a variable", "uninitialized variable\ntreated as an error by one compiler", FixLevel.SECURITY),
        ("resize differently", "The old code wrote past the end of the buffer.", FixLevel.MEMORY),
    ],
)
def test_levels(subject: str, body: str, level: FixLevel) -> None:
    told = claim(subject, body)
    assert told is not None
    assert told.level is level


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Add a feature", ""),
        ('Revert "fix use after free"', "This reverts commit 0123."),
        ("docs: explain the buffer overflow", ""),
        ("tests: fix double free", ""),
        ("[docs] fix typo", ""),
        ("fix spelling of overflow", ""),
        ("Make it nicer", "Follow-up to the fix of a use-after-free\nSee: https://example.org/heap-overflow"),
        ("", ""),
    ],
)
def test_what_is_no_fix(subject: str, body: str) -> None:
    assert claim(subject, body) is None


def test_ids_are_kept_and_limited() -> None:
    body = " ".join(f"CVE-2020-{number:05d}" for number in range(90)) + " ghsa-abcd-ef12-3456"
    told = claim("fix it", body)
    assert told is not None
    assert len(told.ids) == 5
    assert told.ids[0] == "CVE-2020-00000"


def test_routine_subjects() -> None:
    assert is_routine("Update copyright year to 2024")
    assert is_routine("run clang-format")
    assert not is_routine("fix overflow in the indexer")


def test_printable_removes_what_could_steer_a_terminal_or_page() -> None:
    assert printable("a\x1b[31mb\u202ec\x00d\n\te\udcff f") == "a [31mb c d e f"
    assert printable("x" * 500).endswith("…")
    assert len(printable("x" * 500)) == 120


def test_every_entry_gives_a_reason_and_its_phrases_match_themselves() -> None:
    words = load_fix_words()
    assert words.source
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", words.checked)
    for entry in words.entries:
        assert entry.because
        assert (entry.kind is not None) == (entry.level is FixLevel.MEMORY)
        for phrase in entry.phrases:
            assert phrase == phrase.lower()
            plain = phrase.replace(" ~ ", " the very ").replace("*", "s")
            assert re.search(phrase_pattern(phrase), plain), phrase
            assert anchor_word(phrase) in plain
    assert load_history_rules().decay.half_life_days.keys() == {"commits", "churn", "fixes", "security", "memory"}


def test_hostile_messages_take_no_time() -> None:
    bodies = [
        "read past " * 20_000,
        "past a b " * 20_000,
        "-" * 200_000,
        "not a " * 40_000,
        "uninit" + "a" * 100_000,
        "http://" + "x" * 200_000,
    ]
    begin = time.process_time()
    for body in bodies:
        claim(body, body)
        speaks_of_memory(body)
    assert time.process_time() - begin < 2


def test_tokens_are_bounded_and_independent_of_chunks() -> None:
    data = b"one\0" + b"x" * (3 * MAX_TOKEN_BYTES) + b"\0\0three\0tail"
    for size in (1000, 7777, len(data)):
        parts = list(tokens(data[at : at + size] for at in range(0, len(data), size)))
        assert [parts[0], *parts[2:]] == [b"one", b"", b"three", b"tail"]
        assert MAX_TOKEN_BYTES <= len(parts[1]) <= 3 * MAX_TOKEN_BYTES
        assert set(parts[1]) == {ord("x")}
