from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rustplan.model.paths import model_path, raw_bytes, raw_path, raw_text, real_path


@given(st.binary(min_size=1, max_size=40))
def test_every_name_survives_the_round_trip(name: bytes) -> None:
    shown = model_path(raw_text(name))
    assert raw_bytes(raw_path(shown)) == name
    shown.encode("utf-8")
    assert not any(ord(character) < 32 or ord(character) == 127 for character in shown)


def test_plain_names_are_shown_as_they_are() -> None:
    assert model_path("src/größe/main.c") == "src/größe/main.c"


def test_bytes_control_characters_and_backslashes_are_spelled() -> None:
    assert model_path(raw_text(b"a\xff\n\\b")) == "a\\xff\\x0a\\x5cb"


def test_two_different_names_never_look_the_same() -> None:
    assert model_path(raw_text(b"\\xff")) != model_path(raw_text(b"\xff"))


def test_the_real_path_opens_the_file(tmp_path) -> None:
    name = b"odd \xfe\t.c"
    with open(str(tmp_path).encode() + b"/" + name, "wb") as stream:
        stream.write(b"int x;")
    with open(real_path(tmp_path, model_path(raw_text(name))), "rb") as stream:
        assert stream.read() == b"int x;"
