"""A sheet as one self-contained page, in the design of the roadmap and under the same policy: nothing is loaded, only these bytes may run."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from rustplan.report.html import content_policy, inlined
from rustplan.report.view.sheets import Sheet
from rustplan.resources import folder


def sheet_as_html(sheet: Sheet) -> str:
    """Return the page."""
    style = _asset("report.css") + _asset("sheet.css") + _print_rules(sheet.running_head)
    script = _asset("sheet.js")
    return (
        _environment()
        .get_template("sheet.html.jinja")
        .render(
            page=sheet, policy=content_policy(script=script, style=style), style=inlined(style), script=inlined(script)
        )
    )


def _print_rules(running_head: str) -> str:
    """Running header and page numbers; the header is written in escapes, so that no name can end its string."""
    words = "".join(c if c.isascii() and (c.isalnum() or c in " .-") else f"\\{ord(c):x} " for c in running_head)
    return (
        f'@page{{size:A4;margin:18mm 14mm 16mm;@top-left{{content:"{words}";font:8pt sans-serif;color:#57606a}}'
        '@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#57606a}}\n'
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return folder("report_templates").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")
