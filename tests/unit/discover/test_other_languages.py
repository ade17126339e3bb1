from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rustplan.discover.other_languages import code_lines
from rustplan.model.source import OtherLanguage, SourceTree

RUST = """//! doc
/// more
fn main() { // says
    let a = "// no comment";
    let b = r#"/* no
comment */ "still" "#;
    /* one
       two */ let c = '"'; let d = "x"; // "
    /* all
    of it */

}
"""
PYTHON = '''#!/usr/bin/env python
"""A docstring
of two lines."""
import os  # why


def f():
    \'\'\'Another.\'\'\'
    return """kept
# kept too
"""
'''
GO = "package a\n// x\nvar s = `/* kept\n// kept`\n/* y */\n"
CSHARP = 'class A {\n  // x\n  string s = @"c:\\";\n  /* y */\n  string t = """\n  // kept\n  """;\n}\n'
SWIFT = 'let a = """\n// kept\n"""\n// gone\nlet b = 1 /* c */\n'


@pytest.mark.parametrize(
    ("language", "text", "lines"),
    [
        ("Rust", RUST, 6),
        ("Python", PYTHON, 5),
        ("Go", GO, 3),
        ("C#", CSHARP, 6),
        ("Swift", SWIFT, 4),
        ("Rust", "", 0),
        ("Rust", "fn a() {}\r\n\r\n// b\r\n", 1),
        ("Python", "x = 'it''s' # a\n", 1),
        ("Rust", "fn f<'a>(x: &'a str) {}\n// \"\nfn g() {}\n", 2),
    ],
)
def test_code_lines_hold_more_than_comments_and_space(language: str, text: str, lines: int) -> None:
    assert code_lines(text, language) == lines


@pytest.mark.parametrize("language", ["Rust", "Python", "Go", "C#", "Swift"])
@pytest.mark.parametrize(
    "piece", ['"', "'", '"""', "'''", "`", 'r#"', "/*", "//", '\\"', '@"', 'r##"#', '"\\', "/*/", '""', "\n"]
)
def test_hostile_text_is_counted_in_linear_time(language: str, piece: str) -> None:
    started = time.process_time()
    assert code_lines(piece * (400_000 // len(piece)), language) >= 0
    assert time.process_time() - started < 5


def test_only_source_is_counted_and_what_cannot_be_read_is_said(discover: Callable[..., SourceTree]) -> None:
    tree = discover(
        {
            "src/a.rs": "fn a() {}\n",
            "src/b.rs": b"fn \xff() {}\n\n// x\n",
            "src/large.rs": "x\n" * 600,
            "tests/c.rs": "fn c() {}\n",
            "third_party/d.rs": "fn d() {}\n",
            "tool.py": "x = 1\n",
            "main.c": "int x;\n",
            "notes.txt": "not code\n",
        },
        max_file_bytes=1_000,
    )
    assert tree.other_languages == (
        OtherLanguage(name="Python", files=1, sloc=1),
        OtherLanguage(name="Rust", files=3, sloc=2, unread=1),
    )


def test_a_narrow_look_counts_nothing(discover: Callable[..., SourceTree]) -> None:
    assert discover({"a.c": "int x;\n", "b.rs": "fn b() {}\n"}, only=("a.c",)).other_languages is None
    assert discover({"a.c": "int x;\n"}).other_languages == (OtherLanguage(name="Rust", files=1, sloc=1),)
