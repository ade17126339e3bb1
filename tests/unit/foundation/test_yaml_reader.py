from __future__ import annotations

import pytest

from rustplan.yaml_reader import MAX_ALIASES, MAX_BYTES, YamlProblem, read_yaml


def test_reads_plain_values() -> None:
    assert read_yaml("a: [1, 2.5, x, null, true]\n") == {"a": [1, 2.5, "x", None, True]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: the key 'a' is given twice"),
        ("a: [1\n", "line 2"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("a: \x00", "not valid YAML"),
        ("[" * 5000, "nested deeper"),
        ("x: &a [1]\ny: [" + ", ".join(["*a"] * (MAX_ALIASES + 1)) + "]", "aliases"),
        ("a" * (MAX_BYTES + 1), "larger than"),
        (b"a: \xff\xfe", "not UTF-8 at byte 3"),
    ],
)
def test_refuses_with_one_clear_sentence(text: str | bytes, words: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_yaml(text)
    assert words in str(caught.value)


def test_an_alias_bomb_ends_before_anything_is_built() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(YamlProblem, match="aliases"):
        read_yaml(bomb)
