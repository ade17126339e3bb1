"""A sheet for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.report.markdown import MOST_CHARACTERS, escaped
from rustplan.report.terminal import Column, Terminal, table
from rustplan.report.view.sheets import Sheet, Table

ROWS = 20
"""Rows of a table in a terminal; the other formats have more."""


def sheet_as_text(sheet: Sheet, terminal: Terminal | None = None) -> str:
    """Return the sheet for a terminal: lead, cautions, and every table cut after some rows."""
    terminal = terminal or Terminal()
    blocks = [[terminal.paint("bold", terminal.fit(terminal.plain(f"{sheet.kind}: {sheet.title}"), terminal.width))]]
    blocks.append(terminal.wrap(terminal.plain(sheet.lead)))
    for caution in sheet.cautions:
        blocks.append(terminal.wrap(terminal.plain(caution), indent="  ", first="! "))
    for part in sheet.parts:
        for entry in part.tables:
            block = list(_table_lines(entry, terminal))
            blocks += [block] if block else []
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _table_lines(entry: Table, terminal: Terminal) -> Iterator[str]:
    if not entry.rows:
        return
    yield terminal.paint("bold", terminal.plain(entry.title))
    kept = len(entry.heads) - entry.has_long_end
    widest = _widest(entry, kept)
    columns = [
        Column(title=head.words, is_right=head.kind == "number", is_flexible=place == widest)
        for place, head in enumerate(entry.heads[:kept])
    ]
    lines = table(terminal, columns, [row[:kept] for row in entry.rows[:ROWS]])
    yield lines[0]
    for line, row in zip(lines[1:], entry.rows, strict=False):
        yield line
        if entry.has_long_end:
            first = f"    {entry.heads[-1].words.lower()}: "
            below = terminal.wrap(terminal.plain(row[-1]), indent=" " * 8, first=first)
            yield from (terminal.paint("dim", piece) for piece in below)
    hidden = len(entry.rows) - ROWS
    if hidden > 0:
        yield terminal.paint("dim", terminal.plain(f"… {hidden} more rows in the other formats"))
    if entry.more:
        yield from (terminal.paint("dim", line) for line in terminal.wrap(terminal.plain(entry.more)))


def _widest(entry: Table, kept: int) -> int:
    """Of the first `kept` columns the one that gives way on a narrow terminal: with the longest cell that is no number."""
    sizes = [
        0 if head.kind == "number" else max((len(row[place]) for row in entry.rows), default=0)
        for place, head in enumerate(entry.heads[:kept])
    ]
    return len(sizes) - 1 - sizes[::-1].index(max(sizes))


def sheet_as_markdown(sheet: Sheet) -> str:
    """Return the sheet as Markdown; tables that would pass the limit of a comment are left out and named."""
    lines = [f"# {escaped(sheet.kind)}: {escaped(sheet.title)}", "", escaped_long(sheet.lead), ""]
    lines += [f"> {escaped_long(caution)}\n" for caution in sheet.cautions]
    text = "\n".join(lines) + "\n"
    left_out = []
    for part in sheet.parts:
        said = "\n".join(f"{escaped_long(words)}\n" for words in part.said)
        block = f"## {escaped(part.words)}\n\n" + (said + "\n" if said else "")
        for entry in part.tables:
            drawn = "\n".join(_markdown_table(entry)) + "\n\n"
            if len(text) + len(block) + len(drawn) > MOST_CHARACTERS - 1000:
                left_out.append(entry.title)
            else:
                block += drawn
        text += block
    if left_out:
        text += f"Left out for length: {', '.join(map(escaped, left_out))}.\n\n"
    text += "\n".join(escaped_long(words) for words in sheet.footer)
    return text.rstrip("\n") + "\n"


def escaped_long(text: str) -> str:
    """A sentence for Markdown, in pieces, because a name is cut where a sentence must not be."""
    return " ".join(escaped(word) for word in text.split(" "))


def _markdown_table(entry: Table) -> Iterator[str]:
    yield f"### {escaped(entry.title)}"
    yield ""
    if not entry.rows:
        yield escaped_long(entry.nothing or "Nothing.")
        return
    yield "| " + " | ".join(escaped(head.words) for head in entry.heads) + " |"
    yield "|" + "|".join("---:" if head.kind == "number" else "---" for head in entry.heads) + "|"
    for row in entry.rows:
        yield "| " + " | ".join(escaped_long(cell) for cell in row) + " |"
    if entry.more:
        yield ""
        yield escaped_long(entry.more)
