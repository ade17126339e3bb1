"""The command group: commands by name, imported when they are needed, and the help a newcomer reads first."""

from __future__ import annotations

import difflib
import platform
from importlib import import_module
from typing import Any

import click

import rustplan
from rustplan.cli.options import CONFIGURATION, GATE, OUTPUT, READING, GroupedOption

COMMANDS = (
    "scan",
    "check",
    "baseline",
    "report",
    "diff",
    "trend",
    "portfolio",
    "pack",
    "verify",
    "explain",
    "rules",
    "graph",
    "init",
    "config",
    "doctor",
    "completion",
)
"""In the order of the help. Each lives in a module `<name>_command` and is called `<name>`."""

HEADLINE = "rustplan: rank C, C++ and Java components for incremental Rust rewrites."
EXAMPLES = (
    ("rustplan scan .", "scan, rank, plan, write roadmap.html"),
    ("rustplan check --fail-on new:high", "fail when something got worse"),
    ("rustplan explain use-after-free", "what a rule means and what to do"),
)
CLOSING = (
    "rustplan makes no network connections and never runs or builds the scanned code.",
    "Exit: 0 done, 1 gate not met, 2 usage or configuration, 3 incomplete scan, 4 internal error, 130 interrupted.",
)
SECTIONS = {
    OUTPUT: "Output (every command; -f and -o where there is a document)",
    READING: "Scan",
    GATE: "Gate (scan, check)",
    CONFIGURATION: "Configuration",
}


class SectionedCommand(click.Command):
    """A command whose help groups its options by what they are for."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list of options a section, the command's own first."""
        write_sections(self, ctx, formatter, {"Options": "Options", **{name: name for name in SECTIONS}})


class NamingGroup(click.Group):
    """A group that answers a misspelt command with the nearest one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raise UsageError with the nearest names."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-") and not ctx.resilient_parsing:
            known = self.list_commands(ctx)
            close = difflib.get_close_matches(name.lower(), known, n=2)
            told = f"did you mean {' or '.join(close)}?" if close else f"the commands are {', '.join(known)}"
            ctx.fail(f"there is no command {name}; {told}")
        return super().resolve_command(ctx, args)


class RustplanGroup(NamingGroup):
    """Knows its commands by name; imports one when it is run, all of them only for the help."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Commands in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Headline, usage, examples, commands, the options of every command, and the exit codes."""
        formatter.write(f"{HEADLINE}\n\n")
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_dl(list(EXAMPLES), col_max=44)
        self.format_commands(ctx, formatter)
        write_sections(load_command("scan"), ctx, formatter, SECTIONS)
        write_sections(self, ctx, formatter, {"Options": "Options"})
        formatter.write_paragraph()
        for line in CLOSING:
            formatter.write_text(line)


def write_sections(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, titles: dict[str, str]
) -> None:
    """Write the options of `command` that stand under each of `titles` (section -> heading)."""
    for section, title in titles.items():
        records = []
        for parameter in command.get_params(ctx):
            own = parameter.section if isinstance(parameter, GroupedOption) else "Options"
            if own == section and isinstance(parameter, click.Option):
                record = parameter.get_help_record(ctx)
                records += [record] if record is not None else []
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def load_command(name: str) -> click.Command:
    """Import the module of a command and return it."""
    command: click.Command = getattr(import_module(f"rustplan.cli.{name}_command"), name)
    return command


def _print_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Version of rustplan, of the shipped rules and of Python."""
    if not is_asked or ctx.resilient_parsing:
        return
    from rustplan import resources
    from rustplan.rulebook import load_rules

    digest = load_rules(resources.folder("rules")).digest
    click.echo(f"rustplan {rustplan.__version__}, rules {digest[:12]}, Python {platform.python_version()}")
    ctx.exit()


@click.group(cls=RustplanGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show version, rules version and Python version",
)
def app(**_: Any) -> None:
    """Rank C, C++ and Java components for incremental Rust rewrites."""
