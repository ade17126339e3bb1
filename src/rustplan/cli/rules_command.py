"""`rustplan rules`: list, show, test and validate the rulebook, and write its reference pages."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustplan.cli.app import NamingGroup, SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options
from rustplan.errors import InputError

if TYPE_CHECKING:
    from rustplan.cli.streams import Streams
    from rustplan.rulebook import ExampleOutcome, Rule, Rulebook


def rule_folders_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --rules; the command gets the folders as `folders`."""
    option = click.option(
        "--rules",
        "folders",
        type=click.Path(path_type=Path, readable=False),
        multiple=True,
        metavar="DIR",
        help="Rules besides the shipped ones (repeatable)",
    )
    return option(command)


@click.group(cls=NamingGroup)
def rules() -> None:
    """List, show, test or validate rules."""


@rules.command("list", cls=SectionedCommand)
@rule_folders_option
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@talk_options
def list_rules(folders: tuple[Path, ...], format: str, talk: TalkChoice) -> int:
    """List every rule with its kind, severity, languages and CWE."""
    from rustplan.report.terminal import Column, table
    from rustplan.report.view.numbers import counted

    streams = _streams(talk)
    rulebook = load_rulebook(folders)
    if format == "json":
        streams.document(json.dumps([_row_object(rule) for rule in rulebook.rules], indent=1) + "\n")
        return 0
    columns = (
        Column(title="Rule", style="bold"),
        Column(title="Kind"),
        Column(title="Severity", drop_below=70),
        Column(title="Languages", drop_below=110),
        Column(title="CWE", drop_below=80),
        Column(title="Title", is_flexible=True),
    )
    rows = [_row(rule) for rule in sorted(rulebook.rules, key=lambda rule: (_kind_order(rule), rule.id))]
    streams.print("\n".join(table(streams.out, columns, rows)))
    streams.say(f"{counted(len(rulebook.rules), 'rule')}, digest {rulebook.digest[:12]}")
    return 0


@rules.command("show", cls=SectionedCommand)
@click.argument("rule", metavar="RULE")
@rule_folders_option
@talk_options
def show_rule(rule: str, folders: tuple[Path, ...], talk: TalkChoice) -> int:
    """Print the reference page of a rule, as Markdown."""
    from rustplan.rulebook import rule_page

    found = find_rule(load_rulebook(folders), rule)
    _streams(talk).document(rule_page(found).rstrip("\n") + "\n")
    return 0


@rules.command("test", cls=SectionedCommand)
@click.argument("names", metavar="[RULE]...", nargs=-1)
@rule_folders_option
@talk_options
def test_rules(names: tuple[str, ...], folders: tuple[Path, ...], talk: TalkChoice) -> int:
    """Run the examples that every rule carries; exit 1 when one comes out wrong.

    Verdicts: fired and quiet are right, noisy found too much, missed too little, wrong lines both. Wrong ones are always
    listed; with RULE or -v every example is.
    """
    from rustplan.report.view.numbers import counted
    from rustplan.rulebook import run_examples

    streams = _streams(talk)
    rulebook = load_rulebook(folders)
    chosen = [find_rule(rulebook, name) for name in names] or list(rulebook.rules)
    outcomes = [outcome for rule in chosen for outcome in run_examples(rule, rulebook.models)]
    wrong = [outcome for outcome in outcomes if not outcome.verdict.is_good]
    listed = outcomes if streams.verbose or names else wrong
    width = max((len(outcome.verdict.value) for outcome in listed), default=0)
    for outcome in listed:
        streams.print(streams.out.plain(_outcome_line(outcome, width)))
    without = [rule.id for rule in chosen if not (rule.examples.fires and rule.examples.quiet)]
    if without:
        streams.say(f"without both a firing and a quiet example: {', '.join(without)}")
    total = f"{counted(len(chosen), 'rule')}, {counted(len(outcomes), 'example')}"
    if wrong:
        streams.insist(f"{total}, {len(wrong)} wrong. Exit 1.", "high")
        return 1
    streams.report(f"{total}, all right. Exit 0.")
    return 0


