"""Where an ignore file is too much to apply whole, the rest of it is in effect and what is not is said."""

from __future__ import annotations

from rustplan.globs import MAX_PATTERN
from rustplan.ignore_lines import MAX_PATTERNS
from rustplan.model.source import DegradeReason


def test_a_line_beyond_the_limit_is_listed_and_the_others_work(discover):
    tree = discover({".gitignore": "*a" * MAX_PATTERN + "\nout.c\n", "out.c": "int x;\n", "in.c": "int y;\n"})
    assert [file.path for file in tree.files] == ["in.c"]
    (note,) = tree.degraded
    assert (note.path, note.reason) == (".gitignore", DegradeReason.MANIFEST_NOT_UNDERSTOOD)
    assert note.detail == f"1 of its lines have over {MAX_PATTERN} characters and are not in effect"


def test_patterns_beyond_the_limit_are_listed_and_the_first_ones_work(discover):
    lines = "".join(f"name{number}.c\n" for number in range(MAX_PATTERNS)) + "late.c\n"
    tree = discover({".gitignore": lines, "name7.c": "int x;\n", "late.c": "int y;\n"})
    assert [file.path for file in tree.files] == ["late.c"]
    (note,) = tree.degraded
    assert note.detail == f"lines after its first {MAX_PATTERNS} patterns are not in effect"
