"""The formats of pages about more than one analysis, by name and by the ending of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from rustplan.errors import InputError
from rustplan.report.terminal import Terminal
from rustplan.report.view.sheets import Sheet

ENDINGS = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".csv": "csv",
}


def draw_sheet(sheet: Sheet, format: str, terminal: Terminal | None, machine: dict[str, Callable[[], str]]) -> str:
    """Return the sheet in one format; `machine` makes those that are no view of the sheet (json, csv)."""
    if format in machine:
        return machine[format]()
    if format == "html":
        from rustplan.report.sheet_html import sheet_as_html

        return sheet_as_html(sheet)
    from rustplan.report.sheet_text import sheet_as_markdown, sheet_as_text

    return sheet_as_markdown(sheet) if format == "markdown" else sheet_as_text(sheet, terminal)


def format_of(text: str, formats: tuple[str, ...]) -> tuple[str, str]:
    """Split `[FMT=]FILE`; without FMT the ending decides. Raises InputError."""
    name, sign, place = text.partition("=")
    if sign and name in formats:
        return name, place
    if sign and name.isalpha():
        raise InputError(f"-o {name}: there is no such format", hint=f"formats: {', '.join(formats)}")
    format = ENDINGS.get(PurePath(text).suffix.lower())
    if format not in formats:
        raise InputError(f"-o {text}: its ending tells no format", hint=f"name it: -o {formats[-1]}={text or 'FILE'}")
    return format, text