@rules.command("validate", cls=SectionedCommand)
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path, readable=False))
@talk_options
def validate_rules(folders: tuple[Path, ...], talk: TalkChoice) -> int:
    """Check rule folders beside the shipped rules; exit 2 with every problem of every file."""
    streams = _streams(talk)
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}", hint="rustplan rules validate DIR")
    shipped = load_rulebook(())
    rulebook = load_rulebook(folders)
    _compile_all(rulebook)
    own = len(rulebook.rules) - len(shipped.rules)
    models = len(rulebook.models) - len(shipped.models)
    streams.report(f"{_validated(folders, own, len(shipped.rules), models)}: valid. Exit 0.")
    return 0


@rules.command("reference", cls=SectionedCommand)
@click.option(
    "--out", type=click.Path(path_type=Path, readable=False), required=True, metavar="DIR", help="Folder for the pages"
)
@rule_folders_option
@talk_options
def write_reference(out: Path, folders: tuple[Path, ...], talk: TalkChoice) -> int:
    """Write the reference pages that are made from the rule files."""
    from rustplan.cli.atomic import write_all
    from rustplan.cli.outputs import make_folder
    from rustplan.report.view.numbers import counted
    from rustplan.rulebook import reference_pages

    pages = reference_pages(load_rulebook(folders))
    make_folder(out)
    write_all([(out / name, text.encode("utf-8")) for name, text in sorted(pages.items())])
    _streams(talk).say(f"Wrote {counted(len(pages), 'page')} to {out}")
    return 0


def load_rulebook(folders: tuple[Path, ...]) -> Rulebook:
    """The shipped rules and those of `folders`. Raises RuleError with every problem."""
    from rustplan import resources
    from rustplan.plugins import rule_packs
    from rustplan.rulebook import load_rules

    return load_rules(resources.folder("rules"), *rule_packs(), *folders)


def find_rule(rulebook: Rulebook, name: str) -> Rule:
    """The rule called `name` (a `rustplan/` in front is forgiven). Raises InputError with near matches."""
    wanted = name.removeprefix("rustplan/")
    for rule in rulebook.rules:
        if rule.id == wanted:
            return rule
    close = difflib.get_close_matches(wanted, [rule.id for rule in rulebook.rules], n=3)
    raise InputError(
        f"there is no rule {name}", hint=f"did you mean {' or '.join(close)}?" if close else "see: rustplan rules list"
    )


def _compile_all(rulebook: Rulebook) -> None:
    """Build every query: a wrong one is a RuleError here and not in the middle of a scan."""
    from rustplan.model.source import Language
    from rustplan.rulebook import compile_rules

    for language in Language:
        compile_rules(rulebook, language)


def _kind_order(rule: Rule) -> int:
    from rustplan.model.finding import Kind

    return list(Kind).index(rule.kind)


def _row(rule: Rule) -> tuple[str, ...]:
    return (
        rule.id,
        rule.kind.value,
        rule.severity.value if rule.severity else "-",
        ", ".join(language.label for language in rule.languages),
        ", ".join(map(str, rule.cwe)) or "-",
        rule.title,
    )


def _row_object(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "severity": rule.severity.value if rule.severity else None,
        "confidence": rule.confidence.value,
        "languages": [language.value for language in rule.languages],
        "cwe": list(rule.cwe),
        "title": rule.title,
        "file": rule.file,
    }


def _validated(folders: tuple[Path, ...], own: int, shipped: int, models: int) -> str:
    """What was checked; a folder that is the shipped one adds no rule and no function model of its own."""
    from rustplan.report.view.numbers import counted

    named = ", ".join(map(str, folders))
    modelled = counted(models, "function model") if models else ""
    if own:
        return f"{counted(own, 'rule')}{f' and {modelled}' if modelled else ''} in {named} beside {shipped} shipped"
    if modelled:
        return f"{modelled} in {named} beside {counted(shipped, 'shipped rule')}"
    where = f" and none besides in {named}" if folders else ""
    return f"{counted(shipped, 'shipped rule')}{where}"


def _outcome_line(outcome: ExampleOutcome, width: int) -> str:
    expected = ", ".join(map(str, outcome.expected)) or "none"
    found = ", ".join(map(str, outcome.found)) or "none"
    lines = "" if outcome.verdict.is_good else f": expected {expected}, found {found}"
    return f"{outcome.verdict.value:<{width}}  {outcome.rule} ({outcome.language.label}) {outcome.name}{lines}"


def _streams(talk: TalkChoice) -> Streams:
    from rustplan.cli.streams import Streams

    return Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
