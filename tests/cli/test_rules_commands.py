from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Run

from rustplan import resources
from rustplan.cli import doctor_command

RULE = """
id: no-goto
kind: defect
title: A jump by goto
languages: [c]
message: "{callee} is called"
definition: A call of jump.
why: Jumps are hard to follow.
in_rust: There is no goto.
rust_effect: gone
severity: low
match:
  - call: [jump]
examples:
  fires:
    - {name: a call, language: c, code: "void f(void) { jump(); }\\n\\n", lines: [%s]}
  quiet:
    - {name: no call, language: c, code: "void f(void) { }"}
"""

MODELS = """
note: The pool of the project.
functions:
  - names: [pool_take]
    allocates: {bytes: [1], family: pool}
  - names: [pool_return]
    releases: {argument: 1, family: pool}
"""
OWN_BLOCKS = """
id: pool-block
kind: defect
title: A block of the pool is used after it was returned
languages: [c]
message: "`{pointer}` is used"
definition: A use after `pool_return`.
why: Somebody else has it by then.
in_rust: It does not compile.
rust_effect: compile-error
severity: high
match:
  - flow: use-after-release
examples:
  fires:
    - name: a use
      language: c
      code: "char f(void) { char *p = pool_take(4); if (!p) return 0; p[0] = 1;\\n pool_return(p);\\n return p[0]; }"
      lines: [3]
  quiet:
    - {name: no use, language: c, code: "void f(void) { char *p = pool_take(4); pool_return(p); }"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    (made / "no-goto.yaml").write_text(RULE % 1)
    return made


def test_list_holds_shipped_and_own_rules(run: Run, folder: Path) -> None:
    done = run("rules", "list", "--rules", "mine")
    assert done.code == 0
    assert "no-goto " in done.out
    assert "use-after-free " in done.out
    names = [rule["id"] for rule in json.loads(run("rules", "list", "-f", "json", "--rules", "mine").out)]
    assert names == sorted(names)
    assert "no-goto" in names


def test_show_prints_the_page_and_knows_near_matches(run: Run, folder: Path) -> None:
    assert run("rules", "show", "no-goto", "--rules", "mine").out.count("# no-goto") == 1
    done = run("rules", "show", "use-after-fre")
    assert done.code == 2
    assert "did you mean use-after-free" in done.err


def test_test_answers_1_when_an_example_comes_out_wrong(run: Run, folder: Path) -> None:
    good = run("rules", "test", "no-goto", "--rules", "mine")
    assert good.code == 0
    assert good.out == "fired  no-goto (C) a call\nquiet  no-goto (C) no call\n"
    assert good.last == "1 rule, 2 examples, all right. Exit 0."
    (folder / "no-goto.yaml").write_text(RULE % 2)
    bad = run("rules", "test", "no-goto", "--rules", "mine")
    assert bad.code == 1
    assert "wrong lines  no-goto (C) a call: expected 2, found 1\n" in bad.out
    assert bad.last == "1 rule, 2 examples, 1 wrong. Exit 1."


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("lines: [1]", "lines: [1, 2]", "missed  no-goto (C) a call: expected 1, 2, found 1"),
        ('"void f(void) { }"', '"void f(void) { jump(); }"', "noisy  no-goto (C) no call: expected none, found 1"),
    ],
)
def test_verdicts_say_which_lines(run: Run, folder: Path, old: str, new: str, line: str) -> None:
    text = RULE % 1
    assert old in text
    (folder / "no-goto.yaml").write_text(text.replace(old, new))
    done = run("rules", "test", "--rules", "mine")
    assert (done.code, done.out) == (1, f"{line}\n")


def test_a_whole_folder_lists_every_example_only_when_verbose(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("rules", "test", "--rules", "mine").out == ""
    told = run("rules", "test", "--rules", "mine", "-v").out.splitlines()
    assert any(line.startswith("fired  no-goto") for line in told)
    assert len(told) > 100


def test_the_shipped_folder_by_its_path_is_no_second_copy(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(str(resources.folder("rules")), target_is_directory=True)
    assert run("rules", "list", "--rules", "linked").last == run("rules", "list").last
    assert run("rules", "validate", "linked").last.endswith("shipped rules and none besides in linked: valid. Exit 0.")


def test_validate_tells_every_problem_of_every_file(run: Run, folder: Path) -> None:
    assert run("rules", "validate", "mine").last.startswith("1 rule in mine beside ")
    (folder / "broken.yaml").write_text("id: broken\nkindd: defect\n")
    (folder / "query.yaml").write_text(
        (RULE % 1).replace("no-goto", "query").replace("call: [jump]", 'query: "(no_such_node) @finding"')
    )
    done = run("rules", "validate", "mine")
    assert done.code == 2
    assert "mine/broken.yaml" in done.err
    assert "kindd" in done.err
    assert "mine/query.yaml" in done.err
    assert run("rules", "validate", "nowhere").code == 2


def test_a_wrong_word_lists_the_legal_ones(run: Run, folder: Path) -> None:
    (folder / "no-goto.yaml").write_text(
        (RULE % 1).replace("kind: defect", "kind: defekt").replace("[c]", "[c, rust]", 1)
    )
    done = run("rules", "validate", "mine")
    assert "invalid enum value 'defekt'; the words are defect, exposure, obstacle, seam, signal" in done.err
    assert "; the words are c, cpp, java" in done.err


def test_reference_pages_are_written(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("rules", "reference", "--out", "pages", "--rules", "mine")
    assert done.code == 0
    assert (tmp_path / "pages" / "no-goto.md").read_text(encoding="utf-8").startswith("<!--")


def test_explain_a_rule_needs_no_analysis(run: Run) -> None:
    done = run("explain", "rustplan/use-after-free")
    assert (done.code, done.err) == (0, "")
    for heading in ("What ", "Why ", "In Rust ", "Found ", "Left alone ", "Rust effect: "):
        assert heading in done.out
    unknown = run("explain", "use-after-fre")
    assert unknown.code == 2
    assert "did you mean use-after-free" in unknown.err
    assert "rustplan scan PATH" in unknown.err


def test_doctor_is_content_here(run: Run) -> None:
    done = run("doctor")
    assert done.code == 0
    assert "C, C++, Java load" in done.out
    parts = {part["name"]: part for part in json.loads(run("doctor", "-f", "json").out)}
    assert parts["rules"]["is_present"]
    assert not parts["browser"]["is_required"]


def test_doctor_answers_1_only_for_a_required_part(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("the shipped rule folder is empty")

    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert run("doctor").code == 0
    monkeypatch.setenv("RUSTPLAN_BROWSER", "no-such-browser")
    assert "RUSTPLAN_BROWSER names no-such-browser, which is no program (only to write PDF" in run("doctor").out
    monkeypatch.setattr(doctor_command, "_load_rulebook", broken)
    done = run("doctor")
    assert done.code == 1
    assert "RuntimeError: the shipped rule folder is empty" in done.out
    assert done.last == "missing: rules. Exit 1."


def test_examples_are_run_with_the_models_of_the_folder(run: Run, folder: Path) -> None:
    (folder / "pool-block.yaml").write_text(OWN_BLOCKS)
    missed = run("rules", "test", "pool-block", "--rules", "mine")
    assert missed.code == 1
    assert "missed  pool-block (C) a use: expected 3, found none" in missed.out
    (folder / "models").mkdir()
    (folder / "models" / "pool.yaml").write_text(MODELS)
    assert run("rules", "test", "pool-block", "--rules", "mine").code == 0
