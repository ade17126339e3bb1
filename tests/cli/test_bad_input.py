"""What a person may hand over by mistake: one message with the next step and exit code 2, never a traceback, a hang, half a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bad_input import DEEP, Repo, refused
from cli_runner import Run

pytestmark = pytest.mark.usefixtures("never_hangs")


def test_nothing_to_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.py").write_text("print()\n")
    assert "is empty" in refused(run, tmp_path, "scan", "empty")
    assert "no C, C++ or Java under other; found 1 other file" in refused(run, tmp_path, "scan", "other")
    assert "it is empty" in refused(run, tmp_path, "scan", "")


BOMB = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{','.join(['*a'] * 9)}]\n" for n in range(9))
CONFIGURATIONS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": ("version: 1\nexlude: [a]\n", "exlude: unknown key; did you mean exclude?"),
    "wrong type": ("version: 1\nexclude: 3\n", "exclude: expected a list, got a whole number 3"),
    "list for a number": ("version: 1\njobs: [1]\n", "jobs: expected a whole number, got a list"),
    "alias bomb": (f"version: 1\n{BOMB}", "more than 50 aliases"),
    "no version": ("exclude: [a]\n", "version: 1 is required"),
    "newer version": ("version: 2\n", "reads version 1, the file says 2"),
    "not UTF-8": (b"version: 1\nexclude: ['\xff\xfe']\n", "not UTF-8 at byte 22"),
    "5 MB": (b"version: 1\n#" + b"x" * 5_000_000, "larger than 1048576 bytes"),
    "nested": ("version: 1\nx: " + "[" * DEEP, "nested deeper than 40"),
    "python object": ("a: !!python/object/apply:os.system ['id']\n", "could not determine a constructor"),
    "outside": ("version: 1\ncomponents: {a: ['../../etc/**']}\n", "leaves the scanned folder"),
    "key of two lines": ('version: 1\n"x\\n::error::y": 1\n', "x\\x0a::error::y: unknown key"),
}


@pytest.mark.parametrize("what", CONFIGURATIONS)
def test_bad_configurations(run: Run, repo: Repo, tmp_path: Path, what: str) -> None:
    text, words = CONFIGURATIONS[what]
    repo({"rustplan.yml": text})
    said = refused(run, tmp_path, "scan", "repo")
    assert words in said
    assert "rustplan.yml" in said


def test_configurations_that_are_no_files(run: Run, repo: Repo, tmp_path: Path) -> None:
    root = repo({".rustplan.yml": "version: 1\n", "rustplan.yml": "version: 1\n"})
    assert "holds both" in refused(run, tmp_path, "scan", "repo")
    (root / ".rustplan.yml").unlink()
    (root / "rustplan.yml").unlink()
    os.mkfifo(root / "rustplan.yml")
    assert "not a regular file" in refused(run, tmp_path, "scan", "repo")
    assert "not a regular file" in refused(run, tmp_path, "scan", "repo", "--config", "/dev/zero")
    assert "Is a directory" in refused(run, tmp_path, "scan", "repo", "--components", "repo")


def test_bad_rules(run: Run, repo: Repo, tmp_path: Path, example_rule: str) -> None:
    repo()
    rules = tmp_path / "mine"
    (rules / "other").mkdir(parents=True)
    (rules / "a-query.yaml").write_text(with_match(example_rule, "a-query", "query: '(no_such_node) @finding'"))
    regex = "{call: [gets], where: [{capture: callee, matches: '(('}]}"
    (rules / "a-regex.yaml").write_text(with_match(example_rule, "a-regex", regex))
    (rules / "unknown-key.yaml").write_text(f"{named(example_rule, 'unknown-key')}\nbogus: 1\n")
    (rules / "misnamed.yaml").write_text(named(example_rule, "named-so"))
    for folder in (rules, rules / "other"):
        (folder / "twice.yaml").write_text(named(example_rule, "twice"))
    (rules / "bytes.yaml").write_bytes(bytes(range(256)))
    os.mkfifo(rules / "pipe.yaml")
    (rules / "zero.yaml").symlink_to("/dev/zero")
    with open(rules / "large.yaml", "wb") as file:
        file.truncate(4 << 30)
    said = refused(run, tmp_path, "scan", "repo", "--rules", "mine")
    for words in (
        "a-query.yaml: match: the query does not fit the C grammar: Invalid node type",
        "a-regex.yaml: match: where: the pattern '((' is not a regular expression",
        "unknown-key.yaml: unknown key 'bogus'",
        "misnamed.yaml: id is 'named-so', but the file is named 'misnamed'",
        "twice.yaml: the id 'twice' is taken by mine/",
        "bytes.yaml: not UTF-8",
        "pipe.yaml: not a regular file",
        "zero.yaml: not a regular file",
        "large.yaml: larger than 1048576 bytes",
    ):
        assert words in said
    assert "there is no such folder" in refused(run, tmp_path, "scan", "repo", "--rules", "nowhere")


@pytest.fixture
def example_rule() -> str:
    """The text of a shipped rule."""
    return (Path(__file__).parents[2] / "rules" / "c" / "banned-api.yaml").read_text()


def named(rule: str, name: str) -> str:
    """The rule with another id."""
    return rule.replace("id: banned-api", f"id: {name}")


def with_match(rule: str, name: str, match: str) -> str:
    """The rule with another id and a single matcher."""
    head, _, rest = named(rule, name).partition("match:\n")
    return f"{head}match:\n  - {match}\n{rest[rest.index('limits:') :]}"


def test_outputs_that_cannot_be_written(run: Run, repo: Repo, tmp_path: Path) -> None:
    repo()
    for output, words in {
        "html=nowhere/a.html": "the folder nowhere does not exist",
        "html=repo": "repo is a folder",
        f"html={'n' * 300}": "File name too long",
        "csv=repo/good.c": "is a file; csv writes a folder",
        "json=/dev/full": "No space left on device",
        "html=a\nb/c": "the folder a\\x0ab does not exist",
    }.items():
        assert words in refused(run, tmp_path, "scan", "repo", "-o", output)


def test_saved_analyses_that_are_none(run: Run, repo: Repo, tmp_path: Path) -> None:
    repo()
    assert run("scan", "repo").code == 0
    whole = (tmp_path / "rustplan.json").read_bytes()
    (tmp_path / "roadmap.html").unlink()
    for content, words in {
        whole[: len(whole) // 2]: "it may be cut off",
        b'{"a": 1}': "no rustplan analysis",
        b"[" * DEEP: "no rustplan analysis",
        b'{"x":' + b"[" * DEEP: "not valid JSON",
        whole.replace(b'"schema": "1"', b'"schema": "2"', 1): "has schema 2, this rustplan reads schema 1",
    }.items():
        (tmp_path / "rustplan.json").write_bytes(content)
        assert words in refused(run, tmp_path, "report")
    with open(tmp_path / "rustplan.json", "wb") as file:
        file.truncate(5 << 30)
    assert "is larger than" in refused(run, tmp_path, "report")
