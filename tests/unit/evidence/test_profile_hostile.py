"""Files that are no profiles, and profiles made to hurt."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from profile_world import evidence_of, only_profile, recording, sample, written
from rustplan.errors import InputError
from rustplan.evidence import check_evidence, profile_charge, profile_compiled
from rustplan.evidence.profile_frames import native_name
from rustplan.evidence.profile_input import LONGEST_LINE, LONGEST_NAME


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x1f\x8b\x08\x00rubbish", "packed (gzip)"),
        (b"PK\x03\x04rubbish", "packed (zip)"),
        ("a;b 1\n".encode("utf-16"), "UTF-16"),
        (bytes(range(256)) * 20, "binary file"),
        (b"name,score\na,1\n", "no profile or log"),
        (b"<html><svg>flame</svg></html>", "no profile or log"),
        (b'{"hello": 1}', "no profile or log"),
        (b"[]", "no profile or log"),
        (b"jdk.ObjectAllocationSample {\n  weight = 18.4 MB\n}\n", "no profile or log"),
        (b"just words\nand more 12\n", "no profile or log"),
    ],
)
def test_a_foreign_file_is_one_clear_error(tmp_path: Path, data: bytes, told: str) -> None:
    path = written(tmp_path, "x.jfr", data)
    for read in (lambda: evidence_of(path), lambda: check_evidence([path])):
        with pytest.raises(InputError) as caught:
            read()
        assert told in caught.value.message
        assert caught.value.message.startswith("x.jfr")
        assert caught.value.hint


def test_text_of_jfr_is_told_how_to_become_json(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check_evidence([written(tmp_path, "x", "jdk.GarbageCollection {\n  gcId = 1\n}\n")])
    assert caught.value.hint == "print it with: jfr print --json --stack-depth 64"


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", tmp_path / "a\0b"):
        with pytest.raises(InputError):
            check_evidence([path])


def test_lines_of_many_megabytes_are_passed_over(tmp_path: Path) -> None:
    text = b"a;shop/Till.ring 8\n" + b"x" * (20 * LONGEST_LINE + 5) + b" 1\na;shop/Till.ring 16\n" + b"y" * LONGEST_LINE
    profile = only_profile(written(tmp_path, "x", text))
    assert (profile.events, profile.total) == (2, 24)
    assert profile.notes == (f"2 lines longer than {LONGEST_LINE} bytes were passed over",)


def test_counts_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    text = "a;shop/Till.ring 8\n" * 20 + "a;b NaN\na;b -5\na;b 1e9\n" + f"a;b {'9' * 400}\na;b ٣\n"
    profile = only_profile(written(tmp_path, "x", text))
    assert profile.total == 160
    assert profile.notes[-1] == "5 lines are no collapsed stacks"


def test_names_are_bounded_and_valid(tmp_path: Path) -> None:
    odd = sample(8, ("evil\ud800", "m" * 5000, 1), allocated="\udfff" * 3)
    path = written(tmp_path, "x", recording(odd, sample(8, ("shop/Till", "new" * 900, 1), allocated="\ud800")))
    profile = only_profile(path)
    names = [profile.unmapped[0].name, profile.methods[0].name, profile.methods[0].types[0].name]
    assert all(len(name) <= LONGEST_NAME for name in names)
    assert all(name.encode("utf-8") for name in names)
    binary = only_profile(written(tmp_path, "y", b"a;\xff\xfe\x1b[31m.b 3\na;b 4\n"))
    assert binary.total == 7


def test_too_many_names_are_summed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_charge, "MOST_DETAILS", 10)
    text = "".join(f"x/C{number}.m 1\nx;shop/Till.made{number} 1\n" for number in range(50))
    profile = only_profile(written(tmp_path, "x", text))
    assert (profile.total, profile.events) == (100, 100)
    assert len(profile.methods) + len(profile.unmapped) <= 11
    assert sum(one.value for one in (*profile.methods, *profile.unmapped)) == 100
    assert "distinct names" in profile.notes[-1]


def test_too_many_compiled_methods_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_compiled, "MOST_METHODS", 3)
    text = "".join(f"    1  {number}       4       x.C::m{number} (2 bytes)\n" for number in range(9))
    profile = only_profile(written(tmp_path, "x", text))
    assert (profile.events, profile.total) == (9, 3)
    assert "left out" in profile.notes[0]


@pytest.mark.parametrize(
    "symbol",
    [
        "<" * 100_000,
        "(" * 100_000,
        "operator" * 20_000,
        " [clone " * 20_000,
        ".isra.1" * 20_000,
        "a::" * 50_000,
        "_ZN" + "1a" * 50_000,
    ],
)
def test_long_symbols_take_no_time(symbol: str) -> None:
    started = time.process_time()
    assert len(native_name(symbol)) <= 4_000
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "line",
    [
        "a" + " " * 900_000 + "1",
        "::" * 500_000,
        "[" * 900_000,
        "1 " * 400_000,
        "x;" * 300_000 + "y 5",
        "  7f " + "(" * 500_000,
    ],
)
def test_long_lines_take_no_time(tmp_path: Path, line: str) -> None:
    started = time.process_time()
    path = written(tmp_path, "x", "a;shop/Till.ring 8\n" * 10 + f"{line}\n")
    assert only_profile(path).total >= 80
    assert time.process_time() - started < 3
