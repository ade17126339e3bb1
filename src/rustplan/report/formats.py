"""The registry of formats: what each is called, which file endings mean it, and who draws it, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Any

import msgspec

from rustplan.errors import OutputError, PluginError
from rustplan.model.analysis import Analysis
from rustplan.model.finding import Kind
from rustplan.model.options import ReportOptions
from rustplan.model.verdict import Verdict
from rustplan.plugins import FORMATS as PLUGGED_IN
from rustplan.plugins import plugins_of
from rustplan.report.terminal import Terminal

DEFAULTS = ReportOptions()
Document = str | bytes | dict[str, str]


class OutputFormat(msgspec.Struct, frozen=True, kw_only=True):
    """One way to write an analysis.

    `draws` names the function as module:function. `takes` says what it wants besides the analysis: nothing, the report
    options, the terminal, the kinds of finding to show, the verdict of the gate. `is_folder` marks the format that makes several files.
    """

    name: str
    about: str
    draws: str
    endings: tuple[str, ...] = ()
    takes: str = ""
    is_folder: bool = False

    @property
    def is_for_people(self) -> bool:
        """True for the formats that are drawn for the reader's terminal."""
        return self.takes.startswith("terminal")

    @property
    def needs_verdict(self) -> bool:
        """True for the formats that tell what the gate said."""
        return self.takes.endswith("verdict")

    @property
    def narrows(self) -> bool:
        """True for the formats that can be asked for some kinds of finding only."""
        return self.takes.endswith("kinds")


def _format(name: str, about: str, draws: str, *endings: str, takes: str = "", is_folder: bool = False) -> OutputFormat:
    return OutputFormat(
        name=name, about=about, draws=f"rustplan.report.{draws}", endings=endings, takes=takes, is_folder=is_folder
    )


FORMATS: dict[str, OutputFormat] = {
    made.name: made
    for made in (
        _format("text", "ranking and tally for people", "text:render_text", ".txt", takes="terminal"),
        _format("full", "findings as code frames", "findings_text:render_full", takes="terminal+kinds"),
        _format("concise", "findings, one line each", "findings_text:render_concise", takes="terminal+kinds"),
        _format(
            "new", "what is new and broke the gate, one line each", "findings_text:render_new", takes="terminal+verdict"
        ),
        _format("json", "the whole versioned analysis", "json_format:encode_analysis", ".json"),
        _format(
            "jsonl", "one finding a line as JSON", "json_lines:render_json_lines", ".jsonl", ".ndjson", takes="kinds"
        ),
        _format("html", "the roadmap as one self-contained page", "html:render_html", ".html", ".htm", takes="options"),
        _format("pdf", "the same page, printed by an installed Chromium", "pdf:render_pdf", ".pdf", takes="options"),
        _format("markdown", "the roadmap as Markdown", "markdown:render_markdown", ".md", ".markdown"),
        _format("comment", "the change in a few lines, for a pull request", "comment:render_comment", takes="verdict"),
        _format(
            "summary", "gate, change and top five, for the summary of a job", "comment:render_summary", takes="verdict"
        ),
        _format(
            "env",
            "verdict, highest risk and coverage as name=value lines",
            "variables:render_variables",
            takes="verdict",
        ),
        _format("badge", "how many memory-unsafe lines are left, as an SVG of 90 x 20", "badge:render_badge", ".svg"),
        _format("badge-json", "the badge for an endpoint of shields.io", "badge:render_badge_json"),
        _format("sarif", "SARIF 2.1.0 for code scanning", "sarif:render_sarif", ".sarif", ".sarif.json"),
        _format("sarif-full", "SARIF 2.1.0 with suppressed results, marked", "sarif:render_full_sarif"),
        _format("github", "annotations of a GitHub job: what broke the gate", "github:render_github", takes="verdict"),
        _format("gitlab", "GitLab code quality", "gitlab:render_gitlab", takes="verdict"),
        _format("junit", "the verdict as JUnit XML, one case a gate", "junit:render_junit", takes="verdict"),
        _format("csv", "every table, one file each, in a folder", "csv_format:render_csv", is_folder=True),
        _format("graphml", "component graph for yEd, Gephi, networkx", "graph_formats:render_graphml", ".graphml"),
        _format("dot", "component graph for Graphviz", "graph_formats:render_dot", ".dot", ".gv"),
        _format(
            "mermaid", "component graph as a Mermaid flow chart", "graph_formats:render_mermaid", ".mmd", ".mermaid"
        ),
        _format("graph-svg", "component graph as a drawing: its first 24 units", "graph_formats:render_graph_svg"),
        _format("graph-json", "component graph as JSON", "graph_formats:render_graph_json"),
    )
}


@cache
def all_formats() -> dict[str, OutputFormat]:
    """The shipped formats and those of installed plugins. Raises PluginError for a plugin that gives none, or a name that is taken."""
    found = dict(FORMATS)
    for name, plugin in plugins_of(PLUGGED_IN).items():
        made = plugin.load()
        if not isinstance(made, OutputFormat) or made.name != name or name in FORMATS:
            raise PluginError(
                f"the plugin {plugin.words} gives no format of that name, or a shipped one",
                hint="its entry point is an OutputFormat whose name is the entry's and no shipped format's",
            )
        found[name] = made
    return found


def infer_format(file: str) -> str | None:
    """The format that a file's ending means, None when it means none."""
    name = PurePath(file).name.lower()
    known = ((ending, made.name) for made in all_formats().values() for ending in made.endings)
    matches = [(len(ending), format_) for ending, format_ in known if name.endswith(ending)]
    return max(matches)[1] if matches else None


def render(
    analysis: Analysis,
    format: str,
    options: ReportOptions = DEFAULTS,
    terminal: Terminal | None = None,
    kinds: tuple[Kind, ...] = (),
    verdict: Verdict | None = None,
) -> Document:
    """Return the document: text, bytes, or {file name: text} for a format that makes several files. Raises OutputError.

    `kinds` are the findings that the narrowing formats show; empty leaves the choice to the format.
    """
    made = FORMATS.get(format) or all_formats().get(format)
    if made is None:
        raise OutputError(f"there is no output format {format!r}", hint=f"use one of: {', '.join(all_formats())}")
    module, function = made.draws.split(":")
    draw: Callable[..., Any] = getattr(import_module(module), function)
    offered: dict[str, object] = {"options": options, "terminal": terminal, "kinds": kinds, "verdict": verdict}
    if made.needs_verdict and verdict is None:
        raise OutputError(
            f"{format} tells a verdict, and none was asked for", hint=f"use: rustplan check -o {format}=FILE"
        )
    document: Document = draw(analysis, *(offered[name] for name in made.takes.split("+") if name))
    return document
