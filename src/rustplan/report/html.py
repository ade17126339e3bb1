"""The roadmap as one self-contained HTML file: no request, no third-party code, readable without scripts and style sheets."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from rustplan.errors import OutputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.report.redact import for_publication
from rustplan.report.view.columns import data_text
from rustplan.report.view.lookup import Economy, PageIndex
from rustplan.report.view.numbers import size_of
from rustplan.report.view.page import PageView, build_page
from rustplan.report.view.spans import code_spans
from rustplan.resources import folder

PAPER = {"a4": "A4", "letter": "Letter"}

LADDER = (
    Economy(),
    Economy(are_excerpts_of_worst_only=True),
    Economy(are_excerpts_of_worst_only=True, are_low_counted=True),
    Economy(are_excerpts_of_worst_only=True, are_low_counted=True, is_capped=True),
)
"""What is left out, step by step, when the file would be too large."""


class Document(NamedTuple):
    """A finished page and what had to be left out of it, in words."""

    text: str
    notices: tuple[str, ...]


def render_html(analysis: Analysis, options: ReportOptions) -> str:
    """Return the page. Raises OutputError when it is too large even after everything that may be left out is left out."""
    return render_document(analysis, options).text


def render_document(analysis: Analysis, options: ReportOptions) -> Document:
    """Return the page with the notices it carries, for those who must say them elsewhere too."""
    size = 0
    analysis = for_publication(analysis, options)
    for economy in LADDER:
        page = build_page(PageIndex(analysis, options, economy))
        text = _draw(page, options)
        size = len(text.encode("utf-8"))
        if size <= options.max_bytes:
            return Document(text, page.notices)
    raise OutputError(
        f"the HTML report would be {size_of(size)}, more than the limit of {size_of(options.max_bytes)}",
        hint="raise report.max-bytes, or exclude folders from the scan",
    )


def _draw(page: PageView, options: ReportOptions) -> str:
    style = _asset("report.css") + _print_rules(page.running_head, PAPER.get(options.paper, "A4"))
    script = _asset("whatif.js") + _asset("report.js")
    template = _environment().get_template("report.html.jinja")
    return template.render(
        page=page,
        policy=content_policy(script=script, style=style),
        style=inlined(style),
        script=inlined(script),
        data=data_block(page.findings.data | {"whatIf": page.what_if.facts if page.what_if else None}),
    )


def content_policy(*, script: str, style: str) -> str:
    """Return the page's own policy: nothing is loaded, and only these bytes may run or style."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{_hash(script)}'",
            f"style-src 'sha256-{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def inlined(text: str) -> Markup:
    """Return our own style sheet or script for its element. What came from the repository has been escaped before."""
    if re.search(r"</|<!--", text):
        raise OutputError("a shipped style sheet or script would end its element", hint="reinstall rustplan")
    return Markup(text)  # noqa: S704 - shipped text and CSS strings made by _css_string


def data_block(data: dict[str, Any]) -> Markup:
    """Return data as JSON for its script element; `data_text` leaves nothing that could end it."""
    return Markup(data_text(data))  # noqa: S704 - escaped by data_text


def _print_rules(running_head: str, paper: str) -> str:
    """The part of the style sheet that depends on the document: paper size and running header."""
    return (
        f"@page{{size:{paper};margin:15mm 13mm 13mm;"
        f'@top-left{{content:"{_css_string(running_head)}";font:8pt sans-serif;color:#57606a}}'
        '@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#57606a}}'
        "@page:first{margin:13mm 13mm 11mm}\n"
    )


def _css_string(text: str) -> str:
    """Return text for a CSS string: everything but plain letters and digits as a hexadecimal escape."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " .-") else f"\\{ord(c):x} " for c in text)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["spans"] = code_spans
    return environment


@lru_cache(maxsize=32)
def _asset(name: str) -> str:
    """A shipped template, style sheet or script, with line feeds whatever the installation made of them."""
    return folder("report_templates").joinpath(*name.split("/")).read_text(encoding="utf-8").replace("\r\n", "\n")
