"""Rule folders: every problem of every file is told at once, in the writer's words."""

from __future__ import annotations

import pickle
from pathlib import Path
from textwrap import dedent

import pytest

from rustplan.errors import RuleError
from rustplan.rulebook import load_rules

GOOD = """
id: spare-call
kind: defect
title: A call of spare
languages: [c]
cwe: [676]
severity: low
message: "`{callee}` is called"
definition: A call of spare.
why: It is not needed.
in_rust: Nothing.
rust_effect: gone
match:
  - call: [spare]
examples:
  fires:
    - {name: one, language: c, lines: [1], code: "void f(void) { spare(); }"}
  quiet:
    - {name: none, language: c, code: "void f(void) { other(); }"}
"""


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(dedent(text), encoding="utf-8")


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RuleError) as caught:
        load_rules(folder)
    assert caught.value.hint
    return caught.value.problems


def test_a_good_folder_loads_and_travels(tmp_path: Path) -> None:
    write(tmp_path, "spare-call.yaml", GOOD)
    book = load_rules(tmp_path)
    assert [rule.id for rule in book.rules] == ["spare-call"]
    assert pickle.loads(pickle.dumps(book)) == book
    (summary,) = book.summaries()
    assert (summary.id, summary.cwe, summary.title) == ("spare-call", (676,), "A call of spare")


def test_a_folder_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine", "spare-call.yaml", GOOD)
    (tmp_path / "link").symlink_to(tmp_path / "mine", target_is_directory=True)
    book = load_rules(tmp_path / "mine", tmp_path / "link", tmp_path / "mine" / ".." / "mine")
    assert [rule.id for rule in book.rules] == ["spare-call"]
    assert book.digest == load_rules(tmp_path / "mine").digest


def test_two_files_with_one_id_are_still_a_problem(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "spare-call.yaml", GOOD)
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path / "a", tmp_path / "b")
    assert "the id 'spare-call' is taken by a/spare-call.yaml" in caught.value.problems[0]


def test_the_digest_follows_the_contents_and_not_the_place(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    write(tmp_path / "a", "spare-call.yaml", GOOD)
    write(tmp_path / "b", "spare-call.yaml", GOOD)
    write(tmp_path / "c", "spare-call.yaml", GOOD.replace("call: [spare]", "call: [spare, spares]"))
    first, again, other = (load_rules(tmp_path / name).digest for name in ("a", "b", "c"))
    assert first == again != other
    assert len(first) == 64


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, "spare-call.yaml", GOOD.replace("severity: low", "severty: low").replace("title:", "titel:"))
    write(tmp_path, "other-name.yaml", GOOD.replace("[676]", "[690, 1]"))
    write(tmp_path, "broken.yaml", "id: [")
    found = problems(tmp_path)
    assert any("broken.yaml: line" in one for one in found)
    assert any("spare-call.yaml: unknown key 'severty'; did you mean 'severity'?" in one for one in found)
    assert any("spare-call.yaml: the key 'title' is missing" in one for one in found)
    assert any("other-name.yaml: id is 'spare-call', but the file is named 'other-name'" in one for one in found)
    assert any("cwe 690 comes first, but its mapping usage is discouraged" in one for one in found)
    assert any("cwe 1 is not in catalog/cwe.yaml" in one for one in found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("`{callee}`", "`{size}`", "message uses {size}, but the match captures only"),
        (
            "`{callee}`",
            "`{argument2}`",
            "message uses {argument2}, but a call may have fewer; add arguments: {at_least: 2}",
        ),
        ("severity: low\n", "", "severity is missing: a rule of kind defect needs one"),
        ("severity: low", "severity: huge", "severity: invalid enum value 'huge'"),
        ("kind: defect", "kind: exposure", "weight is 0, but an exposure weighs 1 to 5"),
        ("kind: defect", "kind: signal", "severity is given, but a rule of kind signal has none"),
        ("- call: [spare]", "- {call: [spare], fact: include}", "needs exactly one of call, new, query, fact"),
        ("- call: [spare]", "- {fact: inclde}", "there is no fact 'inclde'; did you mean 'include'?"),
        ("- call: [spare]", "- {call: [spare], check: plain-chr}", "did you mean 'plain-char'?"),
        ("- call: [spare]", "- {query: '(call_expresion) @finding'}", "the query does not fit the C grammar"),
        ("- call: [spare]", "- {query: '(call_expression) @call'}", "the query has no @finding"),
        ("- call: [spare]", "- {query: '((identifier) @finding (#match? @finding \"(a+)+\"))'}", "say it under where"),
        ("- call: [spare]", "- {call: [spare], where: [{capture: calee, in: [x]}]}", "did you mean 'callee'?"),
        ("- call: [spare]", "- {call: [spare], where: [{is: [call_expresion]}]}", "did you mean 'call_expression'?"),
        ("- call: [spare]", "- {call: [spare], where: [{matches: '(a+)+$'}]}", "repeats a group that repeats"),
        ("- call: [spare]", "- {call: [spare], where: [{matches: '('}]}", "is not a regular expression"),
        (
            "- call: [spare]",
            "- {call: [spare], where: [{matchs: 'x'}]}",
            "match[1].where[1].unknown key 'matchs'; did you mean 'matches'?",
        ),
        ("lines: [1]", "lines: [9]", "lines must lie between 1 and 1"),
        ("language: c, code", "language: java, code", "is Java, which the rule does not look at"),
    ],
)
def test_a_mistake_is_named_with_the_next_step(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    write(tmp_path, "spare-call.yaml", GOOD.replace(old, new))
    found = problems(tmp_path)
    assert any(expected in one for one in found), found
    assert all(one.startswith(f"{tmp_path.name}/spare-call.yaml: ") for one in found)


def test_an_id_is_taken_once_over_all_folders(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "spare-call.yaml", GOOD)
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path / "first", tmp_path / "second")
    assert caught.value.problems == (
        "second/spare-call.yaml: the id 'spare-call' is taken by first/spare-call.yaml; rename the file and its id",
    )


def test_hostile_folders_end_with_problems(tmp_path: Path) -> None:
    write(tmp_path, "bomb.yaml", "a: &a [x, x]\n" + "b: [" + "*a, " * 80 + "]\n")
    write(tmp_path, "list.yaml", "- 1\n- 2\n")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "code.py").write_text("raise SystemExit('run')", encoding="utf-8")
    found = problems(tmp_path)
    assert any("bomb.yaml" in one and "aliases" in one for one in found)
    assert any("list.yaml: a rule file holds one mapping" in one for one in found)
    assert any("bytes.yaml" in one for one in found)
    assert not any("code.py" in one for one in found)


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere") == (f"{tmp_path / 'nowhere'}: there is no such folder",)
