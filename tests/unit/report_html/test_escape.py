"""Text of a repository on its way to a reader: nothing hidden, nothing lost, nothing that cannot be written."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustplan.report.escape import clip, clip_middle, visible, visible_code


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("src/tls/record.c", "src/tls/record.c"),
        ("a\x1b[2J", "a\\x1b[2J"),
        ("two\nlines\tand\x7f", "two\\x0alines\\x09and\\x7f"),
        ("csi\x9b31m", "csi\\x9b31m"),
        ("\u202egpj.exe", "⟨U+202E⟩gpj.exe"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u2028", "⟨U+2028⟩"),
        ("naïve 日本語 😀", "naïve 日本語 😀"),
    ],
)
def test_what_is_hidden_becomes_visible(given_text: str, expected: str) -> None:
    assert visible(given_text) == expected


@given(st.text(alphabet=st.characters(codec=None)))
def test_the_result_can_be_written_and_has_no_control_or_surrogate(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in shown)
    assert visible(shown) == shown


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_clipping_bounds_the_length_and_keeps_the_ends(text: str, length: int) -> None:
    assert len(clip(text, length)) <= length
    assert len(clip_middle(text, length)) <= length
    if len(text) <= length:
        assert clip(text, length) == clip_middle(text, length) == text


def test_a_path_keeps_its_folder_and_its_file() -> None:
    assert clip_middle("src/" + "deep/" * 40 + "record.c", 30).startswith("src/")
    assert clip_middle("src/" + "deep/" * 40 + "record.c", 30).endswith("record.c")


def test_code_keeps_its_indentation() -> None:
    assert visible_code("\tif (n)\r\n") == "    if (n)"
