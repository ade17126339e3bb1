"""click owns the layout of help texts, so what people see is kept in `tests/cli/help/`. RUSTPLAN_WRITE_GOLDENS=1 rewrites it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from cli_runner import Run

from rustplan import resources
from rustplan.cli.app import COMMANDS, EXAMPLES, app, load_command
from rustplan.rulebook import load_rules

HELP = Path(__file__).parent / "help"
PAGES = (
    (),
    *((name,) for name in COMMANDS),
    *(("rules", name) for name in ("list", "show", "test", "validate", "reference")),
    *(("config", name) for name in ("show", "schema")),
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "-".join(page) or "rustplan")
def test_help_is_as_reviewed(run: Run, monkeypatch: pytest.MonkeyPatch, page: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    done = run(*page, "--help")
    assert (done.code, done.err) == (0, "")
    golden = HELP / f"{'-'.join(page) or 'rustplan'}.txt"
    if os.environ.get("RUSTPLAN_WRITE_GOLDENS"):
        HELP.mkdir(exist_ok=True)
        golden.write_text(done.out, encoding="utf-8", newline="\n")
    assert done.out == golden.read_text(encoding="utf-8")


def test_every_command_is_in_the_group_help(run: Run) -> None:
    text = run("--help").out
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert "Exit: 0 done, 1 gate not met" in text


def test_the_rule_of_the_examples_exists() -> None:
    rules = {rule.id for rule in load_rules(resources.folder("rules")).rules}
    explained = [line.split()[-1] for line, _ in EXAMPLES if " explain " in line]
    assert explained
    assert set(explained) <= rules


def test_every_option_has_a_help_text() -> None:
    for name in COMMANDS:
        command = load_command(name)
        commands = command.commands.values() if isinstance(command, click.Group) else [command]
        for each in commands:
            assert each.help
            without = [
                parameter.name
                for parameter in each.params
                if isinstance(parameter, click.Option) and not parameter.help
            ]
            assert [option for option in without if option != "format"] == [], each.name


def test_version_names_rules_and_python(run: Run) -> None:
    words = run("--version").out.split()
    assert words[0] == "rustplan"
    assert words[2] == "rules"
    assert words[4] == "Python"


def test_without_a_command_the_help_is_shown_and_the_code_is_2(run: Run) -> None:
    done = run()
    assert (done.code, done.out) == (2, "")
    assert "Commands:" in done.err


def test_the_help_imports_no_heavy_library() -> None:
    program = (
        "import sys; from rustplan.cli import main; main(['--help']); "
        "print([name for name in ('rich', 'jinja2', 'networkx', 'tree_sitter', 'yaml', 'rustplan.api') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_group_knows_its_commands() -> None:
    context = click.Context(app)
    assert app.list_commands(context) == list(COMMANDS)
    assert app.get_command(context, "no-such") is None
