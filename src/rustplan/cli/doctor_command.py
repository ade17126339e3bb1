"""`rustplan doctor`: is every part there that a scan needs, and which optional ones are."""

from __future__ import annotations

import functools
import json
import os
import platform
from collections.abc import Callable, Iterator

import click
import msgspec

from rustplan.cli.app import SectionedCommand
from rustplan.cli.options import TalkChoice, talk_options


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing rustplan uses: whether it is there, what was found, and what its absence costs."""

    name: str
    is_present: bool
    found: str
    is_required: bool = True
    needed_for: str = ""


@click.command(cls=SectionedCommand)
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@talk_options
def doctor(format: str, talk: TalkChoice) -> int:
    """Check the parts a scan needs and the optional tools.

    Exit 1 only when a required part is missing.
    """
    from rustplan.cli.streams import Streams

    streams = Streams(colour=talk.color, quiet=talk.quiet, verbose=talk.verbose)
    parts = list(examine())
    missing = [part for part in parts if part.is_required and not part.is_present]
    if format == "json":
        streams.document(json.dumps([msgspec.to_builtins(part) for part in parts], indent=1) + "\n")
    else:
        for part in parts:
            mark, style = ("ok", "good") if part.is_present else ("missing" if part.is_required else "absent", "high")
            cost = f" ({part.needed_for})" if part.needed_for and not part.is_present else ""
            line = streams.out.plain(f"{part.name:<18}{part.found}{cost}")
            streams.print(f"{streams.out.paint(style, f'{mark:<8}')}{line}")
    if missing:
        streams.insist(f"missing: {', '.join(part.name for part in missing)}. Exit 1.", "high")
        return 1
    streams.say("Everything a scan needs is there. Exit 0.")
    return 0


def examine() -> Iterator[Part]:
    """Look at every part, required ones first."""
    from importlib.metadata import version

    yield Part(name="python", is_present=True, found=platform.python_version())
    for package in ("tree-sitter", "tree-sitter-c", "tree-sitter-cpp", "tree-sitter-java"):
        yield _tried(package, functools.partial(version, package))
    yield _tried("parsers", _load_parsers)
    yield _tried("rules", _load_rulebook)
    yield _tried("catalog", _load_catalog)
    yield _tried("templates", _find_templates)
    yield _git()
    yield _java_tool()
    yield _browser()
    yield _plugins()


def _tried(name: str, look: Callable[[], str]) -> Part:
    """Run one look; what goes wrong is the finding."""
    from importlib.metadata import PackageNotFoundError

    try:
        return Part(name=name, is_present=True, found=look())
    except PackageNotFoundError:
        return Part(
            name=name, is_present=False, found="not installed", needed_for="pip install --force-reinstall rustplan"
        )
    except Exception as error:  # noqa: BLE001 - whatever breaks a part is what the doctor is asked for
        return Part(
            name=name, is_present=False, found=f"{type(error).__name__}: {error}", needed_for="reinstall rustplan"
        )


def _plugins() -> Part:
    """Load every installed plugin: one that is broken stops each command that needs it."""
    from rustplan.errors import PluginError
    from rustplan.plugins import dialects, installed_plugins, rule_packs
    from rustplan.report import all_formats

    try:
        named = [plugin.words for plugin in installed_plugins()]
        _ = rule_packs(), dialects(), all_formats()
    except PluginError as error:
        return Part(name="plugins", is_present=False, found=error.message, needed_for=error.hint or "")
    return Part(name="plugins", is_present=True, found="; ".join(named) or "none installed", is_required=False)


def _load_parsers() -> str:
    from rustplan.languages import support
    from rustplan.model.source import Language

    languages = [language.label for language in Language if support(language).queries]
    return f"{', '.join(languages)} load"


def _load_rulebook() -> str:
    from rustplan import resources
    from rustplan.rulebook import load_rules

    rulebook = load_rules(resources.folder("rules"))
    if not rulebook.rules:
        raise RuntimeError("the shipped rule folder is empty")
    return f"{len(rulebook.rules)} rules, digest {rulebook.digest[:12]}"


def _load_catalog() -> str:
    from rustplan.catalog import catalog_digest

    return f"digest {catalog_digest()[:12]}"


def _find_templates() -> str:
    from rustplan import resources

    names = [entry.name for entry in resources.folder("report_templates").iterdir() if not entry.name.startswith(".")]
    if not names:
        raise RuntimeError("the shipped template folder is empty")
    return f"{len(names)} files"


def _java_tool() -> Part:
    from rustplan.evidence.jfr_tool import find_tool

    path = find_tool()
    return Part(
        name="jfr",
        is_present=path is not None,
        found=path or "not found",
        is_required=False,
        needed_for="only to read .jfr recordings directly; their JSON is read without it",
    )


def _git() -> Part:
    """The git that a scan would start: from an absolute folder of PATH, never one of the scanned tree."""
    from rustplan.evidence.history import NoHistory, find_git

    try:
        path = find_git(os.fsencode(os.getcwd()))
    except NoHistory as problem:
        needed = "without it churn and fixes are unknown, not zero"
        return Part(name="git", is_present=False, found=str(problem), is_required=False, needed_for=needed)
    return Part(name="git", is_present=True, found=path, is_required=False)


def _browser() -> Part:
    """The browser that would print a PDF."""
    from rustplan.report.pdf import VARIABLE, find_browser

    path, named = find_browser(), os.environ.get(VARIABLE)
    found = path or (f"{VARIABLE} names {named}, which is no program" if named else "not found")
    needed = f"only to write PDF: install Chromium, Chrome or Edge, or set {VARIABLE}"
    return Part(name="browser", is_present=path is not None, found=found, is_required=False, needed_for=needed)
